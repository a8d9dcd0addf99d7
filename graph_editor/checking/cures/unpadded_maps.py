"""Convolutions without padding, in blocks too, where maps of two depths are put together."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.cures.padded_branch import CONVOLUTIONS, keeping
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.gradient_flow import leading_to
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.words import label, per_axis, sizes, value
from graph_editor.document.model import Arg

CODES = ("joined-sizes-differ",)
FEW = 3
"""How many layers are called by their names."""


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield that all unpadded convolutions before a join keep the sizes of their maps."""
    shapes = [shape for port in stopped.inputs if (shape := sizes(stopped, port))]
    if len({len(shape) for shape in shapes}) != 1 or len({shape[2:] for shape in shapes}) < 2:
        return
    found: dict[tuple[str, str], tuple[Site, Arg]] = {}
    before = leading_to([stopped], context)
    for address, site in context.sites.items():
        if address not in before or site.node.spec not in CONVOLUTIONS:
            continue
        padding = per_axis(site.value("padding"), CONVOLUTIONS[site.node.spec])
        whole = keeping(site)
        if padding is not None and not any(padding) and whole not in (None, 0):
            found[site.block, site.id] = (site, whole)
    if not found:
        return
    steps = [set_to(site, "padding", whole, of=label(site)) for site, whole in found.values()]
    yield together(steps[0], *steps[1:], title=_words(list(found.values())))


def _words(found: list[tuple[Site, Arg]]) -> str:
    names = [label(site) for site, _ in found]
    paddings = {value(whole) for _, whole in found}
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    if len(names) > FEW:
        listed = f"all {len(names)} convolutions"
    return f"Set padding of {listed} to {' or '.join(sorted(paddings))}"
