"""Rows of an Embedding whose weight another one uses too: all of them are told at once.

An Embedding that shares its rows cannot have more than the others, so that one alone is no cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import facts_of
from graph_editor.checking.words import label, number
from graph_editor.document.model import Address, NodeId

CODES = ("embedding-range",)
SPECS = ("nn.Embedding", "nn.EmbeddingBag")
ROWS = "num_embeddings"


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield as many rows as are asked for, for all that share them."""
    facts = facts_of(stopped, "input", context)
    if stopped.node.spec not in SPECS or facts is None:
        return
    highest = facts.classes - 1 if facts.classes is not None else facts.high
    wanted = None if highest is None else int(highest) + 1
    rows = number(stopped.value(ROWS))
    sharing = _sharing(stopped, context)
    if wanted is None or rows is None or wanted <= rows or len(sharing) < 2:
        return
    names = [label(each) for each in sharing]
    words = f"Set {ROWS} of {', '.join(names[:-1])} and {names[-1]} to {wanted}"
    first, *others = (set_to(each, ROWS, wanted) for each in sharing)
    yield together(first, *others, title=words)


def _sharing(site: Site, context: Context) -> list[Site]:
    """Return all nodes of the block with the same rows that say how many there are."""
    nodes = context.project.block(site.block).graph.nodes
    owner = _owner(site.id, context, site.block)
    group = [id_ for id_ in nodes if _owner(id_, context, site.block) == owner]
    parent = site.address.rpartition("/")[0]
    return [
        replace(
            site, address=Address(f"{parent}/{id_}" if parent else id_), id=id_, node=nodes[id_]
        )
        for id_ in group
        if nodes[id_].spec in SPECS and ROWS in nodes[id_].args
    ]


def _owner(id_: NodeId, context: Context, block: str) -> NodeId:
    """Return the node whose weight a node uses: itself, where it shares none."""
    nodes, seen = context.project.block(block).graph.nodes, {id_}
    while id_ in nodes:
        weights = nodes[id_].weights
        if weights is None or weights.same_as is None or weights.same_as in seen:
            return id_
        id_ = weights.same_as
        seen.add(id_)
    return id_
