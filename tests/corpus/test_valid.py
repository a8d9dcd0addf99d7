"""Sound drawings full of traps: the judge says nothing of them, and torch takes them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from codegen.written import CannotWrite
from graph_editor.checking import lints
from graph_editor.checking.explain import modules_of
from graph_editor.document.files import load
from tests.corpus import (
    valid_images,
    valid_losses,
    valid_numbers,
    valid_sequences,
    valid_structure,
)
from tests.corpus.valid_sheet import BATCH, Case
from tests.corpus.valid_torch import assert_written_model_runs, judged, said
from tests.engine.eager import tries
from tests.engine.eager_run import all_stops
from tests.first_examples import FIRST_EXAMPLES

ROOMS = (valid_images, valid_sequences, valid_numbers, valid_losses, valid_structure)
CASES = [case for room in ROOMS for case in room.CASES]
LINTS = {module.CODE for module in modules_of(lints)}
NOT_WRITTEN = {
    "every_copy_is_wider_than_the_one_before": "in_features is another in every copy",
    "nothing_at_all": "no output node",
    "a_network_against_another": "no output node",
}
"""Sound drawings for which no model is written, and why not."""
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = FIRST_EXAMPLES
SAMPLES = sorted((ROOT / "tests" / "projects").glob("*.netwright"))
LINTED = {
    "digits_cnn": {"bias-before-norm"},
    "gan": {"bias-before-norm"},
    "run_settings": {"run-settings"},
    "unknown_fields": {"run-settings"},
}
"""The sample projects of which a lint has something to say, and rightly."""
WRITTEN = [case for case in CASES if case.name not in NOT_WRITTEN]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only get in each other's way."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def named(case: Case) -> str:
    return case.name


def test_there_are_enough_and_no_two_are_the_same() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({case.project() for case in CASES}) == len(CASES)


def test_they_are_of_many_specs_and_nearly_all_have_a_smaller_last_batch() -> None:
    specs = {n.spec for case in CASES for n in case.project().main.graph.nodes.values()}
    assert len(specs) >= 200
    ways = Counter(how.name for case in CASES for how in tries(case.project(), BATCH))
    assert ways["batch"] == ways["evaluation"] == len(CASES)
    assert ways["last_batch"] >= 0.9 * len(CASES)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_judge_says_nothing_at_all(case: Case) -> None:
    assert said(case.project()) == []


@pytest.mark.parametrize("case", CASES, ids=named)
def test_eager_torch_takes_it(case: Case) -> None:
    assert all_stops(case.project(), BATCH) == ()


@pytest.mark.parametrize("case", WRITTEN, ids=named)
def test_the_model_that_is_written_for_it_runs(case: Case) -> None:
    assert_written_model_runs(case.project(), BATCH)


@pytest.mark.parametrize("name", sorted(NOT_WRITTEN))
def test_what_is_not_written_is_refused_by_name(name: str) -> None:
    project = next(case for case in CASES if case.name == name).project()
    with pytest.raises(CannotWrite) as refusal:
        assert_written_model_runs(project, BATCH)
    assert NOT_WRITTEN[name] in refusal.value.feature


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_judge_says_nothing_of_the_examples(path: Path) -> None:
    assert said(load(path).project) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_example_silences_what_is_said_of_it(path: Path) -> None:
    project = load(path).project
    graphs = [block.graph for block in (project.main, *project.blocks.values())]
    assert [id_ for g in graphs for id_, node in g.nodes.items() if node.silence] == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_lints_speak_of_few_sample_projects(path: Path) -> None:
    found = {str(d.code) for d in judged(load(path).project).diagnostics}
    assert found & LINTS == LINTED.get(path.stem, set())
