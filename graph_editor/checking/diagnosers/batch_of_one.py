"""A batch normalisation that would see a single value for each channel in training.

What it does: looks whether batch size times places is 1 where BatchNorm is in training mode; above
all in the last, smaller batch of an epoch. Without running statistics evaluation is no other.

Why it matters: the variance of one value does not exist, and torch stops the run there.

Example: 1,437 samples in batches of 4 leave a last batch of 1.
Better: batches of 5, which leave 2.

Fix: a batch size that leaves more than one sample, or a LayerNorm, which looks at one sample alone.
In evaluation, running statistics.
"""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.proposals import replace_spec, set_to
from graph_editor.checking.words import label, product, sizes, title
from graph_editor.document.model import Project

CODE = "batch-of-one"
RANK = 18
WHEN = {
    "last_batch": "The last batch of an epoch",
    "validation": "The validation part, which is evaluated at once,",
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a BatchNorm that needs the statistics of its batch gets one value a channel."""
    site = failure.site
    arriving = sizes(site, "input")
    own = failure.training or site.value("track_running_stats") is False
    if "BatchNorm" not in site.node.spec or not own or not arriving:
        return None
    if len(arriving) < 2 or arriving[0] * product(arriving[2:]) != 1:
        return None
    where = "training" if failure.training else "evaluation too, without running statistics"
    message = (
        f"{WHEN.get(failure.probe, 'The batch')} holds 1 sample, and {title(site)} {label(site)} "
        f"needs more than one value for each channel in {where} "
        f"({'×'.join(map(str, arriving))} arrives)."
    )
    if failure.training:
        proposals = [_batch_size(size) for size in _near(context.batch or 1)]
    else:
        proposals = [set_to(site, "track_running_stats", True)]
    if len(arriving) == 2:
        proposals.append(replace_spec(site, "nn.LayerNorm", without=tuple(site.node.args)))
    return Diagnosis(CODE, "error", site.address, message, "", "input", tuple(proposals))


def _near(batch: int) -> tuple[int, ...]:
    return tuple(n for n in (batch + 1, batch + 2, batch - 1) if n > 1)


def _batch_size(size: int) -> Proposal:
    def edit(project: Project) -> Project:
        return replace(project, run=project.run.set("batch_size", size))

    return Proposal(f"run:set-batch_size-{size}", f"Set batch_size to {size}", edit)
