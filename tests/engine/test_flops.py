"""Floating point operations of every module, against torch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from app.engine.execute import call, construct
from app.engine.flops import FlopCount
from app.engine.judge import Judge
from graph_editor.checking.summary import work_unit
from graph_editor.document.model import Arg, Expr, FrozenMap, Node
from tests.checking.drawings import project
from tests.engine.test_catalogue_modules import CASES, filled, spec_of, tensor_of


@pytest.mark.slow
def test_every_module_counts_as_torch_does() -> None:
    wrong, counted = {}, 0
    for name, example in CASES:
        spec, args = spec_of(name), filled(spec_of(name), example)
        ours, torchs = FlopCount(), FlopCounterMode(display=False)
        for counter in (ours, torchs):
            target = construct(spec, args, "cpu")
            given = {port: tensor_of(value) for port, value in example.inputs.items()}
            with counter:
                call(spec, target, args, given)
        counted += ours.total > 0
        if ours.total != torchs.get_total_flops():
            wrong[name] = ours.total, torchs.get_total_flops()
    assert wrong == {}
    assert counted > 20


def test_attention_is_counted_whole() -> None:
    query = torch.zeros(6, 4, 10, 6, device="meta")
    with FlopCount() as count:
        torch.nn.functional.scaled_dot_product_attention(query, query, query, is_causal=True)
    assert count.total == 2 * (2 * 6 * 4 * 10 * 10 * 6)


@pytest.mark.parametrize(
    ("shape", "rows", "unit"),
    [((Expr("B"), 10), 1, "per sample"), ((4, 10), 4, "per pass"), ((10,), 1, "per pass")],
)
def test_a_verdict_says_whose_operations_it_counts(
    shape: tuple[Arg, ...], rows: int, unit: str
) -> None:
    nodes = {
        "x": Node("io.input", args=FrozenMap({"shape": shape})),
        "fc": Node("nn.Linear", args=FrozenMap({"in_features": 10, "out_features": 100})),
        "y": Node("io.output"),
    }
    drawn = project(nodes, {"fc.input": "x.output", "y.input": "fc.output"}, {"batch_size": 16})
    verdict = Judge().judge(drawn)
    with FlopCounterMode(display=False) as torchs:
        torch.nn.Linear(10, 100)(torch.zeros(rows, 10))
    assert sum(verdict.flops.values()) == torchs.get_total_flops()
    assert work_unit(verdict) == unit
