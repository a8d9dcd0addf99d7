"""An engine whose process does itself harm; started as ``python -m tests.engine.planted``.

Softshrink and Adamax are two that nobody misses: which harm they do stands in their first argument.
They are planted into torch in the process of the test's own engine; the product has no back door.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph_editor.checking.verdict import Verdict
    from graph_editor.document.model import Project

MODULE = "tests.engine.planted"
SPAWNS = "NETWRIGHT_TEST_SPAWNS"
"""Names the variable that has every judge be a program of its own, as on Windows."""
MARK = "NETWRIGHT_TEST_MARK"
"""Names the variable that says which file is made when something has begun."""
HARMS = {
    "sleep": 1.0,
    "exit": 2.0,
    "quiet exit": 3.0,
    "sys.exit": 4.0,
    "abort": 5.0,
    "segfault": 6.0,
    "8 GB": 7.0,
    "8 GB of lists": 8.0,
    "loop in C": 9.0,
    "sleep in forward": 10.0,
    "exit in forward": 11.0,
    "killed once": 12.0,
    "shared memory": 13.0,
}
"""The value of ``lambd``, or of ``lr``, for each kind of harm."""


FAULT = 14
"""How many numbers are to come out of a Linear at which the judge itself has a fault."""


def _segfault() -> None:
    import ctypes

    ctypes.string_at(0)


def _grow() -> list[object]:
    return [[0] * 1000 for _ in range(1 << 20)]


def _hold() -> None:
    """Hold the interpreter, as C code does that never lets it go."""
    import ctypes

    library = ctypes.PyDLL(None)
    library.usleep(60_000_000)


def _share() -> object:
    """Fill memory that no limit of the process counts."""
    import mmap

    page = mmap.mmap(-1, 8 << 30)
    for place in range(0, 4 << 30, 4096):
        page[place] = 1
    time.sleep(60)
    return page


def _sleep() -> None:
    """Sleep for a minute, and say so in a file if there is one to be."""
    if MARK in os.environ:
        Path(os.environ[MARK]).touch()
    time.sleep(60)


def _kill_once() -> None:
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


BUILDING: dict[float, Callable[[], object]] = {
    HARMS["sleep"]: _sleep,
    HARMS["exit"]: lambda: os._exit(3),
    HARMS["quiet exit"]: lambda: os._exit(0),
    HARMS["sys.exit"]: lambda: sys.exit(4),
    HARMS["abort"]: os.abort,
    HARMS["segfault"]: _segfault,
    HARMS["8 GB"]: lambda: bytearray(8 << 30),
    HARMS["8 GB of lists"]: _grow,
    HARMS["loop in C"]: _hold,
    HARMS["killed once"]: _kill_once,
    HARMS["shared memory"]: _share,
}
CALLING: dict[float, Callable[[], object]] = {
    HARMS["sleep in forward"]: lambda: time.sleep(60),
    HARMS["exit in forward"]: lambda: os._exit(5),
}


def plant() -> None:
    """Put a harmful class in the place of torch's."""
    import torch

    class Softshrink(torch.nn.Softshrink):
        def __init__(self, lambd: float = 0.5) -> None:
            super().__init__(lambd)
            BUILDING.get(lambd, int)()

        def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002  # torch's name
            CALLING.get(self.lambd, int)()
            return super().forward(input)

    class Adamax(torch.optim.Adamax):
        def __init__(self, params: object, lr: float = 0.002, **options: object) -> None:
            BUILDING.get(lr, int)()
            super().__init__(params, lr, **options)  # type: ignore[arg-type]  # torch's own

    from app.engine import judge

    sound = judge.Judge.judge

    def faulty(self: judge.Judge, project: Project, *rest: Any, **options: Any) -> Verdict:
        if any(n.args.get("out_features") == FAULT for n in project.main.graph.nodes.values()):
            raise StopIteration
        return sound(self, project, *rest, **options)

    judge.Judge.judge = faulty  # type: ignore[method-assign]  # as below
    torch.nn.Softshrink = Softshrink  # type: ignore[misc]  # that it is another is the point
    torch.optim.Adamax = Adamax  # type: ignore[misc]  # as above


def main(arguments: list[str]) -> int:
    from app.engine import supervise

    plant()
    if len(arguments) > 1:
        return supervise.alone(*arguments[2:])
    return supervise.main(MODULE, forks=False if os.environ.get(SPAWNS) else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
