"""One of queries, keys and values whose axes change places in another way than those of the others.

What it does: where attention is refused, compares the transposes or permutes of the three, if they
all get the same shape.

Why it matters: all three are laid out alike, samples, heads, places and the numbers of a head. One
that is turned otherwise has its heads, or its places, where the others have something else.

Example: `q.transpose(1, 3)` beside `k.transpose(1, 2)` and `v.transpose(1, 2)`.
Better: `q.transpose(1, 2)`.

Fix: turns it as the others are.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import site_before
from graph_editor.checking.words import label, sizes, title, value
from graph_editor.document.model import Arg

CODE = "turned-otherwise"
RANK = 27  # before heads that were not moved, and before what only compares the sizes
ATTENTION = "F.scaled_dot_product_attention"
PORTS = ("query", "key", "value")
SAYING = {"Tensor.transpose": ("dim0", "dim1"), "Tensor.permute": ("args",)}
"""The arguments that say how axes change places."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the one of three turns that is unlike the other two."""
    site = failure.site
    if site.node.spec != ATTENTION:
        return None
    turns = [turn for port in PORTS if (turn := site_before(site, port, context)) is not None]
    if len({turn.address for turn in turns}) < 3 or len({turn.node.spec for turn in turns}) > 1:
        return None
    if turns[0].node.spec not in SAYING or len({sizes(turn, "input") for turn in turns}) > 1:
        return None
    ways = [_way(turn) for turn in turns]
    for place, turn in enumerate(turns):
        first, second = (other for k, other in enumerate(turns) if k != place)
        if _way(first) == _way(second) != ways[place]:
            return _diagnosis(site, turn, (first, second))
    return None


def _way(turn: Site) -> tuple[Arg, ...]:
    """Return how axes change places, counted from 0; those of a transpose in either order."""
    rank = len(turn.inputs["input"].shape)
    said = [turn.value(name) for name in SAYING[turn.node.spec]]
    numbers = said[0] if isinstance(said[0], tuple) else said
    axes = tuple(n % rank if isinstance(n, int) and rank else n for n in numbers)
    return axes if turn.node.spec == "Tensor.permute" else tuple(sorted(axes, key=str))


def _diagnosis(site: Site, turn: Site, others: tuple[Site, Site]) -> Diagnosis:
    like = others[0]
    names = SAYING[turn.node.spec]
    mine, theirs = (_said(each, names) for each in (turn, like))
    message = (
        f"{label(turn)} is {title(turn)}{mine} of {turn.shown('input')}, and {label(like)} and "
        f"{label(others[1])} are {title(like)}{theirs}: {title(site)} {label(site)} gets "
        f"{', '.join(f'{site.shown(port)} at {port}' for port in PORTS)}, and all three have to "
        "be laid out alike."
    )
    steps = [set_to(turn, n, like.value(n)) for n in names if turn.value(n) != like.value(n)]
    words = f"Turn it as {label(like)} is, {theirs}"
    fix = together(*steps, title=words)
    return Diagnosis(CODE, "error", turn.address, message, names[-1], "", (fix,), site.address)


def _said(turn: Site, names: tuple[str, ...]) -> str:
    given = [turn.value(name) for name in names]
    return value(given[0] if isinstance(given[0], tuple) else tuple(given))
