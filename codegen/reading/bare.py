"""A graph stripped of all that leaves no trace in code, so that two can be held side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, written
from codegen.model_class import OWNING, ClassPlan
from codegen.model_custom import with_code
from codegen.model_expressions import parts_of
from codegen.model_place import is_tensor
from codegen.model_plan import Planner
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.checking.verdict import Verdict
from graph_editor.document import expressions as tree
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import (
    Arg,
    At,
    Block,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    Name,
    Node,
    NodeId,
    OutPort,
    Project,
    Slice,
)

CONSTANT = "const.value"
SHARED_WEIGHTS = ("param", "buffer")
COMPUTED = object()
"""Stands for an argument that is worked out from what arrives: its number says nothing."""


class Bare:
    """The classes of a project, as code would have them.

    Where it is ``whole``, that is so of blocks too that nothing in the model uses.
    """

    def __init__(self, project: Project, whole: bool = False) -> None:
        self.project = project
        seen, self.lookup = with_code(project, specs_of(project))
        self.planner = Planner(seen, self.lookup, Verdict())
        self.planner.plan()
        self.plans: Mapping[str, ClassPlan] = self.planner.plans
        if whole and any(key not in self.plans for key in project.blocks):
            others = Planner(_of_blocks(seen), self.lookup, Verdict())
            others.plan()
            self.plans = {**others.plans, **self.plans}
        self._sizes: dict[str, dict[str, str]] = {}
        self._beside: dict[str, OutPort | None] = {}

    @property
    def keys(self) -> list[str]:
        """The keys of the graphs, the main one last."""
        return sorted(self.plans, key=lambda key: key == MAIN)

    def sizes(self, key: str) -> dict[str, str]:
        """Return the names of sizes in a graph -> the input and place that names each."""
        if key not in self._sizes:
            found: dict[str, str] = {}
            plan = self.plans[key]
            for place, node in enumerate(plan.inputs()):
                shape = plan.node(node).args.get("shape")
                if not isinstance(shape, tuple) or not is_tensor(plan, node):
                    continue
                for axis, dim in enumerate(shape):
                    word = dim.text.strip() if isinstance(dim, Expr) else ""
                    if word.isidentifier():
                        found.setdefault(word, f"size_{place}_{axis}")
            self._sizes[key] = found
        return self._sizes[key]

    def beside(self, key: str) -> OutPort | None:
        """Return the first tensor that always comes into a graph: new ones are made beside it."""
        if key not in self._beside:
            plan = self.plans[key]
            tensors = [n for n in plan.inputs() if is_tensor(plan, n)]
            self._beside[key] = OutPort(tensors[0], "output") if tensors else None
        return self._beside[key]

    def block_ports(self, spec: str) -> tuple[list[NodeId], list[NodeId]]:
        """Return the ids of a block's inputs and outputs, in the order of the code."""
        plan = self.plans[spec.removeprefix("block.")]
        return plan.inputs(), plan.outputs()

    def source(self, key: str, source: OutPort) -> OutPort | None:
        """Return where a value comes from, past what leaves no trace."""
        return self.plans[key].origin(source)

    def node(self, key: str, node: NodeId) -> BareNode:
        """Return one node as the code would say it."""
        return _Reading(self, key, node).read()


def _of_blocks(project: Project) -> Project:
    """Return the project with a main graph that only has an instance of every block."""
    nodes = {NodeId(key): Node(f"block.{key}") for key in project.blocks}
    return replace(project, main=Block(Graph(FrozenMap(nodes))))


@dataclass(slots=True)
class BareNode:
    """A node without names, defaults and what is inferred."""

    spec: str
    args: dict[str, object] = field(default_factory=dict)
    """Place in the argument tree -> text, or COMPUTED."""
    wires: dict[str, OutPort] = field(default_factory=dict)
    when: str = ""
    count: str = ""
    is_shared: bool = False
    owner: NodeId = NodeId("")  # noqa: RUF009  # a string
    of: str = ""
    """The address of the weight that it reads."""


class _Reading:
    """Makes a bare node."""

    def __init__(self, bare: Bare, key: str, node: NodeId) -> None:
        self.bare, self.key, self.node = bare, key, node
        self.plan = bare.plans[key]
        self.found: Node = self.plan.node(node)
        self.count: Expression | None = None

    def read(self) -> BareNode:
        """Return the bare node."""
        found, plan = self.found, self.plan
        owner = plan.owner(self.node)
        made = BareNode(found.spec, owner=owner)
        if found.repeat is not None and found.spec != "op.setitem":  # once is as good as often
            self.count = self._written(found.repeat.count)
            made.count = self.count.text
            made.is_shared = found.repeat.shared or found.kind not in OWNING
        if found.when is not None:
            made.when = self._test(found.when)
        spec = self.bare.lookup(found.spec)
        assert spec is not None
        self._wires(made, spec)
        if found.spec == "param.of":
            at = found.args.get("of")
            word = found.args.get("parameter", "weight")
            made.of = f"{at.address if isinstance(at, At) else '?'}.{word}"
            return made
        for argument in spec.arguments:
            self._argument(made, spec, argument)
        return made

    def _test(self, when: Expr) -> str:
        asks = any(isinstance(part, tree.Size) for part in parts_of(when.text))
        return "computed" if asks else self._written(when).text

    def _wires(self, made: BareNode, spec: Spec) -> None:
        plan, beside = self.plan, self.bare.beside(self.key)
        for path, wired in plan.wires[self.node].items():
            source = plan.origin(wired)
            if source is None or (path == "like" and source == beside):
                continue
            constant = plan.node(source.node)
            if constant.spec == CONSTANT:
                value = constant.args.get("value")
                made.args[_place(spec, self.found, path)] = self._written(value).text
            else:
                made.wires[_place(spec, self.found, path)] = source

    def _argument(self, made: BareNode, spec: Spec, argument: Argument) -> None:
        name = argument.name
        if name in SILENT.get(spec.kind, ()) or name == "freeze_statistics":
            return
        said = self.found.args
        if argument.stage == "constructor":  # one that shares a module says nothing of it
            said = self.plan.node(self.plan.owner(self.node)).args
        if name == "std" and said.get("init") != "normal":
            return
        if name not in said:
            if argument.stage == "constructor" and argument.required:
                made.args[name] = COMPUTED
            return
        value = said[name]
        if name == "outputs" and argument.style == "pseudo" and value == argument.default:
            return
        if argument.stage == "constructor" and self._asks(value):
            made.args[name] = COMPUTED
            return
        if argument.type == "tensor" and argument.stage == "constructor":
            value = _real(value)
        leaves = dict(self._leaves(name, value))
        if argument.many and argument.style != "variadic":
            leaves.pop(f"{name}#", None)
        default = None if argument.required else dict(self._leaves(name, argument.default))
        if leaves != default:
            made.args |= {
                _place(spec, self.found, k): v for k, v in leaves.items() if k not in made.wires
            }
            if spec.kind == "op" and leaves.get("index#") == "1" and "index[0]#" not in leaves:
                made.args.pop("index#", None)

    def _asks(self, value: Arg) -> bool:
        return any(
            isinstance(part, tree.Size)
            for each in _expressions(value)
            for part in parts_of(each.text)
        )

    def _leaves(self, path: str, value: Arg) -> Iterator[tuple[str, str]]:
        """Yield the places of an argument with their text; holes are wires."""
        if isinstance(value, Hole):
            return
        if isinstance(value, tuple):
            yield f"{path}#", str(len(value))
            for place, item in enumerate(value):
                yield from self._leaves(f"{path}[{place}]", item)
        elif isinstance(value, Slice):
            for word in ("start", "stop", "step"):
                yield from self._leaves(f"{path}.{word}", getattr(value, word))
        elif isinstance(value, FrozenMap):
            for key in sorted(value):
                yield from self._leaves(f"{path}.{key}", value[key])
        elif isinstance(value, Name):
            yield path, "torch." + value.text.removeprefix("torch.")
        elif isinstance(value, At):
            yield path, str(value.address)
        else:
            yield path, self._written(value).text

    def _written(self, value: Arg) -> Expression:
        try:
            return written(value, self._rename)
        except NoLiteral as problem:
            return emit.literal(str(problem))

    def _rename(self, name: str, axis: int | None) -> Expression:
        if axis is not None:
            return emit.subscript(emit.name(f"shape_{self._port(name)}"), emit.number(axis))
        if name == "n" and self.count is not None:
            return self.count
        known = self.plan.parameters.get(name) or self.bare.sizes(self.key).get(name)
        return emit.name(known or name)

    def _port(self, name: str) -> str:
        """Return the first port that is fed as this one is: which is meant makes no difference."""
        plan, wires = self.plan, self.plan.wires[self.node]
        mine = plan.origin(next((s for p, s in wires.items() if p == name), None))
        alike = sorted(p for p, s in wires.items() if mine is not None and plan.origin(s) == mine)
        return (alike[0] if alike else name).replace("[", "_").replace("]", "").replace(".", "_")


SILENT = {"io": ("shape", "dtype", "again", "use")}
"""Arguments that say nothing in the code of forward."""


def _place(spec: Spec, node: Node, path: str) -> str:
    """Return a place of an index as code has it: an index of one part is that part."""
    index = node.args.get("index")
    if spec.name not in ("op.getitem", "op.setitem") or not isinstance(index, tuple):
        return path
    if len(index) == 1 and not isinstance(index[0], tuple):
        return path.replace("index[0]", "index", 1)
    return path


def _real(value: Arg) -> Arg:
    if isinstance(value, tuple):
        return tuple(map(_real, value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _expressions(value: Arg) -> Iterator[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
