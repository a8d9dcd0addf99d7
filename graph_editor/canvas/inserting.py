"""A node put into a wire, or into another node's place: dropped there, or chosen by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF

from graph_editor.canvas.anatomy import GRID, LINE_Y, Anatomy, anatomy_of, title_of
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import framed
from graph_editor.canvas.editing import edit, graph_of, name_of, snapped, with_shown
from graph_editor.canvas.knowing import feeds, known_at, takes
from graph_editor.canvas.nearness import place_in
from graph_editor.canvas.recents import note_used
from graph_editor.canvas.sides import Use
from graph_editor.catalogue.choosing import entrance, exit_to, into_node, out_of
from graph_editor.catalogue.joining import kind_at, led_from, port_at
from graph_editor.catalogue.library import settled
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import output_kind, output_ports
from graph_editor.catalogue.replacing import replacement
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.addresses import MAIN, first_node
from graph_editor.document.edits import (
    Point,
    add_node,
    bend_wires,
    connect,
    in_block,
    move_nodes,
    move_wires,
    positions_of,
    replace_node,
    set_weights,
    untie,
)
from graph_editor.document.model import (
    NOTHING,
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

ROOM, ROOM_DOWN = 48.0, 40.0
"""Between a node that was put into a wire and its neighbours, at least."""
LEVEL = 24.0
"""How far from a straight wire a node may be dropped and still stand on it."""
BORDERS = ("io.input", "io.output")
OF_A_MODEL = frozenset({"nn", "F", "torch", "Tensor", "op", "block", "code", "param", "const"})
OF_A_MODEL |= {"library"}


@dataclass(frozen=True, slots=True)
class Gap:
    """The place in a wire: what feeds it, and all inputs that it leads to."""

    source: OutPort
    targets: tuple[InPort, ...]


def gap_at(canvas: Canvas, target: InPort, kind: str) -> Gap | None:
    """Return where a node of a kind goes that is put into a wire.

    In the main graph the marks of input and output stand on a wire that looks like one: a layer
    goes to the model's side of them.
    """
    graph = graph_of(canvas)
    source = graph.wires.get(target)
    if source is None:
        return None
    if canvas.key == MAIN and kind in OF_A_MODEL:
        if graph.nodes[target.node].spec == "io.input":
            begins = OutPort(target.node, "output")
            return Gap(begins, tuple(t for t, s in graph.wires.items() if s == begins))
        if graph.nodes[source.node].spec == "io.output":
            behind = InPort(source.node, PortPath("input"))
            before = graph.wires.get(behind)
            return None if before is None else Gap(before, (behind,))
    return Gap(source, (target,))


def why_not_into(canvas: Canvas, target: InPort, spec_name: str) -> str:
    """Return why a new node cannot be put into a wire; nothing where it can."""
    lookup, graph = canvas.lookup(canvas.document.project), graph_of(canvas)
    spec = lookup(spec_name)
    gap = gap_at(canvas, target, spec_name.partition(".")[0])
    if spec is None or gap is None:
        return f"{spec_name} has no place in this wire"
    kind = kind_at(graph, lookup, gap.source) or "tensor"
    enters, name = entrance(spec, kind), type_name(canvas, spec_name)
    leaves = all(
        port is None or exit_to(spec, port) is not None
        for port in (port_at(graph, lookup, each) for each in gap.targets)
    )
    if enters is None:
        return f"{name} takes nothing of what goes over this wire"
    return "" if leaves else f"{name} gives nothing that this wire leads to"


def goes_into(canvas: Canvas, target: InPort) -> Callable[[Spec], int]:
    """Return what tells whether a new node goes into a wire: 0 not, 1 it may."""

    @cache
    def asked(kind: str) -> list[Callable[[Spec], int]] | None:
        gap = gap_at(canvas, target, kind)
        if gap is None:
            return None
        return [takes(canvas, gap.source), *(feeds(canvas, each) for each in gap.targets)]

    def told(spec: Spec) -> int:
        asks = asked(spec.kind)
        return int(asks is not None and all(ask(spec) for ask in asks))

    return told


def type_name(canvas: Canvas, spec_name: str) -> str:
    """Return what a new node of a spec is called."""
    return title_of(Node(spec_name), canvas.lookup(canvas.document.project)(spec_name))


def add_into_wire(
    canvas: Canvas,
    target: InPort,
    spec_name: str,
    args: FrozenMap[str, Arg] = NOTHING,
    middle: QPointF | None = None,
) -> NodeId | None:
    """Put a new node into a wire around a place of the scene (its middle, where none is said).

    One step of the history; what stands behind moves away as far as it takes. Returns the node.
    """
    if reason := why_not_into(canvas, target, spec_name):
        canvas.said.emit(f"{reason}.")
        return None
    spec = canvas.lookup(canvas.document.project)(spec_name)
    assert spec is not None
    node = Node(spec_name, args=starting_arguments(spec, args))
    node_id = NodeId(canvas.ids.fresh(spec_name, graph_of(canvas).nodes))
    build = _build(canvas, node_id, node)
    corner = _corner(canvas, target, build, middle)
    words = _wire_words(canvas, meant(canvas, target, spec_name))
    title = f"Put {type_name(canvas, spec_name)} into {words}"

    def change(now: Project) -> Project:
        now, used = settled(now, node, canvas.ids)
        made = _inserted(canvas, now, target, node_id, used, corner, build)
        middle = (corner[0] + build.width / 2, corner[1] + build.height / 2)
        return framed(canvas, made, node_id, middle)

    if not edit(canvas, change, title):
        return None
    note_used(canvas, spec_name)
    canvas.select([node_id])
    canvas.follow_added(canvas.world.extent([node_id]))
    return node_id


def put_into_wire(canvas: Canvas, target: InPort, node_id: NodeId, corner: Point) -> bool:
    """Put a node that is there, and has no wires, into a wire with its corner at a place."""
    node = graph_of(canvas).nodes[node_id]
    build = canvas.world.nodes[node_id].natural
    corner = _on_level(canvas, target, build, corner)
    words = _wire_words(canvas, meant(canvas, target, node.spec))
    title = f"Put {name_of(canvas, node_id)} into {words}"

    def change(now: Project) -> Project:
        made = _inserted(canvas, now, target, node_id, node, corner, build)
        middle = (corner[0] + build.width / 2, corner[1] + build.height / 2)
        return framed(canvas, made, node_id, middle)

    return edit(canvas, change, title)


def can_put(canvas: Canvas, target: InPort, node_id: NodeId) -> bool:
    """Whether a node that is dragged may be put into a wire: it has none, and fits there."""
    known = canvas.world.drawing
    if known.into.get(node_id) or known.out.get(node_id):
        return False
    return not why_not_into(canvas, target, known.graph.nodes[node_id].spec)


def _wire_words(canvas: Canvas, target: InPort) -> str:
    return f"the wire to {name_of(canvas, target.node)}"


def meant(canvas: Canvas, target: InPort, spec_name: str) -> InPort:
    """Return the wire that is changed where a node is put into one: at a mark it is another."""
    gap = gap_at(canvas, target, spec_name.partition(".")[0])
    return target if gap is None or not gap.targets or target in gap.targets else gap.targets[0]


def _build(canvas: Canvas, node_id: NodeId, node: Node) -> Anatomy:
    spec = canvas.lookup(canvas.document.project)(node.spec)
    none: frozenset[str] = frozenset()
    return anatomy_of(Use(node_id, node, spec, (), (), False, NOTHING, none, canvas.key == MAIN))


def _inserted(
    canvas: Canvas,
    now: Project,
    target: InPort,
    node_id: NodeId,
    node: Node,
    corner: Point,
    build: Anatomy,
) -> Project:
    """Return the project with a node in a wire, and what stands behind it moved away."""
    lookup = canvas.lookup(now)
    gap = gap_at(canvas, target, node.kind)
    spec = lookup(node.spec)
    assert gap is not None
    assert spec is not None
    graph = now.block(canvas.key).graph
    kind = kind_at(graph, lookup, gap.source) or "tensor"
    enters, _ = into_node(spec, node, kind, known_at(canvas, gap.source)) or (PortPath("input"), 0)
    leaves = _way_on(spec, node, graph, lookup, gap)

    def through(graph: Graph) -> Graph:
        if node_id not in graph.nodes:
            graph = add_node(graph, node_id, node)
        graph = connect(graph, gap.source, InPort(node_id, enters))
        return move_wires(graph, gap.source, OutPort(node_id, leaves), gap.targets)

    made = in_block(now, canvas.key, through)
    shown = with_shown(canvas, now, {node_id: corner}) | {node_id: corner}
    made = move_nodes(made, canvas.key, shown)
    if gap.targets == (target,):
        made = with_dots(canvas, made, target, InPort(node_id, enters), corner)
    return _roomy(canvas, made, gap, node_id, corner, build)


def _way_on(spec: Spec, node: Node, graph: Graph, lookup: Lookup, gap: Gap) -> str:
    """Return the output of a node in a wire from which the wire goes on."""
    for target in gap.targets:
        port, into = port_at(graph, lookup, target), lookup(graph.nodes[target.node].spec)
        found = None if port is None else out_of(spec, node, port, into)
        if found is not None:
            return found[0]
    return next(iter(output_ports(spec, node)), "output")


def with_dots(canvas: Canvas, made: Project, target: InPort, enters: InPort, at: Point) -> Project:
    """Return the project with the dots of a wire shared out to both sides of what is on it now."""
    wire = canvas.world.wires[target]
    if not wire.bends:
        return made
    place = place_in(wire, QPointF(*at))
    ways = {enters: wire.bends[:place], target: wire.bends[place:]}
    return bend_wires(made, canvas.key, ways)


def _corner(canvas: Canvas, target: InPort, build: Anatomy, middle: QPointF | None) -> Point:
    wire = canvas.world.wires[target]
    where = wire.path().pointAtPercent(0.5) if middle is None else middle
    corner = (where.x() - build.width / 2, where.y() - build.height / 2)
    return _on_level(canvas, target, build, corner)


def _on_level(canvas: Canvas, target: InPort, build: Anatomy, corner: Point) -> Point:
    """Return a corner on the grid; on a straight wire one that leaves it straight."""
    wire = canvas.world.wires[target]
    x, y = snapped(*corner)
    if wire.is_upright:
        into = next((p for p in build.inputs.values() if not p.is_plan), None)
        upright = wire.start[0] - (build.width / 2 if into is None else into.x)
        x = upright if abs(upright - x) <= LEVEL else x
    if wire.runs_down and wire.end[1] > wire.start[1]:
        y = max(y, GRID * -(-(wire.start[1] + ROOM_DOWN) // GRID))
    port = next(iter(build.inputs.values()), None)
    down = port.y if port is not None and port.side == "left" else LINE_Y
    level = wire.start[1] - down
    if wire.is_level and abs(level - y) <= LEVEL:
        y = level
    if wire.enters == "left" and wire.leaves == "right" and wire.end[0] > wire.start[0]:
        x = max(x, GRID * -(-(wire.start[0] + ROOM) // GRID))
    return (x, y)


def _roomy(
    canvas: Canvas, made: Project, gap: Gap, node_id: NodeId, corner: Point, build: Anatomy
) -> Project:
    """Return the project with all behind a new node moved on, as far as it needs room."""
    graph, known = made.block(canvas.key).graph, positions_of(made, canvas.key)
    down = canvas.world.drawing.runs_down
    ends = [known[t.node][down] for t in gap.targets if t.node in known]
    begins = known.get(gap.source.node)
    if not ends or begins is None or min(ends) <= begins[down]:
        return made
    size = build.height + ROOM_DOWN if down else build.width + ROOM
    need = corner[down] + size - min(ends)
    if need <= 0:
        return made
    step = GRID * -(-need // GRID)
    behind = {n for t in gap.targets for n in led_from(graph, t.node)}
    by = (0, step) if down else (step, 0)
    later = (n for n in behind if n in known and n != node_id and known[n][down] > begins[down])
    moved = {n: (known[n][0] + by[0], known[n][1] + by[1]) for n in later}
    return move_nodes(made, canvas.key, moved)


# In another's place


def replace_by(
    canvas: Canvas, node_id: NodeId, spec_name: str, args: FrozenMap[str, Arg] = NOTHING
) -> bool:
    """Put a use of another spec in a node's place, with its wires and arguments as far as they fit.

    One step of the history; wires that have no place any more are told. Returns whether.
    """
    project = canvas.document.project
    lookup, graph = canvas.lookup(project), graph_of(canvas)
    spec, old = lookup(spec_name), name_of(canvas, node_id)
    if spec is None:
        canvas.said.emit(f"{spec_name} is not known here.")
        return False
    if reason := why_not_replace(canvas, node_id, spec_name):
        canvas.said.emit(f"{reason}.")
        return False
    made = replacement(graph, lookup, node_id, spec, args)
    title = f"Replace {old} with {type_name(canvas, spec_name)}"

    def change(now: Project) -> Project:
        known, used = settled(now, made.node, canvas.ids)
        ports = (made.inputs, made.outputs)

        def anew(graph: Graph) -> Graph:
            return _alone(replace_node(graph, node_id, used, *ports), node_id)

        after = in_block(known, canvas.key, anew)
        return now if after == now else after

    done = edit(canvas, change, title)
    if canvas.document.project is project:
        if done:
            canvas.said.emit(f"{old} would be the same {type_name(canvas, spec_name)} again.")
    elif done:
        note_used(canvas, spec_name)
        canvas.select([node_id])
        if made.lost:
            wires = "1 wire has" if made.lost == 1 else f"{made.lost} wires have"
            canvas.said.emit(f"{title}: {wires} no place on it and went.")
    return done


def lost_by(canvas: Canvas, node_id: NodeId, spec_name: str) -> int:
    """Return how many wired ports of a node would have no place on a use of another spec."""
    lookup = canvas.lookup(canvas.document.project)
    spec = lookup(spec_name)
    return 0 if spec is None else replacement(graph_of(canvas), lookup, node_id, spec).lost


def _alone(graph: Graph, node_id: NodeId) -> Graph:
    """Return a graph in which a node that is another thing now shares its weights with none."""
    ties = [a for a, b in graph.ties.items() if node_id in (first_node(a), first_node(b))]
    for parameter in ties:
        graph = untie(graph, parameter)
    for other, node in graph.nodes.items():
        if node.weights is not None and node.weights.same_as == node_id:
            graph = set_weights(graph, other, None)
    return graph


def why_not_replace(canvas: Canvas, node_id: NodeId, spec_name: str) -> str:
    """Return why a node cannot become a use of another spec; nothing where it can."""
    graph, lookup = graph_of(canvas), canvas.lookup(canvas.document.project)
    node, spec = graph.nodes[node_id], lookup(spec_name)
    known = lookup(node.spec)
    if node.spec in BORDERS or spec_name in BORDERS:
        return "An end of the graph cannot be replaced"
    if spec is None:
        return f"{spec_name} is not known here"
    if known is not None and output_kind(known, node) != output_kind(spec, Node(spec_name)):
        name = type_name(canvas, spec_name)
        return f"{name} gives another kind of thing than {name_of(canvas, node_id)}"
    return ""
