"""What may be said in an edit: ids, names, arguments and addresses of a legal form."""

from __future__ import annotations

import math
from collections.abc import Iterable

from graph_editor.document.edits.error import EditError
from graph_editor.document.file_args import ADDRESS, HOLE_TEXT, MAX_DEPTH, TORCH_NAME
from graph_editor.document.file_fields import IDENTIFIER
from graph_editor.document.file_nodes import RULE, SPEC
from graph_editor.document.file_read import TIED
from graph_editor.document.ids import is_id
from graph_editor.document.model import (
    Arg,
    At,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    Name,
    Node,
    NodeId,
    Slice,
)


def node_of(graph: Graph, node_id: str) -> Node:
    """Return a node of the graph. Raises EditError."""
    found = graph.nodes.get(NodeId(node_id))
    if found is None:
        raise EditError(f"There is no node {node_id} in this graph.")
    return found


def check_id(text: str) -> None:
    """Raise EditError unless text may be an id."""
    if not is_id(text):
        raise EditError(f"{text!r} is no id: a-z comes first, then up to 39 of a-z, 0-9 and _.")


def check_identifier(text: str, what: str) -> None:
    """Raise EditError unless text may name an argument or parameter."""
    if not IDENTIFIER.fullmatch(text):
        raise EditError(f"{text!r} cannot be {what}: it must be a Python name.")


def check_text(text: object, what: str) -> None:
    """Raise EditError unless text is a string that a file can hold."""
    if not isinstance(text, str):
        raise EditError(f"{what} must be text.")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise EditError(f"{what} holds half of a surrogate pair, which no file can.")


def check_address(address: str) -> None:
    """Raise EditError unless the text has the form of an address."""
    if not ADDRESS.fullmatch(address):
        raise EditError(f"{address!r} is no address: it is written as in encoder/layers[2]/conv.")


def check_tied(text: str) -> None:
    """Raise EditError unless text names a parameter of a node."""
    if not TIED.fullmatch(text):
        raise EditError(f"{text!r} names no parameter: it is written as in decoder/head.weight.")


def check_rules(rules: Iterable[str]) -> None:
    """Raise EditError unless all texts may be ids of rules."""
    for rule in rules:
        if not RULE.fullmatch(rule):
            raise EditError(f"{rule!r} is no id of a rule.")


def check_node(node: Node) -> None:
    """Raise EditError unless a node is well formed."""
    if not SPEC.fullmatch(node.spec):
        raise EditError(f"{node.spec!r} is no spec: a kind comes first, as in nn.Linear.")
    check_text(node.name, "A node's name")
    for name, value in node.args.items():
        check_identifier(name, "an argument's name")
        check_argument(value)
    for address in node.freeze:
        check_address(address)
    check_rules(node.silence)


def check_argument(value: Arg, depth: int = 0) -> None:
    """Raise EditError unless a value may stand in a node's arguments."""
    if depth > MAX_DEPTH:
        raise EditError("An argument is nested too deeply.")
    if isinstance(value, str):
        check_text(value, "A text argument")
    elif isinstance(value, Expr):
        check_text(value.text, "An expression")
        if f"={value.text}" == HOLE_TEXT:
            raise EditError("? is no expression: a hole is a value of its own.")
    elif isinstance(value, Name):
        if not TORCH_NAME.fullmatch(value.text):
            raise EditError(f"{value.text!r} is no name: it is written as in float32.")
    elif isinstance(value, float):
        if math.isnan(value):
            raise EditError("Not-a-number cannot be an argument.")
    elif isinstance(value, At):
        check_address(value.address)
    elif isinstance(value, tuple):
        for one in value:
            check_argument(one, depth + 1)
    elif isinstance(value, Slice):
        for one in (value.start, value.stop, value.step):
            check_argument(one, depth + 1)
    elif isinstance(value, FrozenMap):
        for name, one in value.items():
            check_text(name, "A name inside an argument")
            if name.startswith("$"):
                raise EditError(f"{name} is no key: those that begin with $ are reserved.")
            check_argument(one, depth + 1)
    elif value is not None and not isinstance(value, (bool, int, Hole)):
        raise EditError(f"A {type(value).__name__} cannot be an argument.")
