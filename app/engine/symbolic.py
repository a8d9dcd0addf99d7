"""What every graph is tried with, and how sizes are read back as text (``2*B + 1``)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.engine.symbolic_steps import SHORTEST, UNKNOWN, Steps
from app.engine.symbolic_term import Term
from graph_editor.checking.failure import Probe as ProbeName
from graph_editor.checking.verdict import Dim, TensorType
from graph_editor.document.model import Arg, Expr, FrozenMap, Project, Slice

BATCH = "B"
STEP, LEAP, BOUND = 8, 96, 960
"""By how much a named size other than the batch is changed: a free one that is large by more.

Halving or striding by what divides these gives a line; by anything else no whole slope, so that
what follows is not taken for constant.
"""
TINY = (SHORTEST, 2, 4, 5, 6, 7)
"""Values that a number on a wire is held to, where a slice may be shorter than it says."""
SMALL, LARGE, HUGE = (
    (13, 11, 14, 15, 12, 10, 9),
    (48, 56, 52, 60, 72, 80, 88),
    (960, 896, 1024, 832, 1088, 768, 1152),
)
"""Values for sizes that nobody fixed: first those that short tables bear, then those that deep
stacks of poolings need, then those for the long filters of sound."""


def step_of(value: int) -> int:
    """Return by how much the value of a size that nobody fixed is changed."""
    return BOUND if value >= min(HUGE) else LEAP if value >= min(LARGE) else STEP


@dataclass(frozen=True, slots=True)
class Probe:
    """One way in which the whole graph is tried."""

    name: ProbeName
    sizes: FrozenMap[str, int]
    training: bool = True


def probes(
    sizes: Mapping[str, int],
    last: int | None,
    free: Collection[str] = (),
    validated: int | None = None,
) -> tuple[Probe, ...]:
    """Return the tries: as it is, evaluating, one more sample, last batch, other sizes changed.

    ``free`` are the names of sizes that nobody fixed, ``validated`` the size of a validation part
    that is smaller than a batch.
    """
    base = FrozenMap(sizes)
    found = [Probe("batch", base), Probe("batch", base, False)]
    if BATCH in base:
        found.append(Probe("next_batch", base.set(BATCH, base[BATCH] + 1)))
        if last is not None and last not in (base[BATCH], base[BATCH] + 1):
            found.append(Probe("last_batch", base.set(BATCH, last)))
        if validated is not None:
            found.append(Probe("validation", base.set(BATCH, validated), False))
    others = [name for name in sorted(base) if name != BATCH]
    for name in others:
        step = step_of(base[name]) if name in free else STEP
        found.append(Probe("sizes", base.set(name, base[name] + step)))
    return tuple(found)


def literals(project: Project) -> frozenset[int]:
    """Return the whole numbers that stand in a project's arguments."""
    blocks = (project.main, *project.blocks.values())
    nodes = (node for block in blocks for node in block.graph.nodes.values())
    return frozenset(number for node in nodes for a in node.args.values() for number in _ints(a))


def _ints(arg: Arg) -> Iterator[int]:
    if isinstance(arg, int) and not isinstance(arg, bool):
        yield arg
    elif isinstance(arg, tuple):
        for item in arg:
            yield from _ints(item)
    elif isinstance(arg, Slice):
        yield from _ints((arg.start, arg.stop, arg.step))
    elif isinstance(arg, FrozenMap):
        yield from _ints(tuple(arg.values()))


def free_values(
    names: Iterable[str], taken: Iterable[int], candidates: Iterable[int]
) -> dict[str, int]:
    """Return a value for each name, distinct from each other and from those taken."""
    used, found = set(taken), {}
    for name in sorted(names):
        value = next((c for c in candidates if c not in used), None)
        if value is None:
            value = max([*used, *candidates]) + BOUND + 1
        found[name] = value
        used |= {value, value + step_of(value)}
    return found


def symbolic(
    types: tuple[TensorType, ...], tried: tuple[Probe, ...], steps: Steps | None = None
) -> TensorType:
    """Return one type in which every size is a number or text over the names of sizes.

    Where the number of axes differs between tries, nothing is known of the shape: ``?``.
    ``types`` holds what was seen in each try, in the order of the tries. ``steps`` knows sizes that
    are no line; it is told of those that are.
    """
    seen = list(zip(types, tried, strict=True))
    pairs = [(t, p) for t, p in seen if p.training] or seen
    types, tried = tuple(t for t, _ in pairs), tuple(p for _, p in pairs)
    first = types[0]
    if any(len(t.shape) != len(first.shape) for t in types):
        return _named(first, (UNKNOWN,))
    dims = zip(*(t.shape for t in types), strict=True)
    return _named(first, tuple(_dim(sizes, tried, steps or Steps()) for sizes in dims))


def _named(seen: TensorType, shape: tuple[Dim, ...]) -> TensorType:
    """Return a type as the document sees it, which has no strides."""
    return TensorType(shape, seen.dtype, seen.device, seen.requires_grad)


def _dim(seen: tuple[Dim, ...], tried: tuple[Probe, ...], steps: Steps) -> Dim:
    first = seen[0]
    if all(size == first for size in seen):
        return first
    values = [int(size) for size in seen]
    base = tried[0].sizes
    known = [(v, p.sizes) for v, p in zip(values, tried, strict=True)]
    sizes = tuple(values)
    itself = next((n for n in base if all(v == at.get(n) for v, at in known)), None)
    if itself is not None:
        steps.keep(sizes)  # a size that has a name is never unknown
        if itself != BATCH:
            steps.enter(sizes, Term(itself))
        return itself
    stepped = steps.text(sizes)
    if stepped not in (None, UNKNOWN):
        return stepped
    slopes = _slopes(known, base)
    product = [name for name, slope in slopes.items() if slope] if slopes else []
    scale = math.prod(base[name] for name in product)
    if len(product) > 1 and values[0] % scale == 0:
        factor = values[0] // scale
        if all(factor * math.prod(at[n] for n in product) == v for v, at in known):
            return _term(factor, "*".join(product))
    if slopes is None or stepped is not None:
        return steps.lose(sizes)
    offset = values[0] - sum(slope * base[name] for name, slope in slopes.items())
    fits = all(offset + sum(k * at[n] for n, k in slopes.items()) == v for v, at in known)
    doubtful = bool(slopes.get(BATCH)) and _accidental(offset, known)
    if fits and [slope for slope in slopes.values() if slope] == [1] and not slopes.get(BATCH):
        steps.enter(sizes, Term(next(name for name, slope in slopes.items() if slope), offset))
    return _text(slopes, offset) if fits and not doubtful else UNKNOWN


def _accidental(offset: int, known: list[tuple[int, FrozenMap[str, int]]]) -> bool:
    """Whether a line through two batches, one apart, may be one through a curve or a division.

    ``B // 2`` goes from 32 to 33 as ``B - 32`` does.
    """
    batches = {at[BATCH] for _, at in known if BATCH in at}
    return len(batches) == 2 and abs(offset) >= STEP  # two points make any line


def _slopes(
    known: list[tuple[int, FrozenMap[str, int]]], base: FrozenMap[str, int]
) -> dict[str, int] | None:
    """Return by how much the size grows with each name, from the tries that changed one name."""
    slopes: dict[str, int] = {}
    for value, at in known[1:]:
        changed = [name for name in base if at[name] != base[name]]
        if len(changed) == 1 and changed[0] not in slopes:
            step = at[changed[0]] - base[changed[0]]
            slope, rest = divmod(value - known[0][0], step)
            if rest:
                return None
            slopes[changed[0]] = slope
    return slopes


def _text(slopes: Mapping[str, int], offset: int) -> str:
    ordered = sorted(slopes, key=lambda name: (name != BATCH, name))
    terms = [_term(slopes[name], name) for name in ordered if slopes[name]]
    text = " + ".join(terms).replace("+ -", "- ")
    if not terms:
        return UNKNOWN
    return text if not offset else f"{text} {'+' if offset > 0 else '-'} {abs(offset)}"


def _term(factor: int, name: str) -> str:
    return name if factor == 1 else f"-{name}" if factor == -1 else f"{factor}*{name}"


def bare_name(arg: Arg) -> str | None:
    """Return the name that a dim consists of (``=B``), or None."""
    if isinstance(arg, Expr) and arg.text.strip().isidentifier():
        return arg.text.strip()
    return None
