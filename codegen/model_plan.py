"""Plans the classes of model.py: their nodes in order, their instances, what was inferred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from typing import cast

from codegen.model_class import OWNING, ClassPlan, Extra, blocks_below, is_auto
from codegen.model_expressions import constructor_sizes, muted, names_in, value_of
from codegen.model_facts import Facts
from codegen.model_sizes import (
    first_size,
    inferred_size,
    is_declared,
    is_sum,
    outer_size,
    parameter_word,
    place_of_size,
    size_at,
    size_parameter,
    told_sizes,
    with_values,
)
from codegen.names import TAKEN_BY_FILES, class_slug, fresh, slug
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup, canonical_order, incoming, regions
from graph_editor.checking.copies import first_copies, plain
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    Arg,
    Block,
    BlockId,
    Expr,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)


class Planner:
    """Plans every class that a project needs, innermost first."""

    def __init__(self, project: Project, lookup: Lookup, verdict: Verdict) -> None:
        self.project = project
        self.lookup: Lookup = cache(lookup)
        self.verdict = verdict
        self.facts = Facts(verdict)
        self.plans: dict[str, ClassPlan] = {}
        self.outer = ClassPlan("main", project.main, "", (), {}, [""])
        """What stands in the main graph outside the model, as if it were a class."""
        self.class_names: set[str] = set(TAKEN_BY_FILES)

    def asking_again(self) -> Planner:
        """Return a planner of the same plans whose questions are noted apart from this one's."""
        other = copy(self)
        other.facts = Facts(self.verdict)
        return other

    def plan(self) -> list[ClassPlan]:
        """Return the plans in the order in which their classes stand in the file."""
        main = self.project.main
        found = regions(main, self.lookup)
        order, outside = self._kept(main, found.model), (*found.data, *found.step)
        if any(main.graph.nodes[n].spec == "io.output" for n in order):
            self._visit("main", main, order, [])
        else:  # without an output node the blocks are the models
            outside = (*outside, *found.idle)
        for _, key in blocks_below(main.graph, outside):
            self._block(key, [])
        self._outside(outside)
        self._spread()
        for plan in self.plans.values():
            self._parameters(plan)
            self._extras(plan)
        return list(self.plans.values())

    def _kept(self, block: Block, order: tuple[NodeId, ...]) -> tuple[NodeId, ...]:
        """Return the order without cycles and unknown things: those cannot be written."""
        for node in order:
            found = block.graph.nodes[node]
            if self.lookup(found.spec) is None:
                raise CannotWrite(node, f"{found.spec} is unknown here", "Replace or remove it.")
        return order

    def _block(self, key: str, path: list[str]) -> None:
        if key in path:
            raise CannotWrite(key, "a block that contains itself", "Break the circle.")
        if key in self.plans:
            return
        if key not in self.project.blocks:
            raise CannotWrite(f"block.{key}", "a block that is not in the project", "Remove it.")
        block = self.project.blocks[BlockId(key)]
        order = canonical_order(block.graph, block.outputs, self.lookup)
        self._visit(key, block, self._kept(block, order), path)

    def _visit(self, key: str, block: Block, order: tuple[NodeId, ...], path: list[str]) -> None:
        for _, inner in blocks_below(block.graph, order):
            self._block(inner, [*path, key])
        name = fresh(
            class_slug(block.name) or ("Model" if key == "main" else "Block"), self.class_names
        )
        self.class_names.add(name)
        plan = ClassPlan(key, block, name, order, incoming(block.graph), [])
        self._count(plan)
        self.plans[key] = plan

    def _count(self, plan: ClassPlan) -> None:
        """Count how often forward reads each output."""
        for node in plan.order:
            found = plan.node(node)
            if found.spec == "io.output" or muted(found):
                first = plan.ordered(node, self.lookup)
                plan.passing[node] = first[0][1] if first else None
        for node in plan.order:
            found = plan.node(node)
            if found.spec == "io.input" or (node in plan.passing and found.spec != "io.output"):
                continue  # what feeds the model's inputs belongs to the step
            for path, wired in plan.wires[node].items():
                source = plan.origin(wired)
                if source is not None:
                    plan.uses[source] += 1 if found.when is None else 2
                    plan.readers.setdefault(source, []).append((node, path))

    def _outside(self, nodes: tuple[NodeId, ...]) -> None:
        """Plan what the step owns: instances of blocks, and weights."""
        main = self.project.main
        owners = tuple(
            n for n in nodes if main.graph.nodes[n].kind in OWNING and self.outer.owner(n) == n
        )
        defaults = {p.name: p.default for p in main.parameters}
        wires = incoming(main.graph) if owners else {}
        self.outer = ClassPlan("main", main, "", owners, wires, [""], [defaults])

    def _spread(self) -> None:
        """Note every instance of every block with its parameters' values, outermost first."""
        for plan in (self.outer, *reversed(self.plans.values())):
            if not plan.instances:
                defaults = {p.name: p.default for p in plan.block.parameters}
                plan.instances, plan.scopes = [""], [defaults]
            for node, key in blocks_below(plan.graph, plan.order):
                below, step = self.plans[key], self.step(plan, node)
                for at, scope in zip(plan.instances, plan.scopes, strict=True):
                    address = f"{at}/{step}" if at else step
                    below.instances.append(address)
                    below.scopes.append(self._scope(below, plan.node(node), address, scope))

    def _scope(
        self, below: ClassPlan, node: Node, address: str, scope: Mapping[str, Arg]
    ) -> dict[str, Arg]:
        """Return the values of an instance's parameters, as far as they are known."""
        found: dict[str, Arg] = {}
        inside = {**scope, "i": 0}
        for parameter in below.block.parameters:
            given = node.args.get(parameter.name, parameter.default)
            if parameter.name not in node.args and parameter.default is None:
                given = self.inferred(address, parameter.name)
            found[parameter.name] = value_of(given, inside)
        return found

    def step(self, plan: ClassPlan, node: NodeId) -> str:
        """Return a node's part of an address: that of its first copy where it has several."""
        repeat = plan.node(node).repeat
        return node if repeat is None or repeat.shared else f"{node}[0]"

    def _parameters(self, plan: ClassPlan) -> None:
        used: set[str] = set()
        for parameter in plan.block.parameters:
            name = fresh(slug(parameter.name), used)
            used.add(name)
            plan.parameters[parameter.name] = name

    def _extras(self, plan: ClassPlan) -> None:
        """Find the parameters that each instance is told: sizes of what comes in, and others."""
        if plan.key == "main":
            return
        used = set(plan.parameters.values())
        for node in plan.order:
            for path, argument, size in self._asked(plan, node):
                said = self.common(plan, path, argument)
                if said is None:
                    twin = next((e.name for e in plan.extras if size and e.size == size), None)
                    name = twin or fresh(parameter_word(plan, argument, size), used)
                    plan.extras.append(Extra(path, argument, name, size))
                    used.add(name)
                for name in told_sizes(plan, said):
                    extra = size_parameter(plan, name, used)
                    plan.extras.append(extra)
                    plan.sizes[name] = extra.name
                    used.add(extra.name)

    def _asked(
        self, plan: ClassPlan, node: NodeId
    ) -> Iterator[tuple[str, str, tuple[OutPort, int] | None]]:
        """Yield the numbers that building a node's module asks for, and the sizes that they are."""
        found = plan.node(node)
        spec = self.lookup(found.spec)
        if spec is None or plan.owner(node) != node or not _is_made(plan, node):
            return
        for port, axis in constructor_sizes(found, spec):
            source = plan.origin(plan.wires[node].get(PortPath(port)))
            if source is not None and not is_declared(plan, source, axis):
                yield *size_at(plan, source, axis), (source, axis)
        for argument in spec.arguments:
            if is_auto(argument, found):
                size = inferred_size(plan, node, argument.infer)
                yield node, argument.name, first_size(plan, size, self.lookup, self._sizes)
        if found.kind == "block":
            inner = self.plans[found.spec.partition(".")[2]]
            for name in inner.extra_names:
                ways = self.ways(plan, node, inner, name)
                way = next((way for way in ways if self.common(plan, *way) is not None), ways[0])
                first = next(e for e in inner.extras if e.name == name)
                size = outer_size(plan, node, first)
                yield *way, first_size(plan, size, self.lookup, self._sizes)

    def _sizes(self, plan: ClassPlan, port: OutPort, axis: int) -> list[int | None]:
        """Return a size in every instance."""
        return [self._size(f"{at}/{port.node}.{port.port}", axis) for at in plan.instances]

    def ways(
        self, plan: ClassPlan, node: NodeId, inner: ClassPlan, name: str
    ) -> list[tuple[str, str]]:
        """Return the paths and arguments below plan that an extra of a block stands for."""
        step = self.step(plan, node)
        return [(f"{step}/{e.path}", e.argument) for e in inner.extras if e.name == name]

    def known_size(self, plan: ClassPlan, source: OutPort, axis: int) -> Arg:
        """Return a size: a number, an expression in the words of the class, or None."""
        declared = plan.node(source.node).args.get("shape")
        if is_declared(plan, source, axis) and isinstance(declared, tuple):
            return declared[axis]
        return self.common(plan, *size_at(plan, source, axis))

    def common(self, plan: ClassPlan, path: str, argument: str) -> Arg:
        """Return what an inferred value is in all instances, or None where each is told its own.

        That is a number or an expression, by what the judge has seen it depend on: that two numbers
        are equal says nothing. A class with one instance is told no size: it is a number there.
        """
        key, facts = plan.key, self.facts
        said = facts.of_block(key, path, argument)
        if isinstance(said, Expr):
            names = names_in(said.text)
            sizes = [name for name in names if name not in plan.parameters]
            if not sizes or (len(plan.instances) > 1 and is_sum(said)):
                return said
            if len(plan.instances) > 1:
                return None
            if len(sizes) < len(names):
                return with_values(said, {name: self._first_value(plan, name) for name in sizes})
        elif said is not None:
            return said
        values = {
            self.inferred(f"{at}/{path}" if at else path, argument) for at in plan.instances or [""]
        }
        return values.pop() if len(values) == 1 else None

    def _first_value(self, plan: ClassPlan, name: str) -> int | None:
        """Return a size that an input names, as it is in the first instance."""
        place = place_of_size(plan, name)
        return None if place is None else self._sizes(plan, *place)[0]

    def inferred(self, address: str, argument: str) -> Arg:
        """Return what inference found for one instance, or None."""
        if argument.startswith("shape["):
            return self._size(address, int(argument[6:-1]))
        return cast(Arg, self.facts.ask("inferred", address, argument))

    def state_keys(self, address: str) -> tuple[str, ...]:
        """Return the names in the state of a module of custom code; of a copy, those of any."""
        known = self.verdict.state_keys
        found = known.get(Address(address))
        return found if found is not None else first_copies(known).get(plain(address), ())

    def _size(self, port: str, axis: int) -> int | None:
        shape = self.shape(port)
        size = shape[axis] if -len(shape) <= axis < len(shape) else -1
        return size if size >= 0 else None

    def shape(self, port: str) -> tuple[int, ...]:
        """Return the shape at ``address.port``, with -1 where a size varies; empty if unknown."""
        return cast("tuple[int, ...]", self.facts.ask("shape", port))


def _is_made(plan: ClassPlan, node: NodeId) -> bool:
    """Whether the class makes a node's module: it, or one that calls it, is not off for good."""
    if not muted(plan.node(node)):
        return True
    return any(plan.owner(n) == node and not muted(plan.node(n)) for n in plan.order)
