"""The gallery: every template as a project, as its verdict, and as the files that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.engine.judge import Judge
from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import FrozenMap, Node, Project
from tests.codegen.training_projects import EXAMPLES

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.netwright"))


@dataclass(frozen=True)
class Goal:
    """What a template reaches: a metric of an epoch's event, and its least or most value."""

    metric: str
    least: float | None
    most: float | None

    def is_reached(self, value: float) -> bool:
        """Whether a value is as good as the template says."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@cache
def project_of(name: str) -> Project:
    return load(EXAMPLES / f"{name}.netwright").project


@cache
def verdict_of(name: str) -> Verdict:
    return Judge().judge(project_of(name))


@cache
def written(name: str) -> Written:
    project = project_of(name)
    return generate(project, specs_of(project), verdict_of(name))


def goal_of(name: str) -> Goal:
    """Return what the file of a template says that it reaches."""
    said = project_of(name).extra["goal"]
    assert isinstance(said, FrozenMap | dict)
    table = dict(said)
    metric = table.pop("metric")
    least, most = table.pop("at_least", None), table.pop("at_most", None)
    assert isinstance(metric, str)
    assert not table
    assert (least is None) != (most is None)
    return Goal(metric, least, most)


def nodes_of(project: Project) -> list[Node]:
    """Return the nodes of all graphs."""
    blocks = (project.main, *project.blocks.values())
    return [node for block in blocks for node in block.graph.nodes.values()]
