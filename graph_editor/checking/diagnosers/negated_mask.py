"""A minus before truth values.

What it does: looks for a minus whose input holds bool.

Why it matters: torch has no minus for truth values. What turns a mask round is `~`; one minus the
mask is a sum of numbers.

Example: `-(x > 0)`.
Better: `~(x > 0)`, or `-(x > 0).float()` where numbers are meant.

Fix: uses `~` instead, or converts the mask to float32; first whichever goes with what reads it.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import convert, replace_spec
from graph_editor.checking.words import label

CODE = "negated-mask"
RANK = 30
RECKONING = tuple(f"op.{name}" for name in ("add", "sub", "mul", "truediv", "pow", "matmul"))
"""Specs that go on with numbers."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where what a minus gets is a mask."""
    site = failure.site
    given = site.inputs.get("input")
    if site.node.spec != "op.neg" or given is None or given.dtype != "bool":
        return None
    message = (
        f"{label(site)} puts a minus before {site.shown('input')} bool, and there is none for "
        "truth values: logical_not, `~`, turns a mask round; numbers have to be float32 first."
    )
    turned, numbers = replace_spec(site, "op.invert"), convert(site, "input", "float32")
    fixes = (numbers, turned) if _is_reckoned_with(site, context) else (turned, numbers)
    return Diagnosis(CODE, "error", site.address, message, "", "input", fixes)


def _is_reckoned_with(site: Site, context: Context) -> bool:
    """Whether all that read it go on with numbers."""
    graph = context.project.block(site.block).graph
    readers = [graph.nodes[t.node] for t, source in graph.wires.items() if source.node == site.id]
    return bool(readers) and all(reader.spec in RECKONING for reader in readers)
