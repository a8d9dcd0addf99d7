"""A map that went into a Linear layer without being flattened, and is stretched to its target.

Torch takes `B×8×1×4` and `B×4` in a loss; what was forgotten stands before the layer.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.missing_flatten import unflattened
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import label, sizes

CODES = ("target-stretched",)


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield a Flatten before the layer that a map enters."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    layer = unflattened(stopped, "input", context)
    if layer is not None and given and target and len(given) > len(target):
        words = f"Insert Flatten before {label(layer)}"
        yield insert(layer, "input", "nn.Flatten", {}, words)
