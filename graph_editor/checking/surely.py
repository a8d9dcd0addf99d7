"""Whether a node is sure to run: what depends on values alone is an error only where it does."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import Address, Node


def is_run(site: Site, context: Context) -> bool:
    """Whether a node runs in every step: no condition, and no count that may be 0, says otherwise.

    The blocks around it are asked too.
    """
    if not _always(site.node):
        return False
    parts = site.address.split("/")
    around = (context.sites.get(Address("/".join(parts[:n]))) for n in range(1, len(parts)))
    return all(use is None or _always(use.node) for use in around)


def _always(node: Node) -> bool:
    if node.when is not None:
        return False
    return node.repeat is None or (isinstance(node.repeat.count, int) and node.repeat.count > 0)
