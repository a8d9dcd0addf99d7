"""Numbers with a point made whole before a node that needs them as they were.

What it does: where a node is refused since it gets whole numbers or truth values and needs floats,
looks for the conversion before it that made them of floats.

Why it matters: `.long()` cuts the fractions off, and no gradient passes it. torch names the loss or
the layer behind, and nothing is wrong with that.

Example: `Linear(32, 5) → .long() → CrossEntropyLoss`.
Better: `Linear(32, 5) → CrossEntropyLoss`; it is the labels that are whole numbers.

Fix: switches the conversion off.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.dtype import refused_kind
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import skip
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.rules import FLOATS, INTEGERS
from graph_editor.checking.walk import ELEMENTWISE, TRANSPARENT, chain_before, first_port
from graph_editor.checking.words import label, title

CODE = "made-whole"
RANK = 9
WHOLE = INTEGERS | {"bool"}
CONVERSIONS = frozenset(("Tensor.long", "Tensor.bool", "Tensor.to", "Tensor.type_as"))


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the conversion behind which there are no floats any more."""
    site = failure.site
    if site.spec is None or failure.phase == "construct":
        return None
    found = check_call(site.spec, site.args, site.inputs, failure.training) or refused_kind(site)
    arriving = site.inputs.get(found.port) if found is not None else None
    if found is None or found.wants not in FLOATS or arriving is None:
        return None
    maker = _conversion(site, found.port, context) if arriving.dtype in WHOLE else None
    if maker is None:
        return None
    before, after = maker.inputs[first_port(maker)].dtype, site.inputs[found.port].dtype
    does = "leaves nothing but true and false" if after == "bool" else "cuts the fractions off"
    message = (
        f"Conversion {label(maker)} makes {before} into {after}, which {does} "
        f"and lets no gradient pass. {title(site)} {label(site)} behind it gets "
        f"{site.shown(found.port)} {after} at {found.port}, and needs {found.wants}."
    )
    return Diagnosis(CODE, "error", maker.address, message, "", "", (skip(maker),))


def _conversion(site: Site, port: str, context: Context) -> Site | None:
    """Return the conversion of floats that a port's whole numbers come from."""
    wrong = site.inputs[port].dtype
    for maker in chain_before(site, port, context, ELEMENTWISE | TRANSPARENT | CONVERSIONS):
        entering = maker.inputs.get(first_port(maker))
        if entering is None:
            return None
        if maker.node.spec in CONVERSIONS and entering.dtype in FLOATS:
            return maker if maker.node.when is None else None
        if entering.dtype != wrong:
            return None
    return None
