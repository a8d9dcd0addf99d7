"""Opens the code in the user's own editor: the files of an export, or a copy for reading only.

No shell reads the command: its words are split here, and a name of a file stays one word.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from graph_editor.document.atomic import atomic_write

GRACE = 1.5
"""Seconds in which an editor that cannot do it usually ends."""
COPIES = "editor"
"""The folder for copies, in the application's own."""
SETTING = "Settings → Files → Editor has the command."
PLACE = re.compile(r"\{(file|line|folder)\}")
BATCH = (".bat", ".cmd")


class CannotOpen(Exception):  # noqa: N818  # it is a refusal, not a fault
    """Why no editor was opened, and what can be done, in sentences."""


class Opened(NamedTuple):
    """A file that is ready for an editor."""

    file: Path
    is_copy: bool
    """Whether it is a copy for reading only, not a file of the user's own."""


def ready_file(texts: Mapping[str, str], name: str, export: Path | None, home: Path) -> Opened:
    """Return where a file can be opened: in an export that says the same, else in a copy.

    Raises CannotOpen.
    """
    if export is not None and all(_says(export / each, text) for each, text in texts.items()):
        return Opened(export / name, False)
    try:
        for each, text in texts.items():
            _put(home / each, text)
    except OSError as error:
        reason = error.strerror or error
        raise CannotOpen(f"No copy for the editor could be written to {home}: {reason}.") from error
    return Opened(home / name, True)


def _says(file: Path, text: str) -> bool:
    try:
        return file.read_bytes() == text.encode()
    except OSError:
        return False


def _put(file: Path, text: str) -> None:
    """Write a file that its editor will not save over: a change there would be lost."""
    if _says(file, text):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        file.chmod(stat.S_IREAD | stat.S_IWRITE)  # Windows replaces no read-only file
    atomic_write(file, text)
    file.chmod(stat.S_IREAD)


def command_words(command: str, file: Path, line: int) -> list[str]:
    """Return the words of a command with file, line and folder filled in; the file comes last.

    Raises CannotOpen where the command cannot be read.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise CannotOpen(f"The editor's command {command} cannot be read: {error}.") from error
    if os.name == "nt":
        words = [word.strip('"') for word in words]
    values = {"file": str(file), "line": str(line), "folder": str(file.parent)}
    filled = [PLACE.sub(lambda found: values[found[1]], word) for word in words]
    return filled if any("{file}" in word for word in words) else [*filled, str(file)]


def start(words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start an editor, and wait a moment to see whether it stays; return it, to be waited for.

    Call it from a thread. Raises CannotOpen.
    """
    program = shutil.which(words[0])
    if program is None:
        raise CannotOpen(f"There is no program “{words[0]}”. {SETTING}")
    if os.name == "nt" and program.lower().endswith(BATCH):
        raise CannotOpen(f"{program} is read by a shell; name the editor's .exe. {SETTING}")
    try:
        process = subprocess.Popen(
            [program, *words[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotOpen(f"“{words[0]}” could not be started: {reason}. {SETTING}") from error
    try:
        code = process.wait(GRACE)
    except subprocess.TimeoutExpired:
        return process
    if code:
        raise CannotOpen(f"“{words[0]}” ended at once, with code {code}. {SETTING}")
    return process
