"""The last state of a recurrent layer, used as if the batch came first in it.

What it does: looks at what `h_n` and `c_n` go into: a flatten from axis 1 on, an index or a reshape
that is right for `B×…` only; a mean, sum or maximum along axis 1 whose result enters a layer.

Why it matters: the state is `layers×B×hidden`, whatever `batch_first` says. Flattened from axis 1
on, it is one row with all samples in it; reshaped to `B` rows, each row is of several samples; and
the mean along axis 1 is one of all samples.

Example: `h_n.flatten(1)` of an LSTM with two layers: `2×(B·hidden)`.
Better: `h_n[-1]`, the last layer: `B×hidden`; or `h_n.transpose(0, 1).flatten(1)`, all layers.

Fix: takes the last layer, puts the batch first, or takes the mean along the layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import next_layer
from graph_editor.checking.proposals import insert, replace_spec, set_to, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, WIDTHS, chain_before, source_of
from graph_editor.checking.words import label, number, title
from graph_editor.document.model import Arg, Slice

CODE = "recurrent-state"
RANK = 5
MAKERS = ("nn.RNN", "nn.LSTM", "nn.GRU")
FLATTENS = ("nn.Flatten", "Tensor.flatten", "torch.flatten")
RESHAPES = ("Tensor.reshape", "Tensor.view")
REDUCTIONS = {
    "torch.mean": "takes the mean",
    "torch.sum": "adds up the states",
    "torch.logsumexp": "adds up the states",
    **dict.fromkeys(("torch.amax", "torch.max"), "keeps the highest"),
    **dict.fromkeys(("torch.amin", "torch.min"), "keeps the lowest"),
}
"""Specs that leave no axis along which they go, and what they do along it."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every node that reads axis 1 of a state, which is the batch, as something else."""
    if not any(True for _ in context.of(MAKERS)):
        return
    for site in context.of((*FLATTENS, *RESHAPES, *REDUCTIONS, "op.getitem")):
        state, maker = site.symbolic.get("input"), _maker(site, context)
        if maker is None or state is None or len(state.shape) != 3 or state.shape[1] != "B":
            continue
        wrong = _wrong(site, state.shape, context)
        if wrong:
            yield _diagnosis(site, maker, wrong)


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where what was refused has no batch on axis 0 since a state was misread before it."""
    if failure.phase in ("construct", "circle", "dangling"):
        return None
    misread = {d.node: d for d in check(context)}
    for port, arriving in failure.site.symbolic.items() if misread else ():
        if arriving.shape[:1] == ("B",):
            continue
        for maker in chain_before(failure.site, port, context, ELEMENTWISE | set(WIDTHS)):
            if maker.address in misread:
                return replace(misread[maker.address], severity="error")
    return None


def _maker(site: Site, context: Context) -> Site | None:
    """Return the recurrent layer whose state arrives, where it arrives as it was made."""
    source = source_of(site, "input", context)
    if source is None or source.port not in ("h_n", "c_n"):
        return None
    maker = context.sites.get(source.address)
    return maker if maker is not None and maker.node.spec in MAKERS else None


def _wrong(site: Site, state: tuple[Dim, ...], context: Context) -> str:
    """Return what a node does to the samples of a state, or "" where it keeps them apart."""
    layers, batch, hidden = state
    if site.node.spec in FLATTENS:
        ends = number(site.value("start_dim")), number(site.value("end_dim"))
        joins = ends[0] in (1, -2) and ends[1] in (2, -1)
        return (
            f"joins the samples of a layer to one row of {batch}·{hidden} numbers" if joins else ""
        )
    if site.node.spec == "op.getitem":
        return _picked(site.value("index"))
    if site.node.spec in REDUCTIONS:
        return _reduced(site, context)
    made = context.types.get(f"{site.address}.output")
    if made is None or layers == 1 or made.shape[:1] != (batch,):
        return ""
    return f"cuts it into rows ({made.text()}) with numbers of several samples in each"


def _picked(index: Arg) -> str:
    """Return what is said of an index with a number in the second place, behind a whole axis."""
    if not isinstance(index, tuple) or len(index) < 2 or index[0] != Slice():
        return ""
    place = number(index[1])
    return "" if place is None else f"takes sample {place} of the batch and drops all others"


def _reduced(site: Site, context: Context) -> str:
    """Return what is said of a mean along the samples that a layer reads in their place."""
    said = site.value("dim")
    axes = said if isinstance(said, tuple) and len(said) == 1 else (said,)
    if number(axes[0]) not in (1, -2) or next_layer(site, context) is None:
        return ""
    return f"{REDUCTIONS[site.node.spec]} of all samples of the batch along axis 1"


def _diagnosis(site: Site, maker: Site, wrong: str) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} {wrong}: the last state of {title(maker)} {label(maker)} is "
        f"{site.shown('input')}, layers first and the batch on axis 1, whatever batch_first says."
    )
    return Diagnosis(CODE, "warning", site.address, message, "", "input", tuple(_proposals(site)))


def _proposals(site: Site) -> Iterator[Proposal]:
    if site.node.spec == "op.getitem":
        yield set_to(site, "index", -1)
        return
    if site.node.spec in REDUCTIONS:
        yield set_to(site, "dim", 0)
        return
    yield insert(site, "input", "op.getitem", {"index": -1}, "Take the state of the last layer")
    swapped: dict[str, Arg] = {"dim0": 0, "dim1": 1}
    words = "Put the batch first (axes 0 and 1)"
    swap = insert(site, "input", "Tensor.transpose", swapped, words)
    copies = site.node.spec == "Tensor.view"  # which does not take what was swapped
    yield together(swap, replace_spec(site, "Tensor.reshape"), title=words) if copies else swap
