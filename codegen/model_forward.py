"""The forward method of a class: one statement per few nodes, evaluated in the canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, Rename, expression, unknown
from codegen.model_arguments import called, callee
from codegen.model_members import (
    SELF,
    Members,
    constructor_test,
    in_sequence,
)
from codegen.model_plan import (
    OWNING,
    ClassPlan,
    Planner,
    base_name,
    expressions_in,
    muted,
    names_in,
    uses_index,
)
from codegen.names import fresh, size_word, slug
from codegen.statements import Argument, Statement, assign, give_back, loop
from codegen.written import CannotWrite
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import OutputTree, Spec
from graph_editor.document.model import Address, At, Expr, Node, NodeId, OutPort

DEEPEST = 4
"""How many nodes may be nested in one statement."""
WIDEST = 84
BINARY = emit.RANKS
KEPT_WORDS = {"op.add": "identity", "op.sub": "identity", "op.mul": "gate", "torch.cat": "skip"}


@dataclass(slots=True)
class Value:
    """What an output is in the code: a variable, or an expression not yet evaluated."""

    text: Expression
    node: NodeId
    weight: int = 0
    """Nodes inside an expression that is not yet evaluated; 0 for a variable."""
    reads: tuple[OutPort, ...] = ()
    """Variables that the expression reads."""
    nodes: list[NodeId] = field(default_factory=list)


class Forward:
    """Writes one forward method."""

    def __init__(self, planner: Planner, plan: ClassPlan, members: Members) -> None:
        self.planner = planner
        self.plan = plan
        self.members = members
        self.values: dict[OutPort, Value] = {}
        self.left = dict(plan.uses)
        self.reading: dict[OutPort, int] = {}
        self.pending: list[OutPort] = []
        self.bound: dict[str, OutPort | None] = {}
        self.body: list[Statement] = []
        self.sizes: dict[str, Expression] = {}
        self.imports: set[str] = set()

    # --- signature -----------------------------------------------------------------------------

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
            self.values[port] = Value(emit.name(name), node)
            self.bound[name] = port
        return found

    def returns(self) -> str:
        """Return forward's return type."""
        count = len(self.plan.outputs())
        if count == 1:
            return "torch.Tensor"
        return f"tuple[{', '.join(['torch.Tensor'] * count)}]"

    # --- body ----------------------------------------------------------------------------------

    def write(self) -> list[Statement]:
        """Return the statements of forward."""
        self._bind_sizes()
        for node in self.plan.order:
            if self.plan.node(node).kind != "io" and not muted(self.plan.node(node)):
                self._node(node)
        self._finish()
        return self.body

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
        if plan.owner(node) != node and plan.node(plan.owner(node)).spec != found.spec:
            raise CannotWrite(plan.address(node), "shares another kind of module", "Choose anew.")
        self._refuse(node, found)
        inputs = self._inputs(node, found, spec)
        if spec.name == "op.setitem":
            self._setitem(node, inputs)
        elif found.repeat is not None and not self._sequential(node, found):
            self._loop(node, found, spec, inputs)
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
        weights = found.weights
        if weights is not None and weights.follows is not None:
            raise CannotWrite(address, "a shadow that follows other weights", "Remove the shadow.")
        if weights is not None and weights.start is not None:
            raise CannotWrite(address, "weights to start from", "Load them after the export.")
        if found.repeat is not None and (found.repeat.over or found.repeat.stack):
            raise CannotWrite(address, "a repeat over an axis", "Repeat without over and stack.")

    def _inputs(self, node: NodeId, found: Node, spec: Spec) -> dict[str, Value]:
        """Return the values that arrive, in the order of the ports; deep ones as variables."""
        plan = self.plan
        paths = plan.ordered(node, self.planner.lookup)
        sources = [(path, plan.origin(source)) for path, source in paths]
        for path, source in sources:
            if source not in self.values:
                raise CannotWrite(plan.address(node), f"{path} is not connected", "Connect it.")
        values = [self.values[s] for _, s in sources if s is not None]
        weight = sum(v.weight for v in values)
        heavy = self._heavy(node) and any(map(self._heavy, (n for v in values for n in v.nodes)))
        width = sum(len(v.text.text) for v in values if v.weight)
        simple = found.when is None and found.repeat is None and spec.name != "op.setitem"
        by_shape = self._asks_shapes(found)
        optional = found.kind == "block" and any(self._optional(found, path) for path, _ in sources)
        if (
            heavy
            or weight + 1 > DEEPEST
            or width > WIDEST - 30
            or not simple
            or by_shape
            or optional
        ):
            self._flush()
        return {path: self.values[s] for path, s in sources if s is not None}

    def _heavy(self, node: NodeId) -> bool:
        """Whether a node is a whole block or chain: two of those do not share a line."""
        return node in self.plan.group_of or self.plan.node(node).kind == "block"

    def _optional(self, found: Node, path: str) -> bool:
        block = self.planner.plans[found.spec.partition(".")[2]]
        return block.node(NodeId(path)).args.get("optional") is True

    def _asks_shapes(self, found: Node) -> bool:
        return any(".shape" in e.text for a in found.args.values() for e in expressions_in(a))

    # --- values --------------------------------------------------------------------------------

    def _keep(self, node: NodeId, spec: Spec, made: Value) -> None:
        """Make a node's outputs known: as a variable, or inline where one reader follows."""
        tree = output_tree(spec, self.plan.node(node))
        if not isinstance(tree, str):
            self._unpack(node, tree, made)
            return
        port = OutPort(node, tree)
        self.values[port] = made
        if self.plan.uses[port] == 1 or made.weight == 0:
            if made.weight:
                self.pending.append(port)
            return
        self._flush()
        self._assign(port)

    def _made(self, node: NodeId, text: Expression) -> Value:
        """Return an expression over inputs, which are read by it from now on."""
        plan = self.plan
        reads: list[OutPort] = []
        weight, nodes = 1, []
        for source in dict.fromkeys(map(plan.origin, plan.wires[node].values())):
            if source is None or source not in self.values:
                continue
            value = self.values[source]
            self.left[source] = self.left.get(source, 0) - plan.taken(node, source)
            if value.weight:
                weight += value.weight
                nodes += value.nodes
                reads += value.reads
                self.pending.remove(source)
            else:
                reads.append(source)
                self.reading[source] = self.reading.get(source, 0) + 1
        return Value(text, node, weight, tuple(reads), [*nodes, node])

    def _flush(self) -> None:
        """Evaluate what is pending, in order."""
        while self.pending:
            self._assign(self.pending.pop(0))

    def _assign(self, port: OutPort) -> None:
        """Write ``name = expression`` for an output."""
        if port in self.pending:
            self.pending.remove(port)
        value = self.values[port]
        for read in value.reads:
            self.reading[read] -= 1
        name = self._name(value)
        self.body.append(assign(name, value.text, self._address(value.node), self._shape(port)))
        self.bound[name] = port
        self.values[port] = Value(emit.name(name), value.node)

    def _live(self, port: OutPort | None) -> bool:
        return port is not None and (self.left.get(port, 0) > 0 or self.reading.get(port, 0) > 0)

    def _name(self, value: Value) -> str:
        """Return ``x`` along a chain, keeping an older value under a name that says what it is."""
        spec = self.planner.lookup(self.plan.node(value.node).spec)
        if spec is not None and spec.yields == "size":
            return self._speaking(value.node)
        holder = self.bound.get("x")
        if "x" in self.bound and self._live(holder):
            assert holder is not None
            if holder not in value.reads or self.reading.get(holder, 0) > 0:
                return self._speaking(value.node)
            word = self._free(self._kept_word(holder))
            self.body.append(assign(word, emit.name("x"), self._address(holder.node)))
            self.bound[word] = holder
            self.values[holder] = Value(emit.name(word), holder.node)
        return "x"

    def _kept_word(self, port: OutPort) -> str:
        for node in self.plan.order:
            if port in map(self.plan.origin, self.plan.wires[node].values()):
                word = KEPT_WORDS.get(self.plan.node(node).spec)
                if word:
                    return word
        return "residual"

    def _speaking(self, node: NodeId) -> str:
        found = self.plan.node(node)
        if node in self.plan.group_of:
            group = self.plan.groups[self.plan.group_of[node]]
            return self._free(self.plan.attributes[group[0]])
        return self._free(base_name(found, self.planner.lookup(found.spec)))

    def _free(self, base: str) -> str:
        live = {name for name, port in self.bound.items() if port is None or self._live(port)}
        return fresh(base, live)

    def _address(self, node: NodeId) -> Address:
        return self.plan.address(node)

    def _shape(self, port: OutPort) -> str:
        """Return the shape comment of an output of the main class."""
        if self.plan.key != "main":
            return ""
        found = self.planner.verdict.types.get(f"{port.node}.{port.port}")
        if found is None or not found.shape:
            return ""
        inside = ", ".join(str(d) for d in found.shape)
        return f"({inside},)" if len(found.shape) == 1 else f"({inside})"

    # --- kinds ---------------------------------------------------------------------------------

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
        made = self._made(first, emit.call(whole, [v.text for v in inputs.values()]))
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
            return Value(self._parameter_of(node, found), node)
        if found.kind in ("param", "buffer"):
            return Value(self.members.path(node), node)
        text = self._call(node, found, spec, inputs, self._target(node, found))
        return self._made(node, text)

    def _target(self, node: NodeId, found: Node) -> Expression | None:
        return self.members.path(node) if found.kind in OWNING else None

    def _call(
        self,
        node: NodeId,
        found: Node,
        spec: Spec,
        inputs: Mapping[str, Value],
        target: Expression | None,
        inside: Mapping[str, Expression] | None = None,
    ) -> Expression:
        texts = {path: value.text for path, value in inputs.items()}
        rename = self._rename(texts, inside)
        if found.kind == "op":
            return self._operation(node, spec, texts, rename)
        passed = called(self.plan, node, spec.arguments, texts, rename)
        if found.kind == "block":
            return self._block_call(found, spec, passed.positional, passed.keywords, target)
        if target is not None:
            return passed.call(target)
        if found.kind == "Tensor":
            owner, *rest = passed.positional
            method = emit.attribute(owner, spec.callee.removeprefix("Tensor."))
            return emit.call(method, rest, passed.keywords)
        if found.spec == "const.value":
            return passed.positional[0] if passed.positional else emit.literal(None)
        keywords = {**passed.keywords, **self._device(spec, texts)}
        return emit.call(callee(spec), passed.positional, keywords)

    def _block_call(
        self,
        found: Node,
        spec: Spec,
        positional: list[Expression],
        keywords: Mapping[str, Expression],
        target: Expression | None,
    ) -> Expression:
        assert target is not None
        inner = self.planner.plans[found.spec.partition(".")[2]]
        names = {n: a.name for n, a in zip(inner.inputs(), inner.signature, strict=False)}
        values = dict(
            zip([a.name for a in spec.arguments if a.stage == "call"], positional, strict=False)
        )
        values.update(keywords)
        ordered = [n for n in inner.inputs() if n in values]
        plain = [values[n] for n in ordered if inner.node(n).args.get("optional") is not True]
        named = {names[n]: values[n] for n in ordered if inner.node(n).args.get("optional") is True}
        return emit.call(target, plain, named)

    def _device(self, spec: Spec, texts: Mapping[str, Expression]) -> dict[str, Expression]:
        """Return where a new tensor lies: beside ``like``, else beside the first input."""
        makes = spec.kind == "const" or any(a.name == "like" for a in spec.arguments)
        if not makes:
            return {}
        like = texts.get("like")
        if like is None:
            tensors = [n for n in self.plan.inputs() if self._is_tensor(n)]
            if not tensors:
                return {}
            like = self.values[OutPort(tensors[0], "output")].text
        return {"device": emit.attribute(like, "device")}

    def _is_tensor(self, node: NodeId) -> bool:
        args = self.plan.node(node).args
        return args.get("kind") != "size" and args.get("optional") is not True

    def _operation(
        self, node: NodeId, spec: Spec, texts: Mapping[str, Expression], rename: Rename
    ) -> Expression:
        if spec.callee == "[]":
            passed = called(self.plan, node, spec.arguments, texts, rename)
            owner, index = passed.positional
            if isinstance(index, emit.Display) and index.brackets == "()" and index.items:
                return emit.subscript(owner, *index.items)
            return emit.subscript(owner, index)
        operands = called(self.plan, node, spec.arguments, texts, rename).positional
        if len(operands) == 1:
            negative = spec.callee == "-"
            return emit.negated(operands[0]) if negative else emit.inverted("~", operands[0])
        if len(operands) != 2 or spec.callee not in BINARY:
            raise CannotWrite(
                self.plan.address(node), f"{spec.name} lacks an operand", "Connect it."
            )
        return emit.operation(spec.callee, operands[0], operands[1])

    def _parameter_of(self, node: NodeId, found: Node) -> Expression:
        of, parameter = found.args.get("of"), found.args.get("parameter", "weight")
        if not isinstance(of, At) or not isinstance(parameter, str):
            raise CannotWrite(self.plan.address(node), "no node is chosen", "Choose whose weight.")
        if not all(part.isidentifier() for part in parameter.split(".")):
            raise CannotWrite(self.plan.address(node), "no such parameter", "Choose another.")
        path = self.members.inner_path(f"{of.address}.{parameter}", "weight")
        if path is None:
            raise CannotWrite(self.plan.address(node), f"{of.address} is not used", "Connect it.")
        return path

    def _setitem(self, node: NodeId, inputs: Mapping[str, Value]) -> None:
        """Write a clone and an assignment into it."""
        spec = self.planner.lookup("op.setitem")
        assert spec is not None
        texts = {path: value.text for path, value in inputs.items()}
        passed = called(self.plan, node, spec.arguments, texts, self._rename(texts))
        owner, index, value = passed.positional
        made = self._made(node, emit.call(emit.attribute(owner, "clone")))
        port = OutPort(node, "output")
        kept = self._speaking(node)
        for read in made.reads:
            self.reading[read] -= 1
        self.body.append(assign(kept, made.text, self._address(node)))
        items = index.items if isinstance(index, emit.Display) and index.items else [index]
        place = emit.subscript(emit.name(kept), *items)
        self.body.append(assign(place, value, self._address(node)))
        self.bound[kept] = port
        self.values[port] = Value(emit.name(kept), node)

    def _conditional(
        self, node: NodeId, found: Node, made: Value, inputs: Mapping[str, Value]
    ) -> Value:
        """Return ``call if test else first input``; nothing where an Identity stands in."""
        assert found.when is not None
        many = len(inputs) != 1
        if constructor_test(found) is not None and found.kind in OWNING and not many:
            return made
        spec = self.planner.lookup(found.spec)
        assert spec is not None
        if not isinstance(output_tree(spec, found), str) or not inputs:
            address = self.plan.address(node)
            raise CannotWrite(address, "a condition on several outputs", "Split the node.")
        try:
            test = expression(found.when.text, self._rename({}))
        except NoLiteral as error:
            raise CannotWrite(
                self.plan.address(node), f"when: {error}", "Use names known here."
            ) from None
        first = next(iter(inputs.values())).text
        text = emit.ternary(test, made.text, first)
        return Value(text, node, made.weight, made.reads, made.nodes)

    # --- repeats -------------------------------------------------------------------------------

    def _loop(self, node: NodeId, found: Node, spec: Spec, inputs: Mapping[str, Value]) -> None:
        """Write a loop in which each copy's result is the next one's input."""
        assert found.repeat is not None
        plan = self.plan
        if found.when is not None:
            raise CannotWrite(plan.address(node), "a condition on a repeat", "Put it in a block.")
        carried = self._carried(node, found, spec, inputs)
        own = found.kind in OWNING and not found.repeat.shared
        count = self._count(node)
        used = uses_index(found)
        inside = {"i": emit.name("i"), "n": count}
        names = self._loop_names(node, carried)
        for source in self._sources(node):
            self.reading[source] = 0
        self._made(node, emit.name("_"))  # the inputs are read here
        for source in self._sources(node):
            self.reading[source] = 0
        starts = []
        for path, name in names.items():
            if path in inputs and inputs[path].text.text != name:
                starts.append(assign(name, inputs[path].text, self._address(node)))
        self.body.extend(starts)
        inner = {
            p: Value(emit.name(names[p]), node) if p in names else v for p, v in inputs.items()
        }
        member = emit.name(self._free("layer" if found.kind == "nn" else "block"))
        target = member if own else self._target(node, found)
        text = self._call(node, found, spec, inner, target, inside)
        leaves = self._leaf_names(spec, found, carried, names)
        line = assign(leaves, text, self._address(node))
        turns = self._target(node, found) if own else emit.call(emit.name("range"), [count])
        assert turns is not None
        counter = member.text if own else ("i" if used else "_")
        self.body.append(loop(counter, turns, [line], self._address(node)))
        for path, leaf in carried.items():
            port = OutPort(node, leaf)
            self.bound[names[path]] = port
            self.values[port] = Value(emit.name(names[path]), node)

    def _sources(self, node: NodeId) -> list[OutPort]:
        found = [self.plan.origin(s) for s in self.plan.wires[node].values()]
        return [s for s in found if s is not None]

    def _count(self, node: NodeId) -> Expression:
        repeat = self.plan.node(node).repeat
        assert repeat is not None
        if isinstance(repeat.count, Expr):
            try:
                return expression(repeat.count.text, self._rename({}))
            except NoLiteral as error:
                raise CannotWrite(
                    self.plan.address(node), f"count: {error}", "Type a number."
                ) from None
        return emit.number(repeat.count)

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
        sources = {p: self.plan.origin(s) for p, s in self.plan.wires[node].items()}
        for path in carried:
            source = sources[path]  # type: ignore[index]  # a path
            old = self.values[source].text.text if source else ""
            mine = self.plan.taken(node, source) if source else 0
            if (
                source
                and self.left.get(source, 0) <= mine
                and old.isidentifier()
                and old in self.bound
            ):
                names[path] = old
                continue
            base = "x" if not names and not self._live(self.bound.get("x")) else slug(path)
            name = fresh(base, {*self._names_live(), *names.values()})
            names[path] = name
        return names

    def _names_live(self) -> set[str]:
        return {name for name, port in self.bound.items() if port is None or self._live(port)}

    def _leaf_names(
        self, spec: Spec, found: Node, carried: Mapping[str, str], names: Mapping[str, str]
    ) -> str:
        by_leaf = {leaf: names[path] for path, leaf in carried.items()}
        return pattern(output_tree(spec, found), by_leaf, True)

    # --- several outputs -----------------------------------------------------------------------

    def _unpack(self, node: NodeId, tree: OutputTree, made: Value) -> None:
        """Write ``output, (h_n, _) = call``."""
        self._flush()
        plan = self.plan
        for read in made.reads:
            self.reading[read] -= 1
        used = [leaf for leaf in flat(tree) if plan.uses[OutPort(node, leaf)]]
        names: dict[str, str] = {}
        roles = self._roles(node, used)
        for leaf in used:
            chain = len(used) == 1 and leaf in ("output", "attn_output")
            if chain and not self._live(self.bound.get("x")):
                names[leaf] = "x"
            else:
                names[leaf] = fresh(roles[leaf], {*self._names_live(), *names.values()})
        text = pattern(tree, names, True)
        self.body.append(assign(text, made.text, self._address(node)))
        for leaf, name in names.items():
            port = OutPort(node, leaf)
            self.bound[name] = port
            self.values[port] = Value(emit.name(name), node)

    def _roles(self, node: NodeId, used: list[str]) -> dict[str, str]:
        """Return what each output is called: by the one port it feeds, or by its own name."""
        plan = self.plan
        readers: dict[str, set[tuple[NodeId, str]]] = {leaf: set() for leaf in used}
        for other in plan.order:
            for path, source in plan.wires[other].items():
                if source.node == node and source.port in readers:
                    readers[source.port].add((other, path))
        found = [next(iter(r)) for r in readers.values() if len(r) == 1]
        ports = [slug(path) for _, path in found]
        together = len({other for other, _ in found}) == 1 and len(set(ports)) == len(used)
        block = plan.node(node).kind == "block"
        own = self._block_roles(node) if block else {}
        roles = {}
        for index, leaf in enumerate(used):
            plain = own.get(leaf) or slug(leaf.partition("[")[0]).rstrip("s") or "part"
            roles[leaf] = ports[index] if together and len(found) == len(used) > 1 else plain
        return roles

    def _block_roles(self, node: NodeId) -> dict[str, str]:
        inner = self.planner.plans[self.plan.node(node).spec.partition(".")[2]]
        return {n: slug(inner.node(n).name) for n in inner.outputs()}

    # --- names ---------------------------------------------------------------------------------

    def _rename(
        self,
        texts: Mapping[str, Expression],
        inside: Mapping[str, Expression] | None = None,
    ) -> Rename:
        def renamed(name: str, axis: int | None) -> Expression:
            if axis is not None:
                if name not in texts:
                    return unknown(name, axis)
                shape = emit.attribute(texts[name], "shape")
                return emit.subscript(shape, emit.number(axis))
            if inside and name in inside:
                return inside[name]
            if name == "training":
                return emit.attribute(SELF, "training")
            if name in self.plan.parameters:
                stored = self.plan.parameters[name]
                self.plan.stored[stored] = None
                return emit.attribute(SELF, stored)
            return self.sizes.get(name) or unknown(name)

        return renamed

    def _bind_sizes(self) -> None:
        """Unpack the named sizes that forward needs, each once."""
        plan = self.plan
        wanted: set[str] = set()
        for node in plan.order:
            found = plan.node(node)
            if found.kind == "io":
                continue
            texts = [e.text for a in found.args.values() for e in expressions_in(a)]
            texts += [found.when.text] if found.when else []
            wanted |= {n for text in texts for n in names_in(text)}
        wanted -= set(plan.parameters) | {"i", "n", "training"}
        for node in plan.inputs():
            shape = plan.node(node).args.get("shape")
            if not isinstance(shape, tuple) or not self._is_tensor(node):
                continue
            words = [d.text.strip() if isinstance(d, Expr) else "" for d in shape]
            found_here = [w for w in dict.fromkeys(words) if w in wanted and w not in self.sizes]
            if found_here:
                self._bind(node, words, found_here)

    def _bind(self, node: NodeId, words: list[str], wanted: list[str]) -> None:
        for word in wanted:
            name = fresh(size_word(word), self.bound)
            self.bound[name] = None
            self.sizes[word] = emit.name(name)
        shape = emit.attribute(self.values[OutPort(node, "output")].text, "shape")
        if len(wanted) == 1:
            value = emit.subscript(shape, emit.number(words.index(wanted[0])))
            self.body.append(assign(self.sizes[wanted[0]], value, self._address(node)))
            return
        left = list(wanted)
        parts = []
        for word in words:
            parts.append(self.sizes[word].text if word in left else "_")
            if word in left:
                left.remove(word)
        self.body.append(assign(", ".join(parts), shape, self._address(node)))

    def _finish(self) -> None:
        """Write the return statement."""
        plan = self.plan
        found = []
        for node in plan.outputs():
            source = self.source(node)
            if source is None or source not in self.values:
                raise CannotWrite(plan.address(node), "an output that nothing feeds", "Connect it.")
            found.append(source)
        waiting = [s for s in found if self.values[s].weight]
        if self.pending != waiting:
            self._flush()
        texts = [self.values[s].text for s in found]
        result = texts[0] if len(texts) == 1 else emit.tuple_of(texts, bare=True)
        node = found[0].node
        remark = self._shape(found[0]) if len(found) == 1 else ""
        self.body.append(give_back(result, self._address(node), remark))


def flat(tree: OutputTree) -> list[str]:
    """Return the leaves of an output tree that are ports."""
    if isinstance(tree, str):
        return [] if tree == "_" else [tree]
    return [leaf for item in tree for leaf in flat(item)]


def pattern(tree: OutputTree, names: Mapping[str, str], outermost: bool = False) -> str:
    """Return the left side of an assignment that takes a tree apart; ``_`` where unread."""
    if isinstance(tree, str):
        return names.get(tree, "_")
    if not outermost and not any(leaf in names for leaf in flat(tree)):
        return "_"
    parts = [pattern(item, names) for item in tree]
    inside = ", ".join(parts) + ("," if len(parts) == 1 else "")
    return inside if outermost and len(parts) > 1 else f"({inside})"
