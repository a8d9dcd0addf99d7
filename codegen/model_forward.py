"""The forward method of a class: a statement per few nodes, in the canonical order."""

from __future__ import annotations

from collections.abc import Mapping

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, expression
from codegen.model_arguments import called
from codegen.model_calls import Calls
from codegen.model_class import OWNING, ClassPlan
from codegen.model_expressions import expressions_in, muted, uses_index
from codegen.model_loops import Loops
from codegen.model_members import SELF, Members, constructor_test, in_sequence
from codegen.model_plan import Planner
from codegen.model_unpacking import Unpacking
from codegen.model_variables import Value, Variables
from codegen.names import fresh, slug
from codegen.statements import Argument, Statement, assign, branch, give_back, loop
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import as_called, output_tree
from graph_editor.catalogue.spec import OutputTree, Spec
from graph_editor.document.model import NOTHING, Expr, Node, NodeId, OutPort

DEEPEST = 3
"""How many nodes may be nested in one statement."""
_FORMS = ("flatten", "mean", "permute", "reshape", "transpose", "unflatten", "view")
RESHAPING = frozenset(
    ("nn.Flatten", "nn.Unflatten", "op.getitem", *(f"Tensor.{form}" for form in _FORMS))
)
"""What gives a tensor another form: a statement begins with it, or ends soon after it."""
MOST = 6
"""How many tensors of a returned tuple are said one by one: more do not fit into a line."""
WIDEST = 54
"""How wide the arguments of a call may be before they get statements of their own."""
WIDE = {"Tensor": 68, "op": 68}
"""How wide they may be where no bracket follows them: before a method, beside an operator."""


class Forward:
    """Writes one forward method."""

    def __init__(
        self,
        planner: Planner,
        plan: ClassPlan,
        members: Members,
        named: Mapping[OutPort, str] = NOTHING,
    ) -> None:
        self.planner = planner
        self.plan = plan
        self.members = members
        self.variables = Variables(planner, plan, named)
        self.calls = Calls(planner, plan, members, self.variables)
        self.loops = Loops(planner, plan, self.calls, self.variables)
        self.unpacking = Unpacking(planner, plan, self.variables)

    def arguments(self) -> list[Argument]:
        """Return forward's parameters and make their values known."""
        found = [Argument("self")]
        inputs = self.plan.inputs()
        names: set[str] = set()
        for node in inputs:
            declared = self.plan.node(node)
            stem = slug(declared.name) or ("x" if declared.args.get("kind") != "size" else "size")
            name = fresh(stem, names)
            names.add(name)
            kind = "int" if declared.args.get("kind") == "size" else "torch.Tensor"
            optional = declared.args.get("optional") is True
            default = emit.literal(None) if optional else None
            found.append(Argument(name, kind + (" | None" if optional else ""), default))
            port = OutPort(node, "output")
            self.variables.values[port] = Value(emit.name(name), node)
            self.variables.bound[name] = port
        return found

    def returns(self) -> str:
        """Return forward's return type."""
        count = len(self.plan.outputs())
        if count == 1:
            return "torch.Tensor"
        if count > MOST:
            return "tuple[torch.Tensor, ...]"
        return f"tuple[{', '.join(['torch.Tensor'] * count)}]"

    def write(self) -> list[Statement]:
        """Return the statements of forward."""
        self.calls.bind_sizes()
        for node in self.plan.order:
            if self.plan.node(node).kind != "io" and not muted(self.plan.node(node)):
                self._node(node)
        self._finish()
        return self.variables.body

    def source(self, node: NodeId, port: str = "input") -> OutPort | None:
        """Return what feeds a port, past outputs and muted nodes."""
        return self.plan.origin(self.plan.wires[node].get(port))  # type: ignore[call-overload]  # a path

    def _node(self, node: NodeId) -> None:
        plan, found = self.plan, self.plan.node(node)
        if node in plan.group_of:
            self._group(node)
            return
        spec = self.planner.lookup(found.spec)
        assert spec is not None
        self._refuse(node, found)
        inputs = self._inputs(node, found, spec)
        if spec.name == "op.setitem":
            self._setitem(node, inputs)
        elif found.repeat is not None and not self._sequential(node, found):
            self.loops.loop(node, found, spec, inputs)
        else:
            made = self._applied(node, found, spec, inputs)
            if found.when is not None:
                made = self._conditional(node, found, made, inputs)
            self._keep(node, spec, made)

    def _refuse(self, node: NodeId, found: Node) -> None:
        """Refuse by name what has no code yet."""
        address = self.plan.address(node)
        if found.kind in ("code", "call"):
            raise CannotWrite(address, "custom code", "Draw it, or write it after the export.")
        if found.kind in ("data", "transform", "metric", "optim", "lr_scheduler"):
            raise CannotWrite(address, f"{found.spec} inside a model", "Move it out of the model.")
        if found.repeat is not None and (found.repeat.over or found.repeat.stack):
            raise CannotWrite(address, "a repeat over an axis", "Repeat without over and stack.")

    def _inputs(self, node: NodeId, found: Node, spec: Spec) -> dict[str, Value]:
        """Return the values that arrive, in the order of the ports; deep ones as variables."""
        plan = self.plan
        paths = plan.ordered(node, self.planner.lookup)
        sources = [(path, plan.origin(source)) for path, source in paths]
        for path, source in sources:
            if source not in self.variables.values:
                raise CannotWrite(plan.address(node), f"{path} is not connected", "Connect it.")
        values = [self.variables.values[s] for _, s in sources if s is not None]
        weight = sum(v.weight for v in values)
        after = any(map(self._heavy, (n for v in values for n in v.nodes)))
        heavy = after and (self._heavy(node) or found.spec in RESHAPING)
        heavy = heavy or (found.kind in OWNING and any(map(self._reshaped, values)))
        width = sum(len(v.text.text) for v in values if v.weight)
        widest = WIDE.get(found.kind, WIDEST)
        simple = found.when is None and found.repeat is None and spec.name != "op.setitem"
        by_shape = self._asks_shapes(found)
        optional = found.kind == "block" and any(self._optional(found, path) for path, _ in sources)
        if heavy or weight + 1 > DEEPEST or width > widest or not simple or by_shape or optional:
            self.variables.flush()
        return {path: self.variables.values[s] for path, s in sources if s is not None}

    def _heavy(self, node: NodeId) -> bool:
        """Whether a node is a whole block or chain: two of those do not share a line."""
        return node in self.plan.group_of or self.plan.node(node).kind == "block"

    def _reshaped(self, value: Value) -> bool:
        """Whether an expression gives a tensor another form and then does more."""
        specs = [self.plan.node(n).spec for n in value.nodes]
        return len(specs) > 1 and any(spec in RESHAPING for spec in specs)

    def _optional(self, found: Node, path: str) -> bool:
        block = self.planner.plans[found.spec.partition(".")[2]]
        return block.node(NodeId(path)).args.get("optional") is True

    def _asks_shapes(self, found: Node) -> bool:
        return any(".shape" in e.text for a in found.args.values() for e in expressions_in(a))

    def _keep(self, node: NodeId, spec: Spec, made: Value) -> None:
        """Make a node's outputs known: as a variable, or inline where one reader follows."""
        tree = self._tree(node, spec)
        if not isinstance(tree, str):
            self.unpacking.unpack(node, tree, made)
            return
        port = OutPort(node, tree)
        self.variables.values[port] = made
        if self.plan.uses[port] == 1 or made.weight == 0:
            if made.weight:
                self.variables.pending.append(port)
            return
        self.variables.flush()
        self.variables.assign(port)

    def _tree(self, node: NodeId, spec: Spec) -> OutputTree:
        """Return what a node's call gives: as the module is made, which may be another's."""
        plan = self.plan
        owner = plan.nodes.get(plan.owner(node))
        return output_tree(spec, as_called(spec, plan.node(node), owner))

    def _group(self, node: NodeId) -> None:
        """Call a Sequential once, at its last member."""
        group = self.plan.groups[self.plan.group_of[node]]
        if node != group[-1]:
            return
        first = group[0]
        spec = self.planner.lookup(self.plan.node(first).spec)
        assert spec is not None
        inputs = self._inputs(first, self.plan.node(first), spec)
        whole = emit.attribute(SELF, self.plan.attributes[first])
        made = self.variables.made(first, emit.call(whole, [v.text for v in inputs.values()]))
        last = self.planner.lookup(self.plan.node(node).spec)
        assert last is not None
        self._keep(node, last, Value(made.text, node, made.weight, made.reads, made.nodes))

    def _sequential(self, node: NodeId, found: Node) -> bool:
        assert found.repeat is not None
        kinds = ("nn", "block")
        return (
            not found.repeat.shared
            and found.kind in kinds
            and in_sequence(self.planner, self.plan, node)
        )

    def _applied(self, node: NodeId, found: Node, spec: Spec, inputs: Mapping[str, Value]) -> Value:
        """Return a node's call."""
        if found.spec == "param.of":
            return Value(self.calls.parameter_of(node, found), node)
        if found.kind in ("param", "buffer"):
            return Value(self.members.path(node), node)
        text = self.calls.call(node, found, spec, inputs, self.calls.target(node, found))
        return self.variables.made(node, text)

    def _setitem(self, node: NodeId, inputs: Mapping[str, Value]) -> None:
        """Write a clone and an assignment into it; a repeated one assigns to the same clone."""
        found = self.plan.node(node)
        if found.when is not None and found.repeat is not None:
            raise CannotWrite(
                self.plan.address(node), "a condition on a repeat", "Put it in a block."
            )
        count = self.calls.count(node) if found.repeat is not None else None
        inside = {} if count is None else {"i": emit.name("i"), "n": count}
        spec = self.planner.lookup("op.setitem")
        assert spec is not None
        texts = {path: value.text for path, value in inputs.items()}
        passed = called(self.plan, node, spec.arguments, texts, self.calls.rename(texts, inside))
        owner, index, value = passed.positional
        made = self.variables.made(node, emit.call(emit.attribute(owner, "clone")))
        port = OutPort(node, "output")
        kept = self.variables.speaking(node)
        for read in made.reads:
            self.variables.reading[read] -= 1
        place = emit.subscript(emit.name(kept), *emit.places(index))
        address = self.plan.address(node)
        put: Statement = assign(place, value, address)
        if count is not None:
            counter = "i" if uses_index(found) else "_"
            put = loop(counter, emit.call(emit.name("range"), [count]), [put], address)
        steps: list[Statement] = [assign(kept, made.text, address), put]
        if found.when is not None:
            test = self._test(node, found.when)
            steps = [assign(kept, owner, address), branch(test, steps, node=address)]
        self.variables.body += steps
        self.variables.bound[kept] = port
        self.variables.values[port] = Value(emit.name(kept), node)

    def _conditional(
        self, node: NodeId, found: Node, made: Value, inputs: Mapping[str, Value]
    ) -> Value:
        """Return ``call if test else first input``; nothing where an Identity stands in."""
        assert found.when is not None
        many = len(inputs) != 1
        if constructor_test(self.plan, found) is not None and found.kind in OWNING and not many:
            return made
        spec = self.planner.lookup(found.spec)
        assert spec is not None
        if not isinstance(self._tree(node, spec), str) or not inputs:
            address = self.plan.address(node)
            raise CannotWrite(address, "a condition on several outputs", "Split the node.")
        test = self._test(node, found.when)
        first = next(iter(inputs.values())).text
        text = emit.ternary(test, made.text, first)
        return Value(text, node, made.weight, made.reads, made.nodes)

    def _test(self, node: NodeId, when: Expr) -> Expression:
        """Return what a condition says, or refuse by name."""
        try:
            return expression(when.text, self.calls.rename({}))
        except NoLiteral as error:
            raise CannotWrite(
                self.plan.address(node), f"when: {error}", "Use names known here."
            ) from None

    def _finish(self) -> None:
        """Write the return statement."""
        plan = self.plan
        found = []
        for node in plan.outputs():
            source = self.source(node)
            if plan.node(node).args.get("use") == "predict":
                way_out = "Let the output be computed always."
                raise CannotWrite(plan.address(node), "an output for prediction only", way_out)
            if source is None or source not in self.variables.values:
                raise CannotWrite(plan.address(node), "an output that nothing feeds", "Connect it.")
            found.append(source)
        if not found:
            key = plan.key if plan.key == "main" else f"block.{plan.key}"
            raise CannotWrite(key, "a block without an output", "Draw an output in it.")
        waiting = [s for s in found if self.variables.values[s].weight]
        if self.variables.pending != waiting:
            self.variables.flush()
        texts = [self.variables.values[s].text for s in found]
        result = texts[0] if len(texts) == 1 else emit.tuple_of(texts, bare=True)
        node = found[0].node
        remark = self.variables.shape(found[0]) if len(found) == 1 else ""
        self.variables.body.append(give_back(result, self.plan.address(node), remark))
