"""The predicted memory of a training: its parts, against torch's own optimizers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from graph_editor.checking.training_memory import (
    in_units,
    is_frozen,
    memory_of,
    node_memory,
    states,
    training_memory,
)
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, At, FrozenMap, Node
from tests.checking.drawings import FLAT, HEAD, drawing, judged, with_node
from tests.checking.said import SOUND, staged

WEIGHTS = 4096
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adam", {}),
    ("AdamW", {}),
    ("AdamW", {"amsgrad": True}),
    ("Adamax", {}),
    ("NAdam", {}),
    ("RAdam", {}),
    ("Adagrad", {}),
    ("Adadelta", {}),
    ("ASGD", {}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("Rprop", {}),
    ("Adafactor", {}),
    ("Muon", {}),
]


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=[f"{n}{o}" for n, o in OPTIMIZERS])
def test_an_optimizer_keeps_what_is_said(name: str, options: dict[str, Any]) -> None:
    weight = torch.nn.Parameter(torch.zeros(64, 64))
    made = getattr(torch.optim, name)([weight], **{"lr": 0.1, **options})
    for _ in range(2):
        weight.grad = torch.ones_like(weight)
        made.step()
    kept = sum(v.numel() for v in made.state[weight].values() if isinstance(v, torch.Tensor))
    said = states(Node(f"optim.{name}", args=FrozenMap(options)))
    assert said * WEIGHTS == pytest.approx(kept, rel=0.05, abs=200)


def test_the_lower_end_is_the_sum_of_its_parts_and_the_upper_one_leaves_room() -> None:
    drawn = drawing(FLAT, HEAD)
    verdict = judged(drawn)
    found = training_memory(drawn, verdict)
    weights = 4 * (3072 * 10 + 10)
    assert (found.weights, found.gradients, found.optimizer) == (weights, weights, 2 * weights)
    assert found.activations == sum(verdict.activations.values()) > 4 * 16 * 3072
    assert found.gradients < found.activations
    assert found.low == 3 * weights + found.activations
    assert found.together == 4 * weights + found.activations
    most = max(verdict.passing.values())
    workspace = max(most, *verdict.activations.values())
    assert found.high == round(1.3 * (found.together + most)) + workspace


def test_what_rests_has_no_gradient_and_no_state() -> None:
    drawn = with_node(SOUND, "body", freeze=(Address("."),))
    found, free = (training_memory(d, judged(d)) for d in (drawn, SOUND))
    assert found.weights == free.weights
    assert found.gradients == 4 * 90 < free.gradients
    assert found.optimizer == 2 * found.gradients


def test_an_optimizer_keeps_only_what_it_trains() -> None:
    some = with_node(SOUND, "adam", args=FrozenMap({"trains": (At(Address("head")),)}))
    assert training_memory(some, judged(some)).optimizer == 2 * 4 * 90


@pytest.mark.parametrize(("freeze", "rests"), [((), False), (("first",), True), ((".",), True)])
def test_a_block_freezes_what_is_in_it(freeze: tuple[str, ...], rests: bool) -> None:
    drawn = staged(*freeze)
    assert is_frozen(drawn, Address("stage/first")) is rests
    assert is_frozen(drawn, Address("stage[1]/first")) is rests
    assert not is_frozen(drawn, Address("head"))


def test_the_nodes_together_are_the_whole() -> None:
    drawn = drawing(FLAT, HEAD)
    verdict = judged(drawn)
    nodes, whole = node_memory(drawn, verdict), training_memory(drawn, verdict)
    assert sum(each.together for each in nodes.values()) == whole.together
    assert sum(each.low for each in nodes.values()) >= whole.low  # not all peak at once
    assert all(each.low <= each.high <= whole.high for each in nodes.values())
    assert nodes[Address("head")].optimizer == whole.optimizer
    assert memory_of(nodes, "nowhere").high == 0


def test_a_block_is_all_that_is_in_it() -> None:
    drawn = staged()
    nodes = node_memory(drawn, judged(drawn))
    inside = [each for key, each in nodes.items() if str(key).startswith("stage")]
    found = memory_of(nodes, "stage", "stage/first")  # the second is in the first
    assert len(inside) > 1
    assert found.together == sum(each.together for each in inside) > 0
    most = max(each.passing for each in inside)
    workspace = max(most, *(each.activations for each in inside))
    assert found.high == round(1.3 * (found.together + most)) + workspace


def test_what_one_node_passes_is_needed_at_once_though_nobody_keeps_it() -> None:
    some = Verdict(
        activations=FrozenMap({Address("a"): 100}),
        passing=FrozenMap({Address("a"): 50, Address("b"): 4000, Address("c"): 4100}),
        standing=FrozenMap({Address("b"): 4000, Address("c"): 3900}),
        inner=FrozenMap({Address("b"): 1000}),
    )
    found = training_memory(SOUND, some)
    assert (found.low, found.passing, found.standing) == (4100, 4000, 4000)
    assert found.high == round(1.3 * (100 + 4000 + 1000)) + 200
    assert (found.largest, found.alone) == ("b", 4000)  # which makes what the next one reads


def test_nothing_drawn_needs_nothing() -> None:
    empty = replace(SOUND, main=replace(SOUND.main, graph=replace(SOUND.main.graph)))
    assert training_memory(empty, Verdict()).high == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (2048, "2.0 KiB"), (3 << 30, "3.0 GiB")],
)
def test_bytes_are_told_in_units(size: int, text: str) -> None:
    assert in_units(size) == text
