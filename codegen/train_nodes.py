"""The nodes between model and loss as expressions: one small rule for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.emit import (
    RANKS,
    Display,
    Expression,
    attribute,
    call,
    inverted,
    name,
    negated,
    number,
    operation,
    subscript,
    tuple_of,
)
from codegen.literals import NoLiteral, Rename, unknown, written
from codegen.model_arguments import Passed, called, callee, literal
from codegen.model_class import ClassPlan
from codegen.statements import Line, assign
from codegen.train_parts import Parts, owner_of
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import OutputTree
from graph_editor.document.model import Address, NodeId, OutPort, PortPath, same

Inputs = Mapping[PortPath, Expression]


def modules_of(parts: Parts) -> tuple[NodeId, ...]:
    """Return the torch modules of the step, losses mostly, in canonical order."""
    nodes = (*parts.plan.step, *parts.plan.watched)
    modules = [n for n in nodes if parts.node(n).kind == "nn"]
    return tuple(dict.fromkeys(owner_of(parts.node(n), n) for n in modules))


def write_module(parts: Parts, node_id: NodeId) -> Line:
    """Return the statement that makes a module of the step. Raises CannotWrite."""
    if parts.verdict.parameters.get(Address(node_id), 0):
        raise CannotWrite(
            node_id,
            "it has weights of its own but lies outside the model",
            "Lead its result through an output node, so that it becomes part of the model",
        )
    spec, args, plan = parts.spec(node_id), parts.node(node_id).args, _plan(parts)
    keywords = {
        argument.name: literal(plan, node_id, argument, args[argument.name], unknown)
        for argument in spec.arguments
        if argument.stage == "constructor"
        and argument.style != "pseudo"
        and argument.name in args
        and not same(args[argument.name], argument.default)
    }
    made = call(callee(spec), (), keywords)
    if any(a.type == "tensor" and a.name in keywords for a in spec.arguments):
        made = call(attribute(made, "to"), [name("device")])
    return assign(parts.names[f"module.{node_id}"], made, Address(node_id))


def write_node(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    """Return the expression of a node whose inputs are given. Raises CannotWrite."""
    rule = RULES.get(parts.node(node_id).kind)
    if rule is None:
        raise CannotWrite(
            node_id,
            f"{parts.node(node_id).spec} outside the model is not supported yet",
            "Lead its result through an output node, so that it becomes part of the model",
        )
    spec = parts.spec(node_id)
    texts = {str(port): value for port, value in inputs.items()}
    passed = called(_plan(parts), node_id, spec.arguments, texts, _shapes(inputs))
    return rule(parts, node_id, passed)


def _plan(parts: Parts) -> ClassPlan:
    """Return what the model's writers know a graph by, for the main graph as a whole."""
    return ClassPlan("main", parts.project.main, parts.model, (), {}, [])


def _shapes(inputs: Inputs) -> Rename:
    """Return what gives the names in an argument: the shapes of the node's own ports."""

    def known(word: str, axis: int | None) -> Expression:
        port = PortPath(word)
        if port not in inputs or axis is None:
            raise NoLiteral(f"the name {word} is not known outside the model")
        return subscript(attribute(inputs[port], "shape"), number(axis))

    return known


def _function(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    spec = parts.spec(node_id)
    if not passed.positional:
        raise CannotWrite(
            node_id, "a tensor made outside the model is not supported yet", "Wire a tensor into it"
        )
    return passed.call(callee(spec))


def _method(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    if not passed.positional:
        raise CannotWrite(node_id, "nothing is wired into it", "Wire a tensor into it")
    owner, *rest = passed.positional
    method = attribute(owner, parts.spec(node_id).callee.removeprefix("Tensor."))
    return call(method, rest, passed.keywords)


def _module(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    owner = owner_of(parts.node(node_id), node_id)
    return passed.call(name(parts.names[f"module.{owner}"]))


def _operator(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    sign, operands = parts.spec(node_id).callee, passed.positional
    if sign == "[]" and len(operands) == 2:
        index = operands[1]
        several = isinstance(index, Display) and index.brackets == "()" and index.items
        return subscript(operands[0], *(index.items if several else [index]))  # type: ignore[attr-defined]  # several says so
    if len(operands) == 2 and sign in RANKS:
        return operation(sign, operands[0], operands[1])
    if len(operands) == 1:
        return negated(operands[0]) if sign == "-" else inverted("~", operands[0])
    raise CannotWrite(
        node_id, f"{parts.node(node_id).spec} lacks an operand here", "Wire all its inputs"
    )


def _constant(parts: Parts, node_id: NodeId, _: Passed) -> Expression:
    value = parts.node(node_id).args.get("value")
    if parts.node(node_id).spec == "const.value" and isinstance(value, int | float):
        return written(value)
    raise CannotWrite(
        node_id, "a constant tensor outside the model is not supported yet", "Use a number"
    )


Rule = Callable[[Parts, NodeId, Passed], Expression]
RULES: dict[str, Rule] = {
    "nn": _module,
    "F": _function,
    "torch": _function,
    "Tensor": _method,
    "op": _operator,
    "const": _constant,
}


def targets_of(
    parts: Parts, node_id: NodeId, used: Mapping[OutPort, int]
) -> tuple[Expression, dict[OutPort, Expression]]:
    """Return what a node's result is assigned to, and the variable of each port."""
    tree = output_tree(parts.spec(node_id), parts.node(node_id))
    stem = parts.names[node_id]
    found: dict[OutPort, Expression] = {}

    def target(leaf: OutputTree, path: str) -> Expression:
        if isinstance(leaf, tuple):
            return tuple_of(
                [target(item, f"{path}_{i}") for i, item in enumerate(leaf)], bare=path == stem
            )
        port = OutPort(node_id, leaf)
        if port not in used:
            return name("_")
        found[port] = name(path)
        return found[port]

    return target(tree, stem), found
