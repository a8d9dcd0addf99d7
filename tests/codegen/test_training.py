"""Generated train.py: what its step says, what it reports, and that it equals a loop by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Arg, Expr, FrozenMap, Project
from tests.codegen.training_projects import (
    EXAMPLES,
    SIMPLE,
    B,
    Drawn,
    Recorder,
    imported,
    project,
    simple,
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written(drawn: Project, verdict: Verdict | None = None) -> Written:
    """Return the files of a drawing that leaves nothing to inference, or of a judged one."""
    return generate(drawn, specs_of(drawn), verdict or Verdict())


def run(files: Written, stop_after: int = 0, **settings: object) -> Recorder:
    recorder = Recorder(stop_after)
    with imported(files) as train:
        train.train(train.Settings(**{"epochs": 2, **settings}), recorder)
    return recorder


def step_lines(files: Written) -> list[str]:
    """Return the lines between the batch and the backward pass."""
    lines = [line.strip() for line in files.files["train.py"].text.splitlines()]
    backward = next(k for k, line in enumerate(lines) if line.startswith("loss.backward()"))
    return lines[lines.index("step += 1") + 2 : backward]


def by_hand(steps: int) -> list[float]:
    """Return the losses of a loop over the digits CNN as a person writes it."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    torch.manual_seed(0)
    torch.set_num_threads(1)
    digits = load_digits()
    rows, _ = train_test_split(
        range(len(digits.target)), test_size=0.2, random_state=0, stratify=digits.target
    )
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1)[rows] / 16
    labels = torch.tensor(digits.target)[rows]
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(512, 10),
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    losses = []
    for k in range(steps):
        batch = order[64 * k : 64 * k + 64]
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def test_the_digits_cnn_trains_bit_for_bit_as_a_loop_by_hand() -> None:
    from app.engine.judge import Judge

    drawn = load(EXAMPLES / "digits_cnn.netwright").project
    recorder = run(written(drawn, Judge().judge(drawn)), stop_after=12, epochs=20)
    assert [event["train_loss"] for event in recorder.events] == by_hand(12)


def test_events_come_as_promised() -> None:
    accuracy: Drawn = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
    cosine: Drawn = ("lr_scheduler.CosineAnnealingLR", {}, {"optimizer": "adam.optimizer"})
    recorder = run(written(simple(accuracy=accuracy, cosine=cosine)), batch_size=50)
    assert set(recorder.start) == {"event", "model", "optimizer", "scheduler", "shuffle", "batches"}
    assert recorder.start["batches"] == 3  # 142 samples
    kinds = [event["event"] for event in recorder.events]
    assert kinds == ["step", "step", "step", "epoch"] * 2
    steps = [event for event in recorder.events if event["event"] == "step"]
    assert [(e["step"], e["epoch"]) for e in steps] == [(k, 1 + (k > 3)) for k in range(1, 7)]
    first, second = (event for event in recorder.events if event["event"] == "epoch")
    assert list(first) == [
        *("event", "epoch", "step", "lr"),
        *("train_loss", "train_accuracy", "val_loss", "val_accuracy"),
    ]
    assert (first["epoch"], second["epoch"], second["step"]) == (1, 2, 6)
    assert (first["lr"], second["lr"]) == (0.001, 0.0005)
    weighted = sum(e["train_loss"] * n for e, n in zip(steps[:3], (50, 50, 42), strict=True)) / 142
    assert first["train_loss"] == pytest.approx(weighted, rel=1e-6)
    assert all(
        isinstance(value, int | float | str) for e in (first, second) for value in e.values()
    )


def test_step_events_carry_tensors_so_that_nothing_waits_for_the_device() -> None:
    kept: list[Any] = []
    with imported(written(simple())) as train:
        train.train(train.Settings(epochs=1), lambda event: kept.append(event))
    losses = [event["train_loss"] for event in kept if event["event"] == "step"]
    assert losses
    assert all(loss.shape == () and not loss.requires_grad for loss in losses)


def test_a_start_without_scheduler_says_none() -> None:
    assert set(run(written(simple())).start) == {
        "event",
        "model",
        "optimizer",
        "shuffle",
        "batches",
    }


@pytest.mark.parametrize("event", ["start", "step", "epoch"])
def test_a_report_that_says_true_stops_at_once(event: str) -> None:
    kept: list[str] = []

    def report(said: dict[str, Any]) -> bool:
        kept.append(said["event"])
        return bool(said["event"] == event)

    with imported(written(simple())) as train:
        model = train.train(train.Settings(epochs=3), report)
    assert kept[-1] == event
    assert kept.count(event) == 1
    assert isinstance(model, nn.Module)


def test_accumulated_batches_step_as_one_large_batch() -> None:
    """Two batches of 71 wines, added up, take the step that all 142 take at once."""
    sgd: dict[str, Arg] = {"lr": 0.1}
    whole = run(written(simple(adam=("optim.SGD", sgd, {"losses[0]": "loss"}))), batch_size=142)
    halves = {"lr": 0.1, "accumulate": 2}
    parts = run(written(simple(adam=("optim.SGD", halves, {"losses[0]": "loss"}))), batch_size=71)
    one, two = whole.start["model"].state_dict(), parts.start["model"].state_dict()
    for key in one:
        torch.testing.assert_close(one[key], two[key])
    assert not torch.equal(next(iter(one.values())), torch.zeros(3, 13))


def test_clipping_bounds_every_step() -> None:
    args: dict[str, Arg] = {"lr": 1.0, "clip_norm": 1e-4}
    recorder = run(written(simple(adam=("optim.SGD", args, {"losses[0]": "loss"}))), epochs=1)
    torch.manual_seed(0)
    before = nn.Linear(13, 3).state_dict()
    after = recorder.start["model"].state_dict()
    moved = torch.cat(
        [(a - b).flatten() for a, b in zip(after.values(), before.values(), strict=True)]
    )
    assert 0 < moved.norm() <= 3 * 1e-4 * 1.01  # three steps of the bound at most


def test_one_cycle_steps_every_batch_and_lasts_the_training() -> None:
    cycle: Drawn = ("lr_scheduler.OneCycleLR", {"max_lr": 0.1}, {"optimizer": "adam.optimizer"})
    recorder = run(written(simple(cycle=cycle)), epochs=3)
    assert recorder.start["scheduler"].last_epoch == 9  # 3 epochs of 3 batches
    rates = [event["lr"] for event in recorder.events if event["event"] == "epoch"]
    assert rates[0] > rates[1] > rates[2]
    assert rates[2] < 1e-4


def test_a_plateau_watches_the_validation_loss() -> None:
    plateau: Drawn = (
        "lr_scheduler.ReduceLROnPlateau",
        {"patience": 0, "factor": 0.5, "threshold": 1e9, "threshold_mode": "abs"},
        {"optimizer": "adam.optimizer"},
    )
    recorder = run(written(simple(plateau=plateau)), epochs=4)
    rates = [event["lr"] for event in recorder.events if event["event"] == "epoch"]
    assert rates == [0.001, 0.001, 0.0005, 0.00025]


STEPS: dict[str, tuple[dict[str, Drawn], list[str]]] = {
    "a loss as a function of what is drawn": (
        {
            "square": ("torch.square", {}, {"input": "logits"}),
            "loss": ("torch.mean", {}, {"input": "square"}),
        },
        ["logits = model(features[batch])", "square = torch.square(logits)"],
    ),
    "short methods stand where they are used": (
        {
            "flat_t": ("Tensor.flatten", {}, {"input": "wine.label"}),
            "flat": ("Tensor.reshape", {"args": (-1, 3)}, {"input": "logits"}),
            "loss": ("nn.CrossEntropyLoss", {}, {"input": "flat", "target": "flat_t"}),
        },
        ["criterion(logits.reshape(-1, 3), labels[batch].flatten())"],
    ),
    "two losses are added": (
        {
            "square": ("torch.square", {}, {"input": "logits"}),
            "penalty": ("torch.mean", {}, {"input": "square"}),
            "adam": ("optim.AdamW", {}, {"losses[0]": "loss", "losses[1]": "penalty"}),
        },
        ["mean = torch.mean(square)", "loss = cross_entropy_loss + mean"],
    ),
    "weights scale the losses": (
        {
            "square": ("torch.square", {}, {"input": "logits"}),
            "penalty": ("torch.mean", {}, {"input": "square"}),
            "adam": (
                "optim.AdamW",
                {"loss_weights": (1.0, 0.01)},
                {"losses[0]": "loss", "losses[1]": "penalty"},
            ),
        },
        ["loss = cross_entropy_loss + 0.01 * mean"],
    ),
}


@pytest.mark.parametrize("case", list(STEPS))
def test_what_lies_between_model_and_loss_is_in_the_step(case: str) -> None:
    nodes, words = STEPS[case]
    files = written(simple(**nodes))
    step = "\n".join(step_lines(files))
    for word in words:
        assert word in step
    recorder = run(files)
    assert recorder.events[-1]["event"] == "epoch"
    assert recorder.events[-1]["train_loss"] > 0


def test_weighted_losses_are_the_sum_that_the_drawing_says() -> None:
    nodes, _ = STEPS["weights scale the losses"]
    recorder = run(written(simple(**nodes)), stop_after=1)
    alone = run(written(simple()), stop_after=1)
    extra = recorder.events[0]["train_loss"] - alone.events[0]["train_loss"]
    assert 0 < extra < 0.1


def test_a_model_of_two_inputs_and_two_outputs() -> None:
    nodes: dict[str, Drawn] = {
        "made_up": (
            "data.random",
            {
                "samples": 40,
                "ports": FrozenMap({"left": (B, 4), "right": (B, 6), "y": (B, 1)}),
            },
            {},
        ),
        "left": ("io.input", {"shape": (B, 4)}, {"input": "made_up.left"}),
        "right": ("io.input", {"shape": (B, 6)}, {"input": "made_up.right"}),
        "join": ("torch.cat", {"dim": 1}, {"tensors[0]": "left", "tensors[1]": "right"}),
        "head": ("nn.Linear", {"in_features": 10, "out_features": 1}, {"input": "join"}),
        "back": ("nn.Linear", {"in_features": 10, "out_features": 4}, {"input": "join"}),
        "guess": ("io.output", {}, {"input": "head"}),
        "again": ("io.output", {}, {"input": "back"}),
        "fit": ("nn.MSELoss", {}, {"input": "guess", "target": "made_up.y"}),
        "redo": ("nn.MSELoss", {}, {"input": "again", "target": "left"}),
        "adam": ("optim.Adam", {"lr": 0.01}, {"losses[0]": "fit", "losses[1]": "redo"}),
        "mae": ("metric.mae", {}, {"input": "guess", "target": "made_up.y"}),
        "mse": ("metric.mse", {}, {"input": "again", "target": "left"}),
    }
    files = written(project(nodes, batch_size=8, epochs=3))
    assert "guess, again = model(left[batch], right[batch])" in step_lines(files)
    recorder = run(files, epochs=3)
    last = recorder.events[-1]
    assert last["val_mae"] > 0
    assert last["val_mse"] > 0
    assert last["val_loss"] != last["val_mse"]


def regression(lr: float, **run: Arg) -> Project:
    """Return a linear regression with every metric of its kind."""
    nodes: dict[str, Drawn] = {
        name: (f"metric.{name}", {}, {"input": "guess", "target": "patients.target"})
        for name in ("mae", "mse", "rmse", "r2")
    }
    head: dict[str, Drawn] = {
        "patients": ("data.diabetes", {}, {}),
        "x": ("io.input", {"shape": (B, 10)}, {"input": "patients.x"}),
        "head": ("nn.Linear", {"in_features": 10, "out_features": 1}, {"input": "x"}),
        "guess": ("io.output", {}, {"input": "head"}),
        "loss": ("nn.MSELoss", {}, {"input": "guess", "target": "patients.target"}),
        "sgd": ("optim.SGD", {"lr": lr}, {"losses[0]": "loss"}),
    }
    return project({**head, **nodes}, **run)


def test_every_metric_is_the_number_that_its_name_says() -> None:
    from sklearn import metrics

    files = written(regression(0.05))
    recorder = run(files, epochs=4)
    with imported(files):
        import sys

        _, (x, y) = sys.modules["data"].load_data(0)
    with torch.no_grad():
        guess = recorder.start["model"].eval()(x)
    last = recorder.events[-1]
    truth, said = y.numpy(), guess.numpy()
    assert last["val_mae"] == pytest.approx(metrics.mean_absolute_error(truth, said), rel=1e-5)
    assert last["val_mse"] == pytest.approx(metrics.mean_squared_error(truth, said), rel=1e-5)
    assert last["val_rmse"] == pytest.approx(last["val_mse"] ** 0.5, rel=1e-5)
    assert last["val_r2"] == pytest.approx(metrics.r2_score(truth, said), rel=1e-4)


def test_a_metric_of_the_training_is_the_mean_over_the_batches_as_they_came() -> None:
    """Frozen weights make every batch's numbers those of the whole part."""
    files = written(regression(0.0, batch_size=50))
    last = run(files, epochs=1).events[-1]
    assert {"train_mae", "train_mse"} <= set(last)
    assert not {"train_rmse", "train_r2"} & set(last)  # no means over samples
    assert last["train_mse"] == pytest.approx(last["train_loss"], rel=1e-6)
    assert 0 < last["train_mae"] <= last["train_mse"] ** 0.5


def test_watching_changes_no_bit_of_the_training() -> None:
    top: Drawn = ("metric.top_k_accuracy", {"k": 2}, {"input": "soft", "target": "wine.label"})
    soft: Drawn = ("nn.Softmax", {"dim": 1}, {"input": "logits"})
    accuracy: Drawn = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
    bare = run(written(simple()), batch_size=16)
    nodes = {"soft": soft, "top": top, "accuracy": accuracy}
    watched = run(written(simple(**nodes)), batch_size=16)
    losses = [[e["train_loss"] for e in r.events] for r in (bare, watched)]
    assert losses[0] == losses[1]
    assert "train_accuracy" in watched.events[-1]
    assert "train_top_k_accuracy" not in watched.events[-1]  # the step has no softmax


def test_two_metrics_of_a_kind_have_two_names() -> None:
    top: Drawn = ("metric.top_k_accuracy", {"k": 2}, {"input": "logits", "target": "wine.label"})
    all_: Drawn = ("metric.top_k_accuracy", {"k": 3}, {"input": "logits", "target": "wine.label"})
    last = run(written(simple(top=top, whole=all_))).events[-1]
    values = sorted([last["val_top_k_accuracy"], last["val_top_k_accuracy_2"]])
    assert values[1] == 1.0  # one of three classes is always among three


def test_settings_come_from_the_drawing_and_the_command_line_can_say_otherwise() -> None:
    adam: Drawn = ("optim.AdamW", {"lr": 0.02, "weight_decay": 0.1}, {"losses[0]": "loss"})
    files = written(project({**SIMPLE, "adam": adam}, epochs=7, batch_size=16, seed=5))
    with imported(files) as train:
        settings = train.Settings()
        assert (settings.device, settings.threads) == ("cpu", 1)
        assert (settings.epochs, settings.batch_size, settings.seed) == (7, 16, 5)
        assert (settings.lr, settings.weight_decay) == (0.02, 0.1)
        recorder = Recorder(stop_after=1)
        train.train(train.Settings(lr=0.5, weight_decay=0.25), recorder)
    group = recorder.start["optimizer"].param_groups[0]
    assert (group["lr"], group["weight_decay"]) == (0.5, 0.25)


@pytest.mark.parametrize(
    "option", ["--threads", "--epochs", "--batch-size", "--accumulate", "--checkpoint-every"]
)
@pytest.mark.parametrize("value", ["0", "-3"])
def test_a_count_below_one_is_refused_in_words(
    option: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    adam: Drawn = ("optim.Adam", {"accumulate": 2}, {"losses[0]": "loss"})
    with imported(written(project({**SIMPLE, "adam": adam}, checkpoint=5))) as train:
        monkeypatch.setattr(sys, "argv", ["train.py", option, value])
        with pytest.raises(SystemExit) as ended:
            train.parse_settings()
    assert ended.value.code == 2
    assert f"{option} is 1 or more, not {value}" in capsys.readouterr().err


def test_a_seed_may_be_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    with imported(written(simple())) as train:
        monkeypatch.setattr(sys, "argv", ["train.py", "--seed", "0", "--epochs", "1"])
        assert train.parse_settings().epochs == 1


def test_the_seed_and_only_the_seed_changes_the_curve() -> None:
    files = written(simple())
    one, again, other = run(files, seed=1), run(files, seed=1), run(files, seed=2)
    assert one.events == again.events
    assert one.events != other.events


def test_a_drawing_without_training_is_a_model_alone() -> None:
    nodes = {k: v for k, v in SIMPLE.items() if k in ("x", "head", "logits")}
    nodes["x"] = ("io.input", {"shape": (Expr("B"), 13)}, {})
    files = written(project(nodes)).files
    assert set(files) == {"model.py", "tests/test_model.py", "requirements.txt", "README.md"}
    assert files["requirements.txt"].text.endswith("torch>=2.11,<2.14\n")


def test_every_line_of_the_step_knows_its_node() -> None:
    accuracy: Drawn = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
    source = written(simple(accuracy=accuracy)).files["train.py"]
    lines = source.text.splitlines()
    assert len(lines) == len(source.lines)
    owners = {line.strip(): node for line, node in zip(lines, source.lines, strict=True)}
    assert owners["loss = criterion(logits, labels[batch])"] == "loss"
    assert owners["criterion = nn.CrossEntropyLoss()"] == "loss"
    assert owners["optimizer.step()"] == "adam"
    assert owners["logits = model(features[batch])"] == "logits"
    assert owners["accuracy = (logits.argmax(dim=1) == labels).float().mean()"] == "accuracy"
