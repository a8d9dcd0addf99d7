"""A sigmoid, or a softmax, before a loss that has a sigmoid of its own.

What it does: walks back from the input of a BCEWithLogitsLoss or a MultiLabelSoftMarginLoss to a
sigmoid or a softmax, or to several that are joined or averaged; past an index, a mean or a resize
too.

Why it matters: with a sigmoid after it, the result lies between 0.5 and 0.73 and can never say no.

Example: `Linear → Sigmoid → BCEWithLogitsLoss`.
Better: `Linear → BCEWithLogitsLoss`.

Fix: switches it off, or uses BCELoss.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.averages import averaged
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.handed_on import MIXED, RESIZES
from graph_editor.checking.lints.softmax_before_cross_entropy import JOINING, SOFTMAX, alike
from graph_editor.checking.proposals import replace_spec, skip, together
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import either, label, title

CODE = "sigmoid-before-logits-loss"
LOSSES = ("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
SIGMOID = frozenset({"nn.Sigmoid", "torch.sigmoid", "nn.Hardsigmoid"})
SQUASHING = SIGMOID | SOFTMAX


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield everything that leaves numbers from 0 to 1 to a loss with a sigmoid of its own."""
    for site in context.of(LOSSES):
        makers = [*chain_before(site, "input", context, TRANSPARENT | MIXED)]
        maker = makers[-1] if makers else None
        if maker is not None and maker.node.spec in JOINING:
            found = alike(maker, SQUASHING, context)
        elif maker is not None and maker.node.spec in SQUASHING:
            found = [maker]
        else:
            found = averaged(site, "input", SQUASHING, context, 1.0)
        if found:
            yield _diagnosis(site, found, makers)


def _diagnosis(site: Site, found: list[Site], makers: list[Site]) -> Diagnosis:
    names = either([label(maker) for maker in found]).replace(" or ", " and ")
    leaves = "leaves" if len(found) == 1 else "leave"
    message = (
        f"{title(site)} {label(site)} has a sigmoid of its own ({site.shown('input')} arrives): "
        f"{names} before it {leaves} numbers from 0 to 1, so that after the loss's own sigmoid all "
        "lies between 0.5 and 0.73."
    )
    off = skip(found[0])
    if len(found) > 1:
        off = together(*map(skip, found), title=f"Switch {names} off")
    proposals = [off]
    is_within = not any(maker.node.spec in RESIZES for maker in makers)  # some swing over
    if is_within and all(maker.node.spec in SIGMOID for maker in found):
        proposals.append(replace_spec(site, "nn.BCELoss", without=("pos_weight",)))
    return Diagnosis(CODE, "warning", found[0].address, message, "", "", tuple(proposals))
