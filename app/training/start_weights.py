"""The files of weights that a training starts from, wherever they lie."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from pathlib import Path

from codegen.train_start import start_files
from graph_editor.document.atomic import atomic_write, leads_out
from graph_editor.document.model import Project

TEMPLATES = Path(__file__).resolve().parents[2] / "assets" / "examples"
LOADS = "load_weights("


def start_weights(project: Project, folder: Path) -> dict[str, Path]:
    """Return where each file of start weights is, by the name that the code calls it.

    It lies beside the project, in folder. A template that was opened lies nowhere yet, so that the
    files that ship with the templates stand in.
    """
    found = {}
    for name in start_files(project):
        beside, shipped = folder / name, TEMPLATES / name
        found[name] = beside if beside.exists() or not shipped.exists() else shipped
    return found


def copy_start_weights(
    weights: Mapping[str, Path], target: Path, texts: Iterable[str]
) -> tuple[Path, ...]:
    """Copy weights beside texts that load them, and return the copies.

    What lies there already stays. Raises OSError where a file is missing, or would be
    written outside.
    """
    copies: list[Path] = []
    if not any(LOADS in text for text in texts):
        return ()
    for name, source in weights.items():
        copy = target / name
        if leads_out(target, name):
            raise OSError(errno.EPERM, "it would lie outside the folder", str(copy))
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(copy, source.read_bytes())
            copies.append(copy)
    return tuple(copies)
