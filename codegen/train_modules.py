"""The modules of a training step outside the model: critics, teachers, shadows, single weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, Rename, unknown, written
from codegen.model import draft_of
from codegen.model_addresses import Reached, parameter_path, reach
from codegen.model_arguments import constructed
from codegen.model_class import ClassPlan
from codegen.model_custom import piece_called
from codegen.model_frozen import TRACKED
from codegen.model_members import Members, begins_otherwise
from codegen.model_plan import Planner
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    BlockId,
    Node,
    NodeId,
    PortPath,
    Project,
    same,
)

STATISTICS = "freeze_statistics"
MODE_DEPENDENT = (
    *("Dropout", "BatchNorm", "InstanceNorm", "RReLU", "LSTM", "GRU", "RNN"),
    *("MultiheadAttention", "Transformer"),
)
"""Parts of names of the modules that look at whether they are trained."""
DEVICE = emit.name("device")


@dataclass
class Outside:
    """Writes what the step owns, and where the code finds what the model owns.

    model.py is planned only when something asks for it: most trainings have nothing of the kind.
    """

    project: Project
    lookup: Lookup
    verdict: Verdict

    @cached_property
    def planner(self) -> Planner:
        """The plans of the classes in model.py, each with its attributes named."""
        return draft_of(self.project, self.lookup, self.verdict).planner

    @property
    def plan(self) -> ClassPlan:
        """What stands about the model, planned as if it were a class."""
        return self.planner.outer

    def node(self, node_id: NodeId) -> Node:
        """Return a node of the main graph."""
        return self.project.main.graph.nodes[node_id]

    def owns_weights(self, node_id: NodeId) -> bool:
        """Whether a node of the step is a module or a tensor that is kept from step to step."""
        node, spec = self.node(node_id), self.lookup(self.node(node_id).spec)
        if node.kind in ("block", "buffer") or node.spec == "param.tensor":
            return True
        if node.kind != "nn" or spec is None:
            return False
        learns = bool(self.verdict.parameters.get(Address(node_id), 0))
        return learns or bool(piece_called(spec)) or spec.argument(TRACKED) is not None

    def changes_with_mode(self, node_id: NodeId) -> bool:
        """Whether a node of the step, or something in it, may be another function in training."""
        return changes_with_mode(self.project, self.node(node_id), self.lookup)

    def follows(self, node_id: NodeId) -> bool:
        """Whether a module is a copy that follows the weights of another one."""
        weights = self.node(node_id).weights
        return weights is not None and weights.follows is not None

    def is_resting(self, node_id: NodeId) -> bool:
        """Whether nothing of a module is ever trained, so that it stays in evaluation mode."""
        return self.follows(node_id) or "." in self.node(node_id).freeze

    def class_of(self, node_id: NodeId) -> str:
        """Return the class in model.py that a node of the step is an instance of, if any."""
        node = self.node(node_id)
        if node.kind != "block" or self.follows(node_id):
            return ""
        return self.planner.plans[node.spec.partition(".")[2]].class_name

    def made(self, names: Mapping[str, str], node_id: NodeId) -> Expression:
        """Return the expression that makes what a node of the step owns. Raises CannotWrite."""
        node = self.node(node_id)
        if self.follows(node_id):
            copied = emit.call(emit.name("copy.deepcopy"), [self.followed(names, node_id)])
            return self._resting(node, copied)
        if node.kind in ("param", "buffer"):
            return self._tensor(node_id, node)
        if begins_otherwise(self.planner, node):
            raise CannotWrite(node_id, "init_std outside the model", "Put it into a block")
        made = emit.call(emit.attribute(self.constructed(node_id), "to"), [DEVICE])
        return self._resting(node, made) if self.is_resting(node_id) else made

    def constructed(self, node_id: NodeId) -> Expression:
        """Return the expression that constructs the module of a node."""
        return constructed(self.planner, self.plan, node_id, self._known(node_id))

    def _resting(self, node: Node, made: Expression) -> Expression:
        """Return a module that is never trained; unless its statistics move, nothing in it does."""
        made = emit.call(emit.attribute(made, "requires_grad_"), [emit.literal(False)])
        if node.args.get(STATISTICS, node.extra.get(STATISTICS, True)) is False:
            return made
        return emit.call(emit.attribute(made, "eval"))

    def followed(self, names: Mapping[str, str], node_id: NodeId) -> Expression:
        """Return the module whose weights a shadow follows. Raises CannotWrite."""
        shadow = self.node(node_id)
        assert shadow.weights is not None
        address = shadow.weights.follows or ""
        steps = address.split("/")
        if steps[0] == node_id:
            raise CannotWrite(node_id, "it follows its own weights", "Choose another node")
        whole = self.project.main
        source: Node | None = None
        for place, step in enumerate(steps):
            source = whole.graph.nodes.get(NodeId(step.partition("[")[0]))
            block = source and self.project.blocks.get(BlockId(source.spec.partition(".")[2]))
            if source is None or (place < len(steps) - 1 and block is None):
                raise CannotWrite(node_id, f"it follows {address}, which is gone", "Choose it anew")
            whole = block or whole
        assert source is not None
        if source.spec != shadow.spec or source.kind not in ("nn", "block"):
            what = f"it follows {address}, which is another kind of module"
            raise CannotWrite(node_id, what, "Choose one of its own kind")
        spec = self.lookup(source.spec)
        for argument in spec.arguments if spec else ():
            given = (n.args.get(argument.name, argument.default) for n in (shadow, source))
            if argument.stage == "constructor" and not same(*given):
                what = f"{argument.name} differs from that of {address}, which it follows"
                raise CannotWrite(node_id, what, f"Make {argument.name} equal")
        if (variable := names.get(f"module.{address}")) is not None:
            return emit.name(variable)
        return self.inside(address, "it follows", node_id)

    def _known(self, node_id: NodeId) -> Rename:
        """Return how names in constructor arguments are written: all are numbers here."""
        parameters = {p.name: p.default for p in self.project.main.parameters}

        def known(word: str, axis: int | None) -> Expression:
            if axis is None:
                value = parameters.get(word)
                return unknown(word) if value is None else written(value)
            source = self.plan.wires[node_id].get(PortPath(word))
            size = self.planner.known_size(self.plan, source, axis) if source else None
            return unknown(word, axis) if size is None else written(size, known)

        return known

    def _tensor(self, node_id: NodeId, node: Node) -> Expression:
        """Return the expression of a parameter or a buffer."""
        shape = node.args.get("shape")
        sizes = shape if isinstance(shape, tuple) else (shape,)
        known = self._known(node_id)
        try:
            written_sizes = [written(size, known) for size in sizes if size is not None]
        except NoLiteral as problem:
            raise CannotWrite(node_id, f"shape: {problem}", "Type the sizes") from None
        members = Members(self.planner, self.plan)
        keywords = {"device": DEVICE}
        if (dtype := node.args.get("dtype")) is not None:
            keywords = {"dtype": written(dtype), **keywords}
        items = written_sizes or [emit.tuple_of(())]
        value = members._filled(node, items, keywords, node_id)
        learns = node.kind == "param" and not self.is_resting(node_id)
        return emit.call(emit.name("nn.Parameter"), [value]) if learns else value

    def weight(
        self, names: Mapping[str, str], address: str, parameter: str, blame: NodeId
    ) -> Expression:
        """Return a weight of a node that is read as a value. Raises CannotWrite."""
        first, _, rest = address.partition("/")
        variable, plan, within = "model", self.planner.plans.get("main"), address
        if f"module.{first}" in names:
            variable, within = names[f"module.{first}"], rest
            node = self.plan.node(NodeId(first))
            if node.kind == "param":
                return emit.name(variable)
            plan = self.planner.plans.get(node.spec.partition(".")[2])
        key = parameter
        if within:
            whole = f"{within}.{parameter}"
            found = plan and parameter_path(self.planner, plan, whole, "it reads", blame)
            key = found.text.removeprefix("self.") if isinstance(found, Expression) else ""
        if not key:
            raise CannotWrite(blame, f"it reads {address}, which is not used", "Connect it")
        key = key.replace("[", ".").replace("]", "")
        called = emit.attribute(emit.name(variable), "get_parameter")
        return emit.call(called, [emit.literal(key)])

    def part(self, variable: str, address: str, what: str, blame: NodeId) -> Reached:
        """Return a part of a block beside the model: ``critic.conv1``. Raises CannotWrite."""
        first, _, rest = address.partition("/")
        plan = self.planner.plans.get(self.node(NodeId(first)).spec.partition(".")[2])
        found = reach(self.planner, plan, rest, what, blame) if plan is not None else None
        if found is None:
            raise CannotWrite(blame, f"{what} {address}, which is not used", "Choose another part")
        if found.loops or found.several:
            feature = f"{what} {address}, which lies in every copy of a repeat"
            raise CannotWrite(blame, feature, "Name one copy, as in blocks[0]")
        path = Expression(variable + found.path.text.removeprefix("self"), simple=True)
        return replace(found, path=path)

    def inside(self, address: str, what: str, blame: NodeId) -> Expression:
        """Return where the code finds a thing in the model: ``model.body.conv1``.

        Raises CannotWrite for what is not there.
        """
        main = self.planner.plans.get("main")
        found = reach(self.planner, main, address, what, blame) if main is not None else None
        if found is None:
            raise CannotWrite(blame, f"{what} {address}, which is not used", "Choose another part")
        if found.loops:
            raise CannotWrite(
                blame,
                f"{what} {address}, which lies in every copy of a repeat",
                "Name one copy, as in blocks[0], or the repeated block as a whole",
            )
        return Expression("model" + found.path.text.removeprefix("self"))


def changes_with_mode(project: Project, node: Node, lookup: Lookup) -> bool:
    """Whether a module may be another function in training; of custom code that is not known."""
    if node.kind == "block":
        block = project.blocks.get(BlockId(node.spec.partition(".")[2]))
        inside = block.graph.nodes.values() if block is not None else ()
        return any(changes_with_mode(project, each, lookup) for each in inside)
    spec = lookup(node.spec) if node.kind == "nn" else None
    return bool(piece_called(spec)) or (
        spec is not None and any(word in spec.name for word in MODE_DEPENDENT)
    )
