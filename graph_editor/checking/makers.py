"""Tensors made with sizes of their own, such as places and masks, and how to resize them."""

from __future__ import annotations

from collections.abc import Mapping

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import (
    ELEMENTWISE,
    NEW_AXIS,
    TURNS,
    before_new_axis,
    before_turn,
    first_port,
    site_before,
    use_around,
)
from graph_editor.checking.words import label, number, shape
from graph_editor.document.model import Arg, Expr

SHAPES = {
    "param.tensor": "shape",
    "buffer.tensor": "shape",
    **{f"torch.{name}": "size" for name in ("zeros", "ones", "full", "rand", "randn", "randint")},
}
"""The argument that says all sizes of what is made."""
LENGTHS = {"torch.arange": "end", "torch.eye": "n", "torch.linspace": "steps"}
"""The argument that says the one size of what is made; the identity matrix has it twice."""
COMPARED = frozenset(
    f"op.{name}" for name in ["eq", "ne", "lt", "le", "gt", "ge", "invert", "mul", "truediv"]
)
_LIKE = frozenset(
    ("torch.tril", "torch.triu", "torch.cos", "torch.sin", "torch.scatter", "Tensor.type_as")
)


def maker_of(site: Site, port: str, axis: int, context: Context) -> tuple[Site, int] | None:
    """Return what made an axis of a tensor with a size of its own, and which axis it is there.

    Axes are counted from the end, from -1.
    """
    current = site_before(site, port, context)
    for _ in range(len(context.sites)):
        if current is None:
            return None
        if argument_of(current):
            return current, axis
        before = axis_before(current, axis)
        if before is None:
            return None
        axis, current = before, site_before(current, first_port(current), context)
    return None


def argument_of(maker: Site) -> str:
    """Return the argument that says a size of what a node makes; empty for all other nodes."""
    return SHAPES.get(maker.node.spec) or LENGTHS.get(maker.node.spec, "")


def axis_before(site: Site, axis: int) -> int | None:
    """Return where an axis of a result was before a node; None where it is one of its own."""
    spec, kind = site.node.spec, site.inputs.get(first_port(site))
    if kind is None:
        return None
    if spec in NEW_AXIS:
        return before_new_axis(site, axis) or None
    if spec in TURNS:
        return before_turn(site, axis) or None
    if spec == "torch.outer":
        return -1 if axis == -2 else None
    if spec == "nn.Embedding":
        return None if axis == -1 else axis + 1
    alone = len(site.sources) == 1 and spec in COMPARED
    return axis if alone or spec in ELEMENTWISE | _LIKE else None


def made(maker: Site, context: Context) -> str:
    """Return the shape of what a node makes, as it stands on the wire."""
    for key, known in context.types.items():
        if key == f"{maker.address}.output":
            return known.text()
    return shape(d for d in sizes_said(maker) if isinstance(d, int))


def sizes_said(maker: Site) -> tuple[Arg, ...]:
    """Return the sizes as they were said."""
    said = maker.node.args.get(argument_of(maker))
    return said if isinstance(said, tuple) else (said,)


def resized(maker: Site, wanted: Mapping[int, Dim], context: Context) -> Proposal | None:
    """Propose other sizes for what a node makes, by axis, counted from the end."""
    argument, said = argument_of(maker), sizes_said(maker)
    goals = {axis: _arg(dim) for axis, dim in wanted.items()}
    if argument in LENGTHS.values():
        plain = number(maker.value("step")) in (None, 1) and maker.value("start") in (None, 0)
        values = set(goals.values())
        if len(values) > 1 or not (plain or argument == "steps"):
            return None
        return _set(maker, argument, said[0], values.pop(), context)
    if any(-axis > len(said) for axis in goals):
        return None
    new = list(said)
    for axis, goal in goals.items():
        new[axis] = goal
    if len(goals) == 1:
        ((axis, goal),) = goals.items()
        inherited = _of_use(maker, said[axis], goal, context)
        if inherited is not None:
            return inherited
    return set_to(maker, argument, tuple(new), of=label(maker))


def _set(maker: Site, argument: str, said: Arg, wanted: Arg, context: Context) -> Proposal:
    inherited = _of_use(maker, said, wanted, context)
    return inherited or set_to(maker, argument, wanted, of=label(maker))


def _of_use(maker: Site, said: Arg, wanted: Arg, context: Context) -> Proposal | None:
    """Propose another value of a block's parameter, where a size is one."""
    use = use_around(maker, context)
    if use is None or not isinstance(said, Expr) or isinstance(wanted, Expr):
        return None
    known = {parameter.name for parameter in context.project.block(maker.block).parameters}
    name = said.text.strip()
    return set_to(use, name, wanted, of=label(use)) if name in known else None


def _arg(dim: Dim) -> Arg:
    return Expr(dim) if isinstance(dim, str) else dim
