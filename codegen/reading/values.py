"""What a variable of forward stands for while its statements are followed one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from codegen.names import SIZE_WORDS
from graph_editor.catalogue.spec import OutputTree
from graph_editor.document.model import NodeId, OutPort


@dataclass(frozen=True, slots=True)
class Several:
    """The results of a node, not yet taken apart."""

    node: NodeId
    tree: OutputTree


@dataclass(frozen=True, slots=True)
class Shape:
    """All sizes of a value."""

    source: OutPort


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a value; a node only where nothing else can say it."""

    source: OutPort
    axis: int


@dataclass(frozen=True, slots=True)
class Named:
    """A size that an input of the graph names."""

    name: str


@dataclass(frozen=True, slots=True)
class Clone:
    """A copy of a value, into which something is about to be written."""

    source: OutPort
    moment: int
    """How many nodes were known when it was made."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The variable of a loop over the copies of a layer."""

    member: str


@dataclass(frozen=True, slots=True)
class Counter:
    """The variable of a loop that counts."""


Value: TypeAlias = OutPort | Several | Shape | Size | Named | Clone | Copies | Counter

SHORT = {word: short.upper() for short, word in SIZE_WORDS.items()}


def size_name(variable: str, taken: set[str]) -> str:
    """Return what a drawing calls the size in a variable: ``batch`` is ``B``."""
    name = SHORT.get(variable, variable.upper() if len(variable) == 1 else variable)
    return variable if name in taken else name


def leaves(tree: OutputTree) -> list[str]:
    """Return the ports of an output tree, in order."""
    if isinstance(tree, str):
        return [] if tree == "_" else [tree]
    return [leaf for item in tree for leaf in leaves(item)]
