"""Probes what trains: losses, optimizers and learning rate schedules."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache

import torch

from app.engine.evaluate_call import Args
from app.engine.evaluate_record import Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_scope import ArgumentProblem, concrete_all
from app.engine.evaluate_sites import Sites
from app.engine.execute import MissingArgument, arguments_of, resolve
from app.engine.guard import GUARD, Stopped
from app.engine.harm import said_of
from app.engine.schedulers import make_scheduler
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Failure
from graph_editor.checking.verdict import TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import NOTHING, FrozenMap

OPTIMIZER = "optimizer"
STEADY = "optimizer without momentum"
"""What a wire from an optimizer to its schedule carries."""
SCHEDULER = "scheduler"
"""What a wire from a schedule to one that it is a part of carries."""
SPARSE = ("optim.SparseAdam",)
"""Optimizers that take sparse gradients alone."""
PLATEAU = "lr_scheduler.ReduceLROnPlateau"
NO_GRADIENT = "element 0 of tensors does not require grad and does not have a grad_fn"
"""torch's words for a loss that no weights lead to."""


def evaluate_optimizer(place: Place, signals: Signals, sites: Sites) -> Record:
    """Return whether an optimizer can be made, and whether its losses can be minimised."""
    return _guarded(_optimizer, place, signals, sites)


def evaluate_scheduler(place: Place, signals: Signals, sites: Sites) -> Record:
    """Return whether a schedule can be made for an optimizer and, if it has any, from its parts."""
    return _guarded(_scheduler, place, signals, sites)


def _guarded(
    evaluate: Callable[[Place, Signals, Sites], Record],
    place: Place,
    signals: Signals,
    sites: Sites,
) -> Record:
    """Evaluate a node, or say what harm it would do."""
    GUARD.at = place.address
    try:
        with GUARD.over((place.node.spec, place.node.args)):
            return evaluate(place, signals, sites)
    except Stopped as stopped:
        message, severity = said_of(stopped.harm, is_built=True)
        trouble = Trouble(stopped.harm, message, severity=severity)
        return Record(sites.site(place, signals), "unknown", troubles=(trouble,))


def _optimizer(place: Place, signals: Signals, sites: Sites) -> Record:
    trouble = next((t for p, s in signals.items() if (t := _loss(place, p, s, sites))), None)
    args: Args = NOTHING
    at_step: Trouble | None = None
    if trouble is None:
        made = _arguments(place)
        if isinstance(made, Trouble):
            trouble = made
        elif place.spec is not None:
            args = made
            making, stepping = objections(place.spec, args)
            trouble = _objected(place, signals, args, sites, making)
            at_step = _objected(place, signals, args, sites, stepping)
    site = sites.site(place, signals, args)
    if trouble is not None:
        return Record(site, "error", troubles=(trouble,))
    outputs = FrozenMap({OPTIMIZER: _mark(place, sites)})
    return Record(site, "ok", outputs, feeds=_feeds(signals), at_step=at_step)


def _scheduler(place: Place, signals: Signals, sites: Sites) -> Record:
    assert place.spec is not None
    trouble = _scheduled(place, signals, sites)
    args: Args = NOTHING
    if trouble is None:
        made = _arguments(place)
        args = NOTHING if isinstance(made, Trouble) else made
        trouble = made if isinstance(made, Trouble) else None
    if trouble is None:
        trouble = _scheduling(place, signals, args, sites)
    site = sites.site(place, signals, args)
    if trouble is not None:
        return Record(site, "error", troubles=(trouble,))
    mark = Signal(tuple(SCHEDULER for _ in sites.tried), _owner(signals))
    return Record(site, "ok", FrozenMap(dict.fromkeys(output_ports(place.spec, place.node), mark)))


def _owner(signals: Signals) -> tuple[str, ...]:
    """Return the optimizer that a schedule belongs to, directly or through its first part."""
    found = signals.get("optimizer") or signals.get("schedulers[0]")
    return found.origin if found else ()


def _scheduled(place: Place, signals: Signals, sites: Sites) -> Trouble | None:
    """Return what is wrong with what is wired into a schedule."""
    name = f"“{place.node.name or place.id}”"
    for port, signal in sorted(signals.items()):
        value = signal.values[0]
        if port == "metrics":
            if not isinstance(value, TensorType) or any(size != 1 for size in value.shape):
                shown = sites.symbolic(signal.values)
                given = f"; this one has the shape {shown.text()}" if shown else ""
                text = f"A schedule watches a single number, such as a loss{given}."
                return Trouble("metric-not-scalar", text, port=port)
            continue
        wanted = OPTIMIZER if port == "optimizer" else SCHEDULER
        if value != wanted and not (wanted == OPTIMIZER and value == STEADY):
            text = f"{port} of {name} takes the output of one {wanted}: connect one there."
            return Trouble("wrong-kind", text, port=port)
        if signal.origin != _owner(signals):
            text = (
                f"All schedulers in {name} have to belong to the same optimizer as it does, and "
                f"the one at {port} does not."
            )
            return Trouble("foreign-scheduler", text, port=port)
    return None


def _scheduling(place: Place, signals: Signals, args: Args, sites: Sites) -> Trouble | None:
    """Make a schedule on a stand-in for its optimizer; formulas are asked for their first values.

    The schedules that it consists of were judged where they are, and are stand-ins here.
    """
    assert place.spec is not None
    formulas = {
        a.name: place.node.args[a.name]
        for a in place.spec.arguments
        if a.type == "expression" and a.name in place.node.args
    }
    names = {name: value for name, value in place.names(0).items() if name != "step"}
    parts = [port for port in signals if port.startswith("schedulers[")]
    weight = torch.nn.Parameter(torch.zeros(1))
    given = signals.get("optimizer")
    optimizer: torch.optim.Optimizer = torch.optim.SGD([weight], 0.1, momentum=0.9)
    if given is not None and given.values[0] == STEADY:
        optimizer = torch.optim.Adagrad([weight], 0.1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            inner = [torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0) for _ in parts]
            made = make_scheduler(place.spec, args.merged(formulas), optimizer, inner, names)
            if formulas:
                optimizer.step()
            made.step(*([0.0] if place.spec.name == PLATEAU else []))
    except ExpressionError as error:
        name = next(iter(formulas))
        return Trouble("expression", f"{name}: {error}.", argument=name)
    except MissingArgument as missing:
        return _objected(place, signals, args, sites, f"?{missing.argument}")
    except Exception as error:  # torch raises what it likes; all of it is for the user to read
        words = str(error).strip() or type(error).__name__
        return _objected(place, signals, args, sites, words)
    return None


def _mark(place: Place, sites: Sites) -> Signal:
    """Return what a schedule is told of its optimizer: some move the momentum, if there is any."""
    assert place.spec is not None
    has_momentum = place.spec.argument("momentum") or place.spec.argument("betas")
    word = OPTIMIZER if has_momentum else STEADY
    return Signal(tuple(word for _ in sites.tried), (f"{place.address}.{OPTIMIZER}",))


def _feeds(signals: Signals) -> tuple[str, ...]:
    return tuple(o for s in signals.values() for o in s.origin)


def _loss(place: Place, port: str, signal: Signal, sites: Sites) -> Trouble | None:
    for index, (value, probe) in enumerate(zip(signal.values, sites.tried, strict=True)):
        if not isinstance(value, TensorType):
            text = "An optimizer makes a loss smaller: connect the output of a loss here."
            return Trouble("not-a-loss", text, port=port)
        if any(size != 1 for size in value.shape):
            shown = sites.symbolic(signal.values)
            text = shown.text() if shown else value.text()
            message = f"A loss has to be a single number; this one has the shape {text}."
            if not probe.training:
                message = (
                    f"A loss has to be a single number; in evaluation this one has the shape "
                    f"{value.text()}, and in training {text}: a node before it is left out there."
                )
            failure = Failure(
                sites.site(place, {port: signal}, index=index),
                "grad can be implicitly created only for scalar outputs",
                "backward",
                probe.training,
                probe.name,
            )
            return Trouble("loss-not-scalar", message, port=port, failure=failure)
    for index, (value, probe) in enumerate(zip(signal.values, sites.tried, strict=True)):
        if probe.training and isinstance(value, TensorType) and not value.requires_grad:
            message = "There is nothing to train: no weights that learn lead to this loss."
            at = sites.site(place, {port: signal}, index=index)
            failure = Failure(at, NO_GRADIENT, "rule", probe=probe.name)
            return Trouble("nothing-to-train", message, NO_GRADIENT, port, failure=failure)
    return None


def _arguments(place: Place) -> Args | Trouble:
    names = {"step": 1, "epoch": 1, **place.names(0), "training": True}
    try:
        return concrete_all(place.node.args, names)
    except ArgumentProblem as problem:
        return Trouble("expression", f"{problem}.", argument=problem.argument)


def _objected(
    place: Place, signals: Signals, args: Args, sites: Sites, words: str
) -> Trouble | None:
    """Return the trouble that torch's words are, or that of a missing argument (``?name``)."""
    assert place.spec is not None
    if not words:
        return None
    if words.startswith("?"):
        name = words[1:]
        text = f"{place.spec.title} needs a value for {name}."
        return Trouble("missing-argument", text, argument=name)
    failure = Failure(sites.site(place, signals, args), words, "construct")
    return Trouble("torch", "", words, failure=failure)


def objection(spec: Spec, args: Args) -> str:
    """Return what torch says against an optimizer or its first step, or "" (see objections)."""
    making, stepping = objections(spec, args)
    return making or stepping


@lru_cache(maxsize=1024)
def objections(spec: Spec, args: Args) -> tuple[str, str]:
    """Make an optimizer for a weight of no meaning, and go a step; return torch's words on each.

    "" means that torch takes it, and ``?name`` that an argument has no value. What a step is
    refused for stops a training only where there is a weight to step.
    """
    weight = torch.nn.Parameter(torch.zeros(1, 1))  # a matrix: Muon takes nothing else
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            positional, keywords = arguments_of(spec, "constructor", args, {})
            made = resolve(spec.callee)([weight], *positional, **keywords)
            made.step()  # without a gradient: some switches are refused all the same
    except MissingArgument as missing:
        return f"?{missing.argument}", ""
    except Exception as error:  # torch raises what it likes; all of it is for the user to read
        return _words(error), ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gradient = torch.ones_like(weight)
            weight.grad = gradient.to_sparse() if spec.name in SPARSE else gradient
            made.step()
    except Exception as error:  # as above
        return "", _words(error)
    return "", ""


def _words(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
