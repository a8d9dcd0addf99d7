"""Sizes behind strides, slices and resizing: ``H/2``, ``(H + 1)/2``, ``3*H/2``, rounded down.

Two sizes tell a line, and no more. What is behind a stride is no line: ``H/2`` of 13 is 6. So the
nodes that stride say by how much, and what they say is held against every size that was tried.
A floor of a floor is one floor: ⌊(⌊(n + a)/b⌋ + c)/d⌋ = ⌊(n + a + b·c)/(b·d)⌋ for whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.symbolic_links import Floor, Link, links
from app.engine.symbolic_term import Term
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg

UNKNOWN = "?"
SHORTEST = 3
"""Slices that are longer than this are held to free sizes that are shorter than they are."""
Sizes = tuple[int, ...]
"""One size, as it was in each try."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a node is given, in each try: its first input, and all others."""

    spec: Spec
    args: Mapping[str, Arg]
    first: Sequence[TensorType]
    others: Sequence[Sequence[TensorType]] = ()


class Steps:
    """The sizes that are known as terms, by what they were in each try."""

    def __init__(self) -> None:
        self._known: dict[Sizes, Term] = {}
        self._lost: set[Sizes] = set()
        self._kept: set[Sizes] = set()
        self.doubts = 0
        """How often one cannot see how a size follows from another, by those that are tried."""
        self.is_cut = False
        """Whether a slice gives a number that smaller sizes than those that are tried do not."""

    def keep(self, sizes: Sizes) -> None:
        """Say that a size has a name of its own, so that it does not follow from others."""
        self._kept.add(sizes)

    def enter(self, sizes: Sizes, term: Term) -> None:
        """Say what a size is."""
        self._known.setdefault(sizes, term)

    def term(self, sizes: Sizes) -> Term | None:
        """Return what a size is, where that is known."""
        return self._known.get(sizes)

    def lose(self, sizes: Sizes) -> str:
        """Say that nobody knows what a size is, so that nothing is guessed of what follows."""
        self._lost.add(sizes)
        return UNKNOWN

    def text(self, sizes: Sizes) -> str | None:
        """Return what a size is, where it is known, or known to be unknown."""
        term = self._known.get(sizes)
        return term.text() if term else UNKNOWN if sizes in self._lost else None

    def learn(
        self, given: Given, made: Sequence[TensorType], port: str, said: Iterable[Sizes] = ()
    ) -> None:
        """See which sizes of a result follow from those of the input.

        Where two ways lead to the same sizes in all tries, and not in others, nothing is told.
        ``said`` are sizes that arguments say, by names: they follow from nothing else.
        """
        elsewhere = {sizes for kinds in given.others for sizes in _axes(kinds)} | set(said)
        known = self._known
        ranks = (len(given.first[0].shape), len(made[0].shape))
        for link in links(given.spec, given.args, port, *ranks):
            before, after = _along(given.first, link.given), _along(made, link.made)
            self._squeeze(link, before, after)
            if after == before or len(set(after)) == 1 or (after in elsewhere and after in known):
                continue
            term = known.get(before)
            found = _follows(term, link, before, after, given.others) if term else None
            twin = known.get(after)
            if found is not None and twin is not None and not found.equals(twin):
                self.doubts += 1  # they differ, and not where they are tried
                found = None
            if after in self._kept:
                continue
            if found is not None:
                known[after] = found
            elif term is not None or before in self._lost:
                self._lost.add(after)
                known.pop(after, None)

    def _squeeze(self, link: Link, before: Sizes, after: Sizes) -> None:
        """Note a result that is larger, or is another, for sizes that are not tried."""
        if before not in self._known and before not in self._lost:
            return
        floor = link.floor
        if isinstance(floor, Floor):
            same = floor.step > 1 and len(set(after)) == 1
            self.doubts += same or min(before) < floor.least
        elif isinstance(floor, int):
            self.doubts += min(before) < floor
            self.is_cut = self.is_cut or floor > SHORTEST


def _axes(kinds: Sequence[TensorType]) -> Iterable[Sizes]:
    return (_along(kinds, axis) for axis in range(-len(kinds[0].shape), 0)) if kinds else ()


def _along(kinds: Sequence[TensorType], axis: int) -> Sizes:
    return tuple(int(kind.shape[axis]) for kind in kinds)


def _follows(
    term: Term,
    link: Link,
    before: Sizes,
    after: Sizes,
    others: Sequence[Sequence[TensorType]],
) -> Term | None:
    """Return the term of sizes that a node makes of others."""
    if isinstance(link.floor, Floor):
        floor = link.floor
        sizes = [(floor.times * size + floor.offset) // floor.step for size in before]
        fits = sizes == list(after) and min(before) >= floor.least
        return term.stepped(floor.offset, floor.step, floor.times) if fits else None
    if link.floor is not None:
        return None
    for kinds in others:  # what is joined to it has to be alike, or of one length
        if len(kinds[0].shape) >= -link.given:
            beside = _along(kinds, link.given)
            if beside != before and len(set(beside)) > 1:
                return None
    return _line(term, before, after)


def _line(term: Term, before: Sizes, after: Sizes) -> Term | None:
    """Return the term of sizes that are a line over others."""
    far = next(k for k, size in enumerate(before) if size != before[0])
    factor, rest = divmod(after[far] - after[0], before[far] - before[0])
    more = after[0] - factor * before[0]
    if rest or factor < 1 or [factor * size + more for size in before] != list(after):
        return None
    return term.scaled(factor, more)
