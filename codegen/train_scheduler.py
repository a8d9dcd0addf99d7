"""The learning rate scheduler in train.py: what makes it, and what steps it."""

from __future__ import annotations

from typing import Literal

from codegen.emit import Expression, Rank, call, list_of, name
from codegen.literals import NoLiteral, Rename, expression, unknown, written
from codegen.statements import Line, assign, word
from codegen.train_metrics import metric_names
from codegen.train_optimizer import has_groups, keyword_arguments, known_names
from codegen.train_parts import Parts
from codegen.train_phases import Learner
from codegen.written import CannotWrite
from graph_editor.catalogue.order import incoming
from graph_editor.catalogue.spec import Argument
from graph_editor.document import expressions
from graph_editor.document.model import Address, Arg, Expr, NodeId, PortPath

Interval = Literal["epoch", "step"]
PER_STEP = ("lr_scheduler.OneCycleLR", "lr_scheduler.CyclicLR")
"""Schedulers that are stepped after every batch unless the drawing says otherwise."""

LENGTHS = {
    "lr_scheduler.CosineAnnealingLR": "T_max",
    "lr_scheduler.OneCycleLR": "total_steps",
    "lr_scheduler.PolynomialLR": "total_iters",
}
"""Schedulers that last as long as the training unless the drawing says otherwise, by argument."""

OWN_RATES = ("lr_scheduler.OneCycleLR", "lr_scheduler.CyclicLR")
"""Schedulers that do not start from the rates that the optimizer has."""

PLATEAU = "lr_scheduler.ReduceLROnPlateau"


def scheduler_lines(parts: Parts) -> list[Line]:
    """Return the statements that make the scheduler and those it holds. Raises CannotWrite."""
    return [
        assign(_variable(parts, x, node_id), _construction(parts, x, node_id), Address(node_id))
        for x in parts.learners
        for node_id in x.schedules
    ]


def _variable(parts: Parts, learner: Learner, node_id: NodeId) -> str:
    return learner.called("scheduler") if node_id == learner.scheduler else parts.names[node_id]


def _construction(parts: Parts, learner: Learner, node_id: NodeId) -> Expression:
    positional: list[Expression] = []
    keywords: dict[str, Expression] = {}
    for argument in parts.spec(node_id).arguments:
        if argument.stage != "call" or argument.style == "pseudo":
            continue
        value = name(learner.called("optimizer"))
        if argument.many:
            value = list_of(_held(parts, learner, node_id))
        if argument.style == "keyword":
            keywords[argument.name] = value
        else:
            positional.append(value)
    keywords |= _arguments(parts, learner, node_id)
    return call(name(parts.spec(node_id).callee), positional, keywords)


def _held(parts: Parts, learner: Learner, node_id: NodeId) -> list[Expression]:
    """Return the variables of the schedulers that one holds, in the order of its ports."""
    wires = incoming(parts.graph)[node_id]
    places = sorted(int(p[11:-1]) for p in wires if p.startswith("schedulers["))
    if not places:
        raise CannotWrite(node_id, "it holds no scheduler", "Wire schedulers into it")
    inner = [wires[PortPath(f"schedulers[{place}]")].node for place in places]
    for each in inner:
        if parts.node(each).kind != "lr_scheduler" or parts.node(each).spec == PLATEAU:
            raise CannotWrite(
                node_id, f"{parts.node(each).spec} cannot be held by it", "Wire another one into it"
            )
        said = parts.node(each).args.get("interval")
        if said is not None and said != _interval(parts, learner):
            raise CannotWrite(
                each, "it is stepped when the one that holds it is", "Remove its interval"
            )
    return [name(_variable(parts, learner, each)) for each in inner]


def _arguments(parts: Parts, learner: Learner, node_id: NodeId) -> dict[str, Expression]:
    """Return a scheduler's own arguments by name; a formula becomes a function."""
    node, spec = parts.node(node_id), parts.spec(node_id)
    found = keyword_arguments(parts, node_id, _value)
    length = LENGTHS.get(node.spec)
    whole = node_id == learner.scheduler and length is not None and "epochs" not in found
    if whole and length not in found:
        text = "settings.epochs"
        if _interval(parts, learner) == "step":
            text = _steps(parts, learner)
        found = {str(length): Expression(text)} | found
    if node.spec == "lr_scheduler.OneCycleLR" and "max_lr" not in found:
        found = {"max_lr": _peak(parts, learner)} | found
    for argument in spec.arguments:
        wanted = argument.stage == "constructor" and argument.required
        if wanted and argument.name not in found:
            raise CannotWrite(node_id, f"{argument.name} has no value", "Give it one")
    sets_all = node.spec in OWN_RATES and found["max_lr"].text != _peak(parts, learner).text
    if sets_all and has_groups(parts, learner):
        raise CannotWrite(
            node_id,
            "it sets the rate itself, of all parts the same",
            "Remove lr_factors, or take a OneCycleLR without max_lr",
        )
    return found


def _peak(parts: Parts, learner: Learner) -> Expression:
    """Return the highest rate of a cycle: the optimizer's own, of each group its own."""
    if not has_groups(parts, learner):
        return name(f"settings.{learner.called('lr')}")
    return Expression(f'[group["lr"] for group in {learner.called("optimizer")}.param_groups]')


def _value(argument: Argument, value: Arg) -> Expression:
    """Return what is written for an argument. Raises NoLiteral."""
    if argument.type == "expression":
        return _formula(argument, value)
    if argument.type == "sizes" and isinstance(value, tuple):
        return list_of(written(item, known_names) for item in value)
    return written(value, known_names)


def _formula(argument: Argument, value: Arg) -> Expression:
    """Return a lambda over the argument's variables, printed from the expression's tree."""
    if isinstance(value, bool) or not isinstance(value, Expr | int | float):
        raise NoLiteral("it is neither an expression nor a number")
    if not isinstance(value, Expr):
        return _lambda("_", written(value))
    body = expression(value.text, _over(argument.variables))
    asked = expressions.names(expressions.parse(value.text))
    variables = [v if v in asked else "_" for v in argument.variables]
    return _lambda(", ".join(variables), body)


def _lambda(parameters: str, body: Expression) -> Expression:
    return Expression(f"lambda {parameters}: {body.text}", Rank.TERNARY)


def _over(variables: tuple[str, ...]) -> Rename:
    def rename(word: str, axis: int | None) -> Expression:
        if axis is not None:
            return unknown(word, axis)
        return name(word) if word in variables else known_names(word, axis)

    return rename


def _steps(parts: Parts, learner: Learner) -> str:
    text = "settings.epochs * batches"
    phase = next(p for p in parts.plan.phases if learner in p.learners)
    for setting, asked in (("every", phase.every), ("accumulate", phase.accumulate)):
        text += f" // settings.{phase.first.called(setting)}" if asked else ""
    return text


def _interval(parts: Parts, learner: Learner) -> Interval:
    assert learner.scheduler is not None
    node = parts.node(learner.scheduler)
    said = node.args.get("interval", "step" if node.spec in PER_STEP else "epoch")
    if said not in ("epoch", "step"):
        raise CannotWrite(learner.scheduler, "interval is unknown", "Say epoch or step")
    return "step" if said == "step" else "epoch"


def schedule_lines(parts: Parts) -> list[Line]:
    """Return the steps of the schedulers at the end of an epoch. Raises CannotWrite."""
    return [line for x in parts.learners for line in schedule_line(parts, "epoch", x)]


def schedule_line(parts: Parts, place: Interval, learner: Learner) -> list[Line]:
    """Return the step of an optimizer's scheduler if it belongs to this place.

    Raises CannotWrite.
    """
    node_id, variable = learner.scheduler, learner.called("scheduler")
    if node_id is None or _interval(parts, learner) != place:
        return []
    if parts.node(node_id).spec != PLATEAU:
        return [word(f"{variable}.step()", Address(node_id))]
    if place == "step":
        raise CannotWrite(
            node_id,
            "a plateau is looked for once an epoch, not every step",
            "Set interval to epoch",
        )
    watched = _watched(parts, learner, node_id)
    return [word(f'{variable}.step(result["val_{watched}"])', Address(node_id))]


def _watched(parts: Parts, learner: Learner, node_id: NodeId) -> str:
    """Return what evaluate calls the number that a plateau is looked for in, after ``val_``."""
    plan, main = parts.plan, parts.project.main
    phase = next(p for p in plan.phases if learner in p.learners)
    source = incoming(parts.graph)[node_id].get(PortPath("metrics"))
    if source is None or (phase.losses == (source,) and not phase.weights):
        return phase.loss
    names = metric_names(main, plan.metrics)
    if source.node not in names:
        raise CannotWrite(
            node_id, "it watches neither the whole loss nor a metric", "Wire a metric into it"
        )
    return names[source.node]
