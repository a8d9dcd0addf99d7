"""What differs between two projects, found by identity before anything is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from graph_editor.document.addresses import MAIN
from graph_editor.document.model import (
    Block,
    FrozenMap,
    Project,
)


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys of a mapping that were added, removed, or have another value now."""

    added: frozenset[Any] = frozenset()
    removed: frozenset[Any] = frozenset()
    changed: frozenset[Any] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class BlockChange:
    """What differs in one block: its nodes by id, its wires by the input they feed, the rest."""

    nodes: Entries = Entries()
    wires: Entries = Entries()
    ties: bool = False
    interface: bool = False
    """Inputs, outputs or parameters: what instances of it see."""
    labels: bool = False
    """Name, text and fields of newer versions."""

    def __bool__(self) -> bool:
        return bool(self.nodes or self.wires or self.ties or self.interface or self.labels)


class Change:
    """The difference of two projects; each part is worked out when it is asked for."""

    def __init__(self, before: Project, after: Project) -> None:
        self.before = before
        self.after = after

    @cached_property
    def blocks(self) -> Entries:
        """The blocks, without the main graph."""
        return _entries(self.before.blocks, self.after.blocks)

    @cached_property
    def graphs(self) -> FrozenMap[str, BlockChange]:
        """What differs in each graph, by key; a new or removed block counts as a whole."""
        return FrozenMap({key: found for key, found in self._graphs() if found})

    def _graphs(self) -> Iterator[tuple[str, BlockChange]]:
        yield MAIN, _block_change(self.before.main, self.after.main)
        for key in (*self.blocks.added, *self.blocks.removed, *self.blocks.changed):
            old, new = self.before.blocks.get(key), self.after.blocks.get(key)
            yield key, _block_change(old or Block(), new or Block())

    @cached_property
    def layout(self) -> Entries:
        """The keys of the graphs that lie otherwise."""
        return _entries(self.before.layout, self.after.layout)

    @cached_property
    def run(self) -> Entries:
        """The run settings."""
        return _entries(self.before.run, self.after.run)

    @cached_property
    def code(self) -> Entries:
        """The pieces of custom code."""
        return _entries(self.before.code, self.after.code)

    @property
    def is_only_layout(self) -> bool:
        """Whether code, shapes and training cannot have changed."""
        names = (f.name for f in fields(self.before) if f.name != "layout")
        pairs = ((getattr(self.before, n), getattr(self.after, n)) for n in names)
        return all(old is new or old == new for old, new in pairs)

    def __bool__(self) -> bool:
        return self.before is not self.after and self.before != self.after


def alike(one: Project | None, other: Project) -> bool:
    """Whether two projects say the same but for their layout; cheap where they share parts."""
    if one is None or one is other:
        return one is other
    return not bool(Change(one, other)) or Change(one, other).is_only_layout


def _entries(old: FrozenMap[Any, Any], new: FrozenMap[Any, Any]) -> Entries:
    if old is new:
        return Entries()
    other = new.changed_from(old)
    added = frozenset(key for key in other if key not in old)
    changed = frozenset(key for key in other if key in old and old[key] != new[key])
    removed = frozenset(k for k in old if k not in new) if len(new) - len(added) < len(old) else ()
    return Entries(added, frozenset(removed), changed)


def _block_change(old: Block, new: Block) -> BlockChange:
    if old is new:
        return BlockChange()
    before, after = old.graph, new.graph
    sides = [(b.inputs, b.outputs, b.parameters) for b in (old, new)]
    labels = [(b.name, b.doc, b.extra, b.graph.extra) for b in (old, new)]
    return BlockChange(
        _entries(before.nodes, after.nodes),
        _entries(before.wires, after.wires),
        before.ties is not after.ties and before.ties != after.ties,
        sides[0] != sides[1],
        labels[0] != labels[1],
    )
