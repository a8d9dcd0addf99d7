"""The order of vertices within their layers, so that few wires cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from graph_editor.document.layout_layers import Layers

SWEEPS = 12
PATIENCE = 4
"""Sweeps without a gain before the best order so far is taken."""


def ordered(layers: Layers, wanted: Sequence[float | None] = ()) -> list[list[int]]:
    """Return the vertices of every layer in an order with few crossings.

    Where it is known what place the nodes had before, the search begins there.
    """
    rows = _first_rows(layers, wanted)
    best, fewest = [list(row) for row in rows], crossings(layers, rows)
    idle = 0
    for sweep in range(SWEEPS):
        if not fewest or idle >= PATIENCE:
            break
        _sweep(layers, rows, downwards=sweep % 2 == 0)
        found = crossings(layers, rows)
        if found < fewest:
            best, fewest, idle = [list(row) for row in rows], found, 0
        else:
            idle += 1
    return best


def _first_rows(layers: Layers, wanted: Sequence[float | None]) -> list[list[int]]:
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
                stack.extend(sorted(layers.before[vertex], key=key, reverse=True))
    rows = layers.rows()
    for row in rows:
        row.sort(key=lambda vertex: place[vertex])
    if wanted:
        _as_before(rows, wanted)
    return rows


def _as_before(rows: list[list[int]], wanted: Sequence[float | None]) -> None:
    """Put vertices in the order of their old places; new ones stay beside what was there."""
    for row in rows:
        last = float("-inf")
        keys: list[tuple[float, int, int]] = []
        for vertex in row:
            old = wanted[vertex] if vertex < len(wanted) else None
            last = last if old is None else old
            keys.append((last, len(keys), vertex))
        row[:] = [vertex for _, _, vertex in sorted(keys)]


def _sweep(layers: Layers, rows: list[list[int]], downwards: bool) -> None:
    """Move every vertex to the middle of its neighbours in the layer that was just ordered."""
    sides = layers.before if downwards else layers.after
    places = [0.0] * len(layers.layer)
    for row in rows if downwards else rows[::-1]:
        for index, vertex in enumerate(row):
            near = sides[vertex]
            places[vertex] = sum(places[one] for one in near) / len(near) if near else -1.0
            if not near:  # what has no neighbour there stays where it stands
                places[vertex] = float(index)
        row.sort(key=lambda vertex: places[vertex])
        for index, vertex in enumerate(row):
            places[vertex] = float(index)


def crossings(layers: Layers, rows: list[list[int]]) -> int:
    """Return how many pairs of wires cross between neighbouring layers."""
    place = [0] * len(layers.layer)
    for row in rows:
        for index, vertex in enumerate(row):
            place[vertex] = index
    total = 0
    for row in rows:
        seen: list[int] = []
        for vertex in row:
            ends = sorted(place[one] for one in layers.after[vertex])
            for end in ends:
                total += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
    return total
