"""What the user asks of a running worker: a folder with an empty file for each request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

FOLDER = "control"
Request: TypeAlias = Literal["stop", "pause", "resume", "checkpoint"]
REQUESTS: tuple[Request, ...] = get_args(Request)
NAME = re.compile(rf"(\d{{1,9}})-({'|'.join(REQUESTS)})", re.ASCII)
"""Of a request's file: its turn and what it asks for."""


@dataclass(frozen=True, slots=True)
class Control:
    """All requests so far, taken together."""

    stop: bool = False
    pause: bool = False
    checkpoint: int = 0
    """How many checkpoints were asked for so far."""


def request(folder: Path, what: Request) -> Control:
    """Add a request and return what is now wished for. Raises OSError.

    Nobody changes another's file, so that none is lost, however many ask at once.
    """
    if what not in REQUESTS:
        raise ValueError(f"no such request: {what!r}")
    asked = folder / FOLDER
    asked.mkdir(exist_ok=True)
    turn = 1 + max((turn for turn, _ in _requests(folder)), default=0)
    while True:
        try:
            (asked / f"{turn:06}-{what}").touch(exist_ok=False)
        except FileExistsError:  # another asked for the same at the same time
            turn += 1
        else:
            return read_control(folder)


def read_control(folder: Path) -> Control:
    """Return what is wished for; no folder, or one that cannot be read, asks for nothing."""
    try:
        found = _requests(folder)
    except OSError:
        return Control()
    wished = Control()
    for _, what in found:
        wished = _after(wished, what)
    return wished


def _requests(folder: Path) -> list[tuple[int, str]]:
    """Return the requests in their order. Raises OSError."""
    names = (NAME.fullmatch(path.name) for path in (folder / FOLDER).iterdir())
    return sorted((int(match[1]), match[2]) for match in names if match)


def _after(now: Control, what: str) -> Control:
    match what:
        case "stop":
            return replace(now, stop=True)
        case "checkpoint":
            return replace(now, checkpoint=now.checkpoint + 1)
        case _:
            return replace(now, pause=what == "pause")
