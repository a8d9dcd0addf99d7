"""What is read from custom code without running it, and what is refused by line and way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.catalogue.custom_code import class_name, read_code
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Code, FrozenMap, Parameter, Project

BETA = (Parameter("beta", "float", 1.0),)


def piece(text: str, inputs: str = "x", parameters: tuple[Parameter, ...] = ()) -> Code:
    return Code(text, tuple(inputs.split()), ("y",), parameters)


def test_a_function_is_found_with_what_it_says_of_itself() -> None:
    text = (
        "import math\nfrom torch import nn, Tensor\n\nK = 1\n\ndef soft(x, *, beta=2.0):\n    ...\n"
    )
    found = read_code("soft", piece(text, parameters=BETA))
    assert found.fault is None
    assert (found.kind, found.name, found.line) == ("function", "soft", 6)
    assert [each.binds for each in found.imports] == ["math", "nn", "Tensor"]
    assert found.defaults == FrozenMap({"beta": 2.0})
    assert found.bound.keys() == {"K", "soft"}


def test_a_class_has_the_name_with_capitals() -> None:
    text = "from torch import nn\n\nclass SoftGate(nn.Module):\n    def forward(self, x): ...\n"
    found = read_code("soft_gate", piece(text))
    assert (found.kind, found.name) == ("module", class_name("soft_gate"))
    spec = specs_of(Project(code=FrozenMap({"soft_gate": piece(text)})))("code.soft_gate")
    assert spec is not None
    assert spec.callee == "SoftGate"


def test_a_pasted_piece_keeps_the_name_of_its_function() -> None:
    assert read_code("swish_k3fa", piece("def swish(x): return x")).name == "swish"


MODULE = "from torch import nn\n\nclass Own(nn.Module):\n"
FORWARD = "    def forward(self, x): ...\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("def own(x)\n    return x", 1, "this is no Python"),
        ("\n\ndef other(x): return x", 0, "define a function own, or a class Own"),
        ("async def own(x): return x", 1, "define a function own"),
        ("if True:\n    def own(x): return x", 0, "at the left edge"),
        ("def own(x): return x\ndef own(x): return x", 2, "defined twice"),
        ("def own(x): return x\nown = 3", 1, "defined twice"),
        ("def own(y): return y", 1, "the inputs are x"),
        ("def own(): return 1", 1, "no input"),
        ("def own(x, more): return x", 1, "takes more, which is neither"),
        ("def own(x, /, *, k): return x", 1, "takes k, which is neither"),
        ("class Own:\n    pass", 1, "write class Own(nn.Module)"),
        (MODULE + "    pass", 3, "needs a method forward"),
        (MODULE + "    def forward(self): ...", 4, "the inputs are x"),
        (MODULE + "    def __init__(self, k): ...\n" + FORWARD, 4, "takes k, which is neither"),
        ("from __future__ import annotations\ndef own(x): ...", 1, "__future__"),
        ("from . import a\ndef own(x): ...", 1, "begins with a dot"),
        ("from math import *\ndef own(x): ...", 1, "* hides what it brings"),
        ("import numpy as torch\ndef own(x): ...", 1, "torch means something else"),
        ("import math as F\ndef own(x): ...", 1, "F means something else"),
        ("def own(x): ...\nrange = 3", 2, "range means something else"),
        ("def own(x):\n    global nn\n    nn = 3", 2, "nn means something else"),
        ("def own(x): ...\nclass int: ...", 2, "int means something else"),
        ("import math\ndef own(x): ...\nmath = 1", 3, "imported already"),
        ("K = 1\nimport math\ndef own(x): ...", 2, "imports come first"),
        ("import math  # why\ndef own(x): ...", 1, "without a remark"),
        ("import math; import json\ndef own(x): ...", 1, "on lines of its own"),
        ("import math, json as math\ndef own(x): ...", 1, "imported as two things"),
        ("def own(x): # \rimport os\n    ...", 1, "U+000D"),
        ("def own(x): # \u2028\n    ...", 1, "U+2028"),
        ("x = " + "(" * 70 + ")" * 70, 1, "nested too deeply"),
        ("x = " + "-" * 90_000 + "1", 0, "too deeply nested"),
        ("#" * 200_001, 0, "make it shorter"),
    ],
)
def test_what_cannot_be_used_is_named_by_line(text: str, line: int, words: str) -> None:
    fault = read_code("own", piece(text)).fault
    assert fault is not None
    assert words in fault.text
    assert fault.line == line
    assert fault.text.startswith(f"Line {line}: ") is bool(line)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Code("def own(x): ...", ("x",), ()), "no output"),
        (Code("def own(x, x): ...", ("x", "x"), ("y",)), "declared twice"),
        (Code("def own(x): ...", ("x",), ("y", "y")), "declared twice"),
        (Code("def own(x): ...", ("x",), ("y",), (Parameter("x", "int"),)), "declared twice"),
        (Code("def own(x): ...", ("x",), ("class",)), "no name for"),
        (Code("def own(x): ...", ("x",), ("y",), BETA), "does not take the parameter beta"),
        (Code("def own(beta, x): ...", ("x",), ("y",), BETA), "begins with beta"),
        (Code("def own(x, beta, /): ...", ("x",), ("y",), BETA), "does not take"),
        (Code(MODULE + FORWARD, ("x",), ("y",), BETA), "needs a method __init__ that takes beta"),
    ],
)
def test_what_does_not_fit_its_declaration_is_named(code: Code, words: str) -> None:
    fault = read_code("own", code).fault
    assert fault is not None
    assert words in fault.text


@pytest.mark.parametrize("name", ["class", "print", "nn", "lambda", "match", "super"])
def test_no_function_can_have_a_name_that_means_something(name: str) -> None:
    fault = read_code(name, piece(f"def {name}(x): return x")).fault
    assert fault is not None


@pytest.mark.parametrize(
    "text",
    [
        "def own(x, beta): ...",
        "def own(x, *rest, beta): ...",
        "def own(x, **options): ...",
        "import torch.nn as nn\nfrom torch.nn import functional as F\ndef own(x, beta=1): ...",
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\ndef own(x, beta): ...",
        "from torch import nn\nclass Base(nn.Module): ...\nclass Own(Base): ...",
        "@print\ndef own(x, beta): ...",
        "__all__ = []\ndef own(x, beta, k=lambda max: max): ...",
    ],
)
def test_what_fits_is_taken(text: str) -> None:
    assert read_code("own", piece(text, parameters=BETA)).fault is None


@given(st.text(alphabet=st.sampled_from("def own(x):\n return'\"#\\;@=*,[]{}\t\r\u2028\ud800")))
def test_no_text_breaks_the_reader(text: str) -> None:
    read_code("own", piece(text))
