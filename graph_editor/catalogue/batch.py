"""How many samples a batch of a run holds: never more than there are to train on."""

from __future__ import annotations

from graph_editor.catalogue.data_split import Parts, parts_of
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.run_settings import COUNTS
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Project


def batch_of(project: Project) -> int:
    """Return the size of a run's first batch.

    Where the project says nothing legal it is the default, and where the data are fewer, a batch
    holds them all.
    """
    wanted, there = wanted_batch(project), samples_to_train(project)
    return min(wanted, there) if there else wanted


def wanted_batch(project: Project) -> int:
    """Return the batch size that a project asks for."""
    said = project.run.get("batch_size")
    legal = COUNTS["batch_size"].allows(said)
    return said if legal and isinstance(said, int) else COUNTS["batch_size"].default


def samples_to_train(project: Project) -> int | None:
    """Return how many samples an epoch has, where the first source says it."""
    parts = _parts(project)
    return parts.train if parts else None


def samples_to_validate(project: Project) -> int | None:
    """Return how many samples are evaluated at once, where the first source says it."""
    parts = _parts(project)
    return parts.val if parts else None


def _parts(project: Project) -> Parts | None:
    """Return the parts of the source that sets the epoch: of several the first in the code."""
    nodes = project.main.graph.nodes
    sources = [n for n, node in nodes.items() if node.kind == "data"]
    if len(sources) > 1:
        order = regions(project.main, specs_of(project)).data
        sources = [n for n in order if n in sources] or sources
    node = nodes[sources[0]] if sources else None
    spec = catalogue().get(node.spec) if node is not None else None
    return parts_of(spec, node) if spec is not None and node is not None else None
