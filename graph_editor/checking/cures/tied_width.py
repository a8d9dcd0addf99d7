"""The width with which two tied weights are of one shape: a tie is meant, a width is a slip."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_width, untie
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import number, sizes
from graph_editor.document.model import Address

CODES = ("tie-mismatch",)
WEIGHT = "weight"
Maker = tuple[Site, str]


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield widths for the layer before either of the two, or for one of them; then no tie.

    How many tokens there are is not guessed: where the data say so, that is a fault of its own.
    """
    yield from _widths(stopped, context)
    for pair in context.project.block(stopped.block).graph.ties.items():
        if stopped.id in [text.partition(".")[0] for text in pair]:
            yield untie(stopped, pair[0])


def _widths(stopped: Site, context: Context) -> Iterator[Proposal]:
    around = stopped.address.rpartition("/")[0]
    for pair in context.project.block(stopped.block).graph.ties.items():
        sides = [_side(text, around, context) for text in pair]
        if stopped.id not in [text.partition(".")[0] for text in pair] or None in sides:
            continue
        one, other = (side for side in sides if side is not None)
        mine, theirs = _shape(one), _shape(other)
        if mine is None or theirs is None:
            continue
        if mine[0] != theirs[0] or mine[1] == theirs[1]:
            continue
        for site, wanted in ((one, theirs[1]), (other, mine[1])):
            maker = _maker(site, context)
            if maker is not None:
                yield set_width(maker, wanted, context)


def _side(text: str, around: str, context: Context) -> Site | None:
    """Return the layer whose weight a side of a tie names."""
    id_, _, name = text.rpartition(".")
    site = context.sites.get(Address(f"{around}/{id_}" if around else id_))
    return site if name == WEIGHT else None


def _shape(site: Site) -> tuple[int, int] | None:
    """Return the shape of a weight of rows; None for all others."""
    if site.node.spec == "nn.Embedding":
        first, second = number(site.value("num_embeddings")), number(site.value("embedding_dim"))
    elif site.node.spec == "nn.Linear":
        given = sizes(site, "input")
        first, second = number(site.value("out_features")), given[-1] if given else None
    else:
        return None
    return None if first is None or second is None else (first, second)


def _maker(site: Site, context: Context) -> Maker | None:
    """Return the layer and its argument that decide how long the rows of a weight are."""
    if site.node.spec == "nn.Embedding":
        return site, "embedding_dim"
    return width_before(site, "input", -1, context)
