"""The data sources of a training: the first sets the epoch, the others are gone round and round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.data import data_file, loader_of
from codegen.data_source import SourceCode
from codegen.names import distinct, slug, spec_word
from codegen.statements import Statement
from codegen.train_transforms import with_transforms
from codegen.training_plan import Plan
from codegen.written import SourceText
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Node, NodeId, Project

LOADER = "load_data"
LONGEST = 16
"""Characters that the stem of a source's variables may have."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of data, with what data.py and train.py call what is about it."""

    id: NodeId
    node: Node
    code: SourceCode
    """As transforms change it."""
    stem: str = ""
    """What its variables begin with; empty for the first source."""

    @property
    def loader(self) -> str:
        """The function in data.py that reads it."""
        return f"load_{self.stem}_data" if self.stem else LOADER

    @property
    def split(self) -> str:
        """The name in data.py of the type of a part of it."""
        return "".join(word.capitalize() for word in self.stem.split("_")) + "Split"

    @property
    def words(self) -> tuple[str, ...]:
        """The variables in train.py that are named after it."""
        kept = ("train", "val", "cycle", "batch")
        return tuple(f"{self.stem}_{word}" for word in kept) if self.stem else ()

    @property
    def cycle(self) -> str:
        """The variable in train.py that goes round its samples."""
        return f"{self.stem}_cycle"

    @property
    def batch(self) -> str:
        """The variable in train.py of the places of the samples of a step."""
        return f"{self.stem}_batch" if self.stem else "batch"


def feeds_of(project: Project, plan: Plan, verdict: Verdict) -> tuple[Feed, ...]:
    """Return the sources of a training, the one that sets the epoch first. Raises CannotWrite."""
    nodes = [project.main.graph.nodes[n] for n in plan.sources]
    stems = distinct(_short(slug(node.name) or spec_word(node.spec)) for node in nodes[1:])
    return tuple(
        Feed(n, node, with_transforms(project, plan, verdict, n), stem)
        for n, node, stem in zip(plan.sources, nodes, ["", *stems], strict=True)
    )


def write_feeds(title: str, feeds: Sequence[Feed]) -> SourceText:
    """Return data.py for the sources of a training. Raises CannotWrite."""
    loaders: list[Statement] = []
    for feed in feeds:
        loaders += loader_of(Address(feed.id), feed.node, feed.code, feed.loader, feed.split)
    return data_file(title, [feed.code for feed in feeds], loaders)


def _short(stem: str) -> str:
    """Return a stem of which several fit into one line, cut after a word where that is possible."""
    if len(stem) <= LONGEST:
        return stem
    cut = stem[: LONGEST + 1]
    return (cut.rpartition("_")[0] or cut[:LONGEST]).rstrip("_")
