"""A verdict as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.plain_text import plain, width
from graph_editor.catalogue.order import Lookup, canonical_order, regions
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.run_settings import COUNTS
from graph_editor.checking.training_memory import in_units, training_memory
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.model import Address, BlockId, Node, NodeId, Project

GRADES = ("error", "warning", "info")


def problems_in_order(verdict: Verdict) -> list[Diagnostic]:
    """Return the diagnostics, errors first, else as the judge found them."""
    return sorted(verdict.diagnostics, key=lambda d: GRADES.index(d.severity))


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """Return what ``check --json`` prints; the form is described in docs/formats.md."""
    problems = [
        {
            "severity": problem.severity,
            "node": problem.node,
            "code": problem.code,
            "message": problem.message,
            "fixes": [{"id": fix.id, "title": fix.title} for fix in problem.fixes],
        }
        for problem in problems_in_order(verdict)
    ]
    return {
        "format": 1,
        "problems": problems,
        "shapes": {port: list(kind.shape) for port, kind in verdict.types.items()},
        "parameters": sum(verdict.parameters.values()),
        "activations": sum(verdict.activations.values()),
    }


def problem_line(project: Project, problem: Diagnostic) -> str:
    """Return one line: grade, node, what is wrong, and the fixes with their ids."""
    line = f"{problem.severity}: {label(project, problem.node)}: {problem.message}"
    fixes = [f"{fix.title} (--fix {fix.id})" for fix in problem.fixes]
    return plain(f"{line} Fix: {' or '.join(fixes)}" if fixes else line)


def label(project: Project, address: Address) -> str:
    """Return what a person calls the node at an address, with the blocks above it."""
    if address == ".":
        return "run settings"
    graph, words = project.main.graph, []
    for part in str(address).split("/"):
        node = graph.nodes.get(NodeId(part.partition("[")[0]))
        if node is None:
            return str(address)
        words.append(node.name or part)
        kind, _, key = node.spec.partition(".")
        block = project.blocks.get(BlockId(key)) if kind == "block" else None
        graph = block.graph if block is not None else graph
    return " / ".join(words)


def table(project: Project, lookup: Lookup, verdict: Verdict) -> str:
    """Return the main graph's nodes with their output shapes and costs as a table.

    Activations are those of a whole batch, parameters and FLOPs those of one sample.
    """
    rows = [("node", "what", "output", "parameters", "FLOPs", "activations")]
    for node_id in _drawn_order(project, lookup):
        node = project.main.graph.nodes[node_id]
        parameters = _sum_below(verdict.parameters, node_id)
        flops = _sum_below(verdict.flops, node_id)
        shapes = _shapes(node_id, node, lookup, verdict)
        kept = _sum_below(verdict.activations, node_id)
        counts = (
            f"{parameters:,}" if parameters else "",
            f"{flops:,}" if flops else "",
            in_units(kept) if kept else "",
        )
        rows.append((plain(node.name or node_id), plain(node.spec), shapes, *counts))
    kept = sum(verdict.activations.values())
    totals = (f"{sum(verdict.parameters.values()):,}", f"{sum(verdict.flops.values()):,}")
    rows.append(("total", "", "", *totals, in_units(kept) if kept else ""))
    return _aligned(rows)


def memory_line(project: Project, verdict: Verdict) -> str:
    """Return how much memory a training is expected to take, and what for."""
    need = training_memory(project, verdict)
    batch = project.run.get("batch_size", COUNTS["batch_size"].default)
    parts = ("weights", "gradients", "optimizer", "activations")
    told = ", ".join(f"{name} {in_units(getattr(need, name))}" for name in parts)
    ends = f"{in_units(need.low)} to {in_units(need.high)}"
    return f"Memory to train with batches of {batch}: {ends} ({told})."


def _drawn_order(project: Project, lookup: Lookup) -> tuple[NodeId, ...]:
    parts = regions(project.main, lookup)
    ends = (*parts.model, *parts.step, *parts.idle)
    return canonical_order(project.main.graph, ends, lookup)


def _sum_below(counts: Mapping[Address, int], node: NodeId) -> int:
    return sum(
        count
        for address, count in counts.items()
        if str(address) == node or address.startswith((f"{node}/", f"{node}["))
    )


def _shapes(node_id: NodeId, node: Node, lookup: Lookup, verdict: Verdict) -> str:
    spec = lookup(node.spec)
    ports = output_ports(spec, node) if spec is not None else ()
    found = [
        (p, verdict.types[f"{node_id}.{p}"]) for p in ports if f"{node_id}.{p}" in verdict.types
    ]
    if len(found) == 1:
        return found[0][1].text()
    if found:
        return ", ".join(f"{port} {kind.text()}" for port, kind in found)
    return {"error": "✗ error", "waiting": "… waiting", "unknown": "? unknown here"}.get(
        verdict.status.get(Address(node_id), ""), ""
    )


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = "─" * max(map(width, lines))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    texts = [
        " " * (room - width(cell)) + cell if index >= 3 else cell + " " * (room - width(cell))
        for index, (cell, room) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(texts).rstrip()
