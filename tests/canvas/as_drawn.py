"""Whether a canvas shows what its document says: nodes, wires, frames, notes, ties and states.

What is expected is read from the document alone; what is there is asked of the scene's items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from graph_editor.canvas.backdrop import Z_TIES
from graph_editor.canvas.items.frame_item import FrameItem, NoteItem
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import is_off, keys_of, layout_of, positions_of
from graph_editor.document.model import Graph, NodeId, Project
from tests.canvas.hand import Hand

CLOSE = 1e-6
Spot = tuple[float, float]


def shown(hand: Hand) -> Scene:
    scene = hand.canvas.scene()
    assert isinstance(scene, Scene)
    return scene


def check_scene(hand: Hand) -> None:
    """Check that all that is shown of a graph is the document's, each thing once."""
    project, key = hand.document.project, hand.canvas.key
    assert key in keys_of(project)
    graph, scene = project.block(key).graph, shown(hand)
    assert scene.nodes.keys() == set(graph.nodes)
    kinds = Counter(type(item) for item in scene.items())
    assert kinds[NodeItem] == len(graph.nodes)
    assert kinds[WireItem] == len(graph.wires)
    assert {target: wire.source for target, wire in scene.wires.items()} == dict(
        graph.wires.items()
    )
    for node, (x, y) in positions_of(project, key).items():
        item = scene.nodes[node]
        assert abs(item.x0 - x) < CLOSE
        assert abs(item.y0 - y) < CLOSE
    for target, wire in scene.wires.items():
        for end, port in ((wire.start, wire.source), (wire.end, target)):
            item = scene.nodes[port.node]
            if item.place(port) is None:  # no such port: the wire ends at the node's edge
                assert item.rect().adjusted(-1, -1, 1, 1).contains(*end), port
                continue
            place = scene.place_of(port)
            assert abs(end[0] - place.x()) < CLOSE, port
            assert abs(end[1] - place.y()) < CLOSE, port
    assert hand.canvas.selected() <= set(graph.nodes)
    check_backdrop(scene, project, key)
    check_states(scene, graph)
    check_ties(scene, graph)


def check_against_a_new_scene(hand: Hand) -> None:
    """Check that following edits gives what drawing anew gives."""
    project, key, scene = hand.document.project, hand.canvas.key, shown(hand)
    anew = Scene(theme("dark"))
    anew.show_graph(project, key, specs_of(project))
    placed = positions_of(project, key).keys() >= anew.nodes.keys()
    for node, item in anew.nodes.items():
        assert scene.nodes[node].natural == item.natural, node
        if placed:  # what has no place is put elsewhere in a new scene, where other nodes are near
            assert scene.nodes[node].anatomy == item.anatomy, node
    for target, wire in anew.wires.items():
        assert scene.wires[target].form == wire.form
        assert scene.wires[target].rank == wire.rank
        assert scene.wires[target].bends == wire.bends
    if placed:
        assert _rects(scene) == _rects(anew)
    anew.deleteLater()


def check_backdrop(scene: Scene, project: Project, key: str) -> None:
    """Check frames and notes: what is written on them, what a frame is around, where a note is."""
    layout, shown = layout_of(project, key), scene.items()
    frames = [item for item in shown if isinstance(item, FrameItem)]
    notes = [item for item in shown if isinstance(item, NoteItem)]
    assert Counter((f.title, f.comment, tuple(f.nodes)) for f in frames) == Counter(
        (str(each.get("title", "")), str(each.get("comment", "")), each.get("nodes", ()))
        for each in _listed(layout.get("frames"))
    )
    assert Counter((n.text, (n.pos().x(), n.pos().y())) for n in notes) == Counter(
        (str(each.get("text", "")), each.get("at")) for each in _listed(layout.get("notes"))
    )
    for frame in frames:
        members = [scene.nodes[node] for node in frame.nodes if node in scene.nodes]
        assert frame.isVisible() is bool(members), frame.title
        for item in members:
            assert frame.rect().contains(item.rect()), (frame.title, item.id)


def check_states(scene: Scene, graph: Graph) -> None:
    """Check that what is bypassed, frozen or shares weights looks so, and nothing else."""
    ends = {end for pair in graph.ties.items() for end in pair}
    tied = {end.replace("/", ".").partition(".")[0] for end in ends}
    for key, node in graph.nodes.items():
        state, weights = scene.nodes[key].state, node.weights
        shares = weights is not None and bool(weights.same_as or weights.follows)
        assert state.is_muted is is_off(node), key
        assert state.is_frozen is bool(node.freeze), key
        assert state.is_tied is (shares or key in tied), key


def check_ties(scene: Scene, graph: Graph) -> None:
    """Check that a line leads from each node that shares its weights to the other, and no more."""
    pairs = {frozenset(map(_node_of, pair)) for pair in graph.ties.items()}
    for key, node in graph.nodes.items():
        if node.weights is not None and node.weights.same_as:
            pairs.add(frozenset({node.weights.same_as, key}))
    known = [pair for pair in pairs if len(pair) == 2 and pair <= graph.nodes.keys()]
    tops = {key: item.rect() for key, item in scene.nodes.items()}
    wanted = Counter(
        frozenset(_near(tops[node].center().x(), tops[node].top()) for node in pair)
        for pair in known
    )
    items = [item for item in scene.items() if item.zValue() == Z_TIES]
    paths = [item.path() for item in items if isinstance(item, QGraphicsPathItem)]
    drawn = Counter(frozenset(ends) for path in paths[-1:] for ends in _ends(path))
    assert drawn == wanted, "the lines of ties"


def _node_of(address: str) -> NodeId:
    return NodeId(address.replace("/", ".").partition(".")[0])


def _ends(path: QPainterPath) -> Iterator[tuple[Spot, Spot]]:
    """Yield where each line of a path begins and ends."""
    spots: list[list[Spot]] = []
    for index in range(path.elementCount()):
        element = path.elementAt(index)
        if element.isMoveTo():
            spots.append([])
        spots[-1].append(_near(element.x, element.y))
    yield from ((line[0], line[-1]) for line in spots)


def _near(x: float, y: float) -> Spot:
    return (round(x, 3), round(y, 3))


def _rects(scene: Scene) -> Counter[tuple[float, ...]]:
    """Return where the frames and notes of a scene are."""
    items = (item for item in scene.items() if isinstance(item, FrameItem | NoteItem))
    places = (item.rect() for item in items if item.isVisible())
    return Counter(_near(r.x(), r.y()) + _near(r.width(), r.height()) for r in places)


def _listed(value: object) -> list[Mapping[str, object]]:
    listed = value if isinstance(value, tuple) else ()
    return [each for each in listed if isinstance(each, Mapping)]
