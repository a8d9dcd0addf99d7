"""Features of the run in train.py: each is trained with, and a training goes on bit for bit."""

from __future__ import annotations

import io
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from tqdm import tqdm

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Arg, FrozenMap, Project
from tests.codegen.training_projects import SIMPLE, Drawn, Recorder, imported, project

DROPPING: Mapping[str, Drawn] = {
    **SIMPLE,
    "drop": ("nn.Dropout", {"p": 0.3}, {"input": "x"}),
    "head": ("nn.Linear", {"in_features": 13, "out_features": 3}, {"input": "drop"}),
    "accuracy": ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"}),
}
"""A classifier that draws numbers in every batch, and counts a metric over them."""
FEATURES: dict[str, dict[str, Arg]] = {
    "bf16": {"precision": "bf16"},
    "early stop": {"early_stop": FrozenMap({"metric": "val_accuracy", "patience": 2})},
    "best": {"keep_best": True},
    "average": {"ema_decay": 0.9},
    "checkpoint": {"checkpoint": 2},
    "compile": {"compile": True},
    "processes": {"ddp": True},
}
CHEAP = [name for name in FEATURES if name != "compile"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a training write its files where nobody minds."""
    monkeypatch.chdir(tmp_path)


def written(drawn: Project) -> Written:
    return generate(drawn, specs_of(drawn), Verdict())


def run(files: Written, stop_after: int = 0, **settings: object) -> Counting:
    """Train, and stop after so many events if that is said."""
    recorder = Counting(stop_after)
    with imported(files) as train:
        chosen = train.Settings(**{"epochs": 2, "batch_size": 50, **settings})
        recorder.model = train.train(chosen, recorder).state_dict()
    return recorder


class Counting(Recorder):
    """A recorder that asks for a stop after so many events of whatever kind."""

    model: dict[str, torch.Tensor]

    def __call__(self, event: dict[str, Any]) -> bool:
        super().__call__(event)
        return event["event"] != "start" and len(self.events) == self.stop_after


def same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(ours[key], theirs[key]) for key in ours) and list(ours) == list(theirs)


@pytest.mark.parametrize("name", CHEAP)
def test_a_training_with_a_feature_learns(name: str) -> None:
    recorder = run(written(project(DROPPING, **FEATURES[name])), epochs=3)
    epochs = [event for event in recorder.events if event["event"] == "epoch"]
    assert len(epochs) == 3
    assert all(math.isfinite(event["val_loss"]) for event in epochs)


@pytest.mark.parametrize("name", ["checkpoint", "processes", "best"])
def test_a_feature_that_only_watches_changes_no_number(name: str) -> None:
    plain, other = (run(written(project(DROPPING, **x))) for x in ({}, FEATURES[name]))
    assert plain.events == other.events
    assert same(plain.model, other.model)


SCHEDULES: dict[str, dict[str, Drawn]] = {
    "no schedule": {},
    "a schedule per epoch": {
        "cosine": ("lr_scheduler.CosineAnnealingLR", {}, {"optimizer": "adam.optimizer"})
    },
    "a schedule per step": {
        "cycle": ("lr_scheduler.OneCycleLR", {"max_lr": 0.1}, {"optimizer": "adam.optimizer"})
    },
    "a plateau": {
        "plateau": (
            "lr_scheduler.ReduceLROnPlateau",
            {"patience": 0, "threshold": 1.0},
            {"optimizer": "adam.optimizer"},
        )
    },
    "accumulation": {
        "adam": ("optim.AdamW", {"accumulate": 2, "clip_norm": 1.0}, {"losses[0]": "loss"})
    },
}


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")  # nothing was to be done
@pytest.mark.parametrize("case", list(SCHEDULES))
def test_a_training_goes_on_bit_for_bit_wherever_it_was_stopped(case: str) -> None:
    stop: Arg = FrozenMap({"metric": "val_accuracy", "patience": 5})
    drawn = project(
        {**DROPPING, **SCHEDULES[case]},
        checkpoint=100,
        ema_decay=0.9,
        keep_best=True,
        early_stop=stop,
    )
    files = written(drawn)
    whole = run(files, epochs=3)
    for after in range(1, len(whole.events)):
        first = run(files, after, epochs=3)
        rest = run(files, epochs=3, resume=True)
        assert first.events + rest.events == whole.events, after
        assert same(rest.model, whole.model), after


def test_a_training_that_was_killed_goes_on_from_its_last_checkpoint() -> None:
    files = written(project(DROPPING, checkpoint=4))
    whole = run(files, epochs=3)

    class KilledError(Exception):
        pass

    def killing(event: dict[str, Any]) -> bool:
        if event["event"] == "step" and event["step"] == 6:
            raise KilledError
        return False

    with imported(files) as train, pytest.raises(KilledError):
        train.train(train.Settings(epochs=3, batch_size=50), killing)
    rest = run(files, epochs=3, resume=True)
    assert rest.start["step"] == 4
    assert rest.events == whole.events[5:]
    assert same(rest.model, whole.model)


def test_a_finished_training_is_prolonged() -> None:
    files = written(project(DROPPING, checkpoint=1000))
    whole = run(files, epochs=3)
    first = run(files, epochs=2)
    rest = run(files, epochs=3, resume=True)
    assert first.events + rest.events == whole.events
    assert run(files, epochs=2, resume=True).events == []


def test_a_loss_that_is_no_number_is_not_kept() -> None:
    run(written(project(DROPPING, checkpoint=1)), lr=math.inf, epochs=1)
    kept = torch.load("checkpoint.pt", weights_only=True)
    assert kept["places"][0]["step"] == 1  # its loss was a number; the next was none


def test_the_average_follows_the_weights_and_is_what_is_returned() -> None:
    recorder = run(written(project(SIMPLE, ema_decay=0.9)), 1)
    torch.manual_seed(0)
    begun = torch.nn.Linear(13, 3).state_dict()
    trained = recorder.start["model"].state_dict()
    for key, mean in recorder.model.items():
        start, end = begun[key.rpartition(".")[2]], trained[key]
        torch.testing.assert_close(mean, start + (end - start) * (1 - 2 / 11))


def test_the_best_weights_are_kept() -> None:
    recorder = run(written(project(SIMPLE, keep_best=True)), epochs=5, lr=5.0)
    losses = [event["val_loss"] for event in recorder.events if event["event"] == "epoch"]
    assert min(losses) < losses[-1]  # the last is not the best, or this shows nothing
    best = torch.load("best.pt", weights_only=True)
    with imported(written(project(SIMPLE))) as train:
        model = train.Small()
        model.load_state_dict(best)
        _, validation = train.load_data(0)
        found = train.evaluate(model, torch.nn.CrossEntropyLoss(), *validation)
    assert found["val_loss"] == min(losses)


def test_it_stops_early() -> None:
    stop: Arg = FrozenMap({"metric": "val_loss", "patience": 2})
    recorder = run(written(project(SIMPLE, early_stop=stop)), epochs=60, lr=5.0)
    losses = [event["val_loss"] for event in recorder.events if event["event"] == "epoch"]
    assert len(losses) < 60
    assert min(losses) == losses[-3]


def test_fp16_is_for_cuda() -> None:
    with pytest.raises(SystemExit, match="fp16 needs a CUDA device"):
        run(written(project(SIMPLE, precision="fp16")))


def test_fp16_trains_as_float32_does() -> None:
    """Torch scales on a processor, too: only what the script says of devices is taken out."""
    adam: Drawn = ("optim.AdamW", {"clip_norm": 1.0, "lr": 0.01}, {"losses[0]": "loss"})
    nodes = {**SIMPLE, "adam": adam}
    files = written(project(nodes, precision="fp16", checkpoint=100))
    text = files.files["train.py"].text
    check = text[text.index("    if device.type != ") : text.index("    train_part, val_part")]
    free = SourceText(text.replace(check, ""))
    files = replace(files, files=FrozenMap({**files.files, "train.py": free}))
    half, whole = run(files, epochs=3), run(written(project(nodes)), epochs=3)
    for one, other in zip(half.events, whole.events, strict=True):
        assert one["train_loss"] == pytest.approx(other["train_loss"], rel=0.02)
    assert half.start["scaler"].get_scale() > 1
    first, rest = run(files, 5, epochs=3), run(files, epochs=3, resume=True)
    assert first.events + rest.events == half.events


def test_fp16_scales_the_loss() -> None:
    adam: Drawn = ("optim.AdamW", {"clip_norm": 1.0}, {"losses[0]": "loss"})
    text = written(project({**SIMPLE, "adam": adam}, precision="fp16")).files["train.py"].text
    assert text.count("            scaler.scale(loss).backward()\n") == 1
    order = ["scaler.unscale_(optimizer)", "clip_grad", "scaler.step(optimizer)", "scaler.update()"]
    assert [text.index(word) for word in order] == sorted(text.index(word) for word in order)


def test_bf16_computes_the_model_in_it_and_the_loss_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    with imported(written(project(SIMPLE, precision="bf16"))) as train:
        plain = torch.nn.functional.linear

        def watching(*args: Any) -> torch.Tensor:
            result = plain(*args)
            seen.append(result.dtype)
            return result

        monkeypatch.setattr(torch.nn.functional, "linear", watching)
        kept: list[Any] = []
        train.train(train.Settings(epochs=1), lambda event: kept.append(event))
    assert set(seen) == {torch.bfloat16}
    assert {e["train_loss"].dtype for e in kept if e["event"] == "step"} == {torch.float32}
    assert not torch.is_autocast_enabled("cpu")


def test_a_loss_that_cannot_be_rounded_is_refused() -> None:
    nodes: dict[str, Drawn] = {
        **SIMPLE,
        "likely": ("torch.sigmoid", {}, {"input": "logits"}),
        "loss": ("nn.BCELoss", {}, {"input": "likely", "target": "wine.label"}),
    }
    with pytest.raises(CannotWrite, match="reduced precision"):
        written(project(nodes, precision="bf16"))


def test_ctrl_c_ends_after_the_batch_and_the_training_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By hand: the numbers on disk and the weights are those of a training that was let be."""
    files = written(project(DROPPING, checkpoint=100, epochs=3, batch_size=50))
    before = signal.getsignal(signal.SIGINT)

    class Bar(tqdm):  # type: ignore[type-arg]  # of torch's batches
        stops_at = 0

        def __init__(self, **options: Any) -> None:
            super().__init__(**options, file=io.StringIO())

        def update(self, n: float | None = 1) -> bool | None:
            done = super().update(n)
            if n == 1 and self.n == self.stops_at:
                signal.raise_signal(signal.SIGINT)
            return done

    def by_hand(*words: str, stops_at: int = 0) -> tuple[str, dict[str, torch.Tensor]]:
        monkeypatch.setattr(sys, "argv", ["train.py", *words])
        with imported(files) as train:
            Bar.stops_at = stops_at
            monkeypatch.setattr(train, "tqdm", Bar)
            try:
                train.main()
            finally:
                signal.signal(signal.SIGINT, before)
        return Path("metrics.jsonl").read_text(), torch.load("model.pt", weights_only=True)

    whole, weights = by_hand()
    for place in (2, 3, 4, 8):
        told, _ = by_hand(stops_at=place)
        assert 0 < len(told) < len(whole)
        assert whole.startswith(told)
        told, found = by_hand("--resume")
        assert told == whole
        assert same(found, weights)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method`")  # the compiler's own
def test_a_compiled_model_keeps_the_names_of_its_weights() -> None:
    plain, compiled = (run(written(project(SIMPLE, **x))) for x in ({}, {"compile": True}))
    assert list(plain.model) == list(compiled.model)
    for key in plain.model:
        torch.testing.assert_close(plain.model[key], compiled.model[key])


@pytest.mark.slow
@pytest.mark.parametrize("pair", list(combinations(CHEAP, 2)))
def test_features_go_together(pair: tuple[str, str]) -> None:
    both = {**FEATURES[pair[0]], **FEATURES[pair[1]]}
    adam: Drawn = ("optim.AdamW", {"accumulate": 2, "clip_norm": 1.0}, {"losses[0]": "loss"})
    recorder = run(written(project({**DROPPING, "adam": adam}, **both)), epochs=1)
    assert [event["event"] for event in recorder.events] == ["step"] * 3 + ["epoch"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize("name", ["ema_teacher", "gan", "losses_and_phases"])
def test_several_optimizers_go_on_bit_for_bit(name: str) -> None:
    given = load(ROOT / "tests" / "projects" / f"{name}.netwright").project
    settings: dict[str, Arg] = {
        "checkpoint": 100,
        "ema_decay": 0.9,
        "precision": "bf16",
        "ddp": True,
    }
    given = replace(given, run=FrozenMap({**given.run, **settings}))
    files = generate(given, specs_of(given), Judge().judge(given))
    whole = run(files, batch_size=300)
    for after in (1, 4, 5, 6, 7, 10):
        first = run(files, after, batch_size=300)
        rest = run(files, batch_size=300, resume=True)
        assert first.events + rest.events == whole.events, after
        assert same(rest.model, whole.model), after


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method`")
def test_all_features_go_together() -> None:
    everything = {setting: value for each in FEATURES.values() for setting, value in each.items()}
    recorder = run(written(project(DROPPING, **everything)), epochs=2)
    assert [event["event"] for event in recorder.events] == (["step"] * 3 + ["epoch"]) * 2


@pytest.mark.slow
def test_what_is_written_is_clean_in_style_and_types(tmp_path: Path) -> None:
    everything = {setting: value for each in FEATURES.values() for setting, value in each.items()}
    variants = [*FEATURES.values(), everything, {**everything, "precision": "fp16"}]
    adam: Drawn = ("optim.AdamW", {"accumulate": 2, "clip_norm": 1.0}, {"losses[0]": "loss"})
    for place, settings in enumerate(variants):
        in_folder(written(project({**DROPPING, "adam": adam}, **settings)), tmp_path / f"n{place}")
    (tmp_path / "ruff.toml").write_text(
        'line-length = 100\n[lint]\nselect = ["E", "F", "I", "UP", "B", "SIM", "D100", "D101"]\n'
        '[lint.isort]\nknown-first-party = ["data", "model", "train"]\n'
    )
    for command in (["check"], ["format", "--diff"]):
        done = started(
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--config",
            "ruff.toml",
            *[f"n{place}/train.py" for place in range(len(variants))],
        )
        assert done.returncode == 0, done.stdout
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-warn-return-any"),
            "train.py",
        ],
        cwd=tmp_path / f"n{len(variants) - 1}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def in_folder(files: Written, folder: Path) -> None:
    for name, source in files.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source.text)


def started(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("RANK", "WORLD_SIZE")}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=240, check=False, env=environment
    )


def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("metrics.jsonl").read_text().splitlines()]


def told(event: dict[str, Any], trained: bool) -> dict[str, float]:
    """Return the numbers of an event that are sums over the training, or all others."""
    return {k: v for k, v in event.items() if k != "event" and k.startswith("train_") is trained}


@pytest.mark.slow
def test_by_hand_it_says_what_it_takes_and_goes_on(tmp_path: Path) -> None:
    in_folder(written(project(DROPPING, checkpoint=2, epochs=3)), tmp_path)
    helped = started(sys.executable, "train.py", "--help")
    assert "--checkpoint-every" in helped.stdout
    assert "--resume " in helped.stdout
    refused = started(sys.executable, "train.py", "--resume")
    assert refused.returncode == 1
    assert refused.stderr == "There is no checkpoint.pt to go on from: begin without --resume.\n"
    assert started(sys.executable, "train.py").returncode == 0
    whole, model = events(), torch.load("model.pt", weights_only=True)
    assert started(sys.executable, "train.py", "--resume", "--seed", "5").returncode == 1
    assert events() == whole  # what is refused leaves the log as it is
    assert started(sys.executable, "train.py", "--epochs", "2").returncode == 0
    # the schedule of a plain training does not depend on how long it is
    assert started(sys.executable, "train.py", "--resume").returncode == 0
    assert events() == whole
    assert same(torch.load("model.pt", weights_only=True), model)


@pytest.mark.slow
def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    everything: dict[str, Arg] = {
        **FEATURES["processes"],
        **FEATURES["checkpoint"],
        **FEATURES["best"],
        **FEATURES["average"],
    }
    adam: Drawn = ("optim.AdamW", {"accumulate": 2, "clip_norm": 1.0}, {"losses[0]": "loss"})
    nodes = {k: v for k, v in DROPPING.items() if k != "drop"} | {
        "head": SIMPLE["head"],
        "adam": adam,
    }
    in_folder(written(project(nodes, **everything, epochs=3, batch_size=47)), tmp_path)
    torchrun = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
    assert started(sys.executable, "train.py").returncode == 0
    alone, model = events(), torch.load("model.pt", weights_only=True)
    done = started(*torchrun, "train.py")
    assert done.returncode == 0, done.stderr
    together = events()
    assert len(together) == len(alone)
    for one, two in zip(alone, together, strict=True):
        if one["event"] == "epoch":
            assert told(two, trained=False) == pytest.approx(told(one, trained=False), rel=1e-4)
            # the last batch has one sample, which both processes take, and count half each
            assert told(two, trained=True) == pytest.approx(told(one, trained=True), rel=1e-4)
    for key, weight in torch.load("model.pt", weights_only=True).items():
        torch.testing.assert_close(weight, model[key], rtol=1e-4, atol=1e-6)
    whole = torch.load("model.pt", weights_only=True)
    assert started(*torchrun, "train.py", "--epochs", "2").returncode == 0
    assert started(*torchrun, "train.py", "--resume").returncode == 0
    assert events() == together
    assert same(torch.load("model.pt", weights_only=True), whole)
