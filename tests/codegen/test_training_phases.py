"""Several optimizers in one step, and modules beside the model: held to loops written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import Project
from tests.codegen.training_projects import Recorder, imported

PROJECTS = Path(__file__).resolve().parents[1] / "projects"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def sample(name: str) -> Project:
    return load(PROJECTS / f"{name}.netwright").project


def written(drawn: Project) -> Written:
    verdict = Judge().judge(drawn)
    assert not verdict.has_errors, verdict.diagnostics
    return generate(drawn, specs_of(drawn), verdict)


def trained(
    files: Written, steps: int, **settings: Any
) -> tuple[Recorder, dict[str, torch.Tensor]]:
    """Return what a training reported up to a step, and the weights that it returned."""
    recorder = Recorder(steps)
    with imported(files) as train:
        model = train.train(train.Settings(**{"epochs": 1, **settings}), recorder)
    return recorder, model.state_dict()


class ByHand:
    """The frame of a loop by hand: data, seeds and batches as every training script has them."""

    def __init__(self, files: Written, build: Callable[[ModuleType], Mapping[str, nn.Module]]):
        torch.manual_seed(0)
        torch.set_num_threads(1)
        with imported(files):
            import data  # type: ignore[import-not-found]  # the generated file
            import model  # type: ignore[import-not-found]  # the generated file
        self.tensors = data.load_data(0)[0]
        self.parts = build(model)

    def batches(self, steps: int) -> Iterator[list[torch.Tensor]]:
        count = len(self.tensors[0])
        order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
        for batch in torch.split(order, 64)[:steps]:
            yield [tensor[batch] for tensor in self.tensors]

    def assert_equals(self, state: Mapping[str, torch.Tensor]) -> None:
        whole = {
            f"{n}.{k}" if n else k: v
            for n, m in self.parts.items()
            for k, v in m.state_dict().items()
        }
        assert set(whole) == set(state)
        for key, value in whole.items():
            assert torch.equal(value, state[key]), key


def test_the_gan_trains_bit_for_bit_as_a_loop_by_hand() -> None:
    files = written(sample("gan"))
    recorder, state = trained(files, 3)
    hand = ByHand(files, lambda m: {"critic": m.Critic(), "generator": m.Generator()})
    critic, generator = hand.parts["critic"], hand.parts["generator"]
    first = torch.optim.Adam(critic.parameters(), lr=2e-4, betas=(0.5, 0.999))
    second = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    score, losses = nn.functional.binary_cross_entropy_with_logits, []
    for image, _ in hand.batches(3):
        real = critic(image)
        on_real = score(real, torch.ones_like(real))
        drawn = generator(torch.randn(len(image), 16))
        fake = critic(drawn.detach())
        loss = on_real + score(fake, torch.zeros_like(fake))
        first.zero_grad()
        loss.backward()
        first.step()
        new = critic(drawn)
        second_loss = score(new, torch.ones_like(new))
        second.zero_grad()
        second_loss.backward()
        second.step()
        losses.append((loss.item(), second_loss.item()))
    hand.assert_equals(state)
    told = [(e["train_critic_loss"], e["train_generator_loss"]) for e in recorder.events]
    assert told == losses
    assert [e["train_loss"] for e in recorder.events] == [
        (torch.tensor(a) + torch.tensor(b)).item() for a, b in losses
    ]


def test_phases_with_moving_weights_accumulation_and_turns_equal_a_loop_by_hand() -> None:
    files = written(sample("losses_and_phases"))
    _, state = trained(files, 8, epochs=3)
    hand = ByHand(files, lambda m: {"": m.LossesAndPhases()})
    model: Any = hand.parts[""]
    with imported(files) as train:
        text = files.files["train.py"].text
        assert train.Settings().linear2_every == 4
    rest = [p for p in model.parameters() if p.shape[0] != 64]
    side = [p for p in model.parameters() if p.shape[0] == 64]
    assert (len(rest), len(side)) == (4, 2)
    first, second = torch.optim.AdamW(rest, lr=2e-3), torch.optim.SGD(side, lr=0.05)
    for step, (image, label) in enumerate(hand.batches(8), 1):
        logits, rebuilt = model(image)
        right = nn.functional.cross_entropy(logits, label)
        near = nn.functional.mse_loss(rebuilt, image.flatten(1))
        loss = (1.0 - 1 / 3) * right + 0.1 * min(1, step / 100) * near
        for weight, gradient in zip(rest, torch.autograd.grad(loss / 2, rest), strict=True):
            weight.grad = gradient if weight.grad is None else weight.grad + gradient
        if step % 2 == 0:
            nn.utils.clip_grad_norm_(rest, 1.0)
            first.step()
            first.zero_grad()
        if step % 4 == 0:
            again = nn.functional.mse_loss(model(image)[1], image.flatten(1))
            for weight, gradient in zip(side, torch.autograd.grad(again, side), strict=True):
                weight.grad = gradient
            second.step()
    hand.assert_equals(state)
    assert "backward(inputs=linear1_weights)" in text
