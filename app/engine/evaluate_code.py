"""Evaluates a node of custom code: refused where it cannot be read, waiting until it is trusted."""

from __future__ import annotations

from dataclasses import replace

from app.engine.custom_code import runnable
from app.engine.evaluate_call import Caller
from app.engine.evaluate_node import evaluate_leaf
from app.engine.evaluate_record import Place, Record, Signals, Trouble
from app.engine.evaluate_sites import Sites
from graph_editor.catalogue.custom_code import piece_of, read_code
from graph_editor.document.hidden import lines_with_hidden
from graph_editor.document.model import FrozenMap, Project

UNTRUSTED, FAULTY, FAILED = "custom-code", "custom-code-text", "custom-code-failed"
HIDDEN = "custom-code-hidden"
WAITS = (
    "This is custom code that you have not trusted, so that it is not run, and what follows it "
    "waits. Read it, then trust it: open the node, or type netwright trust FILE."
)


def evaluate_code(
    project: Project, place: Place, signals: Signals, caller: Caller, sites: Sites
) -> Record:
    """Return what a node of custom code gives, if it may run."""
    assert place.spec is not None
    key = piece_of(place.node.spec)
    reading = read_code(key, project.code[key])
    if reading.fault is not None:
        words = f"The custom code cannot be used. {reading.fault.text}."
        return Record(sites.site(place, signals), "error", troubles=(Trouble(FAULTY, words),))
    hidden = _hidden(project.code[key].text)
    if not caller.runs_code:
        trouble = Trouble(UNTRUSTED, WAITS, severity="warning")
        return Record(sites.site(place, signals), "unknown", troubles=(trouble, *hidden))
    open_ports = {port: None for port, _ in place.wires if port not in signals}
    node = replace(place.node, args=place.node.args.merged(FrozenMap(open_ports)))
    ready = replace(place, spec=runnable(project, place.spec), node=node)
    return _told(evaluate_leaf(ready, signals, caller, sites), hidden)


def _hidden(text: str) -> tuple[Trouble, ...]:
    """Return a warning where a text holds what its reader cannot see."""
    found = lines_with_hidden(text)
    if not found:
        return ()
    number, badges = next(iter(found.items()))
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    words = f"Line {number}{more} of the custom code holds signs that do not show"
    detail = "What is read need not be what runs. Open the code, where they are shown."
    return (Trouble(HIDDEN, f"{words}: {', '.join(badges)}. {detail}", severity="warning"),)


def _told(record: Record, hidden: tuple[Trouble, ...]) -> Record:
    """Return a record that says of a failure where it is in the user's text."""
    troubles = tuple(
        Trouble(FAILED, f"The custom code fails here. {_sentence(each.detail)}", each.detail)
        if each.code == "torch"
        else each
        for each in record.troubles
    )
    return replace(record, troubles=(*troubles, *hidden))


def _sentence(words: str) -> str:
    first = words.strip().split("\n")[0]
    return first if first.endswith((".", "!", "?")) else f"{first}."
