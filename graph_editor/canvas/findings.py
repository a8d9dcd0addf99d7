"""What the canvas is told of a drawing by those who judge and run it: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_editor.document.model import NOTHING, Arg, FrozenMap, NodeId


@dataclass(frozen=True, slots=True)
class PortFacts:
    """What is known of the value on an output port."""

    label: str
    """The shape as it stands on a wire: ``B×16×8×8``; ``scalar``."""
    rank: int | None = None
    dtype: str = ""
    device: str = ""
    """Only where it differs from the run's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem on a node of the shown graph (or on what lies inside it)."""

    node: NodeId
    severity: str
    """error, warning or info."""
    message: str
    code: str = ""
    port: str = ""
    argument: str = ""
    detail: str = ""
    fixes: tuple[tuple[str, str], ...] = ()
    """Id and title of each fix; the ids go back through ``Canvas.fix_chosen``."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of one graph. Keys of nodes are ids in this graph."""

    ports: Mapping[str, PortFacts] = field(default_factory=dict)
    """``node.port`` of outputs -> facts."""
    status: Mapping[NodeId, str] = field(default_factory=dict)
    """ok, error, waiting, unknown or idle."""
    inferred: Mapping[NodeId, FrozenMap[str, Arg]] = field(default_factory=dict)
    """Values of ``auto`` parameters."""
    parameters: Mapping[NodeId, int] = field(default_factory=dict)
    """Learnable elements of each node with all that is below it."""
    flops: Mapping[NodeId, int] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()
    activations: Mapping[NodeId, int] = field(default_factory=dict)
    """Bytes that each node keeps for the backward pass, for one batch."""
    device: str = ""
    """Where all tensors are that say nothing else; empty where there is no doubt about that."""
    told_at: Mapping[NodeId, NodeId] = field(default_factory=dict)
    """Of nodes that are refused for what is told at another one: that one."""

    def of(self, node: NodeId) -> tuple[Finding, ...]:
        """Return the problems of one node."""
        return tuple(p for p in self.problems if p.node == node)

    def where(self, facts: PortFacts) -> str:
        """Return the device of a value, where it matters: there are several, or it is no CPU."""
        return facts.device or (self.device if facts.dtype else "")

    def values(self, node: NodeId) -> FrozenMap[str, Arg]:
        """Return the inferred arguments of one node."""
        return self.inferred.get(node, NOTHING)


@dataclass(frozen=True, slots=True)
class Live:
    """What a run shows on the nodes while it goes on."""

    progress: float | None = None
    """Share of the plan that is done, 0 to 1; None: no run is live."""
    curves: Mapping[NodeId, tuple[tuple[float, ...], tuple[float, ...]]] = field(
        default_factory=dict
    )
    """Loss node -> train and validation values, oldest first, at most some 200 each."""
    values: Mapping[NodeId, str] = field(default_factory=dict)
    """What stands at the right of a header: a metric's last value, a scheduler's rate."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a data source, small enough to be drawn on its node."""

    pixels: tuple[tuple[float, ...], ...]
    """Rows of grey values, 0 to 1."""
    label: str = ""
