"""What is written reads back to the drawing, and is written again as the same bytes."""

from __future__ import annotations

from collections import Counter

import pytest

from app.engine.judge import Judge
from codegen.model import write_model
from codegen.model_expressions import muted
from codegen.reading.isomorphism import isomorphic, pair
from codegen.reading.model import read_model
from codegen.reading.naming import main_class, with_names
from codegen.written import CannotWrite
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Project
from tests.codegen.drawings import Drawing
from tests.codegen.proof import sound
from tests.codegen.reading.texts import SPECS, dressed, formatted, stripped, written_again
from tests.codegen.test_every_project import WRITTEN, judged, written


def text_of(name: str) -> str:
    return written(name).files["model.py"].text


FIRST = (
    "block_parameters", "digits_cnn (example)", "digits_lstm (example)", "freeze", "named_sizes",
    "repeat", "resnet18", "same_as", "several_outputs", "unet", "when",
)  # fmt: skip
"""Those that are read each time; the others in the slow tier."""
PROJECTS = [
    name if name in FIRST else pytest.param(name, marks=pytest.mark.slow) for name in WRITTEN
]


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_reads_back_from_any_layout(name: str) -> None:
    project, _ = judged(name)
    text, main = text_of(name), main_class(project)
    for each in (text, stripped(text), formatted(stripped(text))):
        found = read_model(each, SPECS, main)
        assert found.problems == ()
        assert isomorphic(project, found.project) == ""
    if not has_left_overs(project):
        assert stripped(written_again(text, main)) == stripped(text)


@pytest.mark.parametrize("name", PROJECTS)
def test_what_was_read_is_written_as_the_same_bytes(name: str) -> None:
    project, _ = judged(name)
    if not main_class(project) or has_left_overs(project):
        return  # the model alone does not say what stands beside it
    text = text_of(name)
    read = with_names(read_model(stripped(text), SPECS, main_class(project)), SPECS)
    again = dressed(read, project, pair(project, read))
    verdict = Judge().judge(again)
    assert not verdict.has_errors
    found = write_model(again, specs_of(again), verdict).source.text
    if name in STIFF:
        found, text = stripped(found), stripped(text)
    assert found.partition("\n")[2] == text.partition("\n")[2]


STIFF = {"unet"}
"""Code in which a width is typed that the drawing infers: nothing shows what else hangs on it, so
that a docstring says the number."""


def has_left_overs(project: Project) -> bool:
    """Whether code has more than the model: what only a node would read that is off for good, and
    blocks that are trained beside it. Of these the model alone says nothing.
    """
    blocks = [project.main, *project.blocks.values()]
    graph = project.main.graph
    beside = regions(project.main, specs_of(project)).step
    return any(muted(node) for block in blocks for node in block.graph.nodes.values()) or any(
        graph.nodes[n].kind == "block" for n in beside
    )


def searched(first: int, count: int) -> Counter[str]:
    """Draw, write and read graphs; assert that each comes back, and count them."""
    found: Counter[str] = Counter()
    judge = Judge()
    for seed in range(first, first + count):
        project = sound(seed)
        try:
            written_ = write_model(project, specs_of(project), judge.judge(project))
        except CannotWrite:
            found["refused"] += 1
            continue
        text = stripped(written_.source.text)
        read = read_model(text, SPECS, written_.class_name)
        assert read.problems == (), f"seed {seed}: {read.problems[0].text()}"
        assert isomorphic(project, read.project) == "", f"seed {seed}"
        if not has_left_overs(project):
            assert stripped(written_again(text, written_.class_name)) == text, f"seed {seed}"
        found["same"] += 1
    return found


def test_random_graphs_read_back() -> None:
    assert searched(0, 9)["same"] > 4


@pytest.mark.slow
def test_many_random_graphs_read_back() -> None:
    assert searched(1000, 200)["same"] > 100


@pytest.mark.parametrize("said", [{"end": 6}, {"start": 2, "end": 6}, {"end": 6, "step": 2}])
def test_a_range_reads_back(said: dict[str, int]) -> None:
    drawing = Drawing().add("x", "io.input", shape=["=B", 6])
    drawing.add("p", "torch.arange", **said).add("t", "torch.sum", "p")
    drawing.add("m", "op.mul", {"input": "x", "other": "t"}).add("y", "io.output", "m")
    project = drawing.project()
    made = write_model(project, specs_of(project), Judge().judge(project))
    read = read_model(stripped(made.source.text), SPECS, made.class_name)
    assert read.problems == ()
    (node,) = [n for n in read.project.main.graph.nodes.values() if n.spec == "torch.arange"]
    assert dict(node.args) == said
