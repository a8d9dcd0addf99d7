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
SUFFIX = ".netwright"
EARLIER = "kept"
"""The folder, inside that of a library, with versions that it had: ``residual.v1.netwright``."""

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


@dataclass(frozen=True, slots=True)
class Fault:
    """A file of the library that holds no block which can be used, and why."""

    path: Path
    reason: str


class Library:
    """The shipped blocks, and those in a folder of the user's; read again where a file changed."""

    def __init__(
        self, shipped: Path = SHIPPED, own: Callable[[], Path | None] = lambda: None
    ) -> None:
        self.own = own
        """Returns the folder of the user's own, if there is one."""
        self._shipped = shipped
        self._read: dict[Path, tuple[tuple[int, int], Entry | Fault]] = {}

    def entries(self) -> dict[str, Entry]:
        """Return all blocks by their names; a file that cannot be read is left out, and logged."""
        found = [*self._in(self._shipped, ""), *self._own()]
        return {each.mark.name: each for each in found if isinstance(each, Entry)}

    def faults(self) -> list[Fault]:
        """Return the files among the user's own that hold no block which can be used."""
        return [each for each in self._own() if isinstance(each, Fault)]

    def entry(self, spec_name: str) -> Entry | None:
        """Return the block that is placed under a spec's name: ``library.residual``."""
        kind, _, name = spec_name.partition(".")
        return self.entries().get(name) if kind == KIND else None

    def earlier(self, mark: Mark) -> Entry | None:
        """Return a version that the library has or had; None where it was not kept."""
        now = self.entries().get(mark.name)
        if now is not None and now.mark == mark:
            return now
        own = self.own()
        place = own if mark.name.startswith(OWN) and own is not None else self._shipped
        stem = mark.name.removeprefix(OWN)
        path = place / EARLIER / f"{stem}.v{mark.version}{SUFFIX}"
        found = self._look(path, mark.name) if path.is_file() else None
        return found if isinstance(found, Entry) and found.mark == mark else None

    def _own(self) -> Iterator[Entry | Fault]:
        own = self.own()
        return iter(()) if own is None else self._in(own, OWN)

    def _in(self, folder: Path, before: str) -> Iterator[Entry | Fault]:
        for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
            yield self._look(path, f"{before}{path.stem}")

    def _look(self, path: Path, name: str) -> Entry | Fault:
        """Return what a file holds, read again only where it changed."""
        try:
            facts = path.stat()
        except OSError as error:
            return Fault(path, f"cannot be opened: {error.strerror or error}")
        stamp = (facts.st_mtime_ns, facts.st_size)
        if path not in self._read or self._read[path][0] != stamp:
            found = _entry_at(path, name)
            if isinstance(found, Fault):
                log.warning("%s holds no block that can be used: %s", path, found.reason)
            self._read[path] = (stamp, found)
        return self._read[path][1]


def _entry_at(path: Path, name: str) -> Entry | Fault:
    try:
        project = load(path).project
    except FileProblem as problem:
        first = problem.problems[0]
        place = f" (at {first.place})" if first.place else ""
        return Fault(path, f"{first.reason}{place}")
    return entry_of(project, name) or Fault(path, _strange(project, name))


def _strange(project: Project, name: str) -> str:
    """Return why a project is not the file of a block of that name."""
    marks = (mark_of(block) for block in project.blocks.values())
    other = next((m.name for m in marks if m is not None and m.name.startswith(OWN)), "")
    if not other:
        return f"no block in it is marked as {name}"
    return f"its block is {other}, so the file's name must be {other.removeprefix(OWN)}{SUFFIX}"


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
