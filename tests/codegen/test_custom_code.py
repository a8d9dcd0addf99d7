"""Custom code in model.py: verbatim, its imports on top, each name one thing, the same bits."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.custom_code import trusted_specs
from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from codegen import generate
from codegen.model import ModelText, write_model
from codegen.source_map import lines_of, node_of
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import (
    Code,
    Expr,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
    Weights,
)
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import built, sample

ROOT = Path(__file__).resolve().parents[2]

GATE = Code(
    """\
\"\"\"A gate that learns.\"\"\"
import math

import torch
import torch.nn as nn
from torch.nn import functional as F

LIMIT = 3.0


class Gate(nn.Module):
    def __init__(self, features: int, scale: float = 1.0) -> None:
        super().__init__()
        self.mix = nn.Linear(features, features)
        self.scale = scale / math.sqrt(features)

    def forward(self, x, y):
        score = torch.tanh(self.mix(x) * self.scale).clamp(max=LIMIT)
        if self.training:
            score = F.dropout(score, 0.5)
        return score * y, score
""",
    ("x", "y"),
    ("out", "score"),
    (Parameter("features", "int", 6), Parameter("scale", "float", 1.0)),
)
SWISH = Code(
    "import torch\n\ndef swish(x, beta=1.0):\n    return x * torch.sigmoid(beta * x)\n",
    ("x",),
    ("y",),
    (Parameter("beta", "float", 1.0),),
)


def project_of(drawing: Drawing, **code: Code) -> Project:
    project = drawing.project()
    return Project(project.main, project.blocks, FrozenMap(code), project.run)


def gated(**more: Code) -> Project:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("s", "code.swish", {"x": "a"}, beta=0.5)
    main.add("g", "code.gate", {"x": "a", "y": "s.y"}, scale=2.0)
    main.add("sum", "op.add", {"input": "g.out", "other": "g.score"})
    main.add("t", "code.swish", {"x": "sum"}).add("o", "io.output", "t.y")
    return project_of(main, **{"swish": SWISH, "gate": GATE, **more})


def written(project: Project, trusted: bool = True) -> ModelText:
    return write_model(project, specs_of(project), Judge(lambda _: trusted).judge(project))


def test_the_file_reads_as_if_it_were_typed_there() -> None:
    text = written(gated()).source.text
    assert text.startswith('# Written by Netwright from "')
    head = text.split('"""', 2)[2].lstrip("\n")
    assert head.startswith(
        "import math\n\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
    )
    assert text.count("import torch\n") == 1
    assert "# Custom code, as it was typed.\ndef swish(x, beta=1.0):\n" in text
    assert '\n\n\n"""A gate that learns."""\n' in text
    assert "\nLIMIT = 3.0\n\n\nclass Gate(nn.Module):\n" in text
    assert "self.gate = Gate(features=6, scale=2.0)" in text
    assert "swish(x, beta=0.5)" in text
    assert ast.parse(text)


def test_only_what_the_text_does_not_say_itself_is_passed() -> None:
    text = written(gated()).source.text
    assert "swish(" in text.split("def forward")[-1]
    assert "beta=1.0)" not in text.split("class Gate")[1]


def test_lines_and_nodes_know_each_other() -> None:
    source = written(gated()).source
    lines = source.text.split("\n")
    assert len(source.lines) == len(lines) - 1
    first = lines.index("class Gate(nn.Module):") + 1
    assert node_of(source, first) == "g"
    assert first in lines_of(source, "g")
    made = next(n for n, line in enumerate(lines, 1) if "self.gate = " in line)
    assert node_of(source, made) == "g"


def test_the_module_is_the_drawing_bit_for_bit() -> None:
    project = gated()
    verdict = Judge(lambda _: True).judge(project)
    assert not verdict.diagnostics
    text = write_model(project, specs_of(project), verdict)
    model, direct = built(text), Interpreter(project, verdict, 0, trusted_specs(project))
    pairs = list(zip(model.state_dict().values(), direct.module.state_dict().values(), strict=True))
    assert len(pairs) == 2
    assert all(torch.equal(mine, theirs) for mine, theirs in pairs)
    for batch in (2, 3):
        for training in (True, False):
            model.train(training)
            direct.module.train(training)
            _assert_same(text, model, direct, sample(project, batch))


MIX = Code(
    """\
import torch
from torch import nn


class Mix(nn.Module):
    def __init__(self, width: int, bias: bool) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.layer(x))
""",
    ("x",),
    ("y",),
    (Parameter("width", "int", 6), Parameter("bias", "bool", True)),
)


def repeated() -> Project:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("r", "code.mix", {"x": "a"}, _repeat=Repeat(3))
    main.add("s", "code.swish", {"x": "r.y"}, _repeat=Repeat(2), beta="=0.5 * (i + 1)")
    return main.add("o", "io.output", "s.y").project()


def shared() -> Project:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("r", "code.mix", {"x": "a"}, _freeze=(".",))
    main.add("q", "code.mix", {"x": "r.y"}, _weights=Weights(same_as=NodeId("r")))
    main.add("t", "code.mix", {"x": "q.y"})
    main.add("w", "code.swish", {"x": "t.y"}, _when=Expr("training"))
    return main.add("o", "io.output", "w.y").project()


def nested() -> Project:
    block = Drawing().add("x", "io.input", shape=["=B", "=dim"])
    block.add("m", "code.mix", {"x": "x"}, width="=dim", bias=False).add("y", "io.output", "m.y")
    main = Drawing().add("a", "io.input", shape=["=B", 6]).add("b", "block.inner", {"x": "a"})
    main.add("c", "block.inner", {"x": "b.y"}).add("o", "io.output", "c.y")
    return main.project(inner=block.block("Inner", (Parameter("dim", "int"),)))


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (repeated, "nn.Sequential(*[Mix(width=6, bias=True) for _ in range(3)])"),
        (shared, "self.mix1(self.mix1(x))"),
        (nested, "self.mix = Mix(width=dim, bias=False)"),
    ],
)
def test_all_that_modules_do_code_does_too(drawn: Callable[[], Project], words: str) -> None:
    project = replace(drawn(), code=FrozenMap({"mix": MIX, "swish": SWISH}))
    verdict = Judge(lambda _: True).judge(project)
    assert not verdict.diagnostics
    text = write_model(project, specs_of(project), verdict)
    assert words in text.source.text
    model, direct = built(text), Interpreter(project, verdict, 0, trusted_specs(project))
    learning = [[p.requires_grad for p in m.parameters()] for m in (model, direct.module)]
    assert learning[0] == learning[1]
    for training in (True, False):
        model.train(training)
        direct.module.train(training)
        inputs = sample(project, 3)
        mine = model(*[inputs[node] for _, node in text.inputs])
        assert torch.equal(mine, direct.forward(inputs)["o"])


def _assert_same(
    text: ModelText, model: nn.Module, direct: Interpreter, inputs: dict[str, Any]
) -> None:
    torch.manual_seed(1)
    mine = model(*[inputs[node] for _, node in text.inputs])
    torch.manual_seed(1)
    theirs = direct.forward(inputs)["o"]
    assert torch.equal(mine, theirs)
    for module, result in ((model, mine), (direct.module, theirs)):
        module.zero_grad()
        result.square().sum().backward()
    grads = [[p.grad for p in module.parameters()] for module in (model, direct.module)]
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_what_is_wired_may_be_nothing() -> None:
    masked = Code("def masked(x, mask):\n    return x if mask is None else x * mask\n",
                  ("x", "mask"), ("y",))  # fmt: skip
    block = Drawing().add("x", "io.input", shape=["=B", 6])
    block.add("mask", "io.input", optional=True, shape=["=B", 6])
    block.add("m", "code.masked", {"x": "x", "mask": "mask"}).add("y", "io.output", "m.y")
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("b", "block.inner", {"x": "a"}).add("o", "io.output", "b.y")
    drawn = main.project(inner=block.block("Inner"))
    project = Project(drawn.main, drawn.blocks, FrozenMap({"masked": masked}), drawn.run)
    model = built(written(project))
    assert torch.equal(model(torch.ones(2, 6)), torch.ones(2, 6))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("class Net:\n    pass\n\n\ndef own(x):\n    return x\n", "both make a class Net"),
        ("LIMIT = 1\n\n\ndef own(x):\n    return x\n", "both give LIMIT a meaning"),
        ("import numpy as math\n\n\ndef own(x):\n    return x\n", "both give math a meaning"),
    ],
)
def test_a_name_that_would_mean_two_things_is_refused(code: str, words: str) -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("g", "code.gate", {"x": "a", "y": "a"})
    main.add("w", "code.own", {"x": "g.out"}).add("o", "io.output", "w.y")
    project = project_of(main, gate=GATE, own=Code(code, ("x",), ("y",)))
    with pytest.raises(CannotWrite, match=words) as refusal:
        written(project)
    assert refusal.value.node == "w"


def test_a_function_is_never_hidden_by_a_variable() -> None:
    main = Drawing().add("a", "io.input", _name="swish", shape=["=B", 6])
    main.add("s", "code.swish", {"x": "a"}, _name="swish").add("t", "code.swish", {"x": "s.y"})
    main.add("sum", "op.add", {"input": "s.y", "other": "t.y"}).add("o", "io.output", "sum")
    model = built(written(project_of(main, swish=SWISH)))
    assert model(torch.ones(2, 6)).shape == (2, 6)
    flow = Code("def x(y):\n    return y\n", ("y",), ("z",))
    other = Drawing().add("a", "io.input", shape=["=B", 6])
    other.add("s", "code.x", {"y": "a"}).add("o", "io.output", "s.z")
    with pytest.raises(CannotWrite, match="a function called x, which is the name of a variable"):
        written(project_of(other, x=flow))


def test_untrusted_code_is_written_where_nothing_depends_on_it() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("s", "code.swish", {"x": "a"}).add(
        "l", "nn.Linear", "s.y", in_features=6, out_features=2
    )
    main.add("o", "io.output", "l")
    project = project_of(main, swish=SWISH)
    assert written(project, trusted=False).source.text.count("def swish(") == 1
    inferred = load(ROOT / "tests/projects/custom_code.netwright").project
    with pytest.raises(CannotWrite, match="before the custom code is trusted"):
        written(inferred, trusted=False)


def test_the_example_passes_ruff_and_mypy(tmp_path: Path) -> None:
    text = written(load(ROOT / "tests/projects/custom_code.netwright").project).source.text
    (tmp_path / "model.py").write_text(text)
    ruff = ["--isolated", "--line-length", "100", str(tmp_path / "model.py")]
    rules = "E,F,I,UP,B,SIM,D100,D101"
    for command in (["check", "--select", rules, *ruff], ["format", "--check", *ruff]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_imports_are_sorted_as_ruff_sorts_them(tmp_path: Path) -> None:
    code = Code(
        "from typing import Any\nimport os.path\nimport collections as c\n"
        "from torch import Tensor, nn\nimport numpy as np\nfrom torch.nn import Linear as L\n"
        "from torch.nn import Module, GELU\nfrom collections import OrderedDict\n\n\n"
        "def own(x: Tensor, *, keep: Any = None) -> Any:\n"
        "    return x, os.path, c, nn, np, L, Module, GELU, OrderedDict, keep\n",
        ("x",),
        ("y",),
    )
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("w", "code.own", {"x": "a"}).add("o", "io.output", "w.y")
    text = written(project_of(main, own=code), trusted=False).source.text
    (tmp_path / "model.py").write_text(text)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I,F"]
    command += ["--line-length", "100", str(tmp_path / "model.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{text}"
    assert "It needs only PyTorch and what it imports below;" in text.split("\n")[0]


FOCAL = Code(
    """\
import torch
import torch.nn.functional as F


def focal_loss(scores: torch.Tensor, target: torch.Tensor, gamma: float) -> torch.Tensor:
    chance = scores.softmax(1).gather(1, target[:, None])[:, 0]
    return ((1 - chance) ** gamma * F.cross_entropy(scores, target, reduction="none")).mean()
""",
    ("scores", "target"),
    ("loss",),
    (Parameter("gamma", "float", 2.0),),
)


def with_own_loss(key: str, code: Code) -> Project:
    """Return the digits MLP with custom code in the place of its loss."""
    project = load(ROOT / "assets" / "examples" / "digits_mlp.netwright").project
    graph = project.main.graph
    (old,) = (key for key, node in graph.nodes.items() if node.spec == "nn.CrossEntropyLoss")
    wires = {}
    for end, start in graph.wires.items():
        port = dict(zip(("input", "target"), code.inputs, strict=True)).get(end.port, end.port)
        into = InPort(old, PortPath(port)) if end.node == old else end
        wires[into] = OutPort(old, code.outputs[0]) if start.node == old else start
    nodes = graph.nodes.set(old, Node(f"code.{key}"))
    main = replace(project.main, graph=replace(graph, nodes=nodes, wires=FrozenMap(wires)))
    return replace(project, main=main, code=FrozenMap({key: code}))


def files_of(project: Project) -> dict[str, str]:
    verdict = Judge(lambda _: True).judge(project)
    assert not verdict.diagnostics
    made = generate(project, specs_of(project), verdict).files
    return {name: source.text for name, source in made.items()}


def test_a_loss_of_ones_own_is_called_by_the_training() -> None:
    files = files_of(with_own_loss("focal_loss", FOCAL))
    assert "# Custom code, as it was typed.\ndef focal_loss(" in files["model.py"]
    assert "import torch.nn.functional as F\n" in files["model.py"]
    assert "from model import DigitsMLP, focal_loss\n" in files["train.py"]
    assert "loss = focal_loss(logits, labels[batch], gamma=2.0)" in files["train.py"]
    assert "import torch.nn.functional" not in files["train.py"]


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("loss", "def loss(scores, target): return scores.sum()", "which means something else"),
        ("train", "def train(scores, target): return scores.sum()", "which means something else"),
    ],
)
def test_what_the_training_cannot_call_is_refused(key: str, text: str, words: str) -> None:
    with pytest.raises(CannotWrite, match=words):
        files_of(with_own_loss(key, Code(text, ("scores", "target"), ("y",))))


@pytest.mark.slow
def test_a_loss_of_ones_own_trains(tmp_path: Path) -> None:
    for name, text in files_of(with_own_loss("focal_loss", FOCAL)).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    command = [sys.executable, "train.py", "--epochs", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "metrics.jsonl").read_text()


HOSTILE = (
    "\\",
    '"""',
    "'''",
    "# -*- coding: utf-7 -*-",
    "+AAo-import os",
    "\\N{NULL}",
    "class Net: pass",
    "⟨RLO⟩\u202e\u2066",
    "\t\u00a0\ufeff",
    "\r\nimport os",
    "\u2028import os",
    "\x0cimport os",
    "}}{{",
    "%s{0}$x",
    "𝒳ﬁ",
)
PLACES = (
    "def own(x):\n    # {}\n    return x\n",
    "# {}\ndef own(x):\n    return x\n",
    "def own(x):\n    return x  # {}",
    "def own(x):\n    return x\n{}",
    "def own(x):\n    '''{}'''\n    return x\n",
    'K = r"""{}"""\n\n\ndef own(x):\n    return x\n',
    "import math  # {}\n\n\ndef own(x):\n    return x\n",
    "@{}\ndef own(x):\n    return x\n",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_text_breaks_the_rest_of_the_file(place: str) -> None:
    """What is refused is refused by name; what is written leaves our class whole."""
    sources, refused = [], set()
    for sign in HOSTILE:
        main = Drawing().add("a", "io.input", shape=["=B", 6])
        main.add("w", "code.own", {"x": "a"}).add("o", "io.output", "w.y")
        code = Code(place.replace("{}", sign), ("x",), ("y",))
        try:
            sources.append((code.text, written(project_of(main, own=code), trusted=False).source))
        except CannotWrite as refusal:
            refused.add(refusal.node)
    assert refused <= {"w"}
    assert sources or place.startswith(("import", "@"))
    for text, source in sources:
        tree = ast.parse(source.text.encode())  # as bytes, a coding cookie would count
        last = tree.body[-1]
        assert isinstance(last, ast.ClassDef)
        assert [n.name for n in last.body if isinstance(n, ast.FunctionDef)] == ["forward"]
        assert len(source.lines) == source.text.count("\n")
        assert text.strip("\n") in source.text
