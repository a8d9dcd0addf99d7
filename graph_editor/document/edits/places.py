"""Places in a node's arguments that wires fill: open one, free one, close the gaps of a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from graph_editor.document.edits.error import EditError
from graph_editor.document.expression_tree import Size, walk
from graph_editor.document.expressions import ExpressionError, parse
from graph_editor.document.model import (
    Arg,
    Expr,
    FrozenMap,
    Hole,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Slice,
)

FIXED_TUPLES = frozenset({"hx"})
"""Ports that are tuples of fixed length: taking one item leaves the others where they are."""
ALONGSIDE = {"losses": "loss_weights"}
"""Arguments that hold one item for each wire of a variadic port."""
PORT = re.compile(r"[A-Za-z_]\w*(\[\d{1,9}\]|\.[A-Za-z_]\w*)*", re.ASCII)
_PART = re.compile(r"\[(\d+)\]|\.([A-Za-z_]\w*)", re.ASCII)
_ITEM = re.compile(r"([A-Za-z_]\w*)\[(\d+)\]", re.ASCII)


def port(text: str) -> PortPath:
    """Return text as the path of a port. Raises EditError."""
    if not PORT.fullmatch(text):
        raise EditError(f"{text} is no port: a name comes first, then [0] or .key.")
    return PortPath(text)


def item(path: str) -> tuple[str, int] | None:
    """Return the name and index of a variadic port, ``tensors[1]``; None for any other path."""
    match = _ITEM.fullmatch(path)
    return (match[1], int(match[2])) if match else None


def _name_and_parts(path: str) -> tuple[str, list[int | str]]:
    name = re.split(r"[\[.]", path, maxsplit=1)[0]
    found = _PART.finditer(path, len(name))
    return name, [int(m[1]) if m[1] is not None else m[2] for m in found]


def opened(node: Node, path: str) -> Node:
    """Return the node with a hole at path, if an argument is spelled out there."""
    name, parts = _name_and_parts(path)
    if not parts or name not in node.args:
        return node
    value = _with_hole(node.args[name], parts, path)
    return node if value is node.args[name] else replace(node, args=node.args.set(name, value))


def _with_hole(value: Arg, parts: list[int | str], path: str) -> Arg:
    if not parts:
        return value if isinstance(value, Hole) else Hole()
    part, rest = parts[0], parts[1:]
    if isinstance(value, tuple) and isinstance(part, int) and part <= len(value):
        old = value[part] if part < len(value) else Hole()
        new = _with_hole(old, rest, path)
        return (
            value if new is old and part < len(value) else (*value[:part], new, *value[part + 1 :])
        )
    if isinstance(value, Slice) and part in ("start", "stop", "step"):
        old = getattr(value, str(part))
        new = _with_hole(old, rest, path)
        if new is old:
            return value
        bounds = {"start": value.start, "stop": value.stop, "step": value.step, str(part): new}
        return Slice(bounds["start"], bounds["stop"], bounds["step"])
    if isinstance(value, FrozenMap) and isinstance(part, str):
        return value.set(part, _with_hole(value.get(part, Hole()), rest, path))
    raise EditError(f"The arguments have no place {path} that a wire could fill.")


def check_dense(node: Node, target: InPort, wires: FrozenMap[InPort, OutPort]) -> None:
    """Raise EditError where a wire to target would leave a gap before it."""
    found = item(target.port)
    if found is None or found[0] in node.args or found[0] in FIXED_TUPLES:
        return
    name, index = found
    if index and InPort(target.node, PortPath(f"{name}[{index - 1}]")) not in wires:
        raise EditError(
            f"A wire to {target.port} would leave a gap: fill {name}[{index - 1}] first."
        )


def free(
    nodes: dict[NodeId, Node], wires: dict[InPort, OutPort], targets: Iterable[InPort]
) -> None:
    """Take the wires of targets out of wires, and close the gaps that they leave in lists.

    A list that nothing but wires fill closes up. Where an argument spells out other items too, as
    in ``x.view(?, -1)``, each keeps its place and the hole stays open.
    """
    lists: dict[tuple[NodeId, str], set[int]] = {}
    for target in targets:
        wires.pop(target, None)
        found = item(target.port)
        if found is not None and found[0] not in FIXED_TUPLES:
            lists.setdefault((target.node, found[0]), set()).add(found[1])
    for (node_id, name), gone in lists.items():
        value = nodes[node_id].args.get(name, ())
        if isinstance(value, tuple) and all(isinstance(one, Hole) for one in value):
            nodes[node_id] = _close(nodes[node_id], node_id, wires, name, gone)


def _close(
    node: Node, node_id: NodeId, wires: dict[InPort, OutPort], name: str, gone: set[int]
) -> Node:
    listed = node.args.get(name)
    count = len(listed) if isinstance(listed, tuple) else 0
    while count in gone or InPort(node_id, PortPath(f"{name}[{count}]")) in wires:
        count += 1
    kept = [index for index in range(count) if index not in gone]
    moved = {f"{name}[{old}]": f"{name}[{new}]" for new, old in enumerate(kept) if new != old}
    for old, new in moved.items():
        source = wires.pop(InPort(node_id, PortPath(old)), None)
        if source is not None:
            wires[InPort(node_id, PortPath(new))] = source
    args = dict(node.args.items())
    if isinstance(listed, tuple):
        args[name] = tuple(listed[index] for index in kept if index < len(listed))
        if not args[name]:
            del args[name]
    beside = args.get(ALONGSIDE.get(name, ""))
    if isinstance(beside, tuple) and len(beside) == count:
        args[ALONGSIDE[name]] = tuple(beside[index] for index in kept)
    args = {key: _renamed(value, moved) for key, value in args.items()} if moved else args
    unchanged = len(args) == len(node.args) and all(args[k] is v for k, v in node.args.items())
    return node if unchanged else replace(node, args=FrozenMap(args))


def _renamed(value: Arg, moved: dict[str, str]) -> Arg:
    """Return an argument whose expressions ask the moved ports for their shapes."""
    if isinstance(value, Expr):
        text = value.text
        try:
            sizes = [part for part in walk(parse(text)) if isinstance(part, Size)]
        except ExpressionError:
            return value
        for part in sorted(sizes, key=lambda size: -size.place):
            written = text[part.place : part.place + len(part.port)]
            if written in moved:
                rest = text[part.place + len(part.port) :]
                text = text[: part.place] + moved[written] + rest
        return value if text == value.text else Expr(text)
    if isinstance(value, tuple):
        made = tuple(_renamed(one, moved) for one in value)
        return value if all(a is b for a, b in zip(made, value, strict=True)) else made
    return value
