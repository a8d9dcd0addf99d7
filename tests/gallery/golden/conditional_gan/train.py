# Written by Netwright from "Conditional GAN". It needs only requirements.txt; edit it freely.
"""Train ConditionalGAN on the handwritten digits of scikit-learn.

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
from model import Critic, Generator

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
    critic_lr: float = 0.001
    generator_lr: float = 0.001


def train(settings: Settings, report: Report) -> nn.Module:
    """Train a fresh model; metrics go to report as plain numbers or detached tensors."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    device = torch.device(settings.device)
    train_part, val_part = load_data(settings.seed)
    images, labels = (tensor.to(device) for tensor in train_part)
    validation = [tensor.to(device) for tensor in val_part]
    batches = math.ceil(len(images) / settings.batch_size)

    critic = Critic().to(device)
    generator = Generator().to(device)
    model = nn.ModuleDict({"critic": critic, "generator": generator})
    real_criterion = nn.BCEWithLogitsLoss()
    naming_criterion = nn.CrossEntropyLoss()
    critic_optimizer = torch.optim.Adam(
        critic.parameters(), lr=settings.critic_lr, betas=(0.5, 0.999)
    )
    generator_optimizer = torch.optim.Adam(
        generator.parameters(), lr=settings.generator_lr, betas=(0.5, 0.999)
    )
    shuffle = torch.Generator().manual_seed(settings.seed)
    state = {
        "event": "start",
        "model": model,
        "critic_optimizer": critic_optimizer,
        "generator_optimizer": generator_optimizer,
        "shuffle": shuffle,
        "batches": batches,
    }
    if report(state):
        return model

    step = 0
    for epoch in range(1, settings.epochs + 1):
        model.train()
        total = torch.zeros((), device=device)
        total_critic_loss = torch.zeros((), device=device)
        total_generator_loss = torch.zeros((), device=device)
        total_accuracy = torch.zeros((), device=device)
        order = torch.randperm(len(images), generator=shuffle).to(device)
        for batch in torch.split(order, settings.batch_size):
            step += 1
            critic_lr = critic_optimizer.param_groups[0]["lr"]
            generator_lr = generator_optimizer.param_groups[0]["lr"]
            on_real_logit, on_real_digit = critic(images[batch])
            real_loss = real_criterion(on_real_logit, torch.ones_like(on_real_logit))
            noise = torch.randn((len(batch), 16), device=device)
            generator_image = generator(noise, labels[batch])
            on_fake_logit, _ = critic(generator_image.detach())
            fake_loss = real_criterion(on_fake_logit, torch.zeros_like(on_fake_logit))
            naming_loss = naming_criterion(on_real_digit, labels[batch])
            critic_loss = real_loss + fake_loss + naming_loss
            critic_loss.backward()
            critic_optimizer.step()
            critic_optimizer.zero_grad()

            on_new_logit, on_new_digit = critic(generator_image)
            fooling_loss = real_criterion(on_new_logit, torch.ones_like(on_new_logit))
            drawn_as_asked_loss = naming_criterion(on_new_digit, labels[batch])
            generator_loss = fooling_loss + drawn_as_asked_loss
            generator_loss.backward(inputs=list(generator.parameters()))
            generator_optimizer.step()
            generator_optimizer.zero_grad()

            loss = critic_loss.detach() + generator_loss.detach()
            total.add_(loss, alpha=len(batch))
            total_critic_loss.add_(critic_loss.detach(), alpha=len(batch))
            total_generator_loss.add_(generator_loss.detach(), alpha=len(batch))
            accuracy = (on_new_digit.argmax(dim=1) == labels[batch]).float().mean()
            total_accuracy.add_(accuracy, alpha=len(batch))
            event = {
                "event": "step",
                "step": step,
                "epoch": epoch,
                "train_loss": loss,
                "train_critic_loss": critic_loss.detach(),
                "train_generator_loss": generator_loss.detach(),
            }
            if report(event):
                return model
        result = evaluate(critic, generator, real_criterion, naming_criterion, *validation)
        event = {
            "event": "epoch",
            "epoch": epoch,
            "step": step,
            "lr": critic_lr,
            "generator_lr": generator_lr,
            "train_loss": total.item() / len(images),
            "train_critic_loss": total_critic_loss.item() / len(images),
            "train_generator_loss": total_generator_loss.item() / len(images),
            "train_accuracy": total_accuracy.item() / len(images),
            **result,
        }
        if report(event):
            return model
    return model


@torch.no_grad()
def evaluate(
    critic: nn.Module,
    generator: nn.Module,
    real_criterion: nn.Module,
    naming_criterion: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
) -> dict[str, float]:
    """Return the loss and the metrics of this data, in evaluation mode."""
    critic.eval()
    generator.eval()
    on_real_logit, on_real_digit = critic(images)
    real_loss = real_criterion(on_real_logit, torch.ones_like(on_real_logit))
    noise = torch.randn((len(images), 16), device=images.device)
    generator_image = generator(noise, labels)
    on_fake_logit, _ = critic(generator_image.detach())
    fake_loss = real_criterion(on_fake_logit, torch.zeros_like(on_fake_logit))
    naming_loss = naming_criterion(on_real_digit, labels)
    critic_loss = real_loss + fake_loss + naming_loss
    on_new_logit, on_new_digit = critic(generator_image)
    fooling_loss = real_criterion(on_new_logit, torch.ones_like(on_new_logit))
    drawn_as_asked_loss = naming_criterion(on_new_digit, labels)
    generator_loss = fooling_loss + drawn_as_asked_loss
    accuracy = (on_new_digit.argmax(dim=1) == labels).float().mean()
    return {
        "val_loss": (critic_loss + generator_loss).item(),
        "val_critic_loss": critic_loss.item(),
        "val_generator_loss": generator_loss.item(),
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
