"""Conditions that the tries leave at one truth: sizes with which they have the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.engine.evaluate_arguments import shapes_of
from app.engine.evaluate_call import Value
from app.engine.evaluate_outcome import Outcome, first_input
from app.engine.evaluate_record import Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_scope import Number, names_in, number, parsed
from app.engine.evaluate_sites import Sites
from app.engine.judge_generic import reason
from app.engine.symbolic import Probe
from app.engine.symbolic_steps import UNKNOWN
from graph_editor.checking.verdict import Dim, TensorType
from graph_editor.document.expression_tree import Size, walk
from graph_editor.document.expressions import Constant, ExpressionError

COUNTED = ("epoch", "step")
"""Names that count while a run goes on; no try changes them."""
MULTIPLES = (1, 2, 4, 8, 16, 32)
BESIDE = range(-2, 3)
PLAIN = (1, 2, 3, 4, 7, 8, *(2**power for power in range(4, 13)))
"""Sizes that are tried beside those that a condition speaks of."""


@dataclass(frozen=True, slots=True)
class World:
    """What there is at a node where one size is another than in all tries."""

    name: str
    value: int
    sites: Sites
    place: Place
    signals: Signals


def other_world(place: Place, signals: Signals, sites: Sites, truth: bool) -> World | None:
    """Return sizes with which a node's condition has this truth, where no try has them.

    None where nothing that the condition hangs on ever changes, where no size is found, or where
    one cannot see how what arrives follows from it.
    """
    hangs = _hangs_on(place, signals, sites)
    if len(sites.tried) < 2 or not hangs:
        return None
    for name in (*sites.tried[0].sizes, *(n for n in COUNTED if n in hangs)):
        other = _Other(place, signals, sites, name)
        for value in _candidates(place, other.now):
            if other.truth(value) is truth:
                return other.world(value)
    return None


def _hangs_on(place: Place, signals: Signals, sites: Sites) -> set[str]:
    """Return the names and shapes in a condition that are not the same for good."""
    assert place.node.when is not None
    told = {*place.scope.parameters, "training", "epochs"}
    found = {name for name in names_in((place.node.when,)) if name not in told}
    for part in walk(parsed(place.node.when.text)):
        if isinstance(part, Size):
            sizes = {shapes_of(signals, k)(part.port)[part.axis] for k in range(len(sites.tried))}
            found |= {part.port} if len(sizes) > 1 else set()
    return found


def _candidates(place: Place, now: int) -> Iterator[int]:
    """Yield sizes that a condition may turn at: those above the one that is tried first."""
    assert place.node.when is not None
    parts = walk(parsed(place.node.when.text))
    said = [p.value for p in parts if isinstance(p, Constant) and isinstance(p.value, int)]
    turns = {n * times for n in said for times in MULTIPLES}
    turns |= {n // times for n in said for times in MULTIPLES}
    found = {turn + beside for turn in turns for beside in BESIDE}
    found |= set(PLAIN)
    yield from sorted(n for n in found if n > now)
    yield from sorted((n for n in found if 0 < n < now), reverse=True)


class _Other:
    """What names and shapes are at a node where one name has another value."""

    def __init__(self, place: Place, signals: Signals, sites: Sites, name: str) -> None:
        self.place, self.signals, self.sites, self.name = place, signals, sites, name
        self.told = [k for k, probe in enumerate(sites.tried) if probe.training]
        base = sites.tried[0].sizes
        self.now = base[name] if name in base else int(place.names(0)[name])

    def truth(self, value: int) -> bool | None:
        """Return the truth of the condition; None where it has none, or one cannot know."""
        assert self.place.node.when is not None
        try:
            names = {**self._names(value), "training": True}
            return bool(number(self.place.node.when, names, shapes_of(self._signals(value), 0)))
        except (ExpressionError, LookupError):
            return None

    def world(self, value: int) -> World:
        """Return what there is at the node."""
        sizes = self.sites.tried[0].sizes
        sizes = sizes.set(self.name, value) if self.name in sizes else sizes
        sites = Sites((Probe("sizes", sizes),))
        scope = replace(self.place.scope, names=(self._names(value),), awaited=set())
        return World(
            self.name, value, sites, replace(self.place, scope=scope), self._signals(value)
        )

    def _names(self, value: int) -> dict[str, Number]:
        tried = [self.place.scope.names[k] for k in self.told]
        found: dict[str, Number] = {}
        for name, first in tried[0].items():
            if name == self.name and name in COUNTED:
                found[name] = value
            elif isinstance(first, int) and not isinstance(first, bool):
                found[name] = self._size(tuple(int(names[name]) for names in tried), value)
            else:
                found[name] = first
        return found

    def _signals(self, value: int) -> dict[str, Signal]:
        return {
            port: Signal((self._value([s.values[k] for k in self.told], value),), s.origin)
            for port, s in self.signals.items()
        }

    def _value(self, seen: list[Value | None], value: int) -> Value | None:
        first = seen[0]
        kinds = [kind for kind in seen if isinstance(kind, TensorType)]
        if not isinstance(first, TensorType) or len(kinds) < len(seen):
            return first
        if len({len(kind.shape) for kind in kinds}) > 1:
            raise LookupError(self.name)
        axes = zip(*(kind.shape for kind in kinds), strict=True)
        shape = tuple(self._size(tuple(map(int, sizes)), value) for sizes in axes)
        return TensorType(shape, first.dtype, first.device, first.requires_grad)

    def _size(self, sizes: tuple[int, ...], value: int) -> int:
        """Return what a size is, by what it was in each try. Raises LookupError."""
        if len(set(sizes)) == 1:
            return sizes[0]
        term = self.sites.term(sizes)
        if term is not None:
            return term.at(value) if term.name == self.name else sizes[0]
        bases = [self.sites.tried[k].sizes for k in self.told]
        for name in bases[0]:
            times, rest = divmod(sizes[0], bases[0][name])
            if not rest and all(times * b[name] == n for b, n in zip(bases, sizes, strict=True)):
                return times * value if name == self.name else sizes[0]
        raise LookupError(self.name)


def told_where_on(passed: Outcome, world: World, shown: Outcome) -> Outcome:
    """Return the outcome of a node that is off in all tries, with what is found where it is on."""
    first = first_input(world.place, world.signals)
    assert first is not None
    off = world.signals[first].values[0]
    made = next(iter(shown.outputs.values()), None)
    record = _where_not_alike(passed.record, off, made.values[0] if made else None)
    refused = next((r for r in shown.records if r.status == "error"), None)
    if refused is not None:
        record = replace(record, troubles=(*record.troubles, _trouble(world, refused)))
    return Outcome(passed.outputs, (record, *passed.records[1:]))


def shown_where_off(done: Outcome, given: TensorType | None) -> Outcome:
    """Return the outcome of a node that is on in all tries, where it is off at other sizes."""
    kind = next(iter(done.record.types.values()), None)
    return Outcome(done.outputs, (_where_not_alike(done.record, given, kind), *done.records[1:]))


def _where_not_alike(record: Record, one: Value | None, other: Value | None) -> Record:
    """Return a record whose first output has unknown sizes where the two truths give others."""
    port, kind = next(iter(record.types.items()), ("", None))
    if kind is None:
        return record
    shape: tuple[Dim, ...] = (UNKNOWN,)
    kinds = [k for k in (one, other) if isinstance(k, TensorType)]
    if len(kinds) == 2 and len({len(k.shape) for k in (kind, *kinds)}) == 1:
        pairs = zip(kind.shape, kinds[0].shape, kinds[1].shape, strict=True)
        shape = tuple(size if a == b else UNKNOWN for size, a, b in pairs)
    types = record.types.set(port, replace(kind, shape=shape))
    return replace(record, types=types)


def _trouble(world: World, refused: Record) -> Trouble:
    """Return the warning of a node that is refused where it is on."""
    node, found = world.place.node, refused.troubles[0]
    said = reason(found.failure.message) if found.failure is not None else ""
    said = said or found.message.rstrip(".") or "no reason is given"
    at = "" if refused.site.id == world.place.id else f" at {refused.site.address}"
    inputs = " and ".join(kind.text() for kind in refused.site.inputs.values())
    given = f", given {inputs}" if inputs else ""
    assert node.when is not None
    text = (
        f"Where its condition ({node.when.text}) holds, as where {world.name} is {world.value}, "
        f"PyTorch refuses this node{at}{given}: {said}."
    )
    detail = found.detail or (found.failure.message if found.failure is not None else "")
    return Trouble("refused-where-on", text, detail, argument="when", severity="warning")
