"""A view of values that do not lie one after another, which torch can only give by copying.

What it does: speaks of a `view` for which the number of values is right, and which torch refuses
all the same: where axes were swapped, cut or stretched before it, or a batch-first recurrent layer
gave it, neighbours in the new shape are no neighbours in memory.

Why it matters: `view` never copies, so that the run would stop there. Whether it can do without
depends on the layers before it.

Example: `x.transpose(1, 2).view(b, t, 64)`.
Better: `x.transpose(1, 2).reshape(b, t, 64)`.

Fix: uses reshape, which copies where it has to, or makes a copy before the view.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert, replace_spec
from graph_editor.checking.strided import can_view
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import holds_batch, label, number, product, shape
from graph_editor.document.model import Expr

CODE = "view-needs-copy"
RANK = 40  # after what has another number of values


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of a view that fits in number; where it does not, another diagnoser has spoken."""
    site = failure.site
    kind = site.inputs.get("input")
    if site.node.spec != "Tensor.view" or kind is None:
        return None
    wanted = _wanted(site, product(int(size) for size in kind.shape))
    if wanted is None or can_view(kind, wanted):
        return None
    message = (
        f"{label(site)} cannot view {site.shown('input')} as {shape(_named(site, wanted))}: axes "
        "were swapped, cut or stretched before it, so the values do not lie one after another. "
        "reshape copies them."
    )
    proposals = (
        replace_spec(site, "Tensor.reshape"),
        insert(site, "input", "Tensor.contiguous", {}, "Insert a copy (contiguous) before it"),
    )
    return Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _named(site: Site, wanted: tuple[int, ...]) -> tuple[Dim, ...]:
    """Return the shape asked for with the name of the batch in place of a number that is tried."""
    said = site.node.args.get("args")
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    arriving = (site.symbolic.get("input") or site.inputs["input"]).shape
    others = product(size for size in arriving if isinstance(size, int))
    if not isinstance(items, tuple) or len(items) != len(wanted):
        return wanted
    texts = [i.text if isinstance(i, Expr) and holds_batch(i.text) else "" for i in items]
    parts = list(zip(wanted, items, texts, strict=True))
    rest = product(size for size, item, text in parts if item != -1 and not text)
    batch = [size for size in arriving if not isinstance(size, int)]
    left = str(batch[0]) if len(batch) == 1 and rest == others and not any(texts) else ""
    return tuple((left if item == -1 else text) or size for size, item, text in parts)


def _wanted(site: Site, total: int) -> tuple[int, ...] | None:
    """Return the shape asked for, where it holds as many values as arrive."""
    asked = site.value("args")
    items = (
        asked[0] if isinstance(asked, tuple) and asked and isinstance(asked[0], tuple) else asked
    )
    numbers = [number(item) for item in items] if isinstance(items, tuple) else []
    known = [size for size in numbers if size is not None and size >= -1]
    if len(known) < len(numbers) or known.count(-1) > 1:
        return None
    rest = product(size for size in known if size != -1)
    found = tuple(total // rest if size == -1 and rest else size for size in known)
    return found if product(found) == total and -1 not in found else None
