"""What the curves of a plot say at one place, in words."""

from __future__ import annotations

import math

from app.panels.plots.options import Across
from app.panels.plots.plot import Plot
from app.panels.plots.run_data import RunData
from app.session.run_words import number_words, span_words


def readout(plot: Plot, data: RunData, across: Across, place: float) -> dict[str, str]:
    """Return ``train``, ``validation`` or ``rate`` of a run at a place, as it is drawn there."""
    found: dict[str, str] = {}
    names = {id(data.steps): "train"} | {id(s): _name(n) for n, s in data.epochs.items()}
    for curve in plot.curves:
        name = names.get(id(curve.series))
        k = curve.series.nearest(across, place)
        if name is None or k < 0:
            continue
        value = float(curve.series.smoothed(curve.pencil.smoothing).values[k])
        if math.isfinite(value):
            shown = value * curve.pencil.scale
            found[name] = f"{shown:.2f} %" if curve.pencil.scale == 100.0 else number_words(shown)
    return found


def place_words(across: Across, place: float) -> str:
    """Return where the cross-hair is: ``epoch 12.4``, ``step 310`` or ``0:03``."""
    if across == "time":
        return span_words(place)
    if across == "step":
        return f"step {place:,.0f}"
    return f"epoch {place:.1f}"


def _name(number: str) -> str:
    if number == "lr":
        return "rate"
    return "validation" if number.startswith("val_") else "train"
