"""A loss that compares something with itself.

What it does: walks back from both inputs of a loss, through nodes that change no value; they must
not come from one output. Of a TripletMarginLoss the positive and the negative must not either.

Why it matters: what is compared with itself never differs. The loss is 0, or hangs on nothing that
is to be learnt, and the labels are never looked at. Torch accepts it.

Example: `MSELoss(out, out)`.
Better: `MSELoss(out, y)`.

Fix: takes the output of the data that has the shape and dtype of the prediction, where there is one
that nothing else reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site, Source
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import connect
from graph_editor.checking.walk import first_port, source_of
from graph_editor.checking.words import label, title, value
from graph_editor.document.model import Address

CODE = "loss-of-itself"
PAIRS: dict[str, tuple[str, str]] = {
    **{
        f"nn.{name}Loss": ("input", "target")
        for name in (
            *("MSE", "L1", "SmoothL1", "Huber", "KLDiv", "BCE", "BCEWithLogits", "PoissonNLL"),
            *("CrossEntropy", "SoftMargin", "MultiLabelSoftMargin", "GaussianNLL"),
        )
    },
    "nn.CosineEmbeddingLoss": ("input1", "input2"),
    "nn.MarginRankingLoss": ("input1", "input2"),
    "nn.TripletMarginLoss": ("anchor", "positive"),
}
"""Losses, and the two inputs that they compare."""
TRIPLET = "nn.TripletMarginLoss"
ZERO = frozenset(f"nn.{name}Loss" for name in ("MSE", "L1", "SmoothL1", "Huber"))
SAME = frozenset({"nn.Identity", "Tensor.detach", "Tensor.contiguous", "Tensor.float", "Tensor.to"})
"""Specs that give what they get, value by value and place by place."""


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if site.node.spec == TRIPLET:
        yield from _as_far(site, context)
    first, second = PAIRS[site.node.spec]
    one, other = _origin(site, first, context), _origin(site, second, context)
    if one is not None and one == other:
        yield _diagnosis(site, one, context)


def _as_far(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Yield what is said of a triplet whose positive is its negative."""
    one, other = _origin(site, "positive", context), _origin(site, "negative", context)
    if one is None or one != other or one == _origin(site, "anchor", context):
        return
    if site.value("swap") is not False:
        return  # the positive's distance from the negative may count instead
    name = _name(site.sources["positive"], context)
    message = (
        f"{title(site)} {label(site)} gets {name} as positive and as negative "
        f"({site.shown('negative')}): both are as far from the anchor, so that it is "
        f"always its margin {value(site.value('margin'))}, and nothing is learnt."
    )
    yield Diagnosis(CODE, "warning", site.address, message, "", "negative")


def _name(source: Source, context: Context) -> str:
    maker = context.sites.get(source.address)
    return label(maker) if maker is not None else f"“{source.address}”"


def _origin(site: Site, port: str, context: Context) -> Source | None:
    """Return the output that the values at a port come from unchanged."""
    source = source_of(site, port, context)
    for _ in range(len(context.sites)):
        maker = context.sites.get(source.address) if source else None
        if maker is None or maker.node.spec not in SAME:
            break
        source = source_of(maker, first_port(maker), context)
    return source


def _diagnosis(site: Site, source: Source, context: Context) -> Diagnosis:
    first, second = PAIRS[site.node.spec]
    name = _name(source, context)
    effect = "it is always 0" if site.node.spec in ZERO else "it says nothing of any label"
    message = (
        f"{title(site)} {label(site)} gets {name} as {first} and as {second} "
        f"({site.shown(second)}): compared with itself, {effect}, and nothing is learnt."
    )
    proposals = tuple(_proposals(site, second, context))
    return Diagnosis(CODE, "warning", site.address, message, "", second, proposals)


def _proposals(site: Site, port: str, context: Context) -> Iterator[Proposal]:
    if site.block != "main":
        return
    read = {(out.node, out.port) for out in context.project.main.graph.wires.values()}
    wanted = site.symbolic.get(port)
    for key in context.facts:
        address, _, output = key.partition(".")
        data, given = context.sites.get(Address(address)), context.types.get(key)
        if data is None or given is None or wanted is None or (data.id, output) in read:
            continue
        if (given.shape, given.dtype) == (wanted.shape, wanted.dtype):
            words = f"Connect {output} of {label(data)} to {port}"
            yield connect(site, port, data.id, output, words)


check = PerSubject(PAIRS, _find)
