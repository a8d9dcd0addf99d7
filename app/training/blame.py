"""Whose fault an exception in the worker is: the node on the canvas, and plain words."""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeAlias

from app.training.folder import SOURCE_MAP, STATE_MAP, read_object

Lines: TypeAlias = Mapping[str, Sequence[str | None]]
LESS_MEMORY = "Choose a smaller batch size, or make the model or its input smaller."
SCARCE = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT)
"""What the system says when it has no more of something, whoever asks."""
NO_THREAD = re.compile(r"can't start new thread|thread creation failed", re.IGNORECASE)


class Modules(Protocol):
    """The one thing that is asked of a model."""

    def named_modules(self) -> Iterator[tuple[str, Any]]:
        """Yield every module under its path in the model."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception, told to a person."""

    reason: str
    error: str
    node: str = ""


def explain(error: BaseException, folder: Path, model: Modules | None, when: str) -> Fault:
    """Say what happened, where, and what to do; ``when`` is the place in the training."""
    node, place = find_node(error.__traceback__, folder, model)
    node = "" if _of_the_system(error) else node
    text = "".join(traceback.format_exception_only(error)).strip()
    at = f" at {node}" if node else ""
    where = f"{at} ({place})" if place else at
    return Fault(f"Training failed{where} {when}: {_in_words(error)}", text, node)


def find_node(
    trace: TracebackType | None, folder: Path, model: Modules | None = None
) -> tuple[str, str]:
    """Return the address of the node that the innermost known frame works for, and file and line.

    A frame is known when its line stands in the source map, or when it runs in a module of the
    model whose weights the state map knows; each is empty where none is.
    """
    lines, owners = _lines(folder), _owners(folder, model)
    node = place = ""
    for frame, number in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        if path.parent == folder:
            place = f"{path.name} line {number}"
            known = lines.get(path.name, ())
            node = (known[number - 1] if 0 < number <= len(known) else None) or node
        else:
            node = owners.get(id(frame.f_locals.get("self")), node)
    return node, place


def _lines(folder: Path) -> Lines:
    try:
        files = read_object(folder / SOURCE_MAP).get("files", {})
    except (OSError, ValueError):
        return {}
    return files if isinstance(files, dict) else {}


def _owners(folder: Path, model: Modules | None) -> dict[int, str]:
    """Return the node of each module of the model that has weights of its own, by identity."""
    if model is None:
        return {}
    try:
        state = read_object(folder / STATE_MAP)["state"]
        nodes = {key.rpartition(".")[0]: entry["node"] for key, entry in state.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
    return {id(module): nodes[path] for path, module in model.named_modules() if path in nodes}


def _of_the_system(error: BaseException) -> bool:
    """Whether the machine or what is installed is at fault, so that no node is to blame."""
    if isinstance(error, OSError) and error.errno in SCARCE:
        return True
    return isinstance(error, ImportError) or bool(NO_THREAD.search(str(error)))


def _in_words(error: BaseException) -> str:
    if NO_THREAD.search(str(error)) or (isinstance(error, OSError) and error.errno == errno.EAGAIN):
        return "the system starts no more threads. Choose fewer (--threads 1), or end other work."
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"OutOfMemoryError", "MemoryError"}:
        return f"there is not enough memory. {LESS_MEMORY}"
    if isinstance(error, ModuleNotFoundError):
        return f"the package {error.name} is not installed. Install what requirements.txt lists."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "the disk is full. Free some space and train again."
    said = re.split(r"\n\s*\n|\n", str(error).strip())[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
