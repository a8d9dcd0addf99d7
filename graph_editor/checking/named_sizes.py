"""Sizes that are reckoned with as numbers and said by their names."""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking.failure import Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import FrozenMap


class NamedSize(int):
    """A size that goes by a name in words: 64 that is said as ``B``."""

    name: str

    def __new__(cls, size: int, name: str) -> NamedSize:
        """Return a number with its name."""
        made = super().__new__(cls, size)
        made.name = name
        return made

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__


def named_inputs(site: Site) -> FrozenMap[str, TensorType]:
    """Return what arrives at a node, so that rules count in numbers and their words say names."""
    found = site.inputs
    for port, shown in site.symbolic.items():
        given = found.get(port)
        if given is not None and len(given.shape) == len(shown.shape):
            pairs = zip(given.shape, shown.shape, strict=True)
            shape = tuple(
                NamedSize(size, name) if isinstance(size, int) and isinstance(name, str) else size
                for size, name in pairs
            )
            found = found.set(port, replace(given, shape=shape))
    return found
