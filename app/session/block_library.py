"""The user's own blocks: kept in a folder, the next version of each where it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.places import folder, home
from graph_editor.catalogue.library import OWN, library, newer, updated
from graph_editor.document.atomic import atomic_write
from graph_editor.document.edits.shelf import Mark, kept, mark_of, marked, says_the_same
from graph_editor.document.files import dumps
from graph_editor.document.ids import clean_stem
from graph_editor.document.model import BlockId, Project

if TYPE_CHECKING:
    from app.session.session import Session

FOLDER = "blocks"


def use_own_blocks() -> None:
    """Let the library hold what the user has kept."""
    library().own = lambda: home() / FOLDER


def keep_block(session: Session, key: str) -> None:
    """Put a block of the project among the user's own, and say as which version."""
    project, block_id = session.project, BlockId(key)
    block = project.blocks[block_id]
    name, stem = block.name or key, clean_stem(block.name or key)
    before = library().entries().get(f"{OWN}{stem}")
    mark = Mark(f"{OWN}{stem}", 1 if before is None else before.mark.version + 1)
    made = kept(project, block_id, mark)
    if before is not None and says_the_same(made, before.project):
        mark = before.mark
        words = f"{name} is among your blocks already, as version {mark.version}."
    else:
        try:
            atomic_write(folder(FOLDER) / f"{stem}.netwright", dumps(made))
        except OSError as error:
            session.said.emit(f"{name} could not be kept: {error.strerror or error}.")
            return
        words = f"{name} is among your blocks now, as version {mark.version}."

    def edit(now: Project) -> Project:
        return now.with_block(key, marked(now.blocks[block_id], mark))

    session.apply(edit, f"Keep {name} among my blocks")
    session.said.emit(words)


def update_words(session: Session, key: str) -> str:
    """Return which version the library has and which one the project, where they differ."""
    found = newer(session.project, key)
    if found is None:
        return ""
    block = session.project.blocks[BlockId(key)]
    mark, name = mark_of(block), block.name or key
    here = mark.version if mark is not None else 0
    return f"{name} {found.mark.version} is in the library; this project has version {here}."


def update_block(session: Session, key: str) -> None:
    """Take the library's version of a block into the project; wires of equal names stay."""
    name = session.project.blocks[BlockId(key)].name or key
    ids = session.ids
    session.apply(lambda now: updated(now, BlockId(key), ids), f"Update {name}")
