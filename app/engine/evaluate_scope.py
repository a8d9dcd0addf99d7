"""What names mean at a node, and arguments with their expressions replaced by numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from graph_editor.document.expressions import Expression, ExpressionError, evaluate, parse
from graph_editor.document.expressions import names as names_of
from graph_editor.document.model import Arg, Expr, FrozenMap, Slice

Number = int | float | bool
Shapes = Callable[[str], tuple[int, ...]]


_RANKS = {
    f"nn.{name}{n}d": n + 2 for name in ("Conv", "ConvTranspose", "InstanceNorm") for n in (1, 2, 3)
}
"""How many axes a batch of what these layers take has; they take a single sample as well."""


def as_batch(spec: str, shapes: Shapes) -> Shapes:
    """Return shapes in which a single sample is a batch of one, for layers that take both."""
    rank = _RANKS.get(spec)

    def batched(port: str) -> tuple[int, ...]:
        shape = shapes(port)
        return (1, *shape) if len(shape) + 1 == rank else shape

    return shapes if rank is None else batched


@dataclass(frozen=True, slots=True)
class Scope:
    """Where nodes stand: their block, its instance's address, and what names mean in each try."""

    block: str
    prefix: str
    names: tuple[Mapping[str, Number], ...]
    parameters: FrozenMap[str, Arg]
    """The enclosing block's own parameters, concrete."""
    frozen: tuple[str, ...] = ()
    """Addresses below this instance whose weights do not learn; ``.`` is all of them."""
    blocks: tuple[str, ...] = ()
    """The blocks that this one stands in, outermost first."""
    awaited: set[str] = field(default_factory=set)
    """Sizes that an input would name, if anything reached it."""

    def resting(self, id_: str) -> Scope:
        """Return a scope in which a node's weights do not learn."""
        return replace(self, frozen=(*self.frozen, id_))


@lru_cache(maxsize=4096)
def parsed(text: str) -> Expression:
    """Return the tree of an expression, remembered. Raises ExpressionError."""
    return parse(text)


def number(expression: Expr, names: Mapping[str, Number], shapes: Shapes | None = None) -> Number:
    """Return the value of an expression. Raises ExpressionError."""
    return evaluate(parsed(expression.text), names, shapes)


def has_expression(arg: Arg) -> bool:
    """Return whether anything in an argument has to be calculated."""
    if isinstance(arg, Expr):
        return True
    if isinstance(arg, tuple):
        return any(map(has_expression, arg))
    if isinstance(arg, Slice):
        return has_expression((arg.start, arg.stop, arg.step))
    if isinstance(arg, FrozenMap):
        return any(map(has_expression, arg.values()))
    return False


def names_in(arg: Arg) -> frozenset[str]:
    """Return the names that the expressions in an argument mention, if they can be read."""
    if isinstance(arg, Expr):
        try:
            return names_of(parsed(arg.text))
        except ExpressionError:
            return frozenset()
    if isinstance(arg, tuple):
        return frozenset().union(*map(names_in, arg))
    if isinstance(arg, Slice):
        return names_in((arg.start, arg.stop, arg.step))
    if isinstance(arg, FrozenMap):
        return names_in(tuple(arg.values()))
    return frozenset()


def concrete(arg: Arg, names: Mapping[str, Number], shapes: Shapes | None = None) -> Arg:
    """Return an argument with its expressions replaced by numbers. Raises ExpressionError."""
    if isinstance(arg, Expr):
        return number(arg, names, shapes)
    if isinstance(arg, tuple):
        return tuple(concrete(item, names, shapes) for item in arg)
    if isinstance(arg, Slice):
        parts = (arg.start, arg.stop, arg.step)
        return Slice(*(concrete(part, names, shapes) for part in parts))
    if isinstance(arg, FrozenMap):
        return FrozenMap({key: concrete(item, names, shapes) for key, item in arg.items()})
    return arg


class ArgumentProblem(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """An argument whose expression has no value. ``argument`` is its name."""

    def __init__(self, argument: str, error: ExpressionError) -> None:
        super().__init__(f"{argument}: {error}")
        self.argument = argument


def concrete_all(
    args: Mapping[str, Arg], names: Mapping[str, Number], shapes: Shapes | None = None
) -> FrozenMap[str, Arg]:
    """Return arguments with their expressions replaced by numbers. Raises ArgumentProblem."""
    found = {}
    for name, arg in args.items():
        try:
            found[name] = concrete(arg, names, shapes) if has_expression(arg) else arg
        except ExpressionError as error:
            raise ArgumentProblem(name, error) from error
    return FrozenMap(found)
