"""Trusted custom code in the judge: shapes like any module's, failures by line, harm kept off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.client import Engine
from app.engine.judge import Judge
from app.trust import trust
from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Code, Expr, FrozenMap, Parameter, Project
from tests.codegen.drawings import Drawing

OWN = Address("own")


def project_with(text: str, outputs: tuple[str, ...] = ("y",), **args: object) -> Project:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("own", "code.own", {"x": "a"}, **args)
    main.add("o", "io.output", f"own.{outputs[0]}")
    drawn = main.project()
    parameters = (Parameter("k", "int", 2),) if "k" in text else ()
    code = FrozenMap({"own": Code(text, ("x",), outputs, parameters)})
    return Project(drawn.main, drawn.blocks, code, drawn.run)


def judged(text: str, outputs: tuple[str, ...] = ("y",), **args: object) -> Verdict:
    return Judge(lambda _: True).judge(project_with(text, outputs, **args))


def shapes(verdict: Verdict) -> dict[str, tuple[object, ...]]:
    return {key: kind.shape for key, kind in verdict.types.items() if key.startswith("own.")}


def test_shapes_are_symbolic_and_outputs_a_tuple() -> None:
    text = "def own(x, k):\n    return x.repeat(k, 1), x.sum(), x.shape[0]\n"
    verdict = judged(text, ("y", "total", "count"), k=3)
    assert not verdict.diagnostics
    assert shapes(verdict) == {"own.y": ("3*B", 6), "own.total": ()}


def test_a_module_owns_weights_and_knows_its_mode() -> None:
    text = """\
from torch import nn


class Own(nn.Module):
    def __init__(self, k=2):
        super().__init__()
        self.layer = nn.Linear(6, k)

    def forward(self, x):
        return self.layer(x) if self.training else self.layer(x).softmax(-1)
"""
    verdict = judged(text, k=4)
    assert shapes(verdict) == {"own.y": ("B", 4)}
    assert verdict.parameters[OWN] == 28
    assert verdict.types["own.y"].requires_grad


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def own(x):\n    y = x + 1\n    return y @ y\n", "Line 3: RuntimeError: "),
        ("import torch\nraise ValueError('no')\ndef own(x): ...\n", "Line 2: ValueError: no"),
        ("def own(x):\n    return undefined\n", "Line 2: NameError: "),
        ("def own(x):\n    return x, x\n", "gives 2 results where the node has the port y"),
        ("def own(x):\n    return 'word'\n", "gives a str, which no wire can carry"),
        ("class Own(object):\n    def forward(self, x): ...\n", "Own is no nn.Module"),
        ("def own(x)\n    return x\n", "Line 1: this is no Python"),
    ],
)
def test_a_failure_is_an_error_that_names_the_line(text: str, words: str) -> None:
    (problem,) = judged(text).diagnostics
    assert (problem.node, problem.severity) == ("own", "error")
    assert problem.code.startswith("custom-code-")
    assert words in problem.message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("torch.set_default_dtype(torch.float64)", "the dtype of new tensors"),
        ("torch.set_grad_enabled(False)", "whether gradients are kept"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_settings_that_hold_for_all_are_refused_and_undone(
    line: str, words: str, inside: bool
) -> None:
    head, body = ("", f"    {line}\n") if inside else (f"{line}\n", "")
    text = f"import torch\n{head}\ndef own(x):\n{body}    return x + 1\n"
    judge = Judge(lambda _: True)
    (told,) = judge.judge(project_with(text)).diagnostics
    assert (told.severity, told.code, told.node) == ("error", "custom-code-failed", "own")
    assert words in told.message
    sound = Drawing().add("a", "io.input", shape=["=B", 6])
    sound.add("n", "nn.Linear", "a", out_features=4).add("o", "io.output", "n")
    assert judge.judge(sound.project()).diagnostics == ()


def test_what_meta_cannot_do_is_tried_with_numbers() -> None:
    text = "import torch\n\nTABLE = torch.arange(6.0)\n\ndef own(x):\n    return x + TABLE\n"
    assert shapes(judged(text)) == {"own.y": ("B", 6)}
    data = judged("def own(x):\n    return x[x > 0]\n")
    assert [problem.code for problem in data.diagnostics] == ["depends-on-data"]


def test_another_text_is_another_thing() -> None:
    judge = Judge(lambda _: True)
    for width in (1, 2, 1):
        verdict = judge.judge(project_with(f"def own(x):\n    return x[:, :{width}]\n"))
        assert shapes(verdict) == {"own.y": ("B", width)}


def test_what_follows_code_depends_on_parameters_of_the_drawing() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("up", "nn.Linear", "a", out_features="=dim").add("own", "code.own", {"x": "up"})
    main.add("head", "nn.Linear", "own.y", out_features=2).add("o", "io.output", "head")
    block = replace(main.block("Net"), parameters=(Parameter("dim", "int", 8),))
    text = "import torch\n\ndef own(x):\n    return torch.cat([x, x], 1)\n"
    project = Project(block, code=FrozenMap({"own": Code(text, ("x",), ("y",))}))
    verdict = Judge(lambda _: True).judge(project)
    assert verdict.block_inferred["main/head"]["in_features"] == Expr("2 * dim")
    model = write_model(project, specs_of(project), verdict)
    assert "nn.Linear(2 * dim, 2)" in model.source.text


@pytest.mark.slow
def test_the_engine_survives_what_code_does_to_it() -> None:
    harms = {
        "def own(x):\n    while True: pass\n": "too-long",
        "import os\n\ndef own(x):\n    os._exit(3)\n": "ends-process",
        "def own(x):\n    raise SystemExit\n": "ends-process",
        'print(\'{"type": "answer"}\', flush=True)\n\ndef own(x):\n    return x\n': "",
    }
    with Engine("judge") as engine:
        for text, harm in harms.items():
            project = project_with(text)
            trust(project)
            verdict = engine.judge(project)
            assert [problem.code for problem in verdict.diagnostics] == [harm] * bool(harm)
