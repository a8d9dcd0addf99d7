"""What the engine found out of a node: the tensors on its ports and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.panels.inspector_parts import FactRow, Section
from graph_editor.canvas.inspector.port_mark import PortMark
from graph_editor.canvas.inspector.subject import Subject
from graph_editor.canvas.telling import ROUNDS
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.ports import input_ports, output_kind, output_ports
from graph_editor.checking.summary import work_unit
from graph_editor.checking.training_memory import in_units, range_in_units
from graph_editor.document.model import InPort

if TYPE_CHECKING:
    from graph_editor.canvas.findings import Findings, PortFacts
    from graph_editor.checking.training_memory import Range
    from graph_editor.checking.verdict import Verdict

Line = tuple[str, str, "PortFacts | None"]
"""Name of a port, ``waiting`` or why there is nothing, and what is known of it."""


def tensor_lines(subject: Subject, findings: Findings | None) -> tuple[Line, ...]:
    """Return a line for each input and output of the one selected node that carries tensors."""
    spec, node = subject.specs[0], subject.nodes[0]
    if spec is None:
        return ()
    key = subject.ids[0]
    wires = subject.graph.wires
    wired = {end.port: start for end, start in wires.items() if end.node == key}
    inputs = [
        (str(p.path), wired.get(p.path))
        for p in input_ports(spec, node, wired)
        if p.kind == "tensor" and (p.path in wired or not p.optional)
    ]
    lines: list[Line] = []
    for name, start in inputs:
        shown = "in" if len(inputs) == 1 else spec.port_title(name)
        facts = _facts(findings, f"{start.node}.{start.port}") if start is not None else None
        lines.append((shown, "not wired" if start is None else "waiting", facts))
    names = output_ports(spec, node) if output_kind(spec, node) in ("tensor", "data") else ()
    for name in names:
        shown = "out" if len(names) == 1 else spec.port_title(name)
        lines.append((shown, "waiting", _facts(findings, f"{key}.{name}")))
    return tuple(lines)


def _facts(findings: Findings | None, port: str) -> PortFacts | None:
    return findings.ports.get(port) if findings is not None else None


class Tensors(Section):
    """The tensors that come in and go out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Tensors", parent)
        self._shown: object = None

    def show_lines(self, lines: tuple[Line, ...], look: Theme, device: str = "") -> None:
        """Show lines; the same ones are left alone. The device is told where it matters."""
        self.setVisible(bool(lines))
        if (lines, look, device) == self._shown:
            return
        self._shown = (lines, look, device)
        self.empty()
        for name, missing, facts in lines:
            rank, dtype = (facts.rank, facts.dtype) if facts is not None else (None, "")
            text = facts.label if facts is not None else missing
            mark = PortMark(look, rank, dtype)
            where = (facts.device or device) if facts is not None and dtype else ""
            aside = f"{dtype} on {where}" if where else dtype
            row = FactRow(name, text, aside, mark)
            if "/" in text:
                row.value.setToolTip(f"{row.value.toolTip()}\n{ROUNDS}")
            self.column.addWidget(row)


class Cost(Section):
    """What a node costs in weights, work and memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Cost", parent)
        self._shown: object = None

    def show_lines(self, lines: tuple[tuple[str, str, str], ...]) -> None:
        """Show lines; the same ones are left alone."""
        self.setVisible(bool(lines))
        if lines == self._shown:
            return
        self._shown = lines
        self.empty()
        for name, value, aside in lines:
            self.column.addWidget(FactRow(name, value, aside))


def cost_lines(
    subject: Subject, findings: Findings | None, verdict: Verdict | None, memory: Range
) -> tuple[tuple[str, str, str], ...]:
    """Return what the selected nodes cost together, as far as it is known."""
    if findings is None or verdict is None:
        return ()
    return (*_cost(subject, findings, verdict), *memory_lines(memory))


def memory_lines(memory: Range) -> Iterator[tuple[str, str, str]]:
    """Yield what a training takes of memory for some nodes, where it takes any."""
    if memory.high:
        yield "memory", range_in_units(memory), "" if memory.unjudged else "to train"


def _cost(subject: Subject, findings: Findings, verdict: Verdict) -> Iterator[tuple[str, str, str]]:
    parameters = sum(findings.parameters.get(key, 0) for key in subject.ids)
    flops = sum(findings.flops.get(key, 0) for key in subject.ids)
    whole = sum(verdict.parameters.values())
    if parameters:
        share = f"{100 * parameters / whole:.3g} % of all" if whole else ""
        yield "parameters", f"{parameters:,}", share
    if flops:
        yield "FLOPs", f"{flops:,}", work_unit(verdict)
    kept = sum(findings.activations.get(key, 0) for key in subject.ids)
    if kept:
        yield "activations", in_units(kept), "for a batch"


def feeding(subject: Subject, port: str) -> str:
    """Return what is wired into a port of the one selected node; empty where nothing is."""
    wires = subject.graph.wires
    ends = (end for end in wires if end.node == subject.ids[0] and end.port == port)
    end: InPort | None = next(ends, None)
    return "" if end is None else f"{wires[end].node}.{wires[end].port}"
