"""Rules for losses that torch's ``meta`` device accepts and real devices refuse."""

from __future__ import annotations

from graph_editor.checking.rules import Call, Rule, RuleFailure
from graph_editor.document.model import Arg


def weights_fit(*names: str) -> Rule:
    """Return the rule that weights can be stretched to the scores, which are never stretched."""

    def rule(call: Call) -> RuleFailure | None:
        scores = call.types.get("input")
        for name in names if scores is not None else ():
            given = call.value(name)
            shape = shape_of(given)
            if shape and scores and not _stretches(shape, scores.shape):
                message = f"{name} has the shape {shape}, and the scores {scores.text()}"
                return RuleFailure(message, "", name)
        return None

    return rule


def shape_of(given: Arg) -> tuple[int, ...]:
    """Return the shape of the tensor that nested numbers make, by the first of each."""
    return (len(given), *shape_of(given[0] if given else 0)) if isinstance(given, tuple) else ()


def _stretches(mine: tuple[int, ...], theirs: tuple[int | str, ...]) -> bool:
    if len(mine) > len(theirs):
        return False
    ends = zip(reversed(mine), reversed(theirs), strict=False)
    return all(size in (1, other) for size, other in ends)


def subtracted_counts(call: Call) -> RuleFailure | None:
    """Refuse what PoissonNLLLoss takes away from something, where it is true or false."""
    taken = {"input": not call.value("log_input"), "target": bool(call.value("full"))}
    port = next((p for p, is_taken in taken.items() if is_taken and call.dtype(p) == "bool"), "")
    if not port:
        return None
    message = f"{call.spec.title} takes {port} away from something, and it is bool"
    return RuleFailure(message, port, wants="float32")
