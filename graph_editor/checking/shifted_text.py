"""Whether scores and labels are those of one text, of which one side lacks a word at an end."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import facts_of, source_of
from graph_editor.checking.words import sizes


def is_shifted(site: Site, steps: int, labels: int, context: Context) -> bool:
    """Whether a loss has one step more or less than labels, each a token of what enters the model.

    Any other difference comes of the model itself, as of branches that were put one behind the
    other or of a convolution that leaves the ends out: there labels that are cut go to wrong steps.
    """
    if abs(steps - labels) != 1:
        return False
    target, facts = source_of(site, "target", context), facts_of(site, "target", context)
    count = facts.classes if facts is not None else None
    for table in context.of(("nn.Embedding",)):
        arriving, source = sizes(table, "input"), source_of(table, "input", context)
        if not arriving or arriving[-1] != steps or source is None:
            continue
        tokens = facts_of(table, "input", context)
        alike = tokens is not None and tokens.classes is not None and tokens.classes == count
        if alike or source == target:
            return True
    return False
