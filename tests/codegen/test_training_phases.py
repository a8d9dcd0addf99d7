"""Several optimizers in one step, and modules beside the model: held to loops written by hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load, loads
from graph_editor.document.model import Address, At, Hole, NodeId, Project
from tests.codegen.training_projects import SIMPLE, B, Drawn, Recorder, imported, project

functional: Any = nn.functional
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
    score = functional.binary_cross_entropy_with_logits
    losses = []
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
        right = functional.cross_entropy(logits, label)
        near = functional.mse_loss(rebuilt, image.flatten(1))
        loss = (1.0 - 1 / 3) * right + 0.1 * min(1, step / 100) * near
        for weight, gradient in zip(rest, torch.autograd.grad(loss / 2, rest), strict=True):
            weight.grad = gradient if weight.grad is None else weight.grad + gradient
        if step % 2 == 0:
            nn.utils.clip_grad_norm_(rest, 1.0)
            first.step()
            first.zero_grad()
        if step % 4 == 0:
            again = functional.mse_loss(model(image)[1], image.flatten(1))
            for weight, gradient in zip(side, torch.autograd.grad(again, side), strict=True):
                weight.grad = gradient
            second.step()
    hand.assert_equals(state)
    assert "backward(inputs=linear1_weights)" in text


def changed(name: str, change: Callable[[dict[str, Any]], None]) -> Project:
    """Return a sample project whose file is changed before it is read."""
    text = (PROJECTS / f"{name}.netwright").read_text(encoding="utf-8")
    content = json.loads(text)
    change(content)
    return loads(json.dumps(content)).project


def test_gradients_reach_no_copies_of_another_phase() -> None:
    """A block that is repeated has weights of its own, as any other has."""
    even = {
        "name": "Even",
        "inputs": ["x"],
        "outputs": ["y"],
        "nodes": {
            "x": {"spec": "io.input", "args": {"shape": ["=B", 13]}},
            "mix": {"spec": "nn.Linear", "args": {"out_features": 13}, "in": {"input": "x.output"}},
            "y": {"spec": "io.output", "in": {"input": "mix.output"}},
        },
    }
    entropy = {"input": "logits.output", "target": "wine.label"}
    losses = {"losses[0]": "loss.output"}
    nodes = {
        "wine": {"spec": "data.wine"},
        "x": {"spec": "io.input", "in": {"input": "wine.x"}},
        "deep": {"spec": "block.even", "in": {"x": "x.output"}, "repeat": {"count": 2}},
        "head": {"spec": "nn.Linear", "args": {"out_features": 3}, "in": {"input": "deep.y"}},
        "logits": {"spec": "io.output", "in": {"input": "head.output"}},
        "loss": {"spec": "nn.CrossEntropyLoss", "in": entropy},
        "low": {"spec": "optim.SGD", "args": {"trains": [{"$at": "deep"}]}, "in": losses},
        "top": {
            "spec": "optim.SGD",
            "args": {"order": 1, "trains": [{"$at": "head"}]},
            "in": losses,
        },
    }
    main = {"name": "Even", "inputs": ["x"], "outputs": ["logits"], "nodes": nodes}
    head = {"format": "netwright", "format_version": 1, "min_reader": 1}
    drawn = loads(json.dumps({**head, "blocks": {"even": even}, "main": main})).project
    text = written(drawn).files["train.py"].text
    assert text.count("backward(inputs=") == 2, text


def without_average(content: dict[str, Any]) -> None:
    del content["run"]["ema_decay"]


def test_a_teacher_follows_its_student_as_in_a_loop_by_hand() -> None:
    files = written(changed("ema_teacher", without_average))
    _, state = trained(files, 3)
    hand = ByHand(files, lambda m: {"": m.EMATeacher()})
    model: Any = hand.parts[""]
    teacher = copy.deepcopy(model.perceptron)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.002)
    for step, (image, label) in enumerate(hand.batches(3), 1):
        logits = model(image)
        with torch.no_grad():
            steady = teacher(image + torch.randn_like(image) * 0.1)
        loss = functional.cross_entropy(logits, label)
        loss = loss + min(1.0, 1 / 5) * functional.mse_loss(logits, steady)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for shadow, weight in zip(teacher.parameters(), model.parameters(), strict=True):
            shadow.data.lerp_(weight.data, 1 - min(0.996, 1 - 1 / (step + 1)))
    hand.assert_equals(state)


def test_a_hard_copy_is_taken_every_so_many_steps() -> None:
    def hard(content: dict[str, Any]) -> None:
        without_average(content)
        nodes = content["main"]["nodes"]
        nodes["teacher"]["weights"] = {"follows": "student", "every": 2}
        nodes["noisy"]["in"]["other"] = "digits.image"

    files = written(changed("ema_teacher", hard))
    assert "follow(" not in files.files["train.py"].text
    _, state = trained(files, 5)
    hand = ByHand(files, lambda m: {"": m.EMATeacher()})
    model: Any = hand.parts[""]
    teacher = copy.deepcopy(model.perceptron)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.002)
    for step, (image, label) in enumerate(hand.batches(5), 1):
        logits = model(image)
        steady = teacher(image + image).detach()
        loss = functional.cross_entropy(logits, label)
        loss = loss + 0.2 * functional.mse_loss(logits, steady)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 2 == 0:
            teacher = copy.deepcopy(model.perceptron)
    hand.assert_equals(state)


def test_a_frozen_teacher_is_called_and_left_alone() -> None:
    def fresh(content: dict[str, Any]) -> None:
        del content["main"]["nodes"]["teacher"]["weights"]

    files = written(changed("distillation", fresh))
    text = files.files["train.py"].text
    assert "Perceptron(width=256).to(device).requires_grad_(False).eval()" in text
    assert "loss.backward()" in text
    _, state = trained(files, 3)
    hand = ByHand(files, lambda m: {"": m.Distillation(), "teacher": m.Perceptron(width=256)})
    model, teacher = hand.parts[""], hand.parts["teacher"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
    for image, label in hand.batches(3):
        logits = model(image)
        mine, theirs = ((x / 4.0).log_softmax(-1) for x in (logits, teacher(image).detach()))
        far = functional.kl_div(mine, theirs, reduction="batchmean", log_target=True)
        loss = 0.3 * functional.cross_entropy(logits, label) + 11.2 * far
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    del hand.parts["teacher"]
    hand.assert_equals(state)


def test_a_variational_autoencoder_trains_as_a_loop_by_hand() -> None:
    def shown(content: dict[str, Any]) -> None:
        main = content["main"]
        main["nodes"]["code"] = {"spec": "io.output", "in": {"input": "encoder.mean"}}
        main["nodes"]["spread_out"] = {"spec": "io.output", "in": {"input": "encoder.log_var"}}
        main["outputs"] = ["rebuilt", "code", "spread_out"]

    files = written(changed("vae", shown))
    _, state = trained(files, 3)
    hand = ByHand(files, lambda m: {"": m.VAE()})
    model = hand.parts[""]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for image, _ in hand.batches(3):
        rebuilt, mean, log_var = model(image)
        near = functional.binary_cross_entropy_with_logits(rebuilt, image)
        spread = torch.mean(torch.exp(log_var) - log_var + mean * mean - 1) * 0.5
        loss = near + min(1.0, 2 / 10) * spread
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    hand.assert_equals(state)


def test_an_actor_and_a_critic_train_as_a_loop_by_hand() -> None:
    def recorded(content: dict[str, Any]) -> None:
        args = content["main"]["nodes"]["moves"]
        args["spec"] = "data.random"
        args["args"]["classes"] = {"action": 4}

    files = written(changed("actor_critic", recorded))
    _, state = trained(files, 3)
    hand = ByHand(files, lambda m: {"": m.ActorCritic()})
    model = hand.parts[""]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0007)
    for action, moves, target in hand.batches(3):
        logits, worth = model(moves)
        chances = logits.log_softmax(-1)
        chosen = chances.gather(1, action.unsqueeze(1))
        actor = -torch.mean(chosen * (target - worth).detach())
        critic = functional.mse_loss(worth, target)
        loss = actor + 0.5 * critic + 0.01 * torch.mean(chances.exp() * chances)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
    hand.assert_equals(state)


NOISY: dict[str, Drawn] = {
    "wine": ("data.wine", {}, {}),
    "count": ("Tensor.size", {"dim": 0}, {"input": "wine.x"}),
    "noise": ("torch.randn", {"size": (Hole(), 4)}, {"size[0]": "count"}),
    "z": ("io.input", {"shape": (B, 4)}, {"input": "noise"}),
    "grow": ("nn.Linear", {"out_features": 13}, {"input": "z"}),
    "made": ("io.output", {}, {"input": "grow"}),
    "loss": ("nn.MSELoss", {}, {"input": "made", "target": "wine.x"}),
    "adam": ("optim.Adam", {}, {"losses[0]": "loss"}),
}


def test_a_model_is_fed_with_noise_that_is_drawn_on_the_device() -> None:
    files = written(project(NOISY))
    text = files.files["train.py"].text
    assert "noise = torch.randn((len(batch), 4), device=device)" in text
    assert "noise = torch.randn((len(features), 4), device=features.device)" in text
    _, state = trained(files, 2)
    hand = ByHand(files, lambda m: {"": m.Small()})
    model = hand.parts[""]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for x, _ in hand.batches(2):
        loss = functional.mse_loss(model(torch.randn(len(x), 4)), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    hand.assert_equals(state)


def test_a_size_by_its_name_is_that_of_the_batch() -> None:
    noise: Drawn = ("torch.randn", {"size": (B, 4)}, {})
    without = {key: drawn for key, drawn in NOISY.items() if key != "count"}
    files = written(project({**without, "noise": noise}))
    text = files.files["train.py"].text
    assert "noise = torch.randn((len(batch), 4), device=device)" in text
    assert "noise = torch.randn((len(features), 4), device=features.device)" in text
    _, state = trained(files, 2)
    _, same = trained(written(project(NOISY)), 2)
    assert all(torch.equal(state[key], same[key]) for key in state)


def test_weights_beside_the_model_learn_if_an_optimizer_trains_them() -> None:
    drawn: dict[str, Drawn] = {
        **SIMPLE,
        "scale": ("param.tensor", {"shape": (), "init": "ones"}, {}),
        "fixed": ("const.tensor", {"value": (1.0, 2.0, 3.0)}, {}),
        "scaled": ("op.mul", {}, {"input": "logits", "other": "scale"}),
        "moved": ("op.add", {}, {"input": "scaled", "other": "fixed"}),
        "loss": ("nn.CrossEntropyLoss", {}, {"input": "moved", "target": "wine.label"}),
        "adam": ("optim.AdamW", {"trains": (At(Address("head")),)}, {"losses[0]": "loss"}),
        "sgd": ("optim.SGD", {"lr": 0.1, "trains": (At(Address("scale")),)}, {"losses[0]": "loss"}),
    }
    files = written(project(drawn))
    text = files.files["train.py"].text
    assert text.count(".backward(") == 1
    assert "weight_lr" in text  # named after what it trains
    _, state = trained(files, 2)
    hand = ByHand(files, lambda m: {"": m.Small()})
    by_hand = hand.parts[""]
    scale = nn.Parameter(torch.ones(()))
    first = torch.optim.AdamW(by_hand.parameters(), lr=0.001)
    second = torch.optim.SGD([scale], lr=0.1)
    for x, label in hand.batches(2):
        logits = by_hand(x) * scale + torch.tensor([1.0, 2.0, 3.0])
        loss: Any = functional.cross_entropy(logits, label)
        for optimizer in (first, second):
            optimizer.zero_grad()
        loss.backward()
        first.step()
        second.step()
    hand.assert_equals(state)


def beside(**more: Drawn) -> Project:
    """Return a classifier whose body rests, and a layer beside it whose scores are added."""
    drawn = project(
        {
            **SIMPLE,
            "body": ("nn.Linear", {"out_features": 13}, {"input": "x"}),
            "head": ("nn.Linear", {"out_features": 3}, {"input": "body"}),
            "other": ("nn.Linear", {"out_features": 3}, {"input": "wine.x"}),
            "sum": ("op.add", {}, {"input": "logits", "other": "other"}),
            "loss": ("nn.CrossEntropyLoss", {}, {"input": "sum", "target": "wine.label"}),
            **more,
        }
    )
    graph, body = drawn.main.graph, NodeId("body")
    nodes = graph.nodes.set(body, replace(graph.nodes[body], freeze=(Address("."),)))
    return drawn.with_block("main", replace(drawn.main, graph=replace(graph, nodes=nodes)))


def test_gradients_pass_by_what_is_frozen_and_what_another_optimizer_trains() -> None:
    args = {"lr": 0.1, "order": 1, "trains": (At(Address("other")),)}
    files = written(beside(sgd=("optim.SGD", args, {"losses[0]": "loss"})))
    _, state = trained(files, 2)
    hand = ByHand(files, lambda m: {"": m.Small(), "other": nn.Linear(13, 3)})
    model, other = hand.parts[""], hand.parts["other"]
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    assert len(learning) == 2
    first = torch.optim.AdamW(learning, lr=0.001)
    second = torch.optim.SGD(other.parameters(), lr=0.1)
    for x, label in hand.batches(2):
        loss: Any = functional.cross_entropy(model(x) + other(x).detach(), label)
        first.zero_grad()
        loss.backward()
        first.step()
        loss = functional.cross_entropy(model(x).detach() + other(x), label)
        second.zero_grad()
        loss.backward()
        second.step()
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


def test_weights_beside_the_model_that_nothing_trains_are_refused_by_name() -> None:
    with pytest.raises(CannotWrite, match="no optimizer trains") as refused:
        written(beside())
    assert refused.value.node == "other"
    cut: Drawn = ("Tensor.detach", {}, {"input": "other"})
    summed: Drawn = ("op.add", {}, {"input": "logits", "other": "cut"})
    assert "backward(inputs" not in written(beside(cut=cut, sum=summed)).files["train.py"].text
