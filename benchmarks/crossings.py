"""Count where wires cross in automatic layouts of random graphs, ours and that of graphviz's dot.

Prints a JSON line for each size of graph. ``ours`` and ``anchor`` are crossings in all graphs of a
size, counted in the same way: points on paper in which the ways of two wires cross that have
neither end in common; where wires from one output share their way there is one point. Both draw
from left to right, with nodes of the same size. Needs pygraphviz.
"""

from __future__ import annotations

import json
import random
import sys
import time
from itertools import combinations, pairwise, product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from graph_editor.document.layout import arrange
from graph_editor.document.model import FrozenMap, Graph, InPort, Node, NodeId, OutPort, PortPath

Way = list[tuple[float, float]]
GOAL = 1.5
SIZES, GRAPHS = (20, 40, 80), 12
WIDE, HIGH = 160, 48
STEPS = 8
"""Straight pieces that stand for one curve of a spline."""


def random_graph(count: int, chance: random.Random) -> Graph:
    """Return a graph without circles, in which most nodes read nodes shortly before them."""
    wires = {}
    for node in range(1, count):
        for port in range(1 + (chance.random() < 0.5)):
            source = max(0, node - 1 - int(chance.expovariate(1 / 4)))
            target = InPort(NodeId(f"n{node}"), PortPath(f"p{port}"))
            wires[target] = OutPort(NodeId(f"n{source}"), "output")
    nodes = {NodeId(f"n{node}"): Node("nn.ReLU") for node in range(count)}
    return Graph(FrozenMap(nodes), FrozenMap(wires))


def our_ways(graph: Graph) -> dict[InPort, Way]:
    """Return the way of each wire in our layout."""
    return {target: list(way) for target, way in arrange(graph).routes.items()}


def dot_ways(graph: Graph) -> dict[InPort, Way]:
    """Return the way of each wire in dot's layout."""
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR")
    sizes = {"shape": "box", "fixedsize": True, "width": WIDE / 72, "height": HIGH / 72}
    for node in graph.nodes:
        drawing.add_node(node, **sizes)
    for target, source in graph.wires.items():
        drawing.add_edge(source.node, target.node, key=target.port)
    drawing.layout("dot")
    return {
        target: _spline(drawing.get_edge(source.node, target.node, target.port).attr["pos"])
        for target, source in graph.wires.items()
    }


def _spline(text: str) -> Way:
    """Return points along a spline as dot writes it: an arrow's end, then points of curves."""
    parts = [part for part in text.replace("\\\n", "").split() if not part.startswith("e,")]
    spots = [(float(x), float(y)) for x, y in (part.split(",") for part in parts)]
    way = spots[:1]
    for at in range(0, len(spots) - 3, 3):
        four = spots[at : at + 4]
        for step in range(1, STEPS + 1):
            t = step / STEPS
            shares = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            xs, ys = zip(*four, strict=True)
            sums = (sum(s * v for s, v in zip(shares, axis, strict=True)) for axis in (xs, ys))
            way.append((next(sums), next(sums)))
    return way


def crossings(graph: Graph, ways: dict[InPort, Way]) -> int:
    """Return in how many points wires cross that have neither end in common."""
    found = set()
    for one, two in combinations(ways, 2):
        sources = frozenset((graph.wires[one].node, graph.wires[two].node))
        if len(sources | {one.node, two.node}) < 4:
            continue
        for a, b in product(pairwise(ways[one]), pairwise(ways[two])):
            if _cross(*a, *b):
                x, y = _point(*a, *b)
                found.add((sources, round(x), round(y)))
    return len(found)


def _point(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> tuple[float, float]:
    """Return where two lines cross."""
    here, there = _side(c, d, a), _side(c, d, b)
    share = here / (here - there)
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _cross(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def main() -> None:
    try:
        import pygraphviz
    except ImportError:
        print("pygraphviz is not installed: dot cannot be compared with.")
        return
    del pygraphviz
    for count in SIZES:
        chance = random.Random(count)
        graphs = [random_graph(count, chance) for _ in range(GRAPHS)]
        start = time.process_time()
        ours = [our_ways(graph) for graph in graphs]
        middle = time.process_time()
        theirs = [dot_ways(graph) for graph in graphs]
        spent = (middle - start, time.process_time() - middle)
        mine = sum(map(crossings, graphs, ours))
        anchor = sum(map(crossings, graphs, theirs))
        line = {"name": f"layout_crossings_{count}_nodes", "ours": mine, "anchor": anchor}
        line |= {"ratio": round(mine / max(anchor, 1), 3), "goal": GOAL}
        line["cpu_seconds"] = [round(each, 3) for each in spent]
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
