"""What words mean that somebody looks for in a drawing: titles, specs, arguments and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.panels.outline.facts import Facts
from app.panels.outline.items import node_order
from graph_editor.canvas.parameter_line import python_text, value_text
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import NOTHING, FrozenMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session.session import Session
    from graph_editor.document.model import Arg, NodeId

LONGEST = 400
"""Characters of a value that are looked through."""
SIGNS = re.compile(r"\s*([=*/+,×])\s*")
SIZES = re.compile(r"[\w?]+(?:[x×][\w?]+)*")
"""A shape, or its end, as it is typed: ``64×8×8``, ``64x8x8``."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a graph of the project, with all that it can be found by."""

    graph: str
    node: NodeId
    words: tuple[str, ...]
    """Title, id, spec and what that is called."""
    arguments: tuple[tuple[str, str], ...]
    """Name and value; a value that can be said in two ways stands twice."""
    shapes: tuple[str, ...]
    """Those of its outputs."""

    def has(self, word: str) -> bool:
        """Whether one word, which is tidied, is found in it."""
        return (
            any(word in each for each in self.words)
            or self._has_argument(word)
            or self._has_shape(word)
        )

    def _has_argument(self, word: str) -> bool:
        """Whether it has an argument: its name will do; a number is meant as a whole."""
        wanted, sign, value = word.partition("=")
        if not sign:
            return any(word in name for name, _ in self.arguments)
        for name, text in self.arguments:
            if name.endswith(wanted) and (
                text == value or (value in text and not _is_number(value))
            ):
                return True
        return False

    def _has_shape(self, word: str) -> bool:
        """Whether the sizes stand one after the other in a shape; one size alone is none."""
        if not set("x×") & set(word) or not SIZES.fullmatch(word):
            return False
        wanted = f"×{word.replace('x', '×')}×"
        return any(wanted in f"×{shape}×" for shape in self.shapes)


def tidied(text: str) -> str:
    """Return a text without what does not matter: case, and blanks around signs."""
    return SIGNS.sub(r"\1", text.casefold()).strip()


def matching(places: Sequence[Place], text: str) -> list[Place]:
    """Return the places in which each of the words is found, in their order."""
    words = tidied(text).split()
    return [place for place in places if all(map(place.has, words))] if words else []


def places_of(session: Session) -> tuple[Place, ...]:
    """Return all nodes of all graphs, the main graph first, each in the order of the code."""
    return tuple(_places(session))


def _places(session: Session) -> Iterator[Place]:
    project, facts = session.project, Facts(session)
    for graph in (MAIN, *project.blocks):
        shapes: dict[str, list[str]] = {}
        for port, label in facts.of(graph).ports.items():
            shapes.setdefault(port.partition(".")[0], []).append(tidied(label))
        nodes = project.block(graph).graph.nodes
        inferred = session.findings.inferred if graph == session.graph_key else {}
        for node_id in node_order(project, graph, session.lookup):
            node = nodes[node_id]
            names = (facts.name(graph, node_id), node_id, node.spec, facts.kind(graph, node_id))
            own = dict(_arguments(inferred.get(node_id, NOTHING), node.args))
            yield Place(
                graph,
                node_id,
                tuple(dict.fromkeys(map(tidied, names))),
                tuple(own),
                tuple(shapes.get(node_id, ())),
            )


def _arguments(*known: FrozenMap[str, Arg]) -> Iterator[tuple[tuple[str, str], None]]:
    for args in known:
        for name, value in args.items():
            for text in (python_text(value, LONGEST), value_text(value)):
                yield (tidied(name), tidied(text)), None


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace("-", "").replace("e", "").isdigit()
