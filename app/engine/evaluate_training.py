"""Probes what trains: losses, optimizers and learning rate schedules."""

from __future__ import annotations

import warnings
from functools import lru_cache

import torch

from app.engine.evaluate_call import Args
from app.engine.evaluate_node import Place, Record, Signal, Signals, Sites, Trouble, structure
from app.engine.evaluate_scope import ArgumentProblem, concrete_all
from app.engine.execute import MissingArgument, arguments_of, resolve
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Failure
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, FrozenMap

OPTIMIZER = "optimizer"
"""What a wire from an optimizer to its schedule carries."""


def evaluate_optimizer(place: Place, signals: Signals, sites: Sites) -> Record:
    """Return whether an optimizer can be made, and whether its losses can be minimised."""
    trouble = structure(place, signals)
    if trouble is None:
        trouble = next((t for p, s in signals.items() if (t := _loss(place, p, s, sites))), None)
    args: Args = NOTHING
    if trouble is None:
        made = _arguments(place)
        if isinstance(made, Trouble):
            trouble = made
        else:
            args = made
            trouble = _construction(place, signals, args, sites)
    site = sites.site(place, signals, args)
    if trouble is not None:
        return Record(site, "error", troubles=(trouble,))
    return Record(site, "ok", FrozenMap({OPTIMIZER: _mark(place, sites)}), feeds=_feeds(signals))


def evaluate_scheduler(place: Place, signals: Signals, sites: Sites) -> Record:
    """Return whether a schedule can be made for an optimizer."""
    trouble = structure(place, signals)
    args: Args = NOTHING
    if trouble is None:
        made = _arguments(place)
        args = NOTHING if isinstance(made, Trouble) else made
        trouble = made if isinstance(made, Trouble) else None
    if trouble is None:
        trouble = _construction(place, signals, args, sites)
    site = sites.site(place, signals, args)
    if trouble is not None:
        return Record(site, "error", troubles=(trouble,))
    return Record(site, "ok", FrozenMap({OPTIMIZER: _mark(place, sites)}))


def _mark(place: Place, sites: Sites) -> Signal:
    return Signal(tuple(OPTIMIZER for _ in sites.tried), (f"{place.address}.{OPTIMIZER}",))


def _feeds(signals: Signals) -> tuple[str, ...]:
    return tuple(o for s in signals.values() for o in s.origin)


def _loss(place: Place, port: str, signal: Signal, sites: Sites) -> Trouble | None:
    for index, (value, probe) in enumerate(zip(signal.values, sites.tried, strict=True)):
        if not isinstance(value, TensorType):
            return Trouble("not-a-loss", "What is minimised has to be a tensor.", port=port)
        if any(size != 1 for size in value.shape):
            shown = sites.symbolic(signal.values)
            text = shown.text() if shown else value.text()
            message = f"A loss has to be a single number; this one has the shape {text}."
            failure = Failure(
                sites.site(place, {port: signal}, index=index),
                "grad can be implicitly created only for scalar outputs",
                "backward",
                probe.training,
                probe.name,
            )
            return Trouble("loss-not-scalar", message, port=port, failure=failure)
    first = signal.values[0]
    if isinstance(first, TensorType) and not first.requires_grad:
        message = "There is nothing to train: no weights that learn lead to this loss."
        return Trouble("nothing-to-train", message, port=port)
    return None


def _arguments(place: Place) -> Args | Trouble:
    names = {"step": 1, "epoch": 1, **place.names(0), "training": True}
    try:
        return concrete_all(place.node.args, names)
    except ArgumentProblem as problem:
        return Trouble("expression", f"{problem}.", argument=problem.argument)


def _construction(place: Place, signals: Signals, args: Args, sites: Sites) -> Trouble | None:
    assert place.spec is not None
    words = made(place.spec, args)
    if not words:
        return None
    if words.startswith("?"):
        name = words[1:]
        text = f"{place.spec.title} needs a value for {name}."
        return Trouble("missing-argument", text, argument=name)
    failure = Failure(sites.site(place, signals, args), words, "construct")
    return Trouble("torch", "", words, failure=failure)


@lru_cache(maxsize=1024)
def made(spec: Spec, args: Args) -> str:
    """Make an optimizer or a schedule for a weight of no meaning; return torch's objection or "".

    ``?name`` says that an argument has no value.
    """
    weight = torch.nn.Parameter(torch.zeros(1))
    first = [weight] if spec.kind == "optim" else torch.optim.SGD([weight], 0.1, momentum=0.9)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            positional, keywords = arguments_of(spec, "constructor", args, {})
            resolve(spec.callee)(first, *positional, **keywords)
    except MissingArgument as missing:
        return f"?{missing.argument}"
    except Exception as error:  # torch raises what it likes; all of it is for the user to read
        return str(error).strip() or type(error).__name__
    return ""
