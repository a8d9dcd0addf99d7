"""The Graph menu: order on the canvas, the way between graphs, and the problems."""

from __future__ import annotations

from app.commands.align import ALIGN
from app.commands.command import Command
from app.commands.frame import Frame
from app.session.no_code import problems_now
from app.session.seeking import CHECKING, NO_FIX, NOT_CHECKED, unchecked
from graph_editor.document.graph_path import MAIN, parent_of


def _no_problems(frame: Frame) -> str:
    if frame.session.verdict is None:
        return NOT_CHECKED
    if problems_now(frame.session):
        return ""
    return "There are no problems." if frame.session.is_judged else CHECKING


def _no_fix(frame: Frame) -> str:
    reason = _no_problems(frame)
    if reason:
        return reason
    if not frame.session.is_judged:
        return _unless_it_waits(unchecked(frame.session.engine_state, frame.session.engine_words))
    known = any(problem.fixes for problem in frame.session.problems())
    return "" if known or frame.session.seeking.is_on else NO_FIX


def _no_cure(frame: Frame) -> str:
    if frame.session.curing.is_running:
        return ""
    return _no_problems(frame) or _unless_it_waits(frame.session.why_not_cure())


def _unless_it_waits(reason: str) -> str:
    """Return a reason, but for the check that goes on: the wish waits until it has ended."""
    return "" if reason == CHECKING else reason


def _cure(frame: Frame) -> None:
    session = frame.session
    if session.curing.is_running:
        session.curing.stop()
        session.said.emit("No fix was applied: it was stopped.")
    else:
        session.cure()


def _cure_words(frame: Frame) -> str:
    return "Stop applying fixes" if frame.session.curing.is_running else "Apply all safe fixes"


def _empty(frame: Frame) -> str:
    nodes = frame.session.project.block(frame.session.graph_key).graph.nodes
    return "" if nodes else "This graph has no nodes yet."


def _empty_main(frame: Frame) -> str:
    return "" if frame.session.project.main.graph.nodes else "There are no nodes yet."


def _on_top(frame: Frame) -> str:
    above = frame.session.graph_key != MAIN
    return "" if above else "This is the main graph; there is none above it."


def _go_up(frame: Frame) -> None:
    session = frame.session
    session.show_graph(*parent_of(session.project, session.graph_key, session.prefix))


COMMANDS = [
    Command(
        "graph.arrange",
        "Arrange",
        lambda f: f.canvas.arrange_all(),
        "Graph",
        "Ctrl+L",
        unavailable=_empty,
        doc="Place the nodes in the order of their wires, from the data to the loss.",
        glyph="arrange",
    ),
    Command(
        "graph.arrange_right",
        "Arrange left to right",
        lambda f: f.canvas.arrange_all(direction="right"),
        "Graph",
        unavailable=_empty,
        doc="Let data run from left to right, and the training plan down.",
    ),
    Command(
        "graph.arrange_down",
        "Arrange top-down",
        lambda f: f.canvas.arrange_all(direction="down"),
        "Graph",
        unavailable=_empty,
        doc="Let data run down: tensors enter nodes at the top and leave below, and the training "
        "plan runs to the right.",
    ),
    *ALIGN,
    Command(
        "graph.up",
        "Go to the graph above",
        _go_up,
        "Graph",
        "Alt+Up",
        unavailable=_on_top,
        group=1,
        glyph="home",
    ),
    Command(
        "graph.summary",
        "Show the summary",
        lambda f: f.show_panel("summary"),
        "Graph",
        "Ctrl+Alt+T",
        unavailable=_empty_main,
        doc="Every node with its output, parameters, FLOPs and memory, to be sorted and copied.",
        group=1,
        glyph="list",
    ),
    Command(
        "graph.next_problem",
        "Next problem",
        lambda f: f.next_problem(1),
        "Graph",
        "F8",
        unavailable=_no_problems,
        group=2,
        glyph="error",
    ),
    Command(
        "graph.previous_problem",
        "Previous problem",
        lambda f: f.next_problem(-1),
        "Graph",
        "Shift+F8",
        unavailable=_no_problems,
        group=2,
    ),
    Command(
        "graph.fix",
        "Apply the first fix",
        lambda f: f.fix_problem(),
        "Graph",
        "Alt+Return",
        unavailable=_no_fix,
        doc="Apply the first fix of this problem; it was tried on a copy before it was offered.",
        group=2,
        glyph="wrench",
        foresee=lambda f: f.foresee_fix(),
        leave=lambda f: f.session.previewing.end(),
    ),
    Command(
        "graph.fix_all",
        "Apply all safe fixes",
        _cure,
        "Graph",
        "Alt+Shift+Return",
        unavailable=_no_cure,
        doc="Apply the first safe fix of every error and warning, as one step; each is checked "
        "before the next.",
        group=2,
        label=_cure_words,
        glyph="wrench",
        foresee=lambda f: f.session.foresee(),
        leave=lambda f: f.session.foreseeing.end(),
    ),
]
"""What the Graph menu and the command palette offer."""
