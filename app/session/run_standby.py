"""Keeps one process warm that has imported torch, so that a run begins at the click."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.session.posting import deliver
from app.training.launch import Standby


class StandbyKeeper(QObject):
    """Starts a standby in a thread, gives it away once, and ends what nobody took."""

    changed = Signal()
    """Whether one is ready."""

    def __init__(
        self, make: Callable[..., Standby] = Standby, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._standby: Standby | None = None
        self._starting = False
        self._closed = False
        self._lock = threading.Lock()
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._start)

    @property
    def is_ready(self) -> bool:
        """Whether a run would begin at once."""
        return self._standby is not None and self._standby.ready

    def start_soon(self, milliseconds: int) -> None:
        """Have one started after a while, unless there is one."""
        if not self._soon.isActive() or self._soon.remainingTime() > milliseconds:
            self._soon.start(milliseconds)

    def take(self) -> Standby | None:
        """Give the standby away, warm or still warming up; None: there is none."""
        self._soon.stop()
        with self._lock:
            standby, self._standby = self._standby, None
        self.changed.emit()
        return standby

    def close(self) -> None:
        """End the standby; no other is started."""
        self._soon.stop()
        with self._lock:
            self._closed = True
            standby, self._standby = self._standby, None
        if standby is not None:
            threading.Thread(target=standby.close, name="standby end", daemon=False).start()

    def _start(self) -> None:
        with self._lock:
            there = self._standby is not None and self._standby.is_alive
            if self._closed or self._starting or there:
                return
            self._starting = True
        threading.Thread(target=self._make_one, name="standby start", daemon=True).start()

    def _make_one(self) -> None:
        try:
            standby = self._make(on_ready=self._told)
        except OSError:  # runs then start cold
            standby = None
        with self._lock:
            self._starting = False
            kept = not self._closed
            if kept:
                self._standby = standby
        if standby is not None and not kept:
            standby.close()
        elif kept:
            self._told()  # it may have been ready before it was kept

    def _told(self) -> None:
        if not self._closed:
            deliver(self.changed)
