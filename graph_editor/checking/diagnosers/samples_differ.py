"""Two inputs of an attention that hold another number of samples each, as the layer reads them.

What it does: compares the axis that the layer takes for the samples, by `batch_first`, at the two
sides of an attention.

Why it matters: every sample looks at its own memory. Where the batch stands first and the layer
takes it for the steps, the lengths of two sequences stand where samples should, and torch speaks of
a shape that nobody has written.

Example: `TransformerDecoderLayer(16, 4)` on `B×10×16` with a memory of `B×15×16`.
Better: `TransformerDecoderLayer(16, 4, batch_first=True)`.

Fix: sets `batch_first`.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, sizes, title

CODE = "samples-differ"
RANK = 31  # after widths that do not fit
PORTS = {
    "nn.MultiheadAttention": ("query", "key"),
    "nn.TransformerDecoderLayer": ("tgt", "memory"),
    "nn.Transformer": ("tgt", "src"),
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where the axes of samples differ in size."""
    site = failure.site
    ports = PORTS.get(site.node.spec, ())
    known = [sizes(site, port) for port in ports]
    if not ports or any(shape is None or len(shape) != 3 for shape in known):
        return None
    says_first = bool(site.value("batch_first"))
    axis, time = (0, 1) if says_first else (1, 0)
    one, other = (shape for shape in known if shape is not None)
    if one[axis] == other[axis]:
        return None
    shown = [site.on_wire(port).shape[axis] for port in ports]
    message = (
        f"{title(site)} {label(site)} has batch_first {says_first}, so that axis {axis} holds the "
        f"samples: {shown[0]} of {ports[0]} ({site.shown(ports[0])}) and {shown[1]} of {ports[1]} "
        f"({site.shown(ports[1])}). Every sample needs its own of both."
    )
    fixes = (set_to(site, "batch_first", not says_first),) if one[time] == other[time] else ()
    return Diagnosis(CODE, "error", site.address, message, "batch_first", ports[1], fixes)
