"""Scores that were laid out in rows of another length than there are classes."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before, facts_of
from graph_editor.checking.words import label, number, sizes

CODES = ("class-target",)
LAYING = ("Tensor.view", "Tensor.reshape")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield rows as long as there are classes, where there are as many of them as labels then."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    facts = facts_of(stopped, "target", context)
    classes = facts.classes if facts is not None else None
    if given is None or target is None or classes is None or len(given) != 3 or len(target) != 2:
        return
    if given[1] * given[2] != classes * target[1]:
        return
    *_, laid = (None, *chain_before(stopped, "input", context, ELEMENTWISE | TURNS))
    said = laid.node.args.get("args") if laid is not None else None
    if laid is None or laid.node.spec not in LAYING or not isinstance(said, tuple):
        return
    if len(said) == 3 and said[1] == -1 and number(said[2]) not in (None, -1, classes):
        yield set_to(laid, "args", (*said[:2], classes), of=label(laid))
