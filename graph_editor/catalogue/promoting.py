"""Which arguments of a node can become parameters of its block, and as what."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.edits import EditError
from graph_editor.document.model import Arg, Expr, Node, Parameter

TYPES: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "str"}
FRACTIONS = ("float", "number", "numbers")
"""Types of arguments whose value may be a fraction though it is whole now."""


def parameter_for(spec: Spec, node: Node, name: str) -> Parameter:
    """Return the parameter that stands for an argument, its present value as default.

    Raises EditError, in words, where the value is none that a parameter can have.
    """
    argument = spec.argument(name)
    if argument is None or argument.port is not None:
        raise EditError(f"{name} is fed by a wire, and no parameter can stand there.")
    value = node.args.get(name, argument.default)
    if isinstance(value, Expr):
        raise EditError(f"{name} is a formula already: ={value.text}.")
    kind = TYPES.get(type(value))
    if kind is None:
        raise EditError(_why_not(argument, value, said=name in node.args))
    if kind == "int" and argument.type in FRACTIONS and isinstance(argument.default, float):
        return Parameter(name, "float", float(value))  # type: ignore[arg-type]  # it is an int
    return Parameter(name, kind, value)


def _why_not(argument: Argument, value: Arg, said: bool) -> str:
    name = argument.name
    if argument.infer and not said:
        return f"{name} follows from what arrives; give it a value first."
    if value is None:
        return f"{name} has no value; give it one first."
    return f"{name} is no single value; a parameter is a number, a word, or True or False."


def promotable(spec: Spec | None, node: Node) -> Iterator[str]:
    """Yield the arguments of a node that can become parameters, what it says itself first."""
    if spec is None:
        return
    names = [a.name for a in spec.arguments if a.style != "pseudo"]
    for name in sorted(names, key=lambda each: each not in node.args):
        try:
            parameter_for(spec, node, name)
        except EditError:
            continue
        yield name
