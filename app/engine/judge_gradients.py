"""Which weights the gradients of each loss reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from app.engine.evaluate_record import Record, Trouble
from graph_editor.checking.verdict import Severity
from graph_editor.checking.words import value
from graph_editor.document.model import Address, Arg, At

OTHERWISE = "Name what it trains, or choose another optimizer."
LOOKED_UP = ("nn.Embedding", "nn.EmbeddingBag")
"""What gives sparse gradients with ``sparse``: of the rows that were looked up alone."""
TAKES_SPARSE = {
    "optim.SGD": ("weight_decay", "fused"),
    "optim.Adagrad": ("weight_decay", "fused"),
    "optim.SparseAdam": (),
}
"""Optimizers that take sparse gradients, and what has to be off for that."""
DECIDING = {**TAKES_SPARSE, **dict.fromkeys(LOOKED_UP, ("sparse",))}
"""The arguments on which it hangs what is found here."""


def gradient_troubles(
    records: Mapping[Address, Record], model: Iterable[str], shared: Collection[Address] = ()
) -> Iterator[tuple[Record, Trouble]]:
    """Yield optimizers that train nothing, and trained nodes that no gradient reaches.

    ``model`` holds the ids of the main graph's nodes that the model consists of; without any, every
    node with weights belongs to a model. ``shared`` are nodes whose weights others use too.
    """
    inside = frozenset(model)
    optimizers = [r for r in records.values() if r.site.node.kind == "optim" and r.status == "ok"]
    learning = [r for r in records.values() if r.learns and r.weights]
    reached_by_any: set[Address] = set()
    expected: dict[Address, Record] = {}
    for optimizer in optimizers:
        reached = reach(optimizer.feeds, records)
        reached_by_any |= reached
        mine = [r for r in learning if _trained(r, optimizer, inside)]
        held = [r for r in records.values() if r.weights and _trained(r, optimizer, inside)]
        expected |= {r.site.address: r for r in mine}
        yield from _one_way(records[a] for a in reached if a in records)
        fed = {*optimizer.feeds, *(f for a in reached if a in records for f in records[a].feeds)}
        read = _read(fed) & {r.site.address for r in mine}
        trouble = _picky(optimizer, mine, held, reached, read)
        if trouble is None:
            called = _called_again(records.values(), fed)
            looked_up = [r for r in mine if _is_looked_up(r, fed, called)]
            trouble = _sparse(optimizer, looked_up, read | _tied(records.values(), shared))
        if trouble is not None:
            yield optimizer, trouble
        if any(r.site.address in reached for r in mine):
            if optimizer.at_step is not None:
                yield optimizer, optimizer.at_step
        else:
            text = "There is nothing to train: the loss reaches none of the weights meant here."
            # with weights to hold, be they frozen, torch takes steps that change nothing
            yield optimizer, Trouble("nothing-to-train", text, severity=_grade(held))
            return
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
            text = (
                f"{_title(record)} has no derivative for what arrives, so that no gradient can go "
                "back through it."
            )
            yield record, Trouble("no-derivative", text, "derivative is not implemented")


def _is_looked_up(record: Record, fed: Collection[str], called: Collection[str]) -> bool:
    """Whether gradients come to rows that were looked up, here or in another call of the layer."""
    address = record.site.address
    return f"{address}.output" in fed or address in called


def _called_again(records: Iterable[Record], fed: Collection[str]) -> frozenset[str]:
    """Return the nodes whose layers others call that gradients come to."""
    found = (owner for r in records if f"{r.site.address}.output" in fed for owner in _owner(r))
    return frozenset(found)


def _read(fed: Iterable[str]) -> frozenset[Address]:
    """Return the nodes to a weight of which gradients come by way of another that reads it."""
    ends = (key.partition(".") for key in fed)
    return frozenset(Address(address) for address, _, port in ends if port != "output")


def _tied(records: Iterable[Record], shared: Collection[Address]) -> frozenset[Address]:
    """Return the nodes that share weights in another way than that they are called or read."""
    plain = set[str]()
    for record in records:
        plain.update(_owner(record))
        of, address = record.site.node.args.get("of"), record.site.address
        if isinstance(of, At):
            plain.add(f"{address[: address.rfind('/') + 1]}{of.address}")
    return frozenset(address for address in shared if address not in plain)


def _picky(
    optimizer: Record,
    mine: list[Record],
    held: list[Record],
    reached: set[Address],
    read: Collection[Address],
) -> Trouble | None:
    """Return what is wrong with weights, or with their gradients, for some optimizers.

    ``held`` are all that an optimizer is given, the frozen ones too, and ``read`` those that
    gradients come to by way of nodes that read them whole.
    """
    if optimizer.site.node.spec == "optim.Muon":
        stepped = {r.site.address for r in mine} & reached
        found = (_no_matrix(r, is_stepped=r.site.address in stepped) for r in held)
        return next((trouble for trouble in found if trouble is not None), None)
    if optimizer.site.node.spec == "optim.Adafactor":
        empty = (r for r in mine if r.site.address in reached and _is_empty(r))
        return next(map(_nothing, empty), None)
    if optimizer.site.node.spec == "optim.SparseAdam":
        for record in mine:
            is_sparse = record.site.value("sparse") is True and record.site.address not in read
            if record.site.address in reached and not is_sparse:
                text = (
                    f"Sparse Adam takes sparse gradients only, as embeddings with sparse set have "
                    f"them, and {_called(record)} has others. {OTHERWISE}"
                )
                return Trouble("gradient-not-sparse", text)
    return None


def _sparse(
    optimizer: Record, trained: Iterable[Record], shared: Collection[Address]
) -> Trouble | None:
    """Return that sparse gradients come to an optimizer that takes none, as it is set.

    The gradients of ``shared`` weights may be of both kinds, and full in sum.
    """
    site = optimizer.site
    takes = TAKES_SPARSE.get(site.node.spec)
    in_the_way = next((n for n in takes or () if site.value(n)), "")
    if takes is not None and not in_the_way:
        return None
    for record in trained:
        given = record.site
        if given.node.spec not in LOOKED_UP or given.value("sparse") is not True:
            continue
        if given.address not in shared:
            with_ = f" with {in_the_way} = {value(site.value(in_the_way))}" if in_the_way else ""
            text = (
                f"{_title(optimizer)}{with_} takes no sparse gradients, and sparse of "
                f"{_called(record)} is True: torch refuses the first step."
            )
            return Trouble("gradient-sparse", text, argument=in_the_way)
    return None


def _is_empty(record: Record) -> bool:
    return any(0 in shape for shape in record.weights.values())


def _nothing(record: Record) -> Trouble:
    """Return what Adafactor, which takes means over weights, refuses."""
    text = (
        f"Adafactor divides by the size of weights, and one of {_called(record)} holds no numbers."
    )
    return Trouble("weight-empty", f"{text} {OTHERWISE}")


def _no_matrix(record: Record, is_stepped: bool) -> Trouble | None:
    """Return what Muon refuses of a node's weights: their axes, and in a step their sizes."""
    for name, shape in record.weights.items():
        if len(shape) == 2 and not shape[1] and is_stepped:
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


def reach(origins: Iterable[str], records: Mapping[Address, Record]) -> set[Address]:
    """Return the addresses of all nodes that gradients come to from outputs ``address.port``.

    Where another call of a node's layer is among them, the node is one, for its weights.
    """
    seen, owners = set[Address](), set[Address]()
    left = [Address(o.partition(".")[0]) for o in origins]
    while left:
        address = left.pop()
        record = records.get(address)
        if record is not None and address not in seen:
            seen.add(address)
            owners.update(_owner(record))
            left.extend(Address(o.partition(".")[0]) for o in record.feeds)
    return seen | owners


def _owner(record: Record) -> Iterator[Address]:
    """Yield the node whose layer this one is another call of."""
    weights, address = record.site.node.weights, record.site.address
    if weights is not None and weights.same_as is not None:
        yield Address(f"{address[: address.rfind('/') + 1]}{weights.same_as}")


def _trained(record: Record, optimizer: Record, inside: frozenset[str]) -> bool:
    trains = _addresses(optimizer.site.node.args.get("trains"))
    address = record.site.address
    if trains and "." not in trains:
        return any(address == t or address.startswith((f"{t}/", f"{t}[")) for t in trains)
    return not inside or address.partition("/")[0].partition("[")[0] in inside


def _addresses(arg: Arg) -> tuple[str, ...]:
    items = arg if isinstance(arg, tuple) else (arg,)
    return tuple(a.address if isinstance(a, At) else a for a in items if isinstance(a, At | str))
