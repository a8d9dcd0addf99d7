"""The rows of the list of problems: one for each cause, and what waits for it beneath."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.report import problems_in_order
from app.session.locating import Place, address_of, place_of
from app.session.naming import Names
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.model import Address, NodeId, Project

WAITING = "waiting"
MOST_NAMED = 6
"""How many waiting nodes are named in their row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One cause, or the nodes that wait for one."""

    severity: str
    """error, warning, info or waiting."""
    label: str
    sentence: str
    place: Place | None
    """Where one goes from here; None for the run settings."""
    problem: Diagnostic | None = None
    others: tuple[Diagnostic, ...] = ()
    """The same cause at other uses of the same node."""
    waiting: tuple[Place, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same while the row is about the same thing."""
        code = self.problem.code if self.problem is not None else WAITING
        place = (self.place.graph, self.place.node) if self.place is not None else ("", "")
        return (code, *place)

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What would cure it, the best first."""
        return self.problem.fixes if self.problem is not None else ()

    @property
    def details(self) -> tuple[str, ...]:
        """What is folded beneath: torch's own words, and the same problem elsewhere."""
        problem = self.problem
        if problem is None:
            return ()
        own = (f"PyTorch says: {problem.detail}",) if problem.detail else ()
        return (*own, *(f"Also at {other.node}: {other.message}" for other in self.others))


def rows_of(
    project: Project, verdict: Verdict, refusal: Diagnostic | None = None
) -> tuple[Row, ...]:
    """Return the rows of a verdict, the gravest first, and of why there is no code."""
    names = Names(project)
    groups: dict[tuple[str, str, str], list[Diagnostic]] = {}
    places: dict[tuple[str, str, str], Place | None] = {}
    for problem in (*((refusal,) if refusal else ()), *problems_in_order(verdict)):
        place = place_of(project, problem.node)
        where = (place.graph, str(place.node)) if place is not None else ("", str(problem.node))
        key = (str(problem.code), *where)
        groups.setdefault(key, []).append(problem)
        places.setdefault(key, place)
    found: list[Row] = []
    left = _waiting(verdict)
    for key, (first, *others) in groups.items():
        name = names.label(first.node)
        found.append(Row(first.severity, name, first.message, places[key], first, tuple(others)))
        if first.severity == "error":
            alike = [v for p in (first, *others) for v in p.victims if v in left]
            causes = [*(p.node for p in (first, *others)), *alike]
            behind = list(dict.fromkeys([*alike, *_behind(project, causes, left)]))
            left -= set(behind)
            found += _waiting_row(names, name, behind, places[key])
    return tuple(found)


def _waiting(verdict: Verdict) -> set[Address]:
    """Return the addresses that wait, without those inside blocks that wait as a whole."""
    found = {address for address, status in verdict.status.items() if status == WAITING}
    return {a for a in found if Address(a.rpartition("/")[0]) not in found}


def _waiting_row(
    called: Names, cause: str, behind: list[Address], place: Place | None
) -> Iterable[Row]:
    if not behind:
        return
    names = [called.label(address) for address in behind]
    words = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        words += f" and {len(names) - MOST_NAMED} more"
    count = "1 node" if len(names) == 1 else f"{len(names)} nodes"
    verb = "waits" if len(names) == 1 else "wait"
    places = tuple(p for a in behind if (p := place_of(called.project, a)) is not None)
    yield Row(WAITING, count, f"{verb} for {cause}: {words}", place, waiting=places)


def _behind(project: Project, causes: list[Address], waiting: set[Address]) -> list[Address]:
    """Return those of the waiting addresses that wires lead to from the causes, in their order."""
    found: dict[Address, None] = {}
    for cause in causes:
        steps = str(cause).split("/")
        for depth in range(len(steps) - 1, -1, -1):
            place = place_of(project, "/".join(steps[: depth + 1]))
            if place is None:
                continue
            prefix = "/".join(steps[:depth])
            for node in _downstream(project, place):
                address = Address(address_of(prefix, node))
                if address in waiting:
                    found[address] = None
    return list(found)


def _downstream(project: Project, place: Place) -> list[NodeId]:
    """Return the nodes of a graph that a node leads to, the nearest first."""
    followers = _followers(project, place.graph)
    seen, waiting = {place.node: None}, [place.node]
    while waiting:
        following: list[NodeId] = []
        for node in waiting:
            for follower in followers.get(node, ()):
                if follower not in seen:
                    seen[follower] = None
                    following.append(follower)
        waiting = following
    return list(seen)[1:]


def _followers(project: Project, graph: str) -> Mapping[NodeId, list[NodeId]]:
    found: dict[NodeId, list[NodeId]] = {}
    for end, start in project.block(graph).graph.wires.items():
        found.setdefault(start.node, []).append(end.node)
    return {node: sorted(set(ends)) for node, ends in found.items()}


def counts(verdict: Verdict | None, refusal: Diagnostic | None = None) -> tuple[int, int, int]:
    """Return how many errors, warnings and infos a verdict has, and why there is no code."""
    grades = [p.severity for p in verdict.diagnostics] if verdict is not None else []
    grades += [refusal.severity] if refusal is not None else []
    return grades.count("error"), grades.count("warning"), grades.count("info")
