"""Measure what the generated train() costs beside loops that are written by hand.

Prints one JSON line per figure. ``ours`` is the CPU time in seconds from the first batch to the
last of an example's train(), called as a worker calls it with a report that does nothing.
``anchor`` is that of a loop over the same model, batches, optimizer and epochs, with the same
validation after every epoch: one tuned by hand, which indexes tensors in memory, and one as
tutorials have it, with a DataLoader over a TensorDataset and ``.item()`` in every step. Both are
run in turns; ``ratio`` is the median of the pairs' ratios. The tuned loop must come to the same
loss, bit for bit, else the comparison means nothing.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from app.engine.judge import Judge
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load

ROOT = Path(__file__).parents[1]
PAIRS = 15
EXAMPLES = {"digits_mlp": 20, "digits_cnn": 4}
"""Examples, and how many epochs make a run long enough to be timed."""
Timed = tuple[float, float]
"""CPU time, and the last validation loss."""


@contextmanager
def written(name: str) -> Iterator[tuple[Any, Any, Any]]:
    """Write an example's files, and yield its modules train, model and data."""
    project = load(ROOT / "assets" / "examples" / f"{name}.netwright").project
    files = generate(project, specs_of(project), Judge().judge(project)).files
    with tempfile.TemporaryDirectory() as folder:
        for file in ("model.py", "data.py", "train.py"):
            Path(folder, file).write_text(files[file].text, encoding="utf-8")
        sys.path.insert(0, folder)
        try:
            yield tuple(importlib.import_module(n) for n in ("train", "model", "data"))  # type: ignore[misc]  # three
        finally:
            sys.path.remove(folder)
            for module in ("train", "model", "data"):
                sys.modules.pop(module, None)


def generated(train: Any, settings: Any) -> Timed:
    """Return the CPU time and the last validation loss of the generated train()."""
    started, last = 0.0, {}

    def report(event: dict[str, Any]) -> None:
        nonlocal started, last
        if event["event"] == "start":
            started = time.process_time()
        last = event

    train.train(settings, report)
    return time.process_time() - started, last["val_loss"]


class ByHand:
    """One training as a person writes it."""

    def __init__(self, settings: Any, model: nn.Module, parts: Any) -> None:
        self.settings, self.model = settings, model
        (self.x, self.y), (self.x_val, self.y_val) = parts
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer: Any = None
        self.scheduler: Any = None

    def validate(self) -> float:
        """Return the validation loss."""
        self.model.eval()
        with torch.no_grad():
            logits = self.model(self.x_val)
            (logits.argmax(dim=1) == self.y_val).float().mean().item()
            return float(self.criterion(logits, self.y_val).item())

    def tuned(self) -> Timed:
        """Train with tensors that stay in memory and are indexed."""
        settings, model = self.settings, self.model
        shuffle = torch.Generator().manual_seed(settings.seed)
        found = 0.0
        started = time.process_time()
        for _ in range(settings.epochs):
            model.train()
            for batch in torch.split(
                torch.randperm(len(self.x), generator=shuffle), settings.batch_size
            ):
                self.criterion(model(self.x[batch]), self.y[batch]).backward()
                self.optimizer.step()
                self.optimizer.zero_grad()
            self.scheduler.step()
            found = self.validate()
        return time.process_time() - started, found

    def tutorial(self) -> Timed:
        """Train as tutorials have it."""
        loader = DataLoader(
            TensorDataset(self.x, self.y), batch_size=self.settings.batch_size, shuffle=True
        )
        found, running = 0.0, 0.0
        started = time.process_time()
        for _ in range(self.settings.epochs):
            self.model.train()
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                running += loss.item()
            self.scheduler.step()
            found = self.validate()
        return time.process_time() - started, found


def by_hand(modules: tuple[Any, Any, Any], settings: Any, *, plain: bool) -> ByHand:
    """Return a training with the example's own model and data.

    ``plain`` leaves the optimizer as its constructor makes it by default, but for the rate.
    """
    train, model, data = modules
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    parts = data.load_data(settings.seed)
    classes = [
        c for c in vars(model).values() if isinstance(c, type) and hasattr(train, c.__name__)
    ]
    made = ByHand(settings, classes[-1](), parts)
    kept: dict[str, Any] = {}
    train.train(type(settings)(epochs=1), lambda event: kept.update(event) or True)
    more = {} if plain else {"fused": kept["optimizer"].defaults.get("fused")}
    made.optimizer = torch.optim.AdamW(made.model.parameters(), lr=settings.lr, **more)
    made.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(made.optimizer, settings.epochs)
    return made


def compared(ours: Callable[[], Timed], anchor: Callable[[], Timed]) -> list[Any]:
    """Run both in turns and return the pairs."""
    ours(), anchor()  # both warm
    pairs = []
    for turn in range(PAIRS):
        first, second = (ours, anchor) if turn % 2 else (anchor, ours)
        one, other = first(), second()
        pairs.append((one, other) if turn % 2 else (other, one))
    return pairs


def figure(name: str, pairs: list[tuple[Timed, Timed]], *, goal: str, inverse: bool) -> None:
    """Print one JSON line."""
    ratios = [(a[0] / o[0]) if inverse else (o[0] / a[0]) for o, a in pairs]
    line = {
        "name": name,
        "ours": round(statistics.median(o[0] for o, _ in pairs), 3),
        "anchor": round(statistics.median(a[0] for _, a in pairs), 3),
        "ratio": round(statistics.median(ratios), 3),
        "goal": goal,
    }
    print(json.dumps(line), flush=True)


def main() -> None:
    """Print the figures of the MLP and of the CNN."""
    for name, epochs in EXAMPLES.items():
        with written(name) as modules:
            settings = modules[0].Settings(epochs=epochs)

            def ours(modules: Any = modules, settings: Any = settings) -> Timed:
                return generated(modules[0], settings)

            def tuned(modules: Any = modules, settings: Any = settings) -> Timed:
                return by_hand(modules, settings, plain=False).tuned()

            def tutorial(modules: Any = modules, settings: Any = settings) -> Timed:
                return by_hand(modules, settings, plain=True).tutorial()

            pairs = compared(ours, tuned)
            if any(mine[1] != other[1] for mine, other in pairs):
                raise SystemExit(f"{name}: the two loops come to different losses")
            figure(f"{name}, beside a tuned loop", pairs, goal="<= 1.10", inverse=False)
            if name == "digits_mlp":
                pairs = compared(ours, tutorial)
                figure(
                    f"{name}, the tutorial's loop beside ours", pairs, goal=">= 1.4", inverse=True
                )


if __name__ == "__main__":
    main()
