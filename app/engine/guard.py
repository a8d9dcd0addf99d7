"""Stops what would keep the judge from the other nodes: what takes too long, or too much memory.

PyTorch builds some things piece by piece, even on ``meta``: an LSTM of 10,000 layers takes minutes.
In the engine's process each node may use a few seconds of the processor's time in one judgement,
and each try some memory. What needs more is interrupted in the middle, named, and not tried again.
Time is that of this process alone, so that a machine with much else to do stops nothing too early.

What cannot be interrupted (a sleep, a loop in C, the end of the process) is for the watcher in
``supervise``: it reads what this guard says is done, and starts an engine that does not do it.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from app.engine.beacon import Beacon, Beats, doing
from app.engine.harm import ALLOWED, HURRIED, SECONDS, Harm

try:
    import resource
except ImportError:  # Windows, where the watcher looks at the memory
    resource = None  # type: ignore[assignment]  # asked for before it is used

MORE_MODULES = 5
"""How many modules must have been imported meanwhile for the time to count as theirs."""
NO_MEMORY = ("can't allocate memory", "not enough memory", "std::bad_alloc", "bad allocation")
"""Torch's words where the processor has no memory; it has no class of its own for them."""


class Stopped(BaseException):  # reads as a sentence where it is raised
    """A node did harm; nothing that fails in torch is mistaken for it."""

    def __init__(self, harm: Harm) -> None:
        super().__init__(harm)
        self.harm = harm


class Guard:
    """Watches over each node; without ``enable`` nothing is ever stopped."""

    def __init__(self, seconds: float = SECONDS, allowed: int = ALLOWED) -> None:
        self._seconds = seconds
        self._allowed = allowed
        self._enabled = self._running = False
        self._is_hurried = self._will_hurry = False
        self._spent: dict[Hashable, float] = {}
        self._harmful: dict[str, Harm] = {}
        self._words: dict[Hashable, str] = {}
        self._beacon: Beacon | None = None
        self._memory: int | None = None
        self._modules = 0
        self.at = ""
        """The address of the node that things are done for."""

    def enable(self, beacon: Beacon | None = None, avoid: Mapping[str, Harm] | None = None) -> None:
        """Stop what does harm from now on. Call it in the main thread of a process of its own.

        What is done is said on the beacon, and what is to be avoided never begun. Where that took
        too long, the first judgement is one that has waited already.
        """
        self._enabled = True
        self._will_hurry = "too-long" in (avoid or {}).values()
        self._beacon = beacon
        self._harmful |= avoid or {}
        if beacon is not None:
            sys.meta_path.insert(0, Beats(beacon))
        if hasattr(signal, "SIGVTALRM"):
            signal.signal(signal.SIGVTALRM, self._strike)
        if sys.platform == "linux":
            self._memory = os.open("/proc/self/statm", os.O_RDONLY)

    def begin(self) -> None:
        """Begin a judgement, in which every node has all of its time again."""
        self._spent.clear()
        self._is_hurried, self._will_hurry = self._will_hurry, False
        if self._beacon is not None:
            self._beacon.begin()

    @property
    def _limit(self) -> float:
        """Seconds that a node may take now: less where this judgement has waited for another."""
        return min(self._seconds, HURRIED) if self._is_hurried else self._seconds

    @contextmanager
    def over(self, key: Hashable) -> Iterator[None]:
        """Do something for a node. Raises Stopped in the middle of it, or before it is begun."""
        if not self._enabled or self._running:
            yield
            return
        word = self._word(key)
        if word in self._harmful:
            raise Stopped(self._harmful[word])
        spent = self._spent.get((self.at, word), 0.0)
        if spent >= self._limit:
            self._remember(word, "too-long")
            raise Stopped("too-long")
        begun, modules = time.process_time(), len(sys.modules)
        before = self._begun(word, self._limit - spent)
        try:
            yield
        except Stopped as stopped:
            self._remember(word, stopped.harm)
            raise
        except Exception:  # which is told as torch's own words are
            raise
        except BaseException as left:  # as sys.exit, which nothing that computes would stop at
            self._remember(word, "ends-process")
            raise Stopped("ends-process") from left
        finally:
            self._ended(before)
            if len(sys.modules) < modules + MORE_MODULES:  # what PyTorch loads late is not its own
                self._spent[self.at, word] = spent + time.process_time() - begun

    def _remember(self, word: str, harm: Harm) -> None:
        self._harmful[word] = harm
        self._is_hurried = self._is_hurried or harm == "too-long"

    def _word(self, key: Hashable) -> str:
        """Return a word for what is done that means the same in every process."""
        found = self._words.get(key)
        if found is None:
            if len(self._words) > 50_000:
                self._words.clear()
            found = hashlib.blake2b(repr(key).encode(), digest_size=12).hexdigest()
            self._words[key] = found
        return found

    def _begun(self, word: str, left: float) -> tuple[int, int] | None:
        """Say what is begun and set its limits; return those of memory that were before."""
        limits = None
        if self._memory is not None:
            data = int(os.pread(self._memory, 200, 0).split()[5]) * resource.getpagesize()
            limits = resource.getrlimit(resource.RLIMIT_DATA)
            set_before = [limit for limit in limits if limit != resource.RLIM_INFINITY]
            most = min(data + self._allowed, *set_before, sys.maxsize)
            resource.setrlimit(resource.RLIMIT_DATA, (most, limits[1]))
        if self._beacon is not None:
            self._beacon.say(doing(word, self.at))
        self._running, self._modules = True, len(sys.modules)
        self._alarm(left)
        return limits

    def _alarm(self, seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)

    def _ended(self, limits: tuple[int, int] | None) -> None:
        self._running = False
        self._alarm(0.0)
        if self._beacon is not None:
            self._beacon.say("")
        if limits is not None:
            resource.setrlimit(resource.RLIMIT_DATA, limits)

    def _strike(self, _: int, __: FrameType | None) -> None:
        if not self._running:
            return
        if len(sys.modules) >= self._modules + MORE_MODULES:
            self._modules = len(sys.modules)
            self._alarm(self._limit)
            return
        raise Stopped("too-long")


def look_for_memory(error: Exception) -> None:
    """Raise Stopped where an error says that there is no more memory."""
    if isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
    ):
        raise Stopped("too-much-memory") from error


GUARD = Guard()
"""The guard of this process."""
