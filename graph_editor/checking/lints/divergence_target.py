"""A KLDivLoss that takes its target for probabilities, and gets their logarithms, or the reverse.

What it does: compares `log_target` of a KLDivLoss with the softmax or log-softmax that its target
comes from.

Why it matters: KLDivLoss takes logarithms as input and, unless `log_target` says otherwise,
probabilities as target, so that the order of its arguments is easily turned around. The logarithm
of a logarithm is nan, and with it are all weights after one step; of probabilities that are taken
for logarithms the exponentials are learnt, which are nearly equal. Torch says nothing.

Example: `KLDivLoss(softmax(teacher), log_softmax(student))`.
Better: `KLDivLoss(log_softmax(student), softmax(teacher))`.

Fix: swaps input and target where that makes both right, else sets `log_target`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX, SOFTMAX
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to, swap_inputs
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "divergence-target"
LOSS = "nn.KLDivLoss"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    maker = _maker(site, "target", context)
    wanted = site.value("log_target")
    if maker is None or not isinstance(wanted, bool):
        return
    if maker.node.spec not in (SOFTMAX if wanted else LOG_SOFTMAX):
        return
    takes, gives = "probabilities", "their logarithms"
    if wanted:
        takes, gives = "logarithms of probabilities", "the probabilities themselves"
    effect = "nearly equal ones are learnt" if wanted else "the loss is nan"
    message = (
        f"{title(site)} {label(site)} takes {takes} as target (log_target is {wanted}), and "
        f"{title(maker)} {label(maker)} gives it {gives} ({site.shown('target')}): {effect}."
    )
    proposals = (set_to(site, "log_target", not wanted),)
    if is_swapped(site, context):
        swap = swap_inputs(site, "input", "target", "Swap input and target")
        proposals = (swap,)
    yield Diagnosis(CODE, "warning", site.address, message, "", "target", proposals)


def is_swapped(site: Site, context: Context) -> bool:
    """Whether a KLDivLoss gets logarithms as target that belong to its input."""
    if site.node.spec != LOSS or site.value("log_target") is not False:
        return False
    maker, other = (_maker(site, port, context) for port in ("target", "input"))
    is_log = maker is not None and maker.node.spec in LOG_SOFTMAX
    return is_log and (other is None or other.node.spec not in LOG_SOFTMAX)


def _maker(site: Site, port: str, context: Context) -> Site | None:
    *_, maker = (None, *chain_before(site, port, context, TRANSPARENT))
    return maker


check = PerSubject((LOSS,), _find)
