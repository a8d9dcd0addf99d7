"""Counts what all calls of a drawing keep together: what two of them keep is there once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.memory_call import WEIGHT, Kept
from app.engine.table import Table
from graph_editor.document.model import Address


@dataclass(frozen=True, slots=True)
class Use:
    """One call of a drawing: what it keeps, by the outputs ``address.port`` that made it."""

    address: Address
    own: int
    """Bytes that no output has."""
    views: tuple[tuple[str, str], ...] = ()
    """An output of its own, and the one in whose memory it lies."""
    sizes: tuple[tuple[str, int], ...] = ()
    """An output of its own whose memory is new, and its bytes."""
    holds: tuple[tuple[str, int], ...] = ()
    """An output whose memory it keeps, and the bytes that are seen of it."""
    reads: tuple[tuple[str, int], ...] = ()
    """An output that arrives, and the bytes that are seen of it."""
    standing: frozenset[str] = frozenset()
    """Outputs, of those that arrive and of its own, that are as large for any batch."""
    extra: int = 0
    """Bytes that come and go inside of it, at most at once, beside results and what is kept."""

    @staticmethod
    def of(
        address: Address,
        kept: Kept,
        fed: Mapping[str, tuple[str, int]],
        standing: frozenset[str] = frozenset(),
    ) -> Use:
        """Return the use of a call; ``fed`` says by input port which output arrives, how large."""
        prefix = f"{address}."
        views = [
            (prefix + port, WEIGHT if other == WEIGHT else fed[other][0])
            for port, other in kept.views.items()
        ]
        shared = [(prefix + port, prefix + other) for port, other in kept.shared.items()]
        sizes = {prefix + port: size for port, size in kept.sizes.items()}
        results = [(prefix + port, sizes[prefix + port]) for port in kept.results]
        inputs = [fed[port] for port in kept.inputs]
        return Use(
            address,
            kept.own,
            (*views, *shared),
            tuple(sizes.items()),
            (*inputs, *results),
            tuple(fed.values()),
            standing,
            max(0, kept.peak - kept.own - sum(sizes.values())),
        )

    @property
    def shape(self) -> object:
        """All but the bytes: what is in whose memory, and what is kept."""
        made, held = [output for output, _ in self.sizes], [output for output, _ in self.holds]
        return self.address, self.views, made, held, [output for output, _ in self.reads]


class Ledger:
    """The bytes that each call is the first to keep; calls in the order of execution.

    Memory is known by the output that it was made for, however many views and wires lie between.
    """

    def __init__(self, uses: Iterable[Use]) -> None:
        self.found: Table[Address, int] = Table()
        self.passing: Table[Address, int] = Table()
        """Bytes that are there while a call runs, and that nobody keeps."""
        self.standing: Table[Address, int] = Table()
        """Those of them that do not grow with the batch."""
        self.inner: Table[Address, int] = Table()
        """Bytes beside them that come and go inside of a call."""
        self._roots: dict[str, str] = {}
        self._sizes: dict[str, int] = {WEIGHT: 0}
        self._given: dict[str, int] = {}  # of what no call makes, as it is seen where it is read
        self._first: dict[str, Use] = {}  # who keeps a memory first
        self._uses: dict[Address, Use] = {}
        self._readers: dict[str, list[Address]] = {}
        for use in uses:
            for output, source in use.views:
                self._roots[output] = self._roots.get(source, source)
            self._sizes.update(use.sizes)
            for output, _ in use.holds:
                self._first.setdefault(self._roots.get(output, output), use)
            for output, shown in use.reads:
                self._readers.setdefault(self._roots.get(output, output), []).append(use.address)
                self._given[output] = shown
            self._uses[use.address] = use
        for use in self._uses.values():
            self._enter(use)

    def change(self, changed: Sequence[tuple[Use, Use]]) -> bool:
        """Bring in calls in the place of others; return False where that takes a new ledger."""
        if any(old.shape != new.shape for old, new in changed):
            return False
        again = dict[Address, Use]()
        for old, new in changed:
            self._sizes.update(new.sizes)
            self._uses[new.address] = new
            for output, _ in old.holds:
                root = self._roots.get(output, output)
                if self._first[root].address == old.address:
                    self._first[root] = new
            again[new.address] = new
        for _, new in changed:
            other = [output for output, shown in new.reads if self._given[output] != shown]
            self._given.update(new.reads)
            for output in (*(output for output, _ in new.sizes), *other):
                holder = self._first.get(output)
                near = self._readers.get(output, [])
                for address in near if holder is None else (*near, holder.address):
                    again.setdefault(address, self._uses[address])
        for use in again.values():
            self._enter(use)
        return True

    def _enter(self, use: Use) -> None:
        total, seen = use.own, set[str]()
        for output, shown in use.holds:
            root = self._roots.get(output, output)
            if root not in seen and root != WEIGHT and self._first[root].address == use.address:
                seen.add(root)
                total += self._size(root, shown)
        _put(self.found, use.address, total)
        self._pass(use)

    def _size(self, root: str, shown: int) -> int:
        """Return the bytes of a memory, of which a call may see less."""
        made = self._sizes.get(root)
        return self._given.get(root, shown) if made is None else made

    def _pass(self, use: Use) -> None:
        """Count what is there while a call runs and is given up again, sooner or later."""
        seen, grows, stands = set[str](), 0, 0
        makes = use.sizes or use.own or use.extra  # else it only looks at memory otherwise
        for output, shown in (*use.reads, *use.sizes) if makes else ():
            root = self._roots.get(output, output)
            if root in seen or root in self._first:
                continue
            seen.add(root)
            size = self._size(root, shown)
            if output in use.standing:
                stands += size
            else:
                grows += size
        _put(self.passing, use.address, grows + stands)
        _put(self.standing, use.address, stands)
        _put(self.inner, use.address, use.extra)


def _put(table: Table[Address, int], address: Address, number: int) -> None:
    if number:
        table[address] = number
    else:
        table.pop(address)
