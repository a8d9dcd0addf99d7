"""Modules beside the model: custom code, layers that have a mode, blocks frozen in part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import loads
from graph_editor.document.model import (
    Address,
    At,
    Code,
    Expr,
    FrozenMap,
    Parameter,
    Project,
)
from tests.codegen.training_projects import SIMPLE, Drawn, Recorder, imported, project

functional: Any = nn.functional
GAN = Path(__file__).resolve().parents[1] / "projects" / "gan.netwright"
CRITIC = Code(
    """\
import torch
from torch import nn


class Critic(nn.Module):
    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.hidden = nn.Linear(64, width)
        self.score = nn.Linear(width, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.score(nn.functional.leaky_relu(self.hidden(image.flatten(1)), 0.2))
""",
    ("image",),
    ("logit",),
    (Parameter("width", "int", 64),),
)
WEIGHED = Code(
    """\
import torch
from torch import nn


class WeighedLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.spread = nn.Parameter(torch.ones(3))

    def forward(self, scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        scores = scores * self.spread if self.training else scores
        return nn.functional.cross_entropy(scores, target)
""",
    ("scores", "target"),
    ("loss",),
)
PLAIN = Code(
    "from torch import nn\n\n\nclass PlainLoss(nn.Module):\n"
    "    def forward(self, scores, target):\n"
    "        return nn.functional.cross_entropy(scores, target)\n",
    ("scores", "target"),
    ("loss",),
)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Work in a folder of its own, and give the number of threads back."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written(drawn: Project, trusted: bool = True) -> Written:
    verdict = Judge(lambda _: trusted).judge(drawn)
    assert not verdict.has_errors, verdict.diagnostics
    return generate(drawn, specs_of(drawn), verdict)


def run(files: Written, stop_after: int = 0, **settings: Any) -> tuple[Recorder, dict[str, Any]]:
    recorder = Recorder(stop_after)
    with imported(files) as train:
        model = train.train(train.Settings(**settings), recorder)
    return recorder, model.state_dict()


def gan(own: bool, **run: Any) -> Project:
    """Return the GAN of the samples, with a critic of blocks or one of custom code."""
    content = json.loads(GAN.read_text(encoding="utf-8"))
    content["run"] |= run
    if own:
        content["code"] = {
            "critic": {
                "text": CRITIC.text.split("\n"),
                "inputs": ["image"],
                "outputs": ["logit"],
                "parameters": [{"name": "width", "type": "int", "default": 64}],
            }
        }
        del content["blocks"]["critic"]
        for node in ("on_real", "on_fake", "on_new"):
            content["main"]["nodes"][node]["spec"] = "code.critic"
    return loads(json.dumps(content)).project


def test_a_critic_of_custom_code_trains_as_one_of_blocks() -> None:
    files, blocks = written(gan(own=True)), written(gan(own=False))
    text = files.files["train.py"].text
    assert "from model import Critic, Generator\n" in text
    assert "    critic = Critic().to(device)\n" in text
    assert 'nn.ModuleDict({"critic": critic, "generator": generator})' in text
    mine, theirs = run(files, 3)[1], run(blocks, 3)[1]
    assert len(mine) == len(theirs)
    assert all(torch.equal(a, b) for a, b in zip(mine.values(), theirs.values(), strict=True))
    assert set(files.state_map) == set(mine)
    assert set(blocks.state_map) == set(theirs)
    assert files.state_map["critic.hidden.weight"] == ("on_real", "hidden.weight")


def test_what_is_written_does_not_depend_on_trust() -> None:
    trusted, untrusted = (written(gan(own=True), trusted=t) for t in (True, False))
    for name, source in trusted.files.items():
        if name.endswith(".py") and name != "tests/test_model.py":
            assert untrusted.files[name].text == source.text


def with_loss(key: str, code: Code, *trains: str, **run: Any) -> Project:
    """Return the simple drawing with a class of custom code for a loss."""
    named = FrozenMap({"trains": tuple(At(Address(each)) for each in trains)} if trains else {})
    drawn = project(
        {
            **SIMPLE,
            "loss": (f"code.{key}", {}, {"scores": "logits", "target": "wine.label"}),
            "adam": ("optim.AdamW", {"lr": 0.01, **named}, {"losses[0]": "loss.loss"}),
        },
        **run,
    )
    return Project(drawn.main, code=FrozenMap({key: code}), run=drawn.run)


def test_a_loss_that_learns_is_trained_beside_the_model_and_resumed() -> None:
    files = written(with_loss("weighed_loss", WEIGHED, ".", "loss", checkpoint=2))
    text = files.files["train.py"].text
    assert "    weighed_loss = WeighedLoss().to(device)\n" in text
    assert "weights = [*model.parameters(), *weighed_loss.parameters()]" in text
    whole, state = run(files, epochs=3)
    torch.manual_seed(0)
    with imported(files) as train:
        images, labels = train.load_data(0)[0]
    model, spread = nn.Linear(13, 3), nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([*model.parameters(), spread], lr=0.01)
    shuffle = torch.Generator().manual_seed(0)
    for _ in range(3):
        order = torch.randperm(len(images), generator=shuffle)
        for batch in torch.split(order, train.Settings().batch_size):
            loss = functional.cross_entropy(model(images[batch]) * spread, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(state.values(), model.parameters(), strict=True))
    assert torch.equal(whole.start["weighed_loss"].spread, spread)
    first, rest = run(files, 4, epochs=3)[0], run(files, epochs=3, resume=True)
    assert first.events + rest[0].events == whole.events
    assert torch.equal(rest[0].start["weighed_loss"].spread, spread)


def test_a_loss_of_custom_code_without_weights_is_just_called() -> None:
    files = written(with_loss("plain_loss", PLAIN))
    assert files.files["train.py"].text.count("plain_loss.eval()") == 1
    own = run(files, epochs=2)[1]
    adam: Drawn = ("optim.AdamW", {"lr": 0.01}, {"losses[0]": "loss"})
    same = run(written(project({**SIMPLE, "adam": adam})), epochs=2)[1]
    assert all(torch.equal(a, b) for a, b in zip(own.values(), same.values(), strict=True))


def test_weights_of_custom_code_that_nothing_trains_are_refused() -> None:
    drawn = with_loss("weighed_loss", WEIGHED)
    with pytest.raises(CannotWrite, match="no optimizer trains them") as refusal:
        written(drawn)
    assert refusal.value.node == "loss"
    with pytest.raises(CannotWrite, match="not known before it is trusted") as refusal:
        written(drawn, trusted=False)
    assert "Trust it" in refusal.value.way_out


def test_a_class_that_means_something_else_in_the_script_is_refused() -> None:
    code = Code(PLAIN.text.replace("PlainLoss", "Path"), PLAIN.inputs, PLAIN.outputs)
    with pytest.raises(CannotWrite, match="a class called Path"):
        written(with_loss("path", code))


MOODY: dict[str, Drawn] = {
    **SIMPLE,
    "even": ("nn.BatchNorm1d", {"affine": False}, {"input": "wine.x"}),
    "rough": ("nn.Dropout", {"p": 0.2}, {"input": "even"}),
    "x": ("io.input", {"shape": (Expr("B"), 13)}, {"input": "rough"}),
}


def test_layers_beside_the_model_follow_the_mode() -> None:
    files = written(project(MOODY, checkpoint=2))
    whole, state = run(files, epochs=2)
    with imported(files) as train:
        images, labels = train.load_data(0)[0]
        held_out, expected = train.load_data(0)[1]
    torch.manual_seed(0)
    even, rough, model = nn.BatchNorm1d(13, affine=False), nn.Dropout(0.2), nn.Linear(13, 3)
    optimizer = torch.optim.AdamW(model.parameters())
    shuffle = torch.Generator().manual_seed(0)
    losses = []
    for _ in range(2):
        even.train()
        for batch in torch.split(torch.randperm(len(images), generator=shuffle), 64):
            loss = functional.cross_entropy(model(rough(even(images[batch]))), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        even.eval()
        losses.append(functional.cross_entropy(model(even(held_out)), expected).item())
    assert all(torch.equal(a, b) for a, b in zip(state.values(), model.parameters(), strict=True))
    assert [e["val_loss"] for e in whole.events if e["event"] == "epoch"] == losses
    first, rest = run(files, 3, epochs=2)[0], run(files, epochs=2, resume=True)[0]
    assert first.events + rest.events == whole.events


def test_parts_of_a_block_beside_the_model_rest_or_learn_alone() -> None:
    content = json.loads(GAN.read_text(encoding="utf-8"))
    nodes = content["main"]["nodes"]
    nodes["generator"]["freeze"] = ["up", "norm"]
    nodes["critic_step"]["args"]["trains"] = [{"$at": "on_real/score"}]
    files = written(loads(json.dumps(content)).project)
    text = files.files["train.py"].text
    assert "    generator.layers[0].requires_grad_(False)\n" in text
    assert "        generator.layers[1].eval()  # frozen: its statistics stay\n" in text
    assert "torch.optim.Adam(\n        critic[3].parameters()," in text
    whole, state = run(files, 3)
    torch.manual_seed(0)
    with imported(files) as train:
        images, _ = train.load_data(0)[0]
        critic, generator = train.Critic(), train.Generator()
    both = nn.ModuleDict({"critic": critic, "generator": generator})
    begun = {key: value.clone() for key, value in both.state_dict().items()}
    generator.layers[1].eval()
    for part in (*generator.layers[:2], *list(critic)[:3]):
        part.requires_grad_(False)
    kind = {"lr": 2e-4, "betas": (0.5, 0.999)}
    first = torch.optim.Adam(critic[3].parameters(), **kind)
    second = torch.optim.Adam(generator.layers[3].parameters(), **kind)
    score = functional.binary_cross_entropy_with_logits
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    for batch in torch.split(order, 64)[:3]:
        real = critic(images[batch])
        drawn = generator(torch.randn(len(batch), 16))
        fake = critic(drawn.detach())
        loss = score(real, torch.ones_like(real)) + score(fake, torch.zeros_like(fake))
        first.zero_grad()
        loss.backward()
        first.step()
        new = critic(drawn)
        second.zero_grad()
        score(new, torch.ones_like(new)).backward()
        second.step()
    after = both.state_dict()
    assert all(torch.equal(after[key], value) for key, value in state.items())
    moved = {key for key, value in state.items() if not torch.equal(begun[key], value)}
    learning = ("critic.3", "generator.layers.3")
    assert moved == {f"{place}.{part}" for place in learning for part in ("weight", "bias")}
    assert whole.events
