"""Rows that were put below one another, where a layer takes them side by side.

What it does: where a Linear layer was told the length of a row, and shorter rows arrive, looks for
a `cat` along axis 0 before it whose rows are that long together.

Why it matters: axis 0 holds the samples. Three tensors of `B×8` below one another are three times
as many samples of 8 numbers; side by side they are the same samples with 24.

Example: `cat([a, b, c], dim=0) → Linear(24, 2)` with `B×8` each.
Better: `cat([a, b, c], dim=1) → Linear(24, 2)`.

Fix: puts them side by side.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import said_of, samples
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "rows-below-one-another"
RANK = 29  # before what only compares the length of a row
JOIN = "torch.cat"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the cat whose rows are as long together as the layer was told."""
    site = failure.site
    expected, arriving = number(site.value("in_features")), sizes(site, "input")
    if site.node.spec != "nn.Linear" or expected is None or not arriving:
        return None
    *_, join = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if join is None or join.node.spec != JOIN or join.node.when is not None:
        return None
    rows = [sizes(join, port) for port in join.inputs if port.startswith("tensors[")]
    if number(join.value("dim")) not in (0, -2) or not samples(join) or arriving[-1] == expected:
        return None
    lengths = [row[1] for row in rows if row is not None and len(row) == 2]
    if len(lengths) != len(rows) or sum(lengths) != expected:
        return None
    message = (
        f"{said_of(join, context)}. {title(site)} {label(site)} takes rows of {expected} numbers, "
        "as they are side by side."
    )
    fixes = (set_to(join, "dim", 1),)
    return Diagnosis(CODE, "error", join.address, message, "dim", "", fixes)
