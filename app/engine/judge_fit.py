"""Says numbers inside blocks, and what leaves them, in the words of the block."""

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
from app.engine.judge_numbers import numbers_below, numbers_in
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
Pair: TypeAlias = tuple[str, str]
"""A place below the block, and one of its numbers: ``conv`` and ``in_channels``."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One use of a block: its parameters, its site and the numbers inside, by place."""

    site: Site
    parameters: Args
    numbers: FrozenMap[str, Args]


def instances_of(records: Mapping[Address, Record]) -> dict[str, list[Instance]]:
    """Return the instances of every block in which there are numbers to be told."""
    found: dict[str, list[Instance]] = {}
    for owner, numbers in numbers_below(records).items():
        site = records[Address(owner)].site
        key = site.node.spec.partition(".")[2]
        found.setdefault(key, []).append(Instance(site, site.args, FrozenMap(numbers)))
    return found


class Fitter:
    """Fits the numbers inside blocks, by trying each block with other parameters and sizes."""

    def __init__(self, project: Project, lookup: Lookup, caller: Caller) -> None:
        self.project = project
        self.lookup = lookup
        self.caller = caller

    def fit(self, key: str, instances: Iterable[Instance]) -> dict[str, Args]:
        """Return ``block/place`` -> number -> what it is in the words of the block.

        That is a number, or an Expr over the block's parameters and the sizes that its inputs name.
        What leaves the block may be said by what holds of its uses alone.
        """
        block = self.project.block(key)
        seen = [replace(each, parameters=_named(block, each)) for each in instances]
        result: dict[str, Args] = {}
        for first, pairs in _first_seen(seen).items():
            tried = list(self._varied(key, block, seen[first], pairs))
            for place, name in pairs:
                around = [seen[first], *tried, *seen]  # a node that is off somewhere says nothing
                known = [(i.parameters, i.numbers.get(place, NOTHING).get(name)) for i in around]
                found = formula([(p, v) for p, v in known if isinstance(v, int)])
                if found is None and place.removesuffix(".output") in block.outputs:
                    own = [p.name for p in block.parameters]
                    found = formula(
                        [(p, v) for p, v in known if isinstance(v, int) and _is_used(p, own, seen)]
                    )
                if found is not None:
                    earlier = result.get(f"{key}/{place}", NOTHING)
                    result[f"{key}/{place}"] = earlier.set(name, found)
        return result

    def _varied(
        self, key: str, block: Block, instance: Instance, pairs: Iterable[Pair]
    ) -> Iterator[Instance]:
        """Yield an instance as it would be with other parameters, or if given other sizes.

        One is changed at a time, and last all sizes together. Every number is looked for ENOUGH
        times for each parameter, since a node may be off, or fail, with some of the values.
        """

        def other(changed: Args) -> Instance:
            numbers = FrozenMap(self._tried(key, block, instance, changed))
            return replace(instance, parameters=changed, numbers=numbers)

        whole = instance.parameters
        sizes = [n for n in whole if all(p.name != n for p in block.parameters)]
        for name in sizes[1:]:  # the first is the batch, on which no number should depend
            yield other(whole.set(name, 2 * int(whole[name])))  # type: ignore[arg-type]  # a size
        for parameter in block.parameters:
            value = whole.get(parameter.name)
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            left = dict.fromkeys(pairs, ENOUGH)
            for times, more in CHANGES:
                changed = value * times + more
                if changed == value or not left:
                    continue
                yield (tried := other(whole.set(parameter.name, changed)))
                known = [p for p in left if p[1] in tried.numbers.get(p[0], NOTHING)]
                left.update((pair, left[pair] - 1) for pair in known)
                left = {pair: count for pair, count in left.items() if count}
        if sizes:
            grown = {n: (2 + k) * int(whole[n]) for k, n in enumerate(sizes)}  # type: ignore[arg-type]  # sizes
            yield (tried := other(whole.merged(FrozenMap(grown))))
            if any(name not in tried.numbers.get(place, NOTHING) for place, name in pairs):
                yield other(whole.set(sizes[0], 2 * int(whole[sizes[0]])))  # type: ignore[arg-type]  # a size

    def _tried(
        self, key: str, block: Block, instance: Instance, parameters: Args
    ) -> dict[str, Args]:
        """Return the numbers inside an instance that has other parameters, or is given others."""
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
        own = FrozenMap(
            {p.name: parameters[p.name] for p in block.parameters if p.name in parameters}
        )
        outcomes = evaluator.graph(Scope(key, "", (bound,), own), block, given)
        return numbers_in({r.site.address: r for o in outcomes.values() for r in o.records})


def _is_used(parameters: Args, own: Sequence[str], seen: Sequence[Instance]) -> bool:
    """Whether an instance of the drawing has such parameters, whatever it is given."""
    return any(all(parameters.get(n) == i.parameters.get(n) for n in own) for i in seen)


def _named(block: Block, instance: Instance) -> Args:
    """Return what the names inside an instance mean: its parameters, and sizes of its inputs."""
    found = instance.parameters
    for id_ in block.inputs:
        known = instance.site.inputs.get(id_)
        declared = block.graph.nodes[id_].args.get("shape")
        if known is None or not isinstance(declared, tuple) or len(declared) != len(known.shape):
            continue
        for dim, arrived in zip(declared, known.shape, strict=True):
            name = bare_name(dim)
            if name is not None and name not in found and isinstance(arrived, int):
                found = found.set(name, arrived)
    return found


def _first_seen(instances: Sequence[Instance]) -> dict[int, list[Pair]]:
    """Return what there is, by the first instance in which it is: elsewhere it may be off."""
    first: dict[Pair, int] = {}
    for index, instance in enumerate(instances):
        for place, numbers in instance.numbers.items():
            for name in numbers:
                first.setdefault((place, name), index)
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
