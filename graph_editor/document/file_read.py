"""Blocks, custom code and their parameters: the JSON objects of a project file to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from graph_editor.document.file_args import ADDRESS, NODE_ID, arg_from_json
from graph_editor.document.file_fields import IDENTIFIER, Fields, freeze, kind_of
from graph_editor.document.file_nodes import node_from_json
from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import (
    NOTHING,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
)

TIED = re.compile(rf"({ADDRESS.pattern})\.[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
PARAMETER_TYPES = ("int", "float", "bool", "str")

PARAMETER_FIELDS = frozenset({"name", "type", "default", "doc"})
BLOCK_FIELDS = frozenset(
    {"name", "doc", "parameters", "inputs", "outputs", "ties", "graph", "nodes"}
)
CODE_FIELDS = frozenset({"text", "inputs", "outputs", "parameters"})


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
        fields.complain("nodes", f"must be an object, not {kind_of(listed)}")
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
        tuple(map(NodeId, fields.distinct("inputs", NODE_ID, "the id of a node"))),
        tuple(map(NodeId, fields.distinct("outputs", NODE_ID, "the id of a node"))),
        fields.text("doc"),
        fields.extra(BLOCK_FIELDS),
    )
    if mentions:
        check_mentions(block, place, complaints)
    return block


def check_mentions(
    block: Block,
    place: str,
    complaints: Complaints,
    wires: Mapping[InPort, OutPort] | None = None,
) -> None:
    """Complain of wires (all, or those given) and interface entries without their node."""
    nodes = block.graph.nodes
    for target, source in (block.graph.wires if wires is None else wires).items():
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
        fields.distinct("inputs", IDENTIFIER, "a Python identifier"),
        fields.distinct("outputs", IDENTIFIER, "a Python identifier"),
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
