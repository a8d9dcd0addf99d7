"""The nodes between model and loss as expressions: one small rule for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from codegen import train_start
from codegen.emit import (
    RANKS,
    Display,
    Expression,
    attribute,
    call,
    dict_of,
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
from codegen.model_place import makes_a_tensor
from codegen.statements import Line, assign, word
from codegen.train_frozen import parts_frozen
from codegen.train_parts import TENSORS, Parts, owner_of
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import as_called, output_tree
from graph_editor.catalogue.spec import OutputTree
from graph_editor.document.model import Address, At, NodeId, OutPort, PortPath, same

Inputs = Mapping[PortPath, Expression]


def modules_of(parts: Parts) -> tuple[NodeId, ...]:
    """Return what the step owns, losses mostly, in canonical order."""
    return parts.owners


def write_models(parts: Parts) -> list[Line]:
    """Return the statements that make the model, all that has weights beside it, and the losses."""
    owned = modules_of(parts)
    lines = [word(f"model = {parts.model}().to(device)")] if parts.plan.outputs else []
    for node in (n for n in owned if parts.outside.owns_weights(n)):
        lines += [write_module(parts, node), *parts_frozen(parts, node)]
    if not parts.plan.outputs:
        named = {variable: name(variable) for variable in parts.models}
        held = call(name("nn.ModuleDict"), [dict_of(named)])
        lines.append(assign("model", held))
    lines += train_start.loaded(parts)
    return lines + [write_module(parts, n) for n in owned if not parts.outside.owns_weights(n)]


def write_module(parts: Parts, node_id: NodeId) -> Line:
    """Return the statement that makes a module of the step. Raises CannotWrite."""
    variable, address = parts.names[f"module.{node_id}"], Address(node_id)
    if parts.outside.owns_weights(node_id):
        if parts.flow.is_forgotten(node_id):
            if parts.flow.is_unknown(node_id):
                raise CannotWrite(
                    node_id,
                    "what this custom code owns is not known before it is trusted, and has run",
                    "Trust it, name it under trains of an optimizer, or freeze it",
                )
            raise CannotWrite(
                node_id,
                "its weights lie outside the model, and no optimizer trains them",
                "Name it under trains, freeze it, or lead its result through an output node",
            )
        return assign(variable, parts.outside.made(parts.names, node_id), address)
    node = parts.node(node_id)
    if node.freeze or (node.weights is not None and (node.weights.follows or node.weights.start)):
        raise CannotWrite(
            node_id, "freezing, following or starting weights of what has none", "Remove it"
        )
    spec, args, plan = parts.spec(node_id), node.args, _plan(parts)
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
    return assign(variable, made, address)


@dataclass(frozen=True, slots=True)
class Place:
    """What a step is written for: a batch of the training, or the data that evaluate is given."""

    device: Expression
    names: Mapping[str, Expression]
    """What the names in arguments stand for: ``epoch``, ``step``, ``epochs``, ``B``."""
    training: bool = True
    used: dict[str, None] = field(default_factory=dict)
    """Those that were asked for."""


def write_node(parts: Parts, node_id: NodeId, inputs: Inputs, place: Place) -> Expression:
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
    known = known_in(parts, place, inputs)
    passed = called(_plan(parts), node_id, spec.arguments, texts, known)
    if makes_a_tensor(spec):
        like = texts.get("like")
        passed.keywords["device"] = place.device if like is None else attribute(like, "device")
    return rule(parts, node_id, passed)


def _plan(parts: Parts) -> ClassPlan:
    """Return what the model's writers know a graph by, for the main graph as a whole."""
    return ClassPlan("main", parts.project.main, parts.model, (), {}, [])


def known_in(parts: Parts, place: Place, inputs: Inputs) -> Rename:
    """Return what gives the names in an argument: the node's own ports, and those of the step."""
    parameters = {p.name: p.default for p in parts.project.main.parameters}

    def known(word: str, axis: int | None) -> Expression:
        port = PortPath(word)
        if axis is not None and port in inputs:
            return subscript(attribute(inputs[port], "shape"), number(axis))
        if axis is None and parameters.get(word) is not None:
            return written(parameters[word])
        if axis is None and word in place.names:
            place.used[word] = None
            return place.names[word]
        raise NoLiteral(f"the name {word} is not known outside the model")

    return known


def _function(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    return passed.call(callee(parts.spec(node_id)))


def _method(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    if not passed.positional:
        raise CannotWrite(node_id, "nothing is wired into it", "Wire a tensor into it")
    owner, *rest = passed.positional
    method = attribute(owner, parts.spec(node_id).callee.removeprefix("Tensor."))
    return call(method, rest, passed.keywords)


def _module(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    owner = owner_of(parts.node(node_id), node_id)
    return passed.call(name(parts.names[f"module.{owner}"]))


def _block(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    owner = owner_of(parts.node(node_id), node_id)
    plans, block = parts.outside.planner.plans, parts.node(node_id).spec.partition(".")[2]
    inner, ports = plans[block], [a.name for a in parts.spec(node_id).arguments if a.port]
    given = dict(zip(ports, passed.positional, strict=False)) | passed.keywords
    words = {n: a.name for n, a in zip(inner.inputs(), inner.signature, strict=False)}
    optional = [n for n in inner.inputs() if inner.node(n).args.get("optional") is True]
    plain = [given[n] for n in inner.inputs() if n in given and n not in optional]
    named = {words[n]: given[n] for n in optional if n in given}
    return call(name(parts.names[f"module.{owner}"]), plain, named)


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


def _constant(parts: Parts, node_id: NodeId, passed: Passed) -> Expression:
    value = parts.node(node_id).args.get("value")
    if parts.node(node_id).spec == "const.value" and isinstance(value, int | float):
        return written(value)
    if passed.positional and parts.node(node_id).spec != "const.value":
        return passed.call(callee(parts.spec(node_id)))
    raise CannotWrite(node_id, "a constant without a value", "Give it a number")


def _weight(parts: Parts, node_id: NodeId, _: Passed) -> Expression:
    """Return a tensor that the step keeps, or a weight of another node."""
    node = parts.node(node_id)
    if node.spec in TENSORS:
        return name(parts.names[f"module.{node_id}"])
    of, parameter = node.args.get("of"), node.args.get("parameter", "weight")
    if not isinstance(of, At) or not isinstance(parameter, str):
        raise CannotWrite(node_id, "no node is chosen", "Choose whose weight")
    return parts.outside.weight(parts.names, of.address, parameter, node_id)


Rule = Callable[[Parts, NodeId, Passed], Expression]
RULES: dict[str, Rule] = {
    "nn": _module,
    "F": _function,
    "torch": _function,
    "Tensor": _method,
    "op": _operator,
    "const": _constant,
    "block": _block,
    "param": _weight,
    "buffer": _weight,
}


def targets_of(
    parts: Parts, node_id: NodeId, used: Mapping[OutPort, int]
) -> tuple[Expression, dict[OutPort, Expression]]:
    """Return what a node's result is assigned to, and the variable of each port."""
    spec, node = parts.spec(node_id), parts.node(node_id)
    owner = parts.node(owner_of(node, node_id))
    tree = output_tree(spec, as_called(spec, node, owner))
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
        found[port] = name(
            path if path == stem else parts.names.get(f"port.{node_id}.{leaf}", path)
        )
        return found[port]

    return target(tree, stem), found
