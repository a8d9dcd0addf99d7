"""An answer for every step of a sequence, where there is one row of target for each sample.

What it does: where a loss gets `B×T×C` and one label or one row for each sample, finds the Linear
layer that still gets the sequence; and likewise the last state of a recurrent layer, `layers×B×H`.

Why it matters: a Linear layer works on the last axis and leaves all others as they are. A sequence
has to be summed up into one row before the classes are told.

Example: `LSTM → Linear → CrossEntropyLoss` with all steps, `B×16×10` against `B`.
Better: the last step, `output[:, -1]`, or the mean over the steps, before the Linear layer.

Fix: takes the last step, or the mean over the steps; drops the axis of a single one; of a last
state, the last layer, or both of its directions side by side.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.behind import insert_for_all, readers_like
from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.diagnosers.paired_target import EQUAL, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, let_infer, together
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before
from graph_editor.checking.words import holds_batch, label, sizes, title
from graph_editor.document.model import Arg, Slice

CODE = "steps-left"
RANK = 21  # after a map that was not flattened
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")
CHANNELS_FIRST = frozenset(
    f"nn.{name}1d"
    for name in ("Conv", "ConvTranspose", "BatchNorm", "InstanceNorm", "MaxPool", "AvgPool")
)
MIXING = frozenset({"nn.MultiheadAttention", "nn.TransformerEncoderLayer", "nn.Dropout"})
BEFORE = ELEMENTWISE | PAIRED | MIXING | {"nn.Linear"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the first Linear layer that gets a whole sequence."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if given is None or target is None or len(given) != 3:
        return None
    if not (_one_label(site, given, target) or _one_row(site, given, target)):
        return None
    before = chain_before(site, "input", context, ELEMENTWISE | {"nn.Linear"})
    layers = [each for each in before if each.node.spec == "nn.Linear"]
    known = layers[-1].symbolic.get("input") if layers else None
    if known is None or len(known.shape) != 3:
        return None
    layer, axis = layers[-1], 1 if holds_batch(known.shape[0]) else 0
    maker = _recurrent(layer, context)
    both = axis == 0 and maker is not None and maker.value("bidirectional") is True
    if axis and _has_steps_last(layer, context):
        axis = 2
    what = f"all {known.shape[axis]} steps" if axis else "the layers one after another"
    if axis and known.shape[axis] == 1:
        what = "one step with an axis of its own"
    if both:
        what = "the states of both directions one after the other"
    label_or_row = "label" if site.node.spec in LOSSES else "row"
    message = (
        f"{title(layer)} {label(layer)} gets {known.text()}, {what}, so that "
        f"{site.shown('input')} reaches {title(site)} {label(site)}, and target is "
        f"{site.shown('target')}, one {label_or_row} for each sample."
    )
    if both:
        found = list(_of_both_directions(layer, known.shape[0]))
    else:
        found = _proposals(layer, axis, known.shape[axis], recurrent=maker is not None)
        others = readers_like(layer, "input", context)
        if others:
            found = [*(insert_for_all(layer, "input", others, each) for each in found), *found]
    return Diagnosis(CODE, "error", layer.address, message, "", "input", tuple(found))


def _one_label(site: Site, given: tuple[int, ...], target: tuple[int, ...]) -> bool:
    return site.node.spec in LOSSES and len(target) == 1 and target[0] in given[:2]


def _one_row(site: Site, given: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether a loss that compares number by number has one row of target for a sequence."""
    paired = site.node.spec in (*EQUAL, *STRETCHED)
    return paired and (given[0], given[2]) == target and given[1] != target[1]


def _has_steps_last(layer: Site, context: Context) -> bool:
    """Whether what arrives comes from a layer whose channels stand before its steps."""
    *_, last = [None, *chain_before(layer, "input", context, BEFORE - {"nn.Linear"})]
    return last is not None and last.node.spec in CHANNELS_FIRST


def _recurrent(layer: Site, context: Context) -> Site | None:
    """Return the recurrent layer that what arrives comes from, if there is one."""
    *_, last = [None, *chain_before(layer, "input", context, BEFORE)]
    return last if last is not None and last.node.spec in RECURRENT else None


def _of_both_directions(site: Site, states: int | str) -> Iterator[Proposal]:
    """Yield what joins the two directions of the last layer: 2×B×H becomes B×2·H."""
    steps = [
        insert(site, "input", "Tensor.transpose", {"dim0": 0, "dim1": 1}, ""),
        insert(site, "input", "nn.Flatten", {}, ""),
    ]
    of_which = ""
    if states != 2:
        last: dict[str, Arg] = {"index": Slice(-2, None)}
        steps.insert(0, insert(site, "input", "op.getitem", last, ""))
        of_which = " of the last layer"
    words = f"Put both directions{of_which} side by side before {label(site)}"
    yield together(*steps, title=words)
    if "in_features" in site.node.args:
        words += ", and let in_features follow"
        yield together(*steps, let_infer(site, "in_features"), title=words)


def _proposals(site: Site, axis: int, count: int | str, *, recurrent: bool) -> list[Proposal]:
    here = f"before {label(site)}"
    if axis == 0:
        words = f"Take the last layer {here}"
        return [insert(site, "input", "op.getitem", {"index": -1}, words)]
    if count == 1:
        words = f"Drop the axis of the one step {here}"
        return [insert(site, "input", "Tensor.squeeze", {"dim": axis}, words)]
    place: dict[str, Arg] = {"index": (*(Slice(),) * axis, -1)}
    last = insert(site, "input", "op.getitem", place, f"Take the last step {here}")
    words = f"Take the mean over the {count} steps {here}"
    mean = insert(site, "input", "torch.mean", {"dim": axis}, words)
    return [last, mean] if recurrent else [mean, last]  # elsewhere no step knows of those before
