"""The body of the loop over batches: the step, its losses, the backward pass, the optimizer."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.emit import Expression
from codegen.names import fresh
from codegen.statements import Statement, branch, word
from codegen.train_metrics import is_mean
from codegen.train_optimizer import accumulates, clips
from codegen.train_parts import OWN_NAMES, Parts
from codegen.train_scheduler import schedule_line
from codegen.train_step import StepWriter
from graph_editor.document.model import Address


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a metric over the samples of an epoch."""

    label: str
    total: str
    node: Address


def write_batch(parts: Parts) -> tuple[list[Statement], list[Sum]]:
    """Return the statements of a batch, and the metrics that they sum up."""
    step = StepWriter(parts, lambda tensor: Expression(f"{tensor}[batch]"), ())
    step.call_model()
    step.put_loss()
    watched = len(step.lines)
    sums = _sums(parts, step)
    lines: list[Statement] = [
        word("step += 1"),
        word('lr = optimizer.param_groups[0]["lr"]'),
        *step.lines[:watched],
        word("total.add_(loss.detach(), alpha=len(batch))"),
        *step.lines[watched:],
        *_rest_of_batch(parts),
    ]
    return lines, sums


def _sums(parts: Parts, step: StepWriter) -> list[Sum]:
    """Have the step sum up each metric that is a mean of values which it has anyway."""
    taken = {*OWN_NAMES, *parts.names.values(), *step.metrics().values()}
    sums = []
    for node, label in step.metrics().items():
        if is_mean(parts.project.main, node) and step.has_at_hand(node):
            total = fresh(f"total_{label}", taken)
            taken.add(total)
            variable = step.put_metric(node, label)
            added = f"{total}.add_({variable}.detach(), alpha=len(batch))"
            step.lines.append(word(added, Address(node)))
            sums.append(Sum(label, total, Address(node)))
    return sums


def _rest_of_batch(parts: Parts) -> list[Statement]:
    return [
        word(
            'event = {"event": "step", "step": step, "epoch": epoch, "train_loss": loss.detach()}'
        ),
        *accumulates(parts, "scale"),
        word("loss.backward()"),
        *accumulates(parts, "wait"),
        *clips(parts),
        word("optimizer.step()", Address(parts.plan.optimizer)),
        word("optimizer.zero_grad()", Address(parts.plan.optimizer)),
        *schedule_line(parts, "step"),
        branch(Expression("report(event)"), [word("return model")]),
    ]
