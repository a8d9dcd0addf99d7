"""Numbers, times and states of runs in words, as they stand in panels and on nodes."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from app.training.status import RunStatus

STATES = {
    "starting": "Starting",
    "running": "Running",
    "paused": "Paused",
    "stopping": "Stopping",
    "finished": "Finished",
    "stopped": "Stopped",
    "failed": "Failed",
    "died": "Died",
    "unreadable": "Unreadable",
}
SHARES = ("accuracy",)
"""Metrics with these words in their names are shares of 1 and shown in percent."""
NONE = "–"


def value_words(name: str, value: float) -> str:
    """Return a metric's value: ``99.17 %`` of an accuracy, ``0.0254`` of a loss."""
    if not math.isfinite(value):
        return NONE
    return f"{100 * value:.2f} %" if is_share(name) else number_words(value)


def is_share(name: str) -> bool:
    """Whether a number is a share of 1, like an accuracy."""
    return any(word in name for word in SHARES)


def number_words(value: float) -> str:
    """Return a number with three significant digits or four decimals."""
    if not math.isfinite(value):
        return NONE
    size = abs(value)
    if size >= 1e6 or 0 < size < 1e-2:
        return f"{value:.2e}"
    return f"{value:.4f}" if size < 10 else f"{value:.2f}" if size < 1000 else f"{value:,.0f}"


def rate_words(value: float) -> str:
    """Return samples per second, in the digits that mean something: ``18,700``."""
    if not math.isfinite(value) or value <= 0:
        return NONE
    digits = max(0, math.floor(math.log10(value)) - 2)
    rounded = round(value, -digits) if value >= 100 else value
    return f"{rounded:,.0f}" if value >= 10 else f"{value:.2g}"


def span_words(seconds: float) -> str:
    """Return ``0:01``, ``12:40`` or ``3:05:00``."""
    if not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment_words(moment: float, now: float | None = None, seconds: bool = False) -> str:
    """Return ``14:02`` of today, else ``24 Nov 14:02``, with the year where it is another."""
    there, here = time.localtime(moment), time.localtime(time.time() if now is None else now)
    if there[:3] == here[:3]:
        return time.strftime("%H:%M:%S" if seconds else "%H:%M", there)
    day = f"{there.tm_mday} {time.strftime('%b', there)}"
    return f"{day} {time.strftime('%H:%M' if there[0] == here[0] else '%Y', there)}"


def device_words(settings: Mapping[str, object]) -> str:
    """Return ``CPU, 2 threads`` or ``CUDA:1`` from a run's settings."""
    device = str(settings.get("device", "cpu"))
    threads = settings.get("threads", 1)
    if device.partition(":")[0] != "cpu":
        return device.upper()
    return f"CPU, {threads} thread" + ("" if threads == 1 else "s")


def state_words(status: RunStatus) -> str:
    """Return how a run stands, in one word."""
    return STATES.get(status.state, status.state)


def progress_words(status: RunStatus) -> str:
    """Return ``Epoch 19 of 30`` of a run that goes on: the epoch that it is in."""
    if status.state == "starting" or not status.epochs:
        return "Starting"
    return f"Epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}"
