"""Numbers that torch refuses, though a call with others of their kind would be in order.

What lints find out about such numbers they say better, and with fixes; all else is told here, in
torch's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from app.engine.evaluate_record import NUMBERS, Record, Trouble
from app.engine.judge_generic import reason
from app.engine.judge_late import where
from app.engine.symbolic import Probe
from graph_editor.checking.copies import plain
from graph_editor.checking.failure import Context
from graph_editor.checking.readers import is_written_over
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.words import label, title

PLAIN = {
    "ZeroDivisionError": "a whole number is divided by 0",
    "index out of range in self": "there is no such row",
}
"""What torch says in words that mean little, and what is said in their place."""


def without_numbers(record: Record) -> Record:
    """Return a record that leaves out what is told by ``refused_numbers``."""
    return replace(record, troubles=tuple(t for t in record.troubles if t.code != NUMBERS))


def refused_numbers(
    records: Iterable[Record],
    tried: tuple[Probe, ...],
    told: Collection[Diagnostic],
    context: Context,
) -> Iterator[tuple[Record, Trouble]]:
    """Yield the first refusal of each node of which no error speaks, and of one copy alone."""
    errors = [d for d in told if d.severity == "error"]
    known = {plain(at) for d in errors for at in (d.node, *d.victims)}
    for record in records:
        trouble = next((t for t in record.troubles if t.code == NUMBERS), None)
        if trouble is None or plain(record.site.address) in known:
            continue
        if any(is_written_over(record.site, port, context) for port in record.site.inputs):
            continue  # then it may get other numbers
        known.add(plain(record.site.address))
        begin = f"{where(tried[trouble.tried])}, " if trouble.tried else ""
        name = f"{title(record.site)} {label(record.site)}"
        given = f" {trouble.message} at {trouble.port}" if trouble.message else ""
        said = PLAIN.get(trouble.detail) or reason(trouble.detail)
        text = f"{begin}{name} gets numbers{given} that PyTorch refuses: {said}."
        yield record, replace(trouble, message=text)
