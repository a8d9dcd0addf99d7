"""The messages between the window and the engine: one JSON object on a line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

VERSION = 1
ALONE, WARM = "--alone", "--warm"
"""Say in a command that it is to be a judge that another process watches, and to try itself out."""
Message = dict[str, Any]


class BadMessage(ValueError):  # noqa: N818  # reads as a sentence where it is raised
    """A line that is no message of this protocol."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return a message as a line."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def decode(line: bytes | str) -> Message:
    """Return the message on a line. Raises BadMessage."""
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BadMessage(f"not JSON: {error}") from error
    if not isinstance(message, dict):
        raise BadMessage("not a JSON object")
    return message


def ready(role: str, torch_release: str) -> Message:
    """Return what an engine says when it can be asked."""
    process = os.getpid()
    return {
        "type": "ready", "version": VERSION, "role": role, "torch": torch_release, "pid": process
    }  # fmt: skip


def fallen(code: int, harm: str) -> Message:
    """Return what is said when the process that answers has ended and another one takes over.

    ``harm`` is what a node did to it; "" where that is not known. All is to be asked again.
    """
    return {"type": "fallen", "code": code, "harm": harm}


def answer(request: Mapping[str, Any], **fields: object) -> Message:
    """Return the last message about a request."""
    return {"id": request.get("id"), "type": "answer", **fields}


def failure(request: Mapping[str, Any], error: str, detail: str = "") -> Message:
    """Return the last message about a request that could not be done."""
    return {"id": request.get("id"), "type": "error", "error": error, "detail": detail}


def cancelled(request: Mapping[str, Any]) -> Message:
    """Return the last message about a request that was given up."""
    return {"id": request.get("id"), "type": "cancelled"}


def progress(request: Mapping[str, Any], fraction: float, text: str) -> Message:
    """Return a message about how far a request is."""
    return {"id": request.get("id"), "type": "progress", "fraction": fraction, "text": text}


def partial(request: Mapping[str, Any], **fields: object) -> Message:
    """Return a first part of an answer; the answer itself follows and stands alone."""
    return {"id": request.get("id"), "type": "partial", **fields}
