"""Values to the JSON of a project file: sorted, one node per line, layout in a part of its own."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from typing import Any

from graph_editor.document.file_args import Json, arg_to_json
from graph_editor.document.model import (
    Arg,
    Block,
    Code,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
    Repeat,
    Weights,
    same,
)

FORMAT = "netwright"
FORMAT_VERSION = 1
MIN_READER = 1

TOP_FIELDS = frozenset(
    {"format", "format_version", "min_reader", "blocks", "main", "code", "run", "layout"}
)

LINE_MARKS = "\x85\u2028\u2029"
"""Signs that some programs take for the end of a line; JSON leaves them bare."""

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def thaw(value: object) -> Any:
    """Return the JSON tree of an immutable value, its keys sorted."""
    if isinstance(value, FrozenMap):
        return {key: thaw(value[key]) for key in sorted(value)}
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    return value


def args_to_json(args: Mapping[str, Arg]) -> dict[str, Json]:
    """Return named arguments in file form, sorted."""
    return {name: arg_to_json(args[name]) for name in sorted(args)}


def _extended(fields: dict[str, Any], extra: FrozenMap[str, object]) -> dict[str, Any]:
    if extra:
        clash = sorted(fields.keys() & set(extra))
        if clash:
            raise ValueError(f"{clash[0]} is a field of this version and cannot be kept aside")
        fields.update(thaw(extra))
    return fields


def node_to_json(node: Node, wires: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a node in file form; wires are its incoming ones, ``{"input": "conv.output"}``."""
    fields: dict[str, Any] = {"spec": node.spec}
    if node.name:
        fields["name"] = node.name
    if node.args:
        fields["args"] = args_to_json(node.args)
    if wires:
        fields["in"] = {port: wires[port] for port in sorted(wires)}
    if node.when is not None:
        fields["when"] = arg_to_json(node.when)
    if node.repeat is not None:
        fields["repeat"] = _repeat(node.repeat)
    if node.weights is not None:
        fields["weights"] = _weights(node.weights)
    if node.freeze:
        fields["freeze"] = list(node.freeze)
    if node.silence:
        fields["silence"] = list(node.silence)
    return _extended(fields, node.extra)


def _repeat(repeat: Repeat) -> dict[str, Any]:
    fields: dict[str, Any] = {"count": arg_to_json(repeat.count)}
    if repeat.shared:
        fields["shared"] = True
    if repeat.over:
        fields["over"] = thaw(repeat.over)
    if repeat.stack:
        fields["stack"] = thaw(repeat.stack)
    return _extended(fields, repeat.extra)


def _weights(weights: Weights) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if weights.same_as is not None:
        fields["same_as"] = weights.same_as
    if weights.follows is not None:
        fields["follows"] = weights.follows
    if not same(weights.decay, 0.0):
        fields["decay"] = arg_to_json(weights.decay)
    if not same(weights.every, 1):
        fields["every"] = arg_to_json(weights.every)
    if weights.start is not None:
        fields["start"] = weights.start
    return _extended(fields, weights.extra)


def parameter_to_json(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter in file form."""
    fields: dict[str, Any] = {"default": arg_to_json(parameter.default)}
    if parameter.doc:
        fields["doc"] = parameter.doc
    fields.update(name=parameter.name, type=parameter.type)
    return _extended(fields, parameter.extra)


def block_fields(block: Block) -> dict[str, Any]:
    """Return a block in file form without its nodes."""
    fields: dict[str, Any] = {}
    if block.name:
        fields["name"] = block.name
    if block.doc:
        fields["doc"] = block.doc
    if block.parameters:
        fields["parameters"] = [parameter_to_json(p) for p in block.parameters]
    if block.inputs:
        fields["inputs"] = list(block.inputs)
    if block.outputs:
        fields["outputs"] = list(block.outputs)
    if block.graph.ties:
        fields["ties"] = thaw(block.graph.ties)
    if block.graph.extra:
        fields["graph"] = thaw(block.graph.extra)
    return _extended(fields, block.extra)


def incoming_text(
    graph: Graph, only: Container[NodeId] | None = None
) -> dict[NodeId, dict[str, str]]:
    """Return the incoming wires of every node, or of some only, in file form."""
    found: dict[NodeId, dict[str, str]] = {}
    for target, source in graph.wires.items():
        if only is None or target.node in only:
            found.setdefault(target.node, {})[target.port] = f"{source.node}.{source.port}"
    return found


def code_fields(code: Code) -> dict[str, Any]:
    """Return custom code in file form without its text."""
    fields: dict[str, Any] = {"inputs": list(code.inputs), "outputs": list(code.outputs)}
    if code.parameters:
        fields["parameters"] = [parameter_to_json(p) for p in code.parameters]
    return _extended(fields, code.extra)


def code_to_json(code: Code) -> dict[str, Any]:
    """Return custom code in file form."""
    return {**code_fields(code), "text": code.text.split("\n")}


def dumps(project: Project) -> str:
    """Return the canonical text of a project."""
    extra = {"format_version": FORMAT_VERSION, "min_reader": MIN_READER, **project.extra}
    version, reader = encode(extra.pop("format_version")), encode(extra.pop("min_reader"))
    head = f' "format": "{FORMAT}", "format_version": {version}, "min_reader": {reader}'
    if clash := sorted(TOP_FIELDS & extra.keys()):
        raise ValueError(f"{clash[0]} is a field of this version and cannot be kept aside")
    parts = [head]
    if project.blocks:
        parts.append(_section("blocks", {k: _block(b, "   ") for k, b in project.blocks.items()}))
    parts.append(f' "main": {_block(project.main, "  ")}')
    if project.code:
        parts.append(_section("code", {key: _code(c) for key, c in project.code.items()}))
    if project.run:
        parts.append(f' "run": {encode(args_to_json(project.run))}')
    parts += [f" {encode(key)}: {encode(thaw(extra[key]))}" for key in sorted(extra)]
    if project.layout:
        parts.append(_section("layout", {k: _layout(v) for k, v in project.layout.items()}))
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    for mark in LINE_MARKS:
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _section(name: str, entries: Mapping[str, str]) -> str:
    lines = [f"  {encode(key)}: {entries[key]}" for key in sorted(entries)]
    return f" {encode(name)}: {{\n" + ",\n".join(lines) + "\n }"


def _block(block: Block, indent: str) -> str:
    lines = [f"{indent}{encode(k)}: {encode(v)}" for k, v in block_fields(block).items()]
    wires = incoming_text(block.graph)
    nodes = block.graph.nodes
    rows = [
        f"{indent} {encode(key)}: {encode(node_to_json(nodes[key], wires.get(key)))}"
        for key in sorted(nodes)
    ]
    lines.append(f'{indent}"nodes": {_rows(rows, indent)}')
    return "{\n" + ",\n".join(lines) + "}"


def _rows(rows: Iterable[str], indent: str) -> str:
    text = ",\n".join(rows)
    return "{\n" + text + "\n" + indent + "}" if text else "{}"


def _code(code: Code) -> str:
    fields = [f"   {encode(k)}: {encode(v)}" for k, v in code_fields(code).items()]
    text = ",\n".join(f"    {encode(line)}" for line in code.text.split("\n"))
    return "{\n" + ",\n".join([*fields, f'   "text": [\n{text}\n   ]']) + "}"


def _layout(layout: object) -> str:
    if not isinstance(layout, FrozenMap) or not layout:
        return encode(thaw(layout))
    lines = []
    for key in sorted(layout):
        value = layout[key]
        if key == "at" and isinstance(value, FrozenMap):
            rows = (f"    {encode(node)}: {encode(thaw(value[node]))}" for node in sorted(value))
            lines.append(f'   "at": {_rows(rows, "   ")}')
        else:
            lines.append(f"   {encode(key)}: {encode(thaw(value))}")
    return "{\n" + ",\n".join(lines) + "\n  }"
