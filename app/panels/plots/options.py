"""How curves are to be drawn: what the run panel's toolbar chooses. Imports neither library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Across: TypeAlias = Literal["epoch", "step", "time"]
ACROSS: tuple[Across, ...] = ("epoch", "step", "time")


@dataclass(frozen=True, slots=True)
class Options:
    """The choices that hold for all plots of a panel."""

    smoothing: float = 0.9
    """Share of the past in a smoothed value, 0 to below 1."""
    log_y: bool = True
    """Of losses; shares and rates are always linear."""
    log_x: bool = False
    across: Across = "epoch"
