"""Measure what the generated train() costs beside a hand-written loop of the same training.

Prints one JSON line. ``ours`` is the CPU time in seconds from the first batch to the last of the
digits CNN's train(), called as a worker calls it with a report that does nothing; ``anchor`` is
that of a plain loop over the same model, batches and epochs, with the same validation after every
epoch. Both are run in turns; ``ratio`` is the median of the pairs' ratios and ``goal`` the largest
that is allowed. Both losses must be the same number, else the comparison means nothing.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import nn

from app.engine.judge import Judge
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load

ROOT = Path(__file__).parents[1]
PAIRS, EPOCHS, GOAL = 7, 6, 1.2


def write_example(folder: Path) -> None:
    """Write the digits CNN's files into folder and make them importable."""
    project = load(ROOT / "assets" / "examples" / "digits_cnn.netwright").project
    written = generate(project, specs_of(project), Judge().judge(project))
    for name, source in written.files.items():
        (folder / name).write_text(source.text, encoding="utf-8")
    sys.path.insert(0, str(folder))


def generated(train: Any) -> tuple[float, float]:
    """Return the CPU time and the last validation loss of the generated train()."""
    started, last = 0.0, {}

    def report(event: dict[str, Any]) -> None:
        nonlocal started, last
        if event["event"] == "start":
            started = time.process_time()
        last = event

    train.train(train.Settings(epochs=EPOCHS), report)
    return time.process_time() - started, last["val_loss"]


def by_hand(train: Any, model_class: type[nn.Module], load_data: Any) -> tuple[float, float]:
    """Return the same of a loop as a person writes it."""
    settings = train.Settings(epochs=EPOCHS)
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    (x, y), (x_val, y_val) = load_data(settings.seed)
    model = model_class()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.epochs)
    shuffle = torch.Generator().manual_seed(settings.seed)
    val_loss = 0.0
    started = time.process_time()
    for _ in range(settings.epochs):
        model.train()
        order = torch.randperm(len(x), generator=shuffle)
        for start in range(0, len(order), settings.batch_size):
            batch = order[start : start + settings.batch_size]
            loss = criterion(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        scheduler.step()
        model.eval()
        with torch.no_grad():
            logits = model(x_val)
            val_loss = criterion(logits, y_val).item()
            (logits.argmax(dim=1) == y_val).float().mean().item()
    return time.process_time() - started, val_loss


def main() -> None:
    """Print the JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        write_example(Path(folder))
        train = importlib.import_module("train")
        model_class = importlib.import_module("model").DigitsCNN
        load_data = importlib.import_module("data").load_data
        generated(train)  # both warm
        by_hand(train, model_class, load_data)
        pairs = []
        for turn in range(PAIRS):
            if turn % 2:
                anchor, ours = by_hand(train, model_class, load_data), generated(train)
            else:
                ours, anchor = generated(train), by_hand(train, model_class, load_data)
            if ours[1] != anchor[1]:
                raise SystemExit(f"the two loops differ: {ours[1]} and {anchor[1]}")
            pairs.append((ours[0], anchor[0]))
    result = {
        "name": "train_loop",
        "ours": round(statistics.median(o for o, _ in pairs), 3),
        "anchor": round(statistics.median(a for _, a in pairs), 3),
        "ratio": round(statistics.median(o / a for o, a in pairs), 3),
        "goal": GOAL,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
