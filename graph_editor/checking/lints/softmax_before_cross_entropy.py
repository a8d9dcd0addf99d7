"""A softmax before a cross entropy, which has one of its own.

What it does: walks back from the input of a CrossEntropyLoss to a softmax or log-softmax, to
several that are joined or averaged, or to exponentials that are divided by their sum; past an
index, a mean or a resize too.

Why it matters: the loss takes scores and makes probabilities of them itself. Made twice they are
nearly equal for all classes; training is slow and stops short. Nothing fails. (A log-softmax is
only superfluous: the second one changes nothing.)

Example: `Linear → Softmax → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: switches the softmax off; takes the logarithm of one that is drawn by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.averages import averaged
from graph_editor.checking.by_hand import is_softmax
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.handed_on import MIXED
from graph_editor.checking.proposals import insert, skip, together
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import either, label, title
from graph_editor.document.model import Address

CODE = "softmax-before-cross-entropy"
SOFTMAX = frozenset({"nn.Softmax", "nn.Softmax2d", "torch.softmax", "F.softmax"})
JOINING = ("torch.cat", "torch.stack")
_MOST = 3.0
"""So far at most goes a sum of shares that still flattens the scores."""
HARM = "flattens the scores and slows training"
HARM_OF_MANY = "flatten the scores and slow training"
LOG_SOFTMAX = frozenset({"nn.LogSoftmax", "F.log_softmax"})


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every softmax that only a cross entropy reads."""
    for site in context.of(("nn.CrossEntropyLoss",)):
        makers = [*chain_before(site, "input", context, TRANSPARENT | MIXED)]
        if not makers:
            continue
        *between, maker = makers
        is_plain = all(passed.node.spec in TRANSPARENT for passed in between)
        if maker.node.spec in SOFTMAX or (is_plain and maker.node.spec in LOG_SOFTMAX):
            yield _diagnosis(site, maker)
        elif maker.node.spec in JOINING:
            yield from _of_several(site, maker, context)
        elif is_plain and is_softmax(maker, context):
            message = _message(site, f"{label(maker)}, a softmax by hand,", HARM)
            proposals = (
                insert(site, "input", "torch.log", {}, f"Insert log before {label(site)}"),
            )
            yield Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)
        else:
            several = averaged(site, "input", SOFTMAX, context, _MOST)
            yield from _told(site, several, f"put together by {label(maker)},")


def _message(site: Site, who: str, effect: str) -> str:
    return (
        f"{title(site)} {label(site)} has a softmax of its own ({site.shown('input')} "
        f"arrives): {who} before it {effect}."
    )


def _diagnosis(site: Site, maker: Site) -> Diagnosis:
    harmless = maker.node.spec in LOG_SOFTMAX
    message = _message(site, f"{title(maker)} {label(maker)}", "does nothing" if harmless else HARM)
    severity: Severity = "info" if harmless else "warning"
    return Diagnosis(CODE, severity, maker.address, message, "", "", (skip(maker),))


def _of_several(site: Site, joined: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of scores that are joined of several softmaxes, and of nothing else."""
    yield from _told(site, alike(joined, SOFTMAX, context), f"joined by {label(joined)},")


def _told(site: Site, makers: list[Site], how: str) -> Iterator[Diagnosis]:
    if not makers:
        return
    names = either([label(maker) for maker in makers]).replace(" or ", " and ")
    message = _message(site, f"{names}, {how}", HARM_OF_MANY)
    together_ = together(*map(skip, makers), title=f"Switch {names} off")
    yield Diagnosis(CODE, "warning", makers[0].address, message, "", "", (together_,))


def alike(
    joined: Site,
    specs: frozenset[str],
    context: Context,
    through: frozenset[str] = TRANSPARENT | MIXED,
) -> list[Site]:
    """Return the nodes of these specs that a node joins the results of; none if there are others.

    Nodes of ``through`` may stand between: a mean, an index, a resize.
    """
    found: dict[Address, Site] = {}
    for port in joined.sources:
        *_, maker = (None, *chain_before(joined, port, context, through))
        if maker is None or maker.node.spec not in specs:
            return []
        found[maker.address] = maker
    return list(found.values())
