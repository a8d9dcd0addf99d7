"""Turns a verdict on a project into what the canvas shows of one graph of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from graph_editor.canvas.findings import Finding, Findings, PortFacts
from graph_editor.checking.verdict import Diagnostic, TensorType, Verdict
from graph_editor.document.model import Address, NodeId

GRAVEST_LAST = ("idle", "ok", "unknown", "waiting", "error")


def device_that_matters(verdict: Verdict, device: str) -> str:
    """Return the device of a run where a reader could be in doubt: it is no CPU, or one of two."""
    several = any(kind.device and kind.device != device for kind in verdict.types.values())
    return device if several or device != "cpu" else ""


def findings_of(
    verdict: Verdict, prefix: str = "", device: str = "", refusal: Diagnostic | None = None
) -> Findings:
    """Return what is known of the graph that lies at a prefix of addresses.

    The prefix is empty for the main graph, and ``stage1/body`` for the block that is used there.
    A copy of a repeat counts as the node itself: its first copy speaks for its shapes. The refusal
    says why there is no code, and stands on the node that it names as what the judge found does.
    """
    inside = _Inside(prefix)
    ports: dict[str, PortFacts] = {}
    for place, kind in verdict.types.items():
        address, _, port = place.rpartition(".")
        node = inside.own(address)
        if node is not None:
            ports[f"{node}.{port}"] = port_facts(kind)
    status: dict[NodeId, str] = {}
    for address, word in verdict.status.items():
        node = inside.node(address)
        if node is not None and _rank(word) >= _rank(status.get(node, "idle")):
            status[node] = word
    inferred = {
        node: found
        for address, found in verdict.inferred.items()
        if (node := inside.own(address)) is not None
    }
    problems = tuple(
        _finding(each, node)
        for each in (*verdict.diagnostics, *((refusal,) if refusal is not None else ()))
        if (node := inside.node(each.node)) is not None
    )
    return Findings(
        ports,
        status,
        inferred,
        _sums(verdict.parameters, inside),
        _sums(verdict.flops, inside),
        problems,
        _sums(verdict.activations, inside),
        device,
        _told_at(verdict, inside),
    )


def _told_at(verdict: Verdict, inside: _Inside) -> dict[NodeId, NodeId]:
    found: dict[NodeId, NodeId] = {}
    for each in verdict.diagnostics:
        at = inside.node(each.node) if each.severity == "error" else None
        for victim in each.victims if at is not None else ():
            node = inside.node(victim)
            if node is not None and at is not None and node != at:
                found.setdefault(node, at)
    return found


def port_facts(kind: TensorType) -> PortFacts:
    """Return what a wire shows of a tensor's type."""
    return PortFacts(kind.text(), len(kind.shape), kind.dtype, kind.device)


def _finding(each: Diagnostic, node: NodeId) -> Finding:
    return Finding(
        node,
        each.severity,
        each.message,
        each.code,
        each.port,
        each.argument,
        each.detail,
        tuple((fix.id, fix.title) for fix in each.fixes),
    )


def _rank(word: str) -> int:
    return GRAVEST_LAST.index(word) if word in GRAVEST_LAST else 0


def _sums(counts: Mapping[Address, int], inside: _Inside) -> dict[NodeId, int]:
    total: Counter[NodeId] = Counter()
    for address, count in counts.items():
        node = inside.node(address)
        if node is not None:
            total[node] += count
    return dict(total)


class _Inside:
    """Which node of one graph an address from the main graph is, or lies in."""

    def __init__(self, prefix: str) -> None:
        self._steps = tuple(_plain(prefix.split("/"))) if prefix else ()

    def node(self, address: str) -> NodeId | None:
        """Return the node of this graph in or below which the address lies."""
        steps = address.split("/")
        depth = len(self._steps)
        if len(steps) <= depth or tuple(_plain(steps[:depth])) != self._steps:
            return None
        return NodeId(steps[depth].partition("[")[0])

    def own(self, address: str) -> NodeId | None:
        """Return the node of this graph that the address is, not one below it."""
        return self.node(address) if address.count("/") == len(self._steps) else None


def _plain(steps: Iterable[str]) -> Iterable[str]:
    return (step.partition("[")[0] for step in steps)
