"""The optimizers in train.py, what they train, and the lines of clipping and accumulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

from codegen.emit import (
    Comprehension,
    Expression,
    attribute,
    call,
    dict_of,
    list_of,
    name,
    number,
    operation,
    starred,
)
from codegen.literals import NoLiteral, unknown, written
from codegen.settings import AS_KEYWORD
from codegen.statements import Line, Statement, Suite, assign, branch, do, word
from codegen.train_flow import first_of
from codegen.train_parts import Parts
from codegen.train_phases import Learner, Phase
from codegen.written import CannotWrite
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Address, Arg, At, NodeId, same

Written = Callable[[Argument, Arg], Expression]
"""Writes the value of an argument; raises NoLiteral."""


def optimizer_lines(parts: Parts) -> list[Statement]:
    """Return the statements that make the optimizers. Raises CannotWrite."""
    return [line for learner in parts.learners for line in _made(parts, learner)]


def _made(parts: Parts, learner: Learner) -> list[Statement]:
    node_id = learner.node
    keywords = {"lr": name("settings.lr"), **keyword_arguments(parts, node_id, _value)}
    for setting in AS_KEYWORD:
        if setting in keywords:
            keywords[setting] = name(f"settings.{learner.called(setting)}")
    callee = name(parts.spec(node_id).callee)
    lines: list[Statement] = []
    if is_list(parts, learner):
        lines.append(assign(learner.called("weights"), _listed(parts, [learner]), Address(node_id)))
    given = weights_of(parts, learner)
    groups = grouped(parts, learner)
    lines += groups
    value = call(callee, [name(learner.called("param_groups")) if groups else given], keywords)
    return [*lines, assign(learner.called("optimizer"), value, Address(node_id))]


def _pieces(parts: Parts, learner: Learner) -> list[Expression]:
    """Return what an optimizer trains: calls of ``parameters``, and single tensors."""
    if not learner.trains:
        return [call(name("model.parameters"))]
    found: dict[str, Expression] = {}
    for address in learner.trains:
        piece = _piece(parts, address, learner.node)
        found[piece.text] = piece
    return list(found.values())


def _piece(parts: Parts, address: Address, user: NodeId) -> Expression:
    if address == ".":
        return call(name("model.parameters"))
    first, _, rest = address.partition("/")
    node_id = first_of(address)
    if node_id not in parts.graph.nodes:
        raise CannotWrite(user, f"it trains {first}, which is gone", "Choose it anew")
    owner, kind = parts.flow.owner(node_id), parts.node(node_id).kind
    variable = parts.names.get(f"module.{owner}")
    if variable is None:
        inside = parts.outside.inside(address, "it trains", user)
        alone = kind == "param" and not rest
        return inside if alone else call(attribute(inside, "parameters"))
    if kind == "param":
        return name(variable)
    if rest:
        whole = f"{owner}/{rest}"
        found = parts.outside.part(variable, whole, "it trains", user)
        alone = found.found.kind == "param"
        return found.path if alone else call(attribute(found.path, "parameters"))
    return call(attribute(name(variable), "parameters"))


def is_list(parts: Parts, learner: Learner) -> bool:
    """Whether what an optimizer trains needs a list of its own."""
    pieces = _pieces(parts, learner)
    if len(pieces) > 1 or not pieces[0].text.endswith(".parameters()"):
        return True
    whole = parts.plan.alone and not learner.trains
    return not whole and parts.flow.has_frozen(learner)


def weights_of(parts: Parts, learner: Learner) -> Expression:
    """Return the parameters that an optimizer trains, as torch's functions take them."""
    if is_list(parts, learner):
        return name(learner.called("weights"))
    return _pieces(parts, learner)[0]


def _listed(parts: Parts, learners: Sequence[Learner]) -> Expression:
    """Return a list of all parameters that learn among what optimizers train."""
    pieces = [piece for learner in learners for piece in _pieces(parts, learner)]
    several = [starred(p) if p.text.endswith(".parameters()") else p for p in pieces]
    if not any(parts.flow.has_frozen(learner) for learner in learners):
        if len(pieces) == 1 and pieces[0].text.endswith(".parameters()"):
            return call(name("list"), pieces)
        return list_of(several)
    given = pieces[0].text if len(pieces) == 1 else list_of(several).text
    clauses = ("weight", f"for weight in {given}", "if weight.requires_grad")
    return Comprehension("[]", [Expression(clause) for clause in clauses])


def backward(parts: Parts, phase: Phase) -> Line:
    """Return the backward pass of a phase: gradients reach nothing but its own parameters."""
    loss, node = name(phase.loss), None if parts.plan.alone else Address(phase.first.node)
    if len(parts.plan.phases) > 1:
        loss = _told_apart(parts, phase)
    elif parts.features.scales:
        loss = call(name("scaler.scale"), [loss])
    keywords: dict[str, Expression] = {}
    plain = parts.plan.alone and not phase.first.trains
    if not (plain and not parts.has_weights_outside) and parts.flow.strays(phase):
        keywords["inputs"] = _inputs(parts, phase)
    remark = UNTYPED if not keywords and _has_type(parts, phase) else ""
    return do(call(attribute(loss, "backward"), (), keywords), node, remark)


UNTYPED = "type: ignore[no-untyped-call]"
"""Tensor.backward has no types of its own; what a module gives, as most losses, has none either."""


def _has_type(parts: Parts, phase: Phase) -> bool:
    """Whether a checker of types knows that a loss is a tensor: functions of torch made it.

    Where one side of an operator has no type, mypy says nothing of what the operator gives.
    """
    graph, left, seen = (
        parts.project.main.graph,
        [loss.node for loss in phase.losses],
        set[NodeId](),
    )
    while left:
        at = left.pop()
        kind = graph.nodes[at].kind
        if kind == "op" and at not in seen:
            seen.add(at)
            left += [source.node for target, source in graph.wires.items() if target.node == at]
        elif kind not in ("torch", "F", "Tensor", "op"):
            return False
    return True


def _told_apart(parts: Parts, phase: Phase) -> Expression:
    """Return the loss of one of several phases as its backward pass takes it."""
    loss = name(phase.loss)
    if phase.accumulate:
        loss = operation("/", loss, name(f"settings.{phase.first.called('accumulate')}"))
    if parts.features.shares:
        loss = operation("*", loss, name("share"))
    return call(name("scaler.scale"), [loss]) if parts.features.scales else loss


def _inputs(parts: Parts, phase: Phase) -> Expression:
    """Return a list of what gradients are for; torch takes none that rests."""
    if len(phase.learners) == 1 and is_list(parts, phase.first):
        return weights_of(parts, phase.first)
    return _listed(parts, phase.learners)


def grouped(parts: Parts, learner: Learner) -> list[Statement]:
    """Return what puts parts with a rate of their own into groups. Raises CannotWrite."""
    factors = factors_of(parts.node(learner.node).args.get("lr_factors"), learner.node)
    if not factors:
        return []
    groups, node = learner.called("param_groups"), Address(learner.node)
    items = []
    for addresses, factor in factors:
        pieces = [_piece(parts, address, learner.node) for address in addresses]
        weights = list_of(starred(p) if p.text.endswith(".parameters()") else p for p in pieces)
        if len(pieces) == 1 and pieces[0].text.endswith(".parameters()"):
            weights = call(name("list"), pieces)
        rate = operation("*", number(factor), name(f"settings.{learner.called('lr')}"))
        entry = dict_of({"params": weights, "lr": rate})
        items.append(Line("", entry, ",", "", node))
    given = weights_of(parts, learner).text
    clauses = ("weight", f"for weight in {given}", "if weight not in apart")
    others = Comprehension("[]", [Expression(clause) for clause in clauses])
    added = call(name(f"{groups}.insert"), [number(0), dict_of({"params": others})])
    listed = Suite(
        word(f"{groups}: list[dict[str, Any]] = [", node), items, [Suite(word("]", node), ())]
    )
    return [
        listed,
        word(f'apart = {{weight for group in {groups} for weight in group["params"]}}', node),
        do(added, node),
    ]


def has_groups(parts: Parts, learner: Learner) -> bool:
    """Whether parts of what an optimizer trains have a rate of their own. Raises CannotWrite."""
    return bool(factors_of(parts.node(learner.node).args.get("lr_factors"), learner.node))


def factors_of(given: Arg, user: NodeId) -> list[tuple[list[Address], float]]:
    """Return the parts with a rate of their own, and what lr is multiplied by for each.

    Raises CannotWrite.
    """
    found: list[tuple[list[Address], float]] = []
    seen: list[Address] = []
    for item in given if isinstance(given, tuple) else (() if given is None else (given,)):
        *named, last = item if isinstance(item, tuple) and item else (None,)
        addresses = [each.address for each in named if isinstance(each, At)]
        factor = _factor(last)
        if factor is None or len(addresses) < len(named):
            raise CannotWrite(
                user,
                "lr_factors is no list of parts, each with its factor",
                "Say for each part its address, and then a number",
            )
        for address in addresses:
            other = next((each for each in seen if _overlap(each, address)), None)
            if other is not None:
                raise CannotWrite(
                    user,
                    f"lr_factors names {address} beside {other}, and these share weights",
                    "Name each part once",
                )
            seen.append(address)
        found += [(addresses, factor)] if addresses else []
    return found


def _factor(value: Arg) -> float | None:
    """Return a number that a rate may be multiplied by, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < math.inf else None


def _overlap(one: str, other: str) -> bool:
    first, second = sorted((one, other), key=len)
    return first == second or second.startswith((f"{first}/", f"{first}["))


def keyword_arguments(parts: Parts, node_id: NodeId, write: Written) -> dict[str, Expression]:
    """Return a node's constructor arguments that differ from torch's defaults, by name.

    Raises CannotWrite.
    """
    args = parts.node(node_id).args
    found = {}
    for argument in parts.spec(node_id).arguments:
        if argument.stage != "constructor" or argument.style == "pseudo":
            continue
        if argument.name not in args or same(args[argument.name], argument.default):
            continue
        try:
            found[argument.name] = write(argument, args[argument.name])
        except NoLiteral as problem:
            what = f"{argument.name} cannot be written: {problem}"
            raise CannotWrite(node_id, what, "Give a number, or use epochs") from None
    return found


def _value(argument: Argument, value: Arg) -> Expression:  # noqa: ARG001  # a Written
    return written(value, known_names)


def known_names(word: str, axis: int | None) -> Expression:
    """Return what a name in an argument of the training stands for. Raises NoLiteral."""
    return name("settings.epochs") if (word, axis) == ("epochs", None) else unknown(word, axis)


def clips(parts: Parts, learner: Learner) -> list[Line]:
    """Return the line that shortens gradients, if the optimizer asks for it."""
    if parts.node(learner.node).args.get("clip_norm") is None:
        return []
    norm = name(f"settings.{learner.called('clip_norm')}")
    clip = call(name("nn.utils.clip_grad_norm_"), [weights_of(parts, learner), norm])
    node, optimizer = Address(learner.node), learner.called("optimizer")
    unscaled = [word(f"scaler.unscale_({optimizer})", node)] if parts.features.scales else []
    return [*unscaled, do(clip, node)]


def accumulated(parts: Parts) -> bool:
    """Whether the gradients of several batches add up to one step of some optimizer."""
    return any(phase.accumulate for phase in parts.plan.phases)


def accumulates(parts: Parts, place: Literal["scale", "wait"]) -> list[Statement]:
    """Return the lines by which several batches add up to one step, in a training of one phase."""
    learner = parts.plan.phases[0].first
    node, count = Address(learner.node), f"settings.{learner.called('accumulate')}"
    if not accumulated(parts):
        return []
    if place == "scale":
        return [word(f"loss = loss / {count}", node)]
    stop = branch(Expression("report(event)"), [word(f"return {parts.returned}", node)], node=node)
    test = Line("if ", Expression(f"step % {count}"), ":", "more is added up", node)
    return [Suite(test, [stop, word("continue", node)])]
