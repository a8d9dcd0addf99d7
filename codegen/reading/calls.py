"""What an expression in ``forward`` gives: the node that it is, wired to what it reads."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from codegen.model_place import makes_a_tensor
from codegen.reading.arriving import Arriving
from codegen.reading.drawing import Wires
from codegen.reading.formulas import as_argument, as_expr, formula
from codegen.reading.functions import (
    OPERATORS,
    by_end,
    by_shape,
    layer_of,
    method_as_function,
    spec_of,
)
from codegen.reading.known import Known
from codegen.reading.literal_values import full_name
from codegen.reading.members import Member
from codegen.reading.passing import bound, of_stage
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import whole_number
from codegen.reading.values import (
    Clone,
    Copies,
    Counter,
    Named,
    Several,
    Shape,
    Size,
    Value,
    leaves,
)
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, FrozenMap, Node, NodeId, OutPort, Repeat, Weights

SIGNS: dict[type, str] = {
    ast.Add: "op.add", ast.Sub: "op.sub", ast.Mult: "op.mul", ast.Div: "op.truediv",
    ast.FloorDiv: "op.floordiv", ast.Mod: "op.mod", ast.Pow: "op.pow", ast.MatMult: "op.matmul",
    ast.BitAnd: "op.and", ast.BitOr: "op.or", ast.BitXor: "op.xor",
    ast.Eq: "op.eq", ast.NotEq: "op.ne", ast.Lt: "op.lt", ast.LtE: "op.le", ast.Gt: "op.gt",
    ast.GtE: "op.ge", ast.USub: "op.neg", ast.Invert: "op.invert",
}  # fmt: skip
CONSTANT = "const.value"


class Calls(Known):
    """Evaluates the expressions of one forward method into its graph."""

    def value(self, node: ast.expr) -> Value:
        """Return what an expression gives. Raises NotRead."""
        if isinstance(node, ast.Name):
            if node.id in self.known:
                return self.known[node.id]
            raise NotRead(node, f"{node.id} is not known here")
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.IfExp):
            return self._sometimes(node)
        number = formula(node, lambda each: self.leaf(each, {}))
        if number is not None:
            args = FrozenMap({"value": as_argument(node, number)})
            return OutPort(self.sketch.add(node, Node(CONSTANT, args=args), {}), "output")
        return self._operation(node)

    def port(self, node: ast.expr) -> OutPort:
        """Return the one value that an expression gives. Raises NotRead."""
        found = self.value(node)
        if isinstance(found, OutPort):
            return found
        if isinstance(found, Clone):
            return self.copied(node, found)
        if isinstance(found, Size):
            return self.size_node(node, found)
        if isinstance(found, Named | Counter):
            number = self.number(found, {})
            assert number is not None
            args = FrozenMap({"value": as_argument(node, number)})
            return OutPort(self.sketch.add(node, Node(CONSTANT, args=args), {}), "output")
        raise NotRead(node, f"{shown(node)} is not one value")

    def copied(self, node: ast.expr, clone: Clone) -> OutPort:
        """Return what a clone is of, into which nothing is written, or not yet."""
        self.clones[node] = clone
        return clone.source

    def _operation(self, node: ast.expr) -> Value:
        operands: list[ast.expr] = []
        sign: type = type(node)
        if isinstance(node, ast.BinOp):
            sign, operands = type(node.op), [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            sign, operands = type(node.op), [node.operand]
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            sign, operands = type(node.ops[0]), [node.left, node.comparators[0]]
        spec = self.lookup(SIGNS.get(sign, ""))
        if spec is None:
            raise NotRead(node, f"{shown(node)} is nothing that a drawing can do")
        names = [a.name for a in spec.arguments]
        return self._made(node, spec, dict(zip(names, operands, strict=False)), spec.arguments)

    def _made(
        self,
        code: ast.AST,
        spec: Spec,
        passed: Mapping[str, ast.expr | list[ast.expr]],
        arguments: Sequence[Argument],
        node: Node | None = None,
        more: Wires | None = None,
        stem: str = "",
        read: str = "",
    ) -> Value:
        """Add the node of a call, with what is passed as arguments and wires.

        ``more`` are wires that arrive beside them, and ``read`` the variable of the input.
        """
        arriving = Arriving(self, arguments, passed, more or {})
        args, wires = arriving.read()
        if read:
            arriving.read_as = {"input": read, **arriving.read_as}
        start = node or Node(spec.name)
        made = replace(start, args=start.args.merged(args))
        key = self.sketch.add(code, made, wires, stem)
        self.read_as[key] = arriving.read_as
        return self.result(key)

    def _subscript(self, node: ast.Subscript) -> Value:
        size = self.size_of(node)
        if size is not None:
            return size
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            axis = whole_number(node.slice)
            if axis is not None:
                return Size(self.port(node.value.value), axis)
        owner = self.value(node.value)
        place = whole_number(node.slice)
        if isinstance(owner, Several) and place is not None and not isinstance(owner.tree, str):
            return self._part(node, owner, place)
        if not isinstance(owner, OutPort):
            raise NotRead(node, f"{shown(node.value)} has no parts that can be taken")
        spec = self._spec(node, "op.getitem")
        rest = [a for a in spec.arguments if a.name != "input"]
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        index = places(node.slice)
        return self._made(node, spec, {"index": index}, rest, more={"input": owner}, read=name)

    def _part(self, node: ast.AST, owner: Several, place: int) -> Value:
        tree_ = owner.tree
        assert not isinstance(tree_, str)
        if not -len(tree_) <= place < len(tree_):
            raise NotRead(node, f"there are only {len(tree_)} results")
        part = tree_[place]
        if part == "_":
            raise NotRead(node, "this result holds nothing of use")
        return OutPort(owner.node, part) if isinstance(part, str) else Several(owner.node, part)

    def set_item(self, code: ast.AST, source: OutPort, index: ast.expr, value: ast.expr) -> OutPort:
        """Return what is left of a value after something was written into it."""
        spec = self._spec(code, "op.setitem")
        rest = [a for a in spec.arguments if a.name != "input"]
        passed = {"index": places(index), "value": value}
        made = self._made(code, spec, passed, rest, more={"input": source})
        assert isinstance(made, OutPort)
        return made

    def _spec(self, node: ast.AST, name: str) -> Spec:
        spec = self.lookup(name)
        if spec is None:
            raise NotRead(node, f"the drawing has no {name}")
        return spec

    def _attribute(self, node: ast.Attribute) -> Value:
        name = self.attribute(node)
        member = self.made.members.get(name)
        if member is not None and member.layers[0].spec in ("param.tensor", "buffer.tensor"):
            return self._weight(node, member)
        if name and name in self.made.kept:
            args = FrozenMap({"value": as_argument(node, self.made.kept[name])})
            return OutPort(self.sketch.add(node, Node(CONSTANT, args=args), {}), "output")
        parts = _path(node)
        if parts is not None and parts[0] == "self":
            return self._weight_of(node, parts[1:])
        owner = self.value(node.value)
        if node.attr == "shape" and isinstance(owner, OutPort):
            return Shape(owner)
        if isinstance(owner, Several) and node.attr in leaves(owner.tree):
            return OutPort(owner.node, node.attr)
        raise NotRead(node, f"the drawing knows no {node.attr} of a value")

    def _weight(self, node: ast.AST, member: Member) -> OutPort:
        key = ("member", member.name)
        if key not in self.sketch.once:
            layer = member.layers[0]
            made = Node(layer.spec, args=layer.args)
            self.sketch.once[key] = self.sketch.add(member.code, made, {}, member.name)
            member.calls.append((self.sketch.once[key],))
        del node
        return OutPort(self.sketch.once[key], "output")

    def _weight_of(self, node: ast.AST, parts: list[str]) -> OutPort:
        key = ("weight", *parts)
        if key not in self.sketch.once:
            if parts[0] not in self.made.members:
                raise NotRead(node, f"self.{'.'.join(parts)} is no weight of this class")
            made = self.sketch.add(node, Node("param.of"), {}, parts[-1])
            self.sketch.once[key] = made
            self.weights.append((made, node, parts))
        return OutPort(self.sketch.once[key], "output")

    def _call(self, call: ast.Call) -> Value:
        name = self.attribute(call.func)
        if name in self.made.members:
            return self._member(call, self.made.members[name])
        if isinstance(call.func, ast.Name):
            found = self.known.get(call.func.id)
            if isinstance(found, Copies):
                return self._member(call, self.made.members[found.member], is_turn=True)
            if found is None and call.func.id in self.custom:
                spec = self.custom[call.func.id]
                return self._made(call, spec, bound(call, spec.arguments), spec.arguments)
        whole = full_name(call.func, self.names)
        if whole:
            return self._function(call, whole)
        if isinstance(call.func, ast.Attribute) and not name:
            return self._method(call, call.func)
        raise NotRead(call, f"the drawing has no {shown(call.func)}")

    def _function(self, call: ast.Call, whole: str) -> Value:
        spec = spec_of(whole, self.lookup) if whole.startswith("torch.") else None
        if spec is None:
            return self._as_layer(call, whole)
        more: Wires = {}
        call = by_end(by_shape(call, whole), whole)
        if makes_a_tensor(spec):
            call, more = self._beside(call, spec)
        arguments = of_stage(spec, "call")
        return self._made(call, spec, bound(call, arguments), arguments, more=more)

    def _as_layer(self, call: ast.Call, whole: str) -> Value:
        """Draw a function that the catalogue has as a layer."""
        found = layer_of(call, whole, self.names, self.lookup)
        if found is None:
            raise NotRead(call, f"the drawing has no {shown(call.func)}")
        node, spec, source = found
        arguments = of_stage(spec, "call")
        return self._made(call, spec, {arguments[0].name: source}, arguments, node)

    def _beside(self, call: ast.Call, spec: Spec) -> tuple[ast.Call, Wires]:
        """Return the call without its device, and the wire from what that is taken from."""
        device = next((k.value for k in call.keywords if k.arg == "device"), None)
        if device is None:
            return call, {}
        rest = [k for k in call.keywords if k.arg != "device"]
        plain = ast.Call(call.func, call.args, rest)
        ast.copy_location(plain, call)
        owner = (
            device.value if isinstance(device, ast.Attribute) and device.attr == "device" else None
        )
        if owner is None:
            raise NotRead(device, "a new tensor lies beside another one: device=x.device")
        if self.made.place and self.attribute(owner) == self.made.place:
            return plain, {}
        source = self.port(owner)
        is_first = isinstance(owner, ast.Name) and owner.id == self.first
        if is_first or source == self.beside or spec.argument("like") is None:
            return plain, {}  # what once came in says where it is, whatever it is called now
        return plain, {"like": source}

    def _method(self, call: ast.Call, function: ast.Attribute) -> Value:
        if function.attr == "clone" and not call.args and not call.keywords:
            source = self.port(function.value)
            return Clone(source, len(self.sketch.nodes))
        spec = self.lookup(f"Tensor.{function.attr}") or self.lookup(f"torch.{function.attr}")
        spec = spec or self.lookup(OPERATORS.get(function.attr, ""))
        if spec is None or spec.category == "" or makes_a_tensor(spec):
            raise NotRead(call, f"the drawing has no method {function.attr}")
        arguments = of_stage(spec, "call")
        if not arguments or arguments[0].port is None or arguments[0].many:
            raise NotRead(call, f"the drawing has no method {function.attr}")
        plain = method_as_function(call, function)
        owner = [function.value] if plain is None else []
        passed = bound(plain or call, arguments, owner, what=f".{function.attr}()")
        return self._made(call, spec, passed, arguments)

    def _member(self, call: ast.Call, member: Member, is_turn: bool = False) -> Value:
        if member.is_chain:
            return self._chain(call, member)
        first = member.calls[0] if member.calls else ()
        layer = member.layers[0]
        spec = self._spec(call, layer.spec)
        if layer.is_list and not is_turn:
            raise NotRead(call, f"self.{member.name} are copies, which a loop goes over")
        arguments = of_stage(spec, "call")
        names = {a.name: a.name for a in arguments}
        if layer.spec.startswith("block."):
            names = dict(zip(self.classes[layer.spec[6:]].inputs, names, strict=True))
        renamed = [replace(a, name=name) for a, name in zip(arguments, names, strict=True)]
        found = bound(call, renamed, what=f"self.{member.name}")
        passed = {names[name]: value for name, value in found.items()}
        repeat = Repeat(layer.count) if layer.count is not None else None
        node = Node(layer.spec, args=layer.args, when=layer.when, repeat=repeat)
        if first:
            node = Node(layer.spec, repeat=repeat, weights=Weights(same_as=first[0]))
        if is_turn:
            node = replace(node, repeat=None)
        made = self._made(call, spec, passed, arguments, node, stem=member.name)
        assert isinstance(made, OutPort | Several)
        if member.calls and not first:  # what it was given has called it: self.conv(self.conv(x))
            node = self.sketch.nodes[made.node]
            args = FrozenMap({k: v for k, v in node.args.items() if k not in layer.args})
            shared = Weights(same_as=member.calls[0][0])
            self.sketch.nodes[made.node] = replace(node, args=args, when=None, weights=shared)
        member.calls.append((made.node,))
        return made

    def _chain(self, call: ast.Call, member: Member) -> Value:
        if len(call.args) != 1 or call.keywords:
            raise NotRead(call, f"self.{member.name} takes one value")
        at = self.port(call.args[0])
        first = member.calls[0] if member.calls else ()
        nodes: list[NodeId] = []
        for place, layer in enumerate(member.layers):
            spec = self._spec(layer.code, layer.spec)
            port = next((a.name for a in of_stage(spec, "call")), "")
            repeat = Repeat(layer.count) if layer.count is not None else None
            node = Node(layer.spec, args=layer.args, when=layer.when, repeat=repeat)
            if first:
                node = Node(layer.spec, repeat=repeat, weights=Weights(same_as=first[place]))
            nodes.append(self.sketch.add(layer.code, node, {port: at}))
            result = self.result(nodes[-1])
            if not isinstance(result, OutPort):
                raise NotRead(layer.code, "a layer of a chain gives one value")
            at = result
        member.calls.append(tuple(nodes))
        return at

    def _sometimes(self, node: ast.IfExp) -> Value:
        """Read ``call if test else first input``: where the test fails, that passes through."""
        test = formula(node.test, lambda each: self.leaf(each, {}))
        made = self.value(node.body)
        other = self.port(node.orelse)
        if test is None or not isinstance(made, OutPort):
            raise NotRead(node, f"{shown(node.test)} is no test that a drawing can hold")
        when, found = as_expr(node.test, test), self.sketch.nodes[made.node]
        first: Arg | OutPort = next(iter(self.sketch.wires[made.node].values()), None)
        if first != other or self.sketch.code[made.node] is not node.body:
            raise NotRead(node.orelse, "where the test fails, the call's own first input goes on")
        if found.when not in (None, when):
            raise NotRead(node.test, "one condition inside another is not read")
        self.sketch.nodes[made.node] = replace(found, when=when)
        return made


def _path(node: ast.AST) -> list[str] | None:
    """Return the steps of ``self.blocks[2].conv.weight``: numbers are steps too."""
    steps: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append(node.attr)
        elif isinstance(node, ast.Subscript) and (index := whole_number(node.slice)) is not None:
            steps.append(str(index))
        else:
            return None
        node = node.value
    return [node.id, *reversed(steps)]


path_of = _path


def places(index: ast.expr) -> ast.expr:
    """Return what stands in brackets as one place for each axis: a list is the place of the first.

    ``x[[0, 1]]`` picks two rows, and ``x[0, 1]`` one number.
    """
    if not isinstance(index, ast.List):
        return index
    return ast.copy_location(ast.Tuple([index], ast.Load()), index)
