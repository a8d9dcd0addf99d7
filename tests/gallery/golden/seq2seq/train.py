# Written by Netwright from "Sequence to sequence". It needs only requirements.txt; edit it freely.
"""Train SequenceToSequence on strings of digits that are to be reversed.

python train.py
python train.py --device cuda --epochs 40
"""

import argparse
import json
import math
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from data import load_data
from model import SequenceToSequence

# Called at the start, after every batch and after every epoch; returns True to ask for a stop.
Report = Callable[[dict[str, Any]], bool | None]


@dataclass
class Settings:
    """Everything that may be changed from the command line."""

    device: str = "cpu"
    threads: int = 1  # another number changes the last bits of the result
    seed: int = 0
    epochs: int = 12
    batch_size: int = 64
    lr: float = 0.005
    clip_norm: float = 1.0


def train(settings: Settings, report: Report) -> nn.Module:
    """Train a fresh model; metrics go to report as plain numbers or detached tensors."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    device = torch.device(settings.device)
    train_part, val_part = load_data(settings.seed)
    sources, so_far, targets = (tensor.to(device) for tensor in train_part)
    validation = [tensor.to(device) for tensor in val_part]
    batches = math.ceil(len(sources) / settings.batch_size)

    model = SequenceToSequence().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.epochs)
    shuffle = torch.Generator().manual_seed(settings.seed)
    state = {
        "event": "start",
        "model": model,
        "optimizer": optimizer,
        "scheduler": scheduler,
        "shuffle": shuffle,
        "batches": batches,
    }
    if report(state):
        return model

    step = 0
    for epoch in range(1, settings.epochs + 1):
        model.train()
        total = torch.zeros((), device=device)
        total_accuracy = torch.zeros((), device=device)
        order = torch.randperm(len(sources), generator=shuffle).to(device)
        for batch in torch.split(order, settings.batch_size):
            step += 1
            lr = optimizer.param_groups[0]["lr"]
            logits = model(sources[batch], so_far[batch])
            loss = criterion(logits.transpose(1, 2), targets[batch])
            total.add_(loss.detach(), alpha=len(batch))
            accuracy = (logits.argmax(dim=-1) == targets[batch]).float().mean()
            total_accuracy.add_(accuracy, alpha=len(batch))
            event = {"event": "step", "step": step, "epoch": epoch, "train_loss": loss.detach()}
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
            optimizer.step()
            optimizer.zero_grad()
            if report(event):
                return model
        result = evaluate(model, criterion, *validation)
        scheduler.step()
        event = {
            "event": "epoch",
            "epoch": epoch,
            "step": step,
            "lr": lr,
            "train_loss": total.item() / len(sources),
            "train_accuracy": total_accuracy.item() / len(sources),
            **result,
        }
        if report(event):
            return model
    return model


@torch.no_grad()
def evaluate(
    model: nn.Module,
    criterion: nn.Module,
    sources: torch.Tensor,
    so_far: torch.Tensor,
    targets: torch.Tensor,
) -> dict[str, float]:
    """Return the loss and the metrics of this data, in evaluation mode."""
    model.eval()
    logits = model(sources, so_far)
    loss = criterion(logits.transpose(1, 2), targets)
    accuracy = (logits.argmax(dim=-1) == targets).float().mean()
    return {
        "val_loss": loss.item(),
        "val_accuracy": accuracy.item(),
    }


def parse_settings() -> Settings:
    """Read the settings from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for field in fields(Settings):
        option, default = "--" + field.name.replace("_", "-"), field.default
        parser.add_argument(option, type=type(default), default=default, help=f"default {default}")
    settings = Settings(**vars(parser.parse_args()))
    for name, value in vars(settings).items():
        least = 1 if type(value) is int and name != "seed" else 0
        if not isinstance(value, str) and not least <= value < math.inf:
            parser.error(f"--{name.replace('_', '-')} is {least} or more, not {value}")
    if settings.seed >= 2**32:
        parser.error(f"--seed is less than 2**32, not {settings.seed}")
    return settings


def require_device(name: str) -> None:
    """End with the reason where a device cannot be used here."""
    try:
        torch.ones(1, device=name).item()
    except (AssertionError, RuntimeError) as error:
        sys.exit(f"--device {name} cannot be used here: {str(error).splitlines()[0]}")


def as_json(value: Any) -> Any:
    """Return what JSON can hold: a number for a tensor, and null for NaN and infinity."""
    value = value.item() if torch.is_tensor(value) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main() -> None:
    """Train with a progress bar; keep the numbers in metrics.jsonl and the weights in model.pt."""
    settings = parse_settings()
    require_device(settings.device)
    interrupted: list[int] = []
    problems: list[str] = []

    def interrupt(number: int, frame: object) -> None:
        # The first Ctrl+C ends the training after this batch, a second one at once.
        interrupted.append(number)
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGINT, interrupt)
    with Path("metrics.jsonl").open("a", buffering=1) as log, tqdm(unit="batch") as progress:

        def show(event: dict[str, Any]) -> bool:
            if event["event"] == "start":
                log.truncate(0)  # what an earlier training wrote is kept until this one begins
                progress.reset(settings.epochs * event["batches"])
                return bool(interrupted)
            numbers = {name: as_json(value) for name, value in event.items()}
            log.write(json.dumps(numbers) + "\n")
            if event["event"] == "step":
                progress.update()
            else:
                progress.set_postfix({k: v for k, v in event.items() if k.startswith("val_")})
            for name, value in numbers.items():
                if name.endswith("loss") and value is None:
                    place = f"epoch {event['epoch']}, step {event['step']}"
                    problems.append(f"{name} is not a finite number at {place}.")
            return bool(interrupted or problems)

        model = train(settings, show)
    if problems:
        sys.exit(f"{problems[0]} A smaller learning rate or scaled inputs usually cure it.")
    if not progress.n:
        sys.exit("It was ended before the first batch; nothing was written to model.pt.")
    torch.save(model.state_dict(), "model.pt")


if __name__ == "__main__":
    main()
