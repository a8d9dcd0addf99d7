"""Repeated nodes as loops: the result of each copy is the input of the next."""

from __future__ import annotations

from collections.abc import Mapping

from codegen import emit
from codegen.model_calls import Calls
from codegen.model_class import OWNING, ClassPlan
from codegen.model_expressions import expressions_in, names_in, uses_index
from codegen.model_plan import Planner
from codegen.model_unpacking import flat, pattern
from codegen.model_variables import Value, Variables
from codegen.names import fresh, slug
from codegen.statements import assign, loop
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import At, Node, NodeId, OutPort


def _asks_for_count(found: Node, spec: Spec) -> bool:
    """Whether the call of each copy depends on which it is, or on how many there are."""
    passed = [a.name for a in spec.arguments if a.stage == "call" and a.name in found.args]
    texts = [e.text for name in passed for e in expressions_in(found.args[name])]
    return any(names_in(text) & {"i", "n"} for text in texts)


class Loops:
    """Writes the loops of one forward method."""

    def __init__(
        self, planner: Planner, plan: ClassPlan, calls: Calls, variables: Variables
    ) -> None:
        self.planner = planner
        self.plan = plan
        self.calls = calls
        self.variables = variables

    def loop(self, node: NodeId, found: Node, spec: Spec, inputs: Mapping[str, Value]) -> None:
        """Write a loop in which each copy's result is the next one's input."""
        assert found.repeat is not None
        plan = self.plan
        if found.when is not None:
            raise CannotWrite(plan.address(node), "a condition on a repeat", "Put it in a block.")
        carried = self._carried(node, found, spec, inputs)
        own = found.kind in OWNING and not found.repeat.shared
        used = uses_index(found)
        asked = not own or _asks_for_count(found, spec)  # what forward reads, the class keeps
        count = self.calls.count(node) if asked else None
        inside = {} if count is None else {"i": emit.name("i"), "n": count}
        names = self._loop_names(node, carried)
        for source in self._sources(node):
            self.variables.reading[source] = 0
        self.variables.made(node, emit.name("_"))  # the inputs are read here
        for source in self._sources(node):
            self.variables.reading[source] = 0
        starts = []
        for path, name in names.items():
            if path in inputs and inputs[path].text.text != name:
                starts.append(assign(name, inputs[path].text, self.plan.address(node)))
        self.variables.body.extend(starts)
        inner = {
            p: Value(emit.name(names[p]), node) if p in names else v for p, v in inputs.items()
        }
        member = emit.name(self.variables.free("layer" if found.kind == "nn" else "block"))
        target = member if own else self.calls.target(node, found)
        text = self.calls.call(node, found, spec, inner, target, inside)
        leaves = self._leaf_names(spec, found, carried, names)
        line = assign(leaves, text, self.plan.address(node))
        turns = self.calls.target(node, found) if own else None
        if turns is None:
            assert count is not None
            turns = emit.call(emit.name("range"), [count])
        counter = member.text if own else ("i" if used else "_")
        self.variables.body.append(loop(counter, turns, [line], self.plan.address(node)))
        for path, leaf in carried.items():
            port = OutPort(node, leaf)
            self.variables.bound[names[path]] = port
            self.variables.values[port] = Value(emit.name(names[path]), node)

    def _sources(self, node: NodeId) -> list[OutPort]:
        found = [self.plan.origin(s) for s in self.plan.wires[node].values()]
        return [s for s in found if s is not None]

    def _carried(
        self, node: NodeId, found: Node, spec: Spec, inputs: Mapping[str, Value]
    ) -> dict[str, str]:
        """Return which output feeds which input of the next copy."""
        leaves = list(flat(output_tree(spec, found)))
        if not inputs or not leaves:
            raise CannotWrite(self.plan.address(node), "a repeat without an input", "Connect it.")
        carried = {next(iter(inputs)): leaves[0]}
        if found.kind != "block":
            return carried
        block = self.planner.plans[found.spec.partition(".")[2]]
        for leaf in leaves[1:]:
            again = block.node(NodeId(leaf)).args.get("again")
            if isinstance(again, At) and again.address in inputs:
                carried[str(again.address)] = leaf
        return carried

    def _loop_names(self, node: NodeId, carried: Mapping[str, str]) -> dict[str, str]:
        names: dict[str, str] = {}
        sources: dict[str, OutPort | None] = {
            path: self.plan.origin(wired) for path, wired in self.plan.wires[node].items()
        }
        for path in carried:
            source = sources[path]
            old = self.variables.values[source].text.text if source else ""
            mine = self.plan.taken(node, source) if source else 0
            if (
                source
                and self._is_replaced_alone(source, sources, carried)
                and self.variables.left.get(source, 0) <= mine
                and old.isidentifier()
                and old in self.variables.bound
            ):
                names[path] = old
                continue
            base = (
                "x"
                if not names and not self.variables.live(self.variables.bound.get("x"))
                else self._word(node, path)
            )
            name = fresh(base, {*self.variables.names_live(), *names.values()})
            names[path] = name
        return names

    def _word(self, node: NodeId, path: str) -> str:
        """Return what an input is called: a block's as its own forward calls it, not by its id."""
        found = self.plan.node(node)
        if found.kind != "block":
            return slug(path)
        inner = self.planner.plans[found.spec.partition(".")[2]]
        names = {n: a.name for n, a in zip(inner.inputs(), inner.signature, strict=False)}
        return names.get(NodeId(path)) or slug(path)

    def _is_replaced_alone(
        self,
        source: OutPort,
        sources: Mapping[str, OutPort | None],
        carried: Mapping[str, str],
    ) -> bool:
        """Whether no input that stays the same for all copies reads a value that is replaced."""
        return all(path in carried for path, other in sources.items() if other == source)

    def _leaf_names(
        self, spec: Spec, found: Node, carried: Mapping[str, str], names: Mapping[str, str]
    ) -> str:
        by_leaf = {leaf: names[path] for path, leaf in carried.items()}
        return pattern(output_tree(spec, found), by_leaf, True)
