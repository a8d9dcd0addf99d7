"""Starts an engine: ``python -m app.engine judge|standby|job``."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

from app.engine.protocol import ALONE

ROLES = {
    "judge": "app.engine.supervise",
    "standby": "app.engine.standby",
    "job": "app.engine.job",
}
NICENESS = 10
VARIABLE = "NETWRIGHT_NICENESS"
"""Names another niceness, as on machines that other work keeps busy all the time."""


def main(arguments: list[str]) -> int:
    """Play one role until the other side hangs up; return the exit code."""
    alone: list[str] = []
    if arguments[:2] == ["judge", ALONE]:
        alone, arguments = arguments[2:], arguments[:1]
    if len(arguments) != 1 or arguments[0] not in ROLES:
        print(f"usage: python -m app.engine {'|'.join(ROLES)}", file=sys.stderr)
        return 2
    if hasattr(os, "nice"):
        chosen = os.environ.get(VARIABLE, "")
        with contextlib.suppress(OSError):  # some containers forbid it
            os.nice(int(chosen) if chosen.isdigit() else NICENESS)
    module = importlib.import_module(ROLES[arguments[0]])
    code: int = module.alone(*alone) if alone else module.main()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
