"""The main job on the built-in example: check, write the code, train, save the loss curve."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.terminal.check import show
from app.terminal.following import watch
from app.terminal.generate import refuse
from app.terminal.judging import judge, load
from app.terminal.train import RUNS, draw, prepare, say
from app.training.launch import start

EXAMPLE = Path(__file__).resolve().parents[2] / "assets" / "examples" / "digits_cnn.netwright"


def run(options: argparse.Namespace) -> int:
    """Do the main job in the terminal and say where everything is.

    ``options.why`` is one sentence that says why there is no window; it is printed first.
    """
    why = getattr(options, "why", "")
    print(f"{why or 'No window was asked for.'} Here is the main job in the terminal.\n")
    print(f"1. Check {EXAMPLE.name}: PyTorch runs every node on the meta device.\n")
    project = load(EXAMPLE)
    verdict = judge(project)
    show(project, verdict)
    if refuse(project, verdict):
        return 1
    folder = prepare(project, verdict, EXAMPLE, RUNS, {}).resolve()
    print(f"\n2. Write the code: {folder / 'model.py'}, data.py and train.py beside it.\n")
    print("3. Train by running exactly these files (Ctrl+C stops cleanly).\n")
    start(folder)
    status = watch(folder)
    say(folder, status, draw(folder))
    return int(status.state not in ("finished", "stopped"))
