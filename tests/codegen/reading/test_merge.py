"""Edits of the text arrive in the drawing: written again, it is the edited text."""

from __future__ import annotations

from functools import cache

import pytest

from app.engine.judge import Judge
from codegen.model import write_model
from codegen.reading.isomorphism import isomorphic
from codegen.reading.merge import Merged, merge
from codegen.reading.model import read_model
from codegen.reading.settling import settle, written_otherwise
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import layout_of, positions_of
from graph_editor.document.model import Project
from tests.codegen.reading.texts import SPECS, formatted, stripped
from tests.codegen.test_every_project import judged, written


@cache
def text_of(name: str) -> str:
    return written(name).files["model.py"].text


def again(project: Project) -> str:
    """Return the text of a project, judged anew."""
    return write_model(project, specs_of(project), Judge().judge(project)).source.text


def edited(name: str, *changes: tuple[str, str]) -> tuple[Merged, str]:
    """Edit the text of a project, take it into the drawing, and return both."""
    text = text_of(name)
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return merge(judged(name)[0], SPECS, text_of(name), text), text


CNN, MLP, RES = "digits_cnn (example)", "digits_mlp (example)", "digits_residual (example)"
LSTM = "digits_lstm (example)"
POOL = "            nn.MaxPool2d(2),\n"
LAST = "\n        return self.double_convolution2(x)\n\n\nclass UNet"
CONV = "            nn.Conv2d(32, 32, 3, padding=1),\n            nn.ReLU(),\n"
TANH = "x = torch.tanh(x.flatten(1))  # (B, 32)\n        return self.head(x)  # (B, 10)"
EDITS: list[tuple[str, list[tuple[str, str]]]] = [
    # an argument
    (CNN, [("nn.Dropout(0.25)", "nn.Dropout(0.35)")]),
    (CNN, [("nn.Conv2d(1, 16, 3, padding=1, bias=False)", "nn.Conv2d(1, 16, 5, padding=2)")]),
    (CNN, [("nn.MaxPool2d(2)", "nn.AvgPool2d(2)")]),
    (
        MLP,
        [("nn.Linear(64, 128)", "nn.Linear(64, 96)"), ("nn.Linear(128, 64)", "nn.Linear(96, 64)")],
    ),
    (
        LSTM,
        [
            (
                "nn.LSTM(8, hidden_size, batch_first=True)",
                "nn.LSTM(8, hidden_size, num_layers=2, batch_first=True)",
            )
        ],
    ),
    ("unet", [(f"[x, self.features(x)], dim=1){LAST}", f"[self.features(x), x], dim=1){LAST}")]),
    # a layer added in a chain, and one removed
    (CNN, [(POOL, f"{POOL}{CONV}")]),
    (CNN, [("            nn.BatchNorm2d(16),\n", "")]),
    (MLP, [("            nn.Dropout(0.2),\n", "")]),
    (
        MLP,
        [
            (
                "            nn.Dropout(0.2),\n",
                "            nn.Dropout(0.2),\n            nn.LayerNorm(128),\n",
            )
        ],
    ),
    (
        RES,
        [
            (
                "            nn.MaxPool2d(2),\n",
                "            nn.MaxPool2d(2),\n            ResidualBlock(16),\n",
            )
        ],
    ),
    # a call that was moved, added or taken away
    (RES, [("return self.relu(self.features(x) + x)", "return self.relu(self.features(x)) + x")]),
    (RES, [("return self.head(x.flatten(1))  # (B, 10)", TANH)]),
    # an attribute or a class with another name
    (RES, [("self.stem = ", "self.entry = "), ("self.stem(image)", "self.entry(image)")]),
    (MLP, [("self.head = ", "self.classifier = "), ("self.head(x)", "self.classifier(x)")]),
    # an expression
    (
        "named_sizes",
        [
            ("x.shape[-1] // 4", "x.shape[-1] // 2"),
            ("length, 4,", "length, 2,"),
            ("nn.Linear(4, 5)", "nn.Linear(8, 5)"),
        ],
    ),
    ("repeat", [("dilation=2**i", "dilation=i + 1")]),
    ("repeat", [("in range(4)", "in range(5)"), ("in range(3)", "in range(2)")]),
    ("when", [("if in_features != width", "if in_features > width")]),
    ("block_parameters", [("drop: float = 0.1", "drop: float = 0.2")]),
    ("several_outputs", [("first + second", "first * second")]),
]


@pytest.mark.parametrize(("name", "changes"), EDITS, ids=lambda v: v if isinstance(v, str) else "")
def test_an_edit_arrives(name: str, changes: list[tuple[str, str]]) -> None:
    merged, text = edited(name, *changes)
    assert merged.problems == ()
    assert merged.changes
    assert formatted(stripped(again(merged.project))) == formatted(stripped(text))
    _assert_all_else_stays(judged(name)[0], merged)


LIKEWISE = [
    (CNN, [("nn.Dropout(0.25)", "nn.Dropout(p=0.5)")]),
    (CNN, [("self.dropout(x.flatten(1))", "self.dropout(x).flatten(1)")]),
    ("same_as", [("x = linear - x", "x = x - linear")]),
    (
        "resnet18",
        [
            (
                "x = self.basic_block1(x)\n        return self.basic_block2(x)",
                "y = self.basic_block1(x)\n        z = self.basic_block2(y)\n        return z",
            )
        ],
    ),
    (MLP, [("self.head(x)", "self.head(torch.nn.functional.relu(x))")]),
    (
        RES,
        [
            (
                "def forward(self, image: torch.Tensor) -> torch.Tensor:",
                "def forward(self, picture: torch.Tensor) -> torch.Tensor:",
            ),
            ("self.stem(image)", "self.stem(picture)"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("name", "changes"), LIKEWISE, ids=lambda v: v if isinstance(v, str) else ""
)
def test_what_is_written_in_another_way_says_the_same(
    name: str, changes: list[tuple[str, str]]
) -> None:
    merged, text = edited(name, *changes)
    assert merged.problems == ()
    assert isomorphic(merged.project, read_model(text, SPECS).project) == ""
    assert isomorphic(merged.project, read_model(again(merged.project), SPECS).project) == ""
    _assert_all_else_stays(judged(name)[0], merged)


def test_numbers_that_are_found_anyway_are_left_to_inference_again() -> None:
    merged, text = edited(CNN, ("nn.Conv2d(1, 16, 3, padding=1, bias=False)",
        "nn.Conv2d(1, 24, 3, padding=1, bias=False)"), ("nn.BatchNorm2d(16)", "nn.BatchNorm2d(24)"),
        ("nn.Conv2d(16, 32,", "nn.Conv2d(24, 32,"))  # fmt: skip
    nodes = merged.project.main.graph.nodes
    assert nodes["bn1"].args["num_features"] == 24
    settled = settle(merged, text, Judge().judge)
    nodes = settled.project.main.graph.nodes
    assert nodes["conv1"].args["out_channels"] == 24
    assert "num_features" not in nodes["bn1"].args
    assert "in_channels" not in nodes["conv2"].args
    assert settled.text == text.replace("(B, 24", "(B, 24")
    assert settled.remarks == ()
    assert not settled.verdict.has_errors


def test_a_number_that_does_not_fit_stays_and_is_judged() -> None:
    merged, text = edited(CNN, ("nn.BatchNorm2d(16)", "nn.BatchNorm2d(24)"))
    assert merged.project.main.graph.nodes["bn1"].args["num_features"] == 24
    settled = settle(merged, text, Judge().judge)
    assert settled.verdict.has_errors
    assert settled.text == ""


def test_what_has_no_place_in_the_drawing_is_named() -> None:
    merged, text = edited(
        MLP,
        ("        return self.head(x)", "        # the scores\n        return self.head(x)"),
        ("x = self.mlp(image.flatten(1))", "x = self.mlp(image.flatten(start_dim=1))"),
    )
    settled = settle(merged, text, Judge().judge)
    assert [r.words.partition(":")[0] for r in settled.remarks] == [
        "is written in another way",
        "the drawing has no place for this comment",
    ]
    assert "# the scores" in text.splitlines()[settled.remarks[1].line - 1]


def test_layers_in_another_order_are_told() -> None:
    text = text_of(CNN)
    dropout, head = (
        "        self.dropout = nn.Dropout(0.25)\n",
        "        self.head = nn.Linear(512, 10)\n",
    )
    assert dropout + head in text
    after = text.replace(dropout + head, head + dropout)
    project, _ = judged(CNN)
    assert merge(project, SPECS, text, after).changes == ()
    (told,) = written_otherwise(after, text)
    assert told.words.startswith("self.head is made in another order")
    assert after.splitlines()[told.line - 1].strip() == head.strip()


def _assert_all_else_stays(before: Project, merged: Merged) -> None:
    """Assert that what the edit did not touch kept its id, its place and what it says."""
    after = merged.project
    assert set(before.blocks) == set(after.blocks)
    for key in ("main", *before.blocks):
        old, new = before.block(key).graph.nodes, after.block(key).graph.nodes
        places = positions_of(after, key)
        kept = [n for n in old if n in new]
        assert len(kept) >= len(old) - 1
        assert {n: places.get(n) for n in kept} == {
            n: positions_of(before, key).get(n) for n in kept
        }
        assert sum(new[n] != old[n] for n in kept) <= 3
        if positions_of(before, key):
            assert set(places) == set(new)
        frames = layout_of(before, key).get("frames")
        assert layout_of(after, key).get("frames") == frames


def test_what_says_the_same_changes_nothing() -> None:
    project, _ = judged(CNN)
    text = text_of(CNN)
    for same in (text, stripped(text), formatted(text), text.replace("  # (B, 10)", "  # logits")):
        merged = merge(project, SPECS, text, same)
        assert merged == Merged(project)
        assert merged.project is project


def test_what_is_not_understood_changes_nothing() -> None:
    project, _ = judged(CNN)
    text = text_of(CNN)
    other = text.replace("0.25", "0.5").replace("return self.head(x)", "return self.head(x.magic)")
    merged = merge(project, SPECS, text, other)
    assert merged.project is project
    assert merged.changes == ()
    (problem,) = merged.problems
    assert other.splitlines()[problem.line - 1].strip().startswith("return self.head(x.magic)")
    assert "magic" in problem.words
