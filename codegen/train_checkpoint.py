"""Checkpoints in train.py, from which a training goes on as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.emit import Expression
from codegen.settings import settings_of
from codegen.statements import Line, Statement, Suite, branch, function, word
from codegen.train_optimizer import weights_of
from codegen.train_parts import Parts
from codegen.train_phases import Learner
from codegen.written import CannotWrite
from graph_editor.document.model import Address

SAVE = '''\
def save_checkpoint(state: dict[str, Any], course: dict[str, Any], place: dict[str, Any]) -> None:
    """Write to checkpoint.pt what the training needs to go on as if nothing had happened."""
    parts = {name: part.state_dict() for name, part in state.items() if hasattr(part, "state_dict")}
    place["shuffle"] = state["shuffle"].get_state()
    place["random"] = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
    places = @places
    write_file({"course": course, "parts": parts, "places": places}, "checkpoint.pt")
'''

LOAD = '''\
def load_checkpoint(state: dict[str, Any], course: dict[str, Any]) -> dict[str, Any]:
    """Bring everything to where checkpoint.pt was written, and return that place."""
    try:
        checkpoint = torch.load("checkpoint.pt", map_location="cpu", weights_only=True)
        require_same(course, checkpoint["course"])
        for name, part in checkpoint["parts"].items():
            state[name].load_state_dict(part)
    except Exception as error:  # whatever is wrong with the file is told
        words = " ".join(f"{type(error).__name__}: {error}".split()).partition(". ")[0]
        sys.exit(f"checkpoint.pt is damaged, or of another training: {words}.")
'''
SAME_PROCESSES = """\
    if len(checkpoint["places"]) != PROCESSES:
        before = len(checkpoint["places"])
        sys.exit(f"checkpoint.pt is of {before} processes, not {PROCESSES}: start as many again.")
"""
RESTORE = """\
    place: dict[str, Any] = checkpoint["places"][@own]
    state["shuffle"].set_state(place["shuffle"])
    torch.set_rng_state(place["random"][0])
    torch.cuda.set_rng_state_all(place["random"][1:])
    return place
"""

SAME = '''\
def require_same(course: dict[str, Any], before: dict[str, Any]) -> None:
    """End where a setting would turn the training off the course that it was begun on."""
    for name, value in course.items():
        if value != before[name]:
            option = f"--{name.replace('_', '-')}"
            sys.exit(
                f"The course of the training depends on {option}, which was {before[name]} and "
                f"now is {value}. Go on with {option} {before[name]}, or without --resume."
            )
'''

KEEP = '''\
def keeping_checkpoints(report: Report, settings: Settings, save: Callable[[], None]) -> Report:
    """Return the report, with a checkpoint every so many batches, at a stop and at the end."""

    def reported(event: dict[str, Any]) -> bool:
        stop = bool(report(event))
        last = event["event"] == "epoch" and event["epoch"] == settings.epochs
        due = stop or last or event["step"] % settings.checkpoint_every == 0
        if @due:
            save()
        return stop

    return reported
'''
DUE = 'due and math.isfinite(event["train_loss"])'

FREE = ("device", "threads", "epochs", "checkpoint_every", "resume", "patience")
"""The settings that may be others when a training goes on; epochs, unless it depends on them."""


def functions(parts: Parts) -> list[str]:
    """Return the functions that write and read checkpoints, as fixed text."""
    if not parts.features.checkpoint:
        return []
    shares = parts.features.shares
    own, places, due = "0", "[place]", DUE
    if shares:
        own, places, due = "RANK", "gathered(place)", f"agreed({DUE})"
    return [
        SAVE.replace("@places", places),
        LOAD + SAME_PROCESSES * shares + RESTORE.replace("@own", own),
        SAME,
        KEEP.replace("@due", due),
    ]


def memory(parts: Parts) -> list[str]:
    """Return the variables of ``train`` that features change from epoch to epoch."""
    features = parts.features
    best = ["best"] if features.best is not None else []
    return [*best, *(["record", "waited"] if features.stop is not None else [])]


def course(parts: Parts, laid_out: bool) -> list[Statement]:
    """Return the settings with which alone a training goes on as it was begun.

    ``laid_out`` says whether a schedule or the like depends on how many epochs there are.
    """
    if not parts.features.checkpoint:
        return []
    settings = settings_of(parts.project, parts.plan, parts.lookup)
    fields = [
        Line(f'"{each.name}": settings.{each.name},', None, "", "", each.node)
        for each in settings
        if each.name not in FREE
    ]
    if laid_out:
        about = "what changes with time is laid out for all of them"
        fields.append(Line('"epochs": settings.epochs,', None, "", about))
    return [Suite(word("course = {"), fields, [Suite(word("}"), ())])]


def saving(parts: Parts, totals: Iterable[str]) -> list[Statement]:
    """Return the function inside ``train`` that says where the training stands."""
    if not parts.features.checkpoint:
        return []
    rates = [learner.called("lr") for learner in parts.learners]
    names = ["step", "complete", *rates, "order", "total", *totals, *memory(parts)]
    fields = [word(f'"{name}": {name},') for name in names]
    for learner in _adding_up(parts):
        given = f"[weight.grad for weight in {weights_of(parts, learner).text}]"
        fields.append(word(f'"{learner.called("gradients")}": {given},', Address(learner.node)))
    place = Suite(word("place = {"), fields, [Suite(word("}"), ())])
    about = "Keep all that is needed to go on from here, bit for bit."
    kept = word("save_checkpoint(state, course, place)")
    return [function("save", [], "None", [place, kept], about)]


def resumed(parts: Parts) -> list[Statement]:
    """Return what brings everything to where the checkpoint was written, if one is asked for."""
    if not parts.features.checkpoint:
        return []
    again: list[Statement] = [
        word("done = load_checkpoint(state, course)"),
        *[word(f'{name} = done["{name}"]') for name in memory(parts)],
        *[_gradients(parts, learner) for learner in _adding_up(parts)],
    ]
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
