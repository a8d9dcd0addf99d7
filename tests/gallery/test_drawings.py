"""The drawings of the gallery: canonical files without a remark, each another kind of network."""

from __future__ import annotations

from collections import Counter

import pytest

from app.dialogs.welcome_templates import templates_in
from app.session.shown import findings_of
from graph_editor.document.files import dumps
from graph_editor.document.model import Project
from tests.codegen.training_projects import EXAMPLES
from tests.gallery.gallery import NAMES, goal_of, nodes_of, project_of, verdict_of

LEAST = 35
PLAIN = 5
"""So many templates may be a chain from one input, with one optimizer."""
TEMPLATES = {template.path.stem: template for template in templates_in(EXAMPLES)}
JOINS = ("op.add", "op.matmul", "op.mul", "torch.cat", "torch.stack")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_canonical_clean_and_says_what_it_is(name: str) -> None:
    project = project_of(name)
    assert dumps(project) == (EXAMPLES / f"{name}.netwright").read_text(encoding="utf-8")
    assert verdict_of(name).diagnostics == ()
    assert project.main.name
    assert project.main.doc.endswith(".")
    assert all(block.name and block.doc for block in project.blocks.values())
    assert goal_of(name).metric.startswith("val_")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_reader_looks_for_has_a_name(name: str) -> None:
    graph = project_of(name).main.graph
    kinds = ("data.", "io.", "metric.", "optim.")
    assert all(node.name for node in graph.nodes.values() if node.spec.startswith(kinds))


def test_there_are_enough_templates_and_no_two_use_the_same_specs() -> None:
    assert len(NAMES) >= LEAST
    seen: dict[frozenset[tuple[str, int]], str] = {}
    for name in NAMES:
        specs = frozenset(Counter(node.spec for node in nodes_of(project_of(name))).items())
        assert specs not in seen, (name, seen[specs])
        seen[specs] = name


def test_all_but_a_few_are_more_than_a_chain() -> None:
    plain = [name for name in NAMES if not _is_more_than_a_chain(project_of(name))]
    assert len(plain) <= PLAIN, plain


def _is_more_than_a_chain(project: Project) -> bool:
    nodes = nodes_of(project)
    return (
        bool(project.blocks)
        or any(node.repeat is not None for node in nodes)
        or any(node.spec in JOINS for node in nodes)
        or sum(node.spec == "io.input" for node in nodes) > 1
        or sum(node.kind == "optim" for node in nodes) > 1
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_ranks_of_an_example_are_those_on_the_canvas(name: str) -> None:
    """After a change: ``python -m app.engine.example_facts > assets/examples/judged.json``."""
    known = findings_of(verdict_of(name)).ports
    wires = project_of(name).main.graph.wires.values()
    ports = {f"{wire.node}.{wire.port}" for wire in wires}
    ranks = TEMPLATES[name].ranks
    assert ranks == {port: known[port].rank for port in ports if port in known}
    assert ranks
    parameters = sum(verdict_of(name).parameters.values())
    assert TEMPLATES[name].facts.startswith(f"{parameters:,} parameters · ")
