"""Nodes with several outputs: their results are taken apart and named."""

from __future__ import annotations

from collections.abc import Mapping

from codegen import emit
from codegen.model_class import ClassPlan
from codegen.model_plan import Planner
from codegen.model_roles import ORDINALS, role_of, wanted_as
from codegen.model_variables import Value, Variables
from codegen.names import fresh, slug
from codegen.statements import assign
from graph_editor.catalogue.spec import OutputTree
from graph_editor.document.model import NodeId, OutPort


class Unpacking:
    """Takes results apart."""

    def __init__(self, planner: Planner, plan: ClassPlan, variables: Variables) -> None:
        self.planner = planner
        self.plan = plan
        self.variables = variables

    def unpack(self, node: NodeId, tree: OutputTree, made: Value) -> None:
        """Write ``output, (h_n, _) = call``."""
        self.variables.flush()
        plan = self.plan
        for read in made.reads:
            self.variables.reading[read] -= 1
        used = [leaf for leaf in flat(tree) if plan.uses[OutPort(node, leaf)]]
        names: dict[str, str] = {}
        roles = self._roles(node, used)
        for leaf in used:
            chain = len(used) == 1 and leaf in ("output", "attn_output")
            if chain and not self.variables.live(self.variables.bound.get("x")):
                names[leaf] = "x"
            else:
                names[leaf] = fresh(roles[leaf], {*self.variables.names_live(), *names.values()})
        text = pattern(tree, names, True)
        self.variables.body.append(assign(text, made.text, self.plan.address(node)))
        for leaf, name in names.items():
            port = OutPort(node, leaf)
            self.variables.bound[name] = port
            self.variables.values[port] = Value(emit.name(name), node)

    def _roles(self, node: NodeId, used: list[str]) -> dict[str, str]:
        """Return what each output is called: by what it is for, or by its own name."""
        own = self._block_roles(node) if self.plan.node(node).kind == "block" else {}
        ports = {leaf: OutPort(node, leaf) for leaf in used}
        return {
            leaf: role_of(self.plan, port)
            or own.get(leaf)
            or wanted_as(self.plan, port, self._inner)
            or leaf_word(leaf)
            for leaf, port in ports.items()
        }

    def _block_roles(self, node: NodeId) -> dict[str, str]:
        inner = self._inner(node)
        return {n: slug(inner.node(n).name) for n in inner.outputs()}

    def _inner(self, node: NodeId) -> ClassPlan:
        """Return the plan of the block that a node uses."""
        return self.planner.plans[self.plan.node(node).spec.partition(".")[2]]


def leaf_word(leaf: str) -> str:
    """Return what an output is called that is one of several: ``second`` of some chunks."""
    stem, bracket, index = leaf.partition("[")
    place = int(index[:-1]) if bracket and index[:-1].isdigit() else len(ORDINALS)
    return ORDINALS[place] if place < len(ORDINALS) else slug(stem) or "part"


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
