"""The nodes between model and loss as expressions: one small rule for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.emit import (
    RANKS,
    Expression,
    attribute,
    call,
    inverted,
    list_of,
    name,
    negated,
    number,
    operation,
    subscript,
    tuple_of,
)
from codegen.literals import NoLiteral, Rename, written
from codegen.statements import Line, assign
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import Argument, OutputTree
from graph_editor.document.model import Address, NodeId, OutPort, PortPath, same

Inputs = Mapping[PortPath, Expression]


def modules_of(parts: Parts) -> tuple[NodeId, ...]:
    """Return the torch modules of the step, losses mostly, in canonical order."""
    nodes = (*parts.plan.step, *parts.plan.watched)
    return tuple(n for n in nodes if parts.node(n).kind == "nn")


def write_module(parts: Parts, node_id: NodeId) -> Line:
    """Return the statement that makes a module of the step. Raises CannotWrite."""
    if parts.verdict.parameters.get(Address(node_id), 0):
        raise CannotWrite(
            node_id,
            "it has weights of its own but lies outside the model",
            "Lead its result through an output node, so that it becomes part of the model",
        )
    callee = name(parts.spec(node_id).callee.removeprefix("torch."))
    args, keywords = _arguments(parts, node_id, {}, "constructor")
    return assign(parts.names[f"module.{node_id}"], call(callee, args, keywords), Address(node_id))


def write_node(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    """Return the expression of a node whose inputs are given. Raises CannotWrite."""
    rule = RULES.get(parts.node(node_id).kind)
    if rule is None:
        raise CannotWrite(
            node_id,
            f"{parts.node(node_id).spec} outside the model is not supported yet",
            "Lead its result through an output node, so that it becomes part of the model",
        )
    return rule(parts, node_id, inputs)


def _arguments(
    parts: Parts, node_id: NodeId, inputs: Inputs, stage: str, skip: int = 0
) -> tuple[list[Expression], dict[str, Expression]]:
    """Return what is wired or said of a stage's arguments, tensors by position."""
    positional: list[Expression] = []
    keywords: dict[str, Expression] = {}
    gap = False
    for argument in [a for a in parts.spec(node_id).arguments if a.stage == stage][skip:]:
        if argument.style == "pseudo":
            continue
        value = _value(parts, node_id, argument, inputs)
        if argument.style == "variadic":
            positional += value if isinstance(value, list) else []
            continue
        gap = gap or value is None or argument.style == "keyword"
        if isinstance(value, list):
            value = list_of(value)
        if value is not None and (gap or (argument.port is None and not argument.required)):
            keywords[argument.name] = value
        elif value is not None:
            positional.append(value)
    return positional, keywords


def _value(
    parts: Parts, node_id: NodeId, argument: Argument, inputs: Inputs
) -> Expression | list[Expression] | None:
    """Return what one argument is given; None for what the drawing leaves to torch."""
    said = parts.node(node_id).args.get(argument.name)
    if PortPath(argument.name) in inputs:
        return inputs[PortPath(argument.name)]
    try:
        if argument.many or argument.style == "variadic":
            return _items(argument, said, inputs)
        if argument.leaves and any(PortPath(leaf) in inputs for leaf in argument.leaves):
            return tuple_of(inputs[PortPath(leaf)] for leaf in argument.leaves)
        if said is None or same(said, argument.default):
            return None
        held = {str(port): value for port, value in inputs.items()}
        value = written(said, _names(inputs), held, argument.name)
    except NoLiteral as problem:
        raise CannotWrite(
            node_id, f"{argument.name} cannot be written: {problem}", "Give a plain value"
        ) from None
    if argument.type == "tensor" and isinstance(said, tuple):
        return call(name("torch.tensor"), [list_of(written(each) for each in said)])
    return value


def _items(argument: Argument, said: object, inputs: Inputs) -> list[Expression]:
    held = {str(port): value for port, value in inputs.items()}
    if isinstance(said, tuple):
        places = [f"{argument.name}[{i}]" for i in range(len(said))]
        known = _names(inputs)
        return [written(item, known, held, at) for item, at in zip(said, places, strict=True)]
    count = sum(port.startswith(f"{argument.name}[") for port in held)
    return [held[f"{argument.name}[{i}]"] for i in range(count)]


def _names(inputs: Inputs) -> Rename:
    """Return what gives the names in an argument: the shapes of the node's own ports."""

    def known(word: str, axis: int | None) -> Expression:
        port = PortPath(word)
        if port not in inputs or axis is None:
            raise NoLiteral(f"the name {word} is not known outside the model")
        return subscript(attribute(inputs[port], "shape"), number(axis))

    return known


def _function(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    callee = parts.spec(node_id).callee
    callee = callee.replace("torch.nn.functional.", "F.")
    args, keywords = _arguments(parts, node_id, inputs, "call")
    constructed, named = _arguments(parts, node_id, inputs, "constructor")
    return call(name(callee), [*args, *constructed], {**keywords, **named})


def _method(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    owner = inputs.get(PortPath("input"))
    if owner is None:
        raise CannotWrite(node_id, "nothing is wired into it", "Wire a tensor into it")
    args, keywords = _arguments(parts, node_id, inputs, "call", skip=1)
    method = attribute(owner, parts.spec(node_id).callee.rpartition(".")[2])
    return call(method, args, keywords)


def _module(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    args, keywords = _arguments(parts, node_id, inputs, "call")
    return call(name(parts.names[f"module.{node_id}"]), args, keywords)


def _operator(parts: Parts, node_id: NodeId, inputs: Inputs) -> Expression:
    spec = parts.spec(node_id)
    values = [
        _value(parts, node_id, argument, inputs)
        for argument in spec.arguments
        if argument.style != "pseudo"
    ]
    operands = [value for value in values if isinstance(value, Expression)]
    if spec.name == "op.getitem" and len(operands) == 2:
        return subscript(operands[0], operands[1])
    if len(operands) == 2 and spec.callee in RANKS:
        return operation(spec.callee, operands[0], operands[1])
    if len(operands) == 1 and spec.name in ("op.neg", "op.invert"):
        return negated(operands[0]) if spec.name == "op.neg" else inverted("~", operands[0])
    raise CannotWrite(
        node_id, f"{spec.name} cannot be written outside the model", "Wire all its inputs"
    )


def _constant(parts: Parts, node_id: NodeId, _: Inputs) -> Expression:
    value = parts.node(node_id).args.get("value")
    if parts.node(node_id).spec == "const.value":
        return written(value)
    raise CannotWrite(
        node_id, "a constant tensor outside the model is not supported yet", "Use a number"
    )


Rule = Callable[[Parts, NodeId, Inputs], Expression]
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
