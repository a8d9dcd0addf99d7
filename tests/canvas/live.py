"""Many sequences over a live canvas: ``python -m tests.canvas.live --sequences N --seed S``.

Runs what ``test_live_canvas.py`` runs, 250 sequences for each seed from S on, shared out over
``--processes``. Prints a line for each seed: how many sequences, and how many edits they made in
the mean. A fault ends its seed, with the steps that lead to it; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from statistics import mean

AT_ONCE = 250
"""Sequences of one seed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sequences, each share of seeds in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.canvas.live", description=__doc__)
    parser.add_argument("--sequences", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(arguments)
    seeds = range(options.seed, options.seed + -(-options.sequences // AT_ONCE))
    if options.processes == 1:
        return max(map(run, seeds))
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    shares = [seeds[at :: options.processes] for at in range(options.processes)]
    code = "from tests.canvas.live import run; exit(max(map(run, {})))"
    running = [
        subprocess.Popen([sys.executable, "-c", code.format(share)], env=surroundings)
        for share in map(list, shares)
        if share
    ]
    return max(process.wait() for process in running)


def run(number: int, count: int = AT_ONCE) -> int:
    """Run so many sequences of one seed; return 1 where one of them found a fault."""
    from hypothesis import HealthCheck, Phase, seed, settings
    from hypothesis.stateful import run_state_machine_as_test
    from PySide6.QtWidgets import QApplication

    QApplication.instance() or QApplication(sys.argv[:1])
    from tests.canvas.test_live_canvas import EDITED, STEPS, LiveCanvas

    EDITED.clear()
    wanted = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    fault = 0
    try:
        run_state_machine_as_test(seed(number)(LiveCanvas), settings=wanted)
    except Exception:  # whatever was found is printed, and the next seed runs
        traceback.print_exc()
        fault = 1
    told = f"{len(EDITED)} sequences, {mean(EDITED or [0]):.0f} edits in the mean"
    print(f"seed {number}: {told}{', a fault' * fault}", flush=True)
    return fault


if __name__ == "__main__":
    sys.exit(main())
