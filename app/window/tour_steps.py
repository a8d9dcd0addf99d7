"""The steps of the tour: what each says, beside what it stands, and when it has been done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph_editor.catalogue.families import family_of
from graph_editor.document.model import Graph, NodeId

if TYPE_CHECKING:
    from app.commands.frame import Frame

Key = Callable[[str], str]
"""Returns the present key for a usual one; empty where there is none."""
LAYERS = ("layer", "act", "norm", "op", "block", "code")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and how to know that it was done."""

    title: str
    words: Callable[[Frame, Key], str]
    """At most two short sentences."""
    target: str
    """``palette``, ``canvas``, ``inspector``, ``train``, ``run``: what the card stands beside."""
    done: Callable[[Frame], bool]
    by_choice: bool = False
    """Whether it is done only once a node was clicked or selected while it was shown."""


# What is there


def _graph(frame: Frame) -> Graph:
    return frame.session.project.main.graph


def nodes_of(frame: Frame, *families: str) -> set[NodeId]:
    """Return the nodes of the main graph that belong to some families."""
    lookup = frame.session.lookup
    found = {name: lookup(node.spec) for name, node in _graph(frame).nodes.items()}
    return {
        name
        for name, spec in found.items()
        if family_of(spec, _graph(frame).nodes[name].spec.partition(".")[0]) in families
        and (spec is None or spec.kind != "io")
    }


def reaches(graph: Graph, sources: Iterable[NodeId], goals: Iterable[NodeId]) -> bool:
    """Whether wires lead from one of some nodes to one of others."""
    onwards: dict[NodeId, list[NodeId]] = {}
    for target, source in graph.wires.items():
        onwards.setdefault(source.node, []).append(target.node)
    seen, ahead, wanted = set[NodeId](), list(sources), set(goals)
    while ahead:
        for node in onwards.get(ahead.pop(), ()):
            if node in wanted:
                return True
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return False


def _wired(frame: Frame) -> bool:
    return reaches(_graph(frame), nodes_of(frame, "data"), nodes_of(frame, *LAYERS))


def _loss(frame: Frame) -> bool:
    """Whether a loss has both a prediction and what it should be."""
    graph, losses = _graph(frame), nodes_of(frame, "loss")
    fed = [sum(target.node == loss for target in graph.wires) for loss in losses]
    return max(fed, default=0) > 1 and reaches(graph, nodes_of(frame, *LAYERS), losses)


def _optimizer(frame: Frame) -> bool:
    return reaches(_graph(frame), nodes_of(frame, "loss"), nodes_of(frame, "opt"))


def _sound(frame: Frame) -> bool:
    session = frame.session
    sound = session.verdict is not None and not session.verdict.has_errors
    return session.is_judged and sound and session.is_written


def _trains(frame: Frame) -> bool:
    return frame.desk.is_live or _curve(frame)


def _curve(frame: Frame) -> bool:
    run = frame.desk.current
    return run is not None and run in frame.desk.own and len(run.numbers.epoch) > 0


def _ended(frame: Frame) -> bool:
    run = frame.desk.current
    return _curve(frame) and run is not None and not run.is_live


# What is said


def _add(key: Key) -> str:
    tab = key("Tab")
    return f"Press {tab} on the canvas" if tab else "Double-click the canvas"


def _say_data(_: Frame, key: Key) -> str:
    return f"{_add(key)}, type “wine” and press Enter. Or drag a source in from the left."


def _say_layer(_: Frame, key: Key) -> str:
    return f"{_add(key)} and type “linear 3”: a layer with 3 outputs, one for each of the 3 wines."


def _say_wire(_: Frame, key: Key) -> str:
    connect = key("Ctrl+J")
    by_key = f" {connect} wires two selected nodes." if connect else ""
    return f"Drag from the port x of Wine to the left end of Linear.{by_key}"


def _say_loss(_: Frame, __: Key) -> str:
    return "Add “cross entropy”. Wire Linear to its input, and the label of Wine to its target."


def _say_optimizer(_: Frame, __: Key) -> str:
    return "Add “adamw 0.05” and wire the loss to it. It trains the model, in steps of that size."


def _say_verdict(frame: Frame, key: Key) -> str:
    session = frame.session
    if not session.is_judged or _sound(frame):
        return "PyTorch checks every wire while you draw. Click a node to read its shapes here."
    fix, following = key("Alt+Return"), key("F8")
    return f"PyTorch refuses something. {following} goes to it, {fix} applies a fix that was tried."


def _say_train(_: Frame, key: Key) -> str:
    train = key("Ctrl+R")
    return f"Press Train{f' ({train})' if train else ''}. It runs exactly the code that you see."


def _say_curve(frame: Frame, key: Key) -> str:
    run = frame.desk.current
    if run is None or not _curve(frame):
        return "The run begins. Its curves appear here with the first epoch."
    if not _ended(frame):
        return "The loss says how wrong it is: the curves fall while it learns."
    name = "val_loss" if "val_loss" in run.numbers.epochs else "train_loss"
    first, last = run.numbers.epochs[name][0], run.value(name)
    if not last < first:
        return "The run has ended, and the loss has not fallen. Try more epochs."
    save = key("Ctrl+S")
    kept = f"{save} keeps the drawing" if save else "Save it"
    return f"Your network has learned: the loss fell from {first:.2f} to {last:.2f}. {kept}."


STEPS = (
    Step("Begin with data", _say_data, "palette", lambda f: bool(nodes_of(f, "data"))),
    Step("Add a layer", _say_layer, "canvas", lambda f: bool(nodes_of(f, *LAYERS))),
    Step("Wire them", _say_wire, "canvas", _wired),
    Step("Measure what is wrong", _say_loss, "canvas", _loss),
    Step("Let it learn", _say_optimizer, "canvas", _optimizer),
    Step("Read the verdict", _say_verdict, "inspector", _sound, by_choice=True),
    Step("Train", _say_train, "train", _trains),
    Step("Watch it learn", _say_curve, "run", _ended),
)
"""From an empty drawing to a trained network."""
