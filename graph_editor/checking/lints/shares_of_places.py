"""Log-probabilities made along another axis than that of the classes, before a loss of them.

What it does: walks back from an NLLLoss or a CTCLoss, past turned axes and views that leave the
classes their axis, to a log-softmax (or the logarithm of a softmax), and compares its `dim` with
the axis that the loss takes for the classes: the second one for NLLLoss, the last for CTCLoss. It
does not speak of one along the samples, of which another check does.

Why it matters: torch accepts any axis. Along the pixels, or the steps, the shares of one class add
up to 1 over all places, so that a class that is everywhere can have but a little in each, and
nothing keeps the classes of one place apart: all may rise together.

Example: `Conv2d → LogSoftmax(dim=-1) → NLLLoss` on maps `B×C×H×W`, where `-1` is the columns.
Better: `LogSoftmax(dim=1)`.

Fix: sets `dim` to the axis of the classes.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers import ctc_axes
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX, SOFTMAX
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import (
    AS_THEY_STAND,
    RESHAPES,
    TURNS,
    before_turn,
    chain_before,
)
from graph_editor.checking.words import holds_batch, label, number, title

CODE = "shares-of-places"
CLASSES = {"nn.NLLLoss": ("input", 1), "nn.CTCLoss": ("log_probs", -1)}
"""Losses, the port at which log-probabilities arrive, and the axis of the classes there."""
SHARES = (SOFTMAX | LOG_SOFTMAX) - {"nn.Softmax2d"}
LOGARITHM = "torch.log"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    found = _shares_before(site, context)
    if found is None or ctc_axes.misplaced(site, context) is not None:
        return
    maker, axis = found
    arriving, dim = maker.symbolic.get("input"), number(maker.value("dim"))
    rank = len(arriving.shape) if arriving is not None else 0
    if arriving is None or dim is None or not -rank <= dim < rank or -axis > rank:
        return
    along, classes = arriving.shape[dim], arriving.shape[axis]
    if dim % rank == axis % rank or holds_batch(along) or holds_batch(classes):
        return
    if along == 1 or classes == 1 or not is_run(maker, context) or maker.node.repeat is not None:
        return
    message = (
        f"{title(maker)} {label(maker)} makes shares along axis {dim % rank} of "
        f"{maker.shown('input')}, and {title(site)} {label(site)} takes axis {axis % rank} of it, "
        f"of {classes}, for the classes: those of one place do not add up to 1, and all may rise "
        "together."
    )
    proposals = (set_to(maker, "dim", -1 if axis == -1 else axis % rank),)
    yield Diagnosis(CODE, "warning", maker.address, message, "dim", "", proposals)


def _shares_before(site: Site, context: Context) -> tuple[Site, int] | None:
    """Return what makes the shares that a loss takes, and the axis of the classes from its end."""
    port, axis = CLASSES[site.node.spec]
    entering, is_logarithm = site.inputs.get(port), False
    rank = len(entering.shape) if entering is not None else 0
    axis = (0 if rank == 1 else axis) % rank - rank if rank else 0
    for maker in chain_before(site, port, context, AS_THEY_STAND | RESHAPES | {LOGARITHM}):
        if maker.node.spec in TURNS:
            axis = before_turn(maker, axis)
        elif maker.node.spec in RESHAPES and not _leaves_last(maker, axis, context):
            return None
        if axis >= 0:
            return None
        if maker.node.spec in SHARES:
            return (maker, axis) if is_logarithm or maker.node.spec in LOG_SOFTMAX else None
        is_logarithm |= maker.node.spec == LOGARITHM
    return None


def _leaves_last(view: Site, axis: int, context: Context) -> bool:
    """Whether the classes are the last axis of what a view gets and of what it gives."""
    arriving = view.symbolic.get("input")
    given = context.types.get(f"{view.address}.output")
    if axis != -1 or arriving is None or given is None or not arriving.shape or not given.shape:
        return False
    return arriving.shape[-1] == given.shape[-1] and isinstance(given.shape[-1], int)


check = PerSubject(CLASSES, _find)
