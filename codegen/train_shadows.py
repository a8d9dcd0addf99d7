"""Copies that follow other weights: a slow average, or the same weights every so many steps."""

from __future__ import annotations

from codegen.emit import Expression, attribute, call, name, number
from codegen.literals import NoLiteral, expression
from codegen.statements import Statement, branch, do
from codegen.train_nodes import Place, known_in
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.document.model import Address, Expr, NodeId


def needs_follow(parts: Parts) -> bool:
    """Whether some copy is an average."""
    return any(not _is_hard(parts, node) for node in parts.shadows)


def shadows_moved(parts: Parts, place: Place) -> list[Statement]:
    """Return what moves the copies after the optimizers' steps. Raises CannotWrite."""
    return [_moved(parts, node, place) for node in parts.shadows]


def _is_hard(parts: Parts, node_id: NodeId) -> bool:
    weights = parts.node(node_id).weights
    assert weights is not None
    return not isinstance(weights.decay, Expr) and weights.decay == 0


def _moved(parts: Parts, node_id: NodeId, place: Place) -> Statement:
    weights, address = parts.node(node_id).weights, Address(node_id)
    assert weights is not None
    shadow = name(parts.names[f"module.{node_id}"])
    source = parts.outside.followed(parts.names, node_id)
    if _is_hard(parts, node_id):
        state = call(attribute(source, "state_dict"))
        line = do(call(attribute(shadow, "load_state_dict"), [state]), address)
    else:
        decay = _number(parts, node_id, "decay", weights.decay, place)
        line = do(call(name("follow"), [shadow, source, decay]), address)
    if not isinstance(weights.every, Expr) and weights.every == 1:
        return line
    every = _number(parts, node_id, "every", weights.every, place)
    shown = every.text if every.simple else f"({every.text})"
    return branch(Expression(f"step % {shown} == 0"), [line], node=address)


def _number(
    parts: Parts, node_id: NodeId, what: str, value: float | Expr, place: Place
) -> Expression:
    try:
        if isinstance(value, Expr):
            return expression(value.text, known_in(parts, place, {}))
        return number(value)
    except NoLiteral as problem:
        raise CannotWrite(node_id, f"{what}: {problem}", "Use epoch, step and epochs") from None
