"""Makes learning rate schedulers, with the formulas that drive some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.engine.execute import CannotExecute, arguments_of, resolve
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.expressions import Number, evaluate, parse
from graph_editor.document.model import NOTHING, Arg, Expr


def make_scheduler(
    spec: Spec,
    args: Mapping[str, Arg],
    optimizer: Any = None,
    schedulers: Sequence[Any] = (),
    names: Mapping[str, Number] = NOTHING,
) -> Any:
    """Return a scheduler for what is wired into it: an optimizer, and perhaps other schedulers.

    ``args`` are concrete but for formulas, in which ``names`` may stand. Raises ExpressionError
    where a formula has no value, MissingArgument, MissingInput, or whatever torch raises.
    """
    wired = {f"schedulers[{index}]": each for index, each in enumerate(schedulers)}
    if optimizer is not None:
        wired["optimizer"] = optimizer
    formulas = {
        argument.name: formula(argument, args[argument.name], names)
        for argument in spec.arguments
        if argument.type == "expression" and argument.name in args
    }
    given, by_name = arguments_of(spec, "call", args, wired)
    positional, keywords = arguments_of(spec, "constructor", args, formulas)
    return resolve(spec.callee)(*given, *positional, **by_name, **keywords)


def formula(
    argument: Argument, value: Arg, names: Mapping[str, Number] = NOTHING
) -> Callable[[int], Number]:
    """Return a function from the count of a scheduler's steps to what an expression gives then.

    Raises ExpressionError where it cannot be read, CannotExecute where it is no formula at all;
    the function raises ExpressionError.
    """
    if isinstance(value, Expr):
        tree = parse(value.text)
        return lambda count: evaluate(tree, {**names, **dict.fromkeys(argument.variables, count)})
    if isinstance(value, bool) or not isinstance(value, int | float):
        over = ", ".join(argument.variables)
        raise CannotExecute(f"{argument.name} has to be a number or an expression over {over}")
    return lambda _: value
