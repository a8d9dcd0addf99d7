"""Where the application keeps what is the user's but in no project: settings, journals, trust."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "NETWRIGHT_HOME"
"""Names another folder for all of it; tests and portable installations set it."""


def home() -> Path:
    """Return the application's own folder; it need not exist yet."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "Netwright"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Netwright"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "netwright"


def folder(name: str) -> Path:
    """Return a folder inside ``home()``, made where it is not there. Raises OSError."""
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path
