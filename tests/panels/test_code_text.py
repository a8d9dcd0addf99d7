"""Colours, differences and the map of lines: plain functions on texts of the code panel."""

from __future__ import annotations

import io
import keyword
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtGui import QTextDocument

from app.engine.judge import Judge
from app.panels.code.colouring import open_quotes, python_spans
from app.panels.code.difference import changed_lines, replace_lines
from app.panels.code.line_map import LineMap
from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import NodeId, Project
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).parents[2]
DRAWN = [*FIRST_EXAMPLES] + [
    ROOT / "tests/projects" / f"{name}.netwright"
    for name in ("unet", "resnet18", "repeat", "same_as", "when", "metrics")
]


def written(path: Path) -> tuple[Project, Written]:
    project = load(path).project
    return project, generate(project, specs_of(project), Judge().judge(project))


def coloured(text: str) -> list[tuple[int, int, str, str]]:
    """Return line, column, text and colour of every coloured part."""
    found = []
    for number, (line, inside) in enumerate(
        zip(text.split("\n"), open_quotes(text), strict=True), 1
    ):
        for start, length, colour in python_spans(line, inside):
            found.append((number, start, line[start : start + length], colour))
    return found


def expected(text: str) -> set[tuple[int, int, str, str]]:
    """Return what Python's own tokenizer says of strings, comments, numbers and keywords."""
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        (line, start), (last, _) = token.start, token.end
        colour = {
            tokenize.STRING: "k_str",
            tokenize.COMMENT: "k_com",
            tokenize.NUMBER: "k_num",
        }.get(token.type)
        if token.type == tokenize.NAME and keyword.iskeyword(token.string):
            colour = "k_key"
        if colour is None:
            continue
        for offset, part in enumerate(token.string.split("\n")):
            if part:
                found.add((line + offset, 0 if offset else start, part, colour))
        assert last == line + token.string.count("\n")
    return found


@pytest.mark.parametrize(
    "path",
    [*DRAWN[:6], ROOT / "app/engine/interpret.py", ROOT / "graph_editor/document/model.py"],
    ids=lambda p: p.name,
)
def test_colours_are_those_of_pythons_own_tokens(path: Path) -> None:
    texts = [path.read_text(encoding="utf-8")]
    if path.suffix == ".netwright":
        texts = [s.text for n, s in written(path)[1].files.items() if n.endswith(".py")]
    for text in texts:
        names = {"k_fn", "k_cls"}
        assert {part for part in coloured(text) if part[3] not in names} == expected(text)


@pytest.mark.parametrize(
    ("line", "part", "colour"),
    [
        ("class DigitsCNN(nn.Module):", "DigitsCNN", "k_cls"),
        ("    def forward(self, x):", "forward", "k_fn"),
        ("    x = self.relu(x)", "relu", "k_fn"),
        ("@torch.no_grad()", "@torch.no_grad", "k_fn"),
    ],
)
def test_definitions_calls_and_decorators_have_colours(line: str, part: str, colour: str) -> None:
    assert (line.index(part), len(part), colour) in python_spans(line)


def test_names_that_are_only_mentioned_have_none() -> None:
    assert python_spans("x = self.weight + y") == []


LINES = st.lists(st.sampled_from(["a", "b", "", "xx"]), min_size=1, max_size=8)


@given(LINES, LINES)
def test_replacing_the_changed_lines_gives_the_other_text(old: list[str], new: list[str]) -> None:
    document = QTextDocument("\n".join(old))
    start, end, new_end = changed_lines(old, new)
    assert old[:start] == new[:start]
    assert old[end:] == new[new_end:]
    replace_lines(document, start, end, new[start:new_end], len(old))
    assert document.toPlainText() == "\n".join(new)


@given(LINES, st.integers(0, 7), st.text("cd", min_size=1, max_size=3))
def test_one_changed_line_is_replaced_alone(old: list[str], at: int, line: str) -> None:
    at %= len(old)
    new = [*old[:at], line, *old[at + 1 :]]
    assert changed_lines(old, new) == (at, at + 1, at + 1)


@pytest.mark.parametrize("path", DRAWN, ids=lambda p: p.stem)
def test_every_node_has_lines_and_every_line_leads_back(path: Path) -> None:
    try:
        project, files = written(path)
    except CannotWrite as refusal:
        pytest.fail(f"{path.stem} has no code: {refusal}")
    lines = LineMap(project, files)
    for key in ("main", *project.blocks):
        for node in project.block(key).graph.nodes:
            found = lines.lines(key, [node])
            assert found, f"{key}/{node} has no line"
    for file, source in files.files.items():
        for number, address in enumerate(source.lines, 1):
            place = lines.place(file, number)
            assert (place is None) == (address is None)
            if place is not None:
                assert number in lines.lines(place.graph, [place.node])[file]


def lines_of(name: str, graph: str, node: str) -> list[str]:
    """Return the texts of the lines of model.py that a node of an example has."""
    project, files = written(ROOT / "assets/examples" / f"{name}.netwright")
    found = LineMap(project, files).lines(graph, [NodeId(node)])
    text = files.files["model.py"].text.split("\n")
    return [text[line - 1].strip().partition("  #")[0] for line in found.get("model.py", ())]


def test_a_layer_has_the_line_that_makes_it_and_those_that_call_it() -> None:
    found = lines_of("digits_residual", "main", "stem")
    assert found == [
        "self.stem = nn.Conv2d(1, 16, 3, padding=1)",
        "x = self.widen(self.layers(self.stem(image)))",
    ]


def test_a_layer_in_a_sequence_has_the_line_that_calls_the_sequence() -> None:
    found = lines_of("digits_cnn", "main", "relu1")
    assert found == ["nn.ReLU(),", "x = self.features(image)"]


def test_an_operation_inside_another_line_has_that_line() -> None:
    assert lines_of("digits_cnn", "main", "flatten") == ["x = self.dropout(x.flatten(1))"]


def test_the_class_of_a_block_lies_below_each_of_its_uses() -> None:
    project, files = written(ROOT / "assets/examples/digits_residual.netwright")
    lines = LineMap(project, files)
    below = lines.below("main", [NodeId("block2")])["model.py"]
    text = files.files["model.py"].text.split("\n")
    assert "nn.BatchNorm2d(channels)," in [text[line - 1].strip() for line in below]
    assert below == lines.below("main", [NodeId("block3")])["model.py"]
    assert lines.below("main", [NodeId("stem")]) == {}
    assert lines.lines("gone", [NodeId("stem")]) == {}


def test_the_qt_of_these_tests_is_there(qapp: QApplication) -> None:
    assert qapp is not None
