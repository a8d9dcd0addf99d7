# Written by Netwright from "Distillation". It needs only requirements.txt; edit it freely.
"""Train Distillation on the handwritten digits of scikit-learn.

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
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from data import load_data
from model import Distillation, Teacher

# Called at the start, after every batch and after every epoch; returns True to ask for a stop.
Report = Callable[[dict[str, Any]], bool | None]


@dataclass
class Settings:
    """Everything that may be changed from the command line."""

    device: str = "cpu"
    threads: int = 1  # another number changes the last bits of the result
    seed: int = 0
    epochs: int = 20
    batch_size: int = 64
    lr: float = 0.01


def train(settings: Settings, report: Report) -> nn.Module:
    """Train a fresh model; metrics go to report as plain numbers or detached tensors."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    device = torch.device(settings.device)
    train_part, val_part = load_data(settings.seed)
    images, labels = (tensor.to(device) for tensor in train_part)
    validation = [tensor.to(device) for tensor in val_part]
    batches = math.ceil(len(images) / settings.batch_size)

    model = Distillation().to(device)
    teacher = Teacher().to(device).requires_grad_(False).eval()
    load_weights(teacher, "weights/digits_teacher.pt")
    cross_entropy_criterion = nn.CrossEntropyLoss()
    distance_criterion = nn.KLDivLoss(reduction="batchmean", log_target=True)
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
        order = torch.randperm(len(images), generator=shuffle).to(device)
        for batch in torch.split(order, settings.batch_size):
            step += 1
            lr = optimizer.param_groups[0]["lr"]
            logits = model(images[batch])
            cross_entropy_loss = cross_entropy_criterion(logits, labels[batch])
            log_student = F.log_softmax(logits / 4.0, dim=1)
            teacher_logits = teacher(images[batch])
            log_teacher = F.log_softmax(teacher_logits / 4.0, dim=1)
            distance_loss = distance_criterion(log_student, log_teacher)
            loss = 0.3 * cross_entropy_loss + 11.2 * distance_loss
            total.add_(loss.detach(), alpha=len(batch))
            accuracy = (logits.argmax(dim=1) == labels[batch]).float().mean()
            total_accuracy.add_(accuracy, alpha=len(batch))
            event = {"event": "step", "step": step, "epoch": epoch, "train_loss": loss.detach()}
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            if report(event):
                return model
        result = evaluate(model, teacher, cross_entropy_criterion, distance_criterion, *validation)
        scheduler.step()
        event = {
            "event": "epoch",
            "epoch": epoch,
            "step": step,
            "lr": lr,
            "train_loss": total.item() / len(images),
            "train_accuracy": total_accuracy.item() / len(images),
            **result,
        }
        if report(event):
            return model
    return model


@torch.no_grad()
def evaluate(
    model: nn.Module,
    teacher: nn.Module,
    cross_entropy_criterion: nn.Module,
    distance_criterion: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
) -> dict[str, float]:
    """Return the loss and the metrics of this data, in evaluation mode."""
    model.eval()
    logits = model(images)
    cross_entropy_loss = cross_entropy_criterion(logits, labels)
    log_student = F.log_softmax(logits / 4.0, dim=1)
    teacher_logits = teacher(images)
    log_teacher = F.log_softmax(teacher_logits / 4.0, dim=1)
    distance_loss = distance_criterion(log_student, log_teacher)
    loss = 0.3 * cross_entropy_loss + 11.2 * distance_loss
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return {
        "val_loss": loss.item(),
        "val_accuracy": accuracy.item(),
    }


def load_weights(module: nn.Module, file: str) -> None:
    """Start from the weights in a file, and say which names do not fit."""
    path = Path(__file__).parent / file
    if not path.is_file():
        sys.exit(f"{path} is missing: the training starts from the weights in it.")
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        report = module.load_state_dict(weights, strict=False)
    except Exception as error:  # whatever is wrong with the file is told
        words = " ".join(f"{type(error).__name__}: {error}".split()).partition(". ")[0]
        sys.exit(f"{file} does not hold weights that fit: {words}.")
    missing, unexpected = report.missing_keys, report.unexpected_keys
    if len(missing) == len(module.state_dict()):
        sys.exit(f"{file} has none of the weights that it was chosen for.")
    print(f"{file}: {len(weights) - len(unexpected)} tensors loaded", end="")
    print(f"; missing: {', '.join(missing) or 'none'}", end="")
    print(f"; unexpected: {', '.join(unexpected) or 'none'}")


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
