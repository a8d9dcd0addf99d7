"""An axis that is put, or summed up, in another place than what it meets needs.

What it does: where two shapes do not fit, looks at the `unsqueeze`, the `stack` or the sum before
either side, and whether just one other `dim` (or `keepdim`) of it would make them fit.

Why it matters: torch names the operator where the two meet. It is right as it is: the axis before
it stands in the wrong place, or is gone.

Example: `x * mask.unsqueeze(-2)`: `B×12×16` times `B×1×12`.
Better: `mask.unsqueeze(-1)`, which is `B×12×1`.

Fix: sets `dim`, or `keepdim`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.diagnosers.batch_lost import EACH
from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before, first_port
from graph_editor.checking.words import holds_batch, label, number, shape, title
from graph_editor.document.model import Arg

CODE = "other-dim"
RANK = 27  # after what is said of the samples, before what only compares the two shapes
UNSQUEEZE, STACK = "Tensor.unsqueeze", "torch.stack"
OPERATORS = ELEMENTWISE | PAIRED | EACH
Shape = tuple[Dim, ...]
Way = tuple[str, Arg, Shape]
"""An argument, another value of it, and the shape that comes of it."""
Found = tuple[tuple[str, str], Site, Way]
"""The port and the one beside it, the node before the port, and its other way."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node before one side, of which one other dim alone fits the other side."""
    site = failure.site
    found: list[Found] = []
    for first, second in pairs_of(site):
        for port, other in ((second, first), (first, second)):
            if port not in site.symbolic or other not in site.symbolic:
                continue
            here, there = site.symbolic[port].shape, site.symbolic[other].shape
            known = None if _fit(here, there) else _maker(site, port, there, context)
            if known is not None:
                found.append(((port, other), *known))
    if not found:
        return None
    axis = _summed_after(site, context)
    return _diagnosis(site, *min(found, key=lambda each: _doubt(site, each, axis)))


def _summed_after(site: Site, context: Context) -> int | None:
    """Return the axis that the node behind goes over, if it is a sum or the like."""
    graph = context.project.block(site.block).graph
    readers = [graph.nodes[t.node] for t, source in graph.wires.items() if source.node == site.id]
    dims = [number(r.args.get("dim")) for r in readers if r.spec in REDUCTIONS]
    return dims[0] if len(dims) == 1 else None


def _doubt(site: Site, found: Found, axis: int | None) -> tuple[bool, bool]:
    """Return how little a way is likely: a sum goes over what is no stretched axis.

    Of two an unsqueeze is likelier, since it is there to fit the other side.
    """
    (_, other), maker, (_, _, made) = found
    there = _padded(site.symbolic[other].shape, made)
    inside = axis is not None and -len(made) <= axis < len(made)
    summed = (made[axis], there[axis]) if inside and axis is not None else ()
    return 1 in summed, maker.node.spec != UNSQUEEZE


def _padded(dims: Shape, to: Shape) -> Shape:
    return (*(1,) * (len(to) - len(dims)), *dims)


def _fit(one: Shape, other: Shape) -> bool:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a == b != "?" or 1 in (a, b) for a, b in pairs)


def _maker(site: Site, port: str, there: Shape, context: Context) -> tuple[Site, Way] | None:
    """Return the nearest node of which just one other way fits, and that way."""
    passed: list[Site] = []
    for maker in chain_before(site, port, context, OPERATORS | {UNSQUEEZE}):
        if maker.node.spec in PAIRED and len(maker.sources) > 1:
            return None
        ways = []
        for argument, to, made in _ways(maker):
            for later in reversed(passed):
                made = _unsqueezed(made, number(later.value("dim")) or 0)
            lifted = maker.node.spec not in REDUCTIONS
            if _goes_with(made, _padded(there, made) if lifted else there):
                ways.append((argument, to, made))
        if len({made for _, _, made in ways}) == 1 and maker.node.when is None:
            return maker, ways[0]
        if ways:
            return None
        passed += [maker] if maker.node.spec == UNSQUEEZE else []
    return None


def _goes_with(one: Shape, other: Shape) -> bool:
    """Whether two shapes fit by more than chance, and the samples are along axis 0.

    Either they share an axis of a sample, or only one of them is stretched.
    """
    if len(one) != len(other) or not one or not _fit(one, other):
        return False
    if not (holds_batch(one[0]) or holds_batch(other[0])):
        return False
    pairs = list(zip(one, other, strict=True))
    if any(a == b != 1 for a, b in pairs[1:]):
        return True
    return all(b in (1, a) for a, b in pairs) or all(a in (1, b) for a, b in pairs)


def _ways(maker: Site) -> Iterator[Way]:
    """Yield the other ways in which a node may have been meant, but for the batch."""
    arriving, dim = _arriving(maker), number(maker.value("dim"))
    if not arriving or "?" in arriving or dim is None:
        return
    rank, start = len(arriving), int(holds_batch(arriving[0]))
    if maker.node.spec in (UNSQUEEZE, STACK):
        count = sum(p.startswith("tensors[") for p in maker.sources)
        size = 1 if maker.node.spec == UNSQUEEZE else count
        for place in range(start, rank + 1):
            if place != dim % (rank + 1):
                to = -1 if place == rank and dim < 0 else place
                yield "dim", to, (*arriving[:place], size, *arriving[place:])
    elif maker.node.spec in REDUCTIONS:
        keeps = maker.value("keepdim") is True
        for place in range(start, rank):
            if place != dim % rank:
                yield "dim", place, _without(arriving, place, keeps)
        if not keeps and dim % rank >= start:
            yield "keepdim", True, _without(arriving, dim % rank, True)


def _arriving(maker: Site) -> Shape:
    known = maker.symbolic.get("tensors[0]" if maker.node.spec == STACK else first_port(maker))
    return known.shape if known is not None else ()


def _without(dims: Shape, place: int, keeps: bool) -> Shape:
    return (*dims[:place], *((1,) if keeps else ()), *dims[place + 1 :])


def _unsqueezed(dims: Shape, dim: int) -> Shape:
    place = dim % (len(dims) + 1)
    return (*dims[:place], 1, *dims[place:])


def _diagnosis(site: Site, ports: tuple[str, str], maker: Site, way: Way) -> Diagnosis:
    port, other = ports
    argument, to, made = way
    said = "not said" if argument not in maker.node.args else maker.value(argument)
    arriving = shape(_arriving(maker))
    name, meets = title(maker).capitalize(), title(site)
    message = (
        f"{argument} of {name} {label(maker)} is {said}, so that {arriving} leads to "
        f"{site.shown(port)} at {meets[0].upper()}{meets[1:]} {label(site)}, which brings it "
        f"together with {site.shown(other)}. With {argument} {to} it is {shape(made)}, which fits."
    )
    fix = set_to(maker, argument, to)
    return Diagnosis(CODE, "error", maker.address, message, argument, first_port(maker), (fix,))
