"""A dtype that an operation is not defined for, or two that do not go together.

What it does: asks the rules that were found by running every common operation with every dtype.

Why it matters: weights are float32, and torch multiplies equal dtypes only; many functions are not
defined for whole numbers.

Example: `Linear(8, 2)` on `B×8` int64.
Better: the same after `.float()`.

Fix: a conversion in the wire.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.proposals import convert, set_to
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.words import label
from graph_editor.document.model import Name

CODE = "dtype"
RANK = 60


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Say which port holds a wrong dtype, and to what to convert it."""
    site = failure.site
    if site.spec is None or failure.phase == "construct":
        return None
    named = site.inputs.merged(site.symbolic)  # so that the words say B and not 64
    found = check_call(site.spec, site.args, named, failure.training)
    if found is None or not found.wants:
        return None
    message = f"{label(site)}: {found.message} ({site.shown(found.port)})."
    proposals: list[Proposal] = [convert(site, found.port, found.wants)]
    source = site.sources.get(found.port)
    before = context.sites.get(source.address) if source else None
    if before is not None and before.node.spec == "io.input":
        proposals.append(set_to(before, "dtype", Name(found.wants), of=label(before)))
    return Diagnosis(CODE, "error", site.address, message, "", found.port, tuple(proposals))
