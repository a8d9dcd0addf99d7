"""Names for the nodes of a drawing, so that its code has the attributes that a text has.

Most names come from what a node is and need not be said. Which of them must be is found by asking
the writer: it is told a name only where without one it would choose another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from codegen.model import write_model
from codegen.model_members import Members
from codegen.names import class_slug, slug
from codegen.reading.bare import Bare
from codegen.reading.isomorphism import pair
from codegen.reading.members import ReadModel
from codegen.reading.model import read_model
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import BlockId, NodeId, Project

ROUNDS = 8
"""How often the writer is asked; the numbers behind names rarely need a second time."""
Places = Mapping[tuple[str, NodeId], str]
FEW = 8
"""How many names are tried one by one."""
OPERATIONS = ("op", "Tensor", "torch", "F", "const")


def with_names(found: ReadModel, specs: Lookup) -> Project:
    """Return what was read, with the names that its text says."""
    project = with_attributes(found.project, found.attributes)
    return _with_variables(project, found, specs)


def with_attributes(project: Project, wanted: Places) -> Project:
    """Return the project with such names that modules become the attributes that are wanted."""
    for _ in range(ROUNDS):
        changed = project
        for key, node, name in list(_wrong(project, wanted)):
            changed = renamed(changed, key, node, name)
        if changed is project:
            break
        project = changed
    return project


def _wrong(project: Project, wanted: Places) -> Iterator[tuple[str, NodeId, str]]:
    """Yield the nodes whose attribute is another than wanted, with the name that would help."""
    for (key, node), have in attributes(project).items():
        want = wanted.get((key, node), have)
        name = project.block(key).graph.nodes[node].name
        if "[" in want:
            if "[" not in have and name:
                yield key, node, ""
        elif want != have and slug(name) != want:
            yield key, node, want


def attributes(project: Project) -> dict[tuple[str, NodeId], str]:
    """Return the attribute of every node that owns a module, as the writer chooses it."""
    bare = Bare(project, whole=True)
    found = {}
    for key, plan in bare.plans.items():
        members = Members(bare.planner, plan)
        members.name_all()
        for node in plan.order:
            if plan.owner(node) == node and (node in plan.attributes or node in plan.group_of):
                found[key, node] = members.path(node).text.removeprefix("self.")
    return found


def renamed(project: Project, key: str, node: NodeId, name: str) -> Project:
    """Return the project in which a node has another name."""
    block = project.block(key)
    nodes = block.graph.nodes.set(node, replace(block.graph.nodes[node], name=name))
    return project.with_block(key, replace(block, graph=replace(block.graph, nodes=nodes)))


def _with_variables(project: Project, found: ReadModel, specs: Lookup) -> Project:
    """Name operations where else their results would be called otherwise."""
    for _ in range(ROUNDS):
        changed = project
        for key, node, want in _called_otherwise(project, found, specs):
            if not project.block(key).graph.nodes[node].name:
                changed = _called(changed, key, node, want)
        if changed is project:
            break
        project = changed
    return _tried(project, found, specs)


def _called_otherwise(
    project: Project, found: ReadModel, specs: Lookup
) -> list[tuple[str, NodeId, str]]:
    """Return the nodes whose results would be called otherwise, with the names wanted."""
    there = []
    for (key, node), name in variables(project, specs).items():
        want = found.variables.get((key, node), name)
        if want != name and want != "x" and slug(want) == want:
            there.append((key, node, want))
    return there


def _tried(project: Project, found: ReadModel, specs: Lookup) -> Project:
    """Give blocks and their results such names as let their values be called as they are."""
    left = _called_otherwise(project, found, specs)
    for group in ([left] if len(left) > 1 else []) + [[each] for each in left[:FEW]]:
        best = (left, project)
        for way in range(3):
            made = project
            for key, node, want in group:
                made = _given(made, found, (key, node, want), way)
            now = _called_otherwise(made, found, specs) if made is not project else left
            if len(now) < len(best[0]) and attributes(made) == attributes(project):
                best = (now, made)
        left, project = best
    return project


def _given(
    project: Project, found: ReadModel, wanted: tuple[str, NodeId, str], way: int
) -> Project:
    """Return the project in which a block's instance, its one result, or both have a name."""
    key, node, want = wanted
    inner = project.block(key).graph.nodes[node].spec.removeprefix("block.")
    if way != 1:
        project = renamed(project, key, node, found.attributes.get((key, node), ""))
    if way and inner in project.blocks and len(project.block(inner).outputs) == 1:
        (result,) = project.block(inner).outputs
        project = renamed(project, inner, result, want)
    return project


def _called(project: Project, key: str, node: NodeId, name: str) -> Project:
    """Let the result of a node be called so: by its own name, or by that of the output it is."""
    graph = project.block(key).graph
    ends = [e.node for e, s in graph.wires.items() if s.node == node]
    outputs = [e for e in ends if graph.nodes[e].spec == "io.output"]
    if len(outputs) == 1 and not graph.nodes[outputs[0]].name:
        return renamed(project, key, outputs[0], name)
    if graph.nodes[node].kind in OPERATIONS:
        return renamed(project, key, node, name)
    return project


def variables(project: Project, specs: Lookup) -> dict[tuple[str, NodeId], str]:
    """Return the variable that each result is first bound to, as the writer chooses it."""
    try:
        text = write_model(project, specs_of(project), Verdict()).source.text
    except CannotWrite:
        return {}
    again = read_model(text, specs, main_class(project), project.code)
    pairing = pair(project, again.project)
    found = {}
    for (key, node), other in pairing.nodes.items():
        word = again.variables.get((pairing.graphs[key], other))
        if word is not None and project.block(key).graph.nodes[node].kind != "io":
            found[key, node] = word
    return found


def main_class(project: Project) -> str:
    """Return the class of the main graph; empty where that has no output and so no class."""
    plan = Bare(project).plans.get(MAIN)
    return plan.class_name if plan is not None else ""


def class_named(project: Project, key: str, name: str) -> Project:
    """Return the project in which a graph is called as its class."""
    block = project.block(key)
    if class_slug(block.name) == name:
        return project
    made = replace(block, name=name)
    if key == "main":
        return replace(project, main=made)
    return replace(project, blocks=project.blocks.set(BlockId(key), made))
