"""Class numbers that were made floats, which a loss compares with a score for each class."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import replace_spec, skip, together
from graph_editor.checking.targets import many_classes
from graph_editor.checking.walk import chain_before
from graph_editor.checking.without_shares import without_shares
from graph_editor.checking.words import label, sizes

CODES = ("head-width",)
CASTS = frozenset(("Tensor.float", "Tensor.to"))


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield cross entropy with the numbers as they were before they were made floats."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    if given is None or target is None or len(given) != 2 or target != given[:1]:
        return
    classes = many_classes(stopped, context)
    casts = [c for c in chain_before(stopped, "target", context, CASTS) if c.node.spec in CASTS]
    if classes is None or classes > given[1] or len(casts) != 1:
        return
    cast, wires = casts[0], context.project.block(casts[0].block).graph.wires
    if cast.inputs["input"].dtype != "int64":
        return
    if sum(source.node == cast.id for source in wires.values()) != 1:
        return  # another one may want floats
    loss = replace_spec(stopped, "nn.CrossEntropyLoss", without=tuple(stopped.node.args))
    loss = without_shares(loss, stopped, context)
    words = f"{loss.title}, and switch {label(cast)} off"
    yield together(loss, skip(cast), title=words)
