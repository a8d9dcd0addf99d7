"""The report of an unexpected error: what failed, where, with which versions; nothing private."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.dialogs.versions import as_text, versions
from app.plain_text import plain

LINES = 30
"""How many of the last lines of the log go into a report."""
LONGEST = 300
"""Characters of the error's own words that are shown in the dialog."""
ROOT = Path(__file__).resolve().parents[2]
BELOW = r"(?:[\\/][^\\/\s\"':,;()]+)*[\\/]([^\\/\s\"':,;()]+)"
"""A path below a folder, of which the last part is needed."""


@dataclass(frozen=True, slots=True)
class Report:
    """One sentence for the person in front, and a text for the people who mend it."""

    summary: str
    text: str


def report_of(error: BaseException, log: Iterable[str] = ()) -> Report:
    """Describe an error; never raises, whatever state the program is in."""
    summary = _tried(lambda: summary_of(error), "Something in the window failed.")
    parts = [
        _tried(lambda: _trace(error), type(error).__name__),
        _tried(lambda: as_text(versions()), "no versions"),
        _tried(lambda: _log(log), "no log"),
    ]
    text = "\n\n".join(part for part in parts if part)
    return Report(
        _tried(lambda: without_private(summary), summary),
        _tried(lambda: without_private(text), "The report could not be made."),
    )


def summary_of(error: BaseException) -> str:
    """Return in plain words what happened."""
    said = plain(str(error)).strip()[:LONGEST]
    if isinstance(error, MemoryError):
        return "The window asked for more memory than there is."
    if isinstance(error, OSError):
        reason = error.strerror or said or type(error).__name__
        name = f" “{Path(str(error.filename)).name}”" if error.filename else ""
        return f"The system refused a file or connection{name}: {reason}."
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"A part of Netwright failed that should not have ({words})."


def without_private(text: str) -> str:
    """Return text in which folders of this machine are only named as far as they are needed."""
    for folder, name in ((ROOT, "netwright"), (Path(sys.prefix), "python")):
        text = text.replace(str(folder), f"<{name}>")
    home = str(Path.home())
    if len(home) > 1:
        text = re.sub(re.escape(home) + BELOW, lambda found: f"~/…/{found[1]}", text)
        text = text.replace(home, "~")
    return text


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip()


def _log(log: Iterable[str]) -> str:
    last = [plain(line.rstrip("\n")) for line in log][-LINES:]
    return "\n".join(["Last lines of the log:", *last]) if last else ""


def _tried(make: Callable[[], str], otherwise: str) -> str:
    try:
        return make()
    except Exception:  # a report that fails would hide what it is about
        return otherwise
