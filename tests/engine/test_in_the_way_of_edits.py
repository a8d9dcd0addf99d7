"""A drawing in the making is judged at every stage: nothing raises; what is missing is named."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.judge import Judge
from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import delete, disconnect, in_block
from graph_editor.document.files import load
from graph_editor.document.model import FrozenMap, InPort, Project
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).parents[2]
EXAMPLES = FIRST_EXAMPLES
SAMPLES = sorted((ROOT / "tests" / "projects").glob("*.netwright"))
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
each_sample = pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
JUDGE = Judge()


def empty(project: Project) -> Iterator[InPort]:
    """Yield the inputs of the main graph that must be fed and are not."""
    lookup, graph = specs_of(project), project.main.graph
    for id_, node in graph.nodes.items():
        spec = lookup(node.spec)
        if spec is None or id_ in project.main.inputs:
            continue
        wired = [t.port for t in graph.wires if t.node == id_]
        for port in input_ports(spec, node, wired):
            if not port.optional and port.path not in wired and port.path not in node.args:
                yield InPort(id_, port.path)


def judged(project: Project, fixes: bool = False) -> Verdict:
    """Return the verdict on a project, in which every node that lacks an input has to say so."""
    verdict = JUDGE.judge(project, fixes=fixes)
    said = {d.node: d.port for d in verdict.diagnostics if d.code == "missing-input"}
    missing = set(empty(project))
    for target in missing:  # a node says one thing at a time
        if verdict.status[target.node] in ("ok", "error"):  # type: ignore[index]  # an address is a string
            port = said[target.node]  # type: ignore[index]  # as above
            assert InPort(target.node, port) in missing, target  # type: ignore[arg-type]  # a path
    for node, status in verdict.status.items():
        assert status != "waiting" or verdict.diagnostics, f"{node} waits: nothing says for what"
    return verdict


@each_example
def test_a_wire_taken_away_is_missed_at_its_end(path: Path) -> None:
    project = load(path).project
    for target in project.main.graph.wires:
        judged(in_block(project, "main", lambda graph, at=target: disconnect(graph, at)))  # type: ignore[misc]  # the default binds the wire


@each_example
def test_a_node_taken_away_is_missed_where_it_led(path: Path) -> None:
    project = load(path).project
    for node in project.main.graph.nodes:
        judged(delete(project, "main", [node]))


@each_example
def test_every_stage_of_wiring_is_judged(path: Path) -> None:
    wiring_is_judged(load(path).project, often=12)


@each_example
def test_every_stage_of_taking_apart_is_judged(path: Path) -> None:
    taking_apart_is_judged(load(path).project)


def wiring_is_judged(project: Project, often: int) -> None:
    """Draw the wires one after another; what the judge remembers of one stage harms no other."""
    order = list(project.main.graph.wires.items())
    random.Random(7).shuffle(order)
    for count in range(len(order) + 1):
        wires = FrozenMap(order[:count])
        graph = replace(project.main.graph, wires=wires)
        stage = project.with_block("main", replace(project.main, graph=graph))
        verdict = judged(stage)
        if count % often == 0 or count == len(order):
            fresh = Judge().judge(stage, fixes=False)
            assert replace(verdict, evaluated=0) == replace(fresh, evaluated=0)


def taking_apart_is_judged(project: Project) -> None:
    """Take the nodes away one after another, in any order, until none is left."""
    order = list(project.main.graph.nodes)
    random.Random(11).shuffle(order)
    for node in order:
        project = delete(project, "main", [node])
        judged(project)
    assert not project.main.graph.nodes


@pytest.mark.slow
@each_example
def test_fixes_of_what_is_missing_raise_nothing(path: Path) -> None:
    project = load(path).project
    for node in project.main.graph.nodes:
        judged(delete(project, "main", [node]), fixes=True)


@pytest.mark.slow
@each_sample
def test_every_stage_of_a_sample_is_judged(path: Path) -> None:
    project = load(path).project
    wiring_is_judged(project, often=8)
    taking_apart_is_judged(project)
