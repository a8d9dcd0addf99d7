"""Which nodes an optimizer trains, and what keeps weights from being trained."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import Address, At


def is_trained(owner: Site, optimizer: Site) -> bool:
    """Return whether a node is among what an optimizer says that it trains."""
    named = trained_by(optimizer)
    return not named or any(_below(owner.address, address) for address in named)


def trained_by(optimizer: Site) -> tuple[Address, ...]:
    """Return what an optimizer says that it trains; nothing where it trains the whole model."""
    trains = optimizer.node.args.get("trains")
    items = trains if isinstance(trains, tuple) else (trains,)
    return tuple(
        item.address if isinstance(item, At) else Address(item)
        for item in items
        if isinstance(item, At | str)
    )


def _below(address: str, top: str) -> bool:
    return top == "." or address == top or address.startswith((f"{top}/", f"{top}["))


def freezer(owner: Site, context: Context) -> Site | None:
    """Return the node, the owner or a block around it, that freezes the owner's weights."""
    parts = owner.address.split("/")
    for depth in range(len(parts), 0, -1):
        site = context.sites.get(Address("/".join(parts[:depth])))
        inner = "/".join(parts[depth:]) or "."
        if site and any(a == "." or _below(inner, a) for a in site.node.freeze):
            return site
    return None
