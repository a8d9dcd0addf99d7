"""A range whose lower end does not lie below its upper end.

What it does: compares `min_val` and `max_val` of Hardtanh.

Why it matters: what lies between the two passes as it is; torch takes no range of nothing.

Example: `Hardtanh(min_val=1, max_val=-1)`.
Better: `Hardtanh(min_val=-1, max_val=1)`.

Fix: lets the two change places; from -1 to 1, as they are by default.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import reset, set_to, together
from graph_editor.checking.words import label, title

CODE = "ends-in-order"
RANK = 35
LOWER, UPPER = "min_val", "max_val"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of both ends, where the lower is not the lower."""
    site = failure.site
    if site.node.spec != "nn.Hardtanh":
        return None
    low, high = site.value(LOWER), site.value(UPPER)
    if not isinstance(low, int | float) or not isinstance(high, int | float) or low < high:
        return None
    message = (
        f"{LOWER} of {title(site)} {label(site)} is {low} and {UPPER} is {high}: values between "
        f"the two pass, so that {LOWER} has to be less than {UPPER}."
    )
    usual = (reset(site, LOWER), reset(site, UPPER))
    fixes = [together(*usual, title=f"Set {LOWER} to -1.0 and {UPPER} to 1.0")]
    if low > high:
        turned = (set_to(site, LOWER, high), set_to(site, UPPER, low))
        fixes.insert(0, together(*turned, title=f"Let {LOWER} and {UPPER} change places"))
    return Diagnosis(CODE, "error", site.address, message, LOWER, "", tuple(fixes))
