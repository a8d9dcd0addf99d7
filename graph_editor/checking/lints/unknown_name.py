"""An expression with a name that the written model does not know at that place.

What it does: looks, in the model and in its blocks, for names of the training loop (`epoch`,
`step`, `epochs`), and in what a layer is made of and in a number of copies for sizes of what
arrives (`B`, `T`).

Why it matters: the model is a module of its own. It is made before any batch is there, and called
without being told how far the training is; so no code can be written that says this.

Example: `Dropout(p=0.1 * epoch)`, `Linear(out_features=T)`.
Better: a number, a parameter of the block, or `input.shape[2]` for a size that stays the same; what
hangs on the epoch stands behind the model, at the loss.

Fix: the number that it is in the first epoch; takes a condition away.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import clear, set_to
from graph_editor.checking.words import label, title
from graph_editor.document.edits.scopes import COPY_NAMES, EVERYWHERE, names_in
from graph_editor.document.model import Arg, Expr, NodeId

CODE = "name-not-known"
OF_THE_LOOP = frozenset({"epoch", "step", "epochs"})
ELSEWHERE = ("io", "data", "transform", "metric", "optim", "lr_scheduler")
"""Kinds of nodes that are not written into a module."""
PLAIN = (int, float, str, bool)
"""What holds no name."""


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    said = [*_said(site)]
    if said and _is_of_the_model(site, context):
        block = context.project.block(site.block)
        known = {parameter.name for parameter in block.parameters} | EVERYWHERE
        for field, value, own, is_made in said:
            yield from _told(site, field, value, known | own, is_made)


def _said(site: Site) -> Iterator[tuple[str, Arg, frozenset[str], bool]]:
    """Yield what a node says with names: the field, the names of its own, whether it is made so."""
    node = site.node
    if node.kind in ELSEWHERE:
        return
    own = COPY_NAMES if node.repeat is not None else frozenset[str]()
    for name, value in node.args.items():
        if not isinstance(value, PLAIN) and names_in(value):
            argument = site.spec.argument(name) if site.spec is not None else None
            if argument is not None:
                yield name, value, own, argument.stage == "constructor"
    is_copy = site.address.endswith("]")
    if node.repeat is not None and isinstance(node.repeat.count, Expr) and not is_copy:
        yield "repeat", node.repeat.count, frozenset(), True
    if node.when is not None:
        yield "when", node.when, frozenset(), False


def _is_of_the_model(site: Site, context: Context) -> bool:
    return site.block != "main" or NodeId(site.id) in context.regions.model


def _told(
    site: Site, field: str, value: Arg, known: set[str], is_made: bool
) -> Iterator[Diagnosis]:
    """Speak of the first name in a value that is not known where it is written."""
    strange = sorted(names_in(value) - known)
    if not is_made:
        strange = [name for name in strange if name in OF_THE_LOOP]
    if not strange:
        return
    name, where = strange[0], f"{field} of {title(site)} {label(site)} hangs on {strange[0]}"
    if name in OF_THE_LOOP:
        message = (
            f"{where}, which only the training loop knows: the model is called without being told "
            "how far the training is."
        )
    else:
        message = (
            f"{where}, a size of what arrives: a layer is made once, before anything arrives there."
        )
    fixes = tuple(_fixes(site, field)) if name in OF_THE_LOOP else ()
    yield Diagnosis(CODE, "error", site.address, message, field, "", fixes)


def _fixes(site: Site, field: str) -> Iterator[Proposal]:
    if field == "when":
        yield clear(site, field)
    elif field in site.args and not names_in(site.args[field]):
        yield set_to(site, field, site.args[field])


check = PerSubject(None, _find)
