"""A permute that leaves the axes of a CTCLoss in another order than steps, samples, classes.

What it does: where the batch or the steps do not stand in their places in `log_probs`, looks for
the permute or transpose that made them stand so. The steps are told by the lengths that are said,
the classes by what the data say of the labels, or by how far these go.

Why it matters: `CTCLoss` takes `T×B×C`. With the classes first it takes them for steps, and torch
speaks of the lengths, which are right.

Example: `permute(2, 0, 1)` of `B×20×11` before the loss: `11×B×20`.
Better: `permute(1, 0, 2)`: `20×B×11`.

Fix: the order that puts the steps first, then the samples, then the classes.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import replace_spec, set_to, skip, together
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.walk import ELEMENTWISE, TURNS, before_turn, chain_before, facts_of
from graph_editor.checking.words import holds_batch, label, sizes, title, value

CODE = "ctc-axes"
RANK = 29  # before what looks at the first two axes alone
LOSS = "nn.CTCLoss"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the turn of axes before a CTCLoss that left them in another order."""
    return misplaced(failure.site, context)


def misplaced(site: Site, context: Context) -> Diagnosis | None:
    """Return what is wrong with the order of axes of log_probs, where a turn made it."""
    known = site.symbolic.get("log_probs")
    if site.node.spec != LOSS or known is None or len(known.shape) != 3:
        return None
    *_, turn = (None, *chain_before(site, "log_probs", context, ELEMENTWISE))
    places = _places(site, context)
    if turn is None or turn.node.spec not in TURNS or places in (None, (0, 1, 2)):
        return None
    arriving = turn.symbolic.get("input")
    if places is None or arriving is None or len(arriving.shape) != 3:
        return None
    order = tuple(before_turn(turn, place - 3) + 3 for place in places)
    message = (
        f"{title(turn)} {label(turn)} makes {known.text()} of {arriving.text()}, and {title(site)} "
        f"{label(site)} takes steps, then samples, then classes. Here the steps stand at axis "
        f"{places[0]}, the samples at axis {places[1]} and the classes at axis {places[2]}."
    )
    fixes = (_ordered(turn, order),)
    return Diagnosis(CODE, "error", turn.address, message, "", "", fixes, site.address)


def _ordered(turn: Site, order: tuple[int, ...]) -> Proposal:
    """Propose another order of axes in the place of a turn."""
    if order == (0, 1, 2):
        return skip(turn)
    told = set_to(turn, "args", order)
    if turn.node.spec == "Tensor.permute":
        return told
    other = replace_spec(turn, "Tensor.permute", without=("dim0", "dim1"))
    return together(other, told, title=f"Use permute{value(order)} instead")


def _places(site: Site, context: Context) -> tuple[int, int, int] | None:
    """Return at which axes steps, samples and classes stand, where all three can be told."""
    dims, given = site.symbolic["log_probs"].shape, sizes(site, "log_probs") or ()
    batch = [axis for axis, dim in enumerate(dims) if holds_batch(dim)]
    said, labels = (whole_span_at(site, port, context) for port in ("input_lengths", "targets"))
    facts = facts_of(site, "targets", context)
    classes = facts.classes if facts is not None else None
    if classes is None and labels is not None and not labels.is_noise:
        classes = int(labels.high) + 1
    if len(batch) != 1 or len(given) != 3 or said is None or classes is None:
        return None
    if batch == [1] and said.high <= given[0] and classes <= given[2]:
        return None  # shorter than they might be
    ends = [axis for axis in range(3) if axis != batch[0]]
    fitting = [
        (steps, batch[0], scores)
        for steps, scores in (ends, ends[::-1])
        if given[steps] == said.high and given[scores] >= classes and said.is_sure
    ]
    return fitting[0] if len(fitting) == 1 else None
