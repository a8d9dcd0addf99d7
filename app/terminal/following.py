"""A run's progress in the terminal, with Ctrl+C as a clean stop."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from app.training.control import request
from app.training.follow import Follower
from app.training.status import RunStatus

INTERVAL = 0.1
STOPPING = "Stopping after this batch; press Ctrl+C again to leave the run to itself."
LEFT = "The run in {} stops by itself; `runs` tells how it ended."


def watch(folder: Path, *, quiet: bool = False) -> RunStatus:
    """Follow a run to its end with a bar of epochs on standard error; return its last status.

    The first Ctrl+C asks the run to stop cleanly and waits for it; a second one is passed on,
    and the run, which has a process of its own, stops by itself.
    """
    asked = False
    follower = Follower(folder)
    with tqdm(unit="epoch", disable=quiet, file=sys.stderr, dynamic_ncols=True) as bar:
        bar.set_description("starting")
        while True:
            try:
                records, status = follower.poll()
                _show(bar, records, status)
                if status.ended:
                    return status
                time.sleep(INTERVAL)
            except KeyboardInterrupt:
                if asked:
                    bar.write(LEFT.format(folder), file=sys.stderr)
                    raise
                asked = True
                request(folder, "stop")
                bar.write(STOPPING, file=sys.stderr)


def _show(bar: tqdm[Any], records: Sequence[Mapping[str, Any]], status: RunStatus) -> None:
    if status.epochs and bar.total != status.epochs:
        bar.reset(status.epochs)  # the time so far went into imports, not epochs
        bar.set_description(None)
    for record in records:
        if record.get("event") == "epoch":
            bar.update()
            shown = {k: v for k, v in record.items() if k.startswith(("train_", "val_"))}
            bar.set_postfix({k: f"{v:.4f}" for k, v in shown.items() if isinstance(v, float)})
