"""Measure what the reporter costs a training whose steps are short, and count what it does.

Prints one JSON line per figure. ``reporter_overhead``: CPU seconds of the same steps with the
reporter, its files and its heartbeat (ours) and with a report that does nothing (anchor), the
median of alternating pairs. ``reporter_writes_per_second``: the most writes, of metrics and status
together, within any second. ``reporter_syncs_outside_flush``: reads of tensor values anywhere but
in the one call per flush; the anchor is the number of flushes.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from app.training import board as board_file
from app.training.board import Board
from app.training.control import read_control
from app.training.reporter import Reporter
from app.training.status import RunStatus
from app.training.worker import to_floats

STEPS, PAIRS, MOST_WRITES, MOST_RATIO = 2000, 11, 20, 1.10
READS = {"aten::_local_scalar_dense", "aten::item"}


class Steps:
    """A small model that takes about 0.3 ms for a step."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
        self.optimizer = torch.optim.AdamW(self.model.parameters(), fused=True)
        self.x, self.y = torch.randn(64, 64), torch.randint(10, (64,))

    def run(self, report: Callable[[dict[str, Any]], object]) -> None:
        """Train for STEPS steps."""
        for step in range(1, STEPS + 1):
            loss = nn.functional.cross_entropy(self.model(self.x), self.y)
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad()
            report({"event": "step", "step": step, "epoch": 1, "train_loss": loss.detach()})


def with_reporter(steps: Steps, convert: Callable[[Sequence[Any]], Sequence[float]]) -> list[float]:
    """Train with everything that a worker attaches, and return the moments of all writes."""
    moments: list[float] = []
    write_status = board_file.write_status

    def note_status(folder: Path, status: RunStatus) -> None:
        moments.append(time.monotonic())
        write_status(folder, status)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "metrics.jsonl").open("ab", buffering=0) as metrics:

            def note_metrics(content: bytes) -> None:
                moments.append(time.monotonic())
                metrics.write(content)

            board_file.write_status = note_status
            board = Board(folder, RunStatus())
            board.open()
            reporter = Reporter(note_metrics, convert, board, lambda: read_control(folder))
            reporter({"event": "start", "model": steps.model, "batches": STEPS})
            steps.run(reporter)
            reporter.close()
            board.close()
            board_file.write_status = write_status
    return moments


class Counting(TorchDispatchMode):
    """Counts the operations that read a value out of a tensor, apart from those in a flush."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.flushes = 0
        self._flushing = False

    def __torch_dispatch__(
        self, op: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.reads += op.name() in READS and not self._flushing
        return op(*args, **(kwargs or {}))

    def to_floats(self, values: Sequence[Any]) -> Sequence[float]:
        """Convert as the worker does, known as a flush."""
        self.flushes += 1
        self._flushing = True
        try:
            return to_floats(values)
        finally:
            self._flushing = False


def ignore(_: object) -> None:
    """Take an event and do nothing with it."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of all threads of this process for a piece of work."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def most_in_a_second(moments: Sequence[float]) -> int:
    """Return how many moments lie in the fullest second."""
    return max(sum(begin <= m < begin + 1 for m in moments) for begin in moments)


def tell(name: str, ours: float, anchor: float, goal: str) -> None:
    """Print one line."""
    ratio = round(ours / anchor, 4) if anchor else None
    print(json.dumps({"name": name, "ours": ours, "anchor": anchor, "ratio": ratio, "goal": goal}))


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    steps = Steps()
    steps.run(ignore)
    pairs, busiest = [], 0
    for _ in range(PAIRS):
        without = cpu_seconds(lambda: steps.run(ignore))
        moments: list[float] = []
        attached = cpu_seconds(lambda found=moments: found.extend(with_reporter(steps, to_floats)))
        pairs.append((attached, without))
        busiest = max(busiest, most_in_a_second(moments))
    attached, without = sorted(pairs, key=lambda pair: pair[0] / pair[1])[PAIRS // 2]
    step = statistics.median(without for _, without in pairs) / STEPS
    goal = f"ratio <= {MOST_RATIO}, at {step * 1000:.2f} ms a step"
    tell("reporter_overhead", round(attached, 4), round(without, 4), goal)
    tell("reporter_writes_per_second", busiest, MOST_WRITES, f"<= {MOST_WRITES}")
    with Counting() as counting:
        with_reporter(steps, counting.to_floats)
    tell("reporter_syncs_outside_flush", counting.reads, counting.flushes, "0")


if __name__ == "__main__":
    main()
