"""Weights that a node names and that are not there.

What it does: follows every address that is said to be frozen, trained, trained at another rate,
followed or shared to the node that it leads to, and looks whether that one has weights.

Why it matters: what is not found would be passed over; layers would learn that should rest.

Example: `freeze: ["layer3"]` on a block whose layers are `layer1` and `layer2`.
Better: `freeze: ["layer2"]`.

Fix: takes the address away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import clear, without_address
from graph_editor.checking.trained import trained_by
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import makes_weights
from graph_editor.checking.words import label, title
from graph_editor.document.addresses import HERE, block_of, resolves
from graph_editor.document.model import Address, Arg, At

CODE = "no-such-weight"
NAMING = ("trains", "lr_factors")
"""The arguments of an optimizer that name nodes."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An address that a node says, and from where it leads."""

    field: str
    address: Address
    block: str
    """The key of the graph in which it starts; "" inside a node that is no block."""
    base: str
    """What stands before it in an address from the main graph downwards."""


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every address that leads nowhere, or to a node without weights."""
    said = set()
    for site in context.sites.values():
        node = site.node
        if not node.freeze and node.weights is None and not any(n in node.args for n in NAMING):
            continue
        found = [_lost_owner(site, context), *(_wrong(site, m, context) for m in mentions(site))]
        for diagnosis in found:
            # a block that is used three times is wrong once
            if diagnosis is not None and (site.block, site.id, diagnosis.message) not in said:
                said.add((site.block, site.id, diagnosis.message))
                yield diagnosis


def mentions(site: Site) -> Iterator[Mention]:
    """Yield the addresses of weights that a node says."""
    node = site.node
    for address in node.freeze:
        if address != HERE:
            yield Mention("freeze", address, block_of(node), f"{site.address}/")
    around = site.address.rpartition("/")[0]
    base = f"{around}/" if around else ""
    if node.weights is not None and node.weights.follows is not None:
        yield Mention("follows", node.weights.follows, site.block, base)
    for field in NAMING if node.spec.startswith("optim.") else ():
        for address in _named(node.args.get(field)):
            if address != HERE:
                yield Mention(field, address, site.block, base)


def _named(trained: Arg) -> Iterator[Address]:
    """Yield the addresses that an optimizer says it trains, or trains at another rate."""
    for item in trained if isinstance(trained, tuple) else (trained,):
        if isinstance(item, At):
            yield item.address
        elif isinstance(item, tuple):
            yield from _named(item)


def _wrong(site: Site, mention: Mention, context: Context) -> Diagnosis | None:
    where = f"{mention.field} of {title(site)} {label(site)}"
    severity: Severity = "error"
    if not resolves(context.project, mention.block, mention.address):
        message = f"{where} names “{mention.address}”, which does not exist"
        message += f" in {label(site)}." if mention.field == "freeze" else "."
    elif makes_weights(Address(mention.base + mention.address), context) is False:
        if mention.field == "trains" and _names_nothing(site, mention.base, context):
            return None  # it is told that there is nothing to train
        is_empty = _has_no_copies(Address(mention.base + mention.address), context)
        severity = "error" if mention.field == "follows" and not is_empty else "warning"
        message = f"{where} names “{mention.address}”, which has no weights."
    else:
        return None
    proposal = without_address(site, mention.field, mention.address)
    return Diagnosis(CODE, severity, site.address, message, mention.field, "", (proposal,))


def _names_nothing(site: Site, base: str, context: Context) -> bool:
    """Whether nothing that an optimizer trains has weights."""
    named = [Address(base + address) for address in trained_by(site)]
    return all(makes_weights(address, context) is False for address in named)


def _has_no_copies(address: Address, context: Context) -> bool:
    """Whether a node is repeated 0 times, so that torch finds nothing to follow and goes on."""
    site = context.sites.get(address)
    if site is None or site.node.repeat is None:
        return False
    return not any(other.startswith(f"{address}[") for other in context.sites)


def _lost_owner(site: Site, context: Context) -> Diagnosis | None:
    """Return what is wrong with a node that is said to be another call of a module."""
    weights = site.node.weights
    if weights is None or weights.same_as is None:
        return None
    owner = context.project.block(site.block).graph.nodes.get(weights.same_as)
    where = f"same_as of {title(site)} {label(site)} names “{weights.same_as}”"
    if owner is None:
        message = f"{where}, which does not exist."
    elif weights.same_as == site.id:
        message = f"{where}, which is the node itself."
    elif owner.spec != site.node.spec:
        message = f"{where}, which is {owner.spec} and not {site.node.spec}."
    else:
        return None
    proposals = (clear(site, "same_as"),)
    return Diagnosis(CODE, "error", site.address, message, "same_as", "", proposals)
