"""Which weights the gradients of each loss reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from app.engine.evaluate_record import Record, Trouble
from app.engine.gradient_ways import LOOKED_UP, Ways, is_sparse, owners
from app.engine.one_way import REASONS
from graph_editor.checking.verdict import Severity
from graph_editor.checking.words import value
from graph_editor.document.model import Address, Arg, At, FrozenMap

OTHERWISE = "Name what it trains, or choose another optimizer."
TAKES_SPARSE = {
    "optim.SGD": ("weight_decay", "fused", "clip_norm"),
    "optim.Adagrad": ("weight_decay", "fused", "clip_norm"),
    "optim.SparseAdam": ("clip_norm",),
}
"""Optimizers that take sparse gradients, and what has to be off for that."""
DECIDING = {**TAKES_SPARSE, **dict.fromkeys(LOOKED_UP, ("sparse",))}
"""The arguments on which it hangs what is found here."""


def gradient_troubles(
    records: Mapping[Address, Record], model: Iterable[str]
) -> Iterator[tuple[Record, Trouble]]:
    """Yield optimizers that train nothing, and trained nodes that no gradient reaches.

    ``model`` holds the ids of the main graph's nodes that the model consists of; without any, every
    node with weights belongs to a model.
    """
    inside = frozenset(model)
    optimizers = [r for r in records.values() if r.site.node.kind == "optim" and r.status == "ok"]
    having = [r for r in records.values() if r.weights]
    shared = _shared(records, inside) if not all(_within(r, inside) for r in having) else ()
    reached_by_any: set[Address] = set()
    expected: dict[Address, Record] = {}
    for optimizer in optimizers:
        ways = Ways.of(optimizer.feeds, records)
        reached_by_any |= ways.reached
        held = list(_held(having, optimizer, inside, shared))
        mine = [r for r in held if r.learns]
        expected |= {r.site.address: r for r in mine}
        yield from _one_way(ways.passed.values())
        trouble = _picky(optimizer, mine, held, ways) or _sparse(optimizer, mine, ways)
        if trouble is not None:
            yield optimizer, trouble
        if any(r.site.address in ways.reached for r in mine):
            if optimizer.at_step is not None:
                yield optimizer, optimizer.at_step
        else:
            text = "There is nothing to train: the loss reaches none of the weights meant here."
            # with weights to hold, be they frozen, torch takes steps that change nothing
            yield optimizer, Trouble("nothing-to-train", text, severity=_grade(held))
            if not held:
                return
            expected = {at: r for at, r in expected.items() if r not in mine}
    for address, record in expected.items():
        if address not in reached_by_any:
            text = "These weights receive no gradient from any loss, so that they never change."
            yield record, Trouble("no-gradient", text, severity="warning")


def _grade(held: list[Record]) -> Severity:
    return "warning" if held else "error"


def _one_way(reached: Iterable[Record]) -> Iterator[tuple[Record, Trouble]]:
    """Yield nodes that gradients come to and that torch has no derivative of."""
    for record in reached:
        if record.one_way:
            why = REASONS.get(record.site.node.spec, "it has no derivative for what arrives")
            text = f"No gradient can go back through {_title(record)}: {why}."
            words = "derivative is not implemented"
            yield record, Trouble("no-derivative", text, words, tried=record.one_way[0])


def _picky(optimizer: Record, mine: list[Record], held: list[Record], ways: Ways) -> Trouble | None:
    """Return what is wrong with weights, or with their gradients, for some optimizers.

    ``held`` are all that an optimizer is given, the frozen ones too.
    """
    if optimizer.site.node.spec == "optim.Muon":
        learning = {r.site.address for r in mine}
        found = (_no_matrix(r, ways, is_stepped=r.site.address in learning) for r in held)
        return next((trouble for trouble in found if trouble is not None), None)
    if optimizer.site.node.spec == "optim.Adafactor":
        empty = (r for r in mine if _is_empty(r, ways))
        return next(map(_nothing, empty), None)
    if optimizer.site.node.spec == "optim.SparseAdam":
        for record in mine:
            if any(not sparse for name in record.weights for _, sparse in ways.kinds(record, name)):
                text = (
                    f"Sparse Adam takes sparse gradients only, as embeddings with sparse set have "
                    f"them, and {_called(record)} has others. {OTHERWISE}"
                )
                return Trouble("gradient-not-sparse", text)
    return None


def _sparse(optimizer: Record, trained: Iterable[Record], ways: Ways) -> Trouble | None:
    """Return that sparse gradients come to an optimizer that takes none, as it is set."""
    site = optimizer.site
    takes = TAKES_SPARSE.get(site.node.spec)
    in_the_way = next((n for n in takes or () if site.value(n)), "")
    if takes is not None and not in_the_way:
        return None
    if not any(is_sparse(record) for record in (*ways.passed.values(), *trained)):
        return None
    for record in trained:
        for name in record.weights:
            kinds = list(ways.kinds(record, name))
            if not kinds or not all(sparse for _, sparse in kinds):
                continue
            with_ = f" with {in_the_way} = {value(site.value(in_the_way))}" if in_the_way else ""
            text = (
                f"{_title(optimizer)}{with_} takes no sparse gradients, and sparse of "
                f"{_called(kinds[0][0])} is True: torch refuses the first step."
            )
            return Trouble("gradient-sparse", text, argument=in_the_way)
    return None


def _is_empty(record: Record, ways: Ways) -> bool:
    return any(0 in shape for _, shape in ways.stepped(record))


def _nothing(record: Record) -> Trouble:
    """Return what Adafactor, which takes means over weights, refuses."""
    text = (
        f"Adafactor divides by the size of weights, and one of {_called(record)} holds no numbers."
    )
    return Trouble("weight-empty", f"{text} {OTHERWISE}")


def _no_matrix(record: Record, ways: Ways, is_stepped: bool) -> Trouble | None:
    """Return what Muon refuses of a node's weights: their axes, and in a step their sizes."""
    stepped = dict(ways.stepped(record)) if is_stepped else {}
    for name, shape in record.weights.items():
        if len(shape) == 2 and not shape[1] and name in stepped:
            whose = f"{name or 'the weight'} of {_called(record)}"
            text = f"Muon divides by the columns of a matrix, and {whose} has none. {OTHERWISE}"
            return Trouble("weight-not-matrix", text)
        if len(shape) != 2:
            shown = "×".join(map(str, shape)) or "a single number"
            whose = f"{name or 'the weight'} of {_called(record)}"
            text = (
                f"Muon trains weights with two axes only (matrices), and the shape of {whose} is "
                f"{shown}. {OTHERWISE}"
            )
            return Trouble("weight-not-matrix", text)
    return None


def _called(record: Record) -> str:
    """Return what a node is called where another one is spoken of: ``Linear “head”``."""
    name = record.site.node.name if "/" not in record.site.address else ""
    return f"{_title(record)} “{name or record.site.address}”"


def _title(record: Record) -> str:
    return record.site.spec.title if record.site.spec else record.site.node.spec


def _held(
    records: Iterable[Record], optimizer: Record, inside: frozenset[str], shared: Collection[str]
) -> Iterator[Record]:
    """Yield those whose weights an optimizer is given, with no other weights than these."""
    trains = _addresses(optimizer.site.node.args.get("trains"))
    for record in records:
        if trains and "." not in trains:
            address = _owner(record)
            if any(address == t or address.startswith((f"{t}/", f"{t}[")) for t in trains):
                yield record
        elif _within(record, inside):
            yield record
        elif shared:
            names = (n for n in record.weights if f"{_owner(record)}.{n}" in shared)
            known = FrozenMap({name: record.weights[name] for name in names})
            if known:
                yield replace(record, weights=known)


def _owner(record: Record) -> Address:
    return next(iter(owners(record)), record.site.address)


def _within(record: Record, inside: frozenset[str]) -> bool:
    return not inside or _owner(record).partition("/")[0].partition("[")[0] in inside


def _shared(records: Mapping[Address, Record], inside: frozenset[str]) -> frozenset[str]:
    """Return the weights ``address.name`` that layers of the model have by a tie."""
    return frozenset(
        feed
        for record in records.values()
        if record.site.node.spec != "param.of" and _within(record, inside)
        for feed in record.feeds
    )


def _addresses(arg: Arg) -> tuple[str, ...]:
    items = arg if isinstance(arg, tuple) else (arg,)
    return tuple(a.address if isinstance(a, At) else a for a in items if isinstance(a, At | str))
