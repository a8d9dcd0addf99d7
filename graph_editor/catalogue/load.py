"""The catalogue of everything that can be placed, read from the files in assets/catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph_editor.catalogue.overlay import merged_entries
from graph_editor.catalogue.spec import Argument, OutputTree, PortType, Spec, Variant
from graph_editor.document.model import Arg, Expr, FrozenMap, Name

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "catalogue"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All specs by name, and the torch release that the derived ones were taken from."""

    specs: FrozenMap[str, Spec]
    torch_release: str

    def get(self, name: str) -> Spec | None:
        """Return the spec with that name, or None."""
        return self.specs.get(name)

    def __iter__(self) -> Iterator[Spec]:
        return iter(self.specs.values())


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that ships with the application; it is read once."""
    return read(FOLDER)


def read(folder: Path) -> Catalogue:
    """Return the catalogue in a folder: what its files define, with their overlays laid over it.

    Raises OSError, ValueError or KeyError: it is part of the application, not a user's file.
    """
    files = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
    release = next(f["torch_release"] for f in files if "torch_release" in f)
    entries = merged_entries(files)
    specs = {name: spec_from_json(name, entries[name]) for name in sorted(entries)}
    return Catalogue(FrozenMap(specs), release)


def spec_from_json(name: str, entry: Mapping[str, Any]) -> Spec:
    """Return the spec that an entry of a catalogue file describes."""
    fields = dict(entry)
    fields.setdefault("title", name.partition(".")[2])
    fields["arguments"] = tuple(_argument(a) for a in entry.get("arguments", ()))
    fields["outputs"] = _tree(entry.get("outputs", "output"))
    fields["variants"] = tuple(
        Variant(v["argument"], v["condition"], _tree(v["outputs"]))
        for v in entry.get("variants", ())
    )
    types = {port: _port_type(t) for port, t in entry.get("types", {}).items()}
    fields["types"] = FrozenMap(types)
    fields["facts"] = FrozenMap({k: _value(v) for k, v in entry.get("facts", {}).items()})
    return Spec(name=name, **fields)


def _argument(entry: Mapping[str, Any]) -> Argument:
    fields = dict(entry)
    for key in ("default", "choices", "leaves", "variables"):
        if key in fields:
            fields[key] = _value(fields[key])
    return Argument(**fields)


def _port_type(entry: Mapping[str, Any]) -> PortType:
    fields = dict(entry)
    fields["shape"] = _value(fields["shape"])
    return PortType(**fields)


def _tree(value: Any) -> OutputTree:
    return tuple(_tree(item) for item in value) if isinstance(value, list) else str(value)


def _value(value: Any) -> Arg:
    """Return the argument that a JSON value stands for, as in a project file."""
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    if isinstance(value, dict):
        if "$name" in value:
            return Name(value["$name"])
        return FrozenMap({key: _value(item) for key, item in value.items()})
    if isinstance(value, str) and value.startswith("="):
        return Expr(value[1:])
    return value
