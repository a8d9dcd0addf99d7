"""Reading of a run while it goes on, from its files alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from app.training.folder import METRICS
from app.training.status import RunStatus, read_status

Record: TypeAlias = dict[str, Any]
PORTION = 4 * 2**20
"""Bytes read in one poll at most, so that a long run does not hold up a window."""


class Tail:
    """The lines that were added to a file of JSON objects since the last look."""

    def __init__(self, path: Path, portion: int = 0) -> None:
        self._portion = portion or PORTION
        self.spoilt = 0
        """Complete lines that were no JSON object."""
        self._path, self._offset, self._torn = path, 0, b""

    def poll(self) -> list[Record]:
        """Return the next records; a line without its end waits for the next poll.

        A file that is not there has no records. One that became shorter is read from its start.
        """
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self._offset:
                    self._offset, self._torn = 0, b""
                file.seek(self._offset)
                added = file.read(self._portion)
        except OSError:
            return []
        self._offset += len(added)
        *lines, self._torn = (self._torn + added).split(b"\n")
        records = [_record(line) for line in lines if line.strip()]
        self.spoilt += records.count(None)
        return [record for record in records if record is not None]

    def rest(self) -> Iterator[Record]:
        """Yield all records that are there by now."""
        before = -1
        while self._offset != before:
            before = self._offset
            yield from self.poll()


class Follower:
    """One run as it goes on: what is new, and how it stands."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._tail = folder, Tail(folder / METRICS)

    def poll(self) -> tuple[list[Record], RunStatus]:
        """Return the new records and the status; with an ended run, all records to its end."""
        status = read_status(self._folder)  # first: what came before the end is then on disk
        records = list(self._tail.rest()) if status.ended else self._tail.poll()
        return records, status


def follow(folder: Path, *, interval: float = 0.1) -> Iterator[Record]:
    """Yield the records of a run until it has ended, waiting where there are none."""
    follower = Follower(folder)
    while True:
        records, status = follower.poll()
        yield from records
        if status.ended:
            return
        if not records:
            time.sleep(interval)


def read_records(folder: Path) -> Iterator[Record]:
    """Yield all records that a run has written so far."""
    return Tail(folder / METRICS).rest()


def _record(line: bytes) -> Record | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
