"""Automatic layout: no two nodes overlap, no wire passes through a node, ids do not matter."""

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.crossings import random_graph
from graph_editor.document import edits
from graph_editor.document.files import load
from graph_editor.document.layout import Arrangement, Gaps, Point, Size, arrange
from graph_editor.document.layout_layers import in_layers
from graph_editor.document.layout_lines import across
from graph_editor.document.layout_order import crossings, ordered
from graph_editor.document.model import FrozenMap, Graph, InPort, Node, NodeId, OutPort, PortPath
from tests.document.sketch import PROJECT_FILES, end, ids, sketch, start

Sizes = dict[NodeId, Size]
GRAPHS = [
    project.block(key).graph
    for project in (load(path).project for path in PROJECT_FILES)
    for key in edits.keys_of(project)
]


def raw(count: int, pairs: list[tuple[int, int]], prefix: str = "n") -> Graph:
    """Return a graph with these wires, circles too, which a file may hold."""
    nodes = FrozenMap({NodeId(f"{prefix}{i}"): Node(f"nn.S{i % 3}") for i in range(count)})
    wires = {
        InPort(NodeId(f"{prefix}{b}"), PortPath(f"p{k}")): OutPort(NodeId(f"{prefix}{a}"), "output")
        for k, (a, b) in enumerate(pairs)
    }
    return Graph(nodes, FrozenMap(wires))


def inside(one: Point, two: Point, corner: Point, size: Size) -> bool:
    """Whether a line passes through the inside of a box, by clipping the line at the box."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        way = two[axis] - one[axis]
        near, far = corner[axis] + 1e-6, corner[axis] + size[axis] - 1e-6
        if way == 0:
            if not near < one[axis] < far:
                return False
        else:
            first, last = sorted(((near - one[axis]) / way, (far - one[axis]) / way))
            low, high = max(low, first), min(high, last)
    return low < high


def check(graph: Graph, made: Arrangement, sizes: Sizes) -> None:
    """Check all that a layout promises."""
    assert made.positions.keys() == graph.nodes.keys()
    assert made.routes.keys() == graph.wires.keys()
    for one, two in combinations(graph.nodes, 2):
        (ax, ay), (aw, ah) = made.positions[one], sizes[one]
        (bx, by), (bw, bh) = made.positions[two], sizes[two]
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay, (one, two)
    for target, route in made.routes.items():
        for line in pairwise(route):
            for node in graph.nodes:
                crossed = inside(*line, made.positions[node], sizes[node])
                assert not crossed, f"the wire to {target} passes through {node}"


graphs = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=3 * n, unique=True
        ),
    )
)
boxes = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 200)), min_size=14, max_size=14)


@settings(deadline=None, max_examples=300)
@given(graphs, boxes, st.sampled_from(["right", "down"]), st.booleans())
@example((3, [(0, 1), (1, 2), (2, 0), (1, 1)]), [(50, 20)] * 14, "right", True)
def test_nothing_overlaps_and_no_wire_passes_through_a_node(
    drawn: tuple[int, list[tuple[int, int]]], sizes: list[Size], direction: str, ports: bool
) -> None:
    graph = raw(*drawn)
    known = {NodeId(f"n{i}"): sizes[i] for i in range(drawn[0])}

    def anchor(port: InPort | OutPort) -> float | None:
        across_at = known[port.node][1 if direction == "right" else 0]
        return across_at * 0.9 if isinstance(port, OutPort) else 0.0

    made = arrange(graph, known, direction=direction, anchor=anchor if ports else None)  # type: ignore[arg-type]
    check(graph, made, known)


@settings(deadline=None)
@given(graphs)
def test_layers_respect_the_direction_of_wires(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    graph = raw(*drawn)
    made = arrange(graph)
    layers = in_layers(graph, list(graph.nodes))
    for target, source in graph.wires.items():
        left, right = made.positions[source.node][0], made.positions[target.node][0]
        assert (left >= right) == (target in layers.backward)
        assert made.routes[target][0][0] > left
        assert made.routes[target][-1][0] == right


@settings(deadline=None)
@given(graphs)
def test_only_circles_run_against_the_direction(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = drawn
    graph = raw(count, [(a, b) for a, b in pairs if a < b])
    assert not in_layers(graph, list(graph.nodes)).backward


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_sample_projects_are_laid_out(graph: Graph) -> None:
    sizes: Sizes = {n: (120 + 10 * (len(n) % 5), 40 + 8 * (len(n) % 4)) for n in graph.nodes}
    for direction in ("right", "down"):
        check(graph, arrange(graph, sizes, direction=direction), sizes)  # type: ignore[arg-type]


def test_a_chain_is_a_straight_line() -> None:
    graph = sketch("a b c d", "a>b b>c c>d")
    made = arrange(graph, {node: (100, 20 + 10 * i) for i, node in enumerate(graph.nodes)})
    for target, route in made.routes.items():
        assert len({y for _, y in route}) == 1
        assert made.bends(target) == ()
    assert [made.positions[n][0] for n in graph.nodes] == sorted(
        x for x, _ in made.positions.values()
    )


def test_down_is_right_turned() -> None:
    graph = sketch("a b c d", "a>b a>c b>d.input c>d.other")
    right = arrange(graph, dict.fromkeys(graph.nodes, (100, 40)))
    down = arrange(graph, dict.fromkeys(graph.nodes, (40, 100)), direction="down")
    assert {n: (y, x) for n, (x, y) in right.positions.items()} == down.positions


def test_a_long_wire_goes_around_what_lies_between() -> None:
    graph = sketch("a b c d", "a>b b>c c>d.input a>d.other")
    made = arrange(graph)
    bends = made.bends(end("d.other"))
    assert bends
    lowest, highest = min(y for _, y in bends), max(y for _, y in bends)
    middle = made.positions[NodeId("b")][1]
    assert highest < middle or lowest > middle + 48


def test_wires_from_one_output_share_their_way() -> None:
    graph = Graph()
    for index in range(40):
        graph = edits.add_node(graph, NodeId(f"n{index}"), Node("nn.ReLU"))
        if index:
            graph = edits.connect(graph, start(f"n{index - 1}"), end(f"n{index}"))
            graph = edits.connect(graph, start("n0"), end(f"n{index}.other"))
    layers = in_layers(graph, list(graph.nodes))
    assert len(layers.layer) - len(layers.ids) == 38
    assert in_layers(graph, []).count == 0


@settings(deadline=None)
@given(graphs)
def test_the_order_crosses_no_more_than_the_first_one(
    drawn: tuple[int, list[tuple[int, int]]],
) -> None:
    graph = raw(*drawn)
    layers = in_layers(graph, list(graph.nodes))
    rows = ordered(layers)
    assert sorted(v for row in rows for v in row) == list(range(len(layers.layer)))
    assert (
        crossings(layers, rows) <= crossings(layers, layers.rows()) or crossings(layers, rows) < 40
    )
    middles = across(layers, rows, lambda one, two: 10.0 + one % 3 + two % 3)
    for row in rows:
        for one, two in pairwise(row):
            assert middles[two] - middles[one] >= 10.0 + one % 3 + two % 3 - 1e-6


def test_crossings_are_counted() -> None:
    graph = sketch("a b c d", "a>d b>c")
    layers = in_layers(graph, list(graph.nodes))
    number = {node: index for index, node in enumerate(layers.ids)}
    a, b, c, d = (number[NodeId(n)] for n in "abcd")
    assert crossings(layers, [[a, b], [c, d]]) == 1
    assert crossings(layers, [[a, b], [d, c]]) == 0
    assert crossings(layers, ordered(layers)) == 0


def test_ids_do_not_matter_where_anything_else_can_decide() -> None:
    names = dict(zip("abcdef", ["zeta", "alpha", "m", "k", "b1", "a9"], strict=True))
    text = "a:io.input b:nn.Linear c:nn.Conv2d d:op.add e:nn.ReLU f:io.output"
    links = "a>b a>c b>d.input c>d.other d>e e>f a>f.more"
    graph = sketch(text, links)
    renamed = Graph(
        FrozenMap({NodeId(names[k]): node for k, node in graph.nodes.items()}),
        FrozenMap(
            {
                InPort(NodeId(names[e.node]), e.port): OutPort(NodeId(names[s.node]), s.port)
                for e, s in graph.wires.items()
            }
        ),
    )
    one, two = arrange(graph), arrange(renamed)
    assert {NodeId(names[k]): point for k, point in one.positions.items()} == two.positions


def test_the_order_of_the_mappings_does_not_matter() -> None:
    graph = GRAPHS[-1]
    turned = Graph(
        FrozenMap(dict(reversed(graph.nodes.items()))),
        FrozenMap(dict(reversed(graph.wires.items()))),
    )
    assert turned == graph
    assert arrange(turned) == arrange(graph)


def test_what_was_placed_keeps_its_order_and_middle() -> None:
    graph = sketch("a b c d e", "a>b a>c a>d b>e.t[0] c>e.t[1] d>e.t[2]")
    first = arrange(graph)
    moved = {node: (x + 500, y - 200) for node, (x, y) in first.positions.items()}
    assert arrange(graph, near=moved).positions == moved
    upside = {**moved, NodeId("b"): moved[NodeId("d")], NodeId("d"): moved[NodeId("b")]}
    again = arrange(graph, near=upside).positions
    assert (again[NodeId("b")][1] > again[NodeId("d")][1]) == (
        upside[NodeId("b")][1] > upside[NodeId("d")][1]
    )


def test_single_nodes_stand_in_rows_and_parts_apart() -> None:
    graph = sketch(" ".join(f"n{i}" for i in range(30)) + " a b", "a>b")
    sizes: Sizes = dict.fromkeys(graph.nodes, (160.0, 48.0))
    made = arrange(graph, sizes)
    check(graph, made, sizes)
    assert len({y for _, y in made.positions.values()}) < 12
    assert arrange(Graph()) == Arrangement({}, {})


def test_gaps_are_kept() -> None:
    graph = sketch("a b c", "a>b a>c")
    made = arrange(graph, dict.fromkeys(graph.nodes, (100, 40)), gaps=Gaps(layers=90, nodes=70))
    a, b, c = (made.positions[n] for n in ids("a b c"))
    assert b[0] - (a[0] + 100) == 90
    assert abs(b[1] - c[1]) >= 40 + 70


def small_edits(graph: Graph, chance: random.Random) -> list[Graph]:
    """Return a graph with a node put into a wire, with one that is gone, and with one renamed."""
    target = chance.choice(sorted(graph.wires, key=str))
    source, new = graph.wires[target], NodeId("new")
    put = edits.add_node(graph, new, Node("nn.ReLU"))
    put = edits.connect(put, source, InPort(new, PortPath("input")))
    put = edits.connect(put, OutPort(new, "output"), target)
    inner = [n for n in graph.nodes if any(s.node == n for s in graph.wires.values())]
    gone = chance.choice(sorted(inner))
    reads = {t: s for t, s in graph.wires.items() if gone not in (t.node, s.node)}
    first = next((s for t, s in sorted(graph.wires.items(), key=str) if t.node == gone), None)
    if first is not None:
        reads |= {t: first for t, s in graph.wires.items() if s.node == gone}
    without = Graph(graph.nodes.without(gone), FrozenMap(reads))
    return [put, without, edits.rename_node(graph, gone, "other")]


def test_a_small_edit_leaves_the_order_of_the_other_nodes() -> None:
    """Of the nodes beside each other, before an edit and after it, nearly all keep their order."""
    kept = beside = 0
    for seed in range(15):
        chance = random.Random(seed)
        graph = random_graph(16, chance)
        first = arrange(graph)
        for number, edited in enumerate(small_edits(graph, chance)):
            again = arrange(edited, near=first.positions)
            if number == 2:  # a name changes nothing
                settled = arrange(graph, near=first.positions)
                assert again == settled
            for one, two in combinations(graph.nodes.keys() & edited.nodes.keys(), 2):
                (ax, ay), (bx, by) = first.positions[one], first.positions[two]
                (cx, cy), (dx, dy) = again.positions[one], again.positions[two]
                if ax == bx and cx == dx:
                    beside += 1
                    kept += (ay < by) == (cy < dy)
    assert beside > 150
    assert kept >= 0.95 * beside, kept / beside
