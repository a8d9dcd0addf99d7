"""The functions train and evaluate of train.py, with a line or two for each feature that is on."""

from __future__ import annotations

from collections.abc import Sequence

from codegen import (
    train_checkpoint,
    train_feeds,
    train_precision,
    train_processes,
    train_start,
    train_watch,
)
from codegen.emit import Expression, call, name
from codegen.statements import Blank, Line, Statement, Suite, assign, branch, loop, word
from codegen.train_batch import rates_told, write_batch
from codegen.train_evaluation import evaluated, evaluation, losses_told
from codegen.train_frozen import statistics_kept
from codegen.train_nodes import write_models
from codegen.train_optimizer import optimizer_lines
from codegen.train_parts import Parts
from codegen.train_scheduler import schedule_lines, scheduler_lines
from graph_editor.document.model import Address


def multiline(opening: str, items: Sequence[Statement], closing: str) -> Suite:
    """Return a bracket that stays on several lines, an item each: one more changes none."""
    return Suite(word(opening), items, [Suite(word(closing), ())])


def write_train_function(parts: Parts) -> list[Statement]:
    """Return the body of ``train``. Raises CannotWrite."""
    tensors = parts.tensors(parts.feeds[0])
    unpacked = ", ".join(tensors) if len(tensors) > 1 else f"({tensors[0]},)"
    source = Address(parts.plan.source)
    epoch, totals = _epoch(parts, tensors[0])
    return [
        word("torch.manual_seed(settings.seed)"),
        word("torch.set_num_threads(settings.threads)"),
        word("device = torch.device(settings.device)"),
        *train_precision.require_device(parts),
        *train_processes.joined(parts),
        word("train_part, val_part = load_data(settings.seed)", source),
        word(f"{unpacked} = (tensor.to(device) for tensor in train_part)", source),
        word("validation = [tensor.to(device) for tensor in val_part]", source),
        *train_feeds.loaded(parts),
        word(f"batches = math.ceil(len({tensors[0]}) / settings.batch_size)"),
        Blank(),
        *write_models(parts),
        *train_start.loaded(parts),
        *optimizer_lines(parts),
        *scheduler_lines(parts),
        *train_precision.prepared(parts),
        *train_watch.copied(parts),
        *train_watch.compiled(parts),
        word("shuffle = torch.Generator().manual_seed(settings.seed)"),
        *train_processes.apart(parts),
        *train_watch.begun(parts),
        *train_checkpoint.saving(parts, totals),
        _event("state", "start", _start_fields(parts)),
        *train_checkpoint.resumed(parts),
        _reported("state", parts),
        *train_checkpoint.wrapped(parts),
        Blank(),
        word("step = 0"),
        *train_checkpoint.begun(parts),
        Suite(word("for epoch in range(1, settings.epochs + 1):"), epoch),
        word(f"return {parts.returned}"),
    ]


def _event(variable: str, event: str, fields: Sequence[Line]) -> Suite:
    items = [word(f'"event": "{event}",'), *fields]
    return multiline(f"{variable} = {{", items, "}")


def _reported(variable: str, parts: Parts) -> Suite:
    return branch(Expression(f"report({variable})"), [word(f"return {parts.returned}")])


def _start_fields(parts: Parts) -> list[Line]:
    fields = [word('"model": model,')]
    for learner in parts.learners:
        variable = learner.called("optimizer")
        fields.append(word(f'"{variable}": {variable},'))
    for learner in parts.learners:
        variable = learner.called("scheduler")
        if learner.scheduler is not None:
            fields.append(word(f'"{variable}": {variable},', Address(learner.scheduler)))
    fields += [word('"scaler": scaler,')] * parts.features.scales
    fields += [word('"ema": ema,')] * bool(parts.features.averages)
    fields += train_checkpoint.beside(parts)
    fields += train_feeds.started(parts)
    fields += [word('"shuffle": shuffle,'), word('"batches": batches,')]
    return [*fields, *[word('"save": save,')] * bool(parts.features.checkpoint)]


def _epoch(parts: Parts, first: str) -> tuple[list[Statement], list[str]]:
    """Return the body of an epoch, and the variables of the sums over its batches."""
    batch, sums = write_batch(parts)
    totals = [each.total for each in sums]
    arguments, _ = evaluation(parts)
    fields = [
        word('"epoch": epoch,'),
        word('"step": step,'),
        *rates_told(parts),
        word(f'"train_loss": total.item() / len({first}),'),
        *[word(f'"train_{each.label}": {each.total}.item() / len({first}),') for each in sums],
        word("**result,"),
    ]
    lines: list[Statement] = [
        *train_checkpoint.passed_over(parts),
        word("model.train()"),
        *[word(f"{variable}.train()") for variable in parts.models if parts.plan.outputs][1:],
        *[word(f"{variable}.train()") for variable in parts.switched],
        *statistics_kept(parts),
        word("total = torch.zeros((), device=device)"),
        *[word(f"{each.total} = torch.zeros((), device=device)", each.node) for each in sums],
        word(f"order = torch.randperm(len({first}), generator=shuffle).to(device)"),
        *train_checkpoint.inside(parts, totals),
        loop("batch", Expression("torch.split(order, settings.batch_size)"), batch),
        *train_processes.sums(parts, totals),
        assign(
            "result", call(name("evaluate"), [Expression(parts.kept(each)) for each in arguments])
        ),
        *train_processes.decided(parts),
        *schedule_lines(parts),
        *train_watch.judged(parts),
        _event("event", "epoch", fields),
        *train_checkpoint.completed(parts),
        _reported("event", parts),
        *train_watch.stopped(parts),
    ]
    return lines, totals


def write_evaluate(parts: Parts) -> Suite:
    """Return the function ``evaluate``. Raises CannotWrite."""
    _, arguments = evaluation(parts)
    step = evaluated(parts)
    watched = len(step.lines)
    metrics = step.put_metrics()
    results = [word(f'"val_{label}": {value}.item(),') for label, value in losses_told(parts)]
    results += [word(f'"val_{label}": {variable}.item(),') for label, variable in metrics.items()]
    device = f"{parts.tensors(parts.feeds[0])[0]}.device"
    body: list[Statement] = [
        *[word(f"{m}.eval()") for m in (*parts.models, *parts.switched)],
        *([word("mixed = ExitStack()")] if parts.features.precision else []),
        *train_precision.opened(parts, device),
        *step.lines[:watched],
        *train_precision.closed(parts),
        *step.lines[watched:],
    ]
    body.append(multiline("return {", results, "}"))
    docstring = "Return the loss and the metrics of this data, in evaluation mode."
    head = Line("", Expression(") -> dict[str, float]:"))
    clause = Suite(head, body, (), (), docstring)
    mark = Line("@", Expression("torch.no_grad()"))
    return Suite(word("def evaluate("), arguments, [clause], [mark], "", True)
