"""Something said of a node that means nothing there.

What it does: looks for `repeat` and `when` on data, inputs, outputs and optimizers, and for frozen,
shared, followed or loaded weights on what has no weights of its own.

Why it matters: it would be passed over, and the drawing would not do what it says.

Example: `freeze` on a ReLU, `repeat` on an output.
Better: `freeze` on the layer whose weights are to stay, `repeat` on the block before the output.

Fix: takes away what has no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.catalogue.meaning import means
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import clear
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import makes_weights
from graph_editor.checking.words import label, title
from graph_editor.document.model import Node

CODE = "no-meaning"


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every field of a node that would be passed over."""
    said = set()
    for site in context.sites.values():
        node = site.node
        if node.when is None and node.repeat is None and node.weights is None and not node.freeze:
            continue
        for field in _fields(node):
            why = _why(site, field, context)
            if why and (site.block, site.id, field) not in said:
                said.add((site.block, site.id, field))
                yield _diagnosis(site, field, why)


def _fields(node: Node) -> Iterator[str]:
    yield from (field for field in ("when", "repeat") if getattr(node, field) is not None)
    if node.weights is not None:
        yield from (f for f in ("same_as", "follows", "start") if getattr(node.weights, f))
    if node.freeze:
        yield "freeze"


def _why(site: Site, field: str, context: Context) -> str:
    """Return why a field means nothing here, or "" where it does."""
    if not means(site.node.kind, field):
        return f"has no meaning on {title(site)} {label(site)}"
    if field not in ("freeze", "follows", "start"):
        return ""
    weights = site.node.weights
    if weights is not None and weights.same_as is not None:
        return (
            f"has no meaning on {title(site)} {label(site)}, whose weights are those of "
            f"“{weights.same_as}”: say it there"
        )
    if makes_weights(site.address, context) is False:
        return f"has no meaning on {title(site)} {label(site)}, which has no weights"
    return ""


def _diagnosis(site: Site, field: str, why: str) -> Diagnosis:
    # what decides about values is graver than what is said of weights that are not there
    severity: Severity = "error" if field in ("when", "repeat") else "warning"
    message = f"{field} {why}. Remove it."
    proposals = (clear(site, field),)
    return Diagnosis(CODE, severity, site.address, message, field, "", proposals)
