"""Asks the lints, and after a small change only those that looked at what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject, Structural
from graph_editor.checking.watched import Reads, Watched
from graph_editor.document.model import Address

Check = Callable[[Context], Iterable[Diagnosis]]
Asked = tuple[str, str]
"""A lint, and the address of the node that it was asked about; "" for all at once."""


@dataclass(slots=True)
class LintMemory:
    """What lints said of a project, and what they looked at for it.

    What was looked at is shared with copies, and only grows: at worst a lint is asked needlessly.
    """

    told: dict[str, tuple[Diagnosis, ...]] = field(default_factory=dict)
    found: dict[str, dict[Address, tuple[Any, ...]]] = field(default_factory=dict)
    """What was found at a node, where anything was."""
    by_address: dict[str, set[Asked]] = field(default_factory=dict)
    by_spec: dict[Asked, Reads] = field(default_factory=dict)
    """Reads of those who looked at all nodes, or at all of some specs."""

    def copy(self) -> LintMemory:
        """Return a memory for another revision."""
        found = {name: dict(entries) for name, entries in self.found.items()}
        return LintMemory(dict(self.told), found, self.by_address, self.by_spec)

    def asked_again(self, touched: frozenset[Address], context: Context) -> set[Asked]:
        """Return what was asked about these nodes."""
        again = set().union(*(self.by_address.get(a, ()) for a in touched))
        specs = {context.sites[a].node.spec for a in touched}
        for asked, reads in self.by_spec.items():
            if reads.everything or any(spec in some for some in reads.specs for spec in specs):
                again.add(asked)
        return again

    def enter(self, asked: Asked, reads: Reads) -> None:
        """Note what was looked at for an answer, and begin anew."""
        for address in reads.addresses:
            self.by_address.setdefault(address, set()).add(asked)
        if reads.everything or reads.specs:
            self.by_spec[asked] = Reads(specs=reads.specs, everything=reads.everything)
        reads.clear()


def ask_all(checks: Iterable[tuple[str, Check]], context: Context) -> LintMemory:
    """Return what all checks say of a project."""
    memory, watched = LintMemory(), Watched.over(context)
    for name, check in checks:
        if isinstance(check, PerSubject):
            memory.found[name] = {}
            for site in check.subjects(context):
                _look(name, check, site, memory.found[name], watched, memory)
        _tell(name, check, watched, memory)
    return memory


def ask_again(
    checks: Iterable[tuple[str, Check]],
    context: Context,
    before: LintMemory,
    touched: frozenset[Address],
) -> LintMemory:
    """Return what all checks say after a change that touched these nodes, and no structure."""
    memory, watched = before.copy(), Watched.over(context)
    touched = frozenset(a for a in touched if a in context.sites)
    again = memory.asked_again(touched, context)
    subjects: dict[str, set[str]] = {}
    for name, address in again:
        subjects.setdefault(name, set()).add(address)
    for name, check in checks:
        if isinstance(check, Structural):
            continue
        asked = subjects.get(name, set())
        if isinstance(check, PerSubject):
            asked |= {a for a in touched if check.suits(context.sites[a])}
            if _look_again(name, check, asked - {""}, watched, memory):
                asked.add("")
        if "" in asked:
            _tell(name, check, watched, memory)
    return memory


def _look(
    name: str,
    check: PerSubject,
    site: Site,
    found: dict[Address, tuple[Any, ...]],
    watched: Watched,
    memory: LintMemory,
) -> None:
    here = tuple(check.find(site, watched))
    if here:
        found[site.address] = here
    else:
        found.pop(site.address, None)
    memory.enter((name, site.address), watched.reads)


def _look_again(
    name: str, check: PerSubject, asked: Iterable[str], watched: Watched, memory: LintMemory
) -> bool:
    """Look at nodes again; return whether anything else was found than before."""
    found, other = memory.found[name], False
    assert watched.inner is not None
    for address in map(Address, asked):
        before = found.get(address)
        _look(name, check, watched.inner.sites[address], found, watched, memory)
        other = other or found.get(address) != before
    return other


def _tell(name: str, check: Check, watched: Watched, memory: LintMemory) -> None:
    if isinstance(check, PerSubject):
        found = memory.found[name]
        memory.told[name] = tuple(check.tell([*_in_order(found, watched)], watched))
    elif isinstance(check, Structural):
        assert watched.inner is not None
        memory.told[name] = tuple(check(watched.inner))
    else:
        memory.told[name] = tuple(check(watched))
    memory.enter((name, ""), watched.reads)


def _in_order(found: dict[Address, tuple[Any, ...]], watched: Watched) -> Iterator[Any]:
    """Yield what was found, in the order of the nodes."""
    if len(found) > 1:
        places = watched.fixed(_places)
        found = {a: found[a] for a in sorted(found, key=places.__getitem__)}
    for here in found.values():
        yield from here


def _places(context: Context) -> dict[Address, int]:
    return {address: place for place, address in enumerate(context.sites)}
