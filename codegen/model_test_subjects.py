"""What is tested: the model, or each of the modules that a training without one trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codegen.data_source import SourceCode
from codegen.emit import Expression, call, name
from codegen.model import ModelText
from codegen.model_test_facts import Facts, facts_of
from codegen.names import fresh, predicted
from codegen.predict_answers import answers_of
from codegen.predict_meaning import input_type
from codegen.train_nodes import targets_of
from codegen.train_parts import Parts, owner_of
from graph_editor.catalogue.order import Lookup, regions
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Address, InPort, NodeId, OutPort, PortPath, Project


@dataclass(frozen=True, slots=True)
class Given:
    """What is fed into a model that is tested."""

    variable: str
    known: TensorType
    node: NodeId
    is_data: bool
    """Whether it is one of the data's tensors, else it is made up."""


@dataclass(frozen=True, slots=True)
class Gives:
    """What a model gives."""

    variable: str
    known: TensorType | None
    node: NodeId


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is tested."""

    title: str
    """What its tests are called after; empty for the model of the drawing."""
    class_name: str
    made: Expression
    inputs: tuple[Given, ...]
    outputs: tuple[Gives, ...]
    parameters: int
    facts: Facts
    tensors: tuple[str, ...] = ()
    """The variables of all the data's tensors."""
    learnt: Expression | None = None
    """The trained module, where there is a training."""
    frozen: tuple[str, ...] = ()
    """Attributes of the model that are not trained."""
    ahead: tuple[str, int, int] | None = None
    """A sequence whose later places must not be looked at, the number of its tokens, and the
    axis of the output that goes along it."""


LEARNT = Expression("learn()[0].eval()")


def trained(
    project: Project,
    parts: Parts,
    model: ModelText,
    tensors: Mapping[str, str],
    taken: set[str],
) -> list[Subject]:
    """Return what a training is about: the model, or all that it trains where there is none."""
    if not parts.plan.outputs:
        blocks = [n for n in parts.trained if parts.node(n).kind == "block"]
        return [_block(project, parts, node, tensors, taken) for node in blocks]
    plan, data = parts.plan, parts.data
    ports = [data.tensors.get(p.port, "") if p.node == plan.source else "" for p in plan.feeds]
    fed = {
        node: tensors[tensor]
        for (_, node), tensor in zip(model.inputs, ports, strict=False)
        if tensor
    }
    wanted = model.inputs[: len(plan.feeds)]
    inputs = _inputs(project, parts.verdict, wanted, fed, taken)
    return [
        _model(
            project,
            (parts.lookup, parts.verdict, tuple(tensors.values())),
            model,
            inputs,
            taken,
            LEARNT,
            _ahead(parts, model, inputs),
        )
    ]


def alone(
    project: Project, lookup: Lookup, verdict: Verdict, model: ModelText, taken: set[str]
) -> Subject:
    """Return a model that is trained elsewhere; inputs that may be left out are."""
    nodes = project.main.graph.nodes
    wanted = [item for item in model.inputs if nodes[item[1]].args.get("optional") is not True]
    inputs = _inputs(project, verdict, wanted, {}, taken)
    return _model(project, (lookup, verdict, ()), model, inputs, taken)


def _inputs(
    project: Project,
    verdict: Verdict,
    wanted: Iterable[tuple[str, NodeId]],
    fed: Mapping[NodeId, str],
    taken: set[str],
) -> tuple[Given, ...]:
    return tuple(
        Given(
            fed[node] if node in fed else _own(stem, taken),
            input_type(project, verdict, node),
            node,
            node in fed,
        )
        for stem, node in wanted
    )


def _own(stem: str, taken: set[str]) -> str:
    taken.add(found := fresh(stem, taken))
    return found


def _model(
    project: Project,
    known: tuple[Lookup, Verdict, tuple[str, ...]],
    model: ModelText,
    inputs: tuple[Given, ...],
    taken: set[str],
    learnt: Expression | None = None,
    ahead: tuple[str, int, int] | None = None,
) -> Subject:
    lookup, verdict, tensors = known
    outputs = tuple(
        Gives(_own(predicted(stem, taken), taken), verdict.types.get(f"{node}.output"), node)
        for stem, node in model.outputs
    )
    nodes = regions(project.main, lookup).model
    frozen = [n for n in nodes if "." in project.main.graph.nodes[n].freeze and n in model.paths]
    return Subject(
        "",
        model.class_name,
        call(name(model.class_name)),
        inputs,
        outputs,
        _count(verdict, nodes),
        facts_of(project, lookup, verdict, nodes, [o.known for o in outputs]),
        tensors,
        learnt,
        tuple(dict.fromkeys(model.paths[n] for n in frozen)),
        ahead,
    )


def _count(verdict: Verdict, nodes: Iterable[NodeId]) -> int:
    """Return the number of parameters of nodes of the main graph and of all that is in them."""
    inside = set(nodes)
    return sum(
        count
        for address, count in verdict.parameters.items()
        if NodeId(address.partition("/")[0].partition("[")[0]) in inside
    )


def _block(
    project: Project, parts: Parts, node: NodeId, tensors: Mapping[str, str], taken: set[str]
) -> Subject:
    """Return a block that is a model of its own, as its first call in the step uses it."""
    called = next(n for n in parts.plan.nodes if owner_of(parts.node(n), n) == node)
    inner = parts.outside.planner.plans[parts.node(node).spec.partition(".")[2]]
    inputs = []
    for argument, port in zip(inner.signature, inner.inputs(), strict=False):
        source = parts.graph.wires.get(InPort(called, PortPath(port)))
        if source is None:
            continue
        source = parts.plan.shown.get(source, source)
        tensor = parts.data.tensors.get(source.port) if source.node == parts.plan.source else None
        known = parts.verdict.types.get(f"{source.node}.{source.port}", TensorType(("?",)))
        variable = tensors[tensor] if tensor else _own(argument.name, taken)
        inputs.append(Given(variable, known, port, bool(tensor)))
    _, variables = targets_of(parts, called, _all_ports(parts, called))
    outputs = tuple(
        Gives(_own(v.text, taken), parts.verdict.types.get(f"{p.node}.{p.port}"), called)
        for p, v in variables.items()
    )
    variable = parts.names[f"module.{node}"]
    found = [o.known for o in outputs]
    return Subject(
        variable,
        parts.outside.class_of(node),
        parts.outside.constructed(node),
        tuple(inputs),
        outputs,
        _count(parts.verdict, [node]),
        facts_of(project, parts.lookup, parts.verdict, [called], found),
        tuple(tensors.values()),
        Expression(f'learn()[0].eval().get_submodule("{variable}")'),
    )


def _all_ports(parts: Parts, node: NodeId) -> dict[OutPort, int]:
    """Return every output port of a node as if it were used."""
    known = parts.verdict.types
    ports = [key.rpartition(".")[2] for key in known if key.rpartition(".")[0] == node]
    return {OutPort(node, port): 1 for port in ports}


def _ahead(
    parts: Parts, model: ModelText, inputs: tuple[Given, ...]
) -> tuple[str, int, int] | None:
    """Return the input of which an output says what comes next, at every place."""
    nodes = [node for _, node in model.outputs]
    answers = answers_of(parts.project, parts.lookup, parts.verdict, nodes)
    for answer in answers.values():
        read = follows(parts.data, answer.target)
        for given, port in zip(inputs, parts.plan.feeds, strict=False):
            spec = parts.spec(parts.plan.source)
            declared = spec.types.get(port.port)
            if read and port.port == read and given.is_data and declared is not None:
                axis = 1 if answer.axis != 1 else 2
                return given.variable, declared.classes or 1, axis
    return None


def follows(data: SourceCode, target: OutPort | None) -> str:
    """Return the port of the data in which a target's tokens come one place later, if any."""
    return data.follows.get(target.port, "") if target is not None else ""


def node_of(subject: Subject) -> Address:
    """Return where the outputs of a subject come from."""
    return Address(subject.outputs[0].node)
