"""All safe fixes at once on every broken graph of the corpus: what must hold whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.curing import cure
from graph_editor.checking.safety import KEPT, errors_of
from graph_editor.document.edits import keys_of
from graph_editor.document.model import NodeId, OutPort, Project
from tests.checking.drawings import judged
from tests.corpus.broken import Broken, corpus, verdict_of
from tests.corpus.form import BATCH
from tests.corpus.real import losses_of_a_step, stops

EVERY = 16
"""Of so many cases one is in the default tier; the slow tier has them all."""
SHARE = 4
"""Of so many cases one is counted: fewer say too little of how many are cured."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Run torch on one thread: such small tensors would wait for the others most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


CASES = [
    pytest.param(case, id=case.name, marks=() if at % EVERY == 0 else pytest.mark.slow)
    for at, case in enumerate(corpus())
]


def reaches(project: Project, key: str, start: OutPort, wanted: OutPort, old: Project) -> bool:
    """Whether an output is another one, handed on through nodes that were not there before."""
    if start == wanted:
        return True
    if start.node in old.block(key).graph.nodes:
        return False
    wires = project.block(key).graph.wires
    return any(
        reaches(project, key, source, wanted, old)
        for target, source in wires.items()
        if target.node == start.node
    )


def kept(project: Project) -> dict[tuple[str, NodeId], object]:
    """Return all data, losses, metrics, optimizers and schedules of a project."""
    lookup = specs_of(project)
    return {
        (key, node): held
        for key in keys_of(project)
        for node, held in project.block(key).graph.nodes.items()
        if family_of(lookup(held.spec), held.kind) in KEPT
    }


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_lost_and_nothing_gets_worse(case: Broken) -> None:
    before, first = case.project, verdict_of(case)
    done = cure(before, judged)
    after = done.project
    assert errors_of(done.verdict) <= errors_of(first)
    assert kept(after) == kept(before)
    assert after.run == before.run
    for key in keys_of(before):
        old, new = before.block(key).graph, after.block(key).graph
        assert new.nodes.keys() >= old.nodes.keys()
        for target, source in old.wires.items():
            assert reaches(after, key, new.wires[target], source, before)
    reported = {(d.code, d.node) for d in judged(after).diagnostics}
    assert {(each.problem.code, each.problem.node) for each in done.left} == reported
    assert all(each.reason for each in done.left)
    for step in done.steps:
        assert (step.problem.code, step.problem.node) not in reported
    if done.steps and case.learns and not errors_of(done.verdict):
        said = after.run.get("batch_size")
        batch = said if isinstance(said, int) else BATCH
        assert stops(after, batch) == ()
        for optimizer, (one, two) in losses_of_a_step(after, batch).items():
            assert two < one, f"{optimizer}: {one} to {two}"


@pytest.mark.slow
def test_most_errors_with_a_fix_are_cured_at_once() -> None:
    """What is not safe is the smaller part; without this, nothing at all might ever be safe."""
    some = [
        case for at, case in enumerate(corpus()) if at % SHARE == 0 and verdict_of(case).has_errors
    ]
    done = [cure(case.project, judged) for case in some]
    cured = sum(bool(each.steps) for each in done)
    assert cured * 2 > len(some)
