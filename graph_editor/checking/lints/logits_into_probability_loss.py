"""Raw scores in a loss that takes probabilities, or their logarithms.

What it does: walks back from the input of an NLLLoss, a KLDivLoss, a CTCLoss or a BCELoss to a
layer that gives raw scores, or probabilities (of a softmax drawn by hand too) or numbers of a
sigmoid where log-probabilities are meant. A clamp of raw scores to 0 and 1 makes no probabilities
of them: beyond its ends no gradient comes back, and 0 for a right answer costs as much as the loss
ever does. Past what hands values on (an index, a resize, a mean, a sum, a factor, a residual sum, a
norm, a dot product) it looks at how far they may go.

Why it matters: NLLLoss, KLDivLoss and CTCLoss take log-probabilities; of raw scores they make a
number that falls without end and means nothing. BCELoss takes numbers between 0 and 1, and torch
stops as soon as one score lies outside. A single score may stay inside for a while: half of all
fresh deep networks give nearly the same positive number for every sample, or every pixel of a
channel. Of 20 and more scores of a layer, each with fresh weights of its own, each is negative as
often as not, so that one is sure to be, and of log-probabilities all are: that is an error. Where
the target is at fault too, that is to be mended first, and no fix is offered here.

Example: `Linear → NLLLoss`, `Linear → BCELoss`, `Linear → CTCLoss`.
Better: `Linear → CrossEntropyLoss`, `Linear → BCEWithLogitsLoss`, `Linear → LogSoftmax → CTCLoss`.

Fix: uses the loss that takes scores, or inserts LogSoftmax or Sigmoid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.checking.by_hand import is_softmax
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.divergence_target import is_swapped
from graph_editor.checking.lints.sigmoid_before_logits_loss import SIGMOID
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX, SOFTMAX
from graph_editor.checking.lints.target_range import wrong_span
from graph_editor.checking.proposals import insert, replace_spec, set_to, together
from graph_editor.checking.raw_scores import BENT, RAW
from graph_editor.checking.reach import EXPONENTIAL, reach_at
from graph_editor.checking.surely import is_run
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, WIDTHS, chain_before
from graph_editor.checking.words import label, number, product, sizes, title
from graph_editor.document.model import Arg

CODE = "logits-into-probability-loss"
CLAMP = "torch.clamp"
CUTTING = ("Tensor.long", "Tensor.to")
"""Specs that may make 0 of a number a little below it."""
NEAR = 1e-6
"""Ends of 0 and 1 are met within this, for floats are calculated with."""
SURE = 20
"""Of so many scores with signs of their own, none is negative once in a million networks."""
WRONG = {
    "nn.NLLLoss": RAW | BENT | SOFTMAX | SIGMOID | {"nn.LogSigmoid"},
    "nn.KLDivLoss": RAW | BENT | SOFTMAX | SIGMOID,
    "nn.CTCLoss": RAW | BENT | SOFTMAX | SIGMOID | {"nn.LogSigmoid"},
    "nn.BCELoss": RAW | BENT | LOG_SOFTMAX,
}
PORTS = {"nn.CTCLoss": "log_probs"}
"""Where what a loss takes arrives, if not at ``input``."""
INSTEAD = {"nn.NLLLoss": "nn.CrossEntropyLoss", "nn.BCELoss": "nn.BCEWithLogitsLoss"}
GIVING = {
    **dict.fromkeys(SIGMOID, "numbers between 0 and 1, each by itself"),
    "nn.LogSigmoid": "a logarithm for each class by itself, so that all may rise to 0 at once",
}
"""What gives each class a number that does not hang on the others, and what that is."""
MISSING: dict[str, tuple[str, dict[str, Arg], str]] = {
    "nn.NLLLoss": ("nn.LogSoftmax", {"dim": 1}, "log-probabilities"),
    "nn.KLDivLoss": ("nn.LogSoftmax", {"dim": -1}, "log-probabilities"),
    "nn.CTCLoss": ("nn.LogSoftmax", {"dim": -1}, "log-probabilities"),
    "nn.BCELoss": ("nn.Sigmoid", {}, "numbers between 0 and 1"),
}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every loss of this kind that raw scores enter."""
    for site in context.of(WRONG):
        *_, maker = (None, *chain_before(site, _port(site), context, TRANSPARENT))
        if maker is None or is_swapped(site, context):
            continue
        if is_softmax(maker, context) and site.node.spec != "nn.BCELoss":
            yield _by_hand(site, maker)
        elif maker.node.spec in WRONG[site.node.spec]:
            yield _diagnosis(site, maker, context)
        elif maker.node.spec == CLAMP and site.node.spec == "nn.BCELoss":
            *_, cut = (None, *chain_before(maker, "input", context, TRANSPARENT))
            if cut is not None and cut.node.spec in RAW | BENT:
                yield _of_clamp(site, maker, cut)
        else:
            gives = _gives(site, context)
            if gives:
                yield _diagnosis(site, maker, context, gives)


def _port(site: Site) -> str:
    return PORTS.get(site.node.spec, "input")


def _gives(site: Site, context: Context) -> str:
    """Return what arrives at a loss by way of operations, where weights made it and it is wrong."""
    reach = reach_at(site, _port(site), context)
    if reach is None or not reach.is_learned:
        return ""
    if reach.is_free:
        return "raw scores"
    low, high = reach.low, reach.high
    if site.node.spec != "nn.BCELoss" or (low >= -NEAR and high <= 1 + NEAR):
        return ""
    if math.isinf(low):
        return f"numbers that are at most {high:g}"
    return f"numbers from {low:g} {'upwards' if math.isinf(high) else f'to {high:g}'}"


def _along(site: Site, dim: Arg) -> int | None:
    """Return how many scores stand along the axis that shares are made of, if that is known."""
    arriving = sizes(site, _port(site))
    if not arriving or not isinstance(dim, int):
        return None
    return arriving[dim if -len(arriving) <= dim < len(arriving) else 0]


def _of_clamp(site: Site, maker: Site, cut: Site) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} takes numbers between 0 and 1, and clamp {label(maker)} cuts "
        f"the raw scores of {label(cut)} off there ({site.shown('input')}): beyond its ends no "
        "gradient comes back."
    )
    proposals = (replace_spec(maker, "torch.sigmoid", without=("min", "max")),)
    return Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)


def _by_hand(site: Site, maker: Site) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} takes log-probabilities, and {label(maker)}, a softmax by "
        f"hand, gives probabilities ({site.shown(_port(site))})."
    )
    proposals = (insert(site, _port(site), "torch.log", {}, "Insert log before it"),)
    return Diagnosis(CODE, "warning", site.address, message, "", _port(site), proposals)


def _diagnosis(site: Site, maker: Site, context: Context, gives: str = "") -> Diagnosis:
    spec, args, takes = MISSING[site.node.spec]
    insertion = insert(site, _port(site), spec, args, f"Insert {spec.rpartition('.')[2]} before it")
    instead = INSTEAD.get(site.node.spec)
    softmax = maker.node.spec in SOFTMAX
    gives = gives or _given_by(maker)
    stops = _surely_stops(site, maker, context)
    message = (
        f"{title(site)} {label(site)} takes {takes}, and {title(maker)} {label(maker)} gives "
        f"{gives} ({site.shown(_port(site))}){_effect(site, stops)}."
    )
    proposals: tuple[Proposal, ...] = (insertion,)
    if instead is not None:
        proposals = (replace_spec(site, instead), insertion)
    if maker.node.spec in LOG_SOFTMAX:
        proposals = (replace_spec(maker, "nn.Sigmoid", without=("dim",)),)
    if maker.node.spec == EXPONENTIAL and instead == "nn.BCEWithLogitsLoss":
        proposals = (replace_spec(maker, "torch.sigmoid"),)
    if softmax:
        function = not maker.node.spec.startswith("nn.")
        logarithm = "F.log_softmax" if function else "nn.LogSoftmax"
        proposals = (replace_spec(maker, logarithm),)
    if maker.node.spec in GIVING and "dim" in args:
        softer = replace_spec(maker, "nn.LogSoftmax")
        proposals = (together(softer, set_to(maker, "dim", args["dim"]), title=softer.title),)
    if site.node.spec != "nn.BCELoss" and _along(site, args["dim"]) == 1:
        proposals = ()  # the share of one class is 1 whatever arrives
    if wrong_span(site, "target", context) is not None:
        message += " Its target is at fault too, and is to be mended first."
        proposals, stops = (), False  # no step would lower the loss of such a target
    severity: Severity = "error" if stops else "warning"
    return Diagnosis(CODE, severity, site.address, message, "", _port(site), proposals)


def _given_by(maker: Site) -> str:
    """Return what a layer gives that enters a loss directly."""
    if maker.node.spec in LOG_SOFTMAX:
        return "log-probabilities"
    return GIVING.get(
        maker.node.spec, "probabilities" if maker.node.spec in SOFTMAX else "raw scores"
    )


def _effect(site: Site, stops: bool) -> str:
    if site.node.spec != "nn.BCELoss":
        return ""
    return f": torch stops {'at the first one' if stops else 'as soon as one lies'} outside"


def _surely_stops(site: Site, maker: Site, context: Context) -> bool:
    """Whether the scores of fresh weights are certain to leave 0 and 1 at the first batch."""
    if site.node.spec != "nn.BCELoss" or not (is_run(site, context) and is_run(maker, context)):
        return False
    if not product(sizes(site, "input") or (0,)):
        return False
    if any(s.node.spec in CUTTING for s in chain_before(site, "input", context, TRANSPARENT)):
        return False
    if maker.node.spec in LOG_SOFTMAX:
        return (_along(maker, maker.value("dim")) or 0) > 1
    return maker.node.spec in RAW and _are_drawn_alone(maker, context)


def _are_drawn_alone(maker: Site, context: Context) -> bool:
    """Whether a layer gives many scores, each by a row of weights that are as likely negated."""
    width = number(maker.value(WIDTHS[maker.node.spec][0]))
    ports = [port for port in maker.inputs if product(sizes(maker, port) or (0,))]
    is_shifted = maker.value("bias") is True and len(ports) == len(maker.inputs)
    return width is not None and width >= SURE and is_shifted and context.fixed(_are_all_fresh)


def _are_all_fresh(context: Context) -> bool:
    """Whether no weight of a drawing is loaded, shared or read as a value."""
    blocks = (context.project.main, *context.project.blocks.values())
    own = not any(block.graph.ties for block in blocks)
    if not own or any(True for _ in context.of(("param.of",))):
        return False
    return not any(site.node.weights for site in context.sites.values())
