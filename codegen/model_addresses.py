"""Where the code finds a node that an address names: an attribute, or one in every copy."""

from __future__ import annotations

from dataclasses import dataclass

from codegen import emit
from codegen.emit import Expression
from codegen.model_class import ClassPlan
from codegen.model_custom import piece_called
from codegen.model_expressions import value_of
from codegen.model_members import Members
from codegen.model_plan import Planner
from codegen.names import fresh
from codegen.state_map import concrete
from codegen.state_names import parameter_names
from codegen.written import CannotWrite
from graph_editor.document.model import Node, NodeId


@dataclass(frozen=True, slots=True)
class Reached:
    """A node below a class, as the methods of that class say it."""

    path: Expression
    plan: ClassPlan
    """The class in which the node lies."""
    node: NodeId
    loops: tuple[tuple[str, Expression], ...] = ()
    """Variables over the copies of repeated blocks on the way, outermost first."""
    several: bool = False
    """Whether the path leads to a list of copies."""

    @property
    def found(self) -> Node:
        """The node whose module it is."""
        return self.plan.node(self.plan.owner(self.node))


def reach(planner: Planner, plan: ClassPlan, address: str, what: str, blame: str) -> Reached | None:
    """Return what an address below plan's graph means; None for what forward does not use.

    Raises CannotWrite, which blames a node, for an address that leads nowhere.
    """
    path: Expression = emit.name("self")
    loops: tuple[tuple[str, Expression], ...] = ()
    used = {"self", *plan.parameters.values(), *(e.name for e in plan.extras)}
    at, steps = plan, address.split("/")
    for place, step in enumerate(steps):
        stem, bracket, _ = step.partition("[")
        node = NodeId(stem)
        if node not in at.graph.nodes:
            raise CannotWrite(blame, f"{what} {address}, which is gone", "Choose it anew.")
        owner = at.owner(node)
        if owner not in at.attributes and owner not in at.group_of:
            return None
        below = Members(planner, at).path(node).text.removeprefix("self")
        path = emit.name(path.text + below)
        found, last = at.node(owner), place == len(steps) - 1
        several = _own_copies(found)
        if bracket:
            path = emit.subscript(path, emit.number(_copy(found, step, what, blame)))
        elif several and not last:
            word = fresh("block", used)
            used.add(word)
            loops = (*loops, (word, path))
            path = emit.name(word)
        if last:
            return Reached(path, at, node, loops, several and not bracket)
        if found.kind != "block":
            raise CannotWrite(blame, f"{what} {address}, but {stem} is no block", "Choose anew.")
        at = planner.plans[found.spec.partition(".")[2]]
    return None


def _own_copies(node: Node) -> bool:
    return node.repeat is not None and not node.repeat.shared


def _copy(node: Node, step: str, what: str, blame: str) -> int:
    """Return which copy ``blocks[2]`` is."""
    index = step.partition("[")[2].removesuffix("]")
    count = value_of(node.repeat.count, {}) if node.repeat is not None else 0
    if not index.isdecimal() or not _own_copies(node):
        raise CannotWrite(blame, f"{what} {step}, but that is not repeated", "Choose it anew.")
    if count is not None and int(index) >= count:
        raise CannotWrite(blame, f"{what} {step}, but there are {count} copies", "Choose another.")
    return int(index)


def parameter_path(
    planner: Planner, plan: ClassPlan, address: str, what: str, blame: str
) -> Expression | None:
    """Return the path of ``block/node.weight``; None where forward does not use the node.

    Raises CannotWrite for what is no parameter there.
    """
    above, slash, last = address.rpartition("/")
    node, _, parameter = last.partition(".")
    path, names = f"{above}{slash}{node}", parameter.split(".")
    if not node or not names[-1].isidentifier() or not all(map(_is_part, names)):
        raise CannotWrite(blame, f"{what} {address}: no parameter's name", "Choose it anew.")
    found = reach(planner, plan, path, what, blame)
    if found is None:
        return None
    if found.loops or found.several:
        way_out = "Say which copy, as in blocks[0]."
        raise CannotWrite(blame, f"{what} {address}, of which there are several", way_out)
    if not _has(planner, found, parameter):
        raise CannotWrite(
            blame, f"{what} {address}, but {found.found.spec} has no {parameter}", "Choose another."
        )
    made = found.path
    for name in names:
        if name.isdecimal():
            made = emit.subscript(made, emit.number(int(name)))
        else:
            made = emit.attribute(made, name)
    return made


def _is_part(name: str) -> bool:
    """Whether a part of a parameter's name is an attribute, or a place in a list of modules."""
    return name.isascii() and (name.isidentifier() or name.isdecimal())


STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
COMPOSED = ("nn.Transformer", "nn.AdaptiveLogSoftmaxWithLoss")
"""How the modules begin that are made of others: the judge knows what their weights are called."""


def _has(planner: Planner, reached: Reached, parameter: str) -> bool:
    """Whether a module has a parameter of that name, so far as its arguments are known."""
    plan, found = reached.plan, reached.found
    spec = planner.lookup(found.spec)
    if found.spec.startswith(COMPOSED):
        return True
    if piece_called(spec):
        return parameter in planner.state_keys(plan.address(plan.owner(reached.node)))
    if spec is None or found.kind != "nn" or parameter in STATISTICS:
        return False
    if spec.category == "Losses" and "." not in parameter:
        return False  # the weights of classes are buffers
    scope = plan.scopes[0] if plan.scopes else {}
    address = plan.address(plan.owner(reached.node))
    args = concrete(planner, found, spec, address, scope)
    return parameter in parameter_names(spec, args)
