"""Targets that are no probabilities or counts, in a loss that takes them for such.

What it does: follows what enters a BCELoss, BCEWithLogitsLoss, MultiLabelSoftMarginLoss or
KLDivLoss back to its source, through simple functions, and compares its ends with 0 and 1; so too
the shares of a CrossEntropyLoss and the counts of a PoissonNLLLoss. Made-up data gives normal
numbers, some of which are certain to be negative. It does not speak where what is known of the
source decides nothing.

Why it matters: BCELoss stops the run at the first such number. The losses of scores take it, and
have no lower bound then: the network is driven to larger and larger scores. The logarithm of a
negative number makes KLDivLoss nan, and all weights with it after one step.

Example: `BCELoss` on a target of normal numbers.
Better: a target of labels 0 and 1, as floats.

Fix: has made-up data give 0 and 1; makes shares of rows with a softmax, never of one number; uses
MSELoss for measurements; cures raw scores in a BCELoss along with its target.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.sigmoid_before_logits_loss import SIGMOID
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import convert, insert, replace_spec, skip, together
from graph_editor.checking.raw_scores import are_raw
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.targets import are_known_measurements, by_squares
from graph_editor.checking.value_range import span_at
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, chain_before, facts_of
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import Address

CODE = "target-range"
REFUSING = "nn.BCELoss"
SCORED = ("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
DIVERGENCE = "nn.KLDivLoss"
SHARES = (DIVERGENCE, "nn.CrossEntropyLoss")
COUNTS = "nn.PoissonNLLLoss"
LOSSES = (REFUSING, *SCORED, *SHARES, COUNTS)


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if f"{site.address}.output" not in context.types or not is_run(site, context):
        return
    ports = ("target", "input") if site.node.spec == REFUSING else ("target",)
    for port in ports:
        span = wrong_span(site, port, context)
        if span is not None:
            yield _diagnosis(site, port, span, context)


def wrong_span(site: Site, port: str, context: Context) -> Span | None:
    """Return how far what enters a loss goes, where that is further than it may."""
    if site.node.spec not in LOSSES or not _is_meant(site):
        return None
    span = span_at(site, port, context)
    high = math.inf if site.node.spec in (DIVERGENCE, COUNTS) else 1.0
    return span if span is not None and (span.low < 0 or span.high > high) else None


def _is_meant(site: Site) -> bool:
    """Whether a loss takes its target for probabilities or counts, as it is set."""
    target = site.inputs.get("target")
    if site.node.spec == DIVERGENCE:
        return site.value("log_target") is False
    if site.node.spec == COUNTS:
        return site.value("log_input") is True
    return site.node.spec not in SHARES or (target is not None and "float" in target.dtype)


def _diagnosis(site: Site, port: str, span: Span, context: Context) -> Diagnosis:
    maker = context.sites.get(span.source.address)
    refused = site.node.spec == REFUSING
    where = span.source.address if refused and maker is not None else site.address
    name = f"{span.source.port} of {label(maker)}" if maker else f"“{span.source.address}”"
    goes = f"goes from {span.low:g} to {span.high:g}"
    if span.is_noise:
        goes = "holds normal numbers" + (", negative ones among them" if span.low < 0 else "")
    takes = "of 0 and more" if site.node.spec in (DIVERGENCE, COUNTS) else "from 0 to 1"
    message = (
        f"{title(site)} {label(site)} takes numbers {takes} as {port}, and {name} "
        f"({site.shown(port)}) {goes}: {_effect(site)}."
    )
    severity: Severity = "error" if refused else "warning"
    proposals = tuple(_proposals(site, port, span, context))
    given = "" if refused else port
    victim = site.address if refused else Address("")
    return Diagnosis(CODE, severity, Address(where), message, "", given, proposals, victim)


def _effect(site: Site) -> str:
    if site.node.spec == REFUSING:
        return "torch stops at the first number outside"
    if site.node.spec == DIVERGENCE:
        return "the logarithm of a negative number is nan, and after one step so is every weight"
    return "the loss has no lower bound then, and drives the scores ever further out"


def _proposals(site: Site, port: str, span: Span, context: Context) -> Iterator[Proposal]:
    if site.node.spec in SHARES:
        given = sizes(site, port) or (1,)
        alone = len(given) == 1 or given[1] == 1  # and a row of scores is the batch's
        if alone or site.node.spec != DIVERGENCE:
            yield by_squares(site)
        if alone:
            return
        rank = len(site.inputs[port].shape)
        words = f"Make shares of {port} with a softmax"
        yield insert(site, port, "nn.Softmax", {"dim": 1 if rank > 1 else 0}, words)
        return
    if port == "target" and are_known_measurements(site, context):
        yield from _by_squares(site, context)
        return
    maker = context.sites.get(span.source.address)
    unchanged = span.is_noise and facts_of(site, port, context) is not None
    if site.node.spec == COUNTS or not unchanged or port != "target" or maker is None:
        return
    words = f"Let {span.source.port} of {label(maker)} be 0 or 1"
    told = with_classes(span.source, 2, context, words)
    if told is None:
        return
    steps = [told]
    if _is_directly(site, port, context):
        steps.append(convert(site, port, site.inputs["input"].dtype))
    if site.node.spec == REFUSING and are_raw(site, context):
        words += ", and use BCEWithLogitsLoss instead"
        steps.append(replace_spec(site, "nn.BCEWithLogitsLoss"))
    yield together(*steps, title=words)


def _by_squares(site: Site, context: Context) -> Iterator[Proposal]:
    """Propose the loss of measurements, without the sigmoid that holds predictions down."""
    instead, makers = by_squares(site), chain_before(site, "input", context, TRANSPARENT)
    bound = next((maker for maker in makers if maker.node.spec in SIGMOID), None)
    if site.node.spec == REFUSING and bound is not None:
        words = f"{instead.title}, and switch {label(bound)} off"
        yield together(instead, skip(bound), title=words)
    elif site.node.spec != COUNTS:
        yield instead


def _is_directly(site: Site, port: str, context: Context) -> bool:
    """Whether no node stands between the data, or an input node of it, and a loss."""
    source = site.sources.get(port)
    before = context.sites.get(source.address) if source else None
    return before is not None and before.node.kind in ("data", "io")


check = PerSubject(LOSSES, _find)
