"""Laying what people know of a spec over what introspection found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Entry = dict[str, Any]


def merged_entries(files: Iterable[Mapping[str, Any]]) -> dict[str, Entry]:
    """Return the entries that files define under ``specs``, changed as their other parts say.

    ``families`` says by kind what holds for every spec of that kind: default fields, arguments
    that come ``first`` or ``last``, and what is known of any argument with a certain name.
    ``overlay`` says by spec which fields to replace, what is known of single arguments, and which
    arguments of our own come ``last``.
    Raises ValueError where an overlay names a spec or an argument that does not exist.
    """
    files = list(files)
    entries: dict[str, Entry] = {}
    for file in files:
        for name, entry in file.get("specs", {}).items():
            if name in entries:
                raise ValueError(f"{name} is defined twice in the catalogue")
            entries[name] = dict(entry)
    for file in files:
        for kind, family in file.get("families", {}).items():
            for name, entry in entries.items():
                if name.partition(".")[0] == kind:
                    _lay_family(entry, family)
    for file in files:
        for name, change in file.get("overlay", {}).items():
            if name not in entries:
                raise ValueError(f"the overlay names {name}, which the catalogue does not have")
            _lay(name, entries[name], change)
    return entries


def _lay_family(entry: Entry, family: Mapping[str, Any]) -> None:
    for field, value in family.get("fields", {}).items():
        entry.setdefault(field, value)
    known = family.get("arguments", {})
    own = [{**a, **known.get(a["name"], {})} for a in entry.get("arguments", ())]
    entry["arguments"] = [*family.get("first", ()), *own, *family.get("last", ())]


def _lay(name: str, entry: Entry, change: Mapping[str, Any]) -> None:
    known = dict(change.get("arguments", {}))
    entry["arguments"] = [{**a, **known.pop(a["name"], {})} for a in entry.get("arguments", ())]
    if known:
        raise ValueError(f"the overlay of {name} names unknown arguments: {', '.join(known)}")
    entry["arguments"] += change.get("last", ())
    rest = {field: value for field, value in change.items() if field not in ("arguments", "last")}
    entry.update(rest)
