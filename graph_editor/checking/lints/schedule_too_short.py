"""A OneCycleLR that is over before the training is.

What it does: compares the number of steps that a OneCycleLR lasts with how often the training moves
it on: once a batch, or once an epoch where `interval` says so.

Why it matters: torch refuses every step beyond the last one, in the middle of the training.

Example: `OneCycleLR(max_lr=0.1, total_steps=100)` in a training of 10 epochs of 23 batches.
Better: `total_steps=230`.

Fix: sets `total_steps` to the number of steps of the training.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.catalogue.batch import batch_of, samples_to_train
from graph_editor.catalogue.run_settings import COUNTS
from graph_editor.checking.failure import Context, Diagnosis, Site, Source
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, number, title
from graph_editor.document.model import Arg

CODE = "schedule-too-short"
ENDING = ("lr_scheduler.OneCycleLR",)
"""Schedules that torch refuses to move on after their end."""


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every schedule that ends before the training does, where the numbers are known."""
    for site in context.of(ENDING):
        lasts = _lasts(site)
        steps = steps_of(site, context) if "optimizer" in site.sources else None
        if lasts is None or steps is None:
            continue
        count, words = steps
        if 0 < lasts < count:
            message = (
                f"{title(site)} {label(site)} lasts {lasts} step{'s' * (lasts != 1)}, and the "
                f"training takes {count} ({words}): torch stops it at step {lasts + 1}."
            )
            fixes = (set_to(site, "total_steps", count),)
            yield Diagnosis(CODE, "error", site.address, message, "total_steps", "", fixes)


def _lasts(site: Site) -> int | None:
    """Return the number of steps after which a schedule is over, as torch reckons it."""
    if site.value("total_steps") is not None:
        return _count(site.value("total_steps"))
    epochs, each = _count(site.value("epochs")), _count(site.value("steps_per_epoch"))
    return epochs * each if epochs is not None and each is not None else None


def _count(value: Arg) -> int | None:
    """Return a whole number, or None for all else; True counts for 1, as in Python."""
    return int(value) if isinstance(value, int) else None


def steps_of(site: Site, context: Context) -> tuple[int, str] | None:
    """Return how often the written training moves a schedule on, and how that comes about.

    One that is a part of another is moved on as that one likes.
    """
    if any(s.address == site.address for each in context.sites.values() for s in _held(each)):
        return None
    epochs, interval = epochs_of(context), site.value("interval")
    said = f"{epochs} epoch{'s' * (epochs != 1)}"
    if interval == "epoch":
        return epochs, said
    there = samples_to_train(context.project)
    if there is None or there < 1 or interval != "step":
        return None
    batches = math.ceil(there / (context.batch or batch_of(context.project)))
    many = f"{said} of {batches} batch{'es' * (batches != 1)}"
    waits = _accumulated(site, context)
    if waits is None or waits < 1:
        return None
    each = f", a step every {waits} batches" if waits > 1 else ""
    return epochs * batches // waits, many + each


def _held(site: Site) -> Iterator[Source]:
    """Yield what is wired into a schedule as one of its parts."""
    if site.node.kind == "lr_scheduler":
        yield from (source for port, source in site.sources.items() if port != "optimizer")


def epochs_of(context: Context) -> int:
    """Return how many epochs a training takes."""
    said, known = context.project.run.get("epochs"), COUNTS["epochs"]
    return said if isinstance(said, int) and known.allows(said) else known.default


def _accumulated(site: Site, context: Context) -> int | None:
    """Return after how many batches the optimizer of a schedule goes a step."""
    optimizer = context.sites.get(site.sources["optimizer"].address)
    said = optimizer.value("accumulate") if optimizer is not None else None
    return 1 if said is None else number(said)
