"""Forms of export that are pure text, one file each, found by being there."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from codegen.names import is_device
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.document.model import FrozenMap

PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,98}[A-Za-z0-9_])?")
"""A part of a path that leads down, on every system and disk."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """One form of export."""

    key: str
    title: str
    holds: str
    """What it consists of, in few words."""
    write: Callable[[Written], FrozenMap[str, SourceText]]
    """Gives the texts by file name. Raises CannotWrite."""

    def texts(self, written: Written) -> dict[str, str]:
        """Return the texts by file name, in the order in which a person reads them.

        Raises CannotWrite where something stands in the way of this form, and for a name that does
        not stay inside the folder of the export, or is another one's on some system.
        """
        found = {name: source.text for name, source in self.write(written).items()}
        taken: set[str] = set()
        for name in found:
            if not all(map(_is_plain, name.split("/"))) or name.lower() in taken:
                raise CannotWrite("main", f"{name!r} is no name for a file", "Rename the project")
            taken.add(name.lower())
        return found


def _is_plain(part: str) -> bool:
    return PLAIN.fullmatch(part) is not None and not is_device(part)


@cache
def exporters() -> tuple[Exporter, ...]:
    """Return all forms, in the order in which they are offered."""
    found = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    found.sort(key=lambda module: module.PLACE)
    return tuple(Exporter(m.KEY, m.TITLE, m.HOLDS, m.files) for m in found)


def exporter(key: str) -> Exporter:
    """Return a form by its key. Raises LookupError."""
    try:
        return next(each for each in exporters() if each.key == key)
    except StopIteration:
        raise LookupError(key) from None
