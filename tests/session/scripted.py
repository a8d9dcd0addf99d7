"""Edits that follow from a seed, so that two processes make the same ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from app.session.session import Session
from graph_editor.document.edits import in_block, move_nodes, remove_nodes, set_argument
from graph_editor.document.model import FrozenMap, Graph, Node, NodeId, Project

Act = Callable[[Session], object]


def acts(seed: int) -> Iterator[Act]:
    """Yield what a user does, without end: nodes, arguments, moves, deletions, undo, redo."""
    choice = random.Random(seed)
    for number in range(10**9):
        yield _act(choice, number)


def _act(choice: random.Random, number: int) -> Act:
    kind = choice.choice(["add", "add", "add", "set", "set", "move", "remove", "undo", "redo"])
    pick, value = choice.random(), choice.randrange(10_000)
    if kind == "undo":
        return lambda session: session.undo()
    if kind == "redo":
        return lambda session: session.redo()
    made = {"add": _add, "set": _set, "move": _move, "remove": _remove}[kind]
    return lambda session: session.apply(lambda now: made(now, number, pick, value), kind)


def _add(now: Project, number: int, pick: float, value: int) -> Project:
    node = Node("nn.Linear", f"layer {number} é\u2028", FrozenMap({"out_features": value}))
    return in_block(now, "main", lambda g: _with(g, NodeId(f"n{number}"), node))


def _with(graph: Graph, key: NodeId, node: Node) -> Graph:
    return Graph(graph.nodes.set(key, node), graph.wires, graph.ties, graph.extra)


def _set(now: Project, number: int, pick: float, value: int) -> Project:
    key = _picked(now, pick)
    return in_block(now, "main", lambda g: set_argument(g, key, "bias", value)) if key else now


def _move(now: Project, number: int, pick: float, value: int) -> Project:
    key = _picked(now, pick)
    return move_nodes(now, "main", {key: (value, number)}) if key else now


def _remove(now: Project, number: int, pick: float, value: int) -> Project:
    key = _picked(now, pick)
    return in_block(now, "main", lambda g: remove_nodes(g, [key])) if key else now


def _picked(now: Project, pick: float) -> NodeId | None:
    keys = sorted(now.main.graph.nodes)
    return keys[int(pick * len(keys))] if keys else None
