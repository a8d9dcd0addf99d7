"""Memory of a training step: what it keeps for its way back, and what passes on its way there."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import torch

from app.engine.evaluate_arguments import stages
from app.engine.evaluate_call import Caller
from app.engine.evaluate_outcome import Outcome
from app.engine.evaluate_record import Record
from app.engine.execute import named
from app.engine.guard import GUARD, Stopped
from app.engine.memory_call import WEIGHT, Kept, kept
from app.engine.memory_ledger import Ledger, Use
from app.engine.symbolic import BATCH
from app.engine.symbolic_steps import UNKNOWN
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, Address, FrozenMap, NodeId

REMEMBERED = 20_000
NONE = frozenset[str]()
NAMES = re.compile(r"\w+")
OF_A_WEIGHT = Kept(views=FrozenMap({"output": WEIGHT}))


@dataclass(frozen=True, slots=True)
class Counted:
    """Bytes by node, for one batch."""

    kept: FrozenMap[Address, int]
    """What a node is the first to keep for the way back."""
    passing: FrozenMap[Address, int]
    """What is there while it runs, and that nobody keeps."""
    standing: FrozenMap[Address, int]
    """That part of ``passing`` which is as large for any batch."""
    inner: FrozenMap[Address, int]
    """What comes and goes inside of it beside that, on the processor."""


UNCOUNTED = Counted(NOTHING, NOTHING, NOTHING, NOTHING)


class Memory:
    """Counts what is kept and what passes; each different call is measured once."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._calls: dict[object, Kept] = {}
        self._outcomes: dict[NodeId, Outcome] = {}
        self._uses: dict[NodeId, tuple[Use, ...]] = {}
        self._order: object = None
        self._executed: list[NodeId] = []
        self._idle: frozenset[NodeId] = frozenset()
        self._ledger = Ledger(())

    def counted(
        self,
        outcomes: Mapping[NodeId, Outcome],
        order: Collection[tuple[NodeId, object]],
        idle: frozenset[NodeId],
        touched: Collection[Address] | None = None,
    ) -> Counted:
        """Return the bytes of each node.

        Only outcomes that are others than the last time are looked at, and of these only those of
        ``touched`` nodes where a change is known to have touched no other. ``order`` is that of
        execution; ``idle`` nodes are not executed.
        """
        fresh = order is not self._order or idle != self._idle
        if fresh:
            self._order, self._idle = order, idle
            self._executed = [id_ for id_, *_ in order if id_ in outcomes and id_ not in idle]
        some = outcomes if touched is None else {top(a): None for a in touched}
        changed: list[tuple[Use, Use]] = []
        for id_ in some:
            outcome = outcomes[id_]
            if self._outcomes.get(id_) is not outcome:
                uses = tuple(u for r in outcome.records if (u := self._use(r)) is not None)
                before = self._uses.get(id_, ())
                fresh = fresh or len(before) != len(uses)
                if id_ not in idle:
                    changed += (
                        pair for pair in zip(before, uses, strict=False) if pair[0] != pair[1]
                    )
                self._outcomes[id_], self._uses[id_] = outcome, uses
        if fresh or not self._ledger.change(changed):
            own = self._uses
            self._ledger = Ledger(u for id_ in self._executed for u in own[id_])
        found = self._ledger
        tables = (found.found, found.passing, found.standing, found.inner)
        return Counted(*(table.frozen() for table in tables))

    def _use(self, record: Record) -> Use | None:
        """Return what a record's call keeps; None of what is no call, or is none in training."""
        found = self.kept_by(record)
        if found is None:
            return None
        if record.given is None:
            return Use.of(record.site.address, found, {})
        sources = fed(record)
        sized = {
            port: (source, _bytes(record.given[port].values[0])) for port, source in sources.items()
        }
        return Use.of(record.site.address, _whole(found, record), sized, _standing(record, sized))

    def kept_by(self, record: Record) -> Kept | None:
        """Return what torch keeps of a record's call, which is measured once."""
        site, signals = record.site, record.given
        if site.spec is None or record.status != "ok" or site.spec.kind == "metric":
            return None
        if site.spec.name == "param.of":
            return OF_A_WEIGHT
        if signals is None:
            return None
        sources = fed(record)
        inputs = {port: signals[port].values[0] for port in sources}
        alike: tuple[int, ...] = ()
        if len(sources) > 1:  # one output that arrives twice is one tensor
            given = list(sources.values())
            alike = tuple(given.index(each) for each in given)
        key = (site.spec.name, site.args, tuple(inputs.items()), alike, record.learns)
        found = self._calls.get(key)
        if found is None:
            if len(self._calls) > REMEMBERED:
                self._calls.clear()
            found = self._calls[key] = self._measured(record, site.spec, inputs, alike)
        return found

    def _measured(
        self, record: Record, spec: Spec, inputs: Mapping[str, object], alike: tuple[int, ...]
    ) -> Kept:
        names = stages(spec)[0]
        own = FrozenMap({n: a for n, a in record.site.args.items() if n in names})
        values = list(inputs.values())
        given = {p: values[k] for p, k in zip(inputs, alike or range(len(values)), strict=True)}
        try:
            GUARD.at = record.site.address
            with GUARD.over((spec.name, record.site.args)):
                made = self._caller.made(spec, own)
                if made.problem is not None:
                    return Kept()
                for weight in _learnable(made.target):
                    weight.requires_grad_(record.learns and weight.is_floating_point())
                return kept(spec, made.target, record.site.args, _apart(given, alike))
        except Stopped:
            return Kept()


DROPPING = frozenset(
    f"nn.{name}"
    for name in (
        "Dropout",
        "Dropout1d",
        "Dropout2d",
        "Dropout3d",
        "AlphaDropout",
        "FeatureAlphaDropout",
    )
)
"""Layers that give what arrives in evaluation, and not a copy."""


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """Answers checks that ask what torch keeps of a call."""

    memory: Memory
    records: Mapping[Address, Record]
    training: bool = True
    """Whether any of the tries is one of training."""

    def arriving(self, address: Address) -> Mapping[str, str]:
        """Return by port which output ``address.port`` of a call arrives, through all borders."""
        record = self.records.get(address)
        return fed(record) if record is not None else {}

    def retained(self, address: Address) -> Kept | None:
        """Return what is kept of a call; None of what is no call of a training step."""
        record = self.records.get(address)
        found = self.memory.kept_by(record) if record is not None else None
        if (
            found is None
            or record is None
            or self.training
            or record.site.node.spec not in DROPPING
        ):
            return found
        return replace(found, views=FrozenMap({"output": "input"}))  # nothing is dropped


def fed(record: Record) -> dict[str, str]:
    """Return by port which output ``address.port`` arrives at a call."""
    found = {}
    for port, signal in (record.given or {}).items():
        if signal.values[0] is not None:
            found[port] = signal.origin[0] if signal.origin else record.site.sources[port].key
    return found


def _whole(found: Kept, record: Record) -> Kept:
    """Return what is kept, with the bytes of those results that could not be measured."""
    sizes = found.sizes
    for port, signal in record.outputs.items():
        if not (port in sizes or port in found.views or port in found.shared):
            sizes = sizes.set(port, _bytes(signal.values[0]))
    return found if sizes is found.sizes else replace(found, sizes=sizes)


def _standing(record: Record, fed: Mapping[str, tuple[str, int]]) -> frozenset[str]:
    """Return which of the outputs that arrive and leave are as large for any batch."""
    given, prefix = record.site.symbolic, f"{record.site.address}."
    arrive = [fed[port][0] for port, kind in given.items() if port in fed and _stands(kind)]
    leave = [prefix + port for port, kind in record.types.items() if _stands(kind)]
    return frozenset((*arrive, *leave)) if arrive or leave else NONE


@lru_cache(maxsize=4096)
def _stands(kind: TensorType) -> bool:
    return not any(size == UNKNOWN or BATCH in NAMES.findall(str(size)) for size in kind.shape)


def top(address: Address) -> NodeId:
    """Return the node of the main graph that an address leads to or into."""
    return NodeId(address.partition("/")[0].partition("[")[0])


def _apart(given: Mapping[str, object], alike: tuple[int, ...]) -> FrozenMap[str, object]:
    """Return values in which equal types of different outputs are different objects."""
    copies = {
        k: replace(v) if isinstance(v, TensorType) else v
        for k, v in zip(alike, given.values(), strict=False)
    }
    return FrozenMap({p: copies[k] for p, k in zip(given, alike, strict=True)} if alike else given)


def _learnable(target: object) -> Iterator[torch.Tensor]:
    if isinstance(target, torch.nn.Module):
        yield from target.parameters()
    elif isinstance(target, torch.nn.Parameter):
        yield target


@lru_cache(maxsize=4096)
def _bytes(value: object) -> int:
    if not isinstance(value, TensorType):
        return 0
    size: int = named(value.dtype).itemsize
    return math.prod(int(dim) for dim in value.shape) * size
