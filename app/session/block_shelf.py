"""What lies among the user's own blocks: listed, renamed, deleted and put back; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from app.session.places import folder, home
from graph_editor.catalogue.library import (
    EARLIER,
    OWN,
    SHIPPED,
    SUFFIX,
    Entry,
    Fault,
    entry_of,
    library,
)
from graph_editor.document.atomic import atomic_write
from graph_editor.document.edits import EditError, instances_of, rename_block
from graph_editor.document.edits.shelf import Mark, find_marked, mark_of, marked
from graph_editor.document.file_json import MAX_BYTES
from graph_editor.document.files import FileProblem, content, load, save
from graph_editor.document.model import Project

FOLDER = "blocks"
NAME = re.compile(r"(?P<stem>.+?)(?:\.v(?P<version>\d+))?(?:~\d+)?")
"""Of a file that was laid by, without its suffix: ``residual.v1``, ``residual.v1~2``."""
Kind: TypeAlias = Literal["own", "broken", "deleted", "shipped"]


@dataclass(frozen=True, slots=True)
class Item:
    """One block of the library as a list shows it, or a file that holds none."""

    kind: Kind
    title: str
    """What people call it."""
    path: Path
    mark: Mark
    """A version of 0: it could not be read."""
    doc: str = ""
    earlier: tuple[int, ...] = ()
    """Versions that it had, and that are kept."""
    problem: str = ""

    @property
    def stem(self) -> str:
        """The part of its name that names its file."""
        return self.mark.name.removeprefix(OWN)

    @property
    def when(self) -> float:
        """Unix time at which it was put there; 0 where nobody knows."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0


def own_folder() -> Path:
    """Return the folder of the user's own blocks; it need not exist."""
    return home() / FOLDER


def items() -> list[Item]:
    """Return the user's own blocks, files that hold none, what was deleted, and what is shipped."""
    entries = library().entries().values()
    laid_by = _laid_by()
    own = [_item(each, laid_by) for each in entries if each.mark.name.startswith(OWN)]
    shipped = [_item(each, {}) for each in entries if not each.mark.name.startswith(OWN)]
    broken = [_broken(each, laid_by) for each in library().faults()]
    here = {each.stem for each in (*own, *broken)}
    gone = [_deleted(stem, found) for stem, found in laid_by.items() if stem not in here]
    return [each for some in (own, broken, gone, shipped) for each in sorted(some, key=_by_title)]


def _by_title(item: Item) -> tuple[str, str]:
    return item.title.casefold(), item.mark.name


def _item(entry: Entry, laid_by: dict[str, dict[int, Path]]) -> Item:
    name, block = entry.mark.name, entry.block
    is_own = name.startswith(OWN)
    stem = name.removeprefix(OWN)
    path = (own_folder() if is_own else SHIPPED) / f"{stem}{SUFFIX}"
    earlier = sorted(v for v in laid_by.get(stem, ()) if 0 < v < entry.mark.version)
    kind: Kind = "own" if is_own else "shipped"
    return Item(kind, block.name or stem, path, entry.mark, block.doc, tuple(earlier))


def _broken(fault: Fault, laid_by: dict[str, dict[int, Path]]) -> Item:
    stem, path = fault.path.stem, fault.path
    earlier = tuple(sorted(v for v in laid_by.get(stem, ()) if v > 0))
    mark = Mark(f"{OWN}{stem}", 0)
    return Item("broken", path.name, path, mark, earlier=earlier, problem=fault.reason)


def _deleted(stem: str, found: dict[int, Path]) -> Item:
    version = max(found)
    path, name = found[version], f"{OWN}{stem}"
    try:
        entry = entry_of(load(path).project, name)
    except FileProblem as problem:
        reason = problem.problems[0].reason
        return Item("deleted", path.name, path, Mark(name, version), problem=reason)
    if entry is None:
        return Item("deleted", path.name, path, Mark(name, version))
    earlier = tuple(sorted(each for each in found if 0 < each < version))
    block = entry.block
    return Item("deleted", block.name or stem, path, Mark(name, version), block.doc, earlier)


def _laid_by() -> dict[str, dict[int, Path]]:
    """Return what was laid by: the file of each version, 0 where it could not be read."""
    found: dict[str, dict[int, Path]] = {}
    place = own_folder() / EARLIER
    for path in sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else ():
        if (said := NAME.fullmatch(path.stem)) is not None:
            found.setdefault(said["stem"], {})[int(said["version"] or 0)] = path
    return found


def last_version(stem: str) -> int:
    """Return the highest version that a block of the user's has or had; 0: there was none."""
    now = library().entries().get(f"{OWN}{stem}")
    had = max(_laid_by().get(stem, ()), default=0)
    return had if now is None else max(had, now.mark.version)


# What can be done


def cannot_rename(item: Item | None) -> str:
    """Return why a block cannot be given another name."""
    if item is None:
        return "Choose a block."
    return {
        "own": "",
        "broken": "It cannot be read, so that it has no name to change.",
        "deleted": "It is deleted. Put it back first.",
        "shipped": "Blocks that came with Netwright keep their names.",
    }[item.kind]


def cannot_delete(item: Item | None) -> str:
    """Return why a block cannot be deleted."""
    if item is None:
        return "Choose a block."
    shipped = "Blocks that came with Netwright stay: every project counts on them."
    return {"shipped": shipped, "deleted": "It is deleted already."}.get(item.kind, "")


def rename(item: Item, name: str) -> str:
    """Give a block another name, as its next version; return what was done. Raises EditError."""
    name = name.strip()
    if reason := cannot_rename(item):
        raise EditError(reason)
    if not name:
        raise EditError("A block needs a name.")
    if name == item.title:
        return ""
    if any(each.title == name for each in items() if each.kind == "own"):
        raise EditError(f"You have a block that is called {name} already.")
    entry = library().entries().get(item.mark.name)
    if entry is None or entry.mark != item.mark:
        raise EditError(f"{item.title} was changed meanwhile. Look at it again.")
    mark = Mark(item.mark.name, last_version(item.stem) + 1)
    project = rename_block(entry.project, entry.key, name)
    project = project.with_block(entry.key, marked(project.blocks[entry.key], mark))
    if project.main.name == item.title:
        project = replace(project, main=replace(project.main, name=name))
    put(item.stem, project)
    return f"{item.title} is called {name} now, as version {mark.version}."


def cannot_bring_back(item: Item | None) -> str:
    """Return why none of a block's earlier versions can be its present one."""
    if item is None or item.kind in ("broken", "shipped"):
        return "Choose one of your blocks."
    if item.kind == "deleted":
        return "It is deleted. Put it back first."
    return "" if item.earlier else "It has no earlier version."


def bring_back(item: Item, version: int) -> str:
    """Write an earlier version of a block as its next one; return what was done. Raises EditError.

    The versions between stay.
    """
    if reason := cannot_bring_back(item):
        raise EditError(reason)
    entry = library().earlier(Mark(item.mark.name, version))
    if entry is None:
        raise EditError(f"Version {version} of {item.title} is not kept, or cannot be read.")
    title = entry.block.name or entry.key
    others = (each for each in items() if each.kind == "own" and each.stem != item.stem)
    if any(each.title == title for each in others):
        raise EditError(f"You have another block that is called {title}. Rename it first.")
    mark = Mark(item.mark.name, last_version(item.stem) + 1)
    put(item.stem, entry.project.with_block(entry.key, marked(entry.block, mark)))
    return f"{title} says what version {version} said, as version {mark.version}."


def put(stem: str, project: Project) -> None:
    """Write a block of the user's; the version before is laid by. Raises EditError."""
    path = _folder() / f"{stem}{SUFFIX}"
    if path.exists():
        _lay_by(path, stem)
    try:
        save(path, project)
    except FileProblem as problem:
        raise EditError(f"{path.name} was not written: {problem.problems[0].reason}.") from problem


def delete(item: Item) -> str:
    """Take a block out of the library, and keep its file; return where. Raises EditError."""
    if reason := cannot_delete(item):
        raise EditError(reason)
    _lay_by(item.path, item.stem)
    try:
        item.path.unlink()
    except OSError as error:
        raise EditError(f"{item.title} was not deleted: {error.strerror or error}.") from error
    return f"{item.title} is deleted, and can be put back."


def put_back(item: Item) -> str:
    """Bring back what was deleted; return what was done. Raises EditError."""
    path = _folder() / f"{item.stem}{SUFFIX}"
    if path.exists():
        raise EditError(f"There is a {path.name} in its place. Rename that file first.")
    _copy(item.path, path)
    return f"{item.title} is among your blocks again."


def _lay_by(path: Path, stem: str) -> None:
    """Copy a file to where earlier versions are kept, under a name of its own."""
    entry = library().entries().get(f"{OWN}{stem}")
    name = stem if entry is None else f"{stem}.v{entry.mark.version}"
    place, number = _folder(EARLIER), 1
    target = place / f"{name}{SUFFIX}"
    while target.exists() and not _alike(target, path):
        number += 1
        target = place / f"{name}~{number}{SUFFIX}"
    if not target.exists():
        _copy(path, target)


def _alike(one: Path, other: Path) -> bool:
    try:
        return content(one) == content(other)
    except FileProblem:
        return False


def _copy(source: Path, target: Path) -> None:
    try:
        data = content(source)
        if len(data) > MAX_BYTES:
            raise EditError(f"{source.name} is too large to be kept; look after it by hand.")
        atomic_write(target, data)
    except FileProblem as problem:
        raise EditError(f"{source.name} {problem.problems[0].reason}.") from problem
    except OSError as error:
        raise EditError(f"{target} was not written: {error.strerror or error}.") from error


def _folder(inner: str = "") -> Path:
    try:
        return folder(f"{FOLDER}/{inner}" if inner else FOLDER)
    except OSError as error:
        raise EditError(f"{own_folder()} cannot be used: {error.strerror or error}.") from error


# What a project has of it


def uses_in(project: Project, item: Item) -> tuple[int, int]:
    """Return how many nodes of a project are uses of a block, and of which version."""
    key = find_marked(project, item.mark.name)
    mark = None if key is None else mark_of(project.blocks[key])
    if key is None or mark is None:
        return 0, 0
    return sum(map(len, instances_of(project, key).values())), mark.version


def free_stem(wanted: str) -> str:
    """Return a name for a new file among the user's blocks that no file there has or had."""
    taken = set(_taken())
    number, made = 1, wanted
    while made in taken:
        number += 1
        made = f"{wanted}_{number}"
    return made


def _taken() -> Iterator[str]:
    yield from _laid_by()
    own = own_folder()
    yield from (path.stem for path in own.glob(f"*{SUFFIX}")) if own.is_dir() else ()
