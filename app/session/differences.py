"""What differs between a project on disk and the one in a window, in rows that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.session.ago import counted
from graph_editor.document.changes import Change, Entries
from graph_editor.document.file_write import block_fields, encode, node_to_json
from graph_editor.document.files import arg_to_json
from graph_editor.document.model import Block, FrozenMap, Graph, InPort, Node, NodeId, Project

NONE = "–"
LONGEST = 80
MAIN = "Main graph"
_FIELDS = {
    "spec": "kind",
    "name": "name",
    "when": "when",
    "repeat": "repeat",
    "weights": "weights",
    "freeze": "frozen",
    "silence": "silenced warnings",
}
"""What the fields of a node are called."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two projects say otherwise."""

    graph: str
    """Where: a graph, or a part of the project."""
    thing: str
    what: str
    disk: str
    here: str


def differences(disk: Project, here: Project) -> list[Difference]:
    """Return what differs: nodes, arguments and wires of each graph, then all the rest."""
    change = Change(disk, here)
    rows = list(_in_block(MAIN, disk.main, here.main))
    for key in _sorted(change.blocks):
        old, new = disk.blocks.get(key), here.blocks.get(key)
        name = f"Block {(new or old or Block()).name or key}"
        if old is None or new is None:
            rows.append(Difference(name, "block", "", _block_words(old), _block_words(new)))
        else:
            rows += _in_block(name, old, new)
    for key in _sorted(change.run):
        texts = (_text(side.run, key, arg_to_json) for side in (disk, here))
        rows.append(Difference("Run settings", str(key), "", *texts))
    for key in _sorted(change.code):
        lines = (_lines_of(side.code.get(key)) for side in (disk, here))
        rows.append(Difference("Custom code", str(key), "text or interface", *lines))
    rows += _in_layout(disk, here)
    if disk.extra != here.extra:
        rows.append(Difference("Other fields", "of newer versions", "", "differ", "differ"))
    if not rows and disk != here:
        rows.append(
            Difference("Layout", "places", "of nodes that are not there", "differ", "differ")
        )
    return rows


def counts_of(rows: Iterable[Difference]) -> str:
    """Return ``5 differences in 3 places``."""
    found = list(rows)
    places = {(row.graph, row.thing) for row in found}
    number = counted(len(found), "difference")
    return f"{number} in {counted(len(places), 'place')}" if len(found) > 1 else number


def _in_block(graph: str, old: Block, new: Block) -> Iterator[Difference]:
    if old is new:
        return
    yield from _in_nodes(graph, old.graph, new.graph)
    yield from _in_wires(graph, old.graph, new.graph)
    had, has = block_fields(old), block_fields(new)
    for field in sorted({*had, *has}):
        texts = (_shortened(side.get(field)) for side in (had, has))
        if repr(had.get(field)) != repr(has.get(field)):
            yield Difference(graph, "graph", field, *texts)


def _in_nodes(graph: str, old: Graph, new: Graph) -> Iterator[Difference]:
    for key in sorted({*old.nodes, *new.nodes}):
        left, right = old.nodes.get(key), new.nodes.get(key)
        if left is right or left == right:
            continue
        shown = label_of(key, right or left)
        if left is None or right is None:
            yield Difference(graph, shown, "node", _node_words(left), _node_words(right))
        else:
            for what, one, other in _in_node(left, right):
                yield Difference(graph, shown, what, one, other)


def _in_node(left: Node, right: Node) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*left.args, *right.args}):
        one, other = (_text(side.args, name, arg_to_json) for side in (left, right))
        if (name in left.args) != (name in right.args) or one != other:
            yield name, one, other
    had, has = node_to_json(left), node_to_json(right)
    for field in sorted({*had, *has} - {"args"}):
        if repr(had.get(field)) != repr(has.get(field)):
            what = _FIELDS.get(field, field)
            yield what, _shortened(had.get(field)), _shortened(has.get(field))


def _in_wires(graph: str, old: Graph, new: Graph) -> Iterator[Difference]:
    """Yield inputs that are fed otherwise; those of nodes that came or went go without saying."""
    if old.wires is new.wires:
        return
    ends: set[InPort] = {*old.wires, *new.wires}
    for end in sorted(ends, key=lambda end: (end.node, end.port)):
        one, other = old.wires.get(end), new.wires.get(end)
        if one == other or end.node not in old.nodes or end.node not in new.nodes:
            continue
        fed = (_source_words(side, end) for side in (old, new))
        yield Difference(
            graph, label_of(end.node, new.nodes[end.node]), f"wire to {end.port}", *fed
        )


def _in_layout(disk: Project, here: Project) -> Iterator[Difference]:
    for key in sorted({*disk.layout, *here.layout}):
        left, right = disk.layout.get(key), here.layout.get(key)
        if left == right:
            continue
        moved = _moved(left, right)
        block = here.blocks.get(key) or disk.blocks.get(key)  # type: ignore[call-overload]  # a block's id is a string
        name = MAIN if key == "main" else f"Block {block.name if block and block.name else key}"
        if moved:
            words = f"{counted(moved, 'node')} elsewhere"
            yield Difference(name, "layout", "positions", NONE, words)
        if _without_positions(left) != _without_positions(right):
            yield Difference(name, "layout", "frames, notes or bends", "differ", "differ")


def _moved(left: object, right: object) -> int:
    one, other = _positions(left), _positions(right)
    return sum(one[key] != other[key] for key in one if key in other)


def _positions(layout: object) -> Mapping[str, object]:
    at = layout.get("at") if isinstance(layout, FrozenMap) else None
    return at if isinstance(at, FrozenMap) else {}


def _without_positions(layout: object) -> object:
    return layout.without("at") if isinstance(layout, FrozenMap) else FrozenMap()


def label_of(key: NodeId, node: Node | None) -> str:
    """Return what a node is called: its name, else its id, after the last part of its spec."""
    if node is None:
        return str(key)
    kind = node.spec.rpartition(".")[2]
    name = node.name or key
    return (node.name or kind) if name.lower() == kind.lower() else f"{kind} {name}"


def _source_words(graph: Graph, end: InPort) -> str:
    source = graph.wires.get(end)
    if source is None:
        return "not connected"
    port = "" if source.port == "output" else f", {source.port}"
    return f"from {label_of(source.node, graph.nodes.get(source.node))}{port}"


def _node_words(node: Node | None) -> str:
    if node is None:
        return NONE
    args = [f"{name}={_text(node.args, name, arg_to_json)}" for name in sorted(node.args)]
    return _cut(", ".join(args) or "is there")


def _block_words(block: Block | None) -> str:
    return NONE if block is None else counted(len(block.graph.nodes), "node")


def _lines_of(code: Any) -> str:
    return NONE if code is None else counted(code.text.count("\n") + 1, "line")


def _text(tree: Mapping[str, Any], key: str, form: Callable[[Any], Any]) -> str:
    if key not in tree:
        return NONE
    value = form(tree[key])
    return "None" if value is None else _shortened(value)


def _shortened(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return repr(value)
    return _cut(value if isinstance(value, str) and value else encode(value))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _sorted(entries: Entries) -> list[Any]:
    return sorted({*entries.added, *entries.removed, *entries.changed})
