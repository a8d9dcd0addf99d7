"""What a worker puts between itself and its parent: session, output and signals."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType


class StopSignal:
    """Remembers the first Ctrl+C or SIGTERM; a second one interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal. Raises KeyboardInterrupt at the second."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextlib.contextmanager
def listening() -> Iterator[StopSignal]:
    """Take SIGINT and SIGTERM as a wish to stop, where the thread is the one that gets them."""
    stop = StopSignal()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Send all that the process prints to a file: a pipe would kill it when the reader dies."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the reader is gone already
            stream.flush()
    kept = [os.dup(1), os.dup(2)]
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    stdout, stderr = sys.stdout, sys.stderr
    with open(os.dup(handle), "a", encoding="utf-8", buffering=1) as text:  # noqa: PTH123  # append-only, a descriptor
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.close(handle)
        sys.stdout = sys.stderr = text
        crashes_were_told = faulthandler.is_enabled()
        if not crashes_were_told:
            faulthandler.enable(text)
        try:
            yield
        finally:
            if not crashes_were_told:
                faulthandler.disable()
            sys.stdout, sys.stderr = stdout, stderr
            for number, copy in enumerate(kept, start=1):
                os.dup2(copy, number)
                os.close(copy)


def leave_parent() -> None:
    """Get out of the parent's session, so that its terminal and its end do not reach here."""
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # it leads a session already
            os.setsid()
