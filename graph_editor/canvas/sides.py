"""On which edge of a node each of its ports is, and what the ports of an edge are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from graph_editor.catalogue.families import Family
from graph_editor.catalogue.ports import Port, input_ports, output_ports
from graph_editor.catalogue.spec import PortKind, Spec
from graph_editor.document.model import Arg, Node, NodeId, PortPath

PLAN = ("optimizer", "scheduler")
"""The kinds of inputs that belong to the training plan, which runs downwards."""
GAP = 24.0
"""Between the ports of a top or bottom edge."""


class Use(NamedTuple):
    """All that a node's build depends on."""

    id: NodeId
    node: Node
    spec: Spec | None
    wired: tuple[PortPath, ...]
    read: tuple[str, ...]
    """Output ports that wires leave from."""
    planned: bool
    """Whether only optimizers read the outputs."""
    inferred: Mapping[str, Arg]
    faulty: frozenset[str]
    """Arguments at fault."""
    in_main: bool
    has_curves: bool = False


class Sides(NamedTuple):
    """Which port is on which edge of a card."""

    lefts: tuple[PortPath, ...]
    rights: tuple[str, ...]
    tops: tuple[PortPath, ...]
    downs: tuple[str, ...]
    quiet: frozenset[str]
    feet: tuple[PortPath, ...]
    """Optional inputs that wait at the foot."""
    kinds: Mapping[PortPath, PortKind]
    grows: frozenset[PortPath]

    @property
    def rows(self) -> int:
        """How many rows of ports there are; a port for each side needs none."""
        most = max(len(self.lefts), len(self.rights))
        return most if most > 1 else 0


def sides_of(use: Use, family: Family) -> Sides:
    """Return the edges of a card that its ports are on."""
    shown, quiet, names = ports_of(use)
    every = (*shown, *quiet)
    kinds: dict[PortPath, PortKind] = dict.fromkeys(use.wired, "tensor")
    kinds |= {p.path: p.kind for p in every}
    wired = use.wired if use.spec is None else ()
    plans = use.node.kind == "optim"
    plan = {p.path for p in every if plans or p.kind in PLAN}
    waiting = {p.path for p in quiet}
    down = _leaves_below(use, family)
    unread = family in ("opt", "metric") or use.node.spec == "io.output"
    return Sides(
        lefts=(*wired, *(p.path for p in shown if p.path not in plan)),
        rights=() if down else names,
        tops=tuple(p.path for p in every if p.path in plan) if plan else (),
        downs=names if down else (),
        quiet=frozenset(waiting | set(names if unread and not use.read else ())),
        feet=tuple(p.path for p in quiet if p.path not in plan),
        kinds=kinds,
        grows=frozenset(
            p.path for p in shown if p.argument.many and p.optional and p.path not in use.wired
        ),
    )


def ports_of(use: Use) -> tuple[list[Port], list[Port], tuple[str, ...]]:
    """Return the input ports that are always shown, the quiet ones, and the output ports."""
    if use.spec is None:
        return [], [], use.read
    wired = use.wired
    shown: list[Port] = []
    quiet: list[Port] = []
    for port in input_ports(use.spec, use.node, use.wired):
        waits = port.optional and port.path not in wired
        (quiet if waits and not _grows(port, use) else shown).append(port)
    outputs = output_ports(use.spec, use.node)
    return shown, quiet, (*outputs, *(port for port in use.read if port not in outputs))


def _grows(port: Port, use: Use) -> bool:
    """Whether a port is one of many, by which a node grows; those of the training plan do not."""
    return port.argument.many and port.kind not in PLAN and use.node.kind != "optim"


def _leaves_below(use: Use, family: Family) -> bool:
    """Whether a node's outputs are on its bottom edge: those of the training plan."""
    if family == "opt":
        return True
    return family == "loss" and (use.planned or not use.read)


def spread(count: int, more: int, width: float) -> list[float]:
    """Return places on a top or bottom edge: the first around the middle, more at their right."""
    first = width / 2 - GAP * (max(count, 1) - 1) / 2
    start = first if count else width / 2
    return [start + GAP * i for i in range(count + more)]


def labels_of(
    paths: Collection[str], spec: Spec | None, growing: Collection[str] = ()
) -> dict[str, str]:
    """Return the names beside ports; a single one on its side needs none."""
    if len(paths) < 2:
        return {}
    title = str if spec is None else spec.port_title
    return {path: "add…" if path in growing else title(path) for path in paths}
