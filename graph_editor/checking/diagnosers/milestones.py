"""Milestones of a schedule that are no list, or too many or too few for its parts.

What it does: counts the milestones of SequentialLR and the schedulers wired into it; looks whether
those of MultiStepLR are a list.

Why it matters: a milestone of SequentialLR is the step at which the next scheduler begins. The
first one begins by itself, so that there is one milestone fewer than there are schedulers.

Example: `SequentialLR(milestones=[5, 10])` with two schedulers; `MultiStepLR(milestones=5)`.
Better: `SequentialLR(milestones=[5])`; `MultiStepLR(milestones=[5])`.

Fix: the first milestones alone, where there are too many; a list of the one number.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import brief, label, number, title

CODE = "milestones"
RANK = 35


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the milestones, where they are not as many as wanted."""
    site = failure.site
    if site.node.spec not in ("lr_scheduler.MultiStepLR", "lr_scheduler.SequentialLR"):
        return None
    said = site.value("milestones")
    if isinstance(said, tuple):
        is_sequence = site.node.spec == "lr_scheduler.SequentialLR"
        return _counted(site, len(said)) if is_sequence else None
    if number(said) is None:
        return None
    message = (
        f"milestones of {title(site)} {label(site)} is {brief(said)}, and has to be a list of "
        f"steps, such as [{brief(said)}]."
    )
    fixes = (set_to(site, "milestones", (said,)),)
    return Diagnosis(CODE, "error", site.address, message, "milestones", "", fixes)


def _counted(site: Site, count: int) -> Diagnosis | None:
    parts = sum(port.startswith("schedulers[") for port in site.sources)
    if not parts or count == parts - 1:
        return None
    message = (
        f"{title(site)} {label(site)} has {parts} scheduler{'s' * (parts != 1)} and {count} "
        f"milestone{'s' * (count != 1)}. A milestone is the step at which the next scheduler "
        f"begins, so that {parts - 1} {'is' if parts == 2 else 'are'} wanted."
    )
    said = site.value("milestones")
    is_more = isinstance(said, tuple) and count >= parts
    fixes = (set_to(site, "milestones", said[: parts - 1]),) if is_more else ()  # type: ignore[index]  # a tuple
    return Diagnosis(CODE, "error", site.address, message, "milestones", "", fixes)
