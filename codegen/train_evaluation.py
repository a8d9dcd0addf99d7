"""What evaluate is given, what it computes, and which losses it tells."""

from __future__ import annotations

from codegen.emit import Expression, attribute, name
from codegen.names import fresh
from codegen.statements import Line, word
from codegen.train_batch import total_of
from codegen.train_nodes import Place, modules_of
from codegen.train_parts import OWN_NAMES, TENSORS, Parts
from codegen.train_step import StepWriter
from graph_editor.document.model import Address

TIMES = {"epoch": "epoch", "step": "step", "epochs": "settings.epochs"}
"""What evaluate is told of the time where something depends on it -> its value in train."""


def evaluated(parts: Parts) -> StepWriter:
    """Return the writer of evaluate's body, with all losses written."""
    first = name(parts.tensors(parts.feeds[0])[0])
    names = {word: name(word) for word in TIMES}
    names["B"] = Expression(f"len({first.text})")
    place = Place(attribute(first, "device"), names, training=False)
    step = StepWriter(parts, lambda tensor, _: name(tensor), parts.plan.metrics, place)
    for phase in parts.plan.phases:
        step.put_phase(0, phase)
    return step


def evaluation(parts: Parts) -> tuple[list[str], list[Line]]:
    """Return the arguments with which evaluate is called, and its parameters."""
    given = [m for m in ("model",) if parts.plan.outputs]
    parameters = [word(f"{m}: nn.Module,") for m in given]
    for node in modules_of(parts):
        variable, kind = parts.names[f"module.{node}"], parts.node(node).spec
        what = "torch.Tensor" if kind in TENSORS else "nn.Module"
        given.append(variable)
        parameters.append(word(f"{variable}: {what},", Address(node)))
    times = [each for each in TIMES if each in evaluated(parts).place.used]
    parameters += [word(f"{each}: int,") for each in times]
    read = tensors_read(parts)
    parameters += [word(f"{tensor}: torch.Tensor,") for tensor in read]
    kept = validation_names(parts)
    data = [kept[t] for t in read] if kept else ["*validation"]
    return [*given, *[TIMES[each] for each in times], *data], parameters


def tensors_read(parts: Parts) -> list[str]:
    """Return the variables of the data that evaluate is given: what it reads, and the first.

    Where several sources are gone round, all of each of them.
    """
    tensors = [tensor for feed in parts.feeds for tensor in parts.tensors(feed)]
    step = evaluated(parts)
    step.put_metrics()
    if len(parts.feeds) > 1:
        return tensors
    return [tensor for tensor in tensors if tensor in step.read or tensor == tensors[0]]


def validation_names(parts: Parts) -> dict[str, str]:
    """Return a variable for each tensor of the validation part; none where all of it is given."""
    read = tensors_read(parts)
    if len(parts.feeds) > 1 or len(read) == len(parts.tensors(parts.feeds[0])):
        return {}
    taken = {*OWN_NAMES, *parts.names.values()}
    return {tensor: fresh(f"val_{tensor}", taken) for tensor in read}


def losses_told(parts: Parts) -> list[tuple[str, str]]:
    """Return the names of losses after ``val_``, and their values: the whole one first."""
    phases = parts.plan.phases
    if len(phases) == 1:
        return [("loss", "loss")]
    total = total_of([phase for phase in phases if not phase.every]).text
    whole = ("loss", f"({total})" if " " in total else total)
    return [whole, *[(phase.loss, phase.loss) for phase in phases]]
