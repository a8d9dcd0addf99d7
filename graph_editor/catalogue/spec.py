"""What can be placed: a spec and its arguments, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_editor.document.model import NOTHING, Arg, FrozenMap

PortKind: TypeAlias = Literal["tensor", "size", "optimizer", "scheduler", "data"]
OutputTree: TypeAlias = "str | tuple[OutputTree, ...]"
"""Leaf names nested as torch nests its results: ``("output", ("h_n", "c_n"))`` for an LSTM.
A leaf ``chunks[*]`` stands for as many ports as the argument ``Spec.count`` says; a leaf ``_`` is
a place in torch's result that holds nothing of use, and no port."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constructor or call, in the order of torch's signature.

    A call argument with a ``port`` is an input of the node: a wire fills it, else the value in
    ``Node.args``, else it is not passed.
    """

    name: str
    type: str = "any"
    """int float number bool str size sizes numbers tensor dtype shape index expression any.

    A size is an int or a tuple of ``rank`` ints; sizes and shape are tuples of ints; numbers is a
    number or a tuple of ``rank`` numbers; a tensor is a nested tuple of numbers, which the code
    wraps in ``torch.tensor``; an index is what stands between square brackets; an expression (or
    a number) stays a formula over ``variables``, which torch evaluates again and again.
    """
    stage: Literal["constructor", "call"] = "constructor"
    default: Arg = None
    required: bool = False
    """Whether torch demands it. One with ``infer`` may be left out all the same."""
    nullable: bool = False
    """Whether None may be said, whatever the default is."""
    port: PortKind | None = None
    many: bool = False
    """A variadic port: ``tensors[0]``, ``tensors[1]`` ... (dense from 0)."""
    leaves: tuple[str, ...] = ()
    """A port that is a tuple: its leaves, as in ``("hx[0]", "hx[1]")`` of an LSTM's ``hx``."""
    style: Literal["positional", "keyword", "variadic", "pseudo"] = "positional"
    """How it is written: by position or name, by name only, as ``*args``, or not passed at all."""
    choices: tuple[Arg, ...] = ()
    """The words that are legal; beside them a size may be a number (``padding="same"``)."""
    rank: int = 0
    variables: tuple[str, ...] = ()
    """The names that an expression is a formula over: ``epoch`` in ``=0.95 ** epoch``."""
    infer: str = ""
    """For a parameter that may be ``auto``: an expression over input shapes, ``input.shape[1]``."""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class PortType:
    """What a data source says of one of its ports, or a block declares of an input.

    Dims are as in ``io.input`` (``Expr("B")``, 8); dtype is torch's name for it.
    """

    shape: tuple[Arg, ...]
    dtype: str = "float32"
    low: float | None = None
    high: float | None = None
    classes: int | None = None
    """Number of class labels 0 .. classes - 1, where the values are labels."""
    padding: int | None = None
    """The one of them that stands for nothing, and fills up what is too short."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another output tree, for nodes whose argument is true, false, or given (not None)."""

    argument: str
    condition: Literal["true", "false", "given"]
    outputs: OutputTree


@dataclass(frozen=True, slots=True)
class Spec:
    """Something that can be placed. Kind = the part of the name before the dot."""

    name: str
    title: str
    summary: str
    category: str
    callee: str
    """Where torch keeps it (``torch.nn.Conv2d``, ``torch.cat``, ``Tensor.flatten``).

    For an operator its sign (``+``); empty for what torch does not have.
    """
    arguments: tuple[Argument, ...] = ()
    outputs: OutputTree = "output"
    count: str = ""
    variants: tuple[Variant, ...] = ()
    """Tried in order; the first that holds replaces ``outputs``."""
    yields: PortKind = "tensor"
    """The kind of the output ports."""
    types: FrozenMap[str, PortType] = NOTHING
    """What a data source says of its outputs, and what a block's inputs declare."""
    titles: FrozenMap[str, str] = NOTHING
    """What its ports are called by people, where that is not their name: those of a block."""
    facts: FrozenMap[str, Arg] = NOTHING

    @property
    def kind(self) -> str:
        """The part of the name before its first dot."""
        return self.name.partition(".")[0]

    def port_title(self, path: str) -> str:
        """Return what a port is called by people."""
        return self.titles.get(path, path)

    def argument(self, name: str) -> Argument | None:
        """Return the argument with that name, or None."""
        return next((a for a in self.arguments if a.name == name), None)
