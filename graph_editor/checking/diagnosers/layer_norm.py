"""A LayerNorm (or RMSNorm) for another shape than arrives.

What it does: compares `normalized_shape` with the last axes of the input.

Why it matters: the layer has a weight for each place of that shape.

Example: `LayerNorm(128)` on `B×16×64`.
Better: `LayerNorm(64)`.

Fix: sets the shape to what arrives, or leaves it open.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.following import next_layer
from graph_editor.checking.proposals import let_infer, set_to, set_width
from graph_editor.checking.turning import channels_last
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, WIDTHS, chain_before, width_before
from graph_editor.checking.words import label, number, per_axis, shape, sizes, title

CODE = "layer-norm-shape"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the last axes of the input are not the normalised shape."""
    site = failure.site
    port = {"nn.LayerNorm": "input", "nn.RMSNorm": "x"}.get(site.node.spec, "")
    arriving, value = sizes(site, port), site.value("normalized_shape")
    count = len(value) if isinstance(value, tuple) else 1
    expected = per_axis(value, count)
    if not port or not arriving or expected is None or arriving[-count:] == expected:
        return None
    message = (
        f"normalized_shape of {title(site)} {label(site)} is {shape(expected)}, and what arrives "
        f"ends in {shape(arriving[-count:])} ({site.shown(port)})."
    )
    fitting = arriving[-1] if count == 1 or len(arriving) < count else arriving[-count:]
    width = number(expected[-1])
    told = [
        set_to(site, "normalized_shape", fitting),
        let_infer(site, "normalized_shape"),
    ]
    following = next_layer(site, context)
    then_linear = following is not None and following.node.spec == "nn.Linear"
    turned = [*channels_last(site, port, width, then_linear)] if count == 1 else []
    features_last = _ends_in_features(site, port, context)
    proposals = [*told, *turned] if features_last else [*turned, *told]
    maker = width_before(site, port, -1, context)
    if maker is not None and width is not None:
        proposals.append(set_width(maker, width, context))
    return Diagnosis(
        CODE, "error", site.address, message, "normalized_shape", port, tuple(proposals)
    )


def _ends_in_features(site: Site, port: str, context: Context) -> bool:
    """Whether what arrives was made with its features last, so that a turn is not what it lacks."""
    *_, maker = (None, *chain_before(site, port, context, ELEMENTWISE | PAIRED))
    return maker is not None and WIDTHS.get(maker.node.spec, ("", 0))[1] == -1
