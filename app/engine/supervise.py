"""Starts the judge's process, watches it, and starts another where a node has brought it down.

A node may sleep, end the process, hold the interpreter in a loop or fill the memory. The judge says
on its beacon which call it makes. Where it stands still at one for too long, it is ended; where it
ends in the middle of one, that one is to blame. The next judge is given the calls to avoid, and the
window is told to ask again: what it asked went down with the process.

On Linux a judge is forked from a process that has PyTorch loaded, and is there at once. Elsewhere
it is a program of its own, and the next one is started when the first is suspected.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import NoReturn, Protocol

from app.engine.beacon import Beacon, avoided, word_of
from app.engine.harm import ALLOWED, HURRIED, SECONDS, Harm
from app.engine.processes import end_with_parent, resident, waited
from app.engine.protocol import ALONE, WARM, encode, fallen

MARGIN = 0.1
"""Seconds that a judge may stand at one node beside what it gives itself."""
STILL, STILL_HURRIED = SECONDS + MARGIN, HURRIED + MARGIN
"""Seconds at one node after which a judge is ended: at first, and after such an end."""
SUSPECT = 0.8
"""Seconds at one node after which another judge is made ready."""
OFTEN, SELDOM = 0.05, 0.5
"""Seconds from one look at a judge to the next: while it judges, and while it does not."""
LONGEST, MOMENT = 300.0, 0.02
"""Seconds that a judge of its own waits for the word to serve, and from one look to the next."""
FROM_OUTSIDE = (getattr(signal, "SIGKILL", 9), signal.SIGTERM, signal.SIGINT)
"""Signals that somebody else may have sent; a node is blamed when it happens again."""


class Child(Protocol):
    """A judge's process."""

    pid: int
    beacon: Beacon

    def go(self, avoid: Mapping[str, Harm]) -> None:
        """Let it serve, but never make the calls that are to be avoided."""

    def wait(self, seconds: float) -> int | None:
        """Wait for its end for a while. Return its exit code; None while it runs."""

    def kill(self) -> int:
        """End it at once, and return its exit code."""


class Forked:
    """A judge that is a copy of this process, in which PyTorch is loaded and has been used."""

    def __init__(self, _: bool = True) -> None:
        """Prepare one; it is always warm."""
        self.beacon = Beacon()
        self.pid = 0
        self._ear = -1

    def go(self, avoid: Mapping[str, Harm]) -> None:
        """Make the copy, which serves at once."""
        parent = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            end_with_parent()
            if os.getppid() == parent:
                _serve(self.beacon, avoid)
            os._exit(0)
        self._ear = os.pidfd_open(self.pid)

    def wait(self, seconds: float) -> int | None:
        """Wait for its end for a while."""
        if select.select([self._ear], [], [], seconds)[0]:
            return self._buried()
        return None

    def _buried(self) -> int:
        _, status = os.waitpid(self.pid, 0)
        os.close(self._ear)
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> int:
        """End it at once."""
        if not self.pid:
            return 0
        os.kill(self.pid, signal.SIGKILL)
        return self._buried()


def _serve(beacon: Beacon, avoid: Mapping[str, Harm]) -> NoReturn:
    """Be a judge in a forked process, and end it without what its parent would do at its end."""
    code = 1
    try:
        from app.engine import roles  # torch, which not every supervisor loads

        code = roles.main(beacon, avoid)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


class Started:
    """A judge that is a program of its own; it loads PyTorch, and waits until it may serve."""

    def __init__(self, module: str, warm: bool = False) -> None:
        """Start one; a warm one judges something before it waits for the word."""
        self.beacon = Beacon()
        handed = () if sys.platform == "win32" else (int(self.beacon.handle),)
        command = [sys.executable, "-m", module, "judge", ALONE, self.beacon.handle]
        command += [WARM] if warm else []
        self._process = subprocess.Popen(command, stdin=0, stdout=1, stderr=2, pass_fds=handed)
        self.pid = self._process.pid

    def go(self, avoid: Mapping[str, Harm]) -> None:
        """Let it serve."""
        self.beacon.say(avoided(avoid))

    def wait(self, seconds: float) -> int | None:
        """Wait for its end for a while."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def kill(self) -> int:
        """End it at once."""
        self._process.kill()
        return self._process.wait()


class Watch:
    """Counts how long a judge has been at one call, and what memory that has taken."""

    def __init__(self, child: Child, is_hurried: bool = False) -> None:
        """Begin; in a hurry, less time is given until the first judgement is over."""
        self._child = child
        self._is_hurried = is_hurried
        self._stood: dict[str, float] = {}
        self._seen = child.beacon.read()
        self._looked, self._waited = time.monotonic(), 0.0
        self._measured, self._held = -1, 0
        self.is_busy = False

    @property
    def text(self) -> str:
        """The call that was made at the last look."""
        return self._seen.call

    @property
    def stood(self) -> float:
        """Seconds that it has been made for, in all tries of this judgement."""
        return self._stood.get(self.text, 0.0)

    @property
    def limit(self) -> float:
        """Seconds that it may be made for."""
        return STILL_HURRIED if self._is_hurried and self._seen.asked <= 1 else STILL

    def look(self) -> Harm | None:
        """Return why the judge has to be ended now, if it has to."""
        before, seen = self._seen, self._child.beacon.read()
        now, waits = time.monotonic(), waited(self._child.pid)
        if seen.asked != before.asked:
            self._stood.clear()
        if seen.call:
            is_same = (seen.call, seen.beats) == (before.call, before.beats)
            # modules that were loaded before the call are no progress in it
            begun = self._looked if is_same else max(seen.since, self._looked)
            # to wait for a processor, or to sleep with the whole machine, is not to stand still
            passed = min(now - begun, 2 * SELDOM) - max(0.0, waits - self._waited)
            self._stood[seen.call] = self._stood.get(seen.call, 0.0) + max(0.0, passed)
        self.is_busy = bool(seen.call) or seen.asked != before.asked
        self._seen, self._looked, self._waited = seen, now, waits
        if self.stood > self.limit:
            return "too-long"
        return "too-much-memory" if self._fills_memory() else None

    def _fills_memory(self) -> bool:
        """Whether a call has taken what the judge did not have after the judgement before."""
        if not self.text:
            if self._measured != self._seen.asked:
                self._measured, self._held = self._seen.asked, resident(self._child.pid)
            return False
        return resident(self._child.pid) > self._held + 2 * ALLOWED


class Supervisor:
    """Has one judge serve after another, until one ends because it is not needed any more."""

    def __init__(self, make: Callable[[bool], Child]) -> None:
        self._make = make
        self._avoid: dict[str, Harm] = {}
        self._suspects: set[str] = set()
        self._next: Child | None = None

    def run(self) -> int:
        """Return the exit code of the last judge."""
        while True:
            # one that does harm is seldom alone: all that follow are to be quick
            child, self._next = self._next or self._make(bool(self._avoid)), None
            child.go(self._avoid)
            watch = Watch(child, "too-long" in self._avoid.values())
            code, harm = self._watched(child, watch)
            text = watch.text if harm else child.beacon.read().call
            child.beacon.close()
            if not text:
                self._put_away()
                return code if code >= 0 else 1
            word = word_of(text)
            blamed = harm or self._blame(word, code)
            if blamed:
                self._avoid[word] = blamed
            with contextlib.suppress(OSError):  # where nobody listens, the next one ends by itself
                os.write(1, b"\n" + encode(fallen(code, blamed or "")))

    def _watched(self, child: Child, watch: Watch) -> tuple[int, Harm | None]:
        """Return a judge's exit code after its end, and why it was ended, if it was."""
        while (code := child.wait(OFTEN if watch.is_busy else SELDOM)) is None:
            harm = watch.look()
            if harm is not None:
                return child.kill(), harm
            if watch.stood > min(SUSPECT, watch.limit / 2) and self._next is None:
                self._next = self._make(True)
        return code, None

    def _blame(self, word: str, code: int) -> Harm | None:
        """Return what a call did in which a judge ended; at first others may have ended it."""
        if -code in FROM_OUTSIDE and word not in self._suspects:
            self._suspects.add(word)
            return None
        return "ends-process"

    def _put_away(self) -> None:
        """End the judge that was made ready and is not needed."""
        if self._next is not None:
            self._next.kill()


def can_fork() -> bool:
    """Whether judges can be copies of one process; where it is in doubt, they are not."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def main(module: str = "app.engine", forks: bool | None = None) -> int:
    """Let judges serve, one after another; return the exit code of the last one.

    ``module`` is run by name where a judge is a program of its own.
    """
    if not (can_fork() if forks is None else forks):
        return Supervisor(partial(Started, module)).run()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads is not forked
    from app.engine import roles  # as above

    roles.warm_up()  # once for all copies: the first would do it anyway, each other one again
    roles.settle()
    return Supervisor(Forked).run()


def alone(handle: str, *options: str) -> int:
    """Be a judge that is a program of its own: load PyTorch, wait for the word, and serve."""
    from app.engine import roles  # as above

    if WARM in options:
        roles.warm_up()
    beacon = Beacon(handle)
    end = time.monotonic() + LONGEST
    while not (text := beacon.read().text):
        if time.monotonic() > end:
            return 1
        time.sleep(MOMENT)
    beacon.say("")
    return roles.main(beacon, json.loads(text))
