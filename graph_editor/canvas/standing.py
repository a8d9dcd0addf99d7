"""How a node is built where data runs down: tensors at the top and bottom edge, the plan beside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from graph_editor.canvas.anatomy import (
    GRID,
    HEADER,
    LINE_X,
    LINE_Y,
    MARK,
    MAX_WIDTH,
    ROW,
    WIDTH_STEP,
    Anatomy,
    Place,
    Shape,
    text_width,
)

NAMES = 16
"""Height of a row of names of ports."""
APART, LEAST = 12.0, 24.0
"""Between the names of two ports, and between two ports at least."""
OUT_APART = 80.0
"""Between two outputs, so that the shapes below them have room."""
BESIDE = 16.0
"""Between the ports of a side edge."""


def standing(build: Anatomy) -> Anatomy:
    """Return the build of a node through which data runs down."""
    ins = [p for p in build.inputs.values() if not p.is_plan]
    ins.sort(key=lambda p: p.quiet)
    outs = [p for p in build.outputs.values() if not p.is_plan]
    names_in, names_out = _named(ins), _named(outs)
    head = NAMES if names_in else 0
    width = _width(build, ins, outs)
    picture, height = 0.0, build.height
    if build.shape is Shape.CARD:
        height = HEADER + ROW + head
        if build.picture_y:
            picture = height + 2
            height = picture + build.height - build.picture_y
        height += NAMES if names_out else 0
        height = float(GRID * math.ceil(height / GRID))
    middle = LINE_Y if build.shape is Shape.CARD else MARK / 2
    beside = [p for p in build.inputs.values() if p.is_plan]
    heights = _beside(len(beside), middle)
    entering: dict[object, Place] = {}
    for place, x in zip(ins, _spread(ins, width, LEAST), strict=True):
        entering[place.ref] = place._replace(x=x, y=0.0, side="top")
    for place, y in zip(beside, heights, strict=True):
        entering[place.ref] = place._replace(x=0.0, y=y, side="left")
    leaving: dict[object, Place] = {}
    for place, x in zip(outs, _spread(outs, width, OUT_APART), strict=True):
        leaving[place.ref] = place._replace(x=x, y=height, side="bottom")
    for place in build.outputs.values():
        if place.is_plan:
            leaving[place.ref] = place._replace(x=width, y=middle, side="right")
    return build._replace(
        width=width,
        height=height,
        inputs={path: entering[p.ref] for path, p in build.inputs.items()},
        outputs={name: leaving[p.ref] for name, p in build.outputs.items()},
        picture_y=picture,
        head=float(head),
        is_standing=True,
    )


def _named(ports: Iterable[Place]) -> bool:
    return any(p.label and not p.quiet for p in ports)


def _width(build: Anatomy, ins: Sequence[Place], outs: Sequence[Place]) -> float:
    """Return a width that has room for the ports and their names."""
    if build.shape is Shape.CUT:
        return build.width
    step = WIDTH_STEP
    wide = max(build.width, reach(ins, LEAST) + 2 * LINE_X, reach(outs, OUT_APART) + 2 * LINE_X)
    return float(min(step * math.ceil(wide / step), max(MAX_WIDTH, build.width)))


def reach(ports: Sequence[Place], least: float) -> float:
    """Return how far the ports of an edge, with their names, reach along it."""
    shown = [p for p in ports if not p.quiet]
    if len(shown) < 2:
        return 0.0
    first, last = (_label(p) / 2 for p in (shown[0], shown[-1]))
    return first + sum(_steps(shown, least)) + last


def _label(place: Place) -> float:
    return text_width(place.label, "caption") if place.label else 0.0


def _steps(ports: Sequence[Place], least: float) -> list[float]:
    """Return how far each port is from the next one."""
    halves = [_label(p) / 2 for p in ports]
    return [max(a + b + APART, least) for a, b in pairwise(halves)]


def _spread(ports: Sequence[Place], width: float, least: float) -> list[float]:
    """Return the places of ports along an edge: those shown around the middle, others behind."""
    shown = [p for p in ports if not p.quiet]
    steps = _steps(shown, least)
    total = reach(shown, least)
    room = width - 2 * LINE_X
    if total > room and total:  # too many for the card: closer, and names may touch
        steps = [step * room / total for step in steps]
        total = room
    spots: list[float] = []
    at = (
        width / 2
        if len(shown) < 2
        else (width - total) / 2 + _label(shown[0]) / 2 * (room >= total)
    )
    for index, _ in enumerate(shown):
        at += steps[index - 1] if index else 0.0
        spots.append(float(round(at)))
    start = spots[-1] + LEAST if spots else width / 2
    quiet = len(ports) - len(shown)
    behind = (width - LINE_X / 2 - start) / max(quiet - 1, 1)
    step = max(min(LEAST, behind), 8.0)
    return spots + [start + step * index for index in range(quiet)]


def _beside(count: int, middle: float) -> list[float]:
    """Return the heights of the plan's ports on a side edge, the first at the usual height."""
    step = min(BESIDE, (middle - 8) / max(count - 1, 1))
    return [middle - step * index for index in range(count)]
