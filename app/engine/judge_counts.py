"""Numbers that a size counts, held to what they pick from in every try.

``arange(B)`` has one number more in a batch of one more, and the last, smaller batch has no fourth
sample to pick. What a condition may leave out is looked at where it does not. The rules on how far
numbers go tell what is so for every batch: here they are asked of each try alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from app.engine.evaluate_record import Record
from app.engine.judge_late import Late, where
from app.engine.judge_ranges import counts_up
from app.engine.judge_state import State
from app.engine.symbolic import Probe
from graph_editor.checking.counted import BY_CHANCE
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints import embedding_range, index_range, shifted_labels
from graph_editor.checking.lints.class_count import LOSSES, SEQUENCES, of_negatives, scores_of
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import RESHAPES, source_of
from graph_editor.checking.words import sizes
from graph_editor.document.expression_tree import Size, Variable, walk
from graph_editor.document.expressions import parse
from graph_editor.document.model import Address, Arg, Expr, FrozenMap

World: TypeAlias = tuple[State, Context]
Varies: TypeAlias = Literal["", "by size", "by condition", "of data"]
"""Why a try may tell something else than the first: by a size that counts, or that is picked from,
by a condition, or by a size with a name that data are looked up in.
"""
Readers: TypeAlias = Mapping[Address, Varies]
ORDER: tuple[Varies, ...] = ("by size", "by condition", "of data")
_READERS = frozenset({*index_range.READERS, *LOSSES, SEQUENCES})
_PICKING = frozenset({*index_range.PICKS, "op.getitem", "F.embedding"})
"""Those of them that pick from what arrives, along an axis of any name."""
_ALIKE = RESHAPES | {"Tensor.repeat", "torch.repeat_interleave"}
"""Specs whose arguments change no number, be they counted or not."""
_FAR = 48
"""So many nodes before a reader are looked at."""
_NEVER = Expr("0")


def counted_faults(
    state: State, context: Context, alone: Callable[[Probe], World]
) -> tuple[Late, ...]:
    """Return what is asked of places that some try does not have, and is not told of all tries.

    ``alone`` returns what is known where one try alone is made.
    """
    before, touched = state.counted, state.touched
    if before is not None and touched is not None and touched.isdisjoint(before[0]):
        return before[1]
    looked: set[Address] = set()
    readers = {s.address: _varies(s, state, context, looked) for s in context.of(_READERS)}
    varying = {address: why for address, why in readers.items() if why}
    found = tuple(_found(state, context, varying, alone)) if varying else ()
    state.counted = frozenset({*looked, *readers}), found
    return found


def _found(
    state: State,
    context: Context,
    readers: Readers,
    alone: Callable[[Probe], World],
) -> Iterator[Late]:
    told = {
        found.victim or found.node
        for found in _asked(context, readers)
        if found.severity == "error" or readers.get(found.victim or found.node) == "of data"
    }
    for index, probe in enumerate(state.sites.tried):
        there, seen = alone(probe)
        for found in _asked(_decided(seen, there.records), readers):
            at = found.victim or found.node
            if found.severity == "error" and at not in told:
                told.add(at)
                fixes = found.proposals if readers[at] == "by condition" else ()
                message = f"{where(probe)}: {found.message}"
                yield index, replace(found, message=message, proposals=fixes)


def _asked(context: Context, readers: Readers) -> Iterator[Diagnosis]:
    """Yield what the rules say of these nodes."""
    yield from (d for d in embedding_range.check(context) if (d.victim or d.node) in readers)
    for address in readers:
        site = context.sites.get(address)
        if site is None or (site.node.spec in LOSSES and counts_up(site, context)):
            continue  # labels as they are counted are held to every try elsewhere
        for check in (index_range.check, shifted_labels.check):
            if check.suits(site):
                yield from (d for d in check.find(site, context) if (d.victim or d.node) == address)
        scores = scores_of(sizes(site, "input"), sizes(site, "target"))
        if site.node.spec in LOSSES and scores is not None and is_run(site, context):
            yield from of_negatives(site, scores, context)


def _decided(context: Context, records: Mapping[Address, Record]) -> Context:
    """Return what is known of one try, where it is known which conditions hold."""
    told: dict[Address, Site] = {
        address: replace(site, node=replace(site.node, when=_when(address, records)))
        for address, site in context.sites.items()
        if site.node.when is not None
    }
    sites = FrozenMap({**context.sites, **told})
    return replace(context, sites=sites, kept={}) if told else context


def _when(address: Address, records: Mapping[Address, Record]) -> Expr | None:
    """Return the condition of a node of one try: it never holds, or there is none."""
    copy = Address(f"{address}[0]")  # each asks its condition itself
    copies = [records[copy]] if copy in records else []
    while copies and (copy := Address(f"{address}[{len(copies)}]")) in records:
        copies.append(records[copy])
    met = [record.met is not None for record in copies or [records[address]]]
    return _NEVER if all(met) else None


def _varies(reader: Site, state: State, context: Context, looked: set[Address]) -> Varies:
    """Return why the places that a node asks for, or those that there are, are not always alike.

    All nodes that have a say in it are entered in ``looked``.
    """
    found: set[Varies] = set()
    for port in (port for port, kind in reader.inputs.items() if "int" in kind.dtype):
        makers = list(_before(reader, port, context))
        looked.update(maker.address for maker in makers)
        is_made = bool(makers) and all(_is_made(maker) for maker in makers)
        if any(_counts(maker, context) for maker in makers) or (is_made and _names(reader)):
            found.add("by size")
        elif reader.node.spec in _PICKING and _names(reader) - {"B"}:
            found.add("of data")
        if any(_may_be_off(step, state) for step in (reader.address, *(m.address for m in makers))):
            found.add("by condition")
    return next((why for why in ORDER if why in found), "")


def _before(reader: Site, port: str, context: Context) -> Iterator[Site]:
    """Yield what makes the whole numbers that arrive at a port."""
    ahead, seen = [source_of(reader, port, context)], {reader.address}
    while ahead and len(seen) < _FAR:
        source = ahead.pop()
        maker = context.sites.get(source.address) if source is not None else None
        if maker is None or maker.address in seen:
            continue
        seen.add(maker.address)
        yield maker
        if maker.node.spec not in BY_CHANCE:
            ahead += [source_of(maker, path, context) for path in maker.sources]


def _counts(maker: Site, context: Context) -> bool:
    """Whether sizes with names say how far the numbers go that a node makes."""
    if maker.node.spec in _ALIKE:
        return False
    made = context.types.get(f"{maker.address}.output")
    is_named = made is not None and any(not isinstance(size, int) for size in made.shape)
    counts_on = maker.node.spec in ("torch.arange", "torch.cumsum") and is_named
    return counts_on or any(_has_names(value) for value in maker.node.args.values())


def _has_names(value: Arg) -> bool:
    return isinstance(value, Expr) and any(
        isinstance(part, Variable | Size) for part in walk(parse(value.text))
    )


def _is_made(maker: Site) -> bool:
    """Whether neither data nor weights are seen here."""
    return maker.node.kind not in ("data", "io", "param", "code")


def _names(reader: Site) -> set[str]:
    """Return the sizes that are no numbers of what a node picks from; ``B`` is the batch alone."""
    return {
        size
        for port, kind in reader.symbolic.items()
        if "int" not in kind.dtype
        for size in kind.shape
        if not isinstance(size, int)
    }


def _may_be_off(address: Address, state: State) -> bool:
    """Whether a condition may leave out a node, or a block around it."""
    parts = address.split("/")
    return any(Address("/".join(parts[:n])) in state.conditional for n in range(1, len(parts) + 1))
