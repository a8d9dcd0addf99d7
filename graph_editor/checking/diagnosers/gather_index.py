"""An index of gather that has another number of axes than what it picks from.

What it does: compares the number of axes of `index` with that of `input`.

Why it matters: gather picks, for each place of the index, a value from the same place on all axes
but one. A row of B numbers is no index into `B×C`; a column of them, `B×1`, is.

Example: `torch.gather(B×4, dim=1, index=B)`.
Better: `index.unsqueeze(1)`.

Fix: adds an axis of size 1.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import axes, label, sizes, title

CODE = "gather-index"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where index and input have other numbers of axes."""
    site = failure.site
    given, index = sizes(site, "input"), sizes(site, "index")
    if site.node.spec != "torch.gather" or not given or not index or len(given) == len(index):
        return None
    message = (
        f"index of {title(site)} {label(site)} has {axes(len(index))} ({site.shown('index')}), and "
        f"what it picks from has {axes(len(given))} ({site.shown('input')}): they have to be equal."
    )
    words = "Add an axis of size 1 at the end of index"
    column = insert(site, "index", "Tensor.unsqueeze", {"dim": -1}, words)
    fixes = (column,) if len(index) + 1 == len(given) else ()
    return Diagnosis(CODE, "error", site.address, message, "", "index", fixes)
