"""One curve's data, and the few of its points that are worth drawing at a given width."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.panels.plots.options import Across
from app.panels.plots.pyramid import Growing, Numbers, Pyramid
from app.panels.plots.smoothing import Smoothing


class Series:
    """A number over epochs, steps and time. It only grows; its places ascend."""

    def __init__(self) -> None:
        self.across: dict[Across, Growing] = {
            "epoch": Growing(),
            "step": Growing(),
            "time": Growing(),
        }
        self.pyramid = Pyramid()
        self._smoothing: Smoothing | None = None
        self._smooth = Pyramid()

    def __len__(self) -> int:
        return len(self.pyramid)

    def append(self, places: Mapping[Across, Numbers], values: Numbers) -> None:
        """Add points (N) at the end, with their places on each axis."""
        for name, growing in self.across.items():
            growing.append(places[name])
        self.pyramid.append(values)
        if self._smoothing is not None:
            self._smooth.append(self._smoothing.smooth(values))

    def smoothed(self, amount: float) -> Pyramid:
        """Return the smoothed values; made anew only where the amount is another one."""
        if amount <= 0.0:
            return self.pyramid
        if self._smoothing is None or self._smoothing.amount != amount:
            self._smoothing, self._smooth = Smoothing(amount), Pyramid()
            self._smooth.append(self._smoothing.smooth(self.pyramid.values))
        return self._smooth

    def nearest(self, across: Across, place: float) -> int:
        """Return which point lies nearest to a place; -1 where there is none."""
        places = self.across[across].values
        if not len(places):
            return -1
        after = int(np.searchsorted(places, place))
        if after == len(places):
            return after - 1
        before = max(0, after - 1)
        return before if place - places[before] <= places[after] - place else after


def thinned(
    places: Numbers,
    pyramid: Pyramid,
    first: float,
    last: float,
    columns: int,
    log: bool = False,
    smooth: bool = False,
) -> tuple[Numbers, Numbers]:
    """Return the points that show a stretch of a series in so many columns of pixels.

    Few points are returned as they are, with one beyond each end. Of many, each column has its
    least and its greatest value; of a smooth series one will do. ``log`` makes columns of equal
    width on a logarithmic axis.
    """
    low, high = np.searchsorted(places, (first, last))
    low, high = max(0, int(low) - 1), min(len(places), int(high) + 1)
    if high - low <= 2 * columns:
        return places[low:high], pyramid.values[low:high]
    bounds = np.geomspace if log else np.linspace
    left = max(first, float(places[low]), 1e-9 if log else -np.inf)
    cuts = bounds(left, min(last, float(places[high - 1])), columns + 1)
    edges = np.searchsorted(places, cuts)
    edges[0], edges[-1] = low, high
    if smooth:
        kept = np.unique(np.maximum(edges[1:] - 1, low))
        return places[kept], pyramid.values[kept]
    least, greatest = pyramid.extremes(np.maximum.accumulate(edges))
    middles = (cuts[:-1] + cuts[1:]) / 2
    # One column goes up and the next one down, so that no stroke crosses a column aslant.
    pairs = np.column_stack((least, greatest))
    pairs[1::2] = pairs[1::2, ::-1]
    values = pairs.ravel()
    there = np.isfinite(values)
    return np.repeat(middles, 2)[there], values[there]
