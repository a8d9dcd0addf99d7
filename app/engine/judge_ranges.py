"""Labels that name more classes than there are scores, in a try other than the user's batch.

What holds for that batch itself is a lint's to tell, which has fixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine.evaluate_record import Record, Signal, Trouble
from app.engine.symbolic import Probe
from graph_editor.checking.failure import Context
from graph_editor.checking.lints.class_count import CODE, LOSSES, scores_of
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import facts_of
from graph_editor.document.model import Address


def range_troubles(
    context: Context, records: Mapping[Address, Record], tried: tuple[Probe, ...]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield every loss that gets too few scores in evaluation, or with other sizes."""
    for site in context.of(LOSSES):
        record = records.get(site.address)
        facts = facts_of(site, "target", context)
        given = record.given if record is not None else None
        if record is None or given is None or facts is None or facts.classes is None:
            continue
        scores = [_scores(given, index) for index in range(len(tried))]
        needed = facts.classes - (site.value("ignore_index") == facts.classes - 1)
        few = [k for k, count in enumerate(scores) if count is not None and count < needed]
        if few and few[0] > 0:
            yield record, _trouble(scores[few[0]] or 0, facts.classes, tried[few[0]], few[0])


def _scores(given: Mapping[str, Signal], index: int) -> int | None:
    logits, target = (given[p].values[index] if p in given else None for p in ("input", "target"))
    if not isinstance(logits, TensorType) or not isinstance(target, TensorType):
        return None
    return scores_of(tuple(map(int, logits.shape)), tuple(map(int, target.shape)))


def _trouble(scores: int, classes: int, probe: Probe, index: int) -> Trouble:
    where = ", ".join(f"{name} = {size}" for name, size in probe.sizes.items())
    when = f"With {where}" if probe.training and where else "In evaluation"
    message = (
        f"{when}, {scores} score{'s' * (scores != 1)} for each sample arrive{'s' * (scores == 1)} "
        f"here, and the labels name {classes} classes, 0 to {classes - 1}."
    )
    return Trouble(CODE, message, port="input", tried=index)
