"""Plans the classes of model.py: their nodes in order, their instances, what was inferred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from typing import cast

from codegen.model_class import OWNING, ClassPlan, Extra, blocks_below, is_auto
from codegen.model_expressions import constructor_sizes, muted, parts_of, value_of
from codegen.model_facts import Facts
from codegen.model_formulas import formula_of
from codegen.names import TAKEN_BY_FILES, class_slug, fresh, slug
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup, canonical_order, incoming, regions
from graph_editor.checking.copies import first_copies, plain
from graph_editor.checking.verdict import Verdict
from graph_editor.document import expressions as tree
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
        """Find the parameters that inference could not settle for all instances at once."""
        if plan.key == "main":
            return
        used = set(plan.parameters.values())
        known: dict[str, list[Arg]] = {}
        for node in plan.order:
            for path, argument, size in self._unsettled(plan, node):
                values = [self.inferred(f"{at}/{path}", argument) for at in plan.instances]
                size = self._first(plan, size) if size else None
                twin = next((e.name for e in plan.extras if size and e.size == size), None)
                formula = ""
                if twin is None and not _comes_in(plan, size):  # what comes in is free to change
                    formula = formula_of(values, known, self._numbers(plan))
                name = twin or fresh(_parameter_word(plan, argument, size), used)
                if not formula:
                    used.add(name)
                    known.setdefault(name, values)
                plan.extras.append(Extra(path, argument, name, size, formula))

    def _first(self, plan: ClassPlan, size: tuple[OutPort, int]) -> tuple[OutPort, int]:
        """Return where a size comes from, past modules that keep it: activations, norms, pools."""
        port, axis = size
        while plan.node(port.node).kind == "nn" and len(plan.wires[port.node]) == 1:
            spec = self.lookup(plan.node(port.node).spec)
            source = plan.origin(next(iter(plan.wires[port.node].values())))
            if (
                source is None
                or spec is None
                or any(a.name.startswith("out_") for a in spec.arguments)
            ):
                break
            sizes = [
                [self._size(f"{at}/{p.node}.{p.port}", axis) for at in plan.instances]
                for p in (port, source)
            ]
            if sizes[0] != sizes[1] or None in sizes[0]:
                break
            port = source
        return port, axis

    def _numbers(self, plan: ClassPlan) -> dict[str, list[Arg]]:
        """Return the values of a block's whole-numbered parameters in all instances, by name."""
        return {
            plan.parameters[p.name]: [scope.get(p.name) for scope in plan.scopes]
            for p in plan.block.parameters
            if p.type == "int"
        }

    def _unsettled(
        self, plan: ClassPlan, node: NodeId
    ) -> Iterator[tuple[str, str, tuple[OutPort, int] | None]]:
        found = plan.node(node)
        spec = self.lookup(found.spec)
        if spec is None or plan.owner(node) != node:
            return
        for port, axis in constructor_sizes(found, spec):
            source = plan.origin(plan.wires[node].get(PortPath(port)))
            if source is not None and self.known_size(plan, source, axis) is None:
                yield f"{source.node}.{source.port}", f"shape[{axis}]", (source, axis)
        for argument in spec.arguments:
            if is_auto(argument, found) and self.settled(plan, node, argument.name) is None:
                yield node, argument.name, _inferred_size(plan, node, argument.infer)
        if found.kind == "block":
            inner = self.plans[found.spec.partition(".")[2]]
            for name in inner.extra_names:
                ways = self.ways(plan, node, inner, name)
                if all(self.common(plan, path, argument) is None for path, argument in ways):
                    first = next(e for e in inner.extras if e.name == name)
                    yield *ways[0], self._outer_size(plan, node, first)

    def ways(
        self, plan: ClassPlan, node: NodeId, inner: ClassPlan, name: str
    ) -> list[tuple[str, str]]:
        """Return the paths and arguments below plan that an extra of a block stands for."""
        step = self.step(plan, node)
        return [(f"{step}/{e.path}", e.argument) for e in inner.extras if e.name == name]

    def _outer_size(
        self, plan: ClassPlan, node: NodeId, extra: Extra
    ) -> tuple[OutPort, int] | None:
        """Return the size in plan's graph that reaches an inner block as a parameter."""
        if extra.size is None:
            return None
        source = plan.origin(plan.wires[node].get(PortPath(extra.size[0].node)))
        return None if source is None else (source, extra.size[1])

    def known_size(self, plan: ClassPlan, source: OutPort, axis: int) -> Arg:
        """Return a size: a number, a parameter that the block's input names, or None."""
        declared = plan.node(source.node).args.get("shape")
        if plan.node(source.node).spec == "io.input" and isinstance(declared, tuple):
            dim = declared[axis] if -len(declared) <= axis < len(declared) else None
            if isinstance(dim, int):
                return dim
            if isinstance(dim, Expr) and dim.text.strip() in plan.parameters:
                return dim
        return self.common(plan, f"{source.node}.{source.port}", f"shape[{axis}]")

    def settled(self, plan: ClassPlan, node: NodeId, argument: str) -> Arg:
        """Return an inferred parameter: a number, an expression over parameters, or None."""
        if plan.key == "main":
            return self.common(plan, node, argument)
        return cast(Arg, self.facts.ask("block_inferred", f"{plan.key}/{node}", argument))

    def common(self, plan: ClassPlan, path: str, argument: str) -> Arg:
        """Return the inferred value that all instances share, or None."""
        if plan.key == "main" and (said := self.facts.of_main(path, argument)) is not None:
            return said
        values = {
            self.inferred(f"{at}/{path}" if at else path, argument) for at in plan.instances or [""]
        }
        if len(values) == 1:
            return values.pop()
        return self._as_parameter(plan, path, argument)

    def _as_parameter(self, plan: ClassPlan, path: str, argument: str) -> Arg:
        """Return the parameter that equals an inferred value in every instance, or None."""
        found = [self.inferred(f"{at}/{path}", argument) for at in plan.instances]
        for parameter in plan.block.parameters:
            scopes = [scope.get(parameter.name) for scope in plan.scopes]
            if parameter.type == "int" and None not in found and scopes == found:
                return Expr(parameter.name)
        return None

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


SIZE_PARAMETERS = {"shape[1]": "in_channels", "shape[-1]": "in_features"}
"""What a constructor parameter is called that says how large an input is."""


def _comes_in(plan: ClassPlan, size: tuple[OutPort, int] | None) -> bool:
    """Whether a size is that of a block's input, not of something that the block makes."""
    return size is not None and plan.node(size[0].node).spec == "io.input"


def _parameter_word(plan: ClassPlan, argument: str, size: tuple[OutPort, int] | None) -> str:
    """Return what an inferred parameter is called: the channels of an input are its channels."""
    if size is not None and _comes_in(plan, size):
        shape = plan.node(size[0].node).args.get("shape")
        if isinstance(shape, tuple) and size[1] % max(len(shape), 1) == 1 < len(shape) - 1:
            return "in_channels"
    return SIZE_PARAMETERS.get(argument, slug(argument))


def _inferred_size(plan: ClassPlan, node: NodeId, text: str) -> tuple[OutPort, int] | None:
    """Return the size that an inferred parameter equals, if it is one."""
    parts = parts_of(text)
    if len(parts) != 1 or not isinstance(parts[0], tree.Size):
        return None
    source = plan.origin(plan.wires[node].get(PortPath(parts[0].port)))
    return None if source is None else (source, parts[0].axis)
