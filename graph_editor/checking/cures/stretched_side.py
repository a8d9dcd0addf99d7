"""The width or the length of what is stretched along an axis to meet another tensor.

A share for each of several experts, or a mask for each place, gets an axis of size 1 before it is
multiplied: the layer or the row of numbers that is too short stands before that axis.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import clashes, pairs_of
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.makers import COMPARED, argument_of, resized
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import (
    ELEMENTWISE,
    TURNS,
    WIDTHS,
    before_turn,
    first_port,
    site_before,
)
from graph_editor.checking.words import number, sizes

CODES = ("shapes-do-not-broadcast",)
ADDING = ("Tensor.unsqueeze", "torch.unsqueeze")
OPERATORS = COMPARED | {"op.add", "op.sub"}


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield another size for what made an axis that stands before one that was added."""
    for ports in pairs_of(stopped):
        shapes = [sizes(stopped, port) for port in ports]
        known = [shape for shape in shapes if shape is not None]
        bad = clashes(*known) if len(known) == 2 else []
        for port, theirs in zip(ports, known[::-1], strict=True) if len(bad) == 1 else ():
            yield from _made(stopped, port, bad[0], theirs[bad[0]], context)


def _made(stopped: Site, port: str, axis: int, wanted: int, context: Context) -> Iterator[Proposal]:
    current, is_added = site_before(stopped, port, context), False
    for _ in range(len(context.sites)):
        if current is None:
            return
        argument, where = WIDTHS.get(current.node.spec, ("", 0))
        if argument or argument_of(current):
            if argument and where == axis and is_added:
                yield set_width((current, argument), wanted, context)
            told = None if argument or not is_added else resized(current, {axis: wanted}, context)
            yield from () if told is None else (told,)
            return
        before = _before(current, axis)
        if before is None:
            return
        is_added |= current.node.spec in ADDING
        entry, axis = before
        current = site_before(current, entry, context)


def _before(site: Site, axis: int) -> tuple[str, int] | None:
    """Return the port from which an axis of a result comes, and which one it is there."""
    spec, port = site.node.spec, first_port(site)
    given = sizes(site, port)
    if given is None:
        return None
    if spec in ADDING:
        dim = number(site.value("dim"))
        new = None if dim is None else dim % (len(given) + 1) - len(given) - 1
        return None if new is None or axis == new else (port, axis + (axis < new))
    if spec in TURNS:
        turned = before_turn(site, axis)
        return (port, turned) if turned else None
    if spec in OPERATORS:
        shapes = {name: sizes(site, name) for name in site.sources}
        longer = [n for n, s in shapes.items() if s and len(s) >= -axis and s[axis] != 1]
        return (longer[0], axis) if len(longer) == 1 else None
    return (port, axis) if spec in ELEMENTWISE else None
