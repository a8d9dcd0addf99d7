"""Which fields a node of each kind may have: what means nothing there is refused, never dropped."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.model_class import OWNING, ClassPlan, blocks_below
from codegen.model_plan import Planner
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import input_ports, output_kind, output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import (
    Address,
    Graph,
    Node,
    NodeId,
    OutPort,
    PortPath,
    same,
)

CALLS = ("nn", "block", "op", "F", "torch", "Tensor")
ALLOWED = {
    "repeat": CALLS,
    "when": CALLS,
    "freeze": ("nn", "block", "param"),
    "same_as": OWNING,
}
"""Fields that not every node may have -> the kinds for which they mean something."""
SHOWN = {"same_as": "sharing another node's module"}
KINDS_OF_INPUT = ("tensor", "size")


def check_plans(planner: Planner) -> None:
    """Raise CannotWrite for the first node of the model with a field that cannot be honoured."""
    for plan in planner.plans.values():
        for node in plan.order:
            found, spec = plan.node(node), planner.lookup(plan.node(node).spec)
            assert spec is not None  # the planner has refused unknown ones
            check_fields(plan.address(node), found, spec)
            check_wires(plan.address(node), found, spec, plan.wires[node])
            _check_weights(planner, plan, node)
            if plan.owner(node) != node:
                _check_shared(plan, node, planner.lookup)
            if node in plan.passing and found.kind != "io":
                _check_muted(plan, node, spec)
            if found.kind == "io":
                _check_border(plan, node)
        _check_sizes(planner, plan)


def check_fields(address: Address, node: Node, spec: Spec) -> None:
    """Raise CannotWrite for a field or an argument that means nothing on such a node."""
    for field in _fields(node):
        if node.kind not in ALLOWED[field] or (field != "repeat" and node.spec == "param.of"):
            what = SHOWN.get(field, field)
            raise CannotWrite(address, f"{what} on {node.spec}", f"Remove {field}.")
    for name in node.args:
        if spec.argument(name) is None:
            feature = f"the argument {name}, which {node.spec} does not have"
            raise CannotWrite(address, feature, f"Remove {name}.")


def check_wires(address: Address, node: Node, spec: Spec, wires: Iterable[PortPath]) -> None:
    """Raise CannotWrite for a wire into a port that a node does not have."""
    known = {a.name for a in spec.arguments if a.port and not a.many}
    odd = [path for path in wires if path not in known]
    if odd:
        ports = {port.path for port in input_ports(spec, node, wires)}
        for path in odd:
            if path not in ports:
                feature = f"a wire into {path}, which {node.spec} does not have"
                raise CannotWrite(address, feature, "Remove the wire.")


def _fields(node: Node) -> list[str]:
    said = {
        "repeat": node.repeat is not None,
        "when": node.when is not None,
        "freeze": bool(node.freeze),
        "same_as": node.weights is not None and node.weights.same_as is not None,
    }
    return [field for field, there in said.items() if there]


def _check_weights(planner: Planner, plan: ClassPlan, node: NodeId) -> None:
    """Refuse weights that no training fetches, on a node that is switched off too."""
    weights, address = plan.node(node).weights, plan.address(node)
    owner = plan.graph.nodes.get(plan.owner(node))  # it may lie outside of what is written
    own = owner.weights if owner is not None else None
    if any(each is not None and each.follows is not None for each in (weights, own)):
        raise CannotWrite(address, "a shadow that follows other weights", "Remove the shadow.")
    if weights is None or weights.start is None:
        return
    if plan.key != "main" or plan.node(node).kind not in ("nn", "block"):
        raise CannotWrite(
            address, "weights to start from inside a block", "Say them at the block as a whole."
        )
    if all(n.kind != "optim" for n in planner.project.main.graph.nodes.values()):
        raise CannotWrite(address, "weights to start from", "Load them after the export.")


def _check_shared(plan: ClassPlan, node: NodeId, lookup: Lookup) -> None:
    """Refuse a second call of a module where it cannot be the same module."""
    found, owner = plan.node(node), plan.owner(node)
    if owner in plan.graph.nodes:
        check_shared(plan.address(node), plan.graph, found, owner, lookup)
        if found.when is not None or plan.node(owner).when is not None:
            raise CannotWrite(
                plan.address(node), "when on a module that is shared", "Put it in a block."
            )


def check_shared(address: Address, graph: Graph, node: Node, owner: NodeId, lookup: Lookup) -> None:
    """Raise CannotWrite where a node cannot call the module of another one."""
    whose, spec = graph.nodes[owner], lookup(node.spec)
    if whose.spec != node.spec or spec is None:
        raise CannotWrite(address, "shares another kind of module", "Choose anew.")
    if whose.weights is not None and whose.weights.same_as not in (None, owner):
        feature = f"shares the module of {owner}, which shares one itself"
        raise CannotWrite(address, feature, f"Choose {whose.weights.same_as}.")
    if not same(whose.repeat, node.repeat):
        raise CannotWrite(address, f"its repeat is not that of {owner}", "Make them equal.")
    for argument in spec.arguments:
        name = argument.name
        if argument.stage != "constructor" or name not in node.args:
            continue
        if not same(node.args[name], whose.args.get(name, argument.default)):
            feature = f"{name} differs from that of {owner}, whose module it shares"
            raise CannotWrite(address, feature, f"Remove {name}.")


def _check_muted(plan: ClassPlan, node: NodeId, spec: Spec) -> None:
    """Refuse to read what a node that is switched off does not give."""
    first, *others = output_ports(spec, plan.node(node)) or ("",)
    for wires in (plan.wires[n] for n in plan.order):
        for source in wires.values():
            if source.node == node and source.port in others:
                feature = f"{source.port} is read, which it does not give while it is switched off"
                raise CannotWrite(plan.address(node), feature, f"Read {first}, or switch it on.")


def _check_border(plan: ClassPlan, node: NodeId) -> None:
    """Refuse what a node at the border of a graph says in vain."""
    args, address = plan.node(node).args, plan.address(node)
    if args.get("kind", "tensor") not in KINDS_OF_INPUT:
        raise CannotWrite(address, f"an input of kind {args['kind']!r}", "Choose tensor or size.")
    if plan.key == "main" and args.get("again") is not None:
        raise CannotWrite(address, "again outside a repeated block", "Remove again.")
    if plan.key == "main" and args.get("kind") == "size" and plan.wires[node]:
        raise CannotWrite(address, "a size that is fed with data", "Make it a tensor.")


def _check_sizes(planner: Planner, plan: ClassPlan) -> None:
    """Refuse a tensor where a block wants a size."""
    for node, key in blocks_below(plan.graph, plan.order):
        inner = planner.plans[key]
        for wanted in inner.inputs():
            source = plan.origin(plan.wires[node].get(PortPath(wanted)))
            if source is None or inner.node(wanted).args.get("kind") != "size":
                continue
            if not _is_size(planner, plan, source):
                name = inner.node(wanted).name or wanted
                feature = f"a tensor is wired into {name}, which is a size"
                raise CannotWrite(plan.address(node), feature, "Wire a size, as Tensor.size gives.")


def _is_size(planner: Planner, plan: ClassPlan, source: OutPort) -> bool:
    """Whether a value is a number: a size, or what operators make of sizes."""
    pending, seen = [(plan, source)], set()
    while pending:
        plan, source = pending.pop()
        found = plan.node(source.node)
        spec = planner.lookup(found.spec)
        plain = spec is None or output_kind(spec, found) == "size" or found.spec == "const.value"
        if plain or (plan.key, source) in seen:
            continue
        seen.add((plan.key, source))
        if found.kind == "block":
            plan = planner.plans[found.spec.partition(".")[2]]
            wires = plan.wires.get(NodeId(source.port), {})
        elif found.kind == "op":
            wires = plan.wires[source.node]
        else:
            return False
        sources = [plan.origin(wired) for wired in wires.values()]
        if not sources or None in sources:
            return False
        pending += [(plan, each) for each in sources if each is not None]
    return True
