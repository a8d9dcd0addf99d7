"""Exponential smoothing of a series that grows, without a loop over its values."""

from __future__ import annotations

import numpy as np

from app.panels.plots.pyramid import Numbers

FORGOTTEN = 1e-9
"""Within one block, weights fall to this: what is older than two blocks no longer counts."""
LONGEST = 4096


class Smoothing:
    """``s = a·s + (1 − a)·x``, divided by the weight of what was seen so far.

    With that division the first values are no nearer to zero than they are. ``amount`` is a, from
    0 (nothing is smoothed) to below 1. NaN is passed over: the last value stands.
    """

    def __init__(self, amount: float) -> None:
        self.amount = amount
        self._sum = 0.0
        self._weight = 0.0

    def smooth(self, values: Numbers) -> Numbers:
        """Return the smoothed form of the next values (N)."""
        if self.amount <= 0.0 or not len(values):
            return values
        block = self._block()
        whole = len(values) // block * block
        parts = [values[:whole].reshape(-1, block), values[whole:].reshape(1, -1)]
        return np.concatenate([self._smooth_rows(part) for part in parts if part.size])

    def _block(self) -> int:
        """Return how many values can be taken together before powers of a vanish."""
        return int(min(LONGEST, max(1, np.log(FORGOTTEN) / np.log(self.amount))))

    def _smooth_rows(self, rows: Numbers) -> Numbers:
        """Smooth rows (R, K) that follow one another; returns (R·K,)."""
        known = np.isfinite(rows)
        powers = self.amount ** np.arange(1, rows.shape[1] + 1)
        share = 1.0 - self.amount
        sums = powers * np.cumsum(np.where(known, rows, 0.0) * (share / powers), axis=1)
        weights = powers * np.cumsum(np.where(known, share, 0.0) / powers, axis=1)
        self._sum = _carry(sums, powers, self._sum)
        self._weight = _carry(weights, powers, self._weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(weights > 0, sums / weights, np.nan).ravel()


def _carry(rows: Numbers, powers: Numbers, before: float) -> float:
    """Add to each row what the rows before it leave, in place; return what the last one leaves."""
    left, faded = [before], float(powers[-1])
    for end in rows[:, -1].tolist():
        left.append(left[-1] * faded + end)
    rows += np.asarray(left[:-1])[:, None] * powers
    return left[-1]
