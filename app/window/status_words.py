"""What the status bar says of a verdict: pure functions from values to words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.session.device_room import DeviceRoom
    from graph_editor.checking.verdict import Diagnostic, Verdict
    from graph_editor.document.document import Document

BYTES = 4
"""Of one weight in float32, as PyTorch makes them."""
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
LARGE = 1_000_000


def check_words(
    verdict: Verdict | None, milliseconds: float | None, refusal: Diagnostic | None = None
) -> tuple[str, str, str]:
    """Return words, glyph and colour for the state of the check; a refusal is one more warning."""
    if verdict is None:
        return "checking", "clock", "text2"
    errors = sum(d.severity == "error" for d in verdict.diagnostics)
    if errors:
        count = f"{errors} error" + ("s" if errors > 1 else "")
        took = "" if milliseconds is None else f", checked in {duration(milliseconds)}"
        return f"{count}{took}", "error", "error"
    told = verdict.diagnostics if refusal is None else (*verdict.diagnostics, refusal)
    warnings = sum(d.severity == "warning" for d in told)
    words = "checked" if milliseconds is None else f"checked in {duration(milliseconds)}"
    if warnings:
        return f"{words}, {warnings} warning" + ("s" if warnings > 1 else ""), "warning", "warn"
    return words, "check", "ok"


def action_words(document: Document, key_of: Callable[[str], str]) -> str:
    """Return what was done last, and by which key it is taken back or brought back."""
    key, back = key_of("edit.undo"), "undoes it"
    if document.last.startswith("Undone: "):
        key, back = key_of("edit.redo"), "brings it back"
    if document.last.endswith(" steps"):
        back = back.replace("it", "one")
    return f"{document.last}. {key} {back}." if key else f"{document.last}."


def duration(milliseconds: float) -> str:
    """Return ``3 ms`` or ``2.9 s``."""
    if milliseconds < 1000:
        return f"{max(1, round(milliseconds))} ms"
    return f"{milliseconds / 1000:.1f} s"


def count_words(count: int) -> str:
    """Return a count with its thousands parted, from a million on in millions or billions."""
    for size, sign in ((1_000_000_000_000, "T"), (1_000_000_000, "G"), (LARGE, "M")):
        if count >= size:
            return f"{count / size:.3g} {sign}" if count < 1000 * size else f"{count:.3g}"
    return f"{count:,}"


def parameter_words(verdict: Verdict | None) -> str:
    """Return ``5,514 parameters``; at least so many where some nodes are not judged."""
    total = sum(verdict.parameters.values()) if verdict is not None else 0
    words = f"{count_words(total)} parameter" + ("" if total == 1 else "s")
    return f"{_least(verdict)}{words}" if total else ""


def weight_words(verdict: Verdict | None) -> str:
    """Return ``22 KiB weights``: the size of all learnable weights in float32."""
    size = float(sum(verdict.parameters.values()) * BYTES) if verdict is not None else 0.0
    return f"{_least(verdict)}{size_words(size)} weights" if size else ""


def _least(verdict: Verdict | None) -> str:
    """Return the words before a sum to which nodes that are not judged may add."""
    from graph_editor.checking.training_memory import unjudged

    return "at least " if verdict is not None and unjudged(verdict) else ""


def size_words(size: float) -> str:
    """Return a size in bytes in the largest unit that leaves a whole number."""
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if size >= 10 or unit == 0 else f"{size:.1f} {UNITS[unit]}"


def memory_words(room: DeviceRoom) -> tuple[str, str, str]:
    """Return words, glyph and colour for what a training takes of the chosen device."""
    need, fit = room.need, room.fit
    if need is None:
        return "", "", "text2"
    from graph_editor.checking.training_memory import range_in_units

    ends = range_in_units(need)
    if fit == "too_large":
        least = size_words(need.low)
        return f"{least} to train, {size_words(room.room.free)} free", "error", "error"
    if fit == "tight":
        return f"{ends} to train, {size_words(room.room.free)} free", "warning", "warn"
    return f"{ends} to train", "", "text2"


def work_words(verdict: Verdict | None) -> str:
    """Return ``forward 47,104 FLOPs per sample``: the operations of a pass, and whose they are."""
    from graph_editor.checking.summary import work_unit

    operations = sum(verdict.flops.values()) if verdict is not None else 0
    if verdict is None or not operations:
        return ""
    return f"forward {_least(verdict)}{count_words(operations)} FLOPs {work_unit(verdict)}"
