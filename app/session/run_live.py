"""What a run shows on the nodes of the drawing while it goes on."""

from __future__ import annotations

import math

from app.session.run_tracked import TrackedRun
from app.session.run_words import number_words, value_words
from graph_editor.canvas.findings import Live
from graph_editor.document.model import NodeId


def live_of(run: TrackedRun | None, with_nodes: bool = True) -> Live:
    """Return what the main graph shows of a run; without nodes, how far it is alone."""
    if run is None:
        return Live()
    progress = run.progress if run.is_live else None
    if not with_nodes:
        return Live(progress)
    train, validation = run.curve()
    loss = run.marks.loss
    curves = {loss: (train, validation)} if loss is not None and train else {}
    values: dict[NodeId, str] = {}
    for node, label in run.marks.metrics.items():
        value = run.value(f"val_{label}")
        if math.isfinite(value):
            values[node] = value_words(label, value)
    rate = run.value("lr")
    if math.isfinite(rate):
        values |= {node: f"lr {number_words(rate)}" for node in run.marks.schedulers}
    return Live(progress, curves, values)
