"""The worker's status as it stands: changed from the training, written beside it."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.training.status import RunStatus, write_status

BEAT = 1.0
"""Seconds between two heartbeats; readers count on at least one in two seconds."""


class Board:
    """Holds the status; a thread of its own writes it once a second, also within long steps."""

    def __init__(self, folder: Path, status: RunStatus, *, beat: float = BEAT) -> None:
        self._folder, self._status, self._beat = folder, status, beat
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    @property
    def status(self) -> RunStatus:
        """The status as of now."""
        return self._status

    def note(self, **changes: Any) -> None:
        """Change fields; the next heartbeat writes them."""
        with self._lock:
            self._status = replace(self._status, **changes)

    def show(self, **changes: Any) -> None:
        """Change fields and, if that changes anything, write the status at once.

        Raises OSError when it cannot be written.
        """
        with self._lock:
            changed = replace(self._status, **changes)
            if changed != self._status:
                self._status = changed
                self._write()

    def open(self) -> None:
        """Write the status and start the heartbeat. Raises OSError."""
        with self._lock:
            self._write()
        self._thread.start()

    def close(self) -> None:
        """Stop the heartbeat; what ``show`` wrote last stays."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(self._beat):
            # A full disk, or a reader that holds the file on Windows, costs one beat, not the run.
            with self._lock, contextlib.suppress(OSError):
                self._write()

    def _write(self) -> None:
        self._status = replace(self._status, heartbeat=time.time())
        write_status(self._folder, self._status)
