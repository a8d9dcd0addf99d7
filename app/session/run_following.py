"""Reads runs while they go on, from a thread: the window gets whole columns and never waits."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.session.posting import deliver
from app.session.run_numbers import RunNumbers
from app.training.folder import METRICS
from app.training.follow import Tail
from app.training.status import RunStatus, read_status

log = logging.getLogger(__name__)

INTERVAL = 0.05
"""Seconds between two looks: at most 20 updates a second."""
PORTION, REST = 128 * 1024, 0.012
"""Bytes that are read at once, and seconds of rest after them where there are more: while a
thread computes, Python lets the window's own wait at each of its steps.
"""
MANY = 500
"""Records after which more are looked for after that rest."""
SLOW = 0.25
"""Seconds between two looks where every followed run is paused."""


class Following(QObject):
    """Follows any number of runs, each until it has ended and was read to its end."""

    arrived = Signal(object, object, object)
    """The run's folder, the RunNumbers that are new, and the RunStatus."""
    ended = Signal(object)
    """A run's folder, after its last numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tails: dict[Path, Tail] = {}
        self._seen: dict[Path, RunStatus] = {}
        self._wake = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._follow_all, name="following", daemon=True)

    def follow(self, folder: Path) -> None:
        """Read a run from its first line on, and go on until it ends."""
        with self._wake:
            self._tails[folder] = Tail(folder / METRICS, PORTION)
            self._seen.pop(folder, None)
            self._wake.notify()
        if not self._thread.is_alive() and not self._closed:
            self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is emitted any more."""
        with self._wake:
            self._closed = True
            self._tails.clear()
            self._wake.notify()

    def _follow_all(self) -> None:
        while True:
            with self._wake:
                while not self._tails and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                tails = dict(self._tails)
            busy = [self._looked(folder, tail) for folder, tail in tails.items()]
            states = {status.state for status in self._seen.values()}
            pause = SLOW if states == {"paused"} else INTERVAL
            with self._wake:
                self._wake.wait(REST if any(busy) else pause)

    def _looked(self, folder: Path, tail: Tail) -> bool:
        """Look; a run that holds something nobody foresaw is logged and not followed any more."""
        try:
            return self._look(folder, tail)
        except Exception:
            log.exception("The run in %s is not followed any more", folder)
            with self._wake:
                self._tails.pop(folder, None)
            return False

    def _look(self, folder: Path, tail: Tail) -> bool:
        """Read what is new of one run; return whether more may be there at once."""
        status = read_status(folder)  # first: what came before the end is then on disk
        records = tail.poll()
        if records or status != self._seen.get(folder):
            numbers = RunNumbers()
            numbers.add(records)
            self._seen[folder] = status
            self._emit_arrived(folder, numbers, status)
        if status.ended and not records:
            with self._wake:
                self._seen.pop(folder, None)
                if self._tails.get(folder) is tail:
                    del self._tails[folder]
            if not self._closed:
                deliver(self.ended, folder)
        return len(records) > MANY or (bool(records) and status.ended)

    def _emit_arrived(self, folder: Path, numbers: RunNumbers, status: RunStatus) -> None:
        if not self._closed:
            deliver(self.arrived, folder, numbers, status)
