"""A tiny project in the form that the writers give theirs, and runs made from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.training import folder as run_folder
from codegen.written import SourceText, Written
from graph_editor.document.files import dumps
from graph_editor.document.model import Address, Block, FrozenMap, Project

PROJECT = dumps(Project(Block(name="Tiny net")))
"""The text of a project in which nothing is drawn."""

MODEL = '''\
"""A net with dropout, so that the global random numbers matter."""

from torch import Tensor, nn


class Net(nn.Module):
    """Input: (B, 4). Output: (B, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x)
        return self.head(x)
'''
DATA = '''\
"""Numbers and their sums."""

import torch


def load_data(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return x (32, 4) and y (32, 1)."""
    x = torch.randn(32, 4, generator=torch.Generator().manual_seed(seed))
    return x, x.sum(dim=1, keepdim=True)
'''
TRAIN = '''\
"""Train Net; ``act`` is a Python statement that a test runs at the step ``at``."""

import argparse
import json
import time
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import nn

from data import load_data
from model import Net


@dataclass
class Settings:
    device: str = "cpu"
    threads: int = 1
    seed: int = 0
    epochs: int = 3
    batch_size: int = 8
    lr: float = 0.01
    pace: float = 0.0
    at: int = -1
    act: str = ""


def train(settings, report):
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    x, y = load_data(settings.seed)
    model = Net().to(settings.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.lr)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    shuffle = torch.Generator().manual_seed(settings.seed)
    start = {"event": "start", "model": model, "optimizer": optimizer, "scheduler": scheduler,
             "shuffle": shuffle, "batches": 5}
    if report(start):
        return model
    step = 0
    for epoch in range(1, settings.epochs + 1):
        model.train()
        for _ in range(5):
            batch = torch.randint(len(x), (settings.batch_size,), generator=shuffle)
            loss = nn.functional.mse_loss(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            time.sleep(settings.pace)
            if step == settings.at:
                exec(settings.act)
            event = {"event": "step", "step": step, "epoch": epoch, "train_loss": loss.detach()}
            if report(event):
                return model
        scheduler.step()
        model.eval()
        with torch.no_grad():
            result = nn.functional.mse_loss(model(x), y).item()
        event = {"event": "epoch", "epoch": epoch, "step": step, "lr": settings.lr,
                 "train_loss": loss.item(), "val_loss": result}
        if report(event):
            return model
    return model


def main():
    parser = argparse.ArgumentParser()
    for field in fields(Settings):
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, type=type(field.default), default=field.default)
    with Path("metrics.jsonl").open("w") as log:

        def show(event):
            if event["event"] != "start":
                plain = {k: v.item() if torch.is_tensor(v) else v for k, v in event.items()}
                log.write(json.dumps(plain) + "\\n")

        model = train(Settings(**vars(parser.parse_args())), show)
    torch.save(model.state_dict(), "model.pt")


if __name__ == "__main__":
    main()
'''
NODES = {
    "self.body = ": "body",
    "self.head = ": "head",
    "x = self.body": "body",
    "self.head(x)": "head",
}
STATE = {
    "body.0.weight": ("first", "weight"),
    "body.0.bias": ("first", "bias"),
    "head.weight": ("head", "weight"),
    "head.bias": ("head", "bias"),
}
MakeRun = Callable[..., Path]


def source(text: str) -> SourceText:
    """Return a text whose lines know their nodes, as NODES says."""
    lines = (
        next((Address(node) for part, node in NODES.items() if part in line), None)
        for line in text.splitlines()
    )
    return SourceText(text, tuple(lines))


def written(**changed: str) -> Written:
    """Return the tiny project's files; ``model=`` and so on replace one."""
    texts = {"model": MODEL, "data": DATA, "train": TRAIN} | changed
    files = {f"{name}.py": source(text) for name, text in texts.items()}
    files["requirements.txt"] = SourceText("torch>=2.11\nnot-installed-anywhere==1\n")
    return Written(
        FrozenMap(files), FrozenMap({k: (Address(node), p) for k, (node, p) in STATE.items()})
    )


@pytest.fixture(scope="module")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> MakeRun:
    """Return a function that writes a fresh run folder of the tiny project."""

    def make(*, keep_best: bool = False, changed: dict[str, str] | None = None, **settings) -> Path:
        place = tmp_path_factory.mktemp("project")
        return run_folder.create(
            written(**(changed or {})),
            PROJECT,
            {"threads": 1, **settings},
            project_file=place / "tiny net.netwright",
            keep_best=keep_best,
        )

    return make
