"""Writes the code of a drawing into a folder that the user names, without harming what is there."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from app.exported import note
from app.training.start_weights import copy_start_weights
from codegen.exporters import exporter
from codegen.written import Written
from graph_editor.document.atomic import atomic_write, leads_out
from graph_editor.document.model import NOTHING

Kind: TypeAlias = str
"""The key of a form of export, as in codegen.exporters."""
WHAT = {
    "model.py": "the model, a plain nn.Module",
    "data.py": "reads and splits the data",
    "train.py": "trains the model",
    "predict.py": "asks the trained model",
    "tests/test_model.py": "checks of the model",
    "requirements.txt": "what these files import",
    "README.md": "how to run it",
}
"""What each file of an export is, in few words."""
ALL_IN_ONE = "model, data and training"
ENTRY = "train.py"
MODEL = "model.py"
RUNS = "\n    main()\n"
"""How a file ends that can be run."""


class CannotExport(Exception):  # noqa: N818  # it is a refusal, not a fault
    """Why the files were not written, in words; ``differing`` names those that may be replaced."""

    def __init__(self, reason: str, differing: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.differing = tuple(differing)


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: the files, and how to go on from there."""

    folder: Path
    files: tuple[Path, ...]
    command: str
    """For a terminal; empty where there is nothing to run."""


def files_of(written: Written, kind: Kind = "project") -> dict[str, str]:
    """Return the texts of an export by file name, in the order in which a person reads them.

    Raises CannotWrite where something stands in the way of this form alone.
    """
    return exporter(kind).texts(written)


def in_full(folder: Path) -> Path:
    """Return a folder with ``~`` as the user's own; one of a user who is not known stays."""
    try:
        return folder.expanduser()
    except RuntimeError:
        return folder


def folder_problem(folder: Path, names: Iterable[str] = ()) -> str:
    """Return why files of these names cannot be written there; empty where it looks possible."""
    folder = in_full(folder)
    if not folder.is_absolute():
        return f"“{folder}” is not a whole path; begin with the disk or with ~."
    try:
        if folder.is_dir():
            return _names_taken(folder, names)
        if folder.exists():
            return f"{folder} is a file; name a folder."
        if any(parent.exists() and not parent.is_dir() for parent in folder.parents):
            return f"{folder} lies below a file; name another folder."
    except (OSError, ValueError) as error:
        return f"{folder} cannot be looked at: {_words(error)}."
    return ""


def _names_taken(folder: Path, names: Iterable[str]) -> str:
    """Return which names belong to what is no file: no file takes its place, so none is written."""
    taken = [name for name in names if _is_taken(folder, name)]
    if not taken:
        return ""
    which = f"{taken[0]} is" if len(taken) == 1 else f"{', '.join(taken)} are"
    return f"In {folder}, {which} no plain file and cannot be replaced; name another folder."


def differing(texts: dict[str, str], folder: Path) -> tuple[str, ...]:
    """Return the names of files there that hold something else: maybe somebody's own changes."""
    places = {name: folder / name for name in texts}
    return tuple(
        name
        for name, place in places.items()
        if not _is_taken(folder, name) and not _is_free(place, texts[name])
    )


def export_python(
    written: Written,
    folder: Path,
    replacing: Iterable[str] = (),
    kind: Kind = "project",
    weights: Mapping[str, Path] = NOTHING,
) -> Export:
    """Write the files of a project, or its model alone, into a folder; it is made if need be.

    ``replacing`` names the files that the user lets go, and weights says where those are that the
    training starts from. Raises CannotExport before anything is
    written where others there differ or are no files, and where the disk refuses.
    """
    folder = in_full(folder)
    texts = files_of(written, kind)
    reason = folder_problem(folder, texts)
    if reason:
        raise CannotExport(reason)
    changed = differing(texts, folder)
    if not set(changed) <= set(replacing):
        names = ", ".join(changed)
        raise CannotExport(f"{folder} holds other versions of {names}.", changed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            atomic_write(folder / name, text)
        note(folder, texts)
        copy_start_weights(weights, folder, texts.values())
    except (OSError, ValueError) as error:  # ValueError: a name that no system takes
        raise CannotExport(f"{folder} cannot be written: {_words(error)}.") from error
    runs = [name for name, text in texts.items() if text.endswith(RUNS)]
    entry = ENTRY if ENTRY in texts else next(iter(runs), "")
    command = f"cd {_quoted(folder)} && python {entry}" if entry else ""
    return Export(folder, tuple(folder / name for name in texts), command)


def _is_taken(folder: Path, name: str) -> bool:
    """Whether something lies there that is no file of the folder's own, or on the way to it."""
    place = folder / name
    between = [p for p in place.parents if p != folder and p.is_relative_to(folder)]
    blocked = any(p.exists() and (not p.is_dir() or p.is_symlink()) for p in between)
    blocked = blocked or leads_out(folder, name)
    return blocked or (place.exists() and not place.is_file())


def _is_free(path: Path, text: str) -> bool:
    """Whether nothing is lost when the text stands at path."""
    try:
        return not path.exists() or path.read_bytes() == text.encode()
    except OSError:
        return False


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _quoted(folder: Path) -> str:
    """Return a folder as the system's own shell reads it."""
    text = str(folder)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
