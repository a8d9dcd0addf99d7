"""Tensors that are put together and differ elsewhere than along the joining axis.

What it does: compares the shapes that enter `torch.cat` on all axes but `dim`, and those that enter
`torch.stack` on all axes.

Why it matters: what is joined must have equal sizes everywhere else.

Example: `cat` along 1 of `B×16×8×8` and `B×16×4×4`.
Better: an Upsample before the smaller one, so that both are `B×16×8×8`.

Fix: another joining axis where one fits, the size of a layer before, a resize, or a row repeated
for each step of a sequence.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, replace_spec, set_to, set_width, together
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import axes, label, number, shape, sizes, title
from graph_editor.document.model import Arg, Expr

CODE = "joined-sizes-differ"
RANK = 30
Shapes = dict[str, tuple[int, ...]]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where tensors that are joined have other sizes than they may."""
    site = failure.site
    if site.node.spec not in ("torch.cat", "torch.stack"):
        return None
    known = {port: sizes(site, port) for port in site.inputs if port.startswith("tensors[")}
    shapes: Shapes = {port: shape for port, shape in known.items() if shape is not None}
    if len(shapes) < 2:
        return None
    joining = number(site.value("dim")) if site.node.spec == "torch.cat" else None
    first, *others = shapes
    for port in others:
        reason = _reason(site, (first, port), shapes, joining)
        if reason:
            name = title(site).capitalize()
            message = (
                f"{name} {label(site)} gets {site.shown(first)} at {first} and {site.shown(port)} "
                f"at {port}: {reason}."
            )
            proposals = tuple(_proposals(site, (first, port), shapes, joining, context))
            return Diagnosis(CODE, "error", site.address, message, "dim", port, proposals)
    return None


def _differing(left: tuple[int, ...], right: tuple[int, ...], joining: int | None) -> list[int]:
    kept = None if joining is None else joining % len(left)
    return [i for i in range(len(left)) if left[i] != right[i] and i != kept]


def _reason(site: Site, ports: tuple[str, str], shapes: Shapes, joining: int | None) -> str:
    left, right = (shapes[port] for port in ports)
    if len(left) != len(right):
        return f"one has {axes(len(left))}, the other {axes(len(right))}"
    if joining is not None and not -len(left) <= joining < len(left):
        return f"there is no axis {joining} to join them along"
    bad = _differing(left, right, joining)
    if not bad:
        return ""
    where = (
        "stacked tensors have equal shapes"
        if joining is None
        else f"only axis {joining} may differ"
    )
    one, other = (site.on_wire(p).shape[bad[0]] for p in ports)
    return f"axis {bad[0]} is {one} in one and {other} in the other, and {where}"


def _proposals(
    site: Site, ports: tuple[str, str], shapes: Shapes, joining: int | None, context: Context
) -> Iterator[Proposal]:
    first, port = ports
    left, right = shapes[first], shapes[port]
    if len(left) != len(right):
        yield from _ranks(site, ports, left, right)
        return
    for axis in range(len(left)) if joining is not None else ():
        if all(
            not _differing(left, other, axis)
            for other in shapes.values()
            if len(other) == len(left)
        ):
            yield set_to(site, "dim", axis)
    bad = _differing(left, right, joining if joining is None or abs(joining) < len(left) else None)
    if joining is None and len(bad) == 1:
        yield replace_spec(site, "torch.cat")
    for here, there in ((port, left), (first, right)) if len(bad) == 1 else ():
        maker = width_before(site, here, bad[0], context)
        if maker is not None:
            yield set_width(maker, there[bad[0]], context)
    if len(left) == 4 and bad and min(bad) >= 2:
        for here, size in ((port, left[2:]), (first, right[2:])):
            args: dict[str, Arg] = {"size": size}
            yield insert(site, here, "F.interpolate", args, f"Resize {here} to {shape(size)}")


def _for_each_step(site: Site, port: str, sequence: str) -> Proposal:
    """Propose to give a row to each step of a sequence that it is joined with."""
    steps = site.on_wire(sequence).shape[1]
    axis = insert(site, port, "Tensor.unsqueeze", {"dim": 1}, "")
    args: dict[str, Arg] = {"args": (-1, Expr(steps) if isinstance(steps, str) else steps, -1)}
    words = f"Repeat {port} for each of the {steps} steps"
    return together(axis, insert(site, port, "Tensor.expand", args, ""), title=words)


def _ranks(
    site: Site, ports: tuple[str, str], left: tuple[int, ...], right: tuple[int, ...]
) -> Iterator[Proposal]:
    for port, mine, other in ((ports[1], right, left), (ports[0], left, right)):
        if len(mine) > 2 and len(other) == 2:
            yield insert(site, port, "nn.Flatten", {}, f"Flatten {port}")
        if len(mine) == 2 and len(other) == 3 and mine[0] == other[0]:
            yield _for_each_step(site, port, ports[0] if port == ports[1] else ports[1])
        if len(mine) + 1 == len(other):
            words = f"Add an axis of size 1 to {port}"
            yield insert(site, port, "Tensor.unsqueeze", {"dim": 1}, words)
