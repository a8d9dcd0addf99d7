"""Says parameters that are ``auto`` inside blocks in terms of the block's own parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.engine.evaluate import Evaluator
from app.engine.evaluate_call import Args, Caller
from app.engine.evaluate_io import dtype_of
from app.engine.evaluate_node import Record, Signal, Sites
from app.engine.evaluate_scope import Scope, concrete
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
    Expr,
    FrozenMap,
    NodeId,
    Project,
)

CHANGES = ((2, 0), (3, 0), (1, 1), (1, 2))
"""How a parameter is varied: times the first, plus the second. Doubling keeps divisors divisors."""


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
        first = seen[0]
        slopes = self._slopes(key, block, first)
        result: dict[str, Args] = {}
        for node, inferred in first.inferred.items():
            fitted: dict[str, Arg] = {}
            for name, value in inferred.items():
                observed = [(i.parameters, i.inferred.get(node, NOTHING).get(name)) for i in seen]
                found = _expression(int(value), slopes.get((node, name), {}), first.parameters)  # type: ignore[arg-type]  # sizes are ints
                if found is not None and all(_fits(found, p, v) for p, v in observed):
                    fitted[name] = found
            if fitted:
                result[f"{key}/{node}"] = FrozenMap(fitted)
        return result

    def _slopes(
        self, key: str, block: Block, instance: Instance
    ) -> dict[tuple[NodeId, str], dict[str, float]]:
        """Return how fast each inferred number grows with each parameter."""
        slopes: dict[tuple[NodeId, str], dict[str, float]] = {}
        for parameter in block.parameters:
            value = instance.parameters.get(parameter.name)
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            for times, more in CHANGES:
                changed = value * times + more
                seen = self._tried(key, block, instance, parameter.name, changed)
                if changed == value or not seen:
                    continue
                for node, inferred in instance.inferred.items():
                    for name, before in inferred.items():
                        after = seen.get(node, NOTHING).get(name)
                        if isinstance(after, int) and isinstance(before, int):
                            rise = (after - before) / (changed - value)
                            slopes.setdefault((node, name), {})[parameter.name] = rise
                break
        return slopes

    def _tried(
        self, key: str, block: Block, instance: Instance, name: str, value: int
    ) -> dict[NodeId, Args]:
        """Return what is inferred inside an instance that has another value of one parameter."""
        parameters = instance.parameters.set(name, value)
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


def _expression(value: int, slopes: Mapping[str, float], parameters: Args) -> Arg:
    """Return a number, or an expression that has this value and these slopes; None for neither."""
    rising = {name: slope for name, slope in slopes.items() if slope}
    if not rising:
        return value
    numbers = {name: int(parameters[name]) for name in rising}  # type: ignore[arg-type]  # varied as ints
    if len(rising) > 1:
        scale = math.prod(numbers.values())
        proportional = all(s * numbers[n] == value for n, s in rising.items())
        if proportional and scale and value % scale == 0:
            return _product(value // scale, list(rising))
    if any(slope != int(slope) for slope in rising.values()):
        return _quotient(value, rising, numbers)
    offset = value - sum(int(s) * numbers[n] for n, s in rising.items())
    terms = [_product(int(s), [n]).text for n, s in rising.items()]
    text = " + ".join(terms)
    sign = f" {'+' if offset > 0 else '-'} {abs(offset)}" if offset else ""
    return Expr(f"{text}{sign}".replace("+ -", "- "))


def _product(factor: int, names: list[str]) -> Expr:
    return Expr(" * ".join([*([] if factor == 1 else [str(factor)]), *names]))


def _quotient(value: int, rising: Mapping[str, float], numbers: Mapping[str, int]) -> Arg:
    """Return ``dim // 2`` where one parameter is divided by a whole number."""
    (name, slope), *more = rising.items()
    divisor = round(1 / slope) if slope > 0 else 0
    if more or divisor < 2 or numbers[name] // divisor != value:
        return None
    return Expr(f"{name} // {divisor}")


def _fits(found: Arg, parameters: Args, value: Arg) -> bool:
    numbers = {n: a for n, a in parameters.items() if isinstance(a, int | float)}
    try:
        return concrete(found, numbers) == value
    except ExpressionError:
        return False
