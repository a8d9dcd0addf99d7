"""What an edit would change of the shown graph: told in words and places before it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.drawing import Drawing
from graph_editor.canvas.findings import Findings
from graph_editor.canvas.parameter_line import python_text
from graph_editor.canvas.placement import Spot, missing_places
from graph_editor.catalogue.order import Lookup
from graph_editor.document.addresses import block_of
from graph_editor.document.changes import BlockChange, Change
from graph_editor.document.edits import positions_of, runs_down
from graph_editor.document.model import (
    NOTHING,
    Expr,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    Project,
    same,
)

ARROW = "→"
FIELDS = ("name", "repeat", "weights", "freeze", "silence")
"""What a node has beside its spec and its arguments."""
Wires = tuple[tuple[InPort, OutPort], ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The difference of a graph as it is and as it would be. Keys of nodes are ids in it."""

    added: Mapping[NodeId, tuple[Anatomy, Spot]]
    """The nodes that would come, as they would be drawn, and where."""
    gone: tuple[NodeId, ...] = ()
    changed: Mapping[NodeId, tuple[str, ...]] = NOTHING
    """Nodes that would stay, and what would be different: ``in_features 256 → 512``."""
    drawn: Wires = ()
    """Wires that would come."""
    undrawn: Wires = ()
    """Wires that would go, or be led elsewhere; not those in which a node would be put."""
    elsewhere: tuple[str, ...] = ()
    """What would change outside of this graph, and in none of its blocks."""
    inside: Mapping[NodeId, tuple[str, ...]] = NOTHING
    """Blocks in which something would change, and what: ``bn2: num_features 7 → 16``."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the nodes of a graph are drawn now, and what is known of them."""

    places: Mapping[NodeId, Spot]
    builds: Mapping[NodeId, Anatomy]
    findings: Findings


def sketch_of(
    before: Project,
    after: Project,
    key: str,
    lookup: Lookup,
    now: Drawn,
) -> Sketch:
    """Return what an edit would change of one graph."""
    change = Change(before, after)
    part = change.graphs.get(key)
    if key not in (*after.blocks, "main"):
        return Sketch({}, elsewhere=(*_run(change), *_elsewhere(change, key, (), lookup)))
    inside, told = _inside(change, key, lookup)
    elsewhere = (*_run(change), *_elsewhere(change, key, told, lookup))
    if part is None:
        return Sketch({}, elsewhere=elsewhere, inside=FrozenMap(inside))
    old, new = before.block(key).graph, after.block(key).graph
    wires = part.wires.added | part.wires.changed | part.wires.removed
    ends = {graph.wires[t].node for graph in (old, new) for t in wires if t in graph.wires}
    anew = part.nodes.changed | ends | {target.node for target in wires}
    kept = {n: build for n, build in now.builds.items() if n not in anew}  # with the same ports
    led = {t for t in part.wires.changed if new.wires[t].node not in part.nodes.added}
    return Sketch(
        _added(after, key, lookup, part.nodes.added, replace(now, builds=kept)),
        tuple(sorted(part.nodes.removed)),
        FrozenMap({n: differences(old.nodes[n], new.nodes[n], lookup) for n in part.nodes.changed}),
        tuple((t, new.wires[t]) for t in part.wires.added | part.wires.changed),
        tuple((t, old.wires[t]) for t in part.wires.removed | led),
        elsewhere,
        FrozenMap(inside),
    )


def _added(
    after: Project,
    key: str,
    lookup: Lookup,
    nodes: frozenset[NodeId],
    now: Drawn,
) -> dict[NodeId, tuple[Anatomy, Spot]]:
    """Return how the new nodes would be drawn, and where; those that are drawn now stay so."""
    if not nodes:
        return {}
    drawing = Drawing()
    drawing.know(now.findings)
    drawing.take(after.block(key).graph, key, lookup)
    drawing.runs_down = runs_down(after, key)
    graph = drawing.graph
    made = {n: drawing.anatomy(n) for n in graph.nodes if n not in now.builds}
    known = {n: p for n, p in now.places.items() if n in graph.nodes}
    said = positions_of(after, key)
    known |= {n: said[n] for n in nodes if n in said}
    direction: Literal["right", "down"] = "down" if drawing.runs_down else "right"
    lost = missing_places(graph, known, lambda n: made.get(n) or now.builds[n], direction)
    return {n: (made[n], known.get(n) or lost[n]) for n in sorted(nodes)}


def differences(old: Node, new: Node, lookup: Lookup) -> tuple[str, ...]:
    """Return what is different in a node, a line for each: ``p 50 → 0.5``."""
    lines = []
    if old.spec != new.spec:
        first, second = (n.spec.rpartition(".")[2] for n in (old, new))
        lines.append(f"{first} {ARROW} {second}")
    spec = lookup(new.spec)
    known = {argument.name for argument in spec.arguments} if spec is not None else None
    for name in dict.fromkeys((*old.args, *new.args)):
        is_same = name in old.args and name in new.args and same(old.args[name], new.args[name])
        kept = known is None or name in known or old.spec == new.spec
        if not is_same and kept:
            lines.append(f"{name} {_value(old, name, lookup)} {ARROW} {_value(new, name, lookup)}")
    if old.when != new.when:
        lines.append(_condition(new.when))
    others = (f for f in FIELDS if getattr(old, f) != getattr(new, f))
    return (*lines, *(f"{field} changes" for field in others))


def _condition(when: Expr | None) -> str:
    if when is None:
        return "always on"
    is_off = when.text.strip() == "False"
    return "off: what enters passes it by" if is_off else f"only when {when.text}"


def _value(node: Node, name: str, lookup: Lookup) -> str:
    if name in node.args:
        return python_text(node.args[name])
    spec = lookup(node.spec)
    argument = spec.argument(name) if spec is not None else None
    if argument is None or argument.infer:
        return "auto"
    return "not set" if argument.required else python_text(argument.default)


def _run(change: Change) -> Iterator[str]:
    for name in sorted(change.run.added | change.run.changed | change.run.removed):
        ends = (
            python_text(p.run[name]) if name in p.run else "default"
            for p in (change.before, change.after)
        )
        yield f"{name} {f' {ARROW} '.join(ends)} in the run settings"


def _inside(
    change: Change, key: str, lookup: Lookup
) -> tuple[dict[NodeId, tuple[str, ...]], frozenset[str]]:
    """Return what would change inside the blocks that stand in a graph, and the blocks it is in."""
    before, after = change.before, change.after
    blocks = [b for b in change.graphs if b in before.blocks and b in after.blocks]
    lines = {block: tuple(_in_block(change, block, lookup)) for block in blocks}
    if not lines:
        return {}, frozenset()
    marked: dict[NodeId, tuple[str, ...]] = {}
    told: set[str] = set()
    nodes = before.block(key).graph.nodes
    for node, value in nodes.items():
        if not block_of(value):
            continue
        held = [b for b in lines if b in _blocks_in(before, block_of(value))]
        if held and node in after.block(key).graph.nodes:
            marked[node] = tuple(line for block in held for line in lines[block])
            told.update(held)
    return marked, frozenset(told)


def _blocks_in(project: Project, block: str) -> frozenset[str]:
    """Return a block and all that stand in it, at any depth."""
    found: set[str] = set()
    new = {block}
    while new:
        found |= new
        graphs = [project.block(each).graph for each in new if each in project.blocks]
        new = {block_of(node) for graph in graphs for node in graph.nodes.values()} - found
    return frozenset(found)


def _elsewhere(change: Change, key: str, told: Collection[str], lookup: Lookup) -> Iterator[str]:
    """Yield what would change in other graphs, but for those that are told of on a card."""
    for block in change.graphs:
        if block != key and block not in told:
            yield from _in_graph(change, block, lookup)


def _in_graph(change: Change, block: str, lookup: Lookup) -> Iterator[str]:
    where = "the main graph" if block == "main" else f"block {_called(change.after, block)}"
    for name, line in _changed_in(change, block, lookup):
        yield f"{line} of {name} in {where}"
    for line in _other_in(change.graphs[block]):
        yield f"{line} in {where}"
    if _is_border(change.graphs[block]):
        yield f"what {where} takes or gives"


def _in_block(change: Change, block: str, lookup: Lookup) -> Iterator[str]:
    """Yield what would change in a block as it is said beside its card."""
    for name, line in _changed_in(change, block, lookup):
        yield f"{name}: {line}"
    for line in _other_in(change.graphs[block]):
        yield f"{line} inside"
    if _is_border(change.graphs[block]):
        yield "what it takes or gives"


def _changed_in(change: Change, block: str, lookup: Lookup) -> Iterator[tuple[str, str]]:
    for node in sorted(change.graphs[block].nodes.changed):
        old, new = (p.block(block).graph.nodes[node] for p in (change.before, change.after))
        for line in differences(old, new, lookup):
            yield new.name or node, line


def _other_in(part: BlockChange) -> Iterator[str]:
    for count, word in ((part.nodes.added, "new"), (part.nodes.removed, "fewer")):
        if count:
            yield f"{len(count)} {word} node{'s' if len(count) > 1 else ''}"
    if part.wires and not part.nodes:
        yield "wires"


def _is_border(part: BlockChange) -> bool:
    return bool(part) and not part.nodes and not part.wires


def _called(project: Project, block: str) -> str:
    known = project.blocks.get(block)  # type: ignore[call-overload]  # keys of graphs are texts
    return (known.name if known is not None else "") or block
