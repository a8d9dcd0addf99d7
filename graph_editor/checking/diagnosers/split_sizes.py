"""A tensor that is cut into parts, or of which the largest are taken, and is not that long.

What it does: adds the parts of a `split` up and compares them with the axis; and compares `k` of a
`topk`, or of an accuracy among the best, with it.

Why it matters: a split has to hand out every place of the axis, and no more can be taken than there
are.

Example: `split(x, (3, 4), dim=1)` of `B×8`; `topk(x, 8)` of `B×5`.
Better: `split(x, (3, 5), dim=1)`; `topk(x, 5)`.

Fix: another last part, as many as there are, or the width of the layer before.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes, title, value

CODE = "split-sizes"
RANK = 30
PORTS = {"torch.split": ("tensor", "split_size_or_sections"), "torch.topk": ("input", "k")}
BEST = "metric.top_k_accuracy"
PORTS[BEST] = PORTS["torch.topk"]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where parts do not add up to the axis, or more are wanted than there are."""
    site = failure.site
    port, argument = PORTS.get(site.node.spec, ("", ""))
    arriving, said = sizes(site, port), site.value(argument)
    dim = _axis(site)
    if not arriving or dim is None or not -len(arriving) <= dim < len(arriving):
        return None
    size, found = arriving[dim], f"{title(site)} {label(site)}"
    place = f"axis {dim} of what arrives has {size} ({site.shown(port)})"
    if argument == "k":
        count = number(said)
        if count is None or count <= size:
            return None
        taken = "best scores" if site.node.spec == BEST else "largest values"
        message = f"{found} takes the {count} {taken}, and {place}."
        return _diagnosis(site, message, [set_to(site, "k", size)], count, context)
    parts = [n for n in map(number, said) if n is not None] if isinstance(said, tuple) else []
    if not parts or not isinstance(said, tuple) or len(parts) < len(said) or sum(parts) == size:
        return None
    message = f"{found} cuts {value(said)}, {sum(parts)} places together, and {place}."
    rest = size - sum(parts[:-1])
    other = [set_to(site, argument, (*parts[:-1], rest))] if rest > 0 else []
    return _diagnosis(site, message, other, sum(parts), context)


def _axis(site: Site) -> int | None:
    """Return the axis that a node cuts or chooses from: of the scores for classes the second."""
    return 1 if site.node.spec == BEST else number(site.value("dim"))


def _diagnosis(
    site: Site, message: str, proposals: list[Proposal], wanted: int, context: Context
) -> Diagnosis:
    port, argument = PORTS[site.node.spec]
    maker = width_before(site, port, _axis(site) or 0, context)
    if maker is not None:
        proposals.append(set_width(maker, wanted, context))
    return Diagnosis(CODE, "error", site.address, message, argument, port, tuple(proposals))
