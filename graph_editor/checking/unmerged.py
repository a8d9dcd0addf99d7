"""Samples and steps that were merged to one axis, and are cut apart in the wrong order."""

from __future__ import annotations

from graph_editor.checking.behind import insert_behind
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import first_port, site_before
from graph_editor.checking.words import holds_batch
from graph_editor.document.model import (
    Arg,
)

LAYING = ("Tensor.view", "Tensor.reshape")


def in_order(site: Site, context: Context) -> tuple[Arg, ...] | None:
    """Return the sizes in the order in which the axes were merged; None where they stand so.

    The images of a film are merged as `B×T` to be looked at one by one: a view to `T×B` behind
    puts images of several films into one.
    """
    said, known = site.node.args.get("args"), site.symbolic.get("input")
    made = context.types.get(f"{site.address}.output")
    if site.node.spec not in LAYING or known is None or made is None or not known.shape:
        return None
    if not isinstance(said, tuple) or len(said) != len(made.shape) or len(said) < 2:
        return None
    count, batch = made.shape[:2]
    if (
        count == 1
        or holds_batch(count)
        or batch != "B"
        or tuple(made.shape[2:]) != tuple(known.shape[1:])
    ):
        return None
    current, whole = site_before(site, "input", context), known.shape[0]
    for _ in range(len(context.sites)):
        arriving = current.symbolic.get(first_port(current)) if current is not None else None
        if current is None or arriving is None or not arriving.shape:
            return None
        if arriving.shape[0] != whole:
            merged = tuple(arriving.shape[:2]) == (batch, count)
            return (said[1], said[0], *said[2:]) if merged else None
        current = site_before(current, first_port(current), context)
    return None


def cut_in_order(site: Site, sizes: tuple[Arg, ...]) -> tuple[Proposal, Proposal]:
    """Propose to cut the axes apart as they were merged; and to let them change places behind."""
    said = set_to(site, "args", sizes)
    words = f"{said.title}, and let the two axes change places behind it"
    return said, together(
        said, insert_behind(site, "output", "Tensor.transpose", {"dim0": 0, "dim1": 1}), title=words
    )
