"""What a constructor puts into a module: layers, chains, copies, weights, buffers."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from codegen.reading.problems import Problem
from graph_editor.document import expressions as tree
from graph_editor.document.model import NOTHING, Arg, Expr, FrozenMap, NodeId, Parameter, Project


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the text something is said. Lines count from 1, columns from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


def place_of(node: ast.AST) -> Place:
    """Return where a piece of code stands."""
    return Place(
        getattr(node, "lineno", 1),
        getattr(node, "col_offset", 0),
        getattr(node, "end_lineno", 1) or 1,
        getattr(node, "end_col_offset", 0) or 0,
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """One module as its constructor is called, or one weight or buffer."""

    spec: str
    args: FrozenMap[str, Arg]
    code: ast.AST
    when: Expr | None = None
    """The test beside which an Identity stands."""
    count: int | Expr | None = None
    """How many copies with weights of their own there are."""
    is_list: bool = False
    """Whether the copies are a ModuleList, which forward loops over."""


@dataclass(slots=True)
class Member:
    """One attribute of a module: a layer, or a chain of them."""

    name: str
    layers: tuple[Layer, ...]
    is_chain: bool
    code: ast.AST
    calls: list[tuple[NodeId, ...]] = field(default_factory=list)
    """The nodes that stand for it, by the call in forward."""


@dataclass(slots=True)
class ReadClass:
    """One class as it was read."""

    key: str
    name: str
    code: ast.ClassDef
    parameters: tuple[Parameter, ...] = ()
    inputs: tuple[str, ...] = ()
    """Names of forward's parameters."""
    kept: dict[str, tree.Expression] = field(default_factory=dict)
    """Attributes that only keep a number -> what it is, over the parameters."""
    members: dict[str, Member] = field(default_factory=dict)
    place: str = ""
    """The empty buffer that says on which device the module is."""
    ties: list[tuple[ast.expr, ast.expr]] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)
    resting: list[Frozen] = field(default_factory=list)
    """What stays in evaluation mode while the rest is trained."""
    rests: ast.AST | None = None
    """The call of ``self.train()`` at the end of the constructor."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A module that is frozen or rests, as a path of attributes from ``self``."""

    path: ast.expr
    loops: tuple[tuple[str, ast.expr], ...] = ()
    """Variables on the way, each over the copies at another path."""
    kinds: tuple[str, ...] = ()
    """Specs of the modules meant below it; none for itself."""


@dataclass(frozen=True, slots=True)
class ReadModel:
    """What a model.py says: its blocks and its main graph, and where it says it."""

    project: Project
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    """What is understood, and has no place in the drawing."""
    classes: Mapping[str, str] = NOTHING
    """Key of a graph -> its class."""
    attributes: Mapping[tuple[str, NodeId], str] = NOTHING
    """Node that owns a module -> its attribute: ``conv1``, ``features[2]``."""
    variables: Mapping[tuple[str, NodeId], str] = NOTHING
    """Node -> the variable that its result is first bound to."""
    places: Mapping[tuple[str, NodeId], Place] = NOTHING
    spare: frozenset[str] = frozenset()
    """Classes that are left in the text and used by nothing."""
