"""What the reader does not understand it names by line; nothing ever makes it stumble."""

from __future__ import annotations

import random

import pytest

from codegen.reading.isomorphism import isomorphic
from codegen.reading.model import read_model
from graph_editor.document.model import FrozenMap
from tests.codegen.reading.texts import SPECS

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
MODEL = (
    HEAD
    + """class Net(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3, padding=1)
        self.head = nn.Linear(width, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(image))
        x = x.mean(dim=(2, 3))
        return self.head(x)
"""
)
CHANGES = (
    ("padding=1", "padding=pad", 9, "pad is no value"),
    ("padding=1", "pading=1", 9, "no argument pading"),
    ("nn.Conv2d(1, width", "Conv2d(1, width", 9, "no layer Conv2d"),
    ("nn.Conv2d(1, width, 3, padding=1)", "open('x')", 9, "no layer open"),
    ("torch.relu", "torch.frobnicate", 13, "has no torch.frobnicate"),
    ("torch.relu", "eval", 13, "has no eval"),
    ("x.mean(", "x.upside_down(", 14, "has no method upside_down"),
    ("        x = x.mean", "        x += 1\n        x = x.mean", 14, "write x = x + 1"),
    ("x = torch.relu(self.conv(image))", "image -= 1\n        x = image", 13, "in place"),
    ("        x = x.mean", "        print(x)\n        x = x.mean", 14, "nothing that a drawing"),
    ("        x = x.mean", "        x[0] = 1\n        x = x.mean", 14, "only into a copy"),
    ("        x = x.mean", "        if x.sum() > 0:\n            x = -x\n        x = x.mean", 14,
     "condition"),
    ("return self.head(x)", "return self.tail(x)", 15, "no self.tail"),
    ("return self.head(x)", "return self.head(y)", 15, "y is not known"),
    ("return self.head(x)", "return x", 10, "made and never used"),
    ("return self.head(x)", "return [self.head(x)]", 15, "nothing that a drawing"),
    ("width: int = 8", "width", 7, "no int, float, bool or str"),
    ("class Net(nn.Module):", "class Net(object):", 6, "no plain nn.Module"),
    ("class Net", "@torch.compile\nclass Net", 7, "no plain nn.Module"),
    ("from torch import nn", "from torch import nn\nimport os", 4, "knows nothing of os"),
    ("        return self.head(x)\n", "", 12, "forward returns nothing"),
    ("self.head(x)", "self.head(x", 15, "no Python"),
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c[1].strip()[:30])
def test_what_is_not_understood_is_named_by_line(change: tuple[str, str, int, str]) -> None:
    old, new, line, words = change
    assert old in MODEL
    problems = read_model(MODEL.replace(old, new), SPECS).problems
    assert problems
    assert (problems[0].line, words) == (line, words) or words in problems[0].words
    assert problems[0].line == line
    assert problems[0].column >= 1
    assert problems[0].text().startswith(f"model.py:{line}: ")


def test_code_that_a_person_wrote_is_read() -> None:
    found = read_model(MODEL, SPECS)
    assert found.problems == ()
    specs = sorted(node.spec for node in found.project.main.graph.nodes.values())
    assert specs == [
        "io.input", "io.output", "nn.Conv2d", "nn.Linear", "torch.mean", "torch.relu",
    ]  # fmt: skip
    other = MODEL.replace("import torch.nn.functional as F", "from torch.nn import functional as G")
    other = other.replace("from torch import nn", "import torch.nn as nn")
    assert isomorphic(found.project, read_model(other, SPECS).project) == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("padding=1", "padding=2", "padding is"),
        ("width, 3", "16, 3", "out_channels is"),
        ("dim=(2, 3)", "dim=(3, 2)", "dim"),
        ("torch.relu", "torch.tanh", "is torch.tanh"),
        ("self.head(x)", "self.head(x) * 2", "is op.mul"),
        ("width: int = 8", "width: int = 9", "the parameter width"),
        ("class Net", "class Other", "no class Net"),
    ],
)
def test_models_that_differ_are_told_apart(old: str, new: str, words: str) -> None:
    one, two = read_model(MODEL, SPECS), read_model(MODEL.replace(old, new), SPECS)
    assert two.problems == ()
    assert words in isomorphic(one.project, two.project)


ODD = (
    "", "\x00", "pass", "(" * 500, "-" * 100_000 + "1", "1" + "+1" * 100_000, "a" + ".b" * 50_000,
    "x = " + "[" * 150 + "]" * 150, "class A(A): pass", "if x:", "\ufeffclass Ä(nn.Module): pass",
    "9" * 5000, "def f(): return f()", "class N:\n\tdef forward(self): return self",
    "f'{f\"{1}\"}'", "lambda: (yield)", "a" * 5_000_000, "import torch; " * 1000, "'" * 3,
)  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=lambda t: repr(t[:12]))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    assert read_model(text, SPECS).problems
    inside = MODEL.replace("return self.head(x)", f"return {text}")
    assert read_model(inside, SPECS).project is not None


def test_deep_code_inside_a_class_is_refused_by_line() -> None:
    deep = MODEL.replace("self.head(x)", "-" * 300 + "x")
    (problem,) = read_model(deep, SPECS).problems
    assert (problem.line, problem.words) == (15, "nested too deeply")


def test_random_damage_is_never_an_exception() -> None:
    chance = random.Random(0)
    for _ in range(400):
        text = MODEL
        for _ in range(chance.randint(1, 4)):
            place, size = chance.randrange(len(text)), chance.randint(0, 12)
            text = text[:place] + chance.choice(PARTS) + text[place + size :]
        found = read_model(text, SPECS)
        assert isinstance(found.project.main.graph.nodes, FrozenMap)


PARTS = (
    "", "(", ")", "self.", "x", "=", ":", "\n", "    ", "[0]", ".shape[0]", ", ", "*", "**", "None",
    "if x else y", "for i in range(3)", "nn.Sequential(", "nn.ModuleList(", ".weight", "torch.",
    "'", "not ", "-", "lambda: ", "1e999", "1j", "b''", "...", "yield ", "await ", ":=", "@", "\\",
)  # fmt: skip
