"""Writing data.py: a data source, a fixed split, and statistics of the training part only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from codegen.custom_imports import merged
from codegen.data_source import SourceCode, arguments, standardised, writers
from codegen.emit import Expression, call, name, number, tuple_of
from codegen.first_line import first_line
from codegen.statements import (
    Argument,
    Blank,
    Line,
    Statement,
    assign,
    function,
    give_back,
    word,
    write,
)
from codegen.train_text import fixed
from codegen.written import CannotWrite, SourceText
from graph_editor.document.model import Address, Arg, FrozenMap, Node

DEFAULT_SPLIT: FrozenMap[str, Arg] = FrozenMap({"train": 0.8, "val": 0.2})
SMALL = 1e-9


def source_code(node_id: Address, node: Node) -> SourceCode:
    """Return the text pieces of a data node. Raises CannotWrite."""
    if node.spec not in writers():
        known = ", ".join(sorted(writers()))
        raise CannotWrite(node_id, f"the data source {node.spec} has no code yet", f"Use {known}")
    if node.args.get("ports") is not None and node.spec != "data.random":
        raise CannotWrite(node_id, "other names for its ports are not supported", "Remove ports")
    read = arguments()[node.spec]
    for key, value in node.args.items():
        if key not in read and not (key == "ports" and value is None):
            raise CannotWrite(node_id, f"{key} of this data source has no code", f"Remove {key}")
    try:
        return writers()[node.spec](node.args)
    except ValueError as problem:
        raise CannotWrite(node_id, str(problem), "Change this argument of the source") from None


def write_data(title: str, node_id: Address, node: Node) -> SourceText:
    """Return data.py for a data node alone. Raises CannotWrite."""
    source = source_code(node_id, node)
    return data_file(title, [source], loader_of(node_id, node, source, "load_data", "Split"))


def data_file(title: str, codes: Sequence[SourceCode], loaders: Sequence[Statement]) -> SourceText:
    """Return data.py for sources, and what loads each."""
    packages = dict.fromkeys(package for code in codes for package in code.packages)
    known = [word(line) for code in codes for line in code.constants]
    known += [word(SCALE)] * any(code.scales for code in codes)
    statements: list[Statement] = [*_imports(codes), Blank(), *known, *loaders]
    needs = " and ".join(["PyTorch", *packages])
    return write(statements, first_line(title, needs), "\n".join(code.summary for code in codes))


def loader_of(
    node_id: Address, node: Node, source: SourceCode, loader: str, split: str
) -> list[Statement]:
    """Return the type of a part of a source, and the function that reads it."""
    train, validation = split_of(node_id, node.args)
    arguments = [Argument("seed", "int", number(0))]
    fitted = [line for tensor in source.scaled for line in standardised(tensor)]
    body = [
        *[word(line, node_id) for line in source.read],
        *_split(source, train, validation, node_id),
        *([word("scales: dict[str, Scale] = {}")] if source.scales else []),
        *[word(line, node_id) for line in fitted],
        *[word(line, Address(node)) for line, node in source.transformed],
        give_back(_both_parts(source), node_id),
    ]
    docstring = f"Return (train, validation): {source.returns}."
    width = ", ".join(["torch.Tensor"] * len(source.names))
    kind, returned = word(f"{split} = tuple[{width}]"), f"tuple[{split}, {split}]"
    if not source.scales:
        return [kind, function(loader, arguments, returned, body, docstring, node=node_id)]
    whole = f"load_scaled_{loader.removeprefix('load_')}"
    short = fixed(WITHOUT_SCALES.format(whole=whole))
    with_scales = f"tuple[{split}, {split}, dict[str, Scale]]"
    return [
        kind,
        function(loader, arguments, returned, short, docstring, node=node_id),
        function(whole, arguments, with_scales, body, SCALED.format(loader), node=node_id),
    ]


SCALE = "Scale = tuple[torch.Tensor, torch.Tensor]  # a mean and a deviation"
SCALED = "Return what {} does, and by what each tensor was scaled: (raw - mean) / deviation."
WITHOUT_SCALES = """\
train, validation, _ = {whole}(seed)
return train, validation
"""


def _imports(codes: Sequence[SourceCode]) -> list[Statement]:
    lines = [line for code in codes for line in code.imports]
    if any(code.packages for code in codes):
        lines.append("from sklearn.model_selection import train_test_split")
    if len(codes) > 1:
        return [_untyped(line) for line in merged(["import torch", *lines], ())]
    return [word("import torch"), *[_untyped(word(line)) for line in lines]]


def _untyped(line: Statement) -> Statement:
    """Say of an import of scikit-learn, which has no types, that a checker may pass over it."""
    if isinstance(line, Line) and line.prefix.startswith("from sklearn"):
        return replace(line, remark="type: ignore[import-untyped]")
    return line


def split_of(node_id: Address, args: Mapping[str, Arg]) -> tuple[float, float]:
    """Return the training and the validation fraction that a data node asks for.

    What is left of a sum below 1 is the test part: it is kept aside. Raises CannotWrite.
    """
    split = args.get("split")
    parts: Mapping[str, Arg] = split if isinstance(split, FrozenMap) else DEFAULT_SPLIT
    fractions = {k: v for k, v in parts.items() if isinstance(v, float) and 0 < v < 1}
    known = {"train", "val"} <= set(parts) <= {"train", "val", "test"}
    if (
        not known
        or len(fractions) < len(parts)
        or sum(fractions.values()) > 1 + SMALL
        or not isinstance(split, FrozenMap | None)
    ):
        raise CannotWrite(
            node_id,
            f"the split {dict(parts)} is not one of fractions that sum to 1 at most",
            "Give, for instance, train 0.8 and val 0.2",
        )
    return fractions["train"], fractions["val"]


def _split(source: SourceCode, train: float, validation: float, node: Address) -> list[Statement]:
    """Return the statement that binds the indices of the training and the validation part."""
    if source.drawn:
        return [assign("train, validation", _cut(source.drawn, train, validation), node)]
    rows = call(name("range"), [call(name("len"), [name(source.names[-1])])])
    aside = 1 - train - validation > SMALL
    keywords: dict[str, Expression] = {"train_size": number(train)} if aside else {}
    keywords |= {"test_size": number(validation), "random_state": name("seed")}
    if source.stratify:
        keywords["stratify"] = name(source.stratify)
    return [assign("train, validation", call(name("train_test_split"), [rows], keywords), node)]


def _cut(samples: int, train: float, validation: float) -> Expression:
    """Return slices of samples that were drawn independently, so that any cut is a fair one."""
    first, last = round(samples * train), min(round(samples * (train + validation)), samples)
    ends = [
        call(name("slice"), [number(first)]),
        call(name("slice"), [number(first), number(last)]),
    ]
    return tuple_of(ends, bare=True)


def _both_parts(source: SourceCode) -> Expression:
    """Return the tensors of the training part and those of the validation part, as tuples."""
    parts = [
        tuple_of(Expression(f"{tensor}[{part}]") for tensor in source.names)
        for part in ("train", "validation")
    ]
    return tuple_of([*parts, *([name("scales")] if source.scales else [])], bare=True)
