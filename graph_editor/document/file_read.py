"""The JSON tree of a project file to values, with every fault named by its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from graph_editor.document.file_args import ADDRESS, NODE_ID, arg_from_json
from graph_editor.document.file_json import join
from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Block,
    BlockId,
    Code,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Repeat,
    RuleId,
    Weights,
)

T = TypeVar("T")

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SPEC = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
PORT = re.compile(r"[A-Za-z_]\w*(\[\d{1,9}\]|\.[A-Za-z_]\w*)*", re.ASCII)
SOURCE = re.compile(rf"({NODE_ID.pattern})\.({PORT.pattern})", re.ASCII)
TIED = re.compile(rf"({ADDRESS.pattern})\.[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
PARAMETER_TYPES = ("int", "float", "bool", "str")
MAX_DEPTH = 32

NODE_FIELDS = frozenset(
    {"spec", "name", "args", "in", "when", "repeat", "weights", "freeze", "silence"}
)
REPEAT_FIELDS = frozenset({"count", "shared", "over", "stack"})
WEIGHTS_FIELDS = frozenset({"same_as", "follows", "decay", "every", "start"})
PARAMETER_FIELDS = frozenset({"name", "type", "default", "doc"})
BLOCK_FIELDS = frozenset(
    {"name", "doc", "parameters", "inputs", "outputs", "ties", "graph", "nodes"}
)
CODE_FIELDS = frozenset({"text", "inputs", "outputs", "parameters"})


def freeze(value: object, place: str, complaints: Complaints, depth: int = 0) -> Any:
    """Return a JSON tree as an immutable value: objects as FrozenMap, lists as tuples."""
    if isinstance(value, (dict, list)) and depth >= MAX_DEPTH:
        complaints.add(place, f"is nested more than {MAX_DEPTH} deep")
        return None
    if isinstance(value, dict):
        return FrozenMap(
            {k: freeze(v, f"{place}.{k}", complaints, depth + 1) for k, v in value.items()}
        )
    if isinstance(value, list):
        return tuple(freeze(v, f"{place}[{i}]", complaints, depth + 1) for i, v in enumerate(value))
    return value


class Fields:
    """One JSON object of the file, read field by field; what is wrong goes to the complaints."""

    def __init__(self, value: object, place: str, complaints: Complaints) -> None:
        self.place = place
        self.complaints = complaints
        self.value: dict[str, object] = {}
        if isinstance(value, dict):
            self.value = value
        else:
            self.complain("", f"must be an object, not {_kind(value)}")

    def complain(self, name: str, reason: str) -> None:
        """Note a problem of a field, or of the whole object where name is empty."""
        self.complaints.add(join(self.place, name) if name else self.place, reason)

    def text(self, name: str, default: str = "", required: bool = False) -> str:
        """Return a field that holds text."""
        value = self.value.get(name)
        if isinstance(value, str):
            return value
        if name in self.value:
            self.complain(name, f"must be text, not {_kind(value)}")
        elif required:
            self.complain(name, "is missing")
        return default

    def matching(self, name: str, pattern: re.Pattern[str], meaning: str) -> str | None:
        """Return a field whose text has a given form, or None where it is absent or wrong."""
        if name not in self.value:
            return None
        value = self.value[name]
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        self.complain(name, f"must be {meaning}, not {_shown(value)}")
        return None

    def flag(self, name: str) -> bool:
        """Return a field that is true or false; absent is false."""
        value = self.value.get(name, False)
        if isinstance(value, bool):
            return value
        self.complain(name, f"must be true or false, not {_kind(value)}")
        return False

    def items(self, name: str, one: Callable[[object, str], T | None]) -> tuple[T, ...]:
        """Return a list field, each item read by one."""
        value = self.value.get(name)
        if value is None and name not in self.value:
            return ()
        if not isinstance(value, list):
            self.complain(name, f"must be a list, not {_kind(value)}")
            return ()
        found = [one(item, f"{join(self.place, name)}[{i}]") for i, item in enumerate(value)]
        return tuple(item for item in found if item is not None)

    def entries(self, name: str, one: Callable[[str, object, str], T | None]) -> FrozenMap[str, T]:
        """Return an object field, each entry read by one."""
        value = self.value.get(name)
        if value is None and name not in self.value:
            return NOTHING
        if not isinstance(value, dict):
            self.complain(name, f"must be an object, not {_kind(value)}")
            return NOTHING
        place = join(self.place, name)
        found = {key: one(key, item, f"{place}.{key}") for key, item in value.items()}
        return FrozenMap({key: item for key, item in found.items() if item is not None})

    def names(self, name: str, pattern: re.Pattern[str], meaning: str) -> tuple[str, ...]:
        """Return a list of different texts of one form."""

        def one(item: object, place: str) -> str | None:
            if isinstance(item, str) and pattern.fullmatch(item):
                return item
            self.complaints.add(place, f"must be {meaning}, not {_shown(item)}")
            return None

        found = self.items(name, one)
        if len(set(found)) < len(found):
            self.complain(name, "names something twice")
        return found

    def extra(self, known: frozenset[str]) -> FrozenMap[str, object]:
        """Return the fields that this version does not know."""
        if self.value.keys() <= known:
            return NOTHING
        found = {k: v for k, v in self.value.items() if k not in known}
        return FrozenMap(
            {k: freeze(v, join(self.place, k), self.complaints) for k, v in found.items()}
        )


KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def _kind(value: object) -> str:
    return KINDS.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    if not isinstance(value, str):
        return _kind(value)
    return repr(value if len(value) <= 60 else value[:57] + "...")


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
        complaints.add(place, f"must be an object, not {_kind(value)}")
        return NOTHING
    found: dict[str, Arg] = {}
    for name, item in value.items():
        inner = f"{place}.{name}"
        if not IDENTIFIER.fullmatch(name):
            complaints.add(inner, "an argument's name is a Python identifier")
        found[name] = arg_from_json(item, inner, complaints)
    return FrozenMap(found)


def _wires(
    node: NodeId, value: object, place: str, complaints: Complaints
) -> dict[InPort, OutPort]:
    if not isinstance(value, dict):
        complaints.add(place, f"must be an object, not {_kind(value)}")
        return {}
    wires: dict[InPort, OutPort] = {}
    for port, source in value.items():
        match = SOURCE.fullmatch(source) if isinstance(source, str) else None
        if match is None:
            complaints.add(f"{place}.{port}", f"must be node.port, not {_shown(source)}")
        elif not PORT.fullmatch(port):
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
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, str) and isinstance(read := arg_from_json(value), Expr):
        return read
    fields.complain(name, "must be a whole number from 0 or an expression")
    return default


def _repeat(fields: Fields) -> Repeat:
    inner = Fields(fields.value["repeat"], f"{fields.place}.repeat", fields.complaints)

    def axis(port: str, value: object, place: str) -> int | None:
        if type(value) is int and PORT.fullmatch(port):
            return value
        inner.complaints.add(place, "must say the axis of a port, a whole number")
        return None

    if inner.value and "count" not in inner.value:
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
        return float(value)
    if isinstance(value, str) and isinstance(read := arg_from_json(value), Expr):
        return read
    fields.complain("decay", "must be a number or an expression")
    return 0.0


def _addresses(fields: Fields, name: str) -> tuple[Address, ...]:
    return tuple(Address(text) for text in fields.names(name, ADDRESS, "an address"))


RULE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


def _rules(fields: Fields) -> tuple[RuleId, ...]:
    return tuple(RuleId(text) for text in fields.names("silence", RULE, "the id of a rule"))


def block_from_json(
    value: object, place: str, complaints: Complaints, mentions: bool = True
) -> Block:
    """Return a block, or the main graph; mentions says whether what it mentions must be there."""
    fields = Fields(value, place, complaints)
    nodes: dict[NodeId, Node] = {}
    wires: dict[InPort, OutPort] = {}
    listed = fields.value.get("nodes", {})
    if isinstance(listed, dict):
        for key, item in listed.items():
            node_id = NodeId(key)
            node, found = node_from_json(node_id, item, f"{place}.nodes.{key}", complaints)
            nodes[node_id] = node
            wires.update(found)
    else:
        fields.complain("nodes", f"must be an object, not {_kind(listed)}")
    graph = Graph(
        FrozenMap(nodes),
        FrozenMap(wires),
        fields.entries("ties", _tie(complaints)),
        freeze(Fields(fields.value["graph"], f"{place}.graph", complaints).value, place, complaints)
        if "graph" in fields.value
        else NOTHING,
    )
    block = Block(
        graph,
        fields.text("name"),
        parameters(fields),
        tuple(map(NodeId, fields.names("inputs", NODE_ID, "the id of a node"))),
        tuple(map(NodeId, fields.names("outputs", NODE_ID, "the id of a node"))),
        fields.text("doc"),
        fields.extra(BLOCK_FIELDS),
    )
    if mentions:
        check_mentions(block, place, complaints)
    return block


def check_mentions(block: Block, place: str, complaints: Complaints) -> None:
    """Complain of wires and interface entries that mention nodes which do not exist."""
    nodes = block.graph.nodes
    for target, source in block.graph.wires.items():
        if source.node not in nodes:
            where = f"{place}.nodes.{target.node}.in.{target.port}"
            complaints.add(where, f"there is no node {source.node} in this graph")
    for name, listed in (("inputs", block.inputs), ("outputs", block.outputs)):
        for node in listed:
            if node not in nodes:
                complaints.add(f"{place}.{name}", f"there is no node {node} in this graph")


def _tie(complaints: Complaints) -> Callable[[str, object, str], str | None]:
    def one(key: str, value: object, place: str) -> str | None:
        if TIED.fullmatch(key) and isinstance(value, str) and TIED.fullmatch(value):
            return value
        complaints.add(place, 'must tie two parameters, as in "head.weight": "embed.weight"')
        return None

    return one


def parameters(fields: Fields) -> tuple[Parameter, ...]:
    """Return the parameters of a block or of code."""

    def one(item: object, place: str) -> Parameter:
        inner = Fields(item, place, fields.complaints)
        name = inner.matching("name", IDENTIFIER, "a Python identifier")
        kind = inner.text("type", "int", required=True)
        if kind not in PARAMETER_TYPES:
            inner.complain("type", f"must be one of {', '.join(PARAMETER_TYPES)}")
        if "name" not in inner.value:
            inner.complain("name", "is missing")
        default = arg_from_json(inner.value.get("default"), f"{place}.default", fields.complaints)
        return Parameter(
            name or "", kind, default, inner.text("doc"), inner.extra(PARAMETER_FIELDS)
        )

    found = fields.items("parameters", one)
    if len({parameter.name for parameter in found}) < len(found):
        fields.complain("parameters", "two parameters have the same name")
    return found


def code_from_json(value: object, place: str, complaints: Complaints) -> Code:
    """Return a piece of custom code; its text is kept, never run."""
    fields = Fields(value, place, complaints)

    def line(item: object, where: str) -> str | None:
        if isinstance(item, str) and "\n" not in item:
            return item
        complaints.add(where, "must be one line of text")
        return None

    return Code(
        "\n".join(fields.items("text", line)),
        fields.names("inputs", IDENTIFIER, "a Python identifier"),
        fields.names("outputs", IDENTIFIER, "a Python identifier"),
        parameters(fields),
        fields.extra(CODE_FIELDS),
    )


def blocks_from_json(fields: Fields) -> FrozenMap[BlockId, Block]:
    """Return the blocks of a project by their ids."""

    def one(key: str, item: object, place: str) -> Block:
        check_block_id(key, place, fields.complaints)
        return block_from_json(item, place, fields.complaints)

    found = fields.entries("blocks", one)
    return FrozenMap({BlockId(key): block for key, block in found.items()})


def codes_from_json(fields: Fields) -> FrozenMap[str, Code]:
    """Return the custom code of a project by its ids."""

    def one(key: str, item: object, place: str) -> Code:
        check_block_id(key, place, fields.complaints)
        return code_from_json(item, place, fields.complaints)

    return fields.entries("code", one)


def check_block_id(key: str, place: str, complaints: Complaints) -> None:
    """Complain of a key that can name no block and no code."""
    if not NODE_ID.fullmatch(key) or key == "main":
        complaints.add(place, "an id is a-z, then up to 39 of a-z, 0-9 and _, and not main")
