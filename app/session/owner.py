"""Which window a lock or a journal belongs to, and whether that window still lives."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from dataclasses import dataclass

from app.training.process import is_running, machine, start_of

DIGITS = 12
_NAME = re.compile(r"(\d+)_(\d+(?:\.\d+)?)_([0-9a-f]+)_([0-9a-f]+)_([0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Owner:
    """One window of one process. A pid is used again; with its start and machine it is not."""

    pid: int
    started: str
    """When the process began, as ``start_of`` counts it."""
    computer: str
    """Digest of the computer's name."""
    boot: str
    """Digest of ``machine()``: the computer since its last start."""
    window: str
    """Random: a process has several windows."""

    @property
    def name(self) -> str:
        """The owner as part of a file's name."""
        parts = (str(self.pid), self.started, self.computer, self.boot, self.window)
        return "_".join(parts)

    @property
    def is_here(self) -> bool:
        """Whether it is a window of this very process."""
        return self.is_near and self.pid == os.getpid() and self.lives

    @property
    def is_near(self) -> bool:
        """Whether it is on this computer, so that its life can be told."""
        return self.computer == _digest(platform.node())

    @property
    def lives(self) -> bool:
        """Whether its process runs; one on another computer is taken to, as nobody can know."""
        if not self.is_near:
            return True
        return self.boot == _digest(machine()) and is_running(self.pid, float(self.started))


def new_owner() -> Owner:
    """Return a name for one more window of this process."""
    started = start_of(os.getpid()) or 0.0
    places = (_digest(platform.node()), _digest(machine()))
    return Owner(os.getpid(), f"{started:.2f}", *places, secrets.token_hex(4))


def owner_of(name: str) -> Owner | None:
    """Return the owner that a file's name, without its suffix, speaks of."""
    found = _NAME.fullmatch(name)
    return Owner(int(found[1]), *found.groups()[1:]) if found else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
