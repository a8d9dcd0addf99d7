"""Where vertices lie across the layers: long wires straight, nodes in line, nothing overlapping.

The method of Brandes and Köpf (Fast and Simple Horizontal Coordinate Assignment, 2001): vertices
are joined into lines in four ways, each is packed as tightly as it goes, and the middle is taken.
Packing goes twice along a graph of the lines, which keeps every distance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from graph_editor.document.layout_layers import Layers

Distance = Callable[[int, int], float]
"""How far a vertex is from the next one of its layer at least."""


def across(layers: Layers, rows: list[list[int]], distance: Distance) -> list[float]:
    """Return the middle of every vertex across the layers; neighbours keep their distance."""
    place = [0] * len(layers.layer)
    for row in rows:
        for index, vertex in enumerate(row):
            place[vertex] = index
    crossed = _crossed(layers, rows, place)
    found: list[list[float]] = []
    for downwards in (True, False):
        sides = layers.before if downwards else layers.after
        for mirrored in (False, True):
            lines = _lines(rows, sides, place, crossed, downwards, mirrored)
            packed = _packed(rows, lines, distance, mirrored)
            found.append(packed)
    return _middle(found)


def _crossed(layers: Layers, rows: list[list[int]], place: list[int]) -> set[tuple[int, int]]:
    """Return the joints that cross a long wire, which is to stay straight."""
    nodes = len(layers.ids)
    crossed: set[tuple[int, int]] = set()
    for row in rows[1:]:
        low, done = 0, 0
        for index, vertex in enumerate(row):
            inner = [one for one in layers.before[vertex] if one >= nodes and vertex >= nodes]
            if not inner and index < len(row) - 1:
                continue
            high = place[inner[0]] if inner else len(place)
            for other in row[done : index + 1]:
                for one in layers.before[other]:
                    if not low <= place[one] <= high and not (one >= nodes and other >= nodes):
                        crossed.add((one, other))
            low, done = high, index + 1
    return crossed


def _lines(
    rows: list[list[int]],
    sides: list[list[int]],
    place: list[int],
    crossed: set[tuple[int, int]],
    downwards: bool,
    mirrored: bool,
) -> list[int]:
    """Return the first vertex of everyone's line; each is in line with a middle neighbour."""
    root = list(range(len(place)))
    joined = [False] * len(place)
    for row in rows if downwards else rows[::-1]:
        limit = len(place) if mirrored else -1
        for vertex in row[::-1] if mirrored else row:
            near = sorted(sides[vertex], key=lambda one: place[one])
            if not near:
                continue
            middles = [near[(len(near) - 1) // 2], near[len(near) // 2]]
            for one in middles[::-1] if mirrored else middles:
                joint = (one, vertex) if downwards else (vertex, one)
                beyond = place[one] < limit if mirrored else place[one] > limit
                if beyond and joint not in crossed and not joined[one]:
                    root[vertex], joined[one], limit = root[one], True, place[one]
                    break
    return root


def _packed(
    rows: list[list[int]], root: list[int], distance: Distance, mirrored: bool
) -> list[float]:
    """Return places in which every line is as far to one side as its neighbours let it be."""
    after: dict[int, list[tuple[int, float]]] = {vertex: [] for vertex in root}
    waiting = dict.fromkeys(after, 0)
    for row in rows:
        way = row[::-1] if mirrored else row
        for one, two in pairwise(way):
            gap = distance(two, one) if mirrored else distance(one, two)
            after[root[one]].append((root[two], gap))
            waiting[root[two]] += 1
    order = [line for line, left in waiting.items() if not left]
    at = dict.fromkeys(after, 0.0)
    for line in order:
        here = at[line]
        for other, gap in after[line]:
            at[other] = max(at[other], here + gap)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    for line in reversed(order):
        if after[line]:
            at[line] = max(at[line], min(at[other] - gap for other, gap in after[line]))
    sign = -1.0 if mirrored else 1.0
    return [sign * at[line] for line in root]


def _middle(found: Sequence[list[float]]) -> list[float]:
    """Return, for every vertex, the mean of the middle two of its four places."""
    if not found[0]:
        return []
    widths = [max(places) - min(places) for places in found]
    narrow = found[widths.index(min(widths))]
    low, high = min(narrow), max(narrow)
    shifted = []
    for index, places in enumerate(found):
        by = high - max(places) if index % 2 else low - min(places)
        shifted.append([place + by for place in places])
    middles = (sorted(four) for four in zip(*shifted, strict=True))
    return [(four[1] + four[2]) / 2 for four in middles]
