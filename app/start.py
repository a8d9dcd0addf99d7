"""Starts the window, or one headless command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

SUFFIX = ".netwright"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or open the window, or say why there is none; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not all(map(_is_file, words)):
        return _command(words)
    from app.window.display import why_no_window

    reason = why_no_window()
    if reason and words:
        print(f"{reason} Commands work without one: netwright --help", file=sys.stderr)
        return 2
    if reason:
        return _command([], reason)
    from app.window.application import run

    return run([Path(word) for word in words])


def _is_file(word: str) -> bool:
    """Whether a word means a project, not a command."""
    return word.endswith(SUFFIX) and not word.startswith("-")


def _command(words: list[str], why: str = "") -> int:
    from app import cli

    return cli.main(words, why)
