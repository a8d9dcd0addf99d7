"""How high the pieces of long wires lie at present, so that they keep their order among nodes.

A drawing may be folded into rows: its layers begin again at the left then, and a way that leads
from row to row turns back between them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from graph_editor.document.layout_layers import Layers
from graph_editor.document.model import InPort

Point = tuple[float, float]


def heights_of_pieces(
    layers: Layers, spots: Sequence[Point | None], ways: Mapping[InPort, Sequence[Point]]
) -> list[float | None]:
    """Return where each piece of a wire lies across the layers; None where that cannot be told.

    Spots are the middles of nodes along the layers, and their lines across; ways go from end to
    end.
    """
    found: list[float | None] = [None] * (len(layers.layer) - len(spots))
    middles = _middles(layers, spots)
    rows: list[int] = []
    last = -math.inf
    for layer in range(layers.count):
        here = middles[layer][0] if layer in middles else last
        rows.append((rows[-1] if rows else 0) + (here < last))
        last = here
    lowest = max((y for way in ways.values() for _, y in way), default=0.0)
    for target, pieces in layers.paths.items():
        runs = _runs(ways.get(target, ())) if pieces else []
        first = rows[max(layers.layer[pieces[0]] - 1, 0)] if pieces else 0
        for piece in pieces:
            at = layers.layer[piece]
            number = rows[at] - first
            if at not in middles or not 0 <= number < len(runs):
                continue
            height = _height(runs[number], middles[at][0])
            if height is None and number < len(runs) - 1:
                # it has turned below all that is in the row, and the lowest turns innermost
                height = 2 * lowest - runs[number][-1][1]
            found[piece - len(spots)] = height
    return found


def _middles(layers: Layers, spots: Sequence[Point | None]) -> dict[int, Point]:
    """Return the middle of the nodes of each layer that has any."""
    inside: dict[int, list[Point]] = {}
    for vertex, spot in enumerate(spots):
        if spot is not None:
            inside.setdefault(layers.layer[vertex], []).append(spot)
    return {
        layer: (median(x for x, _ in near), median(y for _, y in near))
        for layer, near in inside.items()
    }


def _runs(way: Sequence[Point]) -> list[list[Point]]:
    """Return the parts of a way between which it turns back to where the next row begins."""
    runs: list[list[Point]] = [[way[0]]] if way else []
    for before, here in pairwise(way):
        if here[0] < before[0]:
            runs.append([])
        runs[-1].append(here)
    return runs


def _height(run: Sequence[Point], x: float) -> float | None:
    """Return how high a part of a way is at a place along the layers; None where it is not."""
    for (x1, y1), (x2, y2) in pairwise(run):
        if x1 <= x <= x2:
            return y1 if x1 == x2 else y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return None
