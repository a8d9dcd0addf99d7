"""A flatten of an axis whose size varies, before a layer that takes rows of one length.

What it does: where a Linear layer (or a norm) works for one value of a named size only, looks for
the flatten that made its rows of it.

Why it matters: the weights of a layer are as many as the numbers in a row. Sequences of any length
have to be summed up into one row first.

Example: `Flatten → Linear` on `B×T×64`.
Better: the mean over `T`, or the last step, and then `Linear(64, 10)`.

Fix: takes the mean over that axis in place of flattening.
"""

from __future__ import annotations

import re

from graph_editor.checking.diagnosers.flatten_batch import FLATTENS
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import replace_spec, set_to, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, title

CODE = "varying-length"
RANK = 13
_NAME = re.compile(r"[A-Za-z_]\w*")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the flatten that makes rows of a length that varies."""
    site = failure.site
    if failure.probe != "sizes" or "input" not in site.inputs:
        return None
    for maker in chain_before(site, "input", context, ELEMENTWISE):
        known = maker.symbolic.get("input")
        if maker.node.spec not in FLATTENS or known is None:
            continue
        varying = [axis for axis, dim in enumerate(known.shape) if axis and _varies(dim)]
        if not varying:
            return None
        name = known.shape[varying[0]]
        message = (
            f"{label(maker)} makes rows of {maker.shown('input')} whose length depends on {name} "
            f"({site.shown('input')}), and {title(site)} {label(site)} after it takes rows of one "
            "length."
        )
        mean = together(
            replace_spec(maker, "torch.mean", without=("start_dim", "end_dim")),
            set_to(maker, "dim", varying[0]),
            title=f"Take the mean over {name} in place of {label(maker)}",
        )
        proposals = (mean,) if len(known.shape) == 3 else ()
        return Diagnosis(CODE, "error", maker.address, message, "", "input", proposals)
    return None


def _varies(dim: Dim) -> bool:
    """Whether a size is named, and not by the batch alone."""
    return isinstance(dim, str) and bool(set(_NAME.findall(dim)) - {"B"})
