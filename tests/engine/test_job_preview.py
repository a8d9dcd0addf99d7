"""Previews of data sources show what the generated data.py gives."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from app.engine.job import task
from app.engine.job_preview import describe, run
from codegen.written import CannotWrite
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


def preview(project: Project, node: str, **options: object) -> Any:
    told: list[float] = []
    message: Mapping[str, Any] = {"project": dumps(project), "node": node, **options}
    found = run(message, lambda fraction, _: told.append(fraction))
    assert told
    return found


def test_the_job_is_found_by_its_name() -> None:
    assert task("preview") is run


def test_digits_show_their_images_range_and_classes() -> None:
    project = load(EXAMPLES / "digits_cnn.netwright").project
    found = preview(project, "digits", samples=2)
    image, label = found["train"]["image"], found["train"]["label"]
    assert image["shape"] == [1437, 1, 8, 8]
    assert (image["low"], image["high"]) == (0, 1)
    assert len(image["first"]) == len(label["first"]) == 2
    assert set(label["classes"]) == set("0123456789")
    assert sum(label["classes"].values()) == 1437
    assert found["validation"]["image"]["shape"] == [360, 1, 8, 8]


def test_the_split_follows_the_seed() -> None:
    project = load(EXAMPLES / "wine.netwright").project
    first, again = preview(project, "wine"), preview(project, "wine")
    other = preview(project, "wine", seed=7)
    assert first == again
    assert first["train"]["x"]["first"] != other["train"]["x"]["first"]


def test_a_source_without_code_is_refused_by_name() -> None:
    nodes = FrozenMap({NodeId("text"): Node("data.characters")})
    with pytest.raises(CannotWrite, match=r"data\.characters"):
        preview(Project(Block(Graph(nodes), "Main")), "text")


def test_real_numbers_and_empty_tensors_have_no_classes() -> None:
    assert "classes" not in describe(torch.rand(5))
    assert "low" not in describe(torch.zeros(0, 3))
