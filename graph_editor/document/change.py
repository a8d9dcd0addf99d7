"""The difference of two projects in file form: what fixes, the clipboard and the journal hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graph_editor.document.file_args import arg_from_json, arg_to_json
from graph_editor.document.file_fields import Fields, freeze
from graph_editor.document.file_nodes import node_from_json
from graph_editor.document.file_problems import Complaints
from graph_editor.document.file_read import (
    block_from_json,
    check_block_id,
    check_mentions,
    code_from_json,
)
from graph_editor.document.file_write import (
    block_fields,
    code_to_json,
    incoming_text,
    node_to_json,
    thaw,
)
from graph_editor.document.layout_form import check_layout
from graph_editor.document.model import (
    NOTHING,
    Block,
    BlockId,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Project,
    same,
)

LAYOUT_DEPTH = 3
"""A position is a change of its own: ``layout``, graph, ``at``, node."""
CHANGE_FIELDS = frozenset({"main", "blocks", "code", "run", "layout", "extra"})
ANY_TEXT = re.compile(r".+", re.DOTALL)
BLOCK_CHANGE_FIELDS = frozenset({"set", "drop", "nodes"})


def change_to_json(before: Project, after: Project) -> dict[str, Any]:
    """Return what turns before into after; ``apply_change`` applies it. Equal projects give ``{}``.

    A node changes as a whole, with its incoming wires; null stands for what is removed.
    """
    parts: dict[str, Any] = {
        "main": _block_change(before.main, after.main),
        "blocks": _entries_change(before.blocks, after.blocks, _block_change, Block()),
        "code": _entries_change(before.code, after.code, lambda _, new: code_to_json(new), None),
        "run": _tree_change(before.run, after.run, 1, arg_to_json),
        "layout": _tree_change(before.layout, after.layout, LAYOUT_DEPTH, thaw),
        "extra": _tree_change(before.extra, after.extra, 1, thaw),
    }
    return {name: part for name, part in parts.items() if part}


def _entries_change(
    old: Mapping[Any, Any], new: Mapping[Any, Any], one: Callable[[Any, Any], Any], start: Any
) -> dict[str, Any]:
    if old is new:
        return {}
    found: dict[str, Any] = {key: None for key in sorted(old) if key not in new}
    for key in sorted(new):
        if key not in old or old[key] != new[key]:
            found[key] = one(old.get(key, start), new[key])
    return found


def _block_change(old: Block, new: Block) -> dict[str, Any]:
    if old is new:
        return {}
    had, has = block_fields(old), block_fields(new)
    change: dict[str, Any] = {
        "set": {key: has[key] for key in has if key not in had or repr(had[key]) != repr(has[key])},
        "drop": [key for key in had if key not in has],
        "nodes": _nodes_change(old.graph, new.graph),
    }
    return {key: part for key, part in change.items() if part}


def _nodes_change(old: Graph, new: Graph) -> dict[str, Any]:
    if old.nodes is new.nodes and old.wires is new.wires:
        return {}
    touched = {key for key in new.nodes if not _same_node(old.nodes.get(key), new.nodes[key])}
    if old.wires is not new.wires:
        touched |= {target.node for target in _moved(old.wires, new.wires)} & set(new.nodes)
    gone = [key for key in old.nodes if key not in new.nodes]
    wires = incoming_text(new, touched)
    changed: dict[str, Any] = {
        key: node_to_json(new.nodes[key], wires.get(key)) for key in sorted(touched)
    }
    return {**dict.fromkeys(sorted(gone)), **changed}


def _moved(old: Mapping[InPort, OutPort], new: Mapping[InPort, OutPort]) -> Iterator[InPort]:
    """Yield the ends of wires that were made, taken away or led elsewhere."""
    for target, source in new.items():
        if old.get(target) != source:
            yield target
    for target in old:
        if target not in new:
            yield target


def _same_node(old: Node | None, new: Node) -> bool:
    return old is new or old == new


def _tree_change(
    old: Mapping[str, Any], new: Mapping[str, Any], depth: int, form: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return the set and dropped paths between two trees of FrozenMaps, down to a depth."""
    setting: list[list[Any]] = []
    dropped: list[list[str]] = []

    def compare(left: Mapping[str, Any], right: Mapping[str, Any], path: list[str]) -> None:
        dropped.extend([*path, key] for key in sorted(left) if key not in right)
        for key in sorted(right):
            here = [*path, key]
            if key in left and same(left[key], right[key]):
                continue
            both = isinstance(left.get(key), FrozenMap) and isinstance(right[key], FrozenMap)
            if both and len(here) < depth:
                compare(left[key], right[key], here)
            else:
                setting.append([here, form(right[key])])

    if old is not new:
        compare(old, new, [])
    change = {"set": setting, "drop": dropped}
    return {key: part for key, part in change.items() if part}


def apply_change(project: Project, change: Mapping[str, Any]) -> Project:
    """Return the project with a change in it, given as JSON or frozen.

    The change may come from outside: it is checked as a file is.

    Raises:
        FileProblem: naming places as in a project file.

    """
    complaints = Complaints("")
    fields = Fields(thaw(change), "", complaints)
    for key in fields.value.keys() - CHANGE_FIELDS:
        complaints.add(key, "is no part of a change")
    parts = fields.value
    layout = _tree_applied(project.layout, parts.get("layout"), "layout", freeze, complaints)
    if "layout" in parts:
        check_layout(layout, complaints)
    made = Project(
        _block_applied(project.main, parts.get("main"), "main", complaints),
        _blocks_applied(project.blocks, parts.get("blocks"), complaints),
        _codes_applied(project.code, parts.get("code"), complaints),
        _tree_applied(project.run, parts.get("run"), "run", arg_from_json, complaints),
        layout,
        _tree_applied(project.extra, parts.get("extra"), "extra", freeze, complaints),
    )
    complaints.settle()
    return made


def _blocks_applied(
    blocks: FrozenMap[BlockId, Block], change: object, complaints: Complaints
) -> FrozenMap[BlockId, Block]:
    if change is None:
        return blocks
    made = dict(blocks.items())
    for key, part in Fields(change, "blocks", complaints).value.items():
        place, block_id = f"blocks.{key}", BlockId(key)
        check_block_id(key, place, complaints)
        if part is None:
            made.pop(block_id, None)
        else:
            made[block_id] = _block_applied(made.get(block_id, Block()), part, place, complaints)
    return FrozenMap(made)


def _codes_applied(codes: FrozenMap[str, Any], change: object, complaints: Complaints) -> Any:
    if change is None:
        return codes
    made = dict(codes.items())
    for key, part in Fields(change, "code", complaints).value.items():
        check_block_id(key, f"code.{key}", complaints)
        if part is None:
            made.pop(key, None)
        else:
            made[key] = code_from_json(part, f"code.{key}", complaints)
    return FrozenMap(made)


def _block_applied(block: Block, change: object, place: str, complaints: Complaints) -> Block:
    if change is None:
        return block
    fields = Fields(change, place, complaints)
    for key in fields.value.keys() - BLOCK_CHANGE_FIELDS:
        fields.complain(key, "is no part of a block's change")
    had: dict[str, Any] = block_fields(block)
    for key in fields.names("drop", ANY_TEXT, "the name of a field"):
        had.pop(key, None)
    had.update(Fields(fields.value.get("set", {}), place, complaints).value)
    had.pop("nodes", None)
    frame = block_from_json(had, place, complaints, mentions=False)
    changed = Fields(fields.value.get("nodes", {}), f"{place}.nodes", complaints).value
    graph, wires = _nodes_applied(block.graph, changed, place, complaints)
    made = Block(
        Graph(graph.nodes, graph.wires, frame.graph.ties, frame.graph.extra),
        frame.name,
        frame.parameters,
        frame.inputs,
        frame.outputs,
        frame.doc,
        frame.extra,
    )
    # a node that went may have left wires anywhere; else only the new wires can be wrong
    gone = any(item is None for item in changed.values())
    check_mentions(made, place, complaints, None if gone else wires)
    return made


def _nodes_applied(
    graph: Graph, changed: Mapping[str, object], place: str, complaints: Complaints
) -> tuple[Graph, dict[InPort, OutPort]]:
    """Return the graph with nodes replaced, and the wires that end in them."""
    if not changed:
        return graph, {}
    nodes: dict[NodeId, Node] = {k: v for k, v in graph.nodes.items() if k not in changed}
    wires: dict[InPort, OutPort] = {k: v for k, v in graph.wires.items() if k.node not in changed}
    new: dict[InPort, OutPort] = {}
    for key, item in changed.items():
        if item is not None:
            node_id = NodeId(key)
            node, found = node_from_json(node_id, item, f"{place}.nodes.{key}", complaints)
            nodes[node_id] = node
            new.update(found)
    wires.update(new)
    return Graph(FrozenMap(nodes), FrozenMap(wires), graph.ties, graph.extra), new


def _tree_applied(
    tree: FrozenMap[str, Any],
    change: object,
    place: str,
    read: Callable[[object, str, Complaints], Any],
    complaints: Complaints,
) -> FrozenMap[str, Any]:
    if change is None:
        return tree
    fields = Fields(change, place, complaints)
    for dropped in fields.items("drop", lambda item, where: _path(item, where, complaints)):
        tree = _without(tree, dropped)
    entries = fields.value.get("set", [])
    for index, entry in enumerate(entries if isinstance(entries, list) else [None]):
        where = f"{place}.set[{index}]"
        if not isinstance(entry, list) or len(entry) != 2:
            complaints.add(where, "must be a path and a value")
        elif path := _path(entry[0], where, complaints):
            value = read(entry[1], ".".join([place, *path]), complaints)
            tree = _with(tree, path, value)
    return tree


def _path(item: object, place: str, complaints: Complaints) -> tuple[str, ...] | None:
    sound = isinstance(item, list) and 0 < len(item) <= LAYOUT_DEPTH
    if sound and isinstance(item, list) and all(isinstance(key, str) for key in item):
        return tuple(item)
    complaints.add(place, "must be a path, a short list of names")
    return None


def _with(tree: object, path: tuple[str, ...], value: Any) -> FrozenMap[str, Any]:
    inside: FrozenMap[str, Any] = tree if isinstance(tree, FrozenMap) else NOTHING
    if len(path) > 1:
        value = _with(inside.get(path[0]), path[1:], value)
    return inside.set(path[0], value)


def _without(tree: FrozenMap[str, Any], path: tuple[str, ...]) -> FrozenMap[str, Any]:
    if len(path) == 1:
        return tree.without(path[0])
    inside = tree.get(path[0])
    if not isinstance(inside, FrozenMap):
        return tree
    return tree.set(path[0], _without(inside, path[1:]))
