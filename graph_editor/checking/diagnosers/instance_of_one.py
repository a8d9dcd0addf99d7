"""An instance normalisation of maps with a single place.

What it does: counts the places behind the channels that arrive at an InstanceNorm.

Why it matters: it takes the mean of each channel of each sample away. Of one value that leaves 0,
whatever the value was, and torch stops there.

Example: `AdaptiveAvgPool2d(1) → InstanceNorm2d`.
Better: `InstanceNorm2d → AdaptiveAvgPool2d(1)`, or a GroupNorm, which looks at several channels.

Fix: a GroupNorm with one group, which takes the mean over all channels of a sample; or the norm is
switched off.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import replace_spec, set_to, skip, together
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import label, product, shape, sizes, title

CODE = "instance-of-one"
RANK = 18


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where an InstanceNorm gets one value for each channel of a sample."""
    site, arriving = failure.site, sizes(failure.site, "input")
    if "InstanceNorm" not in site.node.spec or arriving is None:
        return None
    places = arriving[-int(site.node.spec[-2]) :]
    kept = site.value("track_running_stats") and not failure.training
    if len(arriving) <= len(places) or product(places) != 1 or kept:
        return None
    before = next(chain_before(site, "input", context, frozenset()), None)
    whence = f" from {title(before)} {label(before)}" if before is not None else ""
    message = (
        f"{title(site)} {label(site)} takes the mean of each channel's map away, and what arrives"
        f"{whence} has maps of {shape(places)} ({site.shown('input')}): of a single value nothing "
        "would be left. It needs more than one place for each channel."
    )
    group = together(
        replace_spec(site, "nn.GroupNorm", without=tuple(site.node.args)),
        set_to(site, "num_groups", 1),
        title="Use GroupNorm with one group instead",
    )
    return Diagnosis(CODE, "error", site.address, message, "", "input", (group, skip(site)))
