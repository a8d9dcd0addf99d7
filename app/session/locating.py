"""Where an address leads: which node of which graph, and as which use of a block it is seen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from graph_editor.document.addresses import MAIN, block_of
from graph_editor.document.ids import MARK
from graph_editor.document.model import NodeId, Project


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a graph, and the use of that graph: the address of a block's instance."""

    graph: str
    prefix: str
    """Empty for the main graph; copies of a repeat are not told apart."""
    node: NodeId


def place_of(project: Project, address: str) -> Place | None:
    """Return where an address from the main graph leads; None where nothing is there (any more)."""
    graph, steps, place = MAIN, address.split("/"), None
    for depth, step in enumerate(steps):
        node_id = NodeId(plain_step(step))
        if graph != MAIN and graph not in project.blocks:
            return None
        node = project.block(graph).graph.nodes.get(node_id)
        if node is None:
            return None
        place = Place(graph, "/".join(map(plain_step, steps[:depth])), node_id)
        graph = block_of(node)
        if not graph and depth < len(steps) - 1:
            return None
    return place


def as_shown(place: Place, graph: str, prefix: str) -> Place:
    """Return the same node in the use of its graph that is shown already, if one is.

    The code of a block is written once, for its first use: a line of it means the node of whichever
    use is being looked at.
    """
    return Place(graph, prefix, place.node) if place.graph == graph else place


def still_shown(before: Project, after: Project, graph: str, prefix: str) -> tuple[str, str]:
    """Return what is to be shown after a change: graph and prefix, the same if they are there.

    Where that use is gone it is the nearest other use of the same block, and where there is none
    the same of the graph above. A block that was shown as used nowhere stays while it exists.
    """
    if graph == MAIN or (not prefix and graph in after.blocks):
        return graph, prefix
    if _inside(after, prefix) == graph and graph in after.blocks:
        return graph, prefix
    steps = [plain_step(step) for step in prefix.split("/")]
    for depth in range(len(steps), 0, -1):
        here = "/".join(steps[:depth])
        now = _inside(after, here)
        if now in after.blocks:
            return now, here  # the node is there, of another block: its use was made one of its own
        other = _other_use(before, after, here)
        if other is not None:
            return _inside(before, here), other
    return MAIN, ""


def _inside(project: Project, address: str) -> str:
    """Return the block that the node at an address is a use of; "" where there is none."""
    place = place_of(project, address)
    return block_of(project.block(place.graph).graph.nodes[place.node]) if place else ""


def _other_use(before: Project, after: Project, gone: str) -> str | None:
    """Return where the block of a use that is gone is used, as much like it as may be.

    That is in the same graph: one whose id has the same stem, as the use has that it was copied
    from, then one with the same values.
    """
    place, key = place_of(before, gone), _inside(before, gone)
    if place is None or key not in after.blocks:
        return None
    graph = _inside(after, place.prefix) if place.prefix else MAIN
    if graph == place.graph and (graph == MAIN or graph in after.blocks):
        lost, stem = before.block(graph).graph.nodes[place.node], MARK.sub("", place.node)
        nodes = after.block(graph).graph.nodes
        uses = [
            (MARK.sub("", node_id) != stem, node.args != lost.args, node_id)
            for node_id, node in nodes.items()
            if block_of(node) == key
        ]
        if uses:
            return address_of(place.prefix, min(uses)[-1])
    return first_use(after, key)


def address_of(prefix: str, node: str) -> str:
    """Return the address of a node in the graph that lies at a prefix."""
    return f"{prefix}/{node}" if prefix else node


def way_down(above: str, below: str) -> tuple[NodeId, ...]:
    """Return the node at one prefix through which one comes to another; () where none leads on."""
    steps = [plain_step(step) for step in below.split("/")] if below else []
    start = [plain_step(step) for step in above.split("/")] if above else []
    leads = len(steps) > len(start) and steps[: len(start)] == start
    return (NodeId(steps[len(start)]),) if leads else ()


def plain_step(step: str) -> str:
    """Return one step of an address without the number of a copy."""
    return step.partition("[")[0]


def first_use(project: Project, graph: str) -> str | None:
    """Return a prefix at which a graph is used, the nearest to the main graph; None: nowhere."""
    if graph == MAIN:
        return ""
    waiting, seen = deque([(MAIN, "")]), {MAIN}
    while waiting:
        key, prefix = waiting.popleft()
        nodes = project.block(key).graph.nodes
        for node_id in sorted(n for n in nodes if nodes[n].kind == "block"):
            used = block_of(nodes[node_id])
            here = address_of(prefix, node_id)
            if used == graph:
                return here
            if used not in seen and used in project.blocks:
                seen.add(used)
                waiting.append((used, here))
    return None
