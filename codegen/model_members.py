"""The constructor of a class: its attributes in the order of forward."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, Rename, expression, unknown, written
from codegen.model_arguments import constructed, dtype_of, literal
from codegen.model_class import OWNING, ClassPlan
from codegen.model_expressions import muted, names_in, uses_index
from codegen.model_place import own_place, place_made
from codegen.model_plan import Planner
from codegen.model_roles import weight_word
from codegen.names import fresh
from codegen.statements import Argument, Line, assign, do
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import Argument as SpecArgument
from graph_editor.document.model import (
    Address,
    At,
    Expr,
    Node,
    NodeId,
    Parameter,
    PortPath,
    same,
)

SELF = emit.name("self")
NAMES_OF_CHAINS = (("Conv", "features"), ("Linear", "layers"))


class Members:
    """Names the attributes of a class and writes the statements that make them."""

    def __init__(self, planner: Planner, plan: ClassPlan) -> None:
        self.planner = planner
        self.plan = plan
        self.mentioned: set[NodeId] = set()
        self.places: dict[NodeId, int] = {}
        """Where in the constructor's body each statement stands, by the node it is made for."""

    def name_all(self) -> None:
        """Fold chains and give every module its attribute."""
        self._fold()
        plan = self.plan
        bases: dict[NodeId, str] = {}
        for node in plan.order:
            owner = plan.owner(node)
            if muted(plan.node(node)):
                continue
            if owner not in plan.graph.nodes:
                raise CannotWrite(plan.address(node), f"{owner} is gone", "Choose its module anew.")
            if plan.node(owner).kind not in OWNING or plan.node(owner).spec == "param.of":
                continue
            if node in plan.group_of:
                group = plan.groups[plan.group_of[node]]
                if group[0] == node:
                    bases[node] = self._chain_word(group)
            elif owner not in bases:
                spec = self.planner.lookup(plan.node(owner).spec)
                bases[owner] = weight_word(plan, owner, spec)
        used = {*plan.parameters.values(), *(e.name for e in plan.extras)}
        words = Counter(bases.values())
        numbers: Counter[str] = Counter()
        for node, base in bases.items():
            numbers[base] += 1
            name = fresh(base, used, words[base] > 1, numbers[base])
            used.add(name)
            plan.attributes[node] = name

    def _chain_word(self, group: list[NodeId]) -> str:
        specs = [self.plan.node(n).spec for n in group]
        last = self.plan.order[-2:]
        if any("Conv" in s for s in specs):
            return "features"
        if group[-1] in last and len(self.plan.order) > len(group) + 3:
            return "head"
        if all(s.startswith("block.") for s in specs):
            return "blocks"
        beside = any(n not in group and self.plan.owner(n) == n for n in self._owning())
        return "mlp" if specs.count("nn.Linear") > 1 and beside else "layers"

    def _owning(self) -> Iterator[NodeId]:
        """Yield the nodes that live in the class as attributes."""
        for node in self.plan.order:
            if self.plan.node(node).kind in OWNING:
                yield node

    def _fold(self) -> None:
        """Find chains of plain modules that nothing else touches."""
        plan = self.plan
        self.mentioned = mentioned(plan)
        chain_of: dict[NodeId, list[NodeId]] = {}
        for node in plan.order:
            if not self._plain(node):
                continue
            (source,) = plan.wires[node].values()
            before = chain_of.get(source.node)
            if before is not None and before[-1] == source.node and plan.uses[source] == 1:
                before.append(node)
                chain_of[node] = before
            else:
                chain_of[node] = [node]
        for node in plan.order:
            chain = chain_of.get(node)
            if chain and chain[0] == node and len(chain) > 1:
                plan.groups.append(chain)
                plan.group_of.update(dict.fromkeys(chain, len(plan.groups) - 1))
                plan.place_of.update((member, place) for place, member in enumerate(chain))
        inside = [n for n in plan.order if plan.node(n).kind != "io"]
        alone = plan.groups == [inside] and plan.key != "main"
        plan.is_chain = alone and len(plan.inputs()) == len(plan.outputs()) == 1

    def _plain(self, node: NodeId) -> bool:
        """Whether a node is an unnamed module that takes one tensor and gives one."""
        plan, found = self.plan, self.plan.node(node)
        if found.kind not in ("nn", "block") or found.name or found.when or found.repeat:
            return False
        if found.freeze not in ((), (WHOLE,)):
            return False
        if found.weights or node in self.mentioned or len(plan.wires[node]) != 1:
            return False
        spec = self.planner.lookup(found.spec)
        assert spec is not None
        if begins_otherwise(self.planner, found):
            return False
        calls = [a for a in spec.arguments if a.stage == "call"]
        if any(a.name in found.args for a in calls) or not isinstance(
            output_tree(spec, found), str
        ):
            return False
        return calls[0].name in plan.wires[node] and all(not a.required for a in calls[1:])

    def path(self, node: NodeId) -> Expression:
        """Return ``self.conv`` or ``self.features[2]``."""
        plan, owner = self.plan, self.plan.owner(node)
        if owner in plan.group_of:
            group = plan.groups[plan.group_of[owner]]
            whole = SELF if plan.is_chain else emit.attribute(SELF, plan.attributes[group[0]])
            return emit.subscript(whole, emit.number(plan.place_of[owner]))
        return emit.attribute(SELF, plan.attributes[owner])

    def state_path(self, node: NodeId) -> str:
        """Return the prefix of the node's keys in the state dict."""
        below = self.path(node).text.removeprefix("self").replace("[", ".").replace("]", "")
        return below.removeprefix(".")

    def arguments(self) -> list[Argument]:
        """Return the constructor's parameters, those without a default first."""
        plan = self.plan
        found = [
            Argument(
                plan.parameters[p.name],
                p.type if p.type in ("int", "float", "bool", "str") else "int",
                None if p.default is None else self._default(p),
            )
            for p in plan.block.parameters
        ]
        found = [*(Argument(name, "int") for name in plan.extra_names), *found]
        return [Argument("self"), *sorted(found, key=lambda a: a.default is not None)]

    def _default(self, parameter: Parameter) -> Expression:
        """Return what a parameter of the block is where an instance says nothing."""
        try:
            return written(parameter.default)
        except NoLiteral as error:
            what = f"the default of {parameter.name}: {error}"
            raise CannotWrite(self.plan.key, what, "Give it a plain value.") from None

    def rename(self, node: NodeId, inside: Mapping[str, Expression] | None = None) -> Rename:
        """Return how names in a node's constructor arguments are written."""

        def renamed(name: str, axis: int | None) -> Expression:
            if axis is not None:
                return self._known_size(node, name, axis)
            if inside and name in inside:
                return inside[name]
            if name in self.plan.parameters:
                return emit.name(self.plan.parameters[name])
            size = self.plan.sizes.get(name)
            return unknown(name) if size is None else emit.name(size)

        return renamed

    def _known_size(self, node: NodeId, port: str, axis: int) -> Expression:
        source = self.plan.origin(self.plan.wires[node].get(PortPath(port)))
        if source is None:
            return unknown(port, axis)
        size = self.planner.known_size(self.plan, source, axis)
        if size is not None:
            return written(size, self.rename(node))
        extra = next((e for e in self.plan.extras if e.size == (source, axis)), None)
        return unknown(port, axis) if extra is None else emit.name(extra.name)

    def statements(self) -> list[Line]:
        """Return the constructor's body."""
        plan = self.plan
        if plan.is_chain:
            self.places[plan.groups[0][0]] = 0
            return [self.statement(plan.groups[0][0])]
        body = [do(emit.call(emit.name("super().__init__")))]
        body += [assign(f"self.{name}", emit.name(name)) for name in plan.stored]
        place = own_place(self.planner, plan)
        body += [place_made(place)] if place else []
        for node in dict.fromkeys(plan.owner(n) for n in plan.order):
            if node in plan.attributes:
                self.places[node] = len(body)
                body += [self.statement(node), *self._begun(node)]
        return body

    def _begun(self, node: NodeId) -> list[Line]:
        """Return the statement that fills a module's weights, where torch's own has no word."""
        plan, found, address = self.plan, self.plan.node(node), self.plan.address(node)
        if not begins_otherwise(self.planner, found):
            return []
        copies = found.repeat is not None and not found.repeat.shared
        if copies or constructor_test(plan, found) or "padding_idx" in found.args:
            what = f"{INIT_STD} beside a repeat, a condition or padding_idx"
            raise CannotWrite(address, what, "Leave one of them out.")
        weight = emit.attribute(self.path(node), "weight")
        std = literal(plan, node, STD, found.args[INIT_STD], self.rename(node))
        return [do(emit.call(emit.name("nn.init.normal_"), [weight], {"std": std}), address)]

    def statement(self, node: NodeId) -> Line:
        """Return the statement that makes a node's attribute: its module, or a whole chain."""
        plan, facts = self.plan, self.planner.facts
        facts.place = (plan.key, node)
        if node in plan.group_of:
            made = self._sequential(plan.groups[plan.group_of[node]])
        else:
            made = self._member(node)
        facts.place = None
        return made

    def _sequential(self, group: list[NodeId]) -> Line:
        plan = self.plan
        items = [constructed(self.planner, plan, n, self.rename(n)) for n in group]
        nodes = [plan.address(n) for n in group]
        if plan.is_chain:
            return do(emit.Listed(emit.name("super().__init__"), items, nodes), nodes[0])
        value = emit.Listed(emit.name("nn.Sequential"), items, nodes)
        return assign(f"self.{plan.attributes[group[0]]}", value, plan.address(group[0]))

    def _member(self, node: NodeId) -> Line:
        plan, found = self.plan, self.plan.node(node)
        target, address = f"self.{plan.attributes[node]}", plan.address(node)
        if found.kind in ("param", "buffer"):
            return self._tensor(node, found, target)
        if found.repeat is not None and not found.repeat.shared:
            value = self._repeated(node, found)
        else:
            value = constructed(self.planner, plan, node, self.rename(node))
        test = constructor_test(plan, found)
        if test is not None:
            held = self._test(node, test)
            value = emit.ternary(held, value, emit.call(emit.name("nn.Identity")))
        return assign(target, value, address)

    def _test(self, node: NodeId, test: Expr) -> Expression:
        try:
            return expression(test.text, self.rename(node))
        except NoLiteral as error:
            raise CannotWrite(
                self.plan.address(node), f"when: {error}", "Use parameters of the block."
            ) from None

    def _repeated(self, node: NodeId, found: Node) -> Expression:
        assert found.repeat is not None
        count = self.count(node)
        inside = {"i": emit.name("i"), "n": count}
        value = constructed(self.planner, self.plan, node, self.rename(node, inside))
        counter = "i" if uses_index(found) else "_"
        turns = emit.call(emit.name("range"), [count])
        if in_sequence(self.planner, self.plan, node):
            several = emit.comprehension("[]", value, counter, turns)
            return emit.call(emit.name("nn.Sequential"), [emit.starred(several)])
        several = emit.comprehension("", value, counter, turns)
        return emit.call(emit.name("nn.ModuleList"), [several])

    def count(self, node: NodeId) -> Expression:
        """Return how often a node is repeated, as the constructor says it."""
        repeat = self.plan.node(node).repeat
        assert repeat is not None
        return literal(self.plan, node, COUNT, repeat.count, self.rename(node))

    def _tensor(self, node: NodeId, found: Node, target: str) -> Line:
        """Return the statement that makes a parameter or a buffer."""
        plan, address = self.plan, self.plan.address(node)
        shape = found.args.get("shape")
        sizes = shape if isinstance(shape, tuple) else (shape,)
        if shape is None:
            raise CannotWrite(address, "shape is not known", "Type the sizes.")
        args = [literal(plan, node, COUNT, size, self.rename(node)) for size in sizes]
        args = args or [emit.tuple_of(())]
        dtype = dtype_of(found.args.get("dtype"))
        keywords = {"dtype": dtype} if dtype else {}
        value = self._filled(found, args, keywords, address)
        if found.kind == "param":
            floating = dtype is None or "float" in dtype.text or "complex" in dtype.text
            more = {} if floating else {"requires_grad": emit.literal(False)}
            made = emit.call(emit.name("nn.Parameter"), [value], more)
            return assign(target, made, address)
        more = {"persistent": emit.literal(False)} if found.args.get("persistent") is False else {}
        word = emit.literal(target.removeprefix("self."))
        return do(emit.call(emit.name("self.register_buffer"), [word, value], more), address)

    def _filled(
        self, found: Node, sizes: list[Expression], keywords: dict[str, Expression], address: str
    ) -> Expression:
        spec = self.planner.lookup(found.spec)
        init, std = found.args.get("init"), found.args.get("std")
        for argument in spec.arguments if spec else ():
            init = argument.default if argument.name == "init" and init is None else init
            std = argument.default if argument.name == "std" and std is None else std
        if init in ("zeros", "ones"):
            return emit.call(emit.name(f"torch.{init}"), sizes, keywords)
        if init not in ("normal", "uniform", "xavier_uniform", "kaiming_uniform"):
            raise CannotWrite(address, f"init {init!r} is unknown", "Choose one of the list.")
        empty = emit.call(emit.name("torch.empty"), sizes, keywords)
        more = {"std": written(std)} if init == "normal" else {}
        return emit.call(emit.name(f"nn.init.{init}_"), [empty], more)


COUNT = SpecArgument("count", "int")
INIT_STD = "init_std"
"""The argument of a module that says how its weights spread at first."""
WHOLE = Address(".")
"""In what a node freezes: all of it."""
STD = SpecArgument(INIT_STD, "float")


def begins_otherwise(planner: Planner, node: Node) -> bool:
    """Whether a module's weights begin with another deviation than torch gives them."""
    spec = planner.lookup(node.spec)
    said = spec is not None and spec.argument(INIT_STD) is not None and INIT_STD in node.args
    return said and not same(node.args[INIT_STD], 1.0)


def mentioned(plan: ClassPlan) -> set[NodeId]:
    """Return the nodes whose modules something names by address."""
    found: set[NodeId] = set()
    for target, source in plan.graph.ties.items():
        found |= {first_of(target), first_of(source)}
    for node in plan.graph.nodes.values():
        if node.weights is not None and node.weights.same_as:
            found.add(node.weights.same_as)
        found |= {first_of(a.address) for a in node.args.values() if isinstance(a, At)}
    return found


def first_of(address: str) -> NodeId:
    """Return the node with which an address begins."""
    return NodeId(re.split(r"[/\[.]", address, maxsplit=1)[0])


def constructor_test(plan: ClassPlan, node: Node) -> Expr | None:
    """Return the node's ``when`` if parameters of the class alone decide it."""
    if node.when is None or not set(names_in(node.when.text)) <= set(plan.parameters):
        return None
    return node.when


def in_sequence(planner: Planner, plan: ClassPlan, node: NodeId) -> bool:
    """Whether a repeated module can be a Sequential: one tensor in, one out, nothing else."""
    found = plan.node(node)
    spec = planner.lookup(found.spec)
    assert spec is not None
    calls = [a for a in spec.arguments if a.stage == "call"]
    plain = isinstance(output_tree(spec, found), str) and len(plan.wires[node]) == 1
    return plain and not any(a.name in found.args for a in calls)
