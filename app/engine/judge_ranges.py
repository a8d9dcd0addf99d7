"""Labels that are too many for the scores, or for lengths, in a try other than the user's batch.

What holds for that batch itself is a lint's to tell, which has fixes, but of a loss that a
condition may leave out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from app.engine.evaluate_record import Record, Signal, Trouble
from app.engine.symbolic import Probe
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.lints.class_count import CODE, LOSSES, SEQUENCES, scores_of
from graph_editor.checking.lints.labels_in_a_row import CODE as IN_A_ROW
from graph_editor.checking.lints.labels_in_a_row import lengths_of, missed
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import AS_THEY_STAND, chain_before, facts_of
from graph_editor.checking.words import sizes
from graph_editor.document.model import Address


def range_troubles(
    context: Context, records: Mapping[Address, Record], tried: tuple[Probe, ...]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield every loss whose labels do not fit in evaluation, or with other sizes."""
    yield from _in_a_row(context, records, tried)
    yield from _counted(context, records, tried)
    for site in context.of((*LOSSES, SEQUENCES)):
        record = records.get(site.address)
        of_sequences = site.node.spec == SEQUENCES
        facts = facts_of(site, "targets" if of_sequences else "target", context)
        given = _given(record)
        if record is None or given is None or facts is None or facts.classes is None:
            continue
        count = _last_axis if of_sequences else _scores
        scores = [count(given, index) for index in range(len(tried))]
        needed = facts.classes - (site.value("ignore_index") == facts.classes - 1)
        few = [k for k, each in enumerate(scores) if each is not None and each < needed]
        if few and (few[0] > 0 or not is_run(site, context)):
            port = "log_probs" if of_sequences else "input"
            where = few[0]
            yield record, _trouble(scores[where] or 0, facts.classes, tried[where], where, port)


def _counted(
    context: Context, records: Mapping[Address, Record], tried: tuple[Probe, ...]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield every loss whose labels count the samples, where a try has more than scores."""
    for site in context.of(LOSSES):
        record = records.get(site.address)
        given = _given(record)
        if record is None or given is None or not counts_up(site, context):
            continue
        for index, probe in enumerate(tried):
            scores, label = _scores(given, index), given["target"].values[index]
            many = prod(map(int, label.shape)) if isinstance(label, TensorType) else 0
            if scores is None or scores >= many or site.value("ignore_index") == many - 1:
                continue
            if index or not is_run(site, context):
                yield record, _trouble(scores, many, probe, index, "input")
            break


def counts_up(loss: Site, context: Context) -> bool:
    """Whether labels are the whole numbers from 0 on, as for pairs of one batch."""
    *_, maker = (None, *chain_before(loss, "target", context, AS_THEY_STAND))
    if maker is None or maker.node.spec != "torch.arange":
        return False
    starts, steps = maker.value("start") in (None, 0), maker.value("step") in (None, 1)
    return starts and steps and not {"start", "step"} & maker.sources.keys()


def _in_a_row(
    context: Context, records: Mapping[Address, Record], tried: tuple[Probe, ...]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield every loss that gets the labels of all samples in a row of another length."""
    for site in context.of((SEQUENCES,)):
        record, span = records.get(site.address), lengths_of(site, context)
        given = _given(record)
        if record is None or given is None:
            continue
        found = [_missed(given, index, span) for index in range(len(tried))]
        wrong = [(index, words) for index, words in enumerate(found) if words is not None]
        if wrong and (wrong[0][0] > 0 or not _is_told(site, span, context)):
            index, words = wrong[0]
            message = (
                f"{_when(tried[index])}, the labels of all samples arrive in one row, {words}."
            )
            yield record, Trouble(IN_A_ROW, message, port="targets", tried=index)


def _given(record: Record | None) -> Mapping[str, Signal] | None:
    """Return what arrives at a loss, in each try in which it runs."""
    if record is None:
        return None
    return record.given if record.met is None else record.met


def _is_told(site: Site, span: Span | None, context: Context) -> bool:
    """Whether the rule on rows of labels speaks, by the ends of the lengths alone."""
    labels, counted = sizes(site, "targets"), sizes(site, "target_lengths")
    if labels is None or counted is None or span is None or not is_run(site, context):
        return False
    return missed(labels, counted, span) is not None


def _missed(given: Mapping[str, Signal], index: int, span: Span | None) -> str | None:
    if "targets" not in given or "target_lengths" not in given:
        return None
    labels, lengths = given["targets"].values[index], given["target_lengths"].values[index]
    if not isinstance(labels, TensorType) or not isinstance(lengths, TensorType):
        return None
    rows, counted = tuple(map(int, labels.shape)), tuple(map(int, lengths.shape))
    known = given["target_lengths"].number(index)
    if known is None:
        return None if span is None else missed(rows, counted, span)
    total = int(known.tensor().sum())
    if len(rows) != 1 or rows[0] == total:
        return None
    return f"{rows[0]} of them, and their lengths add up to {total}"


def _scores(given: Mapping[str, Signal], index: int) -> int | None:
    logits, target = (given[p].values[index] if p in given else None for p in ("input", "target"))
    if not isinstance(logits, TensorType) or not isinstance(target, TensorType):
        return None
    return scores_of(tuple(map(int, logits.shape)), tuple(map(int, target.shape)))


def _last_axis(given: Mapping[str, Signal], index: int) -> int | None:
    scores = given["log_probs"].values[index] if "log_probs" in given else None
    if not isinstance(scores, TensorType) or not scores.shape:
        return None
    return int(scores.shape[-1])


def _trouble(scores: int, classes: int, probe: Probe, index: int, port: str) -> Trouble:
    message = (
        f"{_when(probe)}, {scores} score{'s' * (scores != 1)} for each sample "
        f"arrive{'s' * (scores == 1)} here, and the labels name {classes} classes, "
        f"0 to {classes - 1}."
    )
    return Trouble(CODE, message, port=port, tried=index)


def _when(probe: Probe) -> str:
    where = ", ".join(f"{name} = {size}" for name, size in probe.sizes.items())
    in_training = f"With {where}" if where else "In training"
    return in_training if probe.training else "In evaluation"
