"""An RNN, LSTM or GRU whose input_size is not what arrives, or that gets no sequence.

What it does: compares `input_size` with the last axis, and the number of axes with 3 (or 2 for one
sequence without a batch; the cells take 2).

Why it matters: a recurrent layer reads one row of `input_size` numbers at each step.

Example: `LSTM(28, 64)` on images, `B×1×28×28`.
Better: the same on `B×28×28`, with `batch_first=True`: 28 rows of 28.

Fix: swaps the axes of steps and of numbers, sets `input_size`, leaves it open, or drops the axis
of size 1.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, let_infer, set_to, set_width
from graph_editor.checking.turning import turned
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import axes, label, number, sizes, title

CODE = "recurrent-input"
RANK = 30
AXES = {
    **{f"nn.{name}": (2, 3) for name in ("RNN", "LSTM", "GRU")},
    **{f"nn.{name}Cell": (1, 2) for name in ("RNN", "LSTM", "GRU")},
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where no sequence arrives, or one of rows of another length."""
    site = failure.site
    accepted, arriving = AXES.get(site.node.spec), sizes(site, "input")
    if accepted is None or not arriving:
        return None
    if len(arriving) not in accepted:
        return _rank(site, arriving, accepted[-1])
    expected = number(site.value("input_size"))
    if arriving[-1] == expected:
        return None
    message = (
        f"input_size of {title(site)} {label(site)} is {expected}, and each step brings "
        f"{arriving[-1]} numbers ({site.shown('input')})."
    )
    proposals = [*turned(site, ("input",), expected)]
    proposals += [set_to(site, "input_size", arriving[-1]), let_infer(site, "input_size")]
    maker = width_before(site, "input", -1, context)
    if maker is not None and expected is not None:
        proposals.append(set_width(maker, expected, context))
    return Diagnosis(CODE, "error", site.address, message, "input_size", "input", tuple(proposals))


def _rank(site: Site, arriving: tuple[int, ...], wanted: int) -> Diagnosis:
    takes = "reads sequences, B×T×N" if wanted == 3 else "reads one step of a sequence, B×N"
    if wanted == 3 and not site.value("batch_first"):
        takes = "reads sequences, T×B×N (batch_first is False)"
    message = (
        f"{title(site)} {label(site)} {takes}, with {axes(wanted)}, and what arrives has "
        f"{axes(len(arriving))}: {site.shown('input')}."
    )
    proposals: list[Proposal] = []
    if len(arriving) == wanted + 1:
        ones = [axis for axis, size in enumerate(arriving) if size == 1 and axis > 0]
        for axis in ones[:1]:
            words = f"Drop axis {axis}, which has size 1"
            proposals.append(insert(site, "input", "Tensor.squeeze", {"dim": axis}, words))
        words = "Merge the last two axes into one row for each step"
        flat = insert(site, "input", "Tensor.flatten", {"start_dim": wanted - 1}, words)
        proposals.append(flat)
    return Diagnosis(CODE, "error", site.address, message, "", "input", tuple(proposals))
