"""The functions train and evaluate of train.py, with a line or two for each feature that is on."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.emit import Expression
from codegen.statements import Blank, Line, Statement, Suite, branch, loop, word
from codegen.train_batch import write_batch
from codegen.train_nodes import modules_of, write_module
from codegen.train_optimizer import optimizer_line
from codegen.train_parts import Parts
from codegen.train_scheduler import schedule_line, scheduler_lines
from codegen.train_step import StepWriter
from graph_editor.document.model import Address


def multiline(opening: str, items: Sequence[Statement], closing: str) -> Suite:
    """Return a bracket that stays on several lines, an item each: one more changes none."""
    return Suite(word(opening), items, [Suite(word(closing), ())])


def write_train_function(parts: Parts) -> list[Statement]:
    """Return the body of ``train``. Raises CannotWrite."""
    tensors = [parts.names[f"data.{t}"] for t in parts.data.names]
    unpacked = ", ".join(tensors) if len(tensors) > 1 else f"({tensors[0]},)"
    source = Address(parts.plan.source)
    return [
        word("torch.manual_seed(settings.seed)"),
        word("torch.set_num_threads(settings.threads)"),
        word("device = torch.device(settings.device)"),
        word("train_part, val_part = load_data(settings.seed)", source),
        word(f"{unpacked} = (tensor.to(device) for tensor in train_part)", source),
        word("validation = [tensor.to(device) for tensor in val_part]", source),
        word(f"batches = math.ceil(len({tensors[0]}) / settings.batch_size)"),
        Blank(),
        word(f"model = {parts.model}().to(device)"),
        *[write_module(parts, node) for node in modules_of(parts)],
        optimizer_line(parts),
        *scheduler_lines(parts),
        word("shuffle = torch.Generator().manual_seed(settings.seed)"),
        *_event("state", "start", _start_fields(parts)),
        Blank(),
        word("step = 0"),
        Suite(word("for epoch in range(1, settings.epochs + 1):"), _epoch(parts, tensors[0])),
        word("return model"),
    ]


def _event(variable: str, event: str, fields: Sequence[Line]) -> list[Statement]:
    items = [word(f'"event": "{event}",'), *fields]
    return [
        multiline(f"{variable} = {{", items, "}"),
        branch(Expression(f"report({variable})"), [word("return model")]),
    ]


def _start_fields(parts: Parts) -> list[Line]:
    fields = [word('"model": model,'), word('"optimizer": optimizer,')]
    if parts.plan.scheduler is not None:
        fields.append(word('"scheduler": scheduler,', Address(parts.plan.scheduler)))
    return [*fields, word('"shuffle": shuffle,'), word('"batches": batches,')]


def _epoch(parts: Parts, first: str) -> list[Statement]:
    batch, sums = write_batch(parts)
    arguments = ["model", *[parts.names[f"module.{n}"] for n in modules_of(parts)], "*validation"]
    fields = [
        word('"epoch": epoch,'),
        word('"step": step,'),
        word('"lr": lr,'),
        word(f'"train_loss": total.item() / len({first}),'),
        *[word(f'"train_{each.label}": {each.total}.item() / len({first}),') for each in sums],
        word("**result,"),
    ]
    return [
        word("model.train()"),
        word("total = torch.zeros((), device=device)"),
        *[word(f"{each.total} = torch.zeros((), device=device)", each.node) for each in sums],
        word(f"order = torch.randperm(len({first}), generator=shuffle).to(device)"),
        loop("batch", Expression("torch.split(order, settings.batch_size)"), batch),
        word(f"result = evaluate({', '.join(arguments)})"),
        *schedule_line(parts, "epoch"),
        *_event("event", "epoch", fields),
    ]


def write_evaluate(parts: Parts) -> Suite:
    """Return the function ``evaluate``. Raises CannotWrite."""
    modules = modules_of(parts)
    arguments = [
        word("model: nn.Module,"),
        *[word(f"{parts.names[f'module.{n}']}: nn.Module,", Address(n)) for n in modules],
        *[word(f"{parts.names[f'data.{t}']}: torch.Tensor,") for t in parts.data.names],
    ]
    step = StepWriter(parts, Expression, parts.plan.metrics)
    step.call_model()
    step.put_loss()
    metrics = step.put_metrics()
    results = [word('"val_loss": loss.item(),')]
    results += [word(f'"val_{label}": {variable}.item(),') for label, variable in metrics.items()]
    body: list[Statement] = [word("model.eval()"), *step.lines]
    body.append(multiline("return {", results, "}"))
    docstring = "Return the loss and the metrics of this data, in evaluation mode."
    head = Line("", Expression(") -> dict[str, float]:"))
    clause = Suite(head, body, (), (), docstring)
    mark = Line("@", Expression("torch.no_grad()"))
    return Suite(word("def evaluate("), arguments, [clause], [mark], "", True)
