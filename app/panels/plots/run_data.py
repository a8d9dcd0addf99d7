"""The series of one run, fed with the columns that the session reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.panels.plots.options import Across
from app.panels.plots.pyramid import Numbers
from app.panels.plots.series import Series
from app.session.run_numbers import RunNumbers
from app.session.run_tracked import TrackedRun


class RunData:
    """A run's loss over steps, and whatever its epochs report, each as a series."""

    def __init__(self, run: TrackedRun) -> None:
        self.run = run
        self.steps = Series()
        self.epochs: dict[str, Series] = {}
        self._start = np.nan
        self.add(run.numbers)

    def add(self, more: RunNumbers) -> None:
        """Add what has been read since."""
        if more.step:
            step, time = _column(more.step), _column(more.time)
            if np.isnan(self._start):
                self._start = float(time[0])
            self.steps.append(self._places(step, time), _column(more.loss))
        if more.epoch:
            if np.isnan(self._start):
                self._start = float(more.epoch_time[0])
            places = self._places(_column(more.epoch_step), _column(more.epoch_time))
            for name, values in more.epochs.items():
                series = self.epochs.setdefault(name, Series())
                series.append(places, _column(values))

    def _places(self, step: Numbers, time: Numbers) -> Mapping[Across, Numbers]:
        return {
            "epoch": step / self.run.steps_per_epoch,
            "step": step,
            "time": np.nan_to_num(time - self._start),
        }


def _column(values: Sequence[float]) -> Numbers:
    return np.array(values, dtype=np.float64)
