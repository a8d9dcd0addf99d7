"""Writes model.py again after an edit: the statements that the edit does not touch are kept."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any

from codegen.model import ClassDraft, Draft, ModelText, draft_of, refuse_errors
from codegen.model_class import ClassPlan
from codegen.model_facts import Facts
from codegen.model_frozen import TRACKED
from codegen.model_members import Members
from codegen.model_plan import Planner
from codegen.model_variables import shape_remark
from codegen.state_names import parameter_names
from codegen.statements import Line
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.run_settings import shows_shapes
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import MISSING, Block, Name, Node, NodeId, Project, same

ELSEWHERE = ("nn", "data", "transform", "metric", "optim", "lr_scheduler")
"""Kinds whose literal arguments matter to no class while the node is in none."""
Changes = dict[str, list[NodeId]]
"""Block key -> nodes whose arguments have changed."""


class ModelWriter:
    """Writes one drawing again and again. It remembers the last writing, and only that.

    What it returns is equal to what ``write_model`` returns. It is fast where literal arguments of
    modules changed, or things outside the model; after any other edit all is written anew.
    """

    def __init__(self) -> None:
        self._last: Draft | None = None

    def write(self, project: Project, lookup: Lookup, verdict: Verdict) -> ModelText:
        """Return model.py. Raises CannotWrite."""
        refuse_errors(verdict)
        draft = self._again(project, lookup, verdict) or draft_of(project, lookup, verdict)
        self._last = draft
        return draft.text()

    def _again(self, project: Project, lookup: Lookup, verdict: Verdict) -> Draft | None:
        """Return the last draft with the few statements that changed, or None if more did."""
        last = self._last
        if last is None or "main" not in last.classes or project.code:
            return None
        changes = _changes(last.planner.project, project)
        if changes is None or not _same_specs(last.planner, lookup):
            return None
        if not all(_local(last.planner, project, key, n) for key in changes for n in changes[key]):
            return None
        try:
            return _revised(last, project, lookup, verdict, changes)
        except CannotWrite:
            return None  # writing all anew finds what is to be refused first


def _revised(
    last: Draft, project: Project, lookup: Lookup, verdict: Verdict, changes: Changes
) -> Draft | None:
    """Return a draft in which the statements of changed nodes and answers are made anew."""
    before = last.planner
    facts = Facts(verdict)
    places = facts.changed(before.facts)
    if None in places:
        return None
    planner = copy(before)
    planner.project, planner.lookup = project, cache(lookup)
    planner.verdict, planner.facts = verdict, facts
    planner.plans = {
        key: replace(plan, block=project.block(key)) if key in changes else plan
        for key, plan in before.plans.items()
    }
    for key in changes:
        if key in planner.plans:
            places |= {(key, _place(planner.plans[key], node)) for node in changes[key]}
    facts.asked = dict(before.facts.asked)
    made: dict[str, list[tuple[int, Line]]] = {}
    for place in places:
        assert place is not None
        key, node = place
        if node in last.classes[key].places:
            facts.asked.pop(place, None)
            line = Members(planner, planner.plans[key]).statement(node)
            made.setdefault(key, []).append((last.classes[key].places[node], line))
    classes = {key: _with(draft, made.get(key, [])) for key, draft in last.classes.items()}
    classes["main"] = _with_shapes(classes["main"], before.verdict, verdict)
    return Draft(planner, classes)


def _place(plan: ClassPlan, node: NodeId) -> NodeId:
    """Return the node for which the statement is made that builds a node."""
    return plan.groups[plan.group_of[node]][0] if node in plan.group_of else node


def _with(draft: ClassDraft, lines: list[tuple[int, Line]]) -> ClassDraft:
    if not lines:
        return draft
    made = list(draft.made)
    for place, line in lines:
        made[place] = line
    return replace(draft, made=made)


def _with_shapes(draft: ClassDraft, before: Verdict, verdict: Verdict) -> ClassDraft:
    """Return the main class with the shapes of a new verdict at the ends of its lines."""
    old, new = before.types, verdict.types
    if old is new:
        return draft
    body = list(draft.body)
    for index, port in draft.remarks.items():
        if old.get(port) is not new.get(port):
            line = body[index]
            assert isinstance(line, Line)
            body[index] = replace(line, remark=shape_remark(verdict, port))
    return replace(draft, body=body)


def _changes(before: Project, after: Project) -> Changes | None:
    """Return the nodes that are not the same in two projects, or None if more than nodes differ."""
    if before.blocks.keys() != after.blocks.keys() or not same(before.code, after.code):
        return None
    if shows_shapes(before.run) != shows_shapes(after.run):
        return None
    found: Changes = {}
    for key in ("main", *after.blocks):
        old, new = before.block(key), after.block(key)
        if old is new:
            continue
        if not _same_frame(old, new):
            return None
        changed = new.graph.nodes.changed_from(old.graph.nodes)
        if changed:
            found[key] = changed
    return found


def _same_frame(old: Block, new: Block) -> bool:
    """Whether two blocks differ in nothing but what stands in their nodes."""
    return (
        all(same(getattr(old, name), getattr(new, name)) for name in FRAME)
        and same(old.graph.wires, new.graph.wires)
        and same(old.graph.ties, new.graph.ties)
        and list(old.graph.nodes) == list(new.graph.nodes)
    )


FRAME = ("name", "parameters", "inputs", "outputs", "doc")
FIELDS = ("spec", "name", "when", "repeat", "weights", "freeze", "extra")


def _same_specs(planner: Planner, lookup: Lookup) -> bool:
    """Whether the specs that the classes use are what they were."""
    names = {node.spec for plan in planner.plans.values() for node in plan.nodes.values()}
    return all(
        (new := lookup(name)) is (old := planner.lookup(name)) or new == old for name in names
    )


def _local(planner: Planner, project: Project, key: str, node: NodeId) -> bool:
    """Whether the change of a node can show in no statement but the one that builds it."""
    old = planner.project.block(key).graph.nodes[node]
    new = project.block(key).graph.nodes[node]
    spec = planner.lookup(new.spec)
    plan = planner.plans.get(key)
    inside = plan is not None and (node in plan.attributes or node in plan.order)
    if spec is None or new.kind not in (("nn",) if inside else ELSEWHERE):
        return False
    if not all(same(getattr(old, name), getattr(new, name)) for name in FIELDS):
        return False
    if inside and plan is not None and _shared(plan, node):
        return False
    if [k for k in old.args if k in new.args] != [k for k in new.args if k in old.args]:
        return False
    if inside and _addressed(planner) and not _same_weights(spec, old, new):
        return False
    names = dict.fromkeys((*old.args, *new.args))
    return all(_harmless(spec, name, old, new, inside) for name in names)


def _addressed(planner: Planner) -> bool:
    """Whether anything mentions a weight by its name, which an edit may take away."""
    return any(
        plan.graph.ties or any(node.spec == "param.of" for node in plan.nodes.values())
        for plan in planner.plans.values()
    )


def _same_weights(spec: Spec, old: Node, new: Node) -> bool:
    """Whether a module has weights of the same names before and after, so far as that is plain."""
    try:
        return parameter_names(spec, old.args) == parameter_names(spec, new.args)
    except (KeyError, TypeError):
        return False  # the number of layers is a formula, or a size is left to inference


def _shared(plan: ClassPlan, node: NodeId) -> bool:
    """Whether several nodes call a node's module: then their arguments must agree."""
    users = (n.weights.same_as for n in plan.nodes.values() if n.weights is not None)
    return plan.owner(node) != node or node in users


def _harmless(spec: Spec, name: str, old: Node, new: Node, inside: bool) -> bool:
    before, after = old.args.get(name, MISSING), new.args.get(name, MISSING)
    if same(before, after):
        return True
    argument = spec.argument(name)
    if argument is None or not (_literal(before) and _literal(after)):
        return False
    return not inside or _only_builds(spec, argument, before is MISSING or after is MISSING)


def _only_builds(spec: Spec, argument: Argument, came_or_went: bool) -> bool:
    """Whether an argument of a module is passed to its constructor and decides nothing else."""
    if argument.stage != "constructor" or (argument.required and came_or_went):
        return False
    if argument.style == "pseudo" or argument.name == TRACKED:
        return False
    return argument.name != spec.count and all(v.argument != argument.name for v in spec.variants)


def _literal(value: Any) -> bool:
    """Whether an argument stands for itself: no formula, no wire, no mention of a node."""
    if isinstance(value, tuple):
        return all(map(_literal, value))
    return value is MISSING or value is None or isinstance(value, bool | int | float | str | Name)
