"""Classes, interfaces and parameters that were edited in the text arrive in the drawing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.engine.judge import Judge
from codegen.model import write_model
from codegen.reading.merge import merge
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Project
from tests.codegen.reading.texts import SPECS, stripped
from tests.codegen.test_every_project import judged, written

RES = "digits_residual (example)"
RETURN = "return self.head(x.flatten(1))"
RELU = "self.relu = nn.ReLU()"
BLOCK = "class ResidualBlock"
SQUEEZE = """\
class Squeeze(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(channels, 4, 1)
        self.up = nn.Conv2d(4, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.sigmoid(self.up(torch.relu(self.down(x))))
        return x * y


class DigitsResidualNet"""


def merged(*changes: tuple[str, str]) -> tuple[Project, str]:
    text = written(RES).files["model.py"].text
    edited = text
    for old, new in changes:
        assert old in edited, (old, edited)
        edited = edited.replace(old, new)
    found = merge(judged(RES)[0], SPECS, text, edited)
    assert found.problems == ()
    assert found.changes
    return found.project, edited


def again(project: Project) -> str:
    return write_model(project, specs_of(project), Judge().judge(project)).source.text


def test_a_new_class_is_a_new_block() -> None:
    project, edited = merged(
        ("class DigitsResidualNet", SQUEEZE),
        ("self.head = ", "self.squeeze = Squeeze(32)\n        self.head = "),
        (RETURN, f"x = self.squeeze(x)\n        {RETURN}"),
    )  # fmt: skip
    (block,) = [b for b in project.blocks.values() if b.name == "Squeeze"]
    assert [p.name for p in block.parameters] == ["channels"]
    assert sorted(n.spec for n in block.graph.nodes.values()).count("nn.Conv2d") == 2
    text = again(project)
    assert "self.squeeze = Squeeze(32)" in text
    assert "class Squeeze(nn.Module):" in text
    assert merge(project, SPECS, text, edited).changes == ()


def test_a_class_with_another_name_is_the_same_block() -> None:
    project, edited = merged(("ResidualBlock", "Residual"))
    assert set(project.blocks) == set(judged(RES)[0].blocks)
    assert [b.name for b in project.blocks.values()] == ["Residual"]
    assert stripped(again(project)) == stripped(edited)


def test_the_main_class_with_another_name() -> None:
    project, edited = merged(("DigitsResidualNet", "SmallNet"))
    assert project.main.name == "SmallNet"
    assert stripped(again(project)) == stripped(edited)


def test_a_class_and_its_uses_can_go() -> None:
    project, _ = merged(*_without_blocks())
    assert dict(project.blocks) == {}
    assert "ResidualBlock" not in again(project)


def _without_blocks() -> list[tuple[str, str]]:
    text = written(RES).files["model.py"].text
    start, end = text.index("class ResidualBlock"), text.index("class DigitsResidualNet")
    lines = [line for line in text[end:].splitlines(keepends=True) if "ResidualBlock(" in line]
    found = [(text[start:end], ""), *((line, "") for line in dict.fromkeys(lines))]
    return [*found, ("self.residual_block(x)", "x")]


def test_an_input_more_and_an_output_more() -> None:
    project, _ = merged(
        ("def forward(self, image: torch.Tensor) -> torch.Tensor:",
         "def forward(self, image: torch.Tensor, other: torch.Tensor):"),
        ("return self.head(x.flatten(1))", "return self.head(x.flatten(1)), torch.relu(other)"),
    )  # fmt: skip
    assert len(project.main.inputs) == 2
    assert len(project.main.outputs) == 2
    first, second = project.main.inputs
    assert first in judged(RES)[0].main.inputs
    assert project.main.graph.nodes[second].name == "other"


CHANGES: list[Callable[[str], str]] = [
    lambda t: t.replace(RELU, f"{RELU}\n        self.more = nn.ReLU()"),
    lambda t: t.replace(BLOCK, f"{BLOCK}(nn.Module):\n    pass\n\n\n{BLOCK}"),
    lambda t: t.replace("ResidualBlock(16)", "ResidualBlock(16, 3)"),
    lambda t: t.replace("ResidualBlock(32)", "DigitsResidualNet()"),
    lambda t: t.replace("image: torch.Tensor", "*image"),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_no_sense_is_named_and_changes_nothing(change: Callable[[str], str]) -> None:
    project, _ = judged(RES)
    text = written(RES).files["model.py"].text
    edited = change(text)
    assert edited != text
    found = merge(project, SPECS, text, edited)
    assert found.problems
    assert found.project is project
