"""Checkpoints in train.py, from which a training goes on as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.emit import Expression
from codegen.statements import Line, Statement, Suite, branch, function, word
from codegen.train_optimizer import weights_of
from codegen.train_parts import Parts
from codegen.train_phases import Learner
from codegen.written import CannotWrite
from graph_editor.document.model import Address

SAVE = '''\
def save_checkpoint(state: dict[str, Any], place: dict[str, Any]) -> None:
    """Write to checkpoint.pt what the training needs to go on as if nothing had happened."""
    parts = {name: part.state_dict() for name, part in state.items() if hasattr(part, "state_dict")}
    place["shuffle"] = state["shuffle"].get_state()
    place["random"] = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
    places = [place]
'''
GATHER = "    places = gathered(place)\n"
WRITE = '    write_file({"parts": parts, "places": places}, "checkpoint.pt")\n'

LOAD = '''\
def load_checkpoint(state: dict[str, Any]) -> dict[str, Any]:
    """Bring everything to where checkpoint.pt was written, and return that place."""
    checkpoint = torch.load("checkpoint.pt", map_location="cpu", weights_only=True)
    for name, part in checkpoint["parts"].items():
        state[name].load_state_dict(part)
    place: dict[str, Any] = checkpoint["places"][0]
'''
OWN_PLACE = '    place = checkpoint["places"][RANK]\n'
RESTORE = """\
    state["shuffle"].set_state(place["shuffle"])
    torch.set_rng_state(place["random"][0])
    torch.cuda.set_rng_state_all(place["random"][1:])
    return place
"""

KEEP = '''\
def keeping_checkpoints(report: Report, settings: Settings, save: Callable[[], None]) -> Report:
    """Return the report, with a checkpoint every so many batches, at a stop and at the end."""

    def reported(event: dict[str, Any]) -> bool:
        stop = bool(report(event))
        last = event["event"] == "epoch" and event["epoch"] == settings.epochs
        due = stop or last or event["step"] % settings.checkpoint_every == 0
        due = due and math.isfinite(event["train_loss"])
'''
ALL_DUE = "        due = agreed(due)\n"
KEPT = """\
        if due:
            save()
        return stop

    return reported
"""


SAME = ("seed", "batch_size")
"""The settings without which a place in the training means something else."""
OTHER = 'sys.exit("checkpoint.pt is of a training with another seed or batch size.")'


def functions(parts: Parts) -> list[str]:
    """Return the functions that write and read checkpoints, as fixed text."""
    if not parts.features.checkpoint:
        return []
    shares = parts.features.shares
    return [
        SAVE + GATHER * shares + WRITE,
        LOAD + OWN_PLACE * shares + RESTORE,
        KEEP + ALL_DUE * shares + KEPT,
    ]


def memory(parts: Parts) -> list[str]:
    """Return the variables of ``train`` that features change from epoch to epoch."""
    features = parts.features
    best = ["best"] if features.best is not None else []
    return [*best, *(["record", "waited"] if features.stop is not None else [])]


def saving(parts: Parts, totals: Iterable[str]) -> list[Statement]:
    """Return the function inside ``train`` that says where the training stands."""
    if not parts.features.checkpoint:
        return []
    rates = [learner.called("lr") for learner in parts.learners]
    names = ["step", "complete", *rates, "order", "total", *totals, *memory(parts)]
    fields = [word(f'"{name}": settings.{name},') for name in SAME]
    fields += [word(f'"{name}": {name},') for name in names]
    for learner in _adding_up(parts):
        given = f"[weight.grad for weight in {weights_of(parts, learner).text}]"
        fields.append(word(f'"{learner.called("gradients")}": {given},', Address(learner.node)))
    place = Suite(word("place = {"), fields, [Suite(word("}"), ())])
    about = "Keep all that is needed to go on from here, bit for bit."
    return [function("save", [], "None", [place, word("save_checkpoint(state, place)")], about)]


def resumed(parts: Parts) -> list[Statement]:
    """Return what brings everything to where the checkpoint was written, if one is asked for."""
    if not parts.features.checkpoint:
        return []
    ours = ", ".join(f"settings.{name}" for name in SAME)
    kept = ", ".join(f'done["{name}"]' for name in SAME)
    again: list[Statement] = [
        word("done = load_checkpoint(state)"),
        branch(Expression(f"({kept}) != ({ours})"), [word(OTHER)]),
    ]
    again += [word(f'{name} = done["{name}"]') for name in memory(parts)]
    again += [_gradients(parts, learner) for learner in _adding_up(parts)]
    return [
        word('done: dict[str, Any] = {"step": 0, "complete": 0}'),
        branch(Expression("settings.resume"), again),
        word('state |= {"step": done["step"], "complete": done["complete"]}'),
    ]


def _adding_up(parts: Parts) -> list[Learner]:
    """Return the optimizers that add the gradients of several batches up."""
    firsts = [phase for phase in parts.plan.phases if phase.accumulate]
    return [learner for phase in firsts for learner in phase.learners]


def _gradients(parts: Parts, learner: Learner) -> Suite:
    kept = f'done["{learner.called("gradients")}"]'
    pairs = f"zip({weights_of(parts, learner).text}, {kept}, strict=True)"
    given = "weight.grad = None if kept is None else kept.to(device)"
    return Suite(word(f"for weight, kept in {pairs}:"), [word(given)])


def beside(parts: Parts) -> list[Line]:
    """Return the entries of the start for what the model does not hold but a checkpoint has to.

    Raises CannotWrite.
    """
    if not parts.features.checkpoint:
        return []
    within = () if parts.plan.outputs else parts.models
    names = {n: parts.names[f"module.{n}"] for n in parts.owners if parts.outside.owns_weights(n)}
    held = [n for n, variable in names.items() if variable not in within]
    for node in held:
        if parts.node(node).kind in ("param", "buffer"):
            raise CannotWrite(
                node,
                "a checkpoint does not hold a single tensor outside the model",
                "Lead its result through an output node, or train without checkpoint",
            )
    return [word(f'"{each}": {each},') for each in dict.fromkeys(names[n] for n in held)]


def wrapped(parts: Parts) -> list[Line]:
    """Return the line by which every report may write a checkpoint."""
    if not parts.features.checkpoint:
        return []
    return [word("report = keeping_checkpoints(report, settings, save)")]


def begun(parts: Parts) -> list[Line]:
    """Return the count of epochs that lie behind."""
    return [word('complete = done["complete"]')] if parts.features.checkpoint else []


def passed_over(parts: Parts) -> list[Statement]:
    """Return what passes over an epoch that is complete."""
    if not parts.features.checkpoint:
        return []
    over = [word("step += batches"), word("continue")]
    return [branch(Expression("epoch <= complete"), over)]


def inside(parts: Parts, totals: Iterable[str]) -> list[Statement]:
    """Return what goes on within an epoch, after its order has been drawn."""
    if not parts.features.checkpoint:
        return []
    rates = [learner.called("lr") for learner in parts.learners]
    body: list[Statement] = [
        word('shuffle.set_state(done["shuffle"])'),
        *[word(f'{each} = done["{each}"]') for each in rates],
        *[word(f'{each} = done["{each}"].to(device)') for each in ("order", "total", *totals)],
    ]
    test = Line("if ", Expression('step < done["step"]'), ":", "the checkpoint is of this epoch")
    return [Suite(test, body)]


def skipped(parts: Parts) -> list[Statement]:
    """Return what passes over a batch that lies before the checkpoint."""
    if not parts.features.checkpoint:
        return []
    return [branch(Expression('step <= done["step"]'), [word("continue")])]


def completed(parts: Parts) -> list[Line]:
    """Return what counts an epoch as complete."""
    return [word("complete = epoch")] if parts.features.checkpoint else []
