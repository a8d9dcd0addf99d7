"""What does not learn: reads requires_grad_ and the method that lets statistics stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from codegen.reading.constructor import frozen_in_loops, is_super
from codegen.reading.literal_values import full_name
from codegen.reading.members import Frozen, ReadClass
from codegen.reading.paths import Reached, reach, steps_of
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import without_text
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import Address, Expr, FrozenMap, Node, NodeId

STATISTICS, TRACKED = "freeze_statistics", "track_running_stats"
Nodes = dict[NodeId, Node]
Graphs = Mapping[str, Nodes]


def resting(function: ast.FunctionDef, names: Mapping[str, str]) -> list[Frozen]:
    """Return what a class's own ``train`` puts into evaluation mode.

    It begins with ``super().train(mode)`` and ends with ``return self``. Raises NotRead.
    """
    found: list[Frozen] = []
    mode = _mode(function)
    first, *body = without_text(function.body)
    if not _hands_on(first, mode):
        raise NotRead(first, f"train begins with super().train({mode})")
    if not body or not _is_self(body[-1]):
        raise NotRead(body[-1] if body else first, "train ends with return self")
    for statement in body[:-1]:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and _is_eval(call):
            assert isinstance(call.func, ast.Attribute)
            found.append(Frozen(call.func.value))
        elif isinstance(statement, ast.For):
            found += _in_loop(statement, names)
        else:
            raise NotRead(statement, f"{shown(statement)} is nothing that train may do")
    return found


def _mode(function: ast.FunctionDef) -> str:
    """Return the name of the one parameter of ``train``, which is True by default."""
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    others = (args.vararg, args.kwarg, *args.kwonlyargs)
    default = args.defaults[0] if len(args.defaults) == 1 else None
    is_true = isinstance(default, ast.Constant) and default.value is True
    if len(plain) != 2 or any(others) or not is_true or function.decorator_list:
        raise NotRead(function, "train has the one parameter mode, which is True by default")
    return plain[1].arg


def _hands_on(statement: ast.stmt, mode: str) -> bool:
    """Whether a statement is ``super().train(mode)``."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not is_super(call, "train"):
        return False
    given = [*call.args, *(k.value for k in call.keywords)]
    return len(given) == 1 and isinstance(given[0], ast.Name) and given[0].id == mode


def _is_self(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(value, ast.Name) and value.id == "self"


def _is_eval(call: ast.Call) -> bool:
    is_method = isinstance(call.func, ast.Attribute) and call.func.attr == "eval"
    return is_method and not call.args and not call.keywords


def _in_loop(loop: ast.For, names: Mapping[str, str]) -> list[Frozen]:
    """Read a loop over copies, or one over all modules that picks some kinds."""
    if not isinstance(loop.target, ast.Name):
        raise NotRead(loop, "a loop in train goes over copies or over modules")
    turns = loop.iter
    is_search = (
        isinstance(turns, ast.Call)
        and isinstance(turns.func, ast.Attribute)
        and turns.func.attr == "modules"
        and len(loop.body) == 1
    )
    if is_search and isinstance(turns, ast.Call) and isinstance(turns.func, ast.Attribute):
        if turns.args or turns.keywords or loop.orelse:
            raise NotRead(loop, "a loop in train goes over copies or over modules")
        return [Frozen(turns.func.value, (), _kinds(loop.body[0], loop.target.id, names))]
    if any(isinstance(each, ast.For) for each in loop.body):
        turn = (loop.target.id, loop.iter)
        inner = [
            f for each in loop.body if isinstance(each, ast.For) for f in _in_loop(each, names)
        ]
        if len(inner) == len(loop.body):
            return [replace(each, loops=(turn, *each.loops)) for each in inner]
    return frozen_in_loops(loop, "eval")


def _kinds(statement: ast.stmt, module: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the specs of ``if isinstance(module, A | B): module.eval()``. Raises NotRead."""
    wanted = f"isinstance({module}, kind)"
    test = statement.test if isinstance(statement, ast.If) else None
    if (
        not isinstance(statement, ast.If)
        or statement.orelse
        or not isinstance(test, ast.Call)
        or len(test.args) != 2
        or ast.unparse(test) != f"isinstance({module}, {ast.unparse(test.args[1])})"
    ):
        raise NotRead(statement, f"modules are picked by {wanted}")
    if [ast.unparse(each) for each in statement.body] != [f"{module}.eval()"]:
        raise NotRead(statement.body[0], f"what is picked rests by {module}.eval()")
    pending, found = [test.args[1]], []
    while pending:
        kind = pending.pop()
        if isinstance(kind, ast.BinOp) and isinstance(kind.op, ast.BitOr):
            pending += [kind.left, kind.right]
        elif isinstance(kind, ast.Tuple):
            pending += kind.elts
        else:
            found.append("nn." + full_name(kind, names).removeprefix("torch.nn."))
    return tuple(sorted(found))


class Freezing:
    """Writes into a class's nodes what of them is frozen."""

    def __init__(
        self, made: ReadClass, nodes: Nodes, graphs: Graphs, classes: Mapping[str, ReadClass],
        lookup: Lookup,
    ) -> None:  # fmt: skip
        self.made, self.nodes, self.graphs = made, nodes, graphs
        self.classes, self.lookup = classes, lookup

    def apply(self) -> None:
        """Freeze the nodes. Raises NotRead."""
        rests = {self._reached(each).address for each in self.made.resting}
        wanted: set[str] = set()
        for frozen in self.made.frozen:
            reached = self._reached(frozen)
            if reached.left:
                raise NotRead(frozen.path, "a part of a layer cannot be frozen alone")
            if "[" in reached.address:
                words = "one copy cannot be frozen alone; freeze all of them in a loop"
                raise NotRead(frozen.path, words)
            self._freeze(reached, rests, wanted)
        for each in self.made.resting:
            reached = self._reached(each)
            if reached.address not in wanted:
                raise NotRead(each.path, f"{shown(each.path)} rests, but is not frozen")
            kinds = {n.spec for n in self._at(reached) if self._has_statistics(n)}
            if each.kinds and set(each.kinds) != kinds:
                told = ", ".join(sorted(kinds))
                raise NotRead(each.path, f"what keeps its statistics in it is {told}")

    def _reached(self, frozen: Frozen) -> Reached:
        return reach(
            frozen.path, steps_of(frozen.path, dict(frozen.loops)), self.made, self.classes
        )

    def _freeze(self, reached: Reached, rests: set[str], wanted: set[str]) -> None:
        first, *below = reached.steps
        node = NodeId(first)
        inner = Address("/".join(below) or ".")
        found = self.nodes[node]
        made = replace(found, freeze=tuple(dict.fromkeys((*found.freeze, inner))))
        if self._tracks(reached):
            if reached.address in rests:
                wanted.add(reached.address)
            elif made.kind == "nn":
                made = replace(made, args=made.args.set(STATISTICS, False))
            else:
                made = replace(made, extra=FrozenMap({STATISTICS: False}))
        self.nodes[node] = made

    def _tracks(self, reached: Reached) -> bool:
        """Whether anything at or below a place has running statistics."""
        return any(map(self._has_statistics, self._at(reached)))

    def _at(self, reached: Reached) -> Iterator[Node]:
        """Yield the nodes at a place, or those of the block there."""
        node = NodeId(reached.steps[-1].partition("[")[0])
        graph = self.nodes
        made = self.made
        for step in reached.steps[:-1]:
            spec = graph[NodeId(step.partition("[")[0])].spec
            made = self.classes[spec[6:]]
            graph = dict(self.graphs[made.key])
        return self._below(graph[node])

    def _below(self, node: Node) -> Iterator[Node]:
        if node.kind != "block":
            yield node
            return
        for inner in self.graphs[node.spec[6:]].values():
            yield from self._below(inner)

    def _has_statistics(self, node: Node) -> bool:
        spec = self.lookup(node.spec)
        argument = spec.argument(TRACKED) if spec is not None and node.kind == "nn" else None
        if argument is None:
            return False
        said = node.args.get(TRACKED, argument.default)
        return isinstance(said, Expr) or bool(said)
