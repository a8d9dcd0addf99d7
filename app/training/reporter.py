"""What the worker hands to ``train(settings, report)``: few writes, few syncs, and the user's say.

Nothing here knows torch. Values that are not plain numbers are kept as they come and turned into
floats together, once for each flush, by a function that the worker gives.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from app.training.board import Board
from app.training.control import Control

Event: TypeAlias = Mapping[str, Any]
ToFloats: TypeAlias = Callable[[Sequence[Any]], Sequence[float]]
INTERVAL = 1 / 16
"""Seconds between two flushes; leaves room for status writes below 20 a second."""
PAUSE_STEP = 0.1
"""Seconds between two looks at the control file while paused."""
ENCODE = json.JSONEncoder(allow_nan=False).encode  # built once: half the cost of a line
PLAIN = (int, float, str, type(None))
PLACE = ("event", "step", "epoch", "time")


class Reporter:
    """Call it with an event; it answers whether training shall stop."""

    def __init__(
        self,
        write: Callable[[bytes], object],
        to_floats: ToFloats,
        board: Board,
        poll: Callable[[], Control],
        *,
        on_start: Callable[[Event], str] = lambda _: "",
        save_checkpoint: Callable[[], None] = lambda: None,
        save_best: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.problem = ""
        """Why the run cannot go on, in plain words."""
        self.stopping = False
        """Set it to ask for a stop at the next event, as a signal does."""
        self.flushes = 0
        self._write, self._to_floats = write, to_floats
        self._board, self._poll = board, poll
        self._on_start, self._save_checkpoint, self._save_best = (
            on_start,
            save_checkpoint,
            save_best,
        )
        self._clock, self._now, self._sleep = clock, now, sleep
        self._rows: list[tuple[float, Event]] = []
        self._flush_at = -math.inf
        self._checkpoints = board.status.checkpoint
        self._best = math.inf

    def __call__(self, event: Event) -> bool:
        """Take one event; True asks for a stop. Raises OSError when a file cannot be written."""
        if self.problem:
            return True
        if event["event"] == "start":
            self._start(event)
            return self.stopping or bool(self.problem)
        self._rows.append((self._now(), event))
        spoilt = event["event"] == "epoch" and self._epoch(event)
        if spoilt or self._clock() >= self._flush_at:
            self._flush()
            if not self.problem:
                self._obey()
        return self.stopping or bool(self.problem)

    def close(self) -> None:
        """Write what is still kept."""
        self._flush()

    def _start(self, event: Event) -> None:
        self.problem = self._on_start(event)
        self._board.show(state="running", batches=int(event.get("batches", 0)))
        self._obey()

    def _epoch(self, event: Event) -> bool:
        """Keep the weights if they are the best; return whether a loss is seen to be no number.

        Only plain numbers are looked at: the mean over an epoch is one, so that a step whose loss
        is still on the device is found at the end of its epoch at the latest.
        """
        if _spoilt({name: value for name, value in event.items() if isinstance(value, PLAIN)}):
            return True
        loss = event.get("val_loss")
        if self._save_best is not None and loss is not None and float(loss) < self._best:
            self._best = float(loss)
            self._save_best()
        return False

    def _flush(self) -> None:
        """Write the kept rows at once, with one sync for all their tensors.

        A row with a loss that is no number is the last one: what came after it means nothing.
        """
        self._flush_at = self._clock() + INTERVAL
        rows, self._rows = self._rows, []
        if not rows:
            return
        kept = [v for _, row in rows for v in row.values() if not isinstance(v, PLAIN)]
        floats = iter(self._to_floats(kept) if kept else ())
        lines, place = [], {}
        for moment, row in rows:
            numbers = {
                name: value if isinstance(value, PLAIN) else next(floats)
                for name, value in row.items()
            }
            lines.append(_line(numbers, moment))
            place["step"] = int(row.get("step", 0))
            self.problem = _problem(numbers)
            if self.problem:
                break
            if row["event"] == "epoch":
                place["epoch"] = int(row["epoch"])
        self._write("".join(lines).encode())
        self.flushes += 1
        self._board.note(**place)

    def _obey(self) -> None:
        wished = self._poll()
        while wished.pause and not (wished.stop or self.stopping):
            self._flush()
            self._checkpoint(wished)
            self._board.show(state="paused")
            self._sleep(PAUSE_STEP)
            wished = self._poll()
        self._checkpoint(wished)
        self.stopping = self.stopping or wished.stop
        self._board.show(state="stopping" if self.stopping else "running")

    def _checkpoint(self, wished: Control) -> None:
        if wished.checkpoint > self._checkpoints:
            self._flush()
            self._save_checkpoint()
            self._checkpoints = wished.checkpoint
            self._board.show(checkpoint=wished.checkpoint)


def _spoilt(row: Event) -> str:
    """Return the name of the first loss that is neither a finite number nor absent, or ""."""
    for name, value in row.items():
        if name.endswith("loss") and value is not None and not math.isfinite(value):
            return name
    return ""


def _problem(row: Event) -> str:
    name = _spoilt(row)
    if not name:
        return ""
    became = "not a number (NaN)" if math.isnan(row[name]) else "infinite"
    return (
        f"{name} became {became} at epoch {row.get('epoch', '?')}, step {row.get('step', '?')}. "
        "A smaller learning rate, clipped gradients or scaled inputs usually cure it."
    )


def _line(row: Event, moment: float) -> str:
    named = {**dict.fromkeys(PLACE), **row, "time": round(moment, 3)}
    full = {name: _json_number(value) for name, value in named.items() if name in row or value}
    return ENCODE(full) + "\n"


def _json_number(value: object) -> object:
    """Return null for what JSON has no number for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
