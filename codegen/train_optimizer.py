"""The optimizer in train.py, and the lines of clipping and accumulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from codegen.emit import Expression, call, name
from codegen.literals import NoLiteral, unknown, written
from codegen.settings import AS_KEYWORD
from codegen.statements import Line, Statement, Suite, assign, branch, word
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Address, Arg, NodeId, same

Written = Callable[[Argument, Arg], Expression]
"""Writes the value of an argument; raises NoLiteral."""


def optimizer_line(parts: Parts) -> Line:
    """Return the statement that makes the optimizer. Raises CannotWrite."""
    node_id = parts.plan.optimizer
    keywords = {"lr": name("settings.lr"), **keyword_arguments(parts, node_id, _value)}
    for setting in AS_KEYWORD:
        if setting in keywords:
            keywords[setting] = name(f"settings.{setting}")
    callee = name(parts.spec(node_id).callee)
    value = call(callee, [Expression("model.parameters()")], keywords)
    return assign("optimizer", value, Address(node_id))


def keyword_arguments(parts: Parts, node_id: NodeId, write: Written) -> dict[str, Expression]:
    """Return a node's constructor arguments that differ from torch's defaults, by name.

    Raises CannotWrite.
    """
    args = parts.node(node_id).args
    found = {}
    for argument in parts.spec(node_id).arguments:
        if argument.stage != "constructor" or argument.style == "pseudo":
            continue
        if argument.name not in args or same(args[argument.name], argument.default):
            continue
        try:
            found[argument.name] = write(argument, args[argument.name])
        except NoLiteral as problem:
            what = f"{argument.name} cannot be written: {problem}"
            raise CannotWrite(node_id, what, "Give a number, or use epochs") from None
    return found


def _value(argument: Argument, value: Arg) -> Expression:  # noqa: ARG001  # a Written
    return written(value, known_names)


def known_names(word: str, axis: int | None) -> Expression:
    """Return what a name in an argument of the training stands for. Raises NoLiteral."""
    return name("settings.epochs") if (word, axis) == ("epochs", None) else unknown(word, axis)


def clips(parts: Parts) -> list[Line]:
    """Return the line that shortens gradients, if the optimizer asks for it."""
    if parts.node(parts.plan.optimizer).args.get("clip_norm") is None:
        return []
    text = "nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)"
    return [word(text, Address(parts.plan.optimizer))]


def accumulated(parts: Parts) -> bool:
    """Whether the gradients of several batches add up to one step."""
    return parts.node(parts.plan.optimizer).args.get("accumulate") not in (None, 1)


def accumulates(parts: Parts, place: Literal["scale", "wait"]) -> list[Statement]:
    """Return the lines by which the gradients of several batches add up to one step."""
    node = Address(parts.plan.optimizer)
    if not accumulated(parts):
        return []
    if place == "scale":
        return [word("loss = loss / settings.accumulate", node)]
    stop = branch(Expression("report(event)"), [word("return model", node)], node=node)
    test = Line("if ", Expression("step % settings.accumulate"), ":", "more is added up", node)
    return [Suite(test, [stop, word("continue", node)])]
