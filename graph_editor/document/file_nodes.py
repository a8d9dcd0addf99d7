"""Nodes of a project file: one JSON object to a node and the wires that end in it."""

from __future__ import annotations

import re

from graph_editor.document.file_args import ADDRESS, NODE_ID, arg_from_json
from graph_editor.document.file_fields import IDENTIFIER, Fields, has_form, kind_of, shown
from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Expr,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Repeat,
    RuleId,
    Weights,
)

SPEC = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
PORT = re.compile(r"[A-Za-z_]\w*(\[\d{1,9}\]|\.[A-Za-z_]\w*)*", re.ASCII)
SOURCE = re.compile(rf"({NODE_ID.pattern})\.({PORT.pattern})", re.ASCII)
RULE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")

NODE_FIELDS = frozenset(
    {"spec", "name", "args", "in", "when", "repeat", "weights", "freeze", "silence"}
)
REPEAT_FIELDS = frozenset({"count", "shared", "over", "stack"})
WEIGHTS_FIELDS = frozenset({"same_as", "follows", "decay", "every", "start"})


def node_from_json(
    node_id: NodeId, value: object, place: str = "", complaints: Complaints | None = None
) -> tuple[Node, dict[InPort, OutPort]]:
    """Return a node and the wires that end in it.

    Problems go to complaints; without one they are raised as FileProblem.
    """
    if complaints is not None:
        return _node(node_id, value, place, complaints)
    own = Complaints("")
    found = _node(node_id, value, place or node_id, own)
    own.settle()
    return found


def _node(
    node_id: NodeId, value: object, place: str, complaints: Complaints
) -> tuple[Node, dict[InPort, OutPort]]:
    if not NODE_ID.fullmatch(node_id):
        complaints.add(place, "an id is a-z, then up to 39 of a-z, 0-9 and _")
    fields = Fields(value, place, complaints)
    known = fields.value
    spec = fields.matching("spec", SPEC, "kind.name")
    if "spec" not in known:
        fields.complain("spec", "is missing")
    node = Node(
        spec or "unknown.spec",
        fields.text("name") if "name" in known else "",
        _args(known["args"], f"{place}.args", complaints) if "args" in known else NOTHING,
        _when(fields) if "when" in known else None,
        _repeat(fields) if "repeat" in known else None,
        _weights(fields) if "weights" in known else None,
        _addresses(fields, "freeze") if "freeze" in known else (),
        _rules(fields) if "silence" in known else (),
        fields.extra(NODE_FIELDS),
    )
    return node, _wires(node_id, known["in"], f"{place}.in", complaints) if "in" in known else {}


def _args(value: object, place: str, complaints: Complaints) -> FrozenMap[str, Arg]:
    if not isinstance(value, dict):
        complaints.add(place, f"must be an object, not {kind_of(value)}")
        return NOTHING
    found: dict[str, Arg] = {}
    for name, item in value.items():
        inner = f"{place}.{name}"
        if not has_form(IDENTIFIER, name):
            complaints.add(inner, "an argument's name is a Python identifier")
        found[name] = arg_from_json(item, inner, complaints)
    return FrozenMap(found)


def _wires(
    node: NodeId, value: object, place: str, complaints: Complaints
) -> dict[InPort, OutPort]:
    if not isinstance(value, dict):
        complaints.add(place, f"must be an object, not {kind_of(value)}")
        return {}
    wires: dict[InPort, OutPort] = {}
    for port, source in value.items():
        match = SOURCE.fullmatch(source) if isinstance(source, str) else None
        if match is None:
            complaints.add(f"{place}.{port}", f"must be node.port, not {shown(source)}")
        elif not has_form(PORT, port):
            complaints.add(f"{place}.{port}", "is no port: name, then [0] or .key")
        else:
            wires[InPort(node, PortPath(port))] = OutPort(NodeId(match[1]), match[2])
    return wires


def _when(fields: Fields) -> Expr | None:
    value = arg_from_json(fields.value["when"], f"{fields.place}.when", fields.complaints)
    if isinstance(value, Expr):
        return value
    fields.complain("when", 'must be an expression, as in "=training"')
    return None


def _whole(fields: Fields, name: str, default: int) -> int | Expr:
    value = fields.value.get(name, default)
    if type(value) is int:
        return value
    if isinstance(value, str) and isinstance(read := arg_from_json(value), Expr):
        return read
    fields.complain(name, "must be a whole number or an expression")
    return default


def _repeat(fields: Fields) -> Repeat:
    inner = Fields(fields.value["repeat"], f"{fields.place}.repeat", fields.complaints)

    def axis(port: str, value: object, place: str) -> int | None:
        if type(value) is int and PORT.fullmatch(port):
            return value
        inner.complaints.add(place, "must say the axis of a port, a whole number")
        return None

    if "count" not in inner.value:
        inner.complain("count", "is missing")
    return Repeat(
        _whole(inner, "count", 1),
        inner.flag("shared"),
        inner.entries("over", axis),
        inner.entries("stack", axis),
        inner.extra(REPEAT_FIELDS),
    )


def _weights(fields: Fields) -> Weights:
    inner = Fields(fields.value["weights"], f"{fields.place}.weights", fields.complaints)
    same_as = inner.matching("same_as", NODE_ID, "the id of a node of this graph")
    follows = inner.matching("follows", ADDRESS, "an address")
    return Weights(
        None if same_as is None else NodeId(same_as),
        None if follows is None else Address(follows),
        _decay(inner),
        _whole(inner, "every", 1),
        inner.text("start") if "start" in inner.value else None,
        inner.extra(WEIGHTS_FIELDS),
    )


def _decay(fields: Fields) -> float | Expr:
    value = fields.value.get("decay", 0.0)
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, str) and isinstance(read := arg_from_json(value), Expr):
        return read
    fields.complain("decay", "must be a number or an expression")
    return 0.0


def _addresses(fields: Fields, name: str) -> tuple[Address, ...]:
    return tuple(Address(text) for text in fields.names(name, ADDRESS, "an address"))


def _rules(fields: Fields) -> tuple[RuleId, ...]:
    return tuple(RuleId(text) for text in fields.names("silence", RULE, "the id of a rule"))
