"""What the targets of a loss are: class numbers, shares or yes and no, or measurements."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import replace_spec
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.value_range import span_at
from graph_editor.checking.walk import facts_of


def many_classes(site: Site, context: Context) -> int | None:
    """Return how many classes the source of a target declares, where they are more than two.

    No single score tells so many apart, and as floats their numbers are no measurements.
    """
    facts = facts_of(site, "target", context)
    classes = facts.classes if facts is not None else None
    return classes if classes is not None and classes > 2 else None


def are_measurements(site: Site, context: Context) -> bool:
    """Whether a target holds floats that no source says to be labels, or from 0 to 1."""
    if "target" not in site.inputs or site.inputs["target"].dtype not in FLOATS:
        return False
    facts = facts_of(site, "target", context)
    if facts is not None and facts.classes is not None:
        return False
    return leaves_unit(site, context) is not False


def leaves_unit(site: Site, context: Context) -> bool | None:
    """Whether a target goes beyond 0 and 1; None where no source says how far it goes."""
    span = span_at(site, "target", context)
    return None if span is None else span.is_noise or span.low < 0 or span.high > 1


def are_known_measurements(site: Site, context: Context) -> bool:
    """Whether the source of a target says that its floats go beyond 0 and 1."""
    span = span_at(site, "target", context)
    real = are_measurements(site, context) and leaves_unit(site, context) is True
    return real and span is not None and not span.is_noise


def by_squares(site: Site) -> Proposal:
    """Propose the loss of measurements in the place of one of classes or of yes and no."""
    return replace_spec(site, "nn.MSELoss", without=tuple(site.node.args))
