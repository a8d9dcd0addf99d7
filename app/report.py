"""A verdict as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from app.plain_text import plain, width
from graph_editor.catalogue.batch import batch_of, wanted_batch
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.memory_fit import Room, fit_of, fit_words
from graph_editor.checking.summary import SummaryRow, Totals, summary, totals
from graph_editor.checking.training_memory import (
    in_units,
    range_in_units,
    training_memory,
    unjudged,
)
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.model import Address, BlockId, NodeId, Project

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
        "unjudged": unjudged(verdict),
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

    Activations are those of a whole batch, FLOPs those of one sample.
    """
    return _aligned(
        [line[:-1] for line in _lines(summary(project, lookup, verdict), totals(project, verdict))]
    )


def as_text(rows: Sequence[SummaryRow], total: Totals | None) -> str:
    """Return a summary as a table for a terminal; of some rows alone it has no totals."""
    return _aligned(_lines(rows, total), has_total=total is not None)


def as_markdown(rows: Sequence[SummaryRow], total: Totals | None) -> str:
    """Return a summary as a table in Markdown."""
    head, *cells = _lines(rows, total)
    rule = ("---",) * 3 + ("---:",) * 4
    text = [" | ".join(cell.replace("|", "\\|") for cell in line) for line in (head, rule, *cells)]
    return "\n".join(f"| {line} |" for line in text)


def as_tsv(rows: Sequence[SummaryRow], total: Totals | None) -> str:
    """Return a summary for a spreadsheet: bare numbers, bytes, with tabs between."""
    head = ("address", "node", "what", "output", "parameters")
    costs = ("FLOPs per sample", "activation bytes per batch")
    ends = ("least bytes to train", "most bytes to train")
    lines = [(r.address, plain(r.name), plain(r.spec), r.output, *_numbers(r)) for r in rows]
    last = [(total.title, "", "", total.note, *_numbers(total))] if total is not None else []
    cells = [(*head, *costs, *ends), *lines, *last]
    return "\n".join(map("\t".join, cells))


def _lines(rows: Sequence[SummaryRow], total: Totals | None) -> list[tuple[str, ...]]:
    words = (("  " * r.depth + plain(r.name), plain(r.spec), r.output, *_sizes(r)) for r in rows)
    last = [(total.title, "", total.note, *_sizes(total))] if total is not None else []
    return [HEAD, *words, *last]


SUMMARIES = {"text": as_text, "markdown": as_markdown, "tsv": as_tsv}
"""The forms in which a summary can be had."""
HEAD = ("node", "what", "output", "parameters", "FLOPs/sample", "activations/batch", "to train")


def _sizes(row: SummaryRow | Totals) -> tuple[str, str, str, str]:
    return (
        f"{row.parameters:,}" if row.parameters else "",
        f"{row.flops:,}" if row.flops else "",
        in_units(row.activations) if row.activations else "",
        range_in_units(row.memory) if row.memory.high else "",
    )


def _numbers(row: SummaryRow | Totals) -> tuple[str, ...]:
    most = "" if row.memory.unjudged else row.memory.high  # no end is known
    ends = (row.memory.low, most)
    return tuple(map(str, (row.parameters, row.flops, row.activations, *ends)))


def memory_line(project: Project, verdict: Verdict, room: Room | None = None) -> str:
    """Return how much memory a training is expected to take, what for, and whether it fits."""
    need = training_memory(project, verdict)
    batch = batch_of(project)
    sizes = [(name, getattr(need, name)) for name in PARTS]
    told = ", ".join(f"{name} {in_units(size)}" for name, size in sizes if size or name != LAST)
    ends = f"{in_units(need.low)} to {in_units(need.high)}"
    if need.unjudged:
        ends = f"at least {in_units(need.low)}"
    whole = ", all that there is to train on" if batch < wanted_batch(project) else ""
    line = f"Memory to train with batches of {batch}{whole}: {ends} ({told})."
    return (
        line if room is None else f"{line}\n{fit_words(need, room, batch, partial(label, project))}"
    )


PARTS = ("weights", "gradients", "optimizer", "activations", "passing")
LAST = PARTS[-1]


def memory_json(project: Project, verdict: Verdict, room: Room) -> dict[str, object]:
    """Return the predicted memory of a training in bytes, against a device."""
    need = training_memory(project, verdict)
    parts = {name: getattr(need, name) for name in PARTS}
    there = {"device": room.device, "free": room.free, "fit": fit_of(need, room)}
    return {"low": need.low, "high": need.high, **parts, **there}


def _aligned(rows: Sequence[Sequence[str]], has_total: bool = True) -> str:
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = "─" * max(map(width, lines))
    last = [rule, lines.pop()] if has_total else []
    return "\n".join([lines[0], rule, *lines[1:], *last])


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    texts = [
        " " * (room - width(cell)) + cell if index >= 3 else cell + " " * (room - width(cell))
        for index, (cell, room) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(texts).rstrip()
