"""Which of several ports is meant for a value: the first that fits, as far as can be told.

Dtypes and ranks speak where they are known, and what a data source gives to be aimed at. Nothing
is forbidden here: where no port fits, the first one of the kind is returned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.joining import fits
from graph_editor.catalogue.misfits import AXES, FLOATS, LOOKUPS, SPATIAL, WEIGHTED, WHOLE, misfit
from graph_editor.catalogue.ports import Port, input_ports, output_kind, output_ports
from graph_editor.catalogue.spec import PortKind, Spec
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.model import NOTHING, Arg, FrozenMap, Node, PortPath

RIGHT, LIKELY, UNLIKELY, WRONG = range(4)
"""How a value suits a port, the best first; only ``WRONG`` speaks against it."""
CLASSES = frozenset({"nn.CrossEntropyLoss", "nn.NLLLoss", "nn.LinearCrossEntropyLoss",
                     "nn.MultiMarginLoss", "nn.AdaptiveLogSoftmaxWithLoss", "nn.CTCLoss",
                     "metric.accuracy", "metric.top_k_accuracy"})  # fmt: skip
"""What compares with the numbers of classes."""
NEVER_SCALAR = tuple(range(1, 7))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a tensor while torch has not been asked."""

    dtype: str = ""
    ranks: tuple[int, ...] = ()
    """The numbers of axes that it may have; empty where nothing is known of them."""
    what: str = ""
    """What the values are, in a word: ``labels``."""
    is_goal: bool = False
    """Whether a data source gives it to be aimed at: labels, and all behind the first output."""


UNKNOWN = Known()


def compares(spec: Spec) -> bool:
    """Whether a node holds what a model gives against what it should give."""
    return spec.kind == "metric" or (spec.kind == "nn" and spec.category == "Losses")


def suits(spec: Spec, port: Port, known: Known) -> int:
    """Return how well a tensor suits an input of a node."""
    if port.kind != "tensor":
        return RIGHT
    ranks: tuple[int | None, ...] = known.ranks or (None,)
    if all(misfit(spec, port, known.dtype, rank, known.what) for rank in ranks):
        return WRONG
    if spec.kind == "optim":
        return WRONG if known.ranks and 0 not in known.ranks else RIGHT if known.ranks else LIKELY
    if not compares(spec):
        return RIGHT
    if "target" not in port.path:
        return UNLIKELY if known.is_goal or known.dtype in WHOLE else RIGHT
    return _suits_target(spec, known)


def _suits_target(spec: Spec, known: Known) -> int:
    numbers = spec.name in CLASSES
    if numbers and known.dtype in FLOATS:
        return WRONG
    if not known.is_goal:
        return LIKELY if numbers and known.dtype in WHOLE else UNLIKELY
    return LIKELY if not numbers and known.dtype in WHOLE else RIGHT


def entrance(
    spec: Spec, kind: PortKind, args: FrozenMap[str, Arg] = NOTHING, known: Known = UNKNOWN
) -> PortPath | None:
    """Return the input of a new node that is meant for a value of a kind; None: it takes none.

    A port that must be wired goes before one that may stay empty.
    """
    found = way_in(spec, kind, args, known)
    return None if found is None else found[0]


def way_in(
    spec: Spec, kind: PortKind, args: FrozenMap[str, Arg] = NOTHING, known: Known = UNKNOWN
) -> tuple[PortPath, int] | None:
    """Return the input that ``entrance`` returns, and how well the value suits it."""
    return into_node(spec, Node(spec.name, args=starting_arguments(spec, args)), kind, known)


def into_node(
    spec: Spec, node: Node, kind: PortKind, known: Known = UNKNOWN
) -> tuple[PortPath, int] | None:
    """Return the input of an unwired node that is meant for a value, and how well it suits it."""
    found = [port for port in input_ports(spec, node) if fits(kind, port)]
    judged = [(suits(spec, port, known), port) for port in found]
    judged.sort(key=lambda pair: (pair[0] == WRONG, pair[1].optional, pair[0]))
    return next(((port.path, how) for how, port in judged), None)


def exit_to(
    spec: Spec, port: Port, args: FrozenMap[str, Arg] = NOTHING, into: Spec | None = None
) -> str | None:
    """Return the output of a new node that is meant for a port; None: it has none of its kind."""
    found = way_out(spec, port, args, into)
    return None if found is None else found[0]


def way_out(
    spec: Spec, port: Port, args: FrozenMap[str, Arg] = NOTHING, into: Spec | None = None
) -> tuple[str, int] | None:
    """Return the output that ``exit_to`` returns, and how well it suits the port."""
    return out_of(spec, Node(spec.name, args=starting_arguments(spec, args)), port, into)


def out_of(spec: Spec, node: Node, port: Port, into: Spec | None = None) -> tuple[str, int] | None:
    """Return the output of a node that is meant for a port of another, and how well it suits."""
    if not fits(output_kind(spec, node), port):
        return None
    if into is None:
        return next(((leaf, RIGHT) for leaf in output_ports(spec, node)), None)
    judged = [
        (suits(into, port, given(spec, node, leaf)), leaf) for leaf in output_ports(spec, node)
    ]
    judged.sort(key=lambda pair: pair[0])
    return next(((leaf, how) for how, leaf in judged), None)


def given(spec: Spec, node: Node, leaf: str) -> Known:
    """Return what a spec alone tells of an output of a node."""
    if output_kind(spec, node) != "tensor":
        return UNKNOWN
    if spec.kind == "data":
        return _of_data(spec, node, leaf)
    if spec.kind == "metric" or leaf == "loss":
        return Known("float32", (0,))
    if spec.kind != "nn" or spec.name == "nn.AdaptiveLogSoftmaxWithLoss":
        return UNKNOWN
    if spec.category == "Losses":
        return Known("float32", (0,))
    name = spec.name.removeprefix("nn.")
    ranks = NEVER_SCALAR
    if name.startswith(SPATIAL) and name[-2:] in AXES:
        fewest, most, _ = AXES[name[-2:]]
        ranks = tuple(range(fewest, most + 1))
    is_float = name.startswith(WEIGHTED) or name in LOOKUPS
    return Known("float32" if is_float else "", ranks)


def _of_data(spec: Spec, node: Node, leaf: str) -> Known:
    known = port_types(spec, node).get(leaf)
    leaves = output_ports(spec, node)
    if known is None:
        return Known(is_goal=leaf in leaves[1:])
    said = Known(known.dtype, (len(known.shape),), is_goal=leaf in leaves[1:])
    return said if known.classes is None else replace(said, what="labels", is_goal=True)
