"""The engine's side of the pipe: what torch prints cannot get between the messages."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any

from app.engine.protocol import BadMessage, Message, decode, encode, failure


class Pipe:
    """Messages on standard input and output of this process.

    Whatever else writes to standard output is sent to standard error from now on.
    """

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._lock = threading.Lock()

    def send(self, message: Mapping[str, Any]) -> None:
        """Write a message; the end of the reader ends this process."""
        left = memoryview(encode(message))
        try:
            with self._lock:
                while left:
                    left = left[os.write(self._out, left) :]
        except OSError:
            os._exit(0)

    def lines(self) -> IO[bytes]:
        """Return standard input, line by line."""
        return sys.stdin.buffer


class Inbox:
    """Requests as they come in; a newer judgement makes the older ones pointless."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[Message | None] = queue.Queue()
        self._cancelled: set[object] = set()
        self._newest: object = None
        self._cures: set[object] = set()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._pipe.lines():
            try:
                message = decode(line)
            except BadMessage as problem:
                self._pipe.send(failure({}, "bad message", str(problem)))
                continue
            if message.get("type") == "cancel":
                self._cancelled.add(message.get("id"))
                continue
            if message.get("type") == "judge":
                self._newest = message.get("id")
                self._cancelled |= self._cures  # they were for the drawing before this one
            if message.get("type") == "cure":
                self._cures.add(message.get("id"))
            self._waiting.put(message)
            if message.get("type") == "quit":
                return
        self._waiting.put(None)

    def next(self) -> Message | None:
        """Return the next request; None after the last."""
        message = self._waiting.get()
        return None if message is None or message.get("type") == "quit" else message

    def is_cancelled(self, message: Mapping[str, Any]) -> bool:
        """Whether a request was called back, or is made pointless by a newer judgement."""
        if message.get("id") in self._cancelled:
            return True
        return message.get("type") == "judge" and message.get("id") != self._newest
