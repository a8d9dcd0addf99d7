"""A number of which torch cannot make what is asked, whatever the weights are.

What it does: looks at whole numbers (or bools) that are divided by a typed 0 (`//`, `%`) or raised
to a negative power, at a `bernoulli` of numbers that are certain to leave 0 to 1, as noise is, and
at `offsets` of an EmbeddingBag that all lie behind 0, where the first bag begins.

Why it matters: torch stops there, in every run. The shapes are right, so that only the numbers
tell.

Example: `randn → bernoulli`, `labels // 0`, `labels ** -1`, `arange(1, 4) → offsets`.
Better: `rand → bernoulli`, `labels // 2`, `labels.float() ** -1`, `arange(3) → offsets`.

Fix: makes chances of the numbers with a sigmoid, divides by 1, converts to floats, or moves the
bags back.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import convert, insert, set_to
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import span_at, whole_span_at
from graph_editor.checking.words import label, number, title
from graph_editor.document.model import Arg

CODE = "impossible-number"
DIVIDING = {"op.floordiv": "//", "op.mod": "%"}
POWER, CHANCE, BAG = "op.pow", "torch.bernoulli", "nn.EmbeddingBag"


def _find(site: Site, context: Context) -> Iterator[Told]:
    yield from of(site, _found(site, context))


def _found(site: Site, context: Context) -> Iterator[Diagnosis]:
    if is_run(site, context) and "input" in site.inputs:
        if site.node.spec == CHANCE:
            yield from _of_chances(site, context)
        elif site.node.spec == BAG:
            yield from _of_bags(site, context)
        elif _is_whole(site.inputs["input"].dtype) and "other" not in site.sources:
            yield from _of_whole(site)


def _is_whole(dtype: str) -> bool:
    """Whether whole numbers come of a dtype with another: bool counts as 0 and 1."""
    return "int" in dtype or dtype == "bool"


def _of_whole(site: Site) -> Iterator[Diagnosis]:
    """Speak of whole numbers that meet a typed number that they cannot."""
    other = number(site.value("other"))
    if other is None:
        return
    kind = (
        "bools, which count as 0 and 1" if site.inputs["input"].dtype == "bool" else "whole numbers"
    )
    given = f"{kind} ({site.shown('input')})"
    if site.node.spec == POWER and other < 0:
        words = f"raises {given} to the power {other}, which only floats can be"
        yield _told(site, words, convert(site, "input", "float32"))
    if site.node.spec in DIVIDING and other == 0:
        words = f"divides {given} by 0"
        yield _told(site, words, set_to(site, "other", 1))


def _told(site: Site, words: str, proposal: Proposal) -> Diagnosis:
    message = f"{title(site)} {label(site)} {words}: torch stops there."
    return Diagnosis(CODE, "error", site.address, message, "other", "", (proposal,))


def _of_chances(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of chances that are none."""
    span = span_at(site, "input", context)
    if span is None or (span.low >= 0 and span.high <= 1):
        return
    maker = context.sites.get(span.source.address)
    name = f"{span.source.port} of {label(maker)}" if maker else f"“{span.source.address}”"
    goes = "normal numbers" if span.is_noise else f"numbers from {span.low:g} to {span.high:g}"
    message = (
        f"{title(site)} {label(site)} takes chances from 0 to 1, and {name} gives it {goes} "
        f"({site.shown('input')}): torch stops there."
    )
    words = "Make chances of input with a sigmoid"
    proposals = (insert(site, "input", "torch.sigmoid", {}, words),)
    yield Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _of_bags(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of bags the first of which begins behind the first row."""
    span = whole_span_at(site, "offsets", context)
    if span is None or span.is_noise or span.low <= 0:
        return
    message = (
        f"{title(site)} {label(site)} takes offsets of which the first is 0, where the first bag "
        f"begins, and they begin at {span.low:g}: torch stops there."
    )
    back: dict[str, Arg] = {"other": int(span.low)}
    words = f"Take {span.low:g} away from offsets"
    proposals = (insert(site, "offsets", "op.sub", back, words),) if span.is_sure else ()
    yield Diagnosis(CODE, "error", site.address, message, "", "offsets", proposals)


check = PerSubject((*DIVIDING, POWER, CHANCE, BAG), _find, once)
