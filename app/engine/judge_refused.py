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
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.words import label, title


def without_numbers(record: Record) -> Record:
    """Return a record that leaves out what is told by ``refused_numbers``."""
    return replace(record, troubles=tuple(t for t in record.troubles if t.code != NUMBERS))


def refused_numbers(
    records: Iterable[Record], tried: tuple[Probe, ...], told: Collection[Diagnostic]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield the first refusal of each node of which no error speaks, and of one copy alone."""
    errors = [d for d in told if d.severity == "error"]
    known = {plain(at) for d in errors for at in (d.node, *d.victims)}
    for record in records:
        trouble = next((t for t in record.troubles if t.code == NUMBERS), None)
        if trouble is None or plain(record.site.address) in known:
            continue
        known.add(plain(record.site.address))
        begin = f"{where(tried[trouble.tried])}, " if trouble.tried else ""
        text = f"{begin}{title(record.site)} {label(record.site)} is given numbers that PyTorch "
        text += f"refuses: {reason(trouble.detail)}."
        yield record, replace(trouble, message=text)
