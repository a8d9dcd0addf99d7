"""Keep a block among the user's own; none takes the place of another unseen.

Which block of the library one is, its mark says, and never its name: names are given again, and
not every name leaves letters for that of a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from app.session.block_shelf import free_stem, last_version, put
from graph_editor.catalogue.library import OWN, Entry, library
from graph_editor.document.edits import EditError, rename_block
from graph_editor.document.edits.shelf import Mark, kept, mark_of, marked, says_the_same
from graph_editor.document.ids import clean_stem
from graph_editor.document.model import BlockId, Project

if TYPE_CHECKING:
    from app.session.session import Session


@dataclass(frozen=True, slots=True)
class Rival:
    """What has the place where a block would be kept, and says something that is not in it."""

    name: str
    """What the block of the project is called."""
    mark: Mark
    """The block of the library."""
    here: int
    """Which version of it the block of the project came from; 0: it is another block."""
    next: int
    """The version that the block would be, kept as one of it."""
    free: str
    """What it would be called, kept as a new block."""


def rival_of(session: Session, key: str) -> Rival | None:
    """Return what must be asked about before a block is kept; None: nothing stands in its way."""
    name, said = _name(session.project, key), _mark(session.project, key)
    own = _own()
    its = None if said is None else own.get(said.name)
    if _already(session.project, key) is not None:
        return None
    if its is not None:
        here = said.version if said is not None else 0
        return None if here == its.mark.version else _rival(name, its.mark, here)
    alike = next((e for e in own.values() if _folded(_title(e)) == _folded(name)), None)
    return None if alike is None else _rival(name, alike.mark, 0)


def _rival(name: str, mark: Mark, here: int) -> Rival:
    return Rival(name, mark, here, _next_version(mark.name, here), free_title(name))


def keep_block(session: Session, key: str) -> None:
    """Put a block among the user's own, as the next version of what it is, else as a new one.

    Where it would take the place of something that it did not come from, it is a new one.
    """
    project = session.project
    found = _already(project, key)
    if found is not None:
        _say_already(session, key, found.mark)
    elif rival_of(session, key) is not None:
        keep_as_new(session, key)
    else:
        said = _mark(project, key)
        name = _new_name(session, key) if said is None else said.name
        _keep(session, key, name)


def keep_as_new(session: Session, key: str) -> None:
    """Put a block among the user's own as one that was not there, under a name that is free."""
    _keep(session, key, _new_name(session, key))


def keep_as_version(session: Session, key: str, rival: Rival) -> None:
    """Put a block among the user's own as the next version of what is there; that one stays."""
    _keep(session, key, rival.mark.name)


def _keep(session: Session, key: str, place: str) -> None:
    """Write a block as the next version of one of the library's, and say so in the project."""
    project, block_id = session.project, BlockId(key)
    said, before = _mark(project, key), _own().get(place)
    here = said.version if said is not None and said.name == place else 0
    mark = Mark(place, _next_version(place, here))
    old = _name(project, key)
    new = free_title(old, but=place)

    def edit(now: Project) -> Project:
        now = now if new == old else rename_block(now, key, new)
        return now.with_block(key, marked(now.blocks[block_id], mark))

    try:
        put(place.removeprefix(OWN), kept(edit(project), block_id, mark))
    except EditError as refusal:
        session.said.emit(f"{old} could not be kept. {refusal}")
        return
    session.apply(edit, f"Keep {new} among my blocks")
    words = f"{new} is among your blocks now, as version {mark.version}"
    if new != old:
        words += f"; another one is called {old}"
    elif before is not None:
        words += f"; version {before.mark.version} stays in the block library"
    session.said.emit(f"{words}.")


def _say_already(session: Session, key: str, mark: Mark) -> None:
    """Say as which version a block is kept; the project's own says so, too, from now on."""
    name, block_id, now = _name(session.project, key), BlockId(key), _own().get(mark.name)
    if mark_of(session.project.blocks[block_id]) != mark:
        title = f"Keep {name} among my blocks"
        session.apply(lambda p: p.with_block(key, marked(p.blocks[block_id], mark)), title)
    words = f"{name} is among your blocks already, as version {mark.version}"
    if now is not None and now.mark.version != mark.version:
        words += f"; the library has version {now.mark.version} by now"
    session.said.emit(f"{words}.")


def _own() -> dict[str, Entry]:
    return {name: e for name, e in library().entries().items() if name.startswith(OWN)}


def _name(project: Project, key: str) -> str:
    return project.blocks[BlockId(key)].name or key


def _title(entry: Entry) -> str:
    return entry.block.name or entry.key


def _mark(project: Project, key: str) -> Mark | None:
    """Return which of the user's own blocks a block says it is."""
    said = mark_of(project.blocks[BlockId(key)])
    return said if said is not None and said.name.startswith(OWN) else None


def _already(project: Project, key: str) -> Entry | None:
    """Return the one of the user's blocks, or the version of one, that says what a block says."""
    made = kept(project, BlockId(key), Mark(OWN, 0))
    said, own = _mark(project, key), _own()
    came = library().earlier(said) if said is not None and said.name in own else None
    some = [*own.values(), *([] if came is None else [came])]
    return next((entry for entry in some if says_the_same(made, entry.project)), None)


def _new_name(session: Session, key: str) -> str:
    """Return what a new block is called in the library: no other there, or elsewhere, is."""
    said = clean_stem(_name(session.project, key))
    stem = "block" if said.rstrip("_") == "n" else said
    return f"{OWN}{free_stem(session.ids.fresh(stem))}"


def _next_version(place: str, here: int) -> int:
    """Return a version that neither the library nor a project at hand has of a block."""
    return max(last_version(place.removeprefix(OWN)), here) + 1


def free_title(wanted: str, but: str = "") -> str:
    """Return a name that none of the user's blocks has, save one: ``Head``, else ``Head 2``."""
    taken = {_folded(_title(entry)) for name, entry in _own().items() if name != but}
    return next(title for title in _numbered(wanted, taken))


def _numbered(wanted: str, taken: Container[str]) -> Iterator[str]:
    if _folded(wanted) not in taken:
        yield wanted
    stem, _, last = wanted.rpartition(" ")
    stem = stem if stem and last.isdecimal() else wanted
    yield from (made for n in count(2) if _folded(made := f"{stem} {n}") not in taken)


def _folded(title: str) -> str:
    """Return what two names have in common that people take for the same."""
    return unicodedata.normalize("NFKC", title).casefold().strip()
