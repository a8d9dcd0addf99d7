"""Verdicts as JSON and back, for the pipe between the window and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_editor.checking.verdict import Diagnostic, Fix, TensorType, Verdict
from graph_editor.document.file_args import arg_from_json, arg_to_json
from graph_editor.document.model import Arg, FrozenMap

COUNTS = ("parameters", "flops", "activations", "passing", "standing", "inner", "status")
LISTS = ("state_keys",)
ARGUMENTS = ("inferred", "block_inferred")


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain JSON; ``verdict_from_json`` gives an equal one back."""
    types = {key: _type_to_json(kind) for key, kind in verdict.types.items()}
    tables = {name: dict(getattr(verdict, name)) for name in COUNTS}
    tables |= {name: {k: list(v) for k, v in getattr(verdict, name).items()} for name in LISTS}
    found = {
        name: {
            key: {n: arg_to_json(a) for n, a in args.items()}
            for key, args in getattr(verdict, name).items()
        }
        for name in ARGUMENTS
    }
    return {
        "revision": verdict.revision,
        "types": types,
        **tables,
        **found,
        "diagnostics": [_diagnostic_to_json(d) for d in verdict.diagnostics],
        "evaluated": verdict.evaluated,
        "stop": verdict.stop,
    }


def verdict_from_json(value: Mapping[str, Any]) -> Verdict:
    """Return the verdict that JSON describes. Raises KeyError, TypeError or ValueError."""
    types = {key: _type_from_json(kind) for key, kind in value["types"].items()}
    tables: dict[str, Any] = {name: FrozenMap(value[name]) for name in COUNTS}
    for name in LISTS:
        tables[name] = FrozenMap({key: tuple(keys) for key, keys in value[name].items()})
    for name in ARGUMENTS:
        tables[name] = FrozenMap({key: _args(args) for key, args in value[name].items()})
    return Verdict(
        revision=value["revision"],
        types=FrozenMap(types),
        diagnostics=tuple(_diagnostic_from_json(d) for d in value["diagnostics"]),
        evaluated=value["evaluated"],
        stop=value["stop"],
        **tables,
    )


def _args(value: Mapping[str, Any]) -> FrozenMap[str, Arg]:
    return FrozenMap({name: arg_from_json(arg) for name, arg in value.items()})


def _type_to_json(kind: TensorType) -> list[Any]:
    return [list(kind.shape), kind.dtype, kind.device, kind.requires_grad]


def _type_from_json(value: list[Any]) -> TensorType:
    shape, dtype, device, requires_grad = value
    return TensorType(tuple(shape), dtype, device, requires_grad)


def _diagnostic_to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "node": diagnostic.node,
        "message": diagnostic.message,
        "detail": diagnostic.detail,
        "port": diagnostic.port,
        "argument": diagnostic.argument,
        "victims": list(diagnostic.victims),
        "fixes": [
            {"id": f.id, "title": f.title, "patch": _thawed(f.patch)} for f in diagnostic.fixes
        ],
    }


def _diagnostic_from_json(value: Mapping[str, Any]) -> Diagnostic:
    fixes = tuple(Fix(f["id"], f["title"], FrozenMap(f["patch"])) for f in value["fixes"])
    return Diagnostic(**{**value, "victims": tuple(value["victims"]), "fixes": fixes})


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_thawed(item) for item in value]
    return value
