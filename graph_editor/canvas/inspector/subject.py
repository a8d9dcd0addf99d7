"""What fields speak of: the selected nodes, and the state of each parameter that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph_editor.canvas.inspector.state import FieldState, Said, alike
from graph_editor.canvas.inspector.values import MIXED, UNSET
from graph_editor.catalogue.families import Family, family_of
from graph_editor.catalogue.promoting import parameter_for
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.edits import EditError
from graph_editor.document.model import (
    Block,
    Expr,
    Graph,
    InPort,
    Node,
    NodeId,
    Parameter,
    PortPath,
)

if TYPE_CHECKING:
    from graph_editor.canvas.findings import Findings
    from graph_editor.catalogue.order import Lookup

TYPED_PORTS = frozenset({"int", "float", "number", "size", "sizes", "numbers", "shape", "index"})
"""Types of inputs that may be given as a value where no wire leads into them."""
OF_A_RUN = frozenset({"optim", "lr_scheduler"})
SIZED_BY = ("out_features", "out_channels", "num_features")
"""What a bias has as many elements as."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Selected nodes of one graph, in the order of their ids."""

    key: str
    block: Block
    ids: tuple[NodeId, ...]
    nodes: tuple[Node, ...]
    specs: tuple[Spec | None, ...]

    @property
    def graph(self) -> Graph:
        """The graph that they are in."""
        return self.block.graph

    @property
    def identity(self) -> object:
        """What a form is made for: the nodes and their specs."""
        return self.key, self.ids, tuple(node.spec for node in self.nodes)

    @property
    def families(self) -> tuple[Family, ...]:
        """The family of each node."""
        pairs = zip(self.specs, self.nodes, strict=True)
        return tuple(family_of(spec, node.kind) for spec, node in pairs)

    def parameter(self, name: str) -> Parameter:
        """Return the parameter that an argument of the one node would become. Raises EditError."""
        spec = self.specs[0]
        if spec is None:
            raise EditError(f"{self.nodes[0].spec} is not known here.")
        return parameter_for(spec, self.nodes[0], name)

    def title(self) -> str:
        """Return what the nodes are called, for the name of a step of undo."""
        return str(self.ids[0]) if len(self.ids) == 1 else f"{len(self.ids)} nodes"


def subject_in(key: str, block: Block, chosen: Iterable[NodeId], lookup: Lookup) -> Subject:
    """Return chosen nodes of a graph as a subject; those that are gone are left out."""
    ids = tuple(sorted(node for node in chosen if node in block.graph.nodes))
    nodes = tuple(block.graph.nodes[node] for node in ids)
    return Subject(key, block, ids, nodes, tuple(lookup(node.spec) for node in nodes))


def is_editable(argument: Argument) -> bool:
    """Whether a value may be given for an argument at all."""
    if argument.many or argument.leaves:
        return False
    if argument.port is None:
        return True
    return argument.type in TYPED_PORTS or (argument.type == "any" and argument.style == "variadic")


def arguments_of(subject: Subject) -> tuple[Argument, ...]:
    """Return the arguments that all selected nodes have, in the order of the first one's."""
    each = [_own_arguments(s, n) for s, n in zip(subject.specs, subject.nodes, strict=True)]
    if not each:
        return ()
    first, *others = each
    return tuple(
        argument
        for name, argument in first.items()
        if all(_agree(argument, other.get(name)) for other in others)
    )


def _own_arguments(spec: Spec | None, node: Node) -> dict[str, Argument]:
    """Return the arguments of a node by name; of an unknown spec those that it says."""
    if spec is None:
        return {name: Argument(name, type="any", nullable=True) for name in node.args}
    return {a.name: a for a in spec.arguments if is_editable(a)}


def _agree(one: Argument, other: Argument | None) -> bool:
    if other is None:
        return False
    ranks = {one.rank, other.rank} - {0}  # 0: torch takes any number of sizes, and says so itself
    return len(ranks) < 2 and _nature(one) == _nature(other)


def _nature(argument: Argument) -> tuple[object, ...]:
    words = (argument.type, argument.choices, argument.port)
    return (*words, argument.nullable, argument.required, bool(argument.infer))


def states_of(subject: Subject, findings: Findings | None) -> dict[str, FieldState]:
    """Return the state of each parameter that the selected nodes share, by name."""
    known = frozenset(_known(subject))
    states = {a.name: _state(a, subject, findings, known) for a in arguments_of(subject)}
    if "bias" in states and len(subject.ids) == 1:
        states["bias"] = replace(states["bias"], phrase=_bias_phrase(states))
    return states


def _state(
    argument: Argument, subject: Subject, findings: Findings | None, known: frozenset[str]
) -> FieldState:
    name = argument.name
    said: list[Said] = [node.args.get(name, UNSET) for node in subject.nodes]
    mixed = not all(alike(said[0], other) for other in said[1:])
    inferred: list[Said] = []
    if findings is not None and argument.infer:
        values = [findings.values(key) for key in subject.ids]
        inferred = [found.get(name, UNSET) for found in values]
    agree = bool(inferred) and all(alike(inferred[0], other) for other in inferred[1:])
    blank = MIXED if inferred and not agree else ""
    return FieldState(
        argument,
        said[0],
        mixed,
        inferred[0] if agree else UNSET,
        _problem(name, subject, findings),
        _wired(name, subject),
        known,
        blank=blank,
    )


def _problem(name: str, subject: Subject, findings: Findings | None) -> str:
    if findings is None:
        return ""
    found = (
        problem.message
        for key in subject.ids
        for problem in findings.of(key)
        if problem.argument == name and problem.severity == "error"
    )
    return next(found, "")


def _wired(name: str, subject: Subject) -> str:
    """Return what is wired into an argument as a whole, in words."""
    wires = subject.graph.wires
    sources = (wires.get(InPort(key, PortPath(name))) for key in subject.ids)
    source = next((s for s in sources if s is not None), None)
    return "" if source is None else f"from {source.node}"


def _known(subject: Subject) -> Iterator[str]:
    """Yield the names that formulas may use on the selected nodes."""
    for parameter in subject.block.parameters:
        yield parameter.name
    for node in subject.graph.nodes.values():
        shape = node.args.get("shape") if node.spec == "io.input" else None
        for size in shape if isinstance(shape, tuple) else ():
            if isinstance(size, Expr) and size.text.isidentifier():
                yield size.text
    if subject.nodes and all(node.repeat is not None for node in subject.nodes):
        yield from ("i", "n")
    if subject.nodes and all(node.kind in OF_A_RUN for node in subject.nodes):
        yield from ("epochs", "epoch", "step")


def _bias_phrase(states: Mapping[str, FieldState]) -> str:
    """Return what a bias adds to the weights, where that is known."""
    sized = (states[name].value for name in SIZED_BY if name in states)
    count = next(sized, None)
    if isinstance(count, bool) or not isinstance(count, int):
        return ""
    return f"adds {count:,} parameters" if states["bias"].value else f"would add {count:,}"
