"""The least and greatest of any stretch of a long series, without looking at all of it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]

FACTOR = 4
"""Values of one level that make one of the next."""
FEWEST = 64
"""A level with fewer values has none above it."""


class Growing:
    """An array that can be added to: room is doubled, so that adding costs the same on average."""

    def __init__(self) -> None:
        self._room: Numbers = np.empty(1024)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> Numbers:
        """All values; a view that holds until the next change."""
        return self._room[: self._size]

    @property
    def padded(self) -> Numbers:
        """All values and a NaN after them, as ``reduceat`` takes no place at the very end."""
        self._room[self._size] = np.nan
        return self._room[: self._size + 1]

    def append(self, values: Numbers) -> None:
        """Add values at the end."""
        size = self._size + len(values)
        if size >= len(self._room):
            room = np.empty(max(size + 1, 2 * len(self._room)))
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : size] = values
        self._size = size

    def cut(self, size: int) -> None:
        """Forget what lies beyond a size."""
        self._size = min(size, self._size)


class Pyramid:
    """A series (N) and, level by level, the least and greatest of its blocks of 4, of 16 and so on.

    NaN counts as absent: a block of nothing else is NaN.
    """

    def __init__(self) -> None:
        self._values = Growing()
        self._lows: list[Growing] = []
        self._highs: list[Growing] = []

    def __len__(self) -> int:
        return len(self._values)

    @property
    def values(self) -> Numbers:
        """The series itself; a view that holds until the next change."""
        return self._values.values

    def append(self, values: Numbers) -> None:
        """Add values at the end. Costs as much as there are values, not as the series is long."""
        before = len(self._values)
        self._values.append(values)
        lows = highs = self.values
        level = 0
        while len(lows) > FEWEST * FACTOR:
            if level == len(self._lows):
                self._lows.append(Growing())
                self._highs.append(Growing())
                before = 0
            before //= FACTOR  # the block that was not full is made again
            self._lows[level].cut(before)
            self._highs[level].cut(before)
            self._lows[level].append(_blocks(np.fmin, lows[before * FACTOR :]))
            self._highs[level].append(_blocks(np.fmax, highs[before * FACTOR :]))
            lows, highs = self._lows[level].values, self._highs[level].values
            level += 1

    def extremes(self, edges: Places) -> tuple[Numbers, Numbers]:
        """Return the least and the greatest of each stretch ``edges[i]:edges[i + 1]``.

        ``edges`` ascend. A long stretch is taken in whole blocks, so that its ends may be off by a
        quarter of it at most; a short one is exact. What is empty is NaN.
        """
        sizes = np.diff(edges)
        low = np.full(len(sizes), np.nan)
        high = np.full(len(sizes), np.nan)
        levels = self._levels_for(sizes)
        for level in np.unique(levels[sizes > 0]):
            chosen = np.flatnonzero((levels == level) & (sizes > 0))
            self._fill(int(level), edges[chosen], edges[chosen + 1], low, high, chosen)
        return low, high

    def whole(self) -> tuple[float, float]:
        """Return the least and the greatest of all; NaN of nothing."""
        if not len(self):
            return np.nan, np.nan
        lows = self._lows[-1].values if self._lows else self.values
        highs = self._highs[-1].values if self._highs else self.values
        return float(np.fmin.reduce(lows)), float(np.fmax.reduce(highs))

    def _levels_for(self, sizes: Places) -> Places:
        """Return for each stretch the highest level at which it still has some four blocks."""
        blocks = np.maximum(sizes // FACTOR, 1)
        levels = np.floor(np.log2(blocks) / np.log2(FACTOR)).astype(np.intp)
        return np.minimum(levels, len(self._lows))

    def _fill(
        self, level: int, first: Places, last: Places, low: Numbers, high: Numbers, chosen: Places
    ) -> None:
        size = FACTOR**level
        lows = (self._lows[level - 1] if level else self._values).padded
        highs = (self._highs[level - 1] if level else self._values).padded
        start, stop = first // size, -(-last // size)
        bounds = np.column_stack((start, stop)).ravel()
        low[chosen] = np.fmin.reduceat(lows, bounds)[::2]
        high[chosen] = np.fmax.reduceat(highs, bounds)[::2]


def _blocks(pick: np.ufunc, values: Numbers) -> Numbers:
    """Return one value for each block, the last of which need not be full."""
    return pick.reduceat(values, np.arange(0, len(values), FACTOR))
