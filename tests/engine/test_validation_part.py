"""A validation part that is smaller than a batch is tried as a whole, as code has it."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from app.engine.judge_environment import Environment
from app.engine.symbolic import SMALL, Probe, probes
from graph_editor.document.model import FrozenMap, Project
from tests.engine.drawings import node, project
from tests.engine.eager_run import all_stops

BATCH = 4
JUDGE = Judge()


def drawn(samples: int, *layers: dict[str, Any]) -> Project:
    """Return layers over made-up data of which a fifth is for validation."""
    data = node(
        "data.random", ports={"x": ["=B", 3]}, samples=samples, split={"train": 0.8, "val": 0.2}
    )
    nodes = {"data": data, "x": node("io.input", {"input": "data.x"}, shape=["=B", 3])}
    last = "x"
    for place, layer in enumerate(layers):
        nodes[last := f"n{place}"] = {**layer, "in": {"input": f"{last}.output"}}
    return project({**nodes, "y": node("io.output", last)}, run={"batch_size": BATCH})


UNTRACKED = node("nn.BatchNorm1d", track_running_stats=False)
ONE, TWO, FOUR = 5, 10, 20
"""Of which 1, 2 and 4 are for validation."""


@pytest.mark.parametrize("samples", [ONE, TWO, FOUR])
@pytest.mark.parametrize(
    "layers",
    [
        (UNTRACKED,),
        (node("nn.BatchNorm1d"),),
        (node("Tensor.squeeze"), node("nn.Linear", out_features=2)),
        (node("op.getitem", index=1),),
        (node("op.getitem", index=3, when="=not training"),),
        (node("Tensor.reshape", args=[2, -1]),),
    ],
    ids=lambda layers: "-".join(layer["spec"] for layer in layers),
)
def test_it_stops_where_torch_does(layers: tuple[dict[str, Any], ...], samples: int) -> None:
    asked = drawn(samples, *layers)
    verdict, stops = JUDGE.judge(asked, fixes=False), all_stops(asked, BATCH)
    assert verdict.has_errors == bool(stops), (verdict.diagnostics, stops)
    if stops:
        assert verdict.stop == stops[0].node


def test_a_norm_without_statistics_of_its_own_is_told_and_cured() -> None:
    asked = drawn(ONE, UNTRACKED)
    (found,) = [d for d in JUDGE.judge(asked).diagnostics if d.severity == "error"]
    assert found.code == "batch-of-one"
    assert "The validation part" in found.message
    assert "1×3" in found.message
    assert found.fixes[0].title == "Set track_running_stats to True"


def test_other_words_say_that_it_is_the_validation_part() -> None:
    asked = drawn(ONE, node("op.getitem", index=3, when="=not training"))
    (found,) = [d for d in JUDGE.judge(asked, fixes=False).diagnostics if d.severity == "error"]
    assert "the whole validation part" in found.message


def test_no_try_is_made_for_one_of_a_whole_batch() -> None:
    def sizes(samples: int) -> list[int]:
        environment = Environment.of(drawn(samples, UNTRACKED), None, None, SMALL)
        return [] if environment.validated is None else [environment.validated]

    assert [sizes(n) for n in (ONE, TWO, FOUR, 200)] == [[1], [2], [], []]


def test_it_is_tried_in_evaluation_alone() -> None:
    found = [p for p in probes({"B": 4}, 2, (), 1) if p.name == "validation"]
    assert found == [Probe("validation", FrozenMap({"B": 1}), False)]
