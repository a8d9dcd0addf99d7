"""The command line of predict.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from codegen.emit import Expression, call, name, number, quoted, tuple_of
from codegen.layout import WIDTH
from codegen.names import shape_text
from codegen.statements import Line, Statement, do, word
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import NodeId, Project

Input: TypeAlias = tuple[str, TensorType, str]
"""A model's input: its variable, its type, and the tensor of the data that is fed into it."""
ROOM = WIDTH - len('        help="",')
"""Columns for what is said of an option."""


def input_type(project: Project, verdict: Verdict, node: NodeId) -> TensorType:
    """Return an input's type as the judge saw it, else as it was declared."""
    known = verdict.types.get(f"{node}.output")
    if known is not None:
        return known
    declared = project.main.graph.nodes[node].args.get("shape")
    dims = declared if isinstance(declared, tuple) else (None, None)
    return TensorType(tuple(d if isinstance(d, int) else "?" for d in dims))


def options_body(inputs: Sequence[Input], seed: int | None) -> list[Statement]:
    """Return the body of parse_options; without a seed all that is read comes from files."""
    path: dict[str, Expression] = {"type": name("Path")}
    given = dict(path)
    if len(inputs) > 1:
        titles = [Expression(quoted(variable.upper())) for variable, _, _ in inputs]
        given |= {"nargs": number(len(titles)), "metavar": tuple_of(titles)}
    if seed is None:
        given["required"] = name("True")
    return [
        word("parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])"),
        _option("weights", path | {"default": Expression('Path("model.pt")')}, "default model.pt"),
        _option("device", {"default": Expression('"cpu"')}, "cpu (default), cuda, mps"),
        *([] if seed is None else _of_validation(seed)),
        _option("input", given, _files_words(inputs)),
        _option("output", path, "keep the answers in a .csv or .pt file"),
        word("return parser.parse_args()"),
    ]


def _of_validation(seed: int) -> list[Line]:
    """Return the options that choose samples of the validation part."""
    whole = {"type": name("int")}
    several = {"nargs": Expression('"*"'), "default": Expression("[]")}
    return [
        _option("seed", {**whole, "default": number(seed)}, "that of the training"),
        _option(
            "samples", whole | several, "places in the validation part, the first ten by default"
        ),
    ]


def _option(flag: str, keywords: Mapping[str, Expression], about: str) -> Line:
    arguments = [Expression(quoted(f"--{flag}"))]
    said = {**keywords, "help": Expression(quoted(about))}
    return do(call(name("parser.add_argument"), arguments, said))


def _files_words(inputs: Sequence[Input]) -> str:
    """Return what files are read for the inputs, with their shapes where there is room."""
    shapes = [
        shape_text(["N", *["any" if isinstance(s, str) else s for s in known.shape[1:]]])
        for _, known, _ in inputs
    ]
    whose = "for each input" if len(shapes) > 1 else "of numbers as data.py gives them"
    words = f"a .npy, .pt or .csv file {whose}: {', '.join(shapes)}"
    return words if len(words) <= ROOM else words.partition(":")[0]
