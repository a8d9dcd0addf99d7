"""The optimizer and its scheduler in train.py, and the lines of clipping and accumulation."""

from __future__ import annotations

from typing import Literal

from codegen.emit import Expression, call, name
from codegen.literals import NoLiteral, unknown, written
from codegen.settings import AS_KEYWORD
from codegen.statements import Line, Statement, Suite, assign, branch, word
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Address, Arg, NodeId, same

Interval = Literal["epoch", "step"]
PER_STEP = ("lr_scheduler.OneCycleLR", "lr_scheduler.CyclicLR")
"""Schedulers that are stepped after every batch unless the drawing says otherwise."""

LENGTHS = {
    "lr_scheduler.CosineAnnealingLR": "T_max",
    "lr_scheduler.OneCycleLR": "total_steps",
    "lr_scheduler.PolynomialLR": "total_iters",
}
"""Schedulers that last as long as the training unless the drawing says otherwise, by argument."""


def optimizer_line(parts: Parts) -> Line:
    """Return the statement that makes the optimizer. Raises CannotWrite."""
    node_id = parts.plan.optimizer
    keywords = {"lr": name("settings.lr"), **_keywords(parts, node_id)}
    for setting in AS_KEYWORD:
        if setting in keywords:
            keywords[setting] = name(f"settings.{setting}")
    callee = name(parts.spec(node_id).callee)
    value = call(callee, [Expression("model.parameters()")], keywords)
    return assign("optimizer", value, Address(node_id))


def _keywords(parts: Parts, node_id: NodeId) -> dict[str, Expression]:
    """Return a node's constructor arguments that differ from torch's defaults, by name."""
    args = parts.node(node_id).args
    found = {}
    for argument in parts.spec(node_id).arguments:
        if argument.stage != "constructor" or argument.style == "pseudo":
            continue
        if argument.name not in args or same(args[argument.name], argument.default):
            continue
        found[argument.name] = _value(node_id, argument, args[argument.name])
    return found


def _value(node_id: NodeId, argument: Argument, value: Arg) -> Expression:
    try:
        return written(value, _epochs)
    except NoLiteral as problem:
        raise CannotWrite(
            node_id, f"{argument.name} cannot be written: {problem}", "Give a number, or use epochs"
        ) from None


def _epochs(word: str, axis: int | None) -> Expression:
    return name("settings.epochs") if (word, axis) == ("epochs", None) else unknown(word, axis)


def scheduler_line(parts: Parts) -> list[Line]:
    """Return the statement that makes the scheduler, if there is one. Raises CannotWrite."""
    node_id = parts.plan.scheduler
    if node_id is None:
        return []
    node, keywords = parts.node(node_id), _keywords(parts, node_id)
    length = LENGTHS.get(node.spec)
    if length is not None and length not in keywords and "epochs" not in keywords:
        text = "settings.epochs" if _interval(parts) == "epoch" else _steps(parts)
        keywords = {length: Expression(text)} | keywords
    if node.spec == "lr_scheduler.OneCycleLR" and "max_lr" not in keywords:
        keywords = {"max_lr": name("settings.lr")} | keywords
    value = call(name(parts.spec(node_id).callee), [name("optimizer")], keywords)
    return [assign("scheduler", value, Address(node_id))]


def _steps(parts: Parts) -> str:
    whole = "settings.epochs * batches"
    return f"{whole} // settings.accumulate" if _accumulated(parts) else whole


def _interval(parts: Parts) -> Interval:
    assert parts.plan.scheduler is not None
    node = parts.node(parts.plan.scheduler)
    said = node.args.get("interval", "step" if node.spec in PER_STEP else "epoch")
    if said not in ("epoch", "step"):
        raise CannotWrite(parts.plan.scheduler, "interval is unknown", "Say epoch or step")
    return "step" if said == "step" else "epoch"


def schedule_line(parts: Parts, place: Interval) -> list[Line]:
    """Return the scheduler's step if it belongs to this place. Raises CannotWrite."""
    node_id = parts.plan.scheduler
    if node_id is None or _interval(parts) != place:
        return []
    if parts.node(node_id).spec != "lr_scheduler.ReduceLROnPlateau":
        return [word("scheduler.step()", Address(node_id))]
    if place == "step":
        raise CannotWrite(
            node_id,
            "a plateau is looked for once an epoch, not every step",
            "Set interval to epoch",
        )
    return [word('scheduler.step(result["val_loss"])', Address(node_id))]


def clips(parts: Parts) -> list[Line]:
    """Return the line that shortens gradients, if the optimizer asks for it."""
    if parts.node(parts.plan.optimizer).args.get("clip_norm") is None:
        return []
    text = "nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)"
    return [word(text, Address(parts.plan.optimizer))]


def _accumulated(parts: Parts) -> bool:
    return parts.node(parts.plan.optimizer).args.get("accumulate") not in (None, 1)


def accumulates(parts: Parts, place: Literal["scale", "wait"]) -> list[Statement]:
    """Return the lines by which the gradients of several batches add up to one step."""
    node = Address(parts.plan.optimizer)
    if not _accumulated(parts):
        return []
    if place == "scale":
        return [word("loss = loss / settings.accumulate", node)]
    stop = branch(Expression("report(event)"), [word("return model", node)], node=node)
    test = Line("if ", Expression("step % settings.accumulate"), ":", "more is added up", node)
    return [Suite(test, [stop, word("continue", node)])]
