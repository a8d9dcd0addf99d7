"""What the user asks of a running worker: a small file that the worker looks at."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from graph_editor.document.atomic import atomic_write

FILE = "control.json"
Request: TypeAlias = Literal["stop", "pause", "resume", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Control:
    """The state that is wished for, so that no request is lost when two come at once."""

    stop: bool = False
    pause: bool = False
    checkpoint: int = 0
    """How many checkpoints were asked for so far."""


def request(folder: Path, what: Request) -> Control:
    """Add a request to control.json and return what is now wished for. Raises OSError."""
    wished = _after(read_control(folder), what)
    atomic_write(folder / FILE, json.dumps({"format": 1, **asdict(wished)}) + "\n")
    return wished


def read_control(folder: Path) -> Control:
    """Read control.json; a missing or spoilt file asks for nothing."""
    try:
        value = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return Control()
    if not isinstance(value, dict):
        return Control()
    count = value.get("checkpoint", 0)
    return Control(
        stop=value.get("stop") is True,
        pause=value.get("pause") is True,
        checkpoint=count if type(count) is int else 0,
    )


class ControlFile:
    """The worker's view of control.json: read again only when the file has changed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._seen: tuple[int, int, int] | None = None
        self._control = Control()

    def poll(self) -> Control:
        """Return what is wished for now."""
        try:
            stat = self._path.stat()
        except OSError:
            return self._control
        mark = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if mark != self._seen:
            self._seen, self._control = mark, read_control(self._path.parent)
        return self._control


def _after(now: Control, what: Request) -> Control:
    match what:
        case "stop":
            return replace(now, stop=True)
        case "pause":
            return replace(now, pause=True)
        case "resume":
            return replace(now, pause=False)
        case "checkpoint":
            return replace(now, checkpoint=now.checkpoint + 1)
        case _:
            raise ValueError(f"no such request: {what!r}")
