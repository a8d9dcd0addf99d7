"""Code of a drawing from before: what there was, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.training.folder import PROJECT, digest, read_config

LARGEST = 4 * 2**20
"""Bytes of a file that is read to be compared."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Files to compare with those of now."""

    files: Mapping[str, str] | None = None
    words: str = ""
    """Without files: why there are none. With files: what else should be known. Sentences."""


def run_code(folder: Path) -> Earlier:
    """Return the code that a run was made from, as its folder has it. Reads files, never raises."""
    try:
        config = read_config(folder)
    except (OSError, ValueError) as error:
        return Earlier(words=f"The last run's folder cannot be read: {_reason(error)}.")
    files: dict[str, str] = {}
    other: list[str] = []
    for name, known in config.files.items():
        if name == PROJECT:
            continue
        data = _content(folder, name)
        if data is None:
            other.append(name)
            continue
        files[name] = data.decode("utf-8", "replace")
        if digest(data) != known:
            other.append(name)
    if not files:
        return Earlier(words="The last run's folder has no code in it any more.")
    return Earlier(files, _changed_words(other))


def _changed_words(names: list[str]) -> str:
    if not names:
        return ""
    which = (
        f"{names[0]} in the run's folder is"
        if len(names) == 1
        else (f"{', '.join(names)} in the run's folder are")
    )
    return f"{which} not what ran: changed by hand since, or gone."


def _content(folder: Path, name: str) -> bytes | None:
    """Return what a plain file of the run's own holds; None where the name leads to none."""
    try:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()) or not place.is_file():
            return None
        with place.open("rb") as file:
            return file.read(LARGEST)
    except (OSError, ValueError):
        return None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")
