"""What a person calls the nodes that messages speak of: names and titles instead of made-up ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from app.session.locating import place_of
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits import keys_of
from graph_editor.document.ids import MARK
from graph_editor.document.model import NodeId, Project

MADE = re.compile(r"(?<![A-Za-z0-9_])[a-z][a-z0-9_]*_[a-z2-7]{4}(?![A-Za-z0-9_])")
"""What may be an id that was made for a node, as ``linear_rudm``; ids that people chose stay."""


DRAWING, SETTINGS = "the drawing", "run settings"


class Names:
    """The names of one project's nodes, worked out where a message needs them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._graphs: dict[str, dict[str, str]] = {}

    def text(self, words: str, address: str = "") -> str:
        """Return words with the ids in them turned into names; they were said of an address."""
        if not MADE.search(words):
            return words
        place = place_of(self.project, address) if address else None
        first = place.graph if place is not None else MAIN

        def name(found: re.Match[str]) -> str:
            return self._find(found[0], first) or found[0]

        return MADE.sub(name, words)

    def label(self, address: str) -> str:
        """Return what a person calls the node at an address, with the blocks above it."""
        if address == ".":
            return SETTINGS
        steps, words = address.split("/"), []
        for depth, step in enumerate(steps):
            place = place_of(self.project, "/".join(steps[: depth + 1]))
            if place is None:
                return DRAWING if address == MAIN else address
            words.append(self.node(place.graph, place.node) or step)
        return " / ".join(words)

    def quoted(self, address: str) -> str:
        """Return the label of a node in quotes; what is no node stays without."""
        words = self.label(address)
        return words if words in (DRAWING, SETTINGS) else f"“{words}”"

    def node(self, graph: str, node: str) -> str:
        """Return what one node of a graph is called: its name, else its title; "" for none."""
        held = self.project.block(graph).graph.nodes.get(NodeId(node))
        if held is None:
            return ""
        if held.name or not MARK.search(node):
            return held.name or node
        return self._called(graph).get(node, "")

    def _find(self, node: str, first: str) -> str:
        graphs = (first, *(key for key in keys_of(self.project) if key != first))
        return next((name for key in graphs if (name := self.node(key, node))), "")

    def _called(self, graph: str) -> dict[str, str]:
        """Return what the nodes without names are called, numbered where several are alike."""
        if graph not in self._graphs:
            self._graphs[graph] = dict(self._numbered(graph))
        return self._graphs[graph]

    def _numbered(self, graph: str) -> Iterator[tuple[str, str]]:
        nodes, lookup = self.project.block(graph).graph.nodes, specs_of(self.project)
        called = {}
        for key, node in nodes.items():
            spec = lookup(node.spec)
            called[key] = node.name or (spec.title if spec is not None else node.spec)
        counts, seen = Counter(called.values()), Counter[str]()
        for key in sorted(called):
            words = called[key]
            seen[words] += 1
            yield key, f"{words} {seen[words]}" if counts[words] > 1 else words


def named(project: Project, verdict: Verdict) -> Verdict:
    """Return a verdict that calls nodes what people call them; the very same where it does."""
    names = Names(project)
    found = tuple(_named(names, each) for each in verdict.diagnostics)
    return verdict if found == verdict.diagnostics else replace(verdict, diagnostics=found)


def _named(names: Names, each: Diagnostic) -> Diagnostic:
    fixes = tuple(_fix_named(names, fix, each.node) for fix in each.fixes)
    message = names.text(each.message, each.node)
    same = message == each.message and fixes == each.fixes
    return each if same else replace(each, message=message, fixes=fixes)


def _fix_named(names: Names, fix: Fix, node: str) -> Fix:
    title = names.text(fix.title, node)
    return fix if title == fix.title else replace(fix, title=title)
