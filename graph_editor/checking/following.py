"""What stands behind a node, as far as it has to follow an edit of its result."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import let_infer, together
from graph_editor.checking.walk import ELEMENTWISE, WIDTHS
from graph_editor.checking.words import label
from graph_editor.document.model import Address

INPUTS = {"nn.Linear": "in_features", "nn.LSTM": "input_size", "nn.GRU": "input_size"}


def next_layer(site: Site, context: Context) -> Site | None:
    """Return the layer with weights that a node's only wire leads to, past what keeps the shape."""
    wires = context.project.block(site.block).graph.wires
    parent = site.address.rpartition("/")[0]
    here = site.id
    for _ in range(len(wires)):
        readers = [target.node for target, source in wires.items() if source.node == here]
        if len(readers) != 1:
            return None
        here = readers[0]
        node = context.project.block(site.block).graph.nodes[here]
        if node.spec in WIDTHS or node.spec in INPUTS:
            address = Address(f"{parent}/{here}" if parent else here)
            return Site(address, site.block, here, node, context.lookup(node.spec), node.args)
        if node.spec not in ELEMENTWISE:
            return None
    return None


def followed(way: Proposal, site: Site, context: Context) -> Iterator[Proposal]:
    """Yield an edit by itself, and together with the layer after it left to what arrives."""
    yield way
    layer = next_layer(site, context)
    argument = INPUTS.get(layer.node.spec, "") if layer is not None else ""
    if layer is not None and argument in layer.node.args:
        words = f"{way.title}, and let {argument} of {label(layer)} follow"
        yield together(way, let_infer(layer, argument), title=words)
