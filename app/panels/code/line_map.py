"""From nodes of the drawing to lines of its code, and back; plain values, no Qt."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

from app.session.locating import Place, place_of
from codegen.written import SourceText, Written
from graph_editor.document.addresses import MAIN, block_of
from graph_editor.document.edits import blocks_below
from graph_editor.document.model import Address, NodeId, Project

Key: TypeAlias = tuple[str, NodeId]
"""A graph's key and a node in it: what the code of a block is about, whatever use of it."""
Lines: TypeAlias = dict[str, list[int]]
"""Lines (from 1) by file."""

_CLASS = re.compile(r"class \w+")
_METHOD = re.compile(r"\s*def (\w+)")
_OWNED = re.compile(r"        self\.(\w+)\b[^=(]* = ")
_MENTION = re.compile(r"\bself\.(\w+)")


class LineMap:
    """What each line of the written files is about, in terms of one project."""

    def __init__(self, project: Project, written: Written) -> None:
        self._project = project
        self.files: Mapping[str, SourceText] = written.files
        self._places: dict[str, Place | None] = {}
        self._wired: dict[tuple[str, bool], dict[NodeId, list[NodeId]]] = {}

    def place(self, file: str, line: int) -> Place | None:
        """Return the node that a line (from 1) was written for, in the first use of its block."""
        source = self.files.get(file)
        if source is None or not 0 < line <= len(source.lines):
            return None
        address = source.lines[line - 1]
        return None if address is None else self._place(address)

    def _place(self, address: Address) -> Place | None:
        if address not in self._places:
            self._places[address] = place_of(self._project, address)
        return self._places[address]

    def lines(self, graph: str, nodes: Iterable[NodeId]) -> Lines:
        """Return the lines that nodes of a graph are written in.

        These are the lines written for them, and those that use the attribute that holds their
        module. A node that has no line of its own is written inside that of the node it feeds (an
        output, in that of the node that feeds it).
        """
        found: dict[str, set[int]] = {}
        for node in nodes if self._has(graph) else ():
            own = (
                self._own.get((graph, node))
                or self._folded(graph, node, forward=True)
                or self._folded(graph, node, forward=False)
            )
            for file, line in own:
                found.setdefault(file, set()).add(line)
        return {file: sorted(lines) for file, lines in found.items()}

    def below(self, graph: str, nodes: Iterable[NodeId]) -> Lines:
        """Return the lines of the classes of blocks that nodes are instances of."""
        held = self._project.block(graph).graph.nodes if self._has(graph) else {}
        used: set[str] = set()
        for node in nodes:
            key = block_of(held.get(node))
            if key:
                used |= {key, *blocks_below(self._project, key)}
        found: dict[str, set[int]] = {}
        for (key, _), places in self._own.items() if used else ():
            if key in used:
                for file, line in places:
                    found.setdefault(file, set()).add(line)
        return {file: sorted(lines) for file, lines in found.items()}

    def _has(self, graph: str) -> bool:
        return graph == MAIN or graph in self._project.blocks

    @cached_property
    def _own(self) -> dict[Key, list[tuple[str, int]]]:
        found: dict[Key, list[tuple[str, int]]] = {}
        for file, source in self.files.items():
            about = [None if a is None else self._place(a) for a in source.lines]
            for line, place in enumerate(about, 1):
                if place is not None:
                    found.setdefault((place.graph, place.node), []).append((file, line))
            if any(about):
                for line, key in _uses(source, about):
                    found.setdefault(key, []).append((file, line))
        return found

    def _folded(self, graph: str, node: NodeId, forward: bool) -> list[tuple[str, int]]:
        """Return the lines that compute the nearest node along wires that has any."""
        along = self._neighbours(graph, forward)
        seen, waiting = {node}, deque([node])
        while waiting:
            for other in along.get(waiting.popleft(), ()):
                if other in seen:
                    continue
                seen.add(other)
                own = self._own.get((graph, other))
                if own is None:
                    waiting.append(other)
                    continue
                return [place for place in own if not self._constructs(*place)] or own
        return []

    def _neighbours(self, graph: str, forward: bool) -> dict[NodeId, list[NodeId]]:
        if (graph, forward) not in self._wired:
            found: dict[NodeId, list[NodeId]] = {}
            for end, start in self._project.block(graph).graph.wires.items():
                one, other = (start.node, end.node) if forward else (end.node, start.node)
                found.setdefault(one, []).append(other)
            self._wired[graph, forward] = {node: sorted(ends) for node, ends in found.items()}
        return self._wired[graph, forward]

    def _constructs(self, file: str, line: int) -> bool:
        return line in self._constructors.get(file, ())

    @cached_property
    def _constructors(self) -> dict[str, frozenset[int]]:
        return {file: frozenset(_init_lines(source.text)) for file, source in self.files.items()}


def _init_lines(text: str) -> list[int]:
    """Return the lines inside ``__init__`` methods."""
    found, inside = [], False
    for number, line in enumerate(text.split("\n"), 1):
        method = _METHOD.match(line)
        if method or _CLASS.match(line):
            inside = bool(method) and method[1] == "__init__"  # type: ignore[index]  # it matched
        elif inside:
            found.append(number)
    return found


def _uses(source: SourceText, about: list[Place | None]) -> list[tuple[int, Key]]:
    """Return the lines that use an attribute, with the nodes that the attribute was made for."""
    owners: dict[str, set[Key]] = {}
    mentions: list[tuple[int, str, dict[str, set[Key]]]] = []
    held, making = "", False
    for number, line in enumerate(source.text.split("\n"), 1):
        method = _METHOD.match(line)
        if _CLASS.match(line):
            owners = {}
        elif method:
            making, held = method[1] == "__init__", ""
        elif making:
            owned = _OWNED.match(line)
            if owned or not line.startswith(("         ", "        )", "        ]")):
                held = owned[1] if owned else ""
            place = about[number - 1] if number <= len(about) else None
            if held and place is not None:
                owners.setdefault(held, set()).add((place.graph, place.node))
        elif "self." in line:
            mentions += [(number, name, owners) for name in _MENTION.findall(line)]
    return [(number, key) for number, name, known in mentions for key in known.get(name, ())]
