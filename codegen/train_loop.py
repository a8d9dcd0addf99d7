"""The functions train and evaluate of train.py, with a line or two for each feature that is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen import (
    train_checkpoint,
    train_feeds,
    train_precision,
    train_processes,
    train_watch,
)
from codegen.emit import Expression, call, name
from codegen.statements import Blank, Line, Statement, Suite, assign, branch, loop, word, write
from codegen.train_batch import rates_told, write_batch
from codegen.train_evaluation import evaluated, evaluation, losses_told, validation_names
from codegen.train_frozen import statistics_kept
from codegen.train_nodes import write_models
from codegen.train_optimizer import optimizer_lines
from codegen.train_parts import Parts
from codegen.train_scheduler import schedule_lines, scheduler_lines
from graph_editor.document.model import Address


def multiline(opening: str, items: Sequence[Statement], closing: str) -> Suite:
    """Return a bracket that stays on several lines, an item each: one more changes none."""
    return Suite(word(opening), items, [Suite(word(closing), ())])


def write_train_function(parts: Parts) -> list[Statement]:
    """Return the body of ``train``. Raises CannotWrite."""
    source = Address(parts.plan.source)
    first = parts.tensors(parts.feeds[0])[0]
    epoch, totals, read = _epoch(parts, first)
    return [
        word("torch.manual_seed(settings.seed)"),
        word("torch.set_num_threads(settings.threads)"),
        word(f"device = {train_processes.device(parts)}"),
        *train_precision.require_device(parts),
        *train_processes.heard(parts),
        word("train_part, val_part = load_data(settings.seed)", source),
        *_moved(parts, read),
        *train_feeds.loaded(parts),
        word(f"batches = math.ceil(len({first}) / settings.batch_size)"),
        Blank(),
        *write_models(parts),
        *optimizer_lines(parts),
        *scheduler_lines(parts),
        *train_precision.prepared(parts),
        *train_watch.copied(parts),
        *train_watch.compiled(parts),
        word("shuffle = torch.Generator().manual_seed(settings.seed)"),
        *train_processes.apart(parts),
        *train_watch.begun(parts),
        *train_checkpoint.course(parts, _is_laid_out(parts, epoch)),
        *train_checkpoint.saving(parts, totals),
        _event("state", "start", _start_fields(parts)),
        *train_checkpoint.resumed(parts),
        _reported("state", parts),
        *train_checkpoint.wrapped(parts),
        Blank(),
        word("step = 0"),
        *train_checkpoint.begun(parts),
        Suite(word("for epoch in range(1, settings.epochs + 1):"), epoch),
        word(f"return {parts.returned}"),
    ]


def _moved(parts: Parts, read: set[str]) -> list[Line]:
    """Return what moves the data to the device; what nothing reads gets no name."""
    source, tensors = Address(parts.plan.source), parts.tensors(parts.feeds[0])
    known = {t: t for t in tensors if t in read or t == tensors[0]}
    kept = validation_names(parts)
    validation = "validation = [tensor.to(device) for tensor in val_part]"
    if kept:
        validation = f"{_targets(parts, kept)} = (tensor.to(device) for tensor in val_part)"
    return [
        word(f"{_targets(parts, known)} = (tensor.to(device) for tensor in train_part)", source),
        word(validation, source),
    ]


def _targets(parts: Parts, names: Mapping[str, str]) -> str:
    """Return what the tensors of a part of the data are unpacked to."""
    found = [names.get(tensor, "_") for tensor in parts.tensors(parts.feeds[0])]
    return ", ".join(found) if len(found) > 1 else f"({found[0]},)"


def is_laid_out(parts: Parts) -> bool:
    """Whether a training with checkpoints depends on how many epochs there are to be."""
    epoch, _, _ = _epoch(parts, parts.tensors(parts.feeds[0])[0])
    return _is_laid_out(parts, epoch)


def _is_laid_out(parts: Parts, epoch: Sequence[Statement]) -> bool:
    if not parts.features.checkpoint:
        return False
    return "settings.epochs" in write([*scheduler_lines(parts), *epoch]).text


def _event(variable: str, event: str, fields: Sequence[Line]) -> Suite:
    items = [word(f'"event": "{event}",'), *fields]
    return multiline(f"{variable} = {{", items, "}")


def _reported(variable: str, parts: Parts) -> Suite:
    return branch(Expression(f"report({variable})"), [word(f"return {parts.returned}")])


def _start_fields(parts: Parts) -> list[Line]:
    fields = [word('"model": model,')]
    for learner in parts.learners:
        variable = learner.called("optimizer")
        fields.append(word(f'"{variable}": {variable},'))
    for learner in parts.learners:
        variable = learner.called("scheduler")
        if learner.scheduler is not None:
            fields.append(word(f'"{variable}": {variable},', Address(learner.scheduler)))
    fields += [word('"scaler": scaler,')] * parts.features.scales
    fields += [word('"ema": ema,')] * bool(parts.features.averages)
    fields += train_checkpoint.beside(parts)
    fields += train_feeds.started(parts)
    fields += [word('"shuffle": shuffle,'), word('"batches": batches,')]
    return [*fields, *[word('"save": save,')] * bool(parts.features.checkpoint)]


def _epoch(parts: Parts, first: str) -> tuple[list[Statement], list[str], set[str]]:
    """Return the body of an epoch, the variables of its sums, and the tensors that it reads."""
    batch, sums, read = write_batch(parts)
    totals = [each.total for each in sums]
    arguments, _ = evaluation(parts)
    fields = [
        word('"epoch": epoch,'),
        word('"step": step,'),
        *rates_told(parts),
        word(f'"train_loss": total.item() / len({first}),'),
        *[word(f'"train_{each.label}": {each.total}.item() / len({first}),') for each in sums],
        word("**result,"),
    ]
    result = call(name("evaluate"), [Expression(parts.kept(each)) for each in arguments])
    lines: list[Statement] = [
        *train_checkpoint.passed_over(parts),
        *train_watch.stopped(parts),
        word("model.train()"),
        *[word(f"{variable}.train()") for variable in parts.models if parts.plan.outputs][1:],
        *[word(f"{variable}.train()") for variable in parts.switched],
        *statistics_kept(parts),
        word("total = torch.zeros((), device=device)"),
        *[word(f"{each.total} = torch.zeros((), device=device)", each.node) for each in sums],
        word(f"order = torch.randperm(len({first}), generator=shuffle).to(device)"),
        *train_checkpoint.inside(parts, totals),
        loop("batch", Expression("torch.split(order, settings.batch_size)"), batch),
        *train_processes.sums(parts, totals),
        assign("result", train_processes.decided(parts, result)),
        *schedule_lines(parts),
        *train_watch.judged(parts),
        _event("event", "epoch", fields),
        *train_checkpoint.completed(parts),
        _reported("event", parts),
        *train_watch.kept(parts),
    ]
    return lines, totals, read


def write_evaluate(parts: Parts) -> Suite:
    """Return the function ``evaluate``. Raises CannotWrite."""
    _, arguments = evaluation(parts)
    step = evaluated(parts)
    watched = len(step.lines)
    metrics = step.put_metrics()
    results = [word(f'"val_{label}": {value}.item(),') for label, value in losses_told(parts)]
    results += [word(f'"val_{label}": {variable}.item(),') for label, variable in metrics.items()]
    device = f"{parts.tensors(parts.feeds[0])[0]}.device"
    body: list[Statement] = [
        *[word(f"{m}.eval()") for m in (*parts.models, *parts.switched)],
        *train_precision.rounded(parts, device, step.lines[:watched]),
        *step.lines[watched:],
    ]
    body.append(multiline("return {", results, "}"))
    docstring = "Return the loss and the metrics of this data, in evaluation mode."
    head = Line("", Expression(") -> dict[str, float]:"))
    clause = Suite(head, body, (), (), docstring)
    mark = Line("@", Expression("torch.no_grad()"))
    return Suite(word("def evaluate("), arguments, [clause], [mark], "", True)
