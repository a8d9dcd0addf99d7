"""After each of many small edits, what is remembered gives the verdict that a new judge gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from app.engine.judge import Judge
from app.engine.judge_change import changed_arguments
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Arg, FrozenMap, Node, NodeId, Project
from tests.checking.lint_cases_in_place import CASES as IN_PLACE
from tests.checking.lint_cases_losses import CASES as FAULTS
from tests.checking.lint_cases_silent import CASES as SILENT
from tests.checking.test_diagnosers import CASES as BROKEN
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).parents[2]
OTHERS = sorted(f for f in (ROOT / "tests/projects").glob("*.netwright") if f.stem != "empty")
FILES = [*FIRST_EXAMPLES, *OTHERS]
DRAWN = [case.project for case in (*BROKEN[::4], *FAULTS[::6], *SILENT[::4], *IN_PLACE)]


def with_argument(project: Project, id_: NodeId, name: str, value: Arg) -> Project:
    graph = project.main.graph
    node = graph.nodes[id_]
    args = node.args.without(name) if value is None else node.args.set(name, value)
    graph = replace(graph, nodes=graph.nodes.set(id_, replace(node, args=args)))
    return project.with_block("main", replace(project.main, graph=graph))


def other(value: Arg, random: Random) -> Arg:
    """Return a value that is near another one, and sometimes of no sense."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return random.choice([value + 1, value - 1, value * 2, max(value // 2, 1), 0])
    if isinstance(value, float):
        return random.choice([value / 2, value + 1, 1.0, 0.0])
    return value


def edited(project: Project, random: Random) -> Project:
    """Return the project with an argument of some node of the main graph changed, or cleared."""
    nodes = project.main.graph.nodes
    for _ in range(50):
        id_ = random.choice(list(nodes))
        node, spec = nodes[id_], catalogue().get(nodes[id_].spec)
        names = [a.name for a in spec.arguments if a.port is None] if spec else []
        if not names:
            continue
        name = random.choice(names)
        argument = spec.argument(name) if spec else None
        before = node.args.get(name, argument.default if argument else None)
        after = None if name in node.args and random.random() < 0.2 else other(before, random)
        if after != before:
            return with_argument(project, id_, name, after)
    return renamed(project, random)


def renamed(project: Project, random: Random) -> Project:
    """Return the project with another name for a node, or told to be silent of something."""
    graph = project.main.graph
    id_ = random.choice(list(graph.nodes))
    node: Node = replace(graph.nodes[id_], name=f"named {random.randrange(9)}")
    graph = replace(graph, nodes=graph.nodes.set(id_, node))
    return project.with_block("main", replace(project.main, graph=graph))


def unwired(project: Project, random: Random) -> Project:
    """Return the project without one of its wires."""
    graph = project.main.graph
    if not graph.wires:
        return project
    graph = replace(graph, wires=graph.wires.without(random.choice(list(graph.wires))))
    return project.with_block("main", replace(project.main, graph=graph))


def said(verdict: Verdict) -> dict[str, object]:
    """Return all that a verdict says, apart from how it was found."""
    plain = {
        name: FrozenMap(getattr(verdict, name))
        for name in ("types", "inferred", "block_inferred", "parameters", "flops", "status")
    }
    bytes_ = {n: getattr(verdict, n) for n in ("activations", "passing", "standing", "inner")}
    return {**plain, **bytes_, "diagnostics": verdict.diagnostics}


def compare(project: Project, seed: int, steps: int) -> int:
    """Edit a project step by step; return how often a change was a small one."""
    random, remembering, small = Random(seed), Judge(), 0
    remembering.judge(project)
    known = [project]
    for _ in range(steps):
        turn = random.random()
        before = known[-1] if turn < 0.85 else random.choice(known)
        project = edited(before, random)
        if turn < 0.1:
            project = renamed(before, random)
        elif turn < 0.15:
            project = unwired(before, random)
        small += changed_arguments(known[-1], project) is not None
        fresh = Judge()
        fresh._caller = remembering._caller
        assert said(remembering.judge(project)) == said(fresh.judge(project))
        known.append(project)
    return small


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_files_are_judged_as_if_new_after_each_edit(file: Path) -> None:
    compare(load(file).project, 5, 4)


def test_drawings_with_faults_are_judged_as_if_new_after_each_edit() -> None:
    small = [compare(project, seed, 6) for seed, project in enumerate(DRAWN)]
    assert sum(small) > 2 * len(DRAWN), "too few of the edits are small ones"


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_files_are_judged_as_if_new_after_many_edits(file: Path) -> None:
    for seed in range(2):
        compare(load(file).project, 100 + seed, 40)
