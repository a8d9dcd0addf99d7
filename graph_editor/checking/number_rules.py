"""Rules for numbers that are typed: ragged lists, and bounds of which ``meta`` knows nothing."""

from __future__ import annotations

from graph_editor.checking.rules import Call, Rule, RuleFailure
from graph_editor.document.model import Arg


def rectangular(call: Call) -> RuleFailure | None:
    """Refuse lists in lists that are not all of one length, which make no tensor."""
    value = call.value("value")
    if _shape(value) is not None:
        return None
    return RuleFailure("the rows of a tensor have to be of one length", "", "value")


def _shape(value: Arg) -> tuple[int, ...] | None:
    """Return the sizes that nested lists have; None where rows differ."""
    if not isinstance(value, tuple):
        return ()
    shapes = {_shape(item) for item in value}
    if len(shapes) > 1 or None in shapes:
        return None
    inner = next(iter(shapes), ())
    return None if inner is None else (len(value), *inner)


def at_least(least: int, *names: str) -> Rule:
    """Return the rule that every number in these arguments has a least value."""

    def rule(call: Call) -> RuleFailure | None:
        for name in names:
            said = call.value(name)
            sizes = said if isinstance(said, tuple) else (said,)
            if any(isinstance(size, int | float) and size < least for size in sizes):
                return RuleFailure(f"{name} is {said}, and has to be {least} or more", "", name)
        return None

    return rule
