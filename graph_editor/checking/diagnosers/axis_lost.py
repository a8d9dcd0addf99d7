"""An axis that was summed up, or merged with others, right before the node that needs it.

What it does: where a loss or a Linear layer is refused, looks at the sum, mean, flatten or view
directly before it, and whether what enters that (or a sum over another axis of it) would fit.

Why it matters: the loss is where torch stops, and nothing is wrong with it: it never gets the axis
of the classes, of the features or of the places that its target has.

Example: `Linear(16, 4) → sum(dim=1) → CrossEntropyLoss`: `B` where the labels need `B×4`.
Better: `Linear(16, 4) → CrossEntropyLoss`.

Fix: another axis to go over, or switches that node off.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.diagnosers.class_target import LOSSES, labels_for
from graph_editor.checking.diagnosers.paired_target import EQUAL, STRETCHED
from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import FLATTENING, chain_before, facts_of
from graph_editor.checking.words import holds_batch, label, number, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "axis-lost"
RANK = 16  # after what is said of the axis of the samples
TAKING = REDUCTIONS | FLATTENING | frozenset(VIEWS)
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node directly before, where without it (or over another axis) all would fit."""
    site = failure.site
    before = list(chain_before(site, "input", context)) if "input" in site.inputs else []
    maker = before[-1] if before else None
    if maker is None or maker.node.spec not in TAKING or maker.node.when is not None:
        return None
    arriving = sizes(maker, "input")
    if not arriving or _suits(site, sizes(site, "input") or (), context):
        return None
    axes = [
        axis for axis in _others(maker, arriving) if _suits(site, _less(arriving, axis), context)
    ]
    is_layer = site.node.spec == "nn.Linear"
    if is_layer and number(maker.value("dim")) not in (-1, len(arriving) - 1):
        axes = []  # a mean over the steps is what is usual, and the layer may be the fault
    rows = not is_layer or len(arriving) == 2
    whole = rows and _suits(site, arriving, context)
    if not whole and len(axes) != 1:
        return None
    fitting = shape(_less(_named(maker), axes[0]) if axes else _named(maker))
    message = f"{_does(maker, context)}. {_needs(site, fitting)}"
    found = tuple(_proposals(maker, axes, whole=whole))
    argument = "dim" if maker.node.spec in REDUCTIONS else ""
    return Diagnosis(CODE, "error", maker.address, message, argument, "", found)


def _named(maker: Site) -> tuple[Dim, ...]:
    return (maker.symbolic.get("input") or maker.inputs["input"]).shape


def _less(dims: tuple[Dim, ...] | Shape, axis: int) -> tuple[Dim, ...]:
    return (*dims[:axis], *dims[axis + 1 :])


def _suits(site: Site, arriving: tuple[Dim, ...], context: Context) -> bool:
    """Whether a loss or a layer takes a shape, as far as its target or its size say it."""
    if site.node.spec == "nn.Linear":
        return _suits_layer(site, arriving)
    target = sizes(site, "target")
    if not arriving or target is None:
        return False
    if site.node.spec in (*EQUAL, *STRETCHED):
        return arriving == target
    whole = site.inputs["target"].dtype in ("int64", "uint8")
    if site.node.spec not in LOSSES or len(arriving) < 2 or not whole:
        return False
    facts = facts_of(site, "target", context)
    classes = facts.classes if facts is not None else None
    enough = classes is None or (isinstance(arriving[1], int) and arriving[1] >= classes)
    return enough and _labels(arriving) == target


def _labels(arriving: tuple[Dim, ...]) -> Shape:
    return labels_for(tuple(size for size in arriving if isinstance(size, int)))


def _suits_layer(site: Site, arriving: tuple[Dim, ...]) -> bool:
    """Whether rows arrive that are as long as was said."""
    said, given = number(site.node.args.get("in_features")), site.symbolic.get("input")
    if given is None or len(arriving) < 2:
        return False
    only_samples = len(given.shape) == 1 and holds_batch(given.shape[0])
    return arriving[-1] == said if said is not None else only_samples


def _others(maker: Site, arriving: Shape) -> list[int]:
    """Return the axes after the batch that a sum over one axis could go over instead."""
    said, rank = number(maker.value("dim")), len(arriving)
    if maker.node.spec not in REDUCTIONS or said is None or maker.value("keepdim") is True:
        return []
    return [axis for axis in range(1, rank) if axis != said % rank]


def _does(maker: Site, context: Context) -> str:
    """Say what a node makes of what."""
    known = context.types.get(f"{maker.address}.output")
    out = f"makes {known.text()} of {maker.shown('input')}" if known else "changes the axes"
    how = ""
    if maker.node.spec in REDUCTIONS:
        said: Arg = maker.value("dim")
        how = (
            f", going over axis {said}" if number(said) is not None else ", going over several axes"
        )
    return f"{title(maker).capitalize()} {label(maker)} {out}{how}"


def _needs(site: Site, fitting: str) -> str:
    start = f"{title(site)} {label(site)} gets {site.shown('input')} then"
    if site.node.spec == "nn.Linear":
        said = number(site.node.args.get("in_features"))
        need = f"its in_features {said} goes with" if said is not None else "works on rows, as of"
        return f"{start}, and {need} {fitting}."
    return f"{start}, and its target {site.shown('target')} goes with {fitting}."


def _proposals(maker: Site, axes: list[int], *, whole: bool) -> Iterator[Proposal]:
    if len(axes) == 1:
        yield set_to(maker, "dim", axes[0])
    if whole:
        yield skip(maker)
