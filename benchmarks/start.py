"""Measure what the start costs: CPU to the first paint and peak memory, against a plain window.

Each window has a process of its own; ours and the anchor take turns, and the medians are compared.
Prints one JSON line per figure. ``furnished`` is ours until the drawing and every panel stand, and
has no goal: between the first paint and it, the window answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
TIMES = 15
CPU_GOAL, MEMORY_GOAL = 1.35, 1.5


def one(module: str, *words: str) -> dict[str, float]:
    """Return what one start has cost."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "NETWRIGHT_HOME": home},
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["heavy"] == [], f"imported before the first paint: {found['heavy']}"
    return {"cpu": found["cpu"], "peak": found["peak"]}


def figure(name: str, ours: float, anchor: float, goal: float | None, unit: str) -> None:
    """Print one figure."""
    line = {
        "name": name,
        "ours": round(ours, 4),
        "anchor": round(anchor, 4),
        "ratio": round(ours / anchor, 3),
        "goal": goal,
        "unit": unit,
    }
    print(json.dumps(line))


def main() -> None:
    ours, anchors = [], []
    for _ in range(TIMES):
        anchors.append(one("benchmarks.anchor_window"))
        ours.append(one("benchmarks.our_window"))
    # apart, since each starts an engine that takes its time to end
    whole = [one("benchmarks.our_window", "drawing") for _ in range(TIMES)]

    def middle(runs: list[dict[str, float]], key: str) -> float:
        return median(run[key] for run in runs)

    unit = "s CPU; anchor: a plain window of Qt's parts"
    cpu = middle(anchors, "cpu")
    figure("start to first paint", middle(ours, "cpu"), cpu, CPU_GOAL, unit)
    figure("start to a furnished window", middle(whole, "cpu"), cpu, None, unit)
    memory = middle(anchors, "peak") / 1024
    figures: tuple[tuple[str, list[dict[str, float]], float | None], ...] = (
        ("peak memory at first paint", ours, MEMORY_GOAL),
        ("peak memory when furnished", whole, None),
    )
    for name, runs, goal in figures:
        figure(name, middle(runs, "peak") / 1024, memory, goal, "MiB; anchor as above")


if __name__ == "__main__":
    main()
