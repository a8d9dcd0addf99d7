"""Heads of attention that stand behind the steps, so that each step attends over its own heads.

What is cut into heads is `B×steps×heads×width`; queries, keys and values have to be turned to
`B×heads×steps×width` before they meet. Torch takes the product as it is, and stops at the mask.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, together
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, TURNS, chain_before, site_before
from graph_editor.checking.words import label, sizes
from graph_editor.document.model import Address, Arg, NodeId, PortPath

CODES = ("heads-not-moved", "made-size", "shapes-do-not-broadcast", "mask-size")
TURN: dict[str, Arg] = {"dim0": 1, "dim1": 2}


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the turn of queries, keys and values, where scores of heads meet a mask of steps."""
    scores = sizes(stopped, "input")
    masks = [sizes(stopped, port) for port in ("mask", "other") if port in stopped.inputs]
    if scores is None or len(scores) != 4 or len(masks) != 1 or masks[0] is None:
        return
    _, steps, heads, others = scores
    if heads != others or masks[0][-2:] != (steps, steps) or heads == steps:
        return
    *_, product = [None, *chain_before(stopped, "input", context, ELEMENTWISE | PAIRED)]
    if product is None or product.node.spec != "op.matmul":
        return
    keys, mixed = site_before(product, "other", context), _mixed(stopped, context)
    if keys is None or keys.node.spec not in TURNS or mixed is None:
        return
    if sizes(product, "input") != sizes(keys, "input"):
        return
    words = f"Turn {heads} heads before the {steps} steps in queries, keys and values"
    ends = ((product, "input"), (keys, "input"), (mixed, "other"))
    turns = [insert(site, port, "Tensor.transpose", TURN, "") for site, port in ends]
    yield together(*turns, title=f"{words} of {label(product)}")


def _mixed(stopped: Site, context: Context) -> Site | None:
    """Return the product of the weights with the values, which waits behind the scores."""
    graph = context.project.block(stopped.block).graph
    parent = stopped.address.rpartition("/")[0]
    here: NodeId = stopped.id
    for _ in range(len(graph.nodes)):
        readers = [target for target, source in graph.wires.items() if source.node == here]
        if len(readers) != 1:
            return None
        here, port = readers[0].node, readers[0].port
        node = graph.nodes[here]
        if node.spec == "op.matmul":
            address = Address(f"{parent}/{here}" if parent else here)
            site = Site(address, stopped.block, here, node, context.lookup(node.spec), node.args)
            return site if port == PortPath("input") else None
        if node.spec not in ELEMENTWISE:
            return None
    return None
