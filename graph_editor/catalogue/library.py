"""The library of blocks: those that ship with the application, and the user's own.

Each is a project file with one block for which it stands, marked with its name and version; what
else is in it is needed by that block, or shows how it is used.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.scope import block_spec, specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.edits import EditError
from graph_editor.document.edits.shelf import Mark, find_marked, mark_of, renew, take
from graph_editor.document.file_problems import FileProblem
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, BlockId, Node, Project

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "blocks"
KIND = "library"
OWN = "my/"
"""Begins the names of the user's own blocks."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of the library."""

    mark: Mark
    key: BlockId
    """The block in its project."""
    project: Project

    @property
    def block(self) -> Block:
        """The block as it is placed."""
        return self.project.blocks[self.key]

    @property
    def spec(self) -> Spec:
        """What can be placed: the block under its name in the library."""
        return replace(block_spec(self.key, self.block), name=f"{KIND}.{self.mark.name}")


class Library:
    """The shipped blocks, and those in a folder of the user's; read again where a file changed."""

    def __init__(
        self, shipped: Path = SHIPPED, own: Callable[[], Path | None] = lambda: None
    ) -> None:
        self.own = own
        """Returns the folder of the user's own, if there is one."""
        self._shipped = shipped
        self._read: dict[Path, tuple[tuple[int, int], Entry | None]] = {}

    def entries(self) -> dict[str, Entry]:
        """Return all blocks by their names; a file that cannot be read is left out, and logged."""
        found = [*self._in(self._shipped, "")]
        own = self.own()
        if own is not None:
            found += self._in(own, OWN)
        return {entry.mark.name: entry for entry in found}

    def entry(self, spec_name: str) -> Entry | None:
        """Return the block that is placed under a spec's name: ``library.residual``."""
        kind, _, name = spec_name.partition(".")
        return self.entries().get(name) if kind == KIND else None

    def _in(self, folder: Path, before: str) -> Iterator[Entry]:
        for path in sorted(folder.glob("*.netwright")) if folder.is_dir() else ():
            entry = self._entry(path, f"{before}{path.stem}")
            if entry is not None:
                yield entry

    def _entry(self, path: Path, name: str) -> Entry | None:
        try:
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if path not in self._read or self._read[path][0] != stamp:
                self._read[path] = (stamp, entry_of(load(path).project, name))
        except (OSError, FileProblem) as problem:
            log.warning("%s holds no block that can be used: %s", path, problem)
            return None
        return self._read[path][1]


def entry_of(project: Project, name: str) -> Entry | None:
    """Return the block of that name in a file of the library; None where it has none."""
    key = find_marked(project, name)
    mark = None if key is None else mark_of(project.blocks[key])
    return None if key is None or mark is None else Entry(mark, key, project)


@cache
def library() -> Library:
    """Return the library of this application."""
    return Library()


def offered(project: Project) -> Iterator[Spec]:
    """Yield the blocks of the library that a project does not have yet."""
    here = {mark.name for block in project.blocks.values() if (mark := mark_of(block))}
    yield from (e.spec for name, e in library().entries().items() if name not in here)


def with_library(project: Project, known: Lookup | None = None) -> Lookup:
    """Return a lookup of all that can be placed: what the project knows, and the library."""
    own = specs_of(project) if known is None else known

    def lookup(name: str) -> Spec | None:
        entry = library().entry(name)
        return own(name) if entry is None else entry.spec

    return lookup


def settled(project: Project, node: Node, ids: IdSource) -> tuple[Project, Node]:
    """Return the project with the block that a new node is a use of, and the node as its use.

    Other nodes and their project stay as they are.
    """
    entry = library().entry(node.spec)
    if entry is None:
        return project, node
    made, key = take(project, entry.project, entry.key, ids)
    return made, replace(node, spec=f"block.{key}")


def newer(project: Project, key: str) -> Entry | None:
    """Return the newer version of a block that the library has; None where there is none."""
    block = next((b for k, b in project.blocks.items() if k == key), None)
    mark = mark_of(block) if block is not None else None
    entry = library().entries().get(mark.name) if mark is not None else None
    return entry if entry is not None and mark and entry.mark.version > mark.version else None


def updated(project: Project, key: BlockId, ids: IdSource) -> Project:
    """Return the project with the library's version of a block. Raises EditError."""
    entry = newer(project, key)
    if entry is None:
        raise EditError("The library has no newer version of this block.")
    return renew(project, key, entry.project, entry.key, ids)
