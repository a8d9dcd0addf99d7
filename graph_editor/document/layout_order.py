"""The order of vertices within their layers, so that few wires cross, at the ports too."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import groupby

from graph_editor.document.layout_layers import Layers, Link

SWEEPS = 24
PATIENCE, LESS, MANY = 8, 4, 1000
"""Sweeps without a gain before the best order so far is taken; less where there are many links."""
ROUNDS = 8
"""How often neighbours are swapped along all layers at most after a sweep."""
TRIES, LINKS = 20, 2400
"""Orders that are begun with at most, and links that all of them together may have."""
WORTH = 0.67
"""The part of the crossings that a new order may have at most to be taken for the present one."""

Rows = list[list[int]]


def ordered(layers: Layers, wanted: Sequence[float | None] = ()) -> Rows:
    """Return the vertices of every layer in an order with few crossings.

    Where it is known what place the nodes had before, they keep their order, unless another one
    has far fewer. In a large graph it is only bettered.
    """
    rows = _first_rows(layers)
    if not wanted:
        return _fresh(layers, rows)[0]
    kept = _as_before(layers, rows, wanted)
    if _is_large(layers):
        return _bettered(layers, kept, as_it_is=True)[0]
    _swap(layers, kept, also_equal=False, fixed=len(layers.ids))
    fewest = crossings(layers, kept)
    if not fewest:
        return kept
    found, count = _bettered(layers, kept)
    if count:
        other, crossed = _fresh(layers, rows)
        found, count = (other, crossed) if crossed < WORTH * count else (found, count)
    return found if count < WORTH * fewest else kept


def _fresh(layers: Layers, rows: Rows) -> tuple[Rows, int]:
    """Return the best of the orders that come of several, and how many wires cross in it."""
    found, count = _bettered(layers, rows)
    links = sum(map(len, layers.leaves))
    for number in range(1, min(TRIES, LINKS // max(links, 1))):
        if not count:
            break
        again, crossed = _bettered(layers, _other_rows(layers, rows, number))
        if crossed < count:
            found, count = again, crossed
    return found, count


def _is_large(layers: Layers) -> bool:
    return sum(map(len, layers.leaves)) > MANY


def _bettered(layers: Layers, rows: Rows, as_it_is: bool = False) -> tuple[Rows, int]:
    """Return an order that comes of another one by sweeps, and how many wires cross in it.

    One that is good as it is is first tried so.
    """
    rows = [list(row) for row in rows]
    best, fewest = [list(row) for row in rows], crossings(layers, rows)
    patience = LESS // (1 + as_it_is) if _is_large(layers) else PATIENCE
    idle = 0
    for sweep in range(SWEEPS):
        if not fewest or idle >= patience:
            break
        if sweep or not as_it_is:
            _sweep(layers, rows, downwards=sweep % 2 == 0)
        _swap(layers, rows, also_equal=sweep % 4 >= 2)
        found = crossings(layers, rows)
        if found < fewest:
            best, fewest, idle = [list(row) for row in rows], found, 0
        else:
            idle += 1
    return best, fewest


def _other_rows(layers: Layers, rows: Rows, number: int) -> Rows:
    """Return another order to begin with: that of a walk along outputs, then mixed ones."""
    if number > 1:
        chance = random.Random(number)
        return [chance.sample(row, len(row)) for row in rows]
    place: dict[int, int] = {}
    for begin in (vertex for row in rows for vertex in row if not layers.before[vertex]):
        stack = [begin]
        while stack:
            vertex = stack.pop()
            if vertex not in place:
                place[vertex] = len(place)
                stack.extend(one for _, one, _ in reversed(layers.leaves[vertex]))
    return [sorted(row, key=place.__getitem__) for row in rows]


def _first_rows(layers: Layers) -> Rows:
    """Return a first order: that of a walk back from the ends, along inputs in their order."""
    count = len(layers.ids)
    place: dict[int, int] = {}

    def key(vertex: int) -> tuple[int, int, int]:
        rank = layers.ranks[vertex] if vertex < count else 0
        return (layers.layer[vertex], rank, vertex)

    ends = [v for v in range(len(layers.layer)) if not layers.after[v]]
    for end in sorted(ends, key=lambda v: (-layers.layer[v], *key(v))):
        stack = [end]
        while stack:
            vertex = stack.pop()
            if vertex not in place:
                place[vertex] = len(place)
                near = {one: into for into, one, _ in reversed(layers.enters[vertex])}
                stack.extend(sorted(near, key=lambda one: (near[one], *key(one)), reverse=True))
    rows = layers.rows()
    for row in rows:
        row.sort(key=lambda vertex: place[vertex])
    return rows


def _as_before(layers: Layers, rows: Rows, wanted: Sequence[float | None]) -> Rows:
    """Return vertices in the order of their old places; new ones stay beside what was there.

    Pieces of a wire lie between its ends.
    """
    known: dict[int, float] = {v: at for v, at in enumerate(wanted) if at is not None}
    number = {node: vertex for vertex, node in enumerate(layers.ids)}
    for target, pieces in layers.paths.items():
        begins = [one for one in layers.before[pieces[0]] if one in known] if pieces else []
        start, end = known.get(begins[0]) if begins else None, known.get(number[target.node])
        for at, piece in enumerate(pieces):
            share = (at + 1) / (len(pieces) + 1)
            if start is not None and end is not None:
                known.setdefault(piece, start + share * (end - start))
    made: Rows = []
    for row in rows:
        last = float("-inf")
        keys: list[tuple[float, int, int]] = []
        for vertex in row:
            last = known.get(vertex, last)
            keys.append((last, len(keys), vertex))
        made.append([vertex for _, _, vertex in sorted(keys)])
    return made


def _sweep(layers: Layers, rows: Rows, downwards: bool) -> None:
    """Move every vertex to the middle of its neighbours in the layer that was just ordered."""
    sides = layers.enters if downwards else layers.leaves
    places = [0.0] * len(layers.layer)
    for row in rows if downwards else rows[::-1]:
        for index, vertex in enumerate(row):
            near = sides[vertex]
            if near:
                places[vertex] = sum(places[one] + at for _, one, at in near) / len(near)
            else:  # what has no neighbour there stays where it stands
                places[vertex] = float(index)
        row.sort(key=lambda vertex: places[vertex])
        for index, vertex in enumerate(row):
            places[vertex] = float(index)


def _swap(layers: Layers, rows: Rows, also_equal: bool, fixed: int = 0) -> None:
    """Swap neighbours in their layers as long as fewer wires cross then, or no more do.

    Vertices below fixed keep their order.
    """
    place = [0] * len(layers.layer)
    for row in rows:
        for index, vertex in enumerate(row):
            place[vertex] = index
    todo = set(range(len(rows)))
    for _ in range(ROUNDS):
        now, todo = todo, set()
        for at in sorted(now):
            if _swap_row(layers, rows[at], place, also_equal, fixed):
                todo |= {at - 1, at, at + 1} & set(range(len(rows)))
        if not todo:
            break


def _swap_row(
    layers: Layers, row: list[int], place: list[int], also_equal: bool, fixed: int
) -> bool:
    """Swap neighbours of one layer; say whether fewer wires cross."""
    if len(row) < 2:
        return False
    near = {
        vertex: (_ends(layers.enters[vertex], place), _ends(layers.leaves[vertex], place))
        for vertex in row
    }
    swapped = False
    for index in range(len(row) - 1):
        one, two = row[index], row[index + 1]
        if one < fixed and two < fixed:
            continue
        gain = 0
        for mine, other in zip(near[one], near[two], strict=True):
            if len(mine) == 1 == len(other):
                gain += (mine[0] > other[0]) - (other[0] > mine[0])
            elif mine and other:
                gain += sum(bisect_left(other, spot) for spot in mine)
                gain -= sum(bisect_left(mine, spot) for spot in other)
        if gain > 0 or (also_equal and not gain):
            row[index], row[index + 1] = two, one
            place[one], place[two] = index + 1, index
            swapped = swapped or gain > 0
    return swapped


def _ends(links: Sequence[Link], place: Sequence[int]) -> list[float]:
    """Return where links end in the next layer, in order."""
    if len(links) == 1:
        return [place[links[0][1]] + links[0][2]]
    return sorted(place[one] + at for _, one, at in links)


def crossings(layers: Layers, rows: Rows) -> int:
    """Return how many pairs of wires cross between neighbouring layers; from one port none do."""
    place = [0] * len(layers.layer)
    for row in rows:
        for index, vertex in enumerate(row):
            place[vertex] = index
    total = 0
    for row in rows:
        seen: list[float] = []
        for vertex in row:
            for _, port in groupby(layers.leaves[vertex], key=_place):
                ends = [place[one] + at for _, one, at in port]
                for end in ends:
                    total += len(seen) - bisect_right(seen, end)
                for end in ends:
                    insort(seen, end)
    return total


def _place(link: Link) -> float:
    return link[0]
