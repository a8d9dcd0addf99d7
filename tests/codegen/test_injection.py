"""Nothing that a file says becomes code, except as a literal or a checked identifier."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest

from codegen.model import write_model
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Expr, FrozenMap, Name, Parameter, Project
from tests.codegen.drawings import Drawing
from tests.codegen.test_names import HOSTILE

MARK = "print('owned')"
TEXTS = (
    *HOSTILE,
    f'"\n{MARK}\n"',
    f'"""\n{MARK}\n"""',
    f"# coding: utf-7\n{MARK}",
    f"\\N{{DIGIT ONE}}{MARK}",
)
CALLS = {"super", "__init__", "Sequential", "Linear", "ReLU", "pad", "flatten"}


def hostile(text: str) -> Project:
    """Return a drawing in which text stands wherever a file may have some."""
    block = Drawing().add("x", "io.input", shape=["=B", 4], _name=text)
    block.add("l", "nn.Linear", "x", in_features=4, out_features="=width", _name=text)
    block.add("y", "io.output", "l", _name=text)
    inner = block.block(text, (Parameter("width", "int", 4, doc=text),))
    main = Drawing().add("a", "io.input", shape=["=B", 4], _name=text)
    main.add("r", "nn.ReLU", "a", _name=text).add("b", "block.inner", {"x": "r"}, _name=text)
    main.add("p", "F.pad", "b.y", pad=(1, 1), mode=text)
    main.add("f", "Tensor.flatten", "p", _name=text, start_dim=1).add(
        "o", "io.output", "f", _name=text
    )
    project = main.project(text, inner=inner)
    from dataclasses import replace

    return replace(project, main=replace(project.main, doc=text))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_texts_stay_texts(text: str) -> None:
    project = hostile(text)
    types = FrozenMap({"a.output": TensorType(("B", text)), "o.output": TensorType((text,), text)})
    source = write_model(project, specs_of(project), Verdict(types=types)).source.text
    assert source.isascii()
    assert tokenize.detect_encoding(io.BytesIO(source.encode()).readline)[0] == "utf-8"
    tree = ast.parse(source)
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    called = {c.attr if isinstance(c, ast.Attribute) else c.id for c in calls}  # type: ignore[attr-defined]  # nothing else
    classes = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    attributes = {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
        if isinstance(n.value, ast.Name) and n.value.id == "self"
    }  # fmt: skip
    assert called <= CALLS | classes | attributes
    imported = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert len(imported) == 3
    assert {type(n) for n in tree.body} <= {ast.Expr, ast.Import, ast.ImportFrom, ast.ClassDef}


@pytest.mark.parametrize(
    "value", [Expr("__import__('os')"), Expr("a"), Name("hub"), Name("float32)\nimport os")]
)
def test_what_is_no_value_is_refused_by_name(value: Expr | Name) -> None:
    main = Drawing().add("a", "io.input")
    main.add("l", "nn.Linear", "a", in_features=4, out_features=value).add("o", "io.output", "l")
    project = main.project()
    with pytest.raises(CannotWrite, match=r"^l: out_features"):
        write_model(project, specs_of(project), Verdict())


@pytest.mark.parametrize("name", ["weight; import os", "__class__()", "a b"])
def test_names_of_weights_are_checked(name: str) -> None:
    from graph_editor.document.model import At

    main = Drawing().add("a", "io.input")
    main.add("l", "nn.Linear", "a", in_features=4, out_features=4)
    main.add("w", "param.of", of=At("l"), parameter=name)  # type: ignore[arg-type]  # an address
    main.add("m", "op.mul", {"input": "l", "other": "w"}).add("o", "io.output", "m")
    project = main.project()
    with pytest.raises(CannotWrite):
        write_model(project, specs_of(project), Verdict())
    tied = main.project(ties={f"l.{name}": f"l.{name}"})
    with pytest.raises(CannotWrite):
        write_model(tied, specs_of(tied), Verdict())
