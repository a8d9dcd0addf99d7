"""Stops what takes the judge too long, so that one node cannot keep the others from a verdict.

PyTorch builds some things piece by piece, even on ``meta``: an LSTM of 10,000 layers takes minutes.
In the engine's process each different node may use a few seconds of the processor's time in all.
What needs more is interrupted in the middle, named, and not tried again. It is counted in the time
of this process alone, so that a machine with much else to do stops nothing too early.
"""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 2.0
"""Seconds of the processor's time that one node may take in all its probes."""
MORE_MODULES = 5
"""How many modules must have been imported meanwhile for the time to count as theirs."""


class TooLong(BaseException):  # reads as a sentence where it is raised
    """A node took the judge longer than it may; nothing that fails in torch is mistaken for it."""


class Guard:
    """Counts the time of each node; without ``enable`` nothing is ever stopped."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._enabled = self._running = False
        self._spent: dict[Hashable, float] = {}

    def enable(self) -> None:
        """Stop what takes too long from now on. Call it in the main thread of a process of its own.

        Where the system has no such alarm (Windows), what takes too long is waited for once.
        """
        self._enabled = True
        if hasattr(signal, "SIGVTALRM"):
            signal.signal(signal.SIGVTALRM, self._strike)

    @contextmanager
    def over(self, key: Hashable) -> Iterator[None]:
        """Do something for a node. Raises TooLong in the middle of it, or before it is begun."""
        if not self._enabled or self._running:
            yield
            return
        left = self._seconds - self._spent.get(key, 0.0)
        if left <= 0:
            raise TooLong
        begun, modules, struck = time.process_time(), len(sys.modules), False
        self._running = True
        self._set(left)
        try:
            yield
        except TooLong:
            struck = True
            raise
        finally:
            self._running = False
            self._set(0.0)
            if len(sys.modules) < modules + MORE_MODULES:  # what PyTorch loads late is not its own
                took = math.inf if struck else time.process_time() - begun
                self._spent[key] = self._spent.get(key, 0.0) + took

    def _set(self, seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)

    def _strike(self, _: int, __: FrameType | None) -> None:
        if self._running:
            raise TooLong


GUARD = Guard()
"""The guard of this process."""
