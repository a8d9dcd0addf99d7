"""The numbers of one run as columns: quick to add to, and cheap to read from any point on."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

PLACE = ("event", "step", "epoch", "time")
PLACED = ("step", "epoch")
"""Events that say in a field of their own name what they are about."""
RATE_WINDOW = 3.0
"""Seconds over which the samples per second are taken."""
LEFT_WINDOW = 20.0
"""Seconds over which it is judged how long the rest will take."""


class RunNumbers:
    """What steps and epochs reported, in the order in which it came."""

    def __init__(self) -> None:
        self.step = array("d")
        self.time = array("d")
        """Unix time of each step."""
        self.loss = array("d")
        """Training loss of each step; NaN where it was no number."""
        self.epoch = array("d")
        self.epoch_step = array("d")
        self.epoch_time = array("d")
        self.epochs: dict[str, array[float]] = {}
        """Of each epoch: ``lr``, ``train_loss``, ``val_loss`` and so on, by name."""
        self._best: dict[str, tuple[int, float, int]] = {}
        """By name: how many values were looked at, the best, and its epoch."""

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take records as metrics.jsonl has them; what is none is passed over."""
        for record in records:
            event = record.get("event")
            if event in PLACED and not math.isfinite(_number(record.get(str(event)))):
                continue  # it does not say which step or epoch it is about
            if event == "step":
                self.step.append(_number(record.get("step")))
                self.time.append(_number(record.get("time")))
                self.loss.append(_number(record.get("train_loss")))
            elif event == "epoch":
                self._add_epoch(record)

    def extend(self, more: RunNumbers) -> None:
        """Add what was read after this."""
        self.step.extend(more.step)
        self.time.extend(more.time)
        self.loss.extend(more.loss)
        before = len(self.epoch)
        self.epoch.extend(more.epoch)
        self.epoch_step.extend(more.epoch_step)
        self.epoch_time.extend(more.epoch_time)
        for name in (*more.epochs, *[n for n in self.epochs if n not in more.epochs]):
            column = self.epochs.setdefault(name, _nothing(before))
            column.extend(more.epochs.get(name) or _nothing(len(more.epoch)))

    def last(self, name: str) -> float:
        """Return the last finite value of an epoch's number; NaN where there is none."""
        found = (value for value in reversed(self.epochs.get(name, ())) if math.isfinite(value))
        return next(found, math.nan)

    def best(self, name: str) -> tuple[float, int]:
        """Return the best value and its epoch: the least of losses and errors, else the greatest.

        NaN and 0 where there is none.
        """
        values, sign = self.epochs.get(name, ()), 1 if is_better_low(name) else -1
        looked, best, epoch = self._best.get(name, (0, math.nan, 0))
        for k in range(looked, len(values)):
            better = math.isnan(best) or sign * values[k] < sign * best
            if math.isfinite(values[k]) and better:
                best, epoch = values[k], int(self.epoch[k])
        self._best[name] = (len(values), best, epoch)
        return best, epoch

    def steps_per_second(self, window: float = RATE_WINDOW) -> float:
        """Return the pace of the last seconds; NaN where there are not two steps."""
        last = len(self.step) - 1
        if last < 1:
            return math.nan
        first = min(bisect_left(self.time, self.time[last] - window), last - 1)
        passed = self.time[last] - self.time[first]
        return (self.step[last] - self.step[first]) / passed if passed > 0 else math.nan

    def seconds_left(self, steps: int) -> float:
        """Return how long a run of so many steps still takes at the pace of late; else NaN."""
        pace = self.steps_per_second(LEFT_WINDOW)
        if not self.step or not pace > 0:
            return math.nan
        return max(0.0, steps - self.step[-1]) / pace

    def _add_epoch(self, record: Mapping[str, Any]) -> None:
        before = len(self.epoch)
        self.epoch.append(_number(record.get("epoch")))
        self.epoch_step.append(_number(record.get("step")))
        self.epoch_time.append(_number(record.get("time")))
        for name in record:
            if name not in PLACE and name not in self.epochs:
                self.epochs[name] = _nothing(before)
        for name, column in self.epochs.items():
            column.append(_number(record.get(name)))


def is_better_low(name: str) -> bool:
    """Whether a number is better the lower it is: a loss or an error, not an accuracy."""
    stem = name.removeprefix("val_").removeprefix("train_")
    return stem.startswith(("loss", "mae", "mse", "rmse")) or stem.endswith(("loss", "error"))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # JSON knows larger whole numbers than there are floats
        return math.nan


def _nothing(count: int) -> array[float]:
    return array("d", [math.nan]) * count
