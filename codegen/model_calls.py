"""How each kind of node is written: a call, a method, an operator, a weight."""

from __future__ import annotations

from collections.abc import Mapping

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, Rename, expression, unknown
from codegen.model_addresses import parameter_path
from codegen.model_arguments import called, callee
from codegen.model_class import OWNING, ClassPlan
from codegen.model_expressions import expressions_in, names_in
from codegen.model_members import SELF, Members
from codegen.model_place import is_tensor, makes_a_tensor, own_place
from codegen.model_plan import Planner
from codegen.model_variables import Value, Variables
from codegen.names import fresh, size_word
from codegen.statements import assign
from codegen.written import CannotWrite
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import At, Expr, Node, NodeId, OutPort

BINARY = emit.RANKS


class Calls:
    """Writes what a node computes, given the expressions that arrive at it."""

    def __init__(
        self, planner: Planner, plan: ClassPlan, members: Members, variables: Variables
    ) -> None:
        self.planner = planner
        self.plan = plan
        self.members = members
        self.variables = variables
        self.sizes: dict[str, Expression] = {}

    def rename(
        self,
        texts: Mapping[str, Expression],
        inside: Mapping[str, Expression] | None = None,
    ) -> Rename:
        """Return how names in a node's call arguments are written; texts are what arrives."""

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

    def bind_sizes(self) -> None:
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
            if not isinstance(shape, tuple) or not is_tensor(self.plan, node):
                continue
            words = [d.text.strip() if isinstance(d, Expr) else "" for d in shape]
            found_here = [w for w in dict.fromkeys(words) if w in wanted and w not in self.sizes]
            if found_here:
                self._bind(node, words, found_here)

    def _bind(self, node: NodeId, words: list[str], wanted: list[str]) -> None:
        for word in wanted:
            name = fresh(size_word(word), self.variables.bound)
            self.variables.bound[name] = None
            self.sizes[word] = emit.name(name)
        shape = emit.attribute(self.variables.values[OutPort(node, "output")].text, "shape")
        if len(wanted) == 1:
            value = emit.subscript(shape, emit.number(words.index(wanted[0])))
            self.variables.body.append(
                assign(self.sizes[wanted[0]], value, self.plan.address(node))
            )
            return
        left = list(wanted)
        parts = []
        for word in words:
            parts.append(self.sizes[word].text if word in left else "_")
            if word in left:
                left.remove(word)
        self.variables.body.append(assign(", ".join(parts), shape, self.plan.address(node)))

    def call(
        self,
        node: NodeId,
        found: Node,
        spec: Spec,
        inputs: Mapping[str, Value],
        target: Expression | None,
        inside: Mapping[str, Expression] | None = None,
    ) -> Expression:
        """Return the expression of a node, given the values that arrive."""
        texts = {path: value.text for path, value in inputs.items()}
        rename = self.rename(texts, inside)
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

    def target(self, node: NodeId, found: Node) -> Expression | None:
        """Return the attribute that a node calls; None for what is no module."""
        return self.members.path(node) if found.kind in OWNING else None

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
        """Return where a new tensor lies: beside ``like``, else beside the first input, if any."""
        if not makes_a_tensor(spec):
            return {}
        like = texts.get("like")
        if like is None:
            tensors = [OutPort(n, "output") for n in self.plan.inputs() if is_tensor(self.plan, n)]
            if tensors:
                words = {port: self.variables.values[port].text for port in tensors}
                bound = self.variables.bound
                kept = [port for port in tensors if bound.get(words[port].text) == port]
                like = words[(kept or tensors)[0]]  # a name may mean something else by now
            else:
                like = emit.attribute(SELF, own_place(self.planner, self.plan))
        return {"device": emit.attribute(like, "device")}

    def _operation(
        self, node: NodeId, spec: Spec, texts: Mapping[str, Expression], rename: Rename
    ) -> Expression:
        if spec.callee == "[]":
            passed = called(self.plan, node, spec.arguments, texts, rename)
            owner, index = passed.positional
            return emit.subscript(owner, *emit.places(index))
        operands = called(self.plan, node, spec.arguments, texts, rename).positional
        if len(operands) == 1:
            negative = spec.callee == "-"
            return emit.negated(operands[0]) if negative else emit.inverted("~", operands[0])
        if len(operands) != 2 or spec.callee not in BINARY:
            raise CannotWrite(
                self.plan.address(node), f"{spec.name} lacks an operand", "Connect it."
            )
        return emit.operation(spec.callee, operands[0], operands[1])

    def parameter_of(self, node: NodeId, found: Node) -> Expression:
        """Return the attribute path of another node's weight."""
        of, parameter = found.args.get("of"), found.args.get("parameter", "weight")
        if not isinstance(of, At) or not isinstance(parameter, str):
            raise CannotWrite(self.plan.address(node), "no node is chosen", "Choose whose weight.")
        address = f"{of.address}.{parameter}"
        blame = self.plan.address(node)
        path = parameter_path(self.planner, self.plan, address, "it reads", blame)
        if path is None:
            raise CannotWrite(self.plan.address(node), f"{of.address} is not used", "Connect it.")
        return path

    def count(self, node: NodeId) -> Expression:
        """Return how often a node is repeated, as forward says it."""
        repeat = self.plan.node(node).repeat
        assert repeat is not None
        if isinstance(repeat.count, Expr):
            try:
                return expression(repeat.count.text, self.rename({}))
            except NoLiteral as error:
                raise CannotWrite(
                    self.plan.address(node), f"count: {error}", "Type a number."
                ) from None
        return emit.number(repeat.count)
