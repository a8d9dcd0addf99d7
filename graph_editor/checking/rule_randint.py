"""The numbers that a dtype holds, where random ones of it are drawn: ``meta`` never draws any."""

from __future__ import annotations

from graph_editor.checking.rule_limits import LIMITS
from graph_editor.checking.rules import Call, RuleFailure
from graph_editor.document.model import Name

HELD = {"bool": (0, 1), **LIMITS}


def holds_all(call: Call) -> RuleFailure | None:
    """Refuse a range of random numbers that goes beyond what their dtype holds."""
    said, low, high = call.value("dtype"), call.value("low"), call.value("high")
    name = said.text.removeprefix("torch.") if isinstance(said, Name) else ""
    if name not in HELD or not isinstance(low, int) or not isinstance(high, int):
        return None
    least, most = HELD[name]
    if least <= low and high - 1 <= most:
        return None
    goes = f"{low} to {high - 1}"
    message = f"{call.spec.title} draws from {goes} here, and {name} holds {least} to {most} only"
    return RuleFailure(message, "", "low" if low < least else "high")
