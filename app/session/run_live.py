"""What a run shows on the nodes of the drawing while it goes on."""

from __future__ import annotations

import math

from app.session.run_tracked import TrackedRun
from app.session.run_words import number_words, value_words
from graph_editor.canvas.findings import Live
from graph_editor.document.model import NodeId

SUM = "sum"
"""Stands on a loss node whose curve is that of all losses of its optimizer together."""


def live_of(run: TrackedRun | None, with_nodes: bool = True) -> Live:
    """Return what the main graph shows of a run; without nodes, how far it is alone."""
    if run is None:
        return Live()
    progress = run.progress if run.is_live else None
    if not with_nodes:
        return Live(progress)
    curves = {node: run.curve(name) for node, name in run.marks.losses.items()}
    curves = {node: curve for node, curve in curves.items() if curve[0]}
    values: dict[NodeId, str] = dict.fromkeys(run.marks.summed & curves.keys(), SUM)
    for node, label in run.marks.metrics.items():
        value = run.value(f"val_{label}")
        if math.isfinite(value):
            values[node] = value_words(label, value)
    for node, name in run.marks.rates.items():
        rate = run.value(name)
        if math.isfinite(rate):
            values[node] = f"lr {number_words(rate)}"
    return Live(progress, curves, values)
