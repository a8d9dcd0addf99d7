"""A decoder that is given its memory for its target, and its target for its memory.

What it does: where a loss of classes has labels for another number of steps than it gets scores
for, looks for the decoder before it, and whether its memory has as many steps as there are labels.

Why it matters: a decoder gives a row for each step of `tgt`. With the two inputs exchanged it gives
one for each step of the text that is to be translated, and the loss stops.

Example: `TransformerDecoderLayer(tgt=encoded, memory=target)`.
Better: `TransformerDecoderLayer(tgt=target, memory=encoded)`.

Fix: lets the two wires change places.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.class_target import LOSSES, labels_for
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import swap_inputs
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before
from graph_editor.checking.words import label, sizes, title

CODE = "swapped-memory"
RANK = 17
PORTS = {
    "nn.TransformerDecoderLayer": ("tgt", "memory"),
    "nn.Transformer": ("tgt", "src"),
}
THROUGH = ELEMENTWISE | TURNS | {"nn.Linear"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the decoder whose memory is as long as the labels, and whose target is not."""
    site = failure.site
    logits, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in LOSSES or not logits or target is None or len(logits) != 3:
        return None
    *_, decoder = [None, *chain_before(site, "input", context, THROUGH)]
    if decoder is None or decoder.node.spec not in PORTS or len(target) != 2:
        return None
    steps = [_steps(decoder, port) for port in PORTS[decoder.node.spec]]
    if labels_for(logits)[1:] != (steps[0],) or target[1:] != (steps[1],) or steps[0] == steps[1]:
        return None
    port, other = PORTS[decoder.node.spec]
    message = (
        f"{title(decoder)} {label(decoder)} gives a row for each of {steps[0]} steps of {port} "
        f"({decoder.shown(port)}), and {title(site)} {label(site)} has labels for {steps[1]}, as "
        f"many as {other} has steps ({decoder.shown(other)})."
    )
    fix = swap_inputs(decoder, port, other, f"Let {port} and {other} change places")
    return Diagnosis(CODE, "error", decoder.address, message, "", port, (fix,))


def _steps(decoder: Site, port: str) -> int | None:
    arriving = sizes(decoder, port)
    if arriving is None or len(arriving) != 3:
        return None
    return arriving[1 if decoder.value("batch_first") else 0]
