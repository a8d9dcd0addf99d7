"""List the runs in a folder, or steer one: stop, pause, resume, checkpoint."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from app.terminal.errors import CommandError
from app.terminal.train import RUNS
from app.training.control import Request, request
from app.training.history import Run, read_run, runs_in, summary
from app.training.status import read_status


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=RUNS,
        metavar="DIR",
        help="a folder of runs, or one run's folder (default: runs)",
    )
    sub.add_argument("--json", action="store_true", help="print one JSON line per run")
    for what in ("stop", "pause", "resume", "checkpoint"):
        sub.add_argument(
            f"--{what}",
            dest="ask",
            action="store_const",
            const=what,
            help=f"ask the run in DIR to {what}"
            if what != "checkpoint"
            else "ask the run in DIR for a checkpoint",
        )


def run(options: argparse.Namespace) -> int:
    """Print the runs, newest first, or pass a request on."""
    if not options.folder.is_dir() and options.folder != RUNS:
        raise CommandError(f"there is no folder {options.folder}")
    alone = (options.folder / "config.json").exists()
    if options.ask is not None:
        return _ask(options.folder, options.ask, alone)
    found = [read_run(options.folder)] if alone else runs_in(options.folder)
    if options.json:
        for one in found:
            print(json.dumps(summary(one.folder)))
    elif not found:
        print(f"No runs in {options.folder}.")
    else:
        for one in found:
            print(_line(one))
    return 0


def _ask(folder: Path, what: Request, alone: bool) -> int:
    if not alone:
        raise CommandError(f"{folder} is not one run's folder; name the run to {what}")
    status = read_status(folder)
    if status.ended:
        raise CommandError(
            f"the run in {folder} has ended ({status.state}): there is nothing to {what}"
        )
    request(folder, what)
    print(f"Asked the run in {folder} to {what}.")
    return 0


def _line(one: Run) -> str:
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.created))
    epochs = f"{one.status.epoch}/{one.status.epochs}"
    numbers = [
        f"{name} {value:.4f}"
        for name, value in one.last.items()
        if name.startswith("val_") and isinstance(value, float)
    ]
    told = one.problem or ", ".join(numbers)
    return f"{made}  {one.status.state:<10} {epochs:>9}  {one.folder}  {told}".rstrip()
