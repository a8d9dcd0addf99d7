"""Follows the statements of ``forward`` and draws what they do."""

from __future__ import annotations

import ast
from dataclasses import replace

from codegen.names import slug
from codegen.reading.calls import Calls
from codegen.reading.constructor import plain_arguments
from codegen.reading.formulas import as_expr, formula
from codegen.reading.in_place import spelled_out
from codegen.reading.layers import counted
from codegen.reading.members import ReadClass
from codegen.reading.problems import NotRead, Problem, shown
from codegen.reading.source import without_text
from codegen.reading.values import (
    Clone,
    Copies,
    Counter,
    Several,
    Shape,
    Size,
    Value,
    leaves,
    size_name,
)
from graph_editor.catalogue.spec import OutputTree
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
    Repeat,
)

WEIGHTS = ("param", "buffer")


class Forward:
    """Reads one forward method."""

    def __init__(self, calls: Calls, is_drawn: bool = True) -> None:
        self.calls = calls
        self.is_drawn = is_drawn
        """Whether a drawing knows how many axes the inputs have."""
        self.made: ReadClass = calls.made
        self.sketch = calls.sketch
        self.inputs: list[NodeId] = []
        self.outputs: list[NodeId] = []
        self.problems: list[Problem] = []

    def read(self, function: ast.FunctionDef) -> None:
        """Read the method; what is not understood is noted, statement by statement."""
        self._arguments(function)
        body = without_text(function.body)
        for statement in body:
            try:
                if isinstance(statement, ast.Return):
                    self._return(statement)
                    if statement is not body[-1]:
                        raise NotRead(body[body.index(statement) + 1], "nothing comes after return")
                    return
                self._statement(statement)
            except NotRead as reason:
                self.problems.append(reason.problem)
                return  # what follows rests on what was not understood
        self.problems.append(NotRead(function, "forward returns nothing").problem)

    def _arguments(self, function: ast.FunctionDef) -> None:
        names = []
        for argument, default in plain_arguments(function):
            said = ast.unparse(argument.annotation) if argument.annotation else ""
            args: dict[str, Arg] = {}
            if "int" in said.replace("|", " ").split():
                args["kind"] = "size"
            if default is not None:
                if not isinstance(default, ast.Constant) or default.value is not None:
                    raise NotRead(default, "an input that may be left out begins as None")
                args["optional"] = True
            stem = slug(argument.arg)
            name = argument.arg if stem not in ("x", "") else ""
            node = self.sketch.add(argument, Node("io.input", name, FrozenMap(args)), {}, stem)
            self.inputs.append(node)
            names.append(argument.arg)
            self.calls.known[argument.arg] = OutPort(node, "output")
            if not args and self.calls.beside is None:
                self.calls.first, self.calls.beside = argument.arg, OutPort(node, "output")
        self.made.inputs = tuple(names)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._assign(statement, statement.targets[0], statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement, statement.target, statement.value)
        elif isinstance(statement, ast.For):
            self._loop(statement)
        elif isinstance(statement, ast.If):
            self._written_sometimes(statement)
        elif isinstance(statement, ast.AugAssign):
            self._statement(spelled_out(statement, self.calls.known, self.sketch))
        else:
            raise NotRead(statement, f"{shown(statement)} is nothing that a drawing can do")

    def _assign(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Subscript):
            self._write_into(statement, target, value)
            return
        if not isinstance(target, ast.Name | ast.Tuple):
            raise NotRead(target, f"{shown(target)} cannot be set in forward")
        found = self.calls.value(value)
        if isinstance(target, ast.Name):
            self._bind(target.id, found)
        elif isinstance(found, Shape):
            self._sizes(target, found)
        elif isinstance(found, Several):
            self._unpack(target, found)
        else:
            raise NotRead(target, f"{shown(value)} gives one value, not several")

    def _bind(self, name: str, value: Value) -> None:
        if isinstance(value, Size):
            value = self._named(name, value) or value
        if isinstance(value, OutPort):
            self.sketch.variables.setdefault(value.node, name)
        self.calls.known[name] = value

    def _named(self, name: str, size: Size) -> Value | None:
        """Return the size of an input under the name that it is given; None for other sizes."""
        if size.source.node not in self.inputs or size.axis < 0:
            return None
        if self.sketch.nodes[size.source.node].args:
            return None  # it may be left out
        if not self.is_drawn and size.source.node not in self.sketch.ranks:
            return None
        known = self.sketch.sizes.setdefault(size.source.node, {})
        if size.axis not in known:
            taken = self.sketch.names() | {p.name for p in self.made.parameters}
            known[size.axis] = size_name(name, taken)
        return self.calls.named(known[size.axis])

    def _sizes(self, target: ast.Tuple, shape: Shape) -> None:
        if shape.source.node in self.inputs:
            self.sketch.ranks[shape.source.node] = len(target.elts)
        for axis, item in enumerate(target.elts):
            if not isinstance(item, ast.Name):
                raise NotRead(item, "sizes are taken apart into plain names")
            if item.id != "_":
                self._bind(item.id, Size(shape.source, axis))

    def _unpack(self, target: ast.Tuple, found: Several) -> None:
        found = self._counted(target, found)
        self._take_apart(target, found.node, found.tree)

    def _counted(self, target: ast.Tuple, found: Several) -> Several:
        """Return results of which the target says how many there are, where nothing else does."""
        node = self.sketch.nodes[found.node]
        spec = self.calls.lookup(node.spec)
        argument = spec.argument(spec.count) if spec is not None and spec.count else None
        if argument is None or argument.style != "pseudo":
            return found
        count = len(target.elts)
        args = node.args.without(argument.name)
        if count != argument.default:
            args = args.set(argument.name, count)
        self.sketch.nodes[found.node] = replace(node, args=args)
        return self.calls.several(found.node)

    def _take_apart(self, target: ast.expr, node: NodeId, tree: OutputTree) -> None:
        if isinstance(target, ast.Tuple):
            if isinstance(tree, str) or len(tree) != len(target.elts):
                raise NotRead(target, f"there are not {len(target.elts)} values to take apart")
            for item, part in zip(target.elts, tree, strict=True):
                self._take_apart(item, node, part)
        elif not isinstance(target, ast.Name):
            raise NotRead(target, f"{shown(target)} cannot take a result")
        elif isinstance(tree, str) and tree != "_":
            self.calls.known[target.id] = OutPort(node, tree)
        elif target.id != "_":
            if isinstance(tree, str):
                raise NotRead(target, f"{target.id} would hold nothing of use; call it _")
            self.calls.known[target.id] = Several(node, tree)

    def _write_into(self, statement: ast.stmt, target: ast.Subscript, value: ast.expr) -> None:
        owner = target.value
        name = owner.id if isinstance(owner, ast.Name) else ""
        copy = self.calls.known.get(name)
        if not isinstance(copy, Clone):
            raise NotRead(statement, "only into a copy can be written: y = x.clone(), y[...] = z")
        others = [key for key, each in self.calls.known.items() if each is copy and key != name]
        if others or any(each is copy for each in self.calls.clones.values()):
            words = f"{name} is read before something is written into it, or has another name; "
            raise NotRead(statement, words + "write right behind the clone()")
        made = self.calls.set_item(statement, copy.source, target.slice, value)
        self.sketch.variables[made.node] = name
        self.sketch.copied[made.node] = copy.moment
        self.calls.known[name] = made

    def _written_sometimes(self, statement: ast.If) -> None:
        """Read ``if test:`` before a copy into which something is written."""
        test = formula(statement.test, lambda each: self.calls.leaf(each, {}))
        copied, *rest = body = without_text(statement.body)
        target = copied.targets[0] if isinstance(copied, ast.Assign) else None
        before = self.calls.known.get(target.id) if isinstance(target, ast.Name) else None
        if test is None or statement.orelse or len(body) != 2 or not isinstance(before, OutPort):
            raise NotRead(statement, "a condition is written as: call if test else input")
        for each in body:
            self._statement(each)
        after = self.calls.known.get(target.id) if isinstance(target, ast.Name) else None
        wires = self.sketch.wires.get(after.node, {}) if isinstance(after, OutPort) else {}
        if not isinstance(after, OutPort) or not rest or wires.get("input") != before:
            raise NotRead(statement, "where the test fails, the value itself has to go on")
        node = replace(self.sketch.nodes[after.node], when=as_expr(statement.test, test))
        self.sketch.nodes[after.node] = node

    def _loop(self, loop: ast.For) -> None:
        """Read copies of a node in a chain: the result of each goes into the next."""
        body = without_text(loop.body)
        step = body[0] if len(body) == 1 else None
        if not isinstance(loop.target, ast.Name) or loop.orelse or not isinstance(step, ast.Assign):
            raise NotRead(loop, "a loop holds one call, whose result goes into the next turn")
        variable, before = loop.target.id, set(self.sketch.nodes)
        repeat = self._turns(loop, variable)
        value = self.calls.value(step.value)
        made = [n for n in self.sketch.nodes if n not in before]
        made = [n for n in made if self.sketch.nodes[n].kind not in WEIGHTS]
        node = value.node if isinstance(value, OutPort | Several) else None
        if node is None or made != [node] or self.sketch.nodes[node].repeat is not None:
            raise NotRead(step, "a loop holds a single call; make a block of what is more")
        self.sketch.nodes[node] = replace(self.sketch.nodes[node], repeat=repeat)
        self._carry(step, node, value)
        self.calls.known.pop(variable, None)

    def _turns(self, loop: ast.For, variable: str) -> Repeat:
        """Return how often a loop turns, and make its variable known."""
        count = counted(loop.iter, self.calls.leaf)
        if count is not None:
            self.calls.known[variable] = Counter()
            return Repeat(count, shared=True)
        name = self.calls.attribute(loop.iter)
        member = self.made.members.get(name)
        layer = member.layers[0] if member is not None and not member.is_chain else None
        if layer is None or layer.count is None or not layer.is_list:
            raise NotRead(loop.iter, f"{shown(loop.iter)} are no copies made with ModuleList")
        self.calls.known[variable] = Copies(name)
        return Repeat(layer.count)

    def _carry(self, step: ast.Assign, node: NodeId, value: Value) -> None:
        """Bind what a loop carries on; say at a block's output where else it goes in."""
        assert isinstance(value, OutPort | Several)
        tree = value.tree if isinstance(value, Several) else value.port
        before = dict(self.calls.known)
        if len(step.targets) != 1:
            raise NotRead(step, "a loop sets one result")
        self._take_apart(step.targets[0], node, tree)
        read = self.calls.read_as.get(node, {})
        first = next(iter(read), "")
        ports = leaves(tree)
        for name, found in self.calls.known.items():
            if before.get(name) == found or not isinstance(found, OutPort) or found.node != node:
                continue
            paths = [path for path, word in read.items() if word == name]
            if found.port == ports[0] and first in paths:
                continue
            if not paths:
                raise NotRead(step, f"{name} does not go into the next turn")
            self._again(step, node, found.port, paths[0])
        if self.calls.known.get(read.get(first, "")) != OutPort(node, ports[0]):
            raise NotRead(step, "the first result of a turn is the first input of the next one")

    def _again(self, step: ast.AST, node: NodeId, leaf: str, path: str) -> None:
        self.calls.again(step, self.sketch.nodes[node].spec, NodeId(leaf), At(Address(path)))

    def _return(self, statement: ast.Return) -> None:
        if statement.value is None:
            raise NotRead(statement, "forward returns nothing")
        items = [statement.value]
        if isinstance(statement.value, ast.Tuple):
            items = statement.value.elts
            if len(items) == 1:
                raise NotRead(statement, "a tuple of one value is returned; return the value")
        for item in items:
            found = self.calls.value(item)
            if isinstance(found, Clone):
                found = self.calls.copied(item, found)
            ports = [found] if isinstance(found, OutPort) else self._flat(item, found)
            word = item.id if isinstance(item, ast.Name) else ""
            for port in ports:
                name = word if len(ports) == 1 and port.node not in self.inputs else ""
                node = Node("io.output", "" if name in ("x", "_") else name)
                self.outputs.append(self.sketch.add(item, node, {"input": port}, "output"))

    def _flat(self, item: ast.expr, found: Value) -> list[OutPort]:
        if isinstance(found, Several) and not isinstance(found.tree, str):
            parts = [p for p in found.tree if isinstance(p, str) and p != "_"]
            if len(parts) == len(found.tree):
                return [OutPort(found.node, part) for part in parts]
        if isinstance(found, Size):
            return [self.calls.size_node(item, found)]
        raise NotRead(item, f"{shown(item)} is no value that forward can return here")
