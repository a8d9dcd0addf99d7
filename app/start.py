"""Starts the window, or one headless command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app import cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or open the window; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return cli.main(words)
