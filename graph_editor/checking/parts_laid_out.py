"""Edits of how a tensor is laid out of which several losses take parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from graph_editor.checking.behind import insert_behind
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, set_width, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import WIDTHS, width_before
from graph_editor.checking.words import holds_batch, label, number, sizes, value
from graph_editor.document.model import Arg

MOST_AXES = 6
VIEWS = ("Tensor.view", "Tensor.reshape")


def orders(turn: Site) -> Iterator[Proposal]:
    """Yield the other orders in which a permute may put axes."""
    arriving, said = turn.symbolic.get("input"), turn.node.args.get("args")
    if arriving is None or not isinstance(said, tuple):
        return
    nested = isinstance(said[0], tuple) if said else False
    old = tuple(number(axis) for axis in (said[0] if nested else said))  # type: ignore[union-attr]
    for order in _orders(arriving.shape):
        if tuple(None if axis is None else axis % len(order) for axis in old) != order:
            told: Arg = (order,) if nested else order
            yield set_to(turn, "args", told)


def put_in_order(site: Site, context: Context) -> Iterator[Proposal]:
    """Yield orders of the axes that a node gives, each as a permute behind it."""
    gives = context.types.get(f"{site.address}.output")
    for order in _orders(gives.shape) if gives is not None else ():
        if order != tuple(range(len(order))):
            words = f"Insert permute{value(order)} behind {label(site)}"
            yield together(
                insert_behind(site, "output", "Tensor.permute", {"args": order}), title=words
            )


def _orders(shape: tuple[Dim, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the orders of axes with the samples first, and with equal sizes as they stand."""
    if not 3 <= len(shape) <= MOST_AXES or "?" in shape:
        return
    samples = [axis for axis, size in enumerate(shape) if holds_batch(size)]
    for order in permutations(range(len(shape))):
        first = samples[:1] in ([], [order[0]])
        kept = all(
            order.index(one) < order.index(other)
            for one in range(len(shape))
            for other in range(one + 1, len(shape))
            if shape[one] == shape[other]
        )
        if first and kept:
            yield order


def other_sizes(
    chain: Sequence[Site], refused: Sequence[Site], context: Context
) -> Iterator[tuple[Site, Proposal]]:
    """Yield the size that all losses want in a view, or of the layer that is cut into parts.

    They have to want the same one. What enters a view is made as many times wider or narrower.
    """
    wishes = all_wishes(refused)
    for laying in chain if len(wishes) == 1 else ():
        ((mine, wanted),) = wishes
        argument, _ = WIDTHS.get(laying.node.spec, ("", 0))
        whole = number(laying.value(argument))
        if whole is not None and mine and whole * wanted % mine == 0:
            yield laying, set_width((laying, argument), whole * wanted // mine, context)
        said = laying.node.args.get("args")
        if laying.node.spec not in VIEWS or not isinstance(said, tuple) or said.count(mine) != 1:
            continue
        place = said.index(mine)
        new: tuple[Arg, ...] = (*said[:place], wanted, *said[place + 1 :])
        edit = set_to(laying, "args", new)
        arriving = sizes(laying, "input") or ()
        for axis in range(-1, -len(arriving), -1):
            maker = width_before(laying, "input", axis, context)
            width = arriving[axis] * wanted
            if maker is not None and width % mine == 0:
                other = set_width(maker, width // mine, context)
                words = f"{other.title}, and args of {label(laying)} to {value(new)}"
                yield laying, together(other, edit, title=words)


def all_wishes(refused: Sequence[Site]) -> set[tuple[int, int]]:
    """Return the sizes that losses get, each with the one that their targets have there."""
    return {wish for site in refused for wish in _wishes(site)}


def _wishes(site: Site) -> Iterator[tuple[int, int]]:
    """Yield each size that a loss gets, with the one that its target has there."""
    given, target = sizes(site, "input"), sizes(site, "target")
    if given is None or target is None:
        return
    if len(given) == len(target) + 1:
        given = (*given[:1], *given[2:])  # without the classes
    if len(given) == len(target):
        yield from ((a, b) for a, b in zip(given, target, strict=True) if a != b)
