"""A softmax or a norm along an axis of one value, which gives the same whatever goes in.

What it does: looks for softmax, log-softmax, LayerNorm, RMSNorm, GroupNorm and `normalize` along
axes that hold one value only, however large the batch is.

Why it matters: the share of one value among one is 1, its logarithm 0; less its own mean it is 0,
over its own size 1 or -1. Nothing of what the layers before say gets past, and no gradient comes
back to them. Torch accepts it.

Example: `Linear(16, 1) → Softmax(dim=1) → BCELoss`: always 1.
Better: `Linear(16, 1) → Sigmoid → BCELoss`.

Fix: uses Sigmoid in place of a softmax; switches a norm off.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX
from graph_editor.checking.lints.softmax_over_batch import ALONG_AN_AXIS
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import replace_spec, skip
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import label, number, product, title

CODE = "axis-of-one"
PORTS = {
    **dict.fromkeys((*ALONG_AN_AXIS, "nn.Softmax2d", "nn.LayerNorm", "nn.GroupNorm"), "input"),
    "nn.RMSNorm": "x",
    "F.normalize": "input",
}
"""Specs, and the port whose values they compare with each other."""
NORMS = ("nn.LayerNorm", "nn.GroupNorm", "nn.RMSNorm", "F.normalize")


def _find(site: Site, context: Context) -> Iterator[Told]:  # noqa: ARG001  # one signature for all
    arriving = site.symbolic.get(PORTS[site.node.spec])
    if arriving is not None and _together(site, arriving.shape) == 1:
        yield from of(site, [_diagnosis(site)])


def _together(site: Site, shape: tuple[Dim, ...]) -> Dim | None:
    """Return how many values are compared with each other; None where that is not known."""
    spec, rank = site.node.spec, len(shape)
    if spec == "nn.LayerNorm" or spec == "nn.RMSNorm":
        said = site.value("normalized_shape")
        sizes = said if isinstance(said, tuple) else (said,)
        numbers = [n for n in map(number, sizes) if n is not None]
        return product(numbers) if len(numbers) == len(sizes) and sizes else None
    if spec == "nn.GroupNorm":
        groups = number(site.value("num_groups"))
        around = [size for size in shape[2:] if size != 1]
        return 1 if rank > 1 and shape[1] == groups and not around else None
    dim = 1 if spec == "nn.Softmax2d" and rank == 4 else number(site.value("dim"))
    return shape[dim] if dim is not None and -rank <= dim < rank else None


def _diagnosis(site: Site) -> Diagnosis:
    port = PORTS[site.node.spec]
    message = (
        f"{title(site)} {label(site)} compares values along an axis of {site.shown(port)} that "
        f"holds one only: it gives {_result(site)}, and nothing is learnt through it."
    )
    return Diagnosis(CODE, "warning", site.address, message, "", port, tuple(_proposals(site)))


def _result(site: Site) -> str:
    spec = site.node.spec
    if spec in LOG_SOFTMAX:
        return "0, the logarithm of 1, whatever arrives"
    if spec in ("nn.RMSNorm", "F.normalize"):
        return "the sign of what arrives, and nothing of its size"
    if spec in NORMS:
        return "0 whatever arrives, but for a bias of its own"
    return "1 whatever arrives"


def _proposals(site: Site) -> Iterator[Proposal]:
    if site.node.spec in NORMS:
        yield skip(site)
    elif site.node.spec in LOG_SOFTMAX:
        yield replace_spec(site, "nn.LogSigmoid", without=("dim",))
    else:
        yield replace_spec(site, "nn.Sigmoid", without=("dim",))


check = PerSubject(PORTS, _find, once)
