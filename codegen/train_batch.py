"""The body of the loop over batches: the step, its losses, the backward passes, the optimizers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen import train_checkpoint, train_feeds, train_precision, train_processes, train_watch
from codegen.emit import Expression, call, dict_of, literal, name, operation
from codegen.names import fresh
from codegen.statements import Blank, Line, Statement, assign, branch, word
from codegen.train_metrics import is_count, is_mean
from codegen.train_nodes import Place
from codegen.train_optimizer import accumulates, backward, clips
from codegen.train_parts import OWN_NAMES, Parts
from codegen.train_phases import Learner, Phase
from codegen.train_scheduler import schedule_line
from codegen.train_shadows import shadows_moved
from codegen.train_step import StepWriter
from graph_editor.document.model import Address

TRAINING = Place(
    name("device"),
    {
        "epoch": name("epoch"),
        "step": name("step"),
        "epochs": name("settings.epochs"),
        "B": Expression("len(batch)"),
    },
)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum over the samples of an epoch of a metric, or of one of several losses."""

    label: str
    total: str
    node: Address


def write_batch(parts: Parts) -> tuple[list[Statement], list[Sum], set[str]]:
    """Return the statements of a batch, what they sum up, and the data that they read."""
    step = StepWriter(parts, lambda t, batch: Expression(f"{t}[{batch}]"), (), TRAINING)
    begun: list[Statement] = [
        word("step += 1"),
        *train_checkpoint.skipped(parts),
        *train_feeds.taken(parts),
        *train_processes.share(parts),
        *_rates(parts),
    ]
    if len(parts.plan.phases) > 1:
        lines, sums = _in_turn(parts, step)
    else:
        lines, sums = _at_once(parts, step)
    return [*begun, *lines], sums, step.read


def _rates(parts: Parts) -> list[Line]:
    """Return the statements that note the learning rates before schedules change them."""
    return [
        word(f'{x.called("lr")} = {x.called("optimizer")}.param_groups[0]["lr"]')
        for x in parts.learners
    ]


def rates_told(parts: Parts) -> list[Line]:
    """Return the entries of an epoch's event for the learning rates."""
    first, *others = parts.learners
    found = [word(f'"lr": {first.called("lr")},')]
    return found + [word(f'"{x.called("lr")}": {x.called("lr")},') for x in others]


def _at_once(parts: Parts, step: StepWriter) -> tuple[list[Statement], list[Sum]]:
    """Return the rest of a batch with a single phase."""
    (phase,) = parts.plan.phases
    step.put_phase(0, phase)
    watched = len(step.lines)
    sums = _sums(parts, step)
    lines: list[Statement] = [
        *train_precision.rounded(parts, "device", step.lines[:watched]),
        word(f"total.add_(loss.detach(), alpha={train_processes.counted(parts)})"),
        *step.lines[watched:],
        word(
            'event = {"event": "step", "step": step, "epoch": epoch, "train_loss": loss.detach()}'
        ),
        *accumulates(parts, "scale"),
        *train_processes.weighted(parts),
        backward(parts, phase),
        *accumulates(parts, "wait"),
        *_stepped(parts, phase),
        *shadows_moved(parts, TRAINING),
        *train_watch.averaged(parts),
        branch(Expression("report(event)"), [word(f"return {parts.returned}")]),
    ]
    return lines, sums


def _stepped(parts: Parts, phase: Phase) -> list[Statement]:
    """Return the statements that change weights when their gradients are there."""
    lines: list[Statement] = []
    for learner in phase.learners:
        lines += train_processes.gradients(parts, learner)
    for learner in phase.learners:
        lines += clips(parts, learner)
    for learner in phase.learners:
        lines += _stepping(parts, learner)
    return [*lines, *train_precision.updated(parts)]


def _stepping(parts: Parts, learner: Learner) -> list[Line]:
    optimizer, node = learner.called("optimizer"), Address(learner.node)
    return [
        *train_precision.stepped(parts, node, optimizer),
        word(f"{optimizer}.zero_grad()", node),
        *schedule_line(parts, "step", learner),
    ]


def _in_turn(parts: Parts, step: StepWriter) -> tuple[list[Statement], list[Sum]]:
    """Return the rest of a batch in which optimizers act one after the other."""
    lines: list[Statement] = []
    for place, phase in enumerate(parts.plan.phases):
        before, kept = len(step.lines), step.keep()
        step.put_phase(place, phase)
        body = [
            *train_precision.rounded(parts, "device", step.lines[before:]),
            *_turn(parts, phase),
        ]
        if phase.every:
            test = f"step % settings.{phase.first.called('every')} == 0"
            body = [branch(Expression(test), body, node=Address(phase.first.node))]
            step.go_back(kept)
        lines += [*body, Blank()]
    lines += shadows_moved(parts, TRAINING)
    lines += train_watch.averaged(parts)
    step.phase = len(parts.plan.phases)
    steady = [phase for phase in parts.plan.phases if not phase.every]
    sums = _losses_told(parts, steady)
    lines.append(assign("loss", total_of(steady, detached=True)))
    lines.append(word(f"total.add_(loss, alpha={train_processes.counted(parts)})"))
    for each, phase in zip(sums, steady, strict=False):
        added = f"{each.total}.add_({phase.loss}.detach(), alpha={train_processes.counted(parts)})"
        lines.append(word(added, each.node))
    before = len(step.lines)
    sums += _sums(parts, step)
    lines += step.lines[before:]
    lines.append(assign("event", _event(steady)))
    lines.append(branch(Expression("report(event)"), [word(f"return {parts.returned}")]))
    return lines, sums


def _turn(parts: Parts, phase: Phase) -> list[Statement]:
    """Return the backward pass of a phase and the steps of its optimizers."""
    stepping = _stepped(parts, phase)
    if phase.accumulate:
        count = f"settings.{phase.first.called('accumulate')}"
        if phase.every:
            count = f"(settings.{phase.first.called('every')} * {count})"
        test = Expression(f"step % {count} == 0")
        stepping = [branch(test, stepping, node=Address(phase.first.node))]
    return [backward(parts, phase), *stepping]


def total_of(phases: Sequence[Phase], detached: bool = False) -> Expression:
    """Return the sum of the losses of phases."""
    terms = [name(f"{phase.loss}.detach()" if detached else phase.loss) for phase in phases]
    total = terms[0]
    for term in terms[1:]:
        total = operation("+", total, term)
    return total


def _losses_told(parts: Parts, steady: Sequence[Phase]) -> list[Sum]:
    """Return the sums of the losses that act in every step, where there are several."""
    taken = {*OWN_NAMES, *parts.names.values()}
    if len(steady) < 2:
        return []
    return [
        Sum(phase.loss, fresh(f"total_{phase.loss}", taken), Address(phase.first.node))
        for phase in steady
    ]


def _event(steady: Sequence[Phase]) -> Expression:
    told: dict[str, Expression] = {
        "event": literal("step"),
        "step": name("step"),
        "epoch": name("epoch"),
        "train_loss": name("loss"),
    }
    if len(steady) > 1:
        for phase in steady:
            told[f"train_{phase.loss}"] = call(name(f"{phase.loss}.detach"))
    return dict_of(told)


def _sums(parts: Parts, step: StepWriter) -> list[Sum]:
    """Have the step sum up each metric that is a mean of values which it has anyway."""
    taken = {*OWN_NAMES, *parts.names.values(), *step.metrics().values()}
    sums = []
    for node, label in step.metrics().items():
        if is_mean(parts.project.main, node) and step.has_at_hand(node):
            total = fresh(f"total_{label}", taken)
            taken.add(total)
            variable = step.put_metric(node, label)
            value = variable if is_count(parts.project.main, node) else f"{variable}.detach()"
            added = f"{total}.add_({value}, alpha={train_processes.counted(parts)})"
            step.lines.append(word(added, Address(node)))
            sums.append(Sum(label, total, Address(node)))
    return sums
