"""Kinds of checks by what their answers hang on, so that an edit asks only those that it concerns.

A plain function is asked again when it looked at a node that has changed. Most checks look at many
nodes one by one: they are written as ``PerSubject``. What hangs on wires and on who owns weights,
and on no other argument, is ``Structural``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.switched import is_off


def _as_found(found: Sequence[Any], _: Context) -> Iterable[Diagnosis]:
    return found


@dataclass(frozen=True, slots=True)
class PerSubject:
    """A check that looks at one node after another; ``tell`` makes one story of what it finds."""

    specs: Container[str] | None
    """Whose nodes it looks at; None is all."""
    find: Callable[[Site, Context], Iterable[Any]]
    """Gives values that compare equal where there is nothing new to tell."""
    tell: Callable[[Sequence[Any], Context], Iterable[Diagnosis]] = _as_found

    def subjects(self, context: Context) -> Iterable[Site]:
        """Return the nodes that it looks at."""
        return context.sites.values() if self.specs is None else context.of(self.specs)

    def suits(self, site: Site) -> bool:
        """Return whether it looks at a node."""
        return self.specs is None or (site.node.spec in self.specs and not is_off(site.node))

    def __call__(self, context: Context) -> Iterator[Diagnosis]:
        """Yield what there is to tell of a whole project."""
        found = [f for site in self.subjects(context) for f in self.find(site, context)]
        yield from self.tell(found, context)


@dataclass(frozen=True, slots=True)
class Structural:
    """A check that says the same while wires, weights and their owners, names and kinds stay."""

    look: Callable[[Context], Iterable[Diagnosis]]

    def __call__(self, context: Context) -> Iterable[Diagnosis]:
        """Return what there is to tell of a whole project."""
        return self.look(context)
