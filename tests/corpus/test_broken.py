"""Every broken graph of the corpus: who is blamed, that torch agrees, and that each fix cures.

The judge has its say first. Then eager torch runs the graph as it is, and after every fix that is
offered; where the graph is a whole training, one step has to lower its loss after each of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from app.engine.judge import Judge
from graph_editor.checking import diagnosers, lints
from graph_editor.checking.explain import modules_of
from graph_editor.document.files import apply_change
from graph_editor.document.model import Graph, InPort, OutPort, PortPath, Project
from tests.checking.drawings import errors, judged
from tests.corpus.broken import Broken, blamed, corpus, verdict_of
from tests.corpus.form import BATCH
from tests.corpus.real import losses_of_a_step, stops
from tests.engine.upstream import before

CASES = corpus()
IN_TURN = [
    pytest.param(case, id=str(case), marks=[pytest.mark.slow] if place % 3 == 2 else [])
    for place, case in enumerate(CASES)
]
"""All cases, every third of them in the slow tier."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Run torch on one thread: such small tensors would wait for the others most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("case", IN_TURN)
def test_the_fault_is_blamed_and_every_fix_cures_it_in_torch(case: Broken) -> None:
    _told_at_the_culprit(case)
    _as_torch_has_it(case)
    fixes = {fix.title: apply_change(case.project, dict(fix.patch)) for fix in blamed(case).fixes}
    assert case.fix in (fixes or {"": None}), list(fixes)
    for title, after in fixes.items():
        assert list(errors(judged(after))) == [], title
        still = [d for d in judged(after).diagnostics if (d.code, d.node) == (case.code, case.node)]
        assert still == [], title
        _keeps_what_is_no_fault(case, after)
        assert stops(after, _batch(after)) == (), title
        if case.learns:
            for optimizer, (first, second) in losses_of_a_step(after, _batch(after)).items():
                assert second < first, f"{title}: {optimizer} from {first} to {second}"


def _told_at_the_culprit(case: Broken) -> None:
    """Check node, words and grade; that one node is red; and that nothing else is said."""
    found, verdict = blamed(case), verdict_of(case)
    assert found.severity == case.severity
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert found.message.endswith((".", "?")), found.message
    others = [d for d in verdict.diagnostics if d is not found and d.code not in case.beside]
    assert [f"{d.code} at {d.node}: {d.message}" for d in others] == []
    red = [address for address, word in verdict.status.items() if word == "error"]
    known = case.severity == "error" and verdict.status.get(found.node, "unknown") != "unknown"
    assert red == ([case.node] if known else [])


def _as_torch_has_it(case: Broken) -> None:
    """Check that torch stops at an error, there or later on, and goes on at all else."""
    found = stops(case.project, _batch(case.project))
    is_error = case.severity == "error" and case.by_torch
    assert bool(found) == (is_error if case.refused is None else case.refused), found
    there = [stop.node for stop in found if stop.node]
    places = {*there, *(str(a) for node in there for a in before(case.project, node))}
    assert not places or case.node in places, f"{case.node} is not before {found}"


def _keeps_what_is_no_fault(case: Broken, after: Project) -> None:
    """Check that a fix deletes nothing, and changes neither data nor losses but the one blamed."""
    assert after.run == case.project.run or "run" in case.changes
    for key in ("main", *case.project.blocks):
        old, new = case.project.block(key).graph, after.block(key).graph
        assert not set(old.nodes) - set(new.nodes)
        for id_ in old.nodes:
            kept = old.nodes[id_].kind == "data" or old.nodes[id_].spec.endswith("Loss")
            assert not kept or id_ in case.changes or new.nodes[id_] == old.nodes[id_], id_
        for target, source in old.wires.items():
            fault = target.node == case.node or f"{target.node}.{target.port}" in case.leads
            if target.node in new.nodes and not fault:
                assert _brings(new, target, source, old), target


def _brings(new: Graph, target: InPort, source: OutPort, old: Graph) -> bool:
    """Whether an input still gets an output, at most through nodes that the fix has added."""
    now = new.wires.get(target)
    while now is not None and now != source and now.node not in old.nodes:
        now = new.wires.get(InPort(now.node, PortPath("input")))
    return now == source


def _batch(project: Project) -> int:
    said = project.run.get("batch_size")
    return said if isinstance(said, int) else BATCH


def test_the_corpus_covers_every_diagnoser_and_every_lint() -> None:
    rules = {module.CODE for room in (diagnosers, lints) for module in modules_of(room)}
    assert rules - {case.code for case in CASES} == set()
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


def test_messages_of_sizes_give_the_numbers() -> None:
    numbered = [case for case in CASES if any(c.isdigit() for piece in case.says for c in piece)]
    assert len(numbered) >= 150


def test_what_sources_say_is_that_of_the_drawing_judged_now() -> None:
    by_name = {case.name: case for case in CASES}
    first, second = by_name["places-of-another-length"], by_name["places-of-another-width"]
    judge = Judge()
    judge.judge(by_name["mlp-second-layer"].project)
    judge.judge(first.project)
    assert judge.judge(second.project).diagnostics == Judge().judge(second.project).diagnostics
