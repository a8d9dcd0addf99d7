"""Train a project by running its generated files, and follow the run to its end."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.terminal.errors import CommandError
from app.terminal.following import watch
from app.terminal.generate import refuse, write
from app.terminal.judging import judge, load
from app.terminal.trust import refuse_untrusted
from app.training.curve import write_curve
from app.training.folder import METRICS, Setting, create
from app.training.history import summary
from app.training.launch import start
from app.training.status import RunStatus
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import dumps
from graph_editor.document.model import Project

SETTINGS = ("device", "seed", "epochs", "batch_size", "threads")
RUNS = Path("runs")
MOST_THREADS = 4 * (os.cpu_count() or 1)


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("--device", help="cpu (default), cuda, cuda:1, mps; never replaced by another")
    sub.add_argument("--seed", type=_whole(0, 2**32 - 1), help="seed of weights, order and split")
    sub.add_argument("--epochs", type=_whole(1), help="epochs to train")
    sub.add_argument("--batch-size", type=_whole(1), help="samples per step")
    sub.add_argument(
        "--threads", type=_whole(1, MOST_THREADS), help="CPU threads (default: cores - 1)"
    )
    sub.add_argument("--runs", type=Path, default=RUNS, metavar="DIR", help="where run folders go")
    sub.add_argument("--detach", action="store_true", help="start the run and return at once")
    sub.add_argument("--json", action="store_true", help="end with one JSON line")


def run(options: argparse.Namespace) -> int:
    """Train and say how it ended; return 1 where the drawing or the run failed."""
    project = load(options.file)
    refuse_untrusted(project, options.file)
    verdict = judge(project)
    if refuse(project, verdict):
        if options.json:
            print(json.dumps({"run": None, "state": "refused", "epochs": 0}))
        return 1
    folder = prepare(project, verdict, options.file, options.runs, chosen_settings(options))
    start(folder)
    print(f"The run is in {folder}", file=sys.stderr)
    if not options.detach:
        status = watch(folder, quiet=options.json)
        curve = draw(folder)
        if not options.json:
            say(folder, status, curve)
    if options.json:
        print(json.dumps(summary(folder)))
    return 0 if options.detach else int(status.state not in ("finished", "stopped"))


def chosen_settings(options: argparse.Namespace) -> dict[str, Setting]:
    """Return the settings that the command line names."""
    found = {name: getattr(options, name) for name in SETTINGS}
    return {name: value for name, value in found.items() if value is not None}


def prepare(
    project: Project, verdict: Verdict, file: Path, runs: Path, settings: dict[str, Setting]
) -> Path:
    """Write the run folder of a project and return it. Raises CommandError."""
    written = write(project, verdict)
    if "train.py" not in written.files:
        raise CommandError(
            f"{file} has nothing to train with: draw a data source, a loss and an optimizer"
        )
    try:
        runs.mkdir(parents=True, exist_ok=True)
        return create(written, dumps(project), settings, project_file=file, runs=runs)
    except OSError as problem:
        raise CommandError(f"the run folder cannot be written in {runs}: {problem}") from problem


def draw(folder: Path) -> Path | None:
    """Save the loss curve of a run, if it has one, and return its file."""
    metrics = folder / METRICS
    if not metrics.exists() or metrics.stat().st_size == 0:
        return None
    try:
        return write_curve(folder)
    except OSError as problem:
        print(f"The loss curve cannot be saved: {problem}", file=sys.stderr)
        return None


def say(folder: Path, status: RunStatus, curve: Path | None) -> None:
    """Print how a run ended, its last numbers and where everything is."""
    found = summary(folder)
    numbers = [
        f"{name} {value:.4f}"
        for name, value in found.items()
        if isinstance(value, float) and math.isfinite(value)
    ]
    state = f"{status.state} after {status.epoch} of {status.epochs} epochs"
    print(", ".join([state, *numbers]))
    if status.reason and status.state not in ("finished", "stopped"):
        where = f" (node {status.node})" if status.node else ""
        print(f"{status.reason}{where}", file=sys.stderr)
    if curve is not None:
        print(f"loss curve  {curve}")
    print(f"everything  {folder}")


def _whole(least: int, greatest: int = 2**31 - 1) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= greatest:
            raise argparse.ArgumentTypeError(f"{value} is not within {least} and {greatest}")
        return value

    return whole_number
