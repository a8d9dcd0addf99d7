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

    @staticmethod
    def of(address: Address, kept: Kept, fed: Mapping[str, tuple[str, int]]) -> Use:
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
        return Use(address, kept.own, (*views, *shared), tuple(sizes.items()), (*inputs, *results))

    @property
    def shape(self) -> object:
        """All but the bytes: what is in whose memory, and what is kept."""
        made, held = [output for output, _ in self.sizes], [output for output, _ in self.holds]
        return self.address, self.views, made, held


class Ledger:
    """The bytes that each call is the first to keep; calls in the order of execution.

    Memory is known by the output that it was made for, however many views and wires lie between.
    """

    def __init__(self, uses: Iterable[Use]) -> None:
        self.found: Table[Address, int] = Table()
        self._roots: dict[str, str] = {}
        self._sizes: dict[str, int] = {WEIGHT: 0}
        self._first: dict[str, Use] = {}  # who keeps a memory first
        for use in uses:
            for output, source in use.views:
                self._roots[output] = self._roots.get(source, source)
            self._sizes.update(use.sizes)
            for output, _ in use.holds:
                self._first.setdefault(self._roots.get(output, output), use)
            self._enter(use)

    def change(self, changed: Sequence[tuple[Use, Use]]) -> bool:
        """Bring in calls in the place of others; return False where that takes a new ledger."""
        if any(old.shape != new.shape for old, new in changed):
            return False
        again = dict[Address, Use]()
        for old, new in changed:
            self._sizes.update(new.sizes)
            for output, _ in old.holds:
                root = self._roots.get(output, output)
                if self._first[root].address == old.address:
                    self._first[root] = new
            again[new.address] = new
        for _, new in changed:
            holders = (self._first.get(output) for output, _ in new.sizes)
            again |= {h.address: h for h in holders if h is not None and h.address not in again}
        for use in again.values():
            self._enter(use)
        return True

    def _enter(self, use: Use) -> None:
        total, seen = use.own, set[str]()
        for output, shown in use.holds:
            root = self._roots.get(output, output)
            if root not in seen and root != WEIGHT and self._first[root].address == use.address:
                seen.add(root)
                total += self._sizes.get(root, shown)
        if total:
            self.found[use.address] = total
        else:
            self.found.pop(use.address)
