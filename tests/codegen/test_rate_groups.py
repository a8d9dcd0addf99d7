"""Parts of a model that learn at a rate of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch

from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Arg, At
from tests.codegen.training_projects import SIMPLE, Drawn, Recorder, imported, project

HEAD, BODY = At(Address("head")), At(Address("body"))
NODES: Mapping[str, Drawn] = {
    **SIMPLE,
    "body": ("nn.Linear", {"in_features": 13, "out_features": 5}, {"input": "x"}),
    "act": ("nn.ReLU", {}, {"input": "body"}),
    "head": ("nn.Linear", {"in_features": 5, "out_features": 3}, {"input": "act"}),
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written(factors: Arg, spec: str = "optim.SGD", **more: Drawn) -> Written:
    args: dict[str, Arg] = {"lr": 0.1, "lr_factors": factors}
    drawn = project({**NODES, "adam": (spec, args, {"losses[0]": "loss"}), **more})
    return generate(drawn, specs_of(drawn), Verdict())


def run(files: Written, **settings: Any) -> Recorder:
    recorder = Recorder()
    with imported(files) as train:
        train.train(train.Settings(epochs=2, batch_size=50, **settings), recorder)
    return recorder


def rates(recorder: Recorder, key: str = "lr") -> list[tuple[Any, int]]:
    """Return the rate of each group, and how many tensors it has."""
    groups = recorder.start["optimizer"].param_groups
    return [(pytest.approx(group[key]), len(group["params"])) for group in groups]


def test_a_part_learns_at_its_factor_of_the_rate() -> None:
    recorder = run(written(((BODY, 0.1),)))
    assert rates(recorder) == [(0.1, 2), (0.01, 2)]
    assert {event["lr"] for event in recorder.events if event["event"] == "epoch"} == {0.1}
    assert rates(run(written(((BODY, 0.1), (HEAD, 2.0))))) == [(0.1, 0), (0.01, 2), (0.2, 2)]
    assert rates(run(written(((BODY, HEAD, 0.5),)))) == [(0.1, 0), (0.05, 4)]
    assert rates(run(written(((BODY, 0.1),)), lr=1.0)) == [(1.0, 2), (0.1, 2)]


def test_a_factor_of_nought_holds_a_part_fast() -> None:
    recorder = run(written(((BODY, 0.0),)))
    torch.manual_seed(0)
    begun = torch.nn.Linear(13, 5)
    first, *_, last = recorder.start["model"].parameters()
    assert torch.equal(first, begun.weight)
    assert not torch.equal(last, torch.nn.Linear(5, 3).bias)


def test_without_factors_nothing_is_grouped() -> None:
    text = written(None).files["train.py"].text
    assert text == written(()).files["train.py"].text
    assert text == written(((0.5,),)).files["train.py"].text  # what it named has been deleted
    assert "param_groups: list" not in text


def test_a_schedule_moves_each_group_from_its_own_rate() -> None:
    wire = {"optimizer": "adam.optimizer"}
    cosine: Drawn = ("lr_scheduler.CosineAnnealingLR", {}, wire)
    assert rates(run(written(((BODY, 0.1),), plan=cosine)), "initial_lr") == [(0.1, 2), (0.01, 2)]
    cycle: Drawn = ("lr_scheduler.OneCycleLR", {}, wire)
    assert rates(run(written(((BODY, 0.1),), plan=cycle)), "max_lr") == [(0.1, 2), (0.01, 2)]


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        ("lr_scheduler.OneCycleLR", {"max_lr": 0.5}),
        ("lr_scheduler.CyclicLR", {"base_lr": 0.1, "max_lr": 0.5}),
    ],
)
def test_a_schedule_that_sets_one_rate_for_all_is_refused(
    spec: str, args: Mapping[str, Arg]
) -> None:
    with pytest.raises(CannotWrite, match="sets the rate itself"):
        written(((BODY, 0.1),), plan=(spec, args, {"optimizer": "adam.optimizer"}))


@pytest.mark.parametrize(
    "factors",
    [
        0.1,
        (BODY, 0.1),
        ((BODY,),),
        ((0.1, BODY),),
        ((BODY, True),),
        ((BODY, -1.0),),
        ((BODY, float("nan")),),
        (("body", 0.1),),
    ],
)
def test_what_is_no_list_of_factors_is_refused(factors: Arg) -> None:
    with pytest.raises(CannotWrite, match="no list of parts"):
        written(factors)


def test_parts_that_share_weights_are_refused() -> None:
    with pytest.raises(CannotWrite, match="share weights"):
        written(((BODY, 0.1), (At(Address("body[1]")), 0.2)))
    with pytest.raises(CannotWrite, match="gone"):
        written(((At(Address("neck")), 0.1),))
