"""Which node and parameter each key of the model's state_dict belongs to, without torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.model_class import ClassPlan
from codegen.model_custom import piece_called
from codegen.model_expressions import muted, value_of
from codegen.model_members import Members, constructor_test
from codegen.model_plan import Planner
from codegen.state_names import Args, parameter_names
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Address, Node, NodeId, PortPath


def state_map(planner: Planner, main: ClassPlan) -> dict[str, tuple[Address, str]]:
    """Return the owner of every key of the main class."""
    planner = planner.asking_again()
    scope = {p.name: p.default for p in main.block.parameters}
    return dict(_keys(planner, main, "", "", scope))


def held_state(
    planner: Planner, plan: ClassPlan, held: Mapping[NodeId, str]
) -> dict[str, tuple[Address, str]]:
    """Return the owner of every key of a dict that holds the modules of nodes by name."""
    planner = planner.asking_again()
    scope = {p.name: p.default for p in plan.block.parameters}
    return {
        key: owner
        for node, name in held.items()
        for key, owner in _own(planner, plan, node, name, node, scope)
    }


def _keys(
    planner: Planner, plan: ClassPlan, prefix: str, at: str, scope: Args
) -> Iterator[tuple[str, tuple[Address, str]]]:
    """Yield the keys below one instance of a class."""
    members = Members(planner, plan)
    for node in dict.fromkeys(plan.owner(n) for n in plan.order if not muted(plan.node(n))):
        if node not in plan.attributes and node not in plan.group_of:
            continue
        found = plan.node(node)
        key, address = prefix + members.state_path(node), f"{at}{node}"
        if not _built(planner, plan, node, at, scope):
            continue
        if found.repeat is None or found.repeat.shared:
            yield from _own(planner, plan, node, key, address, scope)
            continue
        count = int(value_of(found.repeat.count, scope) or 0)
        for copy in range(count):
            inside = {**scope, "i": copy, "n": count}
            yield from _own(planner, plan, node, f"{key}.{copy}", f"{address}[{copy}]", inside)


def _own(
    planner: Planner, plan: ClassPlan, node: NodeId, key: str, address: str, scope: Args
) -> Iterator[tuple[str, tuple[Address, str]]]:
    found = plan.node(node)
    spec = planner.lookup(found.spec)
    assert spec is not None
    if found.kind in ("param", "buffer"):
        if found.args.get("persistent") is not False:
            yield key, (Address(address), "")
        return
    args = concrete(planner, found, spec, address, scope)
    if found.kind == "block":
        inner = planner.plans[found.spec.partition(".")[2]]
        defaults = {p.name: p.default for p in inner.block.parameters}
        yield from _keys(planner, inner, f"{key}.", f"{address}/", {**defaults, **args})
        return
    known = planner.state_keys(address) if piece_called(spec) else parameter_names(spec, args)
    for name in known:
        yield f"{key}.{name}", (Address(address), name)


def concrete(planner: Planner, node: Node, spec: Spec, address: str, scope: Args) -> dict[str, Any]:
    """Return the constructor's arguments as numbers; those that cannot be told are left out."""
    found: dict[str, Any] = {}
    for argument in spec.arguments:
        if argument.stage == "constructor":
            name = argument.name
            arg = node.args.get(name)
            value = planner.inferred(address, name) if arg is None else value_of(arg, scope)
            if value is not None:
                found[argument.name] = value
    return found


def _built(planner: Planner, plan: ClassPlan, node: NodeId, at: str, scope: Args) -> bool:
    """Whether ``when`` leaves a module in, so far as that is known."""
    test = constructor_test(plan, plan.node(node))

    def shapes(port: str) -> tuple[int, ...]:
        source = plan.origin(plan.wires[node].get(PortPath(port)))
        return planner.shape(f"{at}{source.node}.{source.port}") if source else ()

    return test is None or value_of(test, scope, shapes) is not False
