"""Every lint through the real judge: it speaks of its fault, and not of what only looks like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from graph_editor.checking import lints
from graph_editor.checking.explain import modules_of
from graph_editor.document.model import (
    BlockId,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    RuleId,
)
from tests.checking import (
    lint_cases_answers,
    lint_cases_averaged,
    lint_cases_axes,
    lint_cases_batch,
    lint_cases_changed,
    lint_cases_crossed,
    lint_cases_drawing,
    lint_cases_filled,
    lint_cases_flow,
    lint_cases_handed,
    lint_cases_heads,
    lint_cases_in_place,
    lint_cases_letters,
    lint_cases_losses,
    lint_cases_masks,
    lint_cases_negative,
    lint_cases_numbers,
    lint_cases_places,
    lint_cases_ranges,
    lint_cases_rates,
    lint_cases_reach,
    lint_cases_scaled,
    lint_cases_shares,
    lint_cases_silent,
    lint_cases_triplet,
    lint_cases_unknown,
    lint_cases_unmeant,
)
from tests.checking.drawings import FLAT, codes, cured, drawing, errors, judged, one, with_node
from tests.checking.lint_cases_losses import NUMBERS, ONE, B
from tests.checking.lint_form import Case, Near, ids
from tests.engine.eager_run import all_stops

ROOMS = (
    lint_cases_losses,
    lint_cases_drawing,
    lint_cases_flow,
    lint_cases_handed,
    lint_cases_numbers,
    lint_cases_places,
    lint_cases_ranges,
    lint_cases_rates,
    lint_cases_reach,
    lint_cases_in_place,
    lint_cases_silent,
    lint_cases_batch,
    lint_cases_unmeant,
    lint_cases_unknown,
    lint_cases_masks,
    lint_cases_axes,
    lint_cases_averaged,
    lint_cases_answers,
    lint_cases_crossed,
    lint_cases_scaled,
    lint_cases_filled,
    lint_cases_negative,
    lint_cases_triplet,
    lint_cases_letters,
    lint_cases_shares,
    lint_cases_changed,
    lint_cases_heads,
    lint_cases_places,
)
CASES = [case for room in ROOMS for case in room.CASES]
NEAR = [near for room in ROOMS for near in room.NEAR]
LEAST = 5
"""So many drawings that only look like its fault are asked of each lint."""
ALSO = {"no-such-weight": ("unknown-argument",), "run-settings": ("expression",)}
"""What some drawings have wrong beside their fault."""
OF_THE_DRAWING = (
    "no-such-weight",
    "no-meaning",
    "name-not-known",
    "unlike-follower",
    "run-settings",
    "data-split",
)
"""Faults of which torch never gets to know: a drawing that says so is not written."""
BATCH = 16
KNOWN = {module.CODE for module in modules_of(lints)}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Run torch on one thread: such small tensors would wait for the others most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_silent_fault_is_named_on_its_node(case: Case) -> None:
    found = one(judged(case.project), case.code)
    assert (found.severity, found.node) == (case.severity, case.node)
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert found.message.endswith(".")
    assert [fix.title for fix in found.fixes] == list(case.fixes)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_one_fault_is_one_message(case: Case) -> None:
    said = codes(judged(case.project))
    assert [code for code in said if code not in ALSO.get(case.code, ())] == [case.code]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_each_promised_fix_cures_without_a_new_error(case: Case) -> None:
    found = one(judged(case.project), case.code)
    for title in case.fixes:
        after = cured(case.project, found, title)
        assert case.code not in codes(after), title
        assert list(errors(after)) == [], title


@pytest.mark.parametrize("near", NEAR, ids=[f"{near[0]}-{i}" for i, near in enumerate(NEAR)])
def test_what_only_looks_like_the_fault_is_left_in_peace_by_all(near: Near) -> None:
    code, made, *others = near
    found = judged(made)
    assert code not in codes(found)
    assert {d.code for d in found.diagnostics if d.severity != "info"} == {*others}


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_warning_can_be_silenced_on_the_node_blamed_and_an_error_cannot(case: Case) -> None:
    if case.node == ".":
        return  # a fault of the whole project has no node that could silence it
    quiet = silenced(case.project, case.node, case.code)
    assert (case.code in codes(judged(quiet))) is (case.severity == "error")


def silenced(made: Project, address: str, code: str) -> Project:
    """Return the project in which the node at an address, be it in a block, is told to be quiet."""
    outer, _, inner = address.partition("/")
    if not inner:
        return with_node(made, address, silence=(RuleId(code),))
    key = BlockId(made.main.graph.nodes[NodeId(outer)].spec.partition(".")[2])
    block = Project(made.blocks[key], made.blocks)
    return made.with_block(key, silenced(block, inner, code).main)


def test_every_lint_is_shown_by_a_case() -> None:
    assert {case.code for case in CASES} == KNOWN


def test_every_lint_has_near_misses() -> None:
    near = Counter(code for code, *_ in NEAR)
    assert set(near) == KNOWN
    assert {code: count for code, count in near.items() if count < LEAST} == {}


def test_near_misses_are_taken_by_the_judge_and_by_torch() -> None:
    for code, near, *_ in NEAR:
        assert (code, list(errors(judged(near)))) == (code, [])
        assert (code, all_stops(near, BATCH)) == (code, ())


def test_a_fault_is_an_error_where_torch_stops_and_no_error_where_it_goes_on() -> None:
    for case in CASES:
        if case.code not in OF_THE_DRAWING:
            stops = all_stops(case.project, BATCH)
            is_error = case.severity == "error"  # of numbers that chance draws, some may go well
            refused = [stop for stop in stops if is_error or not stop.by_value]
            assert (case, bool(refused)) == (case, case.severity == "error")


@pytest.mark.parametrize(
    "metric", ["metric.mae", "metric.mse", "metric.rmse", "metric.r2", "metric.binary_accuracy"]
)
def test_metrics_are_not_stretched_either(metric: str) -> None:
    wrong = judged(watched(metric, **NUMBERS))
    found = [d for d in wrong.diagnostics if d.code == "target-stretched"]
    assert [d.node for d in found] == ["loss", "metric"]
    assert all(d.fixes for d in found)
    assert not codes(judged(watched(metric, y=(B, 1), **NUMBERS)))


def watched(metric: str, **options: Any) -> Project:
    """Return a drawing in which a metric reads what the loss reads."""
    made = drawing(FLAT, ONE, **options)
    graph = made.main.graph
    wires = {
        InPort(NodeId("metric"), PortPath("input")): OutPort(NodeId("out"), "output"),
        InPort(NodeId("metric"), PortPath("target")): OutPort(NodeId("data"), "y"),
    }
    nodes = graph.nodes.set(NodeId("metric"), Node(metric))
    graph = replace(graph, nodes=nodes, wires=graph.wires.merged(wires))
    return made.with_block("main", replace(made.main, graph=graph))
