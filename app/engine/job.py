"""One longer task in a process of its own, with progress; ended by a message or by its owner."""

from __future__ import annotations

import importlib
import json
import os
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import torch

from app.engine.pipe import Inbox, Pipe
from app.engine.protocol import Message, answer, cancelled, failure, progress, ready

Tell: TypeAlias = Callable[[float, str], None]


class JobCancelled(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """The owner does not want the result any more."""


def _derive(_: Mapping[str, Any], __: Tell) -> object:
    from app.engine.derive import derive

    return derive()


def _differences(_: Mapping[str, Any], tell: Tell) -> object:
    from app.engine.derive import FILE, derive, differences

    tell(0.1, "Reading the installed torch")
    return differences(derive(), json.loads(FILE.read_text(encoding="utf-8")))


def _documentation(message: Mapping[str, Any], _: Tell) -> object:
    from app.engine.derive import documentation

    return documentation(str(message["spec"]))


JOBS: dict[str, Callable[[Mapping[str, Any], Tell], object]] = {
    "derive": _derive,
    "differences": _differences,
    "documentation": _documentation,
}
"""Tasks that other modules hold; a module ``job_NAME`` with ``run(message, tell)`` is found too."""


def task(name: str) -> Callable[[Mapping[str, Any], Tell], object]:
    """Return the task with that name. Raises LookupError."""
    if name in JOBS:
        return JOBS[name]
    if not name.isidentifier():
        raise LookupError(name)
    module = f"app.engine.job_{name}"
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        raise LookupError(name) from missing
    run: Callable[[Mapping[str, Any], Tell], object] = found.run
    return run


def perform(message: Message, pipe: Pipe, called_back: Callable[[], bool]) -> Message:
    """Do one task and return its last message; progress is told on the way."""

    def tell(fraction: float, text: str) -> None:
        if called_back():
            raise JobCancelled
        pipe.send(progress(message, fraction, text))

    try:
        run = task(str(message.get("job")))
    except LookupError:
        return failure(message, f"there is no job {message.get('job')!r}")
    try:
        tell(0.0, "")
        result = run(message, tell)
    except JobCancelled:
        return cancelled(message)
    except Exception as error:  # the owner is to hear of whatever happened
        return failure(message, f"{type(error).__name__}: {error}", traceback.format_exc())
    return cancelled(message) if called_back() else answer(message, result=result)


def main() -> int:
    """Do the one task that is asked for."""
    pipe = Pipe()
    pipe.send(ready("job", torch.__version__))
    inbox = Inbox(pipe)
    message = inbox.next()
    if message is None:
        return 0
    done = threading.Event()

    def leave_with_owner() -> None:
        if inbox.next() is None and not done.is_set():
            os._exit(1)

    threading.Thread(target=leave_with_owner, daemon=True).start()
    last = perform(message, pipe, lambda: inbox.is_cancelled(message))
    done.set()
    pipe.send(last)
    return 0
