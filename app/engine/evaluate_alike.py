"""Gives nodes that are alike the same answer: most nodes of a deep network repeat a few others.

Two nodes of one spec, with the same arguments, fed with the same values, give the same; only their
names differ. What does not depend on the name is found out once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from app.engine.evaluate_call import Value
from app.engine.evaluate_record import Place, Record, Signal, Signals, gradients_of
from app.engine.evaluate_scope import has_expression, names_in
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Site
from graph_editor.document.model import Expr, FrozenMap

MOST = 50_000
Values: TypeAlias = "tuple[Value | None, ...]"


class Alike:
    """Remembers records of nodes by all that they depend on.

    What is on a wire is told apart by identity, which is much cheaper than equality: ``same`` makes
    equal values one object. Records hold on to theirs, so that none is taken for another.
    """

    def __init__(self) -> None:
        self._records: dict[object, Record] = {}
        self._values: dict[Values, Values] = {}

    def find(self, place: Place, signals: Signals, learning: Collection[int]) -> Record | None:
        """Return the record of a node, where one like it was kept."""
        if place.extra or place.node.weights is not None:
            return None
        known = self._records.get(_key(place, signals))
        return _renamed(known, place, signals, learning) if known is not None else None

    def keep(self, place: Place, record: Record) -> Record:
        """Return a record whose values are shared with all alike, and remember it."""
        outputs = FrozenMap({p: self._shared(s) for p, s in record.outputs.items()})
        record = replace(record, outputs=outputs)
        if record.status == "ok" and record.given is not None and _nameless(place):
            if len(self._records) >= MOST:
                self._records.clear()
            self._records[_key(place, record.given)] = record
        return record

    def _shared(self, signal: Signal) -> Signal:
        if len(self._values) >= MOST:
            self._records.clear()
            self._values.clear()
        shared = self._values.setdefault(signal.values, signal.values)
        return Signal(shared, signal.origin, signal.numbers)


def _key(place: Place, signals: Signals) -> object:
    arriving = tuple((port, id(s.values), s.numbers) for port, s in signals.items())
    empty = (
        [p for p, _ in place.wires if p not in signals] if len(place.wires) > len(arriving) else ()
    )
    return place.node.spec, place.node.args, place.frozen(), arriving, *empty


def _nameless(place: Place) -> bool:
    """Whether nothing at a node is calculated from what names mean there."""
    assert place.spec is not None
    if place.extra or place.node.weights is not None:
        return False
    return not any(map(has_expression, place.node.args.values())) and not _infers_by_name(
        place.spec
    )


@lru_cache(maxsize=4096)
def _infers_by_name(spec: Spec) -> bool:
    return any(names_in(Expr(a.infer)) for a in spec.arguments if a.infer)


def _renamed(like: Record, place: Place, signals: Signals, learning: Collection[int]) -> Record:
    """Return the record of a node that is like another one."""
    site, address = like.site, place.address
    own = Site(
        address,
        place.scope.block,
        place.id,
        place.node,
        place.spec,
        site.args,
        site.inputs,
        place.sources(),
        site.symbolic,
        site.inferred,
    )
    outputs = {
        port: Signal(signal.values, (f"{address}.{port}",), signal.numbers)
        for port, signal in like.outputs.items()
    }
    feeds = gradients_of(place.node.spec, site.args, signals, learning)
    return Record(
        own,
        like.status,
        FrozenMap(outputs),
        like.types,
        like.troubles,
        like.weights,
        like.flops,
        like.inferred,
        like.one_way,
        like.learns,
        feeds,
        like.makes,
        FrozenMap(signals),
    )
