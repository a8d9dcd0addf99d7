"""A process that has torch warm and waits for a run folder, whose worker it then becomes."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path

import torch

from app.engine.protocol import BadMessage, decode, encode, ready
from app.training.folder import LOG

LIKELY = ("tqdm", "sklearn.datasets", "sklearn.model_selection")
"""What the written files import beside torch, where the drawing's data needs it."""


def warm_up() -> None:
    """Take one optimizer step, since the first of a process imports half of torch."""
    for module in LIKELY:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    weight = torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.AdamW([weight])
    weight.sum().backward()  # type: ignore[no-untyped-call]  # torch's stub has no types here
    optimizer.step()


def main() -> int:
    """Wait for ``{"run": folder}`` and train there; end quietly where nothing comes."""
    state = torch.random.get_rng_state()
    warm_up()
    torch.random.set_rng_state(state)
    with contextlib.suppress(OSError):  # that nobody listens is no reason not to train
        os.write(1, encode(ready("standby", torch.__version__)))
    line = sys.stdin.buffer.readline()
    if not line.strip():
        return 0
    try:
        folder = Path(decode(line)["run"])
    except (BadMessage, KeyError, TypeError) as problem:
        print(f"expected a run folder: {problem}", file=sys.stderr)
        return 2
    if not folder.is_dir():
        print(f"There is no run folder {folder}.", file=sys.stderr)
        return 2
    let_go(folder)
    from app.training.worker import run

    return run(folder)


def let_go(folder: Path) -> None:
    """Write to the run's own log from now on, and read from nothing."""
    sys.stdout.flush()
    sys.stderr.flush()
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(nothing)
    os.close(log)
