"""A layer for sequences that takes the batch for their steps, told by what goes with it.

What it does: where an attention layer refuses a mask, looks whether it has `batch_first=False` and
the mask would fit with `batch_first=True`; where a recurrent layer refuses the state that it is to
begin with, looks so at the layer that gives it.

Why it matters: torch names the mask or the state, and these are right: `T×T` for the steps of a
sequence, one state for each sample. The layer takes the samples for steps.

Example: `TransformerEncoderLayer(32, 4)` on `B×16×32` with a causal mask of `16×16`.
Better: `TransformerEncoderLayer(32, 4, batch_first=True)`.

Fix: sets `batch_first`.
"""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking.diagnosers.mask_size import SQUARE
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import site_before
from graph_editor.checking.words import holds_batch, label, sizes, title

CODE = "batch-for-steps"
RANK = 29  # before what is said of masks and states
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")
STATES = ("hx", "hx[0]", "hx[1]")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the layer that takes axis 0 for steps where that is the batch."""
    site = failure.site
    if site.node.spec in RECURRENT:
        return _of_state(site, context)
    if site.node.spec not in SQUARE or not _takes_batch(site, _sequence(site)):
        return None
    why = _mask(site)
    return _diagnosis(site, _sequence(site), why) if why else None


def _sequence(site: Site) -> str:
    return next((p for p in ("query", "tgt", "src", "input") if p in site.inputs), "input")


def _takes_batch(site: Site, port: str) -> bool:
    """Whether a layer takes axis 0 of a sequence for its steps, and the samples are there."""
    known = site.symbolic.get(port)
    if known is None or len(known.shape) != 3 or site.value("batch_first"):
        return False
    return holds_batch(known.shape[0]) and not holds_batch(known.shape[1])


def _mask(site: Site) -> str:
    """Return the port of a mask that fits axis 1 of the sequences, and not axis 0."""
    for port, (query, key) in SQUARE[site.node.spec].items():
        mask, ones, others = sizes(site, port), sizes(site, query), sizes(site, key)
        if mask is None or ones is None or others is None or len(ones) != 3 or len(others) != 3:
            continue
        if mask[-2:] == (ones[1], others[1]) != (ones[0], others[0]):
            return port
    return ""


def _of_state(site: Site, context: Context) -> Diagnosis | None:
    for port in STATES:
        maker = site_before(site, port, context) if port in site.inputs else None
        if maker is not None and maker.node.spec in RECURRENT and _takes_batch(maker, "input"):
            found = f"the state at {port} of {title(site)} {label(site)}"
            told = _diagnosis(maker, "input", "", f"{found}, {site.shown(port)}")
            if not _takes_batch(site, "input"):
                return told
            both = together(
                *(set_to(each, "batch_first", True) for each in (maker, site)),
                title=f"Set batch_first of {label(maker)} and {label(site)} to True",
            )
            return replace(told, proposals=(both,))
    return None


def _diagnosis(site: Site, port: str, other: str, told: str = "") -> Diagnosis:
    told = told or f"what arrives at {other}, {site.shown(other)}"
    message = (
        f"{title(site)} {label(site)} has batch_first False, so that it takes axis 0 of "
        f"{site.shown(port)} for the steps of a sequence, and that is the batch. It does not go "
        f"with {told}. With batch_first True it does."
    )
    fixes = (set_to(site, "batch_first", True),)
    return Diagnosis(CODE, "error", site.address, message, "batch_first", port, fixes)
