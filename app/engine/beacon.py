"""A page of memory in which an engine says what it is about to do, for its watcher to read.

A message through a pipe would need an engine that still runs. What stands in memory that two
processes share can be read while the engine sleeps, holds the interpreter in a loop, or is dead.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from typing import IO, NamedTuple

SIZE = 1 << 16
_HEAD = struct.Struct("=QQdI")
"""How many judgements were begun, how many modules looked for, since when what is done is done
without progress, and the length of the text that says what."""
_PROGRESS, _PROGRESS_AT = struct.Struct("=Qd"), 8
"""That part of it which progress changes, and where it begins."""
BETWEEN = "\n"
"""What stands between a call and the node that it is made for."""


class Seen(NamedTuple):
    """What a beacon shows."""

    asked: int
    """How many judgements were begun."""
    beats: int
    """Signs of progress in what is done: how many modules were looked for."""
    since: float
    """When it was begun or made progress, by ``time.monotonic``, a clock that processes share."""
    text: str
    """What is done now, or what a new engine is given; "" where it is neither."""

    @property
    def call(self) -> str:
        """What is done now, "" where that is nothing that could hold the engine up."""
        return self.text if BETWEEN in self.text else ""


class Beacon:
    """What an engine is at: one process writes, another reads, and nobody waits."""

    def __init__(self, handle: str = "") -> None:
        """Make a page, or open one that another process made; ``handle`` is what that one says."""
        self._file: IO[bytes] | None = None
        if sys.platform == "win32":
            self.handle = handle or f"netwright-{os.getpid()}-{os.urandom(8).hex()}"
            self._page = mmap.mmap(-1, SIZE, tagname=self.handle)
        elif handle:
            self.handle = handle
            self._page = mmap.mmap(int(handle), SIZE)
        else:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the page
            self._file.truncate(SIZE)
            self.handle = str(self._file.fileno())
            self._page = mmap.mmap(self._file.fileno(), SIZE)
        self._asked = self._beats = 0

    def begin(self) -> None:
        """Say that a judgement begins."""
        self._asked += 1
        self._write("")

    def say(self, text: str) -> None:
        """Say what is begun now; no text says that it is over."""
        self._write(text)

    def beat(self) -> None:
        """Say that there is progress in what is done."""
        self._beats += 1
        _PROGRESS.pack_into(self._page, _PROGRESS_AT, self._beats, time.monotonic())

    def _write(self, text: str) -> None:
        found, now = text.encode()[: SIZE - _HEAD.size], time.monotonic()
        # no reader may take the new length for that of the old text
        _HEAD.pack_into(self._page, 0, self._asked, self._beats, now, 0)
        if found:
            self._page[_HEAD.size : _HEAD.size + len(found)] = found
            _HEAD.pack_into(self._page, 0, self._asked, self._beats, now, len(found))

    def read(self) -> Seen:
        """Return what is done now."""
        asked, beats, since, length = _HEAD.unpack_from(self._page, 0)
        text = self._page[_HEAD.size : _HEAD.size + length]
        return Seen(asked, beats, since, text.decode(errors="replace"))

    def close(self) -> None:
        """Let the page go."""
        self._page.close()
        if self._file is not None:
            self._file.close()


class Beats:
    """An importer that finds nothing, and counts what PyTorch loads late as progress."""

    def __init__(self, beacon: Beacon) -> None:
        self._beacon = beacon

    def find_spec(self, *_: object, **__: object) -> ModuleSpec | None:
        """Count, and leave the finding to others."""
        self._beacon.beat()
        return None


def doing(word: str, at: str) -> str:
    """Return the text that says which call is made, and for which node."""
    return f"{word}{BETWEEN}{at}"


def word_of(text: str) -> str:
    """Return which call a text is about."""
    return text.partition(BETWEEN)[0]


def avoided(avoid: Mapping[str, str]) -> str:
    """Return calls that are not to be made, as the text that a new engine is given.

    It is not mistaken for a call: in JSON no line ends.
    """
    return json.dumps(dict(list(avoid.items())[-500:]))  # more would not fit on the page
