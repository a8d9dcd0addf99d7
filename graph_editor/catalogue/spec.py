"""What can be placed: a spec and its arguments, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_editor.document.model import NOTHING, Arg, FrozenMap

PortKind: TypeAlias = Literal["tensor", "size", "optimizer", "data"]
OutputTree: TypeAlias = "str | tuple[OutputTree, ...]"
"""Leaf names nested as torch nests its results: ``("output", ("h_n", "c_n"))`` for an LSTM.
A leaf ``chunks[*]`` stands for as many ports as the argument ``Spec.count`` says."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constructor or call, in the order of torch's signature.

    A call argument with a ``port`` is an input of the node: a wire fills it, else the value in
    ``Node.args``, else it is not passed.
    """

    name: str
    type: str = "any"
    """int float number bool str size sizes dtype shape index any. A size is an int or a tuple of ``rank`` ints."""
    stage: Literal["constructor", "call"] = "constructor"
    default: Arg = None
    required: bool = False
    port: PortKind | None = None
    many: bool = False
    """A variadic port: ``tensors[0]``, ``tensors[1]`` ... (dense from 0)."""
    leaves: tuple[str, ...] = ()
    """A port that is a tuple: its leaves, as in ``("hx[0]", "hx[1]")`` of an LSTM's ``hx``."""
    style: Literal["positional", "keyword", "variadic", "pseudo"] = "positional"
    """How it is written: by position (or name), by name only, as ``*args``, or not passed at all (``outputs``)."""
    choices: tuple[Arg, ...] = ()
    rank: int = 0
    infer: str = ""
    """For a parameter that may be ``auto``: an expression over input shapes, ``input.shape[1]``."""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class PortType:
    """What a data source says of one of its ports: dims as in ``io.input`` (``"=B"``, 8), and torch's dtype name."""

    shape: tuple[Arg, ...]
    dtype: str = "float32"
    low: float | None = None
    high: float | None = None
    classes: int | None = None
    """Number of class labels 0 .. classes - 1, where the values are labels."""


@dataclass(frozen=True, slots=True)
class Spec:
    """Something that can be placed. Kind = the part of the name before the dot."""

    name: str
    title: str
    summary: str
    category: str
    callee: str
    """Where torch keeps it (``torch.nn.Conv2d``, ``torch.cat``, ``Tensor.flatten``); an operator's sign (``+``)."""
    arguments: tuple[Argument, ...] = ()
    outputs: OutputTree = "output"
    count: str = ""
    types: FrozenMap[str, PortType] = NOTHING
    facts: FrozenMap[str, Arg] = NOTHING

    @property
    def kind(self) -> str:
        """The part of the name before its first dot."""
        return self.name.partition(".")[0]

    def argument(self, name: str) -> Argument | None:
        """Return the argument with that name, or None."""
        return next((a for a in self.arguments if a.name == name), None)
