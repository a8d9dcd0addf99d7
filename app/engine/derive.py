"""Derives the catalogue's specs of modules, optimizers and schedulers from the installed torch."""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

from app.engine.derive_types import described, signature
from graph_editor.catalogue.load import catalogue
from graph_editor.document.atomic import atomic_write

FILE = Path(__file__).resolve().parents[2] / "assets" / "catalogue" / "torch.json"

CONTAINER = "holds other modules; blocks and repeats do that"
ABSTRACT = "an abstract base"
NEEDS_MODULE = "its argument is a module; repeat a layer of that kind instead"
LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(
        ("nn.Container", "nn.ModuleDict", "nn.ModuleList", "nn.ParameterDict", "nn.ParameterList"),
        CONTAINER,
    ),
    "nn.Sequential": CONTAINER,
    "nn.DataParallel": "a way of running a model, not a part of one",
    **dict.fromkeys(("nn.Module", "nn.RNNBase", "nn.RNNCellBase", "optim.Optimizer"), ABSTRACT),
    "lr_scheduler.LRScheduler": ABSTRACT,
    "nn.NLLLoss2d": "deprecated; NLLLoss does the same",
    "nn.TransformerEncoder": NEEDS_MODULE,
    "nn.TransformerDecoder": NEEDS_MODULE,
    "optim.LBFGS": "needs a closure that runs the model several times in one step",
}
"""What torch has and the catalogue leaves out, with the reason. Lazy modules are left out too:
parameters that are ``auto`` do what they are for."""

CATEGORIES = {
    "activation": "Activations", "adaptive": "Losses", "batchnorm": "Normalisation",
    "channelshuffle": "Shape", "conv": "Convolution", "distance": "Layers", "dropout": "Dropout",
    "flatten": "Shape", "fold": "Shape", "instancenorm": "Normalisation", "linear": "Layers",
    "loss": "Losses", "normalization": "Normalisation", "padding": "Padding",
    "pixelshuffle": "Shape", "pooling": "Pooling", "rnn": "Recurrent", "sparse": "Layers",
    "transformer": "Attention", "upsampling": "Shape", "linear_cross_entropy_loss": "Losses",
}  # fmt: skip
"""The palette's category by the module of torch.nn that defines a class."""

OMITTED = {
    "params", "optimizer", "device", "dtype", "process_group", "size_average", "reduce", "options",
    "custom_encoder", "custom_decoder", "distance_function", "scale_fn", "last_epoch",
    "min_value", "max_value",
}  # fmt: skip
"""Arguments that users never give: where a model lives is the run's matter, functions cannot be
drawn, and the rest is deprecated."""


def derive() -> dict[str, Any]:
    """Return the derived catalogue in the form of its file."""
    specs = {f"nn.{name}": module_entry(c) for name, c in modules()}
    specs |= {f"optim.{n}": maker_entry(c, "torch.optim", n) for n, c in optimizers()}
    specs |= {f"lr_scheduler.{n}": scheduler_entry(c) for n, c in schedulers()}
    return {"torch_release": release(), "specs": dict(sorted(specs.items()))}


def release() -> str:
    """Return torch's release without the build's mark, as in ``2.13.0``."""
    return torch.__version__.partition("+")[0]


def modules() -> list[tuple[str, type[nn.Module]]]:
    """Return the modules of torch.nn that the catalogue holds."""
    return [(name, c) for name, c in _classes(nn, "nn", nn.Module) if not name.startswith("Lazy")]


def optimizers() -> list[tuple[str, type]]:
    """Return the optimizers that the catalogue holds."""
    return _classes(optim, "optim", optim.Optimizer)


def schedulers() -> list[tuple[str, type]]:
    """Return the learning rate schedulers that the catalogue holds."""
    return _classes(lr_scheduler, "lr_scheduler", lr_scheduler.LRScheduler)


def _classes(room: types.ModuleType, kind: str, base: type) -> list[tuple[str, Any]]:
    found = ((name, getattr(room, name)) for name in sorted(dir(room)) if name[0] != "_")
    return [
        (name, value)
        for name, value in found
        if isinstance(value, type) and issubclass(value, base) and f"{kind}.{name}" not in LEFT_OUT
    ]


def module_entry(cls: type[nn.Module]) -> dict[str, Any]:
    """Return the entry of a module: the arguments of its constructor, then those of forward."""
    arguments = _arguments(_constructor(cls), "constructor")
    taken = {a["name"] for a in arguments}
    ports = _arguments(signature(cls.forward), "call")
    for port in ports:
        if port["name"] in taken:  # PoissonNLLLoss calls an option and its input by one name
            port["name"] = "input"
    room = cls.__module__.rpartition(".")[2]
    return {
        "arguments": arguments + ports,
        "callee": f"torch.nn.{cls.__name__}",
        "category": CATEGORIES[room],
    }


def maker_entry(cls: type, room: str, name: str) -> dict[str, Any]:
    """Return the entry of an optimizer or a scheduler."""
    return {
        "arguments": _arguments(signature(cls), "constructor"),
        "callee": f"{room}.{name}",
    }


def scheduler_entry(cls: type) -> dict[str, Any]:
    """Return the entry of a scheduler; what its step wants to be told is a port as well."""
    entry = maker_entry(cls, "torch.optim.lr_scheduler", cls.__name__)
    told = _arguments(signature(cls.step), "call")  # type: ignore[attr-defined]  # every one has it
    told = [a for a in told if a["name"] != "epoch"]  # a deprecated way of setting it
    entry["arguments"] += [{**a, "port": "tensor", "style": "pseudo"} for a in told]
    return entry


def _constructor(cls: type) -> inspect.Signature:
    """Return the constructor's signature; recurrent modules hide theirs behind overloads."""
    overloads = typing.get_overloads(cls.__init__)  # type: ignore[misc]  # of this very class
    chosen: Callable[..., Any] = overloads[0] if overloads else cls.__init__  # type: ignore[misc]  # as above
    return signature(chosen)


def _arguments(found_signature: inspect.Signature, stage: str) -> list[dict[str, Any]]:
    found, by_position = [], True
    for parameter in found_signature.parameters.values():
        if parameter.name == "self" or parameter.kind in (
            parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD,
        ):  # fmt: skip
            continue
        if parameter.name in OMITTED or parameter.name.startswith("_"):
            by_position = by_position and parameter.name in ("params", "optimizer")
            continue
        by_position = by_position and parameter.kind is not parameter.KEYWORD_ONLY
        entry = {"name": parameter.name, **described(parameter, stage)}
        if not by_position:
            entry["style"] = "keyword"
        found.append(entry)
    return found


def to_text(derived: Mapping[str, Any]) -> str:
    """Return the file's text: sorted, one spec on a line."""
    head = f'{{\n "torch_release": {json.dumps(derived["torch_release"])},\n "specs": {{\n'
    lines = (
        f"  {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}"
        for name, entry in sorted(derived["specs"].items())
    )
    return head + ",\n".join(lines) + "\n }\n}\n"


def differences(derived: Mapping[str, Any], committed: Mapping[str, Any]) -> list[str]:
    """Return in plain words how a derived catalogue differs from the committed one."""
    found = []
    old, new = committed["specs"], derived["specs"]
    found += [f"{name}: is gone" for name in sorted(old.keys() - new.keys())]
    found += [f"{name}: is new" for name in sorted(new.keys() - old.keys())]
    for name in sorted(old.keys() & new.keys()):
        found += [f"{name}: {text}" for text in _changes(old[name], new[name])]
    return found


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    before = {a["name"]: a for a in old["arguments"]}
    after = {a["name"]: a for a in new["arguments"]}
    yield from (f"argument {name} is gone" for name in before if name not in after)
    yield from (f"argument {name} is new" for name in after if name not in before)
    for name in (n for n in before if n in after):
        for field in sorted(before[name].keys() | after[name].keys()):
            was, now = before[name].get(field), after[name].get(field)
            if type(was) is not type(now) or was != now:
                yield f"{field} of argument {name} was {was!r}, is {now!r}"
    if before.keys() == after.keys() and list(before) != list(after):
        yield f"order of arguments was {', '.join(before)}, is {', '.join(after)}"
    for field in sorted((old.keys() | new.keys()) - {"arguments"}):
        if old.get(field) != new.get(field):
            yield f"{field} was {old.get(field)!r}, is {new.get(field)!r}"


def documentation(name: str) -> str:
    """Return torch's own documentation of a spec; empty where torch has none."""
    spec = catalogue().get(name)
    if spec is None or not spec.callee:
        return ""
    return inspect.getdoc(found(spec.callee)) or ""


def found(callee: str) -> Any:
    """Return what a callee names in the installed torch; None where it has no such thing."""
    value: Any = torch
    for part in callee.removeprefix("torch.").split("."):
        value = getattr(value, part, None)
    return value


if __name__ == "__main__":
    atomic_write(FILE, to_text(derive()))
