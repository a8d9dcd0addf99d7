"""What was last written to folders of the user's: so that edits there are told from the drawing's.

A folder may have been edited, and the drawing changed, since its files were written. Only the text
that both come from says which of them did what.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from app.places import folder as own_folder
from app.places import home
from codegen.reading.source import MAX_LENGTH
from graph_editor.document.atomic import atomic_write

READ = ("data.py", "train.py", "model.py")
"""The files that are read back, in this order: values first, then what may change the model."""
NOTES = "exported"
"""The folder for the texts, in the application's own."""
KEPT = 100
"""How many folders are remembered; those that were written longest ago are forgotten."""


class CannotRead(Exception):  # noqa: N818  # it is a refusal, not a fault
    """Why a file of a folder cannot be read, in words."""


def note(folder: Path, texts: Mapping[str, str]) -> None:
    """Remember what was written to a folder, or taken in from it; an export needs none of it."""
    kept = {name: text for name, text in texts.items() if name in READ}
    if not kept:
        return
    with contextlib.suppress(OSError):
        own_folder(NOTES)
        known = json.dumps({"folder": str(folder.resolve()), "texts": noted(folder) | kept})
        atomic_write(_place(folder), known)
        _forget_the_oldest()


def noted(folder: Path) -> dict[str, str]:
    """Return what is remembered of a folder, by file name; nothing where it is not known."""
    try:
        said = json.loads(_place(folder).read_text(encoding="utf-8"))
        texts = said["texts"]
        return {n: texts[n] for n in READ if isinstance(texts.get(n), str)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def texts_in(folder: Path) -> dict[str, str]:
    """Return the files of a folder that are read back. Raises CannotRead."""
    found = {name: _text(folder / name) for name in READ}
    return {name: text for name, text in found.items() if text is not None}


def edited_in(folder: Path, now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return by name what was edited there: the text that the edit began with, and the edited one.

    ``now`` is what the drawing is written as. Where nothing is remembered, it counts as that with
    which the edit began. Raises CannotRead.
    """
    known = noted(folder)
    found = {}
    for name, text in texts_in(folder).items():
        before = known.get(name, now.get(name, ""))
        if text not in (before, now.get(name)):
            found[name] = before, text
    return found


def _place(folder: Path) -> Path:
    key = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogatepass")).hexdigest()
    return home() / NOTES / f"{key[:16]}.json"


def _forget_the_oldest() -> None:
    by_age = sorted((home() / NOTES).glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-KEPT]:
        path.unlink(missing_ok=True)


def _text(path: Path) -> str | None:
    """Return what a file holds; None where there is none."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > 4 * MAX_LENGTH:
            raise CannotRead(f"{path} is too large to be read")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise CannotRead(f"{path} is no UTF-8 text") from problem
    except OSError as problem:
        raise CannotRead(f"{path} cannot be read: {problem.strerror}") from problem
