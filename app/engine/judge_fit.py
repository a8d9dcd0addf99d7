"""Says parameters that are ``auto`` inside blocks in terms of the block's own parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.engine.evaluate import Evaluator
from app.engine.evaluate_call import Args, Caller
from app.engine.evaluate_io import dtype_of
from app.engine.evaluate_record import Record, Signal
from app.engine.evaluate_scope import Scope, concrete
from app.engine.evaluate_sites import Sites
from app.engine.judge_formula import formula
from app.engine.symbolic import Probe, bare_name
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.failure import Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Block,
    FrozenMap,
    NodeId,
    Project,
)

CHANGES = ((2, 0), (3, 0), (1, 1), (1, 2))
"""How a parameter is varied: times the first, plus the second. Doubling keeps divisors divisors."""
ENOUGH = 2
"""In how many variations a number is looked for: one shows a slope, the next whether it holds."""
Pair: TypeAlias = tuple[NodeId, str]
"""A node and one of its parameters."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One use of a block: its parameters, its site and what was inferred inside, by node."""

    site: Site
    parameters: Args
    inferred: FrozenMap[NodeId, Args]


def instances_of(records: Mapping[Address, Record]) -> dict[str, list[Instance]]:
    """Return the instances of every block in which something was inferred."""
    inner: dict[Address, dict[NodeId, Args]] = {}
    for address, record in records.items():
        if record.inferred and record.site.block != "main":
            owner = Address(address.rpartition("/")[0])
            inner.setdefault(owner, {})[record.site.id] = record.inferred
    found: dict[str, list[Instance]] = {}
    for owner, inferred in inner.items():
        site = records[owner].site
        key = site.node.spec.partition(".")[2]
        found.setdefault(key, []).append(Instance(site, site.args, FrozenMap(inferred)))
    return found


class Fitter:
    """Fits what was inferred inside blocks, by trying each block with other parameters."""

    def __init__(self, project: Project, lookup: Lookup, caller: Caller) -> None:
        self.project = project
        self.lookup = lookup
        self.caller = caller

    def fit(self, key: str, instances: Iterable[Instance]) -> dict[str, Args]:
        """Return ``block/node`` -> parameter -> a number or an Expr over the block's parameters."""
        seen = list(instances)
        block = self.project.block(key)
        result: dict[str, Args] = {}
        for first, pairs in _first_seen(seen).items():
            tried = list(self._varied(key, block, seen[first], pairs))
            for node, name in pairs:
                around = [seen[first], *tried, *seen]  # a node that is off somewhere says nothing
                known = [(i.parameters, i.inferred.get(node, NOTHING).get(name)) for i in around]
                found = formula([(p, v) for p, v in known if isinstance(v, int)])
                if found is not None:
                    earlier = result.get(f"{key}/{node}", NOTHING)
                    result[f"{key}/{node}"] = earlier.set(name, found)
        return result

    def _varied(
        self, key: str, block: Block, instance: Instance, pairs: Iterable[Pair]
    ) -> Iterator[Instance]:
        """Yield an instance as it would be with other parameters, one changed at a time.

        Every number is looked for ENOUGH times for each parameter, since a node may be off, or
        fail, with some of the values.
        """
        for parameter in block.parameters:
            value = instance.parameters.get(parameter.name)
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            left = dict.fromkeys(pairs, ENOUGH)
            for times, more in CHANGES:
                changed = value * times + more
                if changed == value or not left:
                    continue
                parameters = instance.parameters.set(parameter.name, changed)
                inferred = FrozenMap(self._tried(key, block, instance, parameters))
                yield replace(instance, parameters=parameters, inferred=inferred)
                known = [p for p in left if p[1] in inferred.get(p[0], NOTHING)]
                left.update((pair, left[pair] - 1) for pair in known)
                left = {pair: count for pair, count in left.items() if count}

    def _tried(
        self, key: str, block: Block, instance: Instance, parameters: Args
    ) -> dict[NodeId, Args]:
        """Return what is inferred inside an instance that has other parameters."""
        numbers = {n: a for n, a in parameters.items() if isinstance(a, int | float)}
        bound: dict[str, int | float | bool] = dict(numbers)
        given: dict[NodeId, Signal] = {}
        for id_ in block.inputs:
            known = instance.site.inputs.get(id_)
            if known is None:
                continue
            declared = block.graph.nodes[id_].args.get("shape")
            try:
                shape = _shape(declared, known, bound)
            except ExpressionError:
                return {}
            dtype = known.dtype or dtype_of(block.graph.nodes[id_])
            given[id_] = Signal((TensorType(shape, dtype, "", known.requires_grad),))
        sites = Sites((Probe("batch", NOTHING),))
        evaluator = Evaluator(self.project, self.lookup, self.caller, sites)
        scope = Scope(key, "", (bound,), parameters)
        outcomes = evaluator.graph(scope, block, given)
        return {n: o.record.inferred for n, o in outcomes.items() if o.record.inferred}


def _first_seen(instances: Sequence[Instance]) -> dict[int, list[Pair]]:
    """Return what is inferred, by the first instance in which it is: elsewhere it may be off."""
    first: dict[Pair, int] = {}
    for index, instance in enumerate(instances):
        for node, inferred in instance.inferred.items():
            for name in inferred:
                first.setdefault((node, name), index)
    found: dict[int, list[Pair]] = {}
    for pair, index in first.items():
        found.setdefault(index, []).append(pair)
    return found


def _shape(
    declared: Arg, known: TensorType, bound: dict[str, int | float | bool]
) -> tuple[int, ...]:
    """Return an input's shape under other parameters: what they do not say stays as it arrived."""
    if not isinstance(declared, tuple) or len(declared) != len(known.shape):
        return tuple(int(size) for size in known.shape)
    shape = []
    for dim, arrived in zip(declared, known.shape, strict=True):
        free = bare_name(dim)
        if free is not None and free not in bound:
            bound[free] = int(arrived)
        shape.append(int(concrete(dim, bound)))  # type: ignore[arg-type]  # a size
    return tuple(shape)
