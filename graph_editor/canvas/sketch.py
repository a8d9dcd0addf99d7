"""What an edit would change of the shown graph: told in words and places before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.drawing import Drawing
from graph_editor.canvas.findings import Findings
from graph_editor.canvas.parameter_line import python_text
from graph_editor.canvas.placement import Spot, missing_places
from graph_editor.catalogue.order import Lookup
from graph_editor.document.changes import Change
from graph_editor.document.edits import positions_of
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
    """What would change outside of this graph."""


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
    elsewhere = tuple(_elsewhere(change, key, lookup))
    if part is None or key not in (*after.blocks, "main"):
        return Sketch({}, elsewhere=elsewhere)
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
    graph = drawing.graph
    made = {n: drawing.anatomy(n) for n in graph.nodes if n not in now.builds}
    known = {n: p for n, p in now.places.items() if n in graph.nodes}
    said = positions_of(after, key)
    known |= {n: said[n] for n in nodes if n in said}
    lost = missing_places(graph, known, lambda n: made.get(n) or now.builds[n])
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


def _elsewhere(change: Change, key: str, lookup: Lookup) -> Iterator[str]:
    before, after = change.before, change.after
    for name in sorted(change.run.added | change.run.changed | change.run.removed):
        ends = (python_text(p.run[name]) if name in p.run else "default" for p in (before, after))
        yield f"{name} {f' {ARROW} '.join(ends)} in the run settings"
    for block, part in change.graphs.items():
        if block == key:
            continue
        where = "the main graph" if block == "main" else f"block {_called(after, block)}"
        for node in sorted(part.nodes.changed):
            old, new = (p.block(block).graph.nodes[node] for p in (before, after))
            for line in differences(old, new, lookup):
                yield f"{line} of {new.name or node} in {where}"
        for count, word in ((part.nodes.added, "new"), (part.nodes.removed, "fewer")):
            if count:
                yield f"{len(count)} {word} node{'s' if len(count) > 1 else ''} in {where}"
        if part and not part.nodes:
            yield f"wires in {where}" if part.wires else f"what {where} takes or gives"


def _called(project: Project, block: str) -> str:
    known = project.blocks.get(block)  # type: ignore[call-overload]  # keys of graphs are texts
    return (known.name if known is not None else "") or block
