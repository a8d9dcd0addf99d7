"""An activation or Dropout on the scores, directly before a classification loss.

What it does: walks back from the input of a loss that takes scores to an activation or a dropout;
from one that takes probabilities or their logarithms, past the softmax or sigmoid that makes these.
It looks past an index and a resize too, and past a join of several that all end in the same one.
Bounds that are multiplied afterwards are meant, and left in peace.

Why it matters: scores may be of any size. A ReLU or GELU cuts the negative ones off, so that the
network cannot say of a class that it is unlikely. Sigmoid and Tanh bound them on both sides, so
that no class ever gets a large share and the loss cannot come near 0. A dropout sets the scores of
right classes to 0 at random. A LeakyReLU or ELU only bends negative scores, which is a matter of
taste.

Example: `Linear → ReLU → CrossEntropyLoss`, `Linear → Tanh → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: switches it off.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.handed_on import SHOWN
from graph_editor.checking.lints.sigmoid_before_logits_loss import SIGMOID
from graph_editor.checking.lints.softmax_before_cross_entropy import JOINING, LOG_SOFTMAX, alike
from graph_editor.checking.proposals import skip, together
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import either, label, sizes, title

CODE = "activation-on-logits"
LOSSES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("nn.CrossEntropyLoss", "nn.MultiMarginLoss"), frozenset()),
    **dict.fromkeys(("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss"), frozenset()),
    "nn.NLLLoss": LOG_SOFTMAX,
    "nn.BCELoss": SIGMOID,
}
"""Losses, and what makes of scores what they take."""
CUTTING = {
    "ReLU": "cuts all negative ones off to 0",
    "ReLU6": "cuts all negative ones off to 0, and all above 6 to 6",
    "Softplus": "lets no negative ones through",
    **dict.fromkeys(("GELU", "SiLU", "Mish", "Hardswish"), "lets hardly any negative ones through"),
}
BENDING = dict.fromkeys(
    ("LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU"), "only makes the negative ones smaller"
)
BOUNDS = {
    **dict.fromkeys(("nn.Sigmoid", "torch.sigmoid", "nn.Hardsigmoid"), (0.0, 1.0)),
    **dict.fromkeys(("nn.Tanh", "torch.tanh", "nn.Softsign"), (-1.0, 1.0)),
    "nn.Hardtanh": (-1.0, 1.0),
}
"""Specs whose values lie between two bounds."""
_FUNCTIONS = {"ReLU": ("torch.relu", "F.relu"), "Softplus": ("F.softplus",), "GELU": ("F.gelu",)}
_FUNCTIONS |= {"SiLU": ("F.silu",), "LeakyReLU": ("F.leaky_relu",)}
EFFECTS = {
    spec: effect
    for name, effect in {**CUTTING, **BENDING}.items()
    for spec in (f"nn.{name}", *_FUNCTIONS.get(name, ()))
} | dict.fromkeys(("nn.Dropout", "nn.AlphaDropout", "F.dropout"), "changes some of them at random")
TASTE = frozenset(f"nn.{name}" for name in BENDING) | {"F.leaky_relu"}
CUTS = frozenset({"torch.clamp", "nn.LogSigmoid"})
"""Specs of which it depends on their arguments, or on the loss, what they do."""
BINARY = ("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss", "nn.BCELoss")
"""Losses that see each score by itself."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every activation or dropout between the last layer and a loss that takes scores."""
    for site in context.of(LOSSES):
        between = LOSSES[site.node.spec]
        through = TRANSPARENT | SHOWN | CUTS | frozenset(EFFECTS) | frozenset(BOUNDS) | between
        makers = [*chain_before(site, "input", context, through)]
        normal = [place for place, maker in enumerate(makers) if maker.node.spec in between]
        if between and not normal:
            continue  # another fault, and another lint's
        for maker in makers[normal[-1] if normal else 0 :]:
            effect = EFFECTS.get(maker.node.spec) or _cut(site, maker) or _bounded(site, maker)
            if effect and maker.node.spec not in between:
                yield _diagnosis(site, maker, effect)
        if makers and makers[-1].node.spec in JOINING:
            yield from _of_several(site, makers[-1], context)


def _of_several(site: Site, joined: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of scores that are joined of several which end in one activation."""
    makers = alike(joined, frozenset(EFFECTS) - TASTE, context, TRANSPARENT | SHOWN)
    if len(makers) < 2 or len({EFFECTS[maker.node.spec] for maker in makers}) > 1:
        return
    names = either([label(maker) for maker in makers]).replace(" or ", " and ")
    message = (
        f"{names}, joined by {label(joined)}, stand on the scores that {title(site)} "
        f"{label(site)} takes ({site.shown('input')}), and each {EFFECTS[makers[0].node.spec]}."
    )
    off = together(*map(skip, makers), title=f"Switch {names} off")
    yield Diagnosis(CODE, "warning", makers[0].address, message, "", "", (off,))


def _cut(site: Site, maker: Site) -> str:
    """Return what is cut off of scores below a typed 0, or above 0 where that says yes."""
    if maker.node.spec == "nn.LogSigmoid" and site.node.spec in BINARY:
        return "lets none above 0: no answer ever gets a share above 0.5"
    is_cut = maker.node.spec == "torch.clamp" and not {"min", "max"} & maker.sources.keys()
    least = maker.value("min") if is_cut else None
    if isinstance(least, bool) or least != 0 or maker.value("max") is not None:
        return ""
    return "cuts all negative ones off to 0"


def _bounded(site: Site, maker: Site) -> str:
    """Return what bounds on scores come to, or "" where there are none that are a fault."""
    bounds, arriving = BOUNDS.get(maker.node.spec), sizes(site, "input")
    binary = site.node.spec in BINARY
    if bounds is None or not arriving or (maker.node.spec in SIGMOID and binary):
        return ""  # a sigmoid before a loss with one of its own is another lint's
    chosen = (maker.value("min_val"), maker.value("max_val"))
    if maker.node.spec == "nn.Hardtanh" and chosen != bounds:
        return ""
    low, high = bounds
    words = f"holds them between {low:g} and {high:g}"
    if site.node.spec == "nn.MultiMarginLoss":
        return words
    classes = 2 if binary else arriving[1 if len(arriving) > 1 else 0]
    if classes < 2:
        return words  # one class has all there is, and another lint says so
    most = 1 / (1 + (classes - 1) * math.exp(-high if binary else low - high))
    return (
        f"{words}: no class gets a share above {_rounded(most)}, and the loss of a sample stays "
        f"above {_rounded(-math.log(most))}"
    )


def _rounded(value: float) -> str:
    """Return a number with two places, or as many as it takes to be none of 0 and 1."""
    return f"{value:.2f}" if 0.005 <= value < 0.995 or value > 1 else f"{value:.2g}"


def _diagnosis(site: Site, maker: Site, effect: str) -> Diagnosis:
    message = (
        f"{title(maker)} {label(maker)} stands on the scores that "
        f"{title(site)} {label(site)} takes ({site.shown('input')}), and {effect}."
    )
    severity: Severity = "info" if maker.node.spec in TASTE else "warning"
    proposals = (skip(maker),)
    return Diagnosis(CODE, severity, maker.address, message, "", "", proposals)
