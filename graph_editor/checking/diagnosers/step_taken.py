"""One step of a sequence, or the mean of all, where the target has a label for each of them.

What it does: where a loss of classes gets a row for each sample and has labels for each step, looks
for the index or the mean before it that left the steps out.

Why it matters: a language model tells the next word at every place. With the last step alone there
is nothing to compare the other labels with.

Example: `LSTM → output[:, -1] → Linear → CrossEntropyLoss`, `B×50` with labels of `B×12`.
Better: `LSTM → output → Linear`, `B×12×50`, and the classes moved to axis 1.

Fix: switches it off, and moves the classes to their place.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.diagnosers.picks_sample import PICKS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert, skip, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, number, sizes, title
from graph_editor.document.model import Slice

CODE = "step-taken"
RANK = 17
THROUGH = ELEMENTWISE | {"nn.Linear"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node that leaves the steps out, where the labels are as many as they were."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in LOSSES or given is None or target is None:
        return None
    if len(given) != 2 or len(target) != 2 or given == target:
        return None
    *_, maker = [None, *chain_before(site, "input", context, THROUGH)]
    arriving = sizes(maker, "input") if maker is not None else None
    if maker is None or arriving is None or arriving[:2] != target or len(arriving) != 3:
        return None
    if not _leaves_steps(maker):
        return None
    message = (
        f"{title(maker).capitalize()} {label(maker)} makes one row of the {target[1]} steps of "
        f"{maker.shown('input')}, so that {title(site)} {label(site)} gets {site.shown('input')}; "
        f"its target is {site.shown('target')}, a label for each step."
    )
    turn = insert(site, "input", "Tensor.transpose", {"dim0": 1, "dim1": 2}, "")
    words = f"Switch {label(maker)} off, and move the classes from the last axis to the second"
    fix = together(skip(maker), turn, title=words)
    return Diagnosis(CODE, "error", maker.address, message, "", "input", (fix,))


def _leaves_steps(maker: Site) -> bool:
    """Whether a node takes a single place of axis 1, or goes over it."""
    if maker.node.spec in REDUCTIONS:
        return number(maker.value("dim")) in (1, -2) and maker.value("keepdim") is not True
    index = maker.value("index")
    if maker.node.spec != PICKS or not isinstance(index, tuple) or len(index) < 2:
        return False
    return index[0] == Slice() and number(index[1]) is not None
