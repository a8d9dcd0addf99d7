"""The user's own blocks: kept in a folder, the next version of each where it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.session.ago import counted
from app.session.block_shelf import own_folder
from app.session.differences import Difference, differences
from graph_editor.catalogue.library import library, newer, updated
from graph_editor.document.edits.shelf import mark_of, marked, side_by_side
from graph_editor.document.model import BlockId, Project

if TYPE_CHECKING:
    from app.session.session import Session


@dataclass(frozen=True, slots=True)
class News:
    """A newer version of a block in the library, and what taking it would replace."""

    name: str
    here: int
    there: int
    own: tuple[Difference, ...] | None
    """What was changed here by hand; None: its version as it came is not kept, nobody can tell."""

    @property
    def words(self) -> str:
        """Return which version the library has, which one the project, and what was changed."""
        words = f"{self.name} {self.there} is in the library; this project has version {self.here}"
        if self.own is None:
            return f"{words}. Whether it was changed here cannot be told."
        return f"{words}, with {self.changes}." if self.own else f"{words}."

    @property
    def changes(self) -> str:
        """Return ``3 changes of its own``."""
        return f"{counted(len(self.own or ()), 'change')} of its own"


def use_own_blocks() -> None:
    """Let the library hold what the user has kept."""
    library().own = own_folder


def news_of(session: Session, key: str) -> News | None:
    """Return what the library has newer of a block, and what was changed in it by hand."""
    found, block_id = newer(session.project, key), BlockId(key)
    mark = None if found is None else mark_of(session.project.blocks[block_id])
    if found is None or mark is None:
        return None
    came = library().earlier(mark)
    rows = None
    if came is not None:
        sides = side_by_side(session.project, block_id, came.project, came.key)
        rows = tuple(differences(*sides))
    name = session.project.blocks[block_id].name or key
    return News(name, mark.version, found.mark.version, rows)


def update_words(session: Session, key: str) -> str:
    """Return which version the library has and which one the project, where they differ."""
    news = news_of(session, key)
    return "" if news is None else news.words


def update_block(session: Session, key: str) -> None:
    """Take the library's version of a block into the project; wires of equal names stay."""
    news, ids = news_of(session, key), session.ids
    if news is None:
        return
    if session.apply(lambda now: updated(now, BlockId(key), ids), f"Update {news.name}"):
        before = f"version {news.here}" + (f" with {news.changes}" if news.own else "")
        words = f"{news.name} is version {news.there} now. Undo (Ctrl+Z) brings back {before}."
        session.said.emit(session.keys.said(words))


def keep_mine(session: Session, key: str) -> None:
    """Leave a block as it is here, and let the library's present version no more be offered."""
    found, news = newer(session.project, key), news_of(session, key)
    if found is None or news is None:
        return
    block_id, mark = BlockId(key), found.mark

    def edit(now: Project) -> Project:
        return now.with_block(key, marked(now.blocks[block_id], mark))

    if session.apply(edit, f"Keep {news.name} as it is here"):
        session.said.emit(
            f"{news.name} stays as it is here, until the library has more than version"
            f" {mark.version}."
        )
