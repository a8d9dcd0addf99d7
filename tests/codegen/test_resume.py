"""What a training may not go on with is refused in one line that says the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import torch

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg, Expr, FrozenMap
from tests.codegen.training_projects import SIMPLE, Drawn, Recorder, imported, project

ADAM = {"optimizer": "adam.optimizer"}
LOSS = {"losses[0]": "loss"}
COSINE: Drawn = ("lr_scheduler.CosineAnnealingLR", {}, ADAM)
LASTING: dict[str, dict[str, Drawn]] = {
    "a schedule that ends with the training": {"plan": COSINE},
    "a cycle over all steps": {"plan": ("lr_scheduler.OneCycleLR", {"max_lr": 0.1}, ADAM)},
    "a formula over the epochs": {
        "plan": ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("1 - epoch / epochs")}, ADAM)
    },
    "a loss that grows until the end": {
        "adam": ("optim.AdamW", {"loss_weights": (Expr("epoch / epochs"),)}, LOSS)
    },
}
"""Trainings whose course depends on how many epochs there are."""
STEADY: dict[str, dict[str, Drawn]] = {
    "no schedule": {},
    "a schedule of a length of its own": {
        "plan": ("lr_scheduler.StepLR", {"step_size": 1, "gamma": 0.5}, ADAM)
    },
    "a cosine of a length of its own": {
        "plan": ("lr_scheduler.CosineAnnealingLR", {"T_max": 2}, ADAM)
    },
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Train in a folder of its own, and give the number of threads back."""
    threads = torch.get_num_threads()
    monkeypatch.chdir(tmp_path)
    yield
    torch.set_num_threads(threads)


def written(nodes: Mapping[str, Drawn] = FrozenMap(), **settings: Arg) -> Written:
    drawn = project({**SIMPLE, **nodes}, checkpoint=100, batch_size=50, **settings)
    return generate(drawn, specs_of(drawn), Verdict())


def run(files: Written, stop_after: int = 0, **settings: object) -> Recorder:
    recorder = Recorder(stop_after)
    with imported(files) as train:
        train.train(train.Settings(**{"epochs": 2, **settings}), recorder)
    return recorder


def refusal(files: Written, **settings: object) -> str:
    """Return what is said where a training does not go on; the checkpoint stays as it is."""
    kept = Path("checkpoint.pt").read_bytes()
    with pytest.raises(SystemExit) as refused:
        run(files, resume=True, **settings)
    assert Path("checkpoint.pt").read_bytes() == kept
    told = str(refused.value)
    assert "\n" not in told
    return told


@pytest.mark.parametrize("case", list(LASTING))
def test_epochs_stay_where_the_course_depends_on_them(case: str) -> None:
    files = written(LASTING[case])
    run(files, 2)
    assert refusal(files, epochs=4) == (
        "The course of the training depends on --epochs, which was 2 and now is 4. "
        "Go on with --epochs 2, or without --resume."
    )
    assert run(files, resume=True).events[-1]["epoch"] == 2


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")  # nothing was to be done
@pytest.mark.parametrize("case", list(STEADY))
def test_more_epochs_go_on_where_nothing_depends_on_them(case: str) -> None:
    files = written(STEADY[case])
    whole = run(files, epochs=4)
    first = run(files, epochs=2)
    rest = run(files, epochs=4, resume=True)
    assert first.events + rest.events == whole.events


ADAM_SAYS: dict[str, Arg] = {
    "weight_decay": 0.1,
    "clip_norm": 1.0,
    "accumulate": 2,
}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("seed", 0, 1),
        ("batch_size", 50, 40),
        ("lr", 0.001, 0.1),
        ("weight_decay", 0.1, 0.2),
        ("clip_norm", 1.0, 2.0),
        ("accumulate", 2, 3),
        ("ema_decay", 0.9, 0.99),
    ],
)
def test_what_changes_the_course_stays(name: str, before: float, after: float) -> None:
    files = written({"adam": ("optim.AdamW", ADAM_SAYS, LOSS)}, ema_decay=0.9)
    run(files, 2)
    option = f"--{name.replace('_', '-')}"
    assert refusal(files, **{name: after}) == (
        f"The course of the training depends on {option}, which was {before} and now is {after}. "
        f"Go on with {option} {before}, or without --resume."
    )


def test_each_optimizer_keeps_its_rate() -> None:
    nodes: dict[str, Drawn] = {
        "adam": ("optim.AdamW", {"order": 0}, LOSS),
        "sgd": ("optim.SGD", {"order": 1, "lr": 0.01}, LOSS),
    }
    files = written(nodes)
    run(files, 2)
    assert "depends on --model2-lr, which was 0.01 and" in refusal(files, model2_lr=0.5)


def test_what_does_not_change_the_course_may_be_another() -> None:
    files = written(early_stop=5)
    whole = run(files)
    first = run(files, 2)
    rest = run(files, resume=True, patience=9, checkpoint_every=1, device="cpu:0")
    assert first.events + rest.events == whole.events


@pytest.mark.parametrize("every", [1, 2, 3, 4])
def test_a_training_that_ended_early_goes_no_further(every: int) -> None:
    """Three batches are an epoch: the last checkpoint is of the end, or of a batch before it."""
    files = written({"adam": ("optim.AdamW", {"lr": 3.0}, LOSS)}, early_stop=1)
    whole = run(files, epochs=30, checkpoint_every=every)
    assert whole.events[-1]["epoch"] < 30
    rest = run(files, epochs=30, checkpoint_every=every, resume=True)
    assert rest.events == whole.events[len(whole.events) - len(rest.events) :]
    assert len(rest.events) < every + 1


def test_an_early_stop_leaves_a_checkpoint_from_which_it_can_go_on() -> None:
    files = written({"adam": ("optim.AdamW", {"lr": 3.0}, LOSS)}, early_stop=1)
    whole = run(files, epochs=30, checkpoint_every=10**6)
    assert whole.events[-1]["epoch"] < 30
    patient = run(files, epochs=30, checkpoint_every=10**6, resume=True, patience=30)
    assert patient.events[0]["epoch"] == whole.events[-1]["epoch"] + 1
    assert patient.events[-1]["epoch"] == 30


def test_a_checkpoint_of_something_else_is_told_in_one_line() -> None:
    files = written()
    run(files, 2)
    wider = {"head": ("nn.Linear", {"in_features": 13, "out_features": 4}, {"input": "x"})}
    assert refusal(written(wider)).startswith(
        "checkpoint.pt is damaged, or of another training: RuntimeError:"
    )
    assert "KeyError: 'clip_norm'" in refusal(
        written({"adam": ("optim.AdamW", {"clip_norm": 1.0}, LOSS)})
    )
    Path("checkpoint.pt").write_bytes(b"")
    assert refusal(files).startswith("checkpoint.pt is damaged, or of another training: ")


def test_as_many_processes_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    files = written(ddp=True)
    run(files, 2)
    kept = torch.load("checkpoint.pt", weights_only=True)
    kept["places"] *= 2
    torch.save(kept, "checkpoint.pt")
    assert refusal(files) == "checkpoint.pt is of 2 processes, not 1: start as many again."
