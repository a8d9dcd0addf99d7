"""What differs between two states of a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from graph_editor.document.changes import Entries
from graph_editor.document.model import MISSING, NOTHING, FrozenMap, NodeId

Key = TypeVar("Key")


def all_of(entries: Entries) -> frozenset[str]:
    """Return the keys of what came, went or changed."""
    return entries.added | entries.removed | entries.changed


def differing(old: Mapping[Key, object], new: Mapping[Key, object]) -> set[Key]:
    """Return the keys that are in one mapping alone, or have another value in it."""
    if old is new:
        return set()
    found = {key for key, value in new.items() if old.get(key, MISSING) != value}
    return found | (old.keys() - new.keys())


def bent(old: object, new: object) -> set[NodeId]:
    """Return the nodes in which wires end that are led past other points now."""
    if old is new:
        return set()
    before, after = (part if isinstance(part, FrozenMap) else NOTHING for part in (old, new))
    return {NodeId(wire.partition(".")[0]) for wire in differing(before, after)}
