"""An attention, or a transformer layer, whose width is not what arrives.

What it does: compares `embed_dim` (`d_model`) with the last axis of what enters.

Why it matters: queries are projected by square matrices of that width and dealt out to the heads.

Example: `MultiheadAttention(256, 8)` on `B×16×128`.
Better: `MultiheadAttention(128, 8)`.

Fix: swaps two axes where the width stands on the other one, sets the width, leaves it open, or
changes the layer before.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import let_infer, set_to, set_width
from graph_editor.checking.turning import turned
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "attention-width"
RANK = 30
WIDTHS = {
    "nn.MultiheadAttention": ("embed_dim", {"query": "", "key": "kdim", "value": "vdim"}),
    "nn.TransformerEncoderLayer": ("d_model", {"src": ""}),
    "nn.TransformerDecoderLayer": ("d_model", {"tgt": "", "memory": ""}),
    "nn.Transformer": ("d_model", {"src": "", "tgt": ""}),
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak at the first port whose last axis is not the width that it should have."""
    site = failure.site
    width, ports = WIDTHS.get(site.node.spec, ("", {}))
    for port, own in ports.items():
        given = number(site.value(own)) if own else None
        argument, expected = (
            (own, given) if given is not None else (width, number(site.value(width)))
        )
        arriving = sizes(site, port)
        if not arriving or arriving[-1] == expected:
            continue
        message = (
            f"{argument} of {title(site)} {label(site)} is {expected}, and {port} brings rows of "
            f"{arriving[-1]} ({site.shown(port)})."
        )
        message = _of_few_axes(site, port, ports, expected) or message
        entering = (port, *(p for p in ports if p != port))
        proposals = [*turned(site, entering, expected), set_to(site, argument, arriving[-1])]
        if own and given is None:
            proposals.append(set_to(site, own, arriving[-1]))
        proposals.append(let_infer(site, argument))
        maker = width_before(site, port, -1, context)
        if maker is not None and expected is not None:
            proposals.append(set_width(maker, expected, context))
        return Diagnosis(CODE, "error", site.address, message, argument, port, tuple(proposals))
    return None


def _of_few_axes(site: Site, port: str, ports: Iterable[str], expected: int | None) -> str:
    """Tell of an input without an axis for the steps, or for the samples, which another one has."""
    known = {other: len(shape) for other in ports if (shape := sizes(site, other))}
    beside = next((other for other, count in known.items() if count == 3), None)
    if known.get(port) != 2 or beside is None:
        return ""
    return (
        f"{title(site)} {label(site)} takes rows of {expected}, one for each step of each sample, "
        f"as {beside} has them ({site.shown(beside)}); {port} brings {site.shown(port)}, which has "
        "2 axes."
    )
