"""Scenes that end where they began: each is a function in ``SCENES``.

A scene is given the window and a way to take the picture of a widget under a name; it yields what
to wait for, as all of ``pictures`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from graph_editor.document.edits import in_block, move_nodes, rename_node, set_argument
from graph_editor.document.model import Graph, NodeId, Project

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.session.session import Session
    from app.window.workplace import Workplace

Edit: TypeAlias = "Callable[[Project], Project]"
Take: TypeAlias = "Callable[[QWidget, str], object]"
Wait: TypeAlias = "Callable[[], bool] | float"
"""What to wait for: that something holds, or so many seconds."""
REST = 0.4
"""Seconds in which all that follows a change has been drawn."""


def _in_main(change: Callable[[Graph], Graph]) -> Edit:
    return lambda now: in_block(now, "main", change)


STEPS: tuple[tuple[str, Edit], ...] = (
    ("Set out_channels", _in_main(lambda g: set_argument(g, NodeId("conv1"), "out_channels", 24))),
    ("Set p", _in_main(lambda g: set_argument(g, NodeId("dropout"), "p", 0.5))),
    ("Move head", lambda now: move_nodes(now, "main", {NodeId("head"): (752, 352)})),
    ("Rename head", _in_main(lambda g: rename_node(g, NodeId("head"), "classifier"))),
)
"""What is done to the digits example: titles and edits."""


def take_steps(session: Session) -> None:
    """Make a few edits and take the last one back, so that there is a history to see."""
    for title, change in STEPS:
        session.apply(change, title)
    session.undo()


def unfold(place: Workplace, panel: str) -> Iterator[float]:
    """Open the list of what can be added where only its rail has room, as its search does."""
    from app.panels.palette_panel import PalettePanel

    shown = place.panels.get(panel)
    if isinstance(shown, PalettePanel):
        shown.focus_search()
        yield REST


def fold() -> None:
    """Close what is open over the window."""
    from PySide6.QtWidgets import QApplication

    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.hide()


def invitation(place: Workplace, take: Take) -> Iterator[float]:
    """Show how the tour is offered."""
    place.begin_tour(invites=True)
    yield REST
    take(place.shell, "tour-offered")
    if place.tour is not None:
        place.tour.end()


def tour(place: Workplace, take: Take) -> Iterator[float]:
    """Show a step of the tour that the example has not done yet."""
    place.session.select([])
    place.begin_tour(invites=False)
    yield REST
    take(place.shell, "tour")
    if place.tour is not None:
        place.tour.end()


def canvas_menu(place: Workplace, take: Take) -> Iterator[float]:
    """Show what the right button offers on a node."""
    from PySide6.QtWidgets import QApplication

    canvas = place.canvas
    canvas.select([NodeId("conv2")])
    canvas.menu_asked.emit(canvas.viewport().mapToGlobal(canvas.node_place(NodeId("conv2"))))
    yield REST
    menu = QApplication.activePopupWidget()
    if menu is not None:
        take(menu, "menu-canvas")
        menu.close()


def numbers(place: Workplace, take: Take) -> Iterator[float]:
    """Show the numbers of a node where it stands."""
    from graph_editor.canvas.opening import open_selected

    place.canvas.zoom_to(1.0)
    place.session.select([NodeId("conv2")])
    place.canvas.reveal(NodeId("conv2"))
    open_selected(place.canvas)
    yield REST
    take(place.shell, "numbers-of-a-node")
    place.canvas.setFocus()
    place.canvas.fit_all()
    yield REST


def block_library(place: Workplace, take: Take) -> Iterator[float]:
    """Show blocks of one's own among the shipped ones, and the question before an update."""
    from app.dialogs.blocks_dialog import BlocksDialog
    from app.dialogs.update_dialog import UpdateDialog
    from app.session.block_library import News
    from app.session.differences import Difference

    with _own_blocks():
        dialog = BlocksDialog(place.session, place.shell)
        dialog.open()
        yield REST
        take(dialog, "dialog-blocks-own")
        dialog.choose("my/head")
        yield REST
        take(dialog, "dialog-blocks-broken")
        dialog.close()
    dialog.deleteLater()
    changes = (
        Difference("Block Residual block", "Conv2d conv2", "kernel_size", "3", "5"),
        Difference("Block Residual block", "Dropout", "node", "–", "p=0.2"),
    )
    news = News("Residual block", 1, 2, changes)
    asks = UpdateDialog(news, lambda _: None, "Ctrl+Z", place.session.theme, place.shell)
    asks.open()
    yield REST
    take(asks, "dialog-update_block")
    asks.close()
    asks.deleteLater()
    yield REST


@contextmanager
def _own_blocks() -> Iterator[None]:
    """Have a few blocks of the user's own meanwhile, one of them broken and one deleted."""
    from app.session import block_shelf as shelf
    from graph_editor.catalogue.library import library
    from graph_editor.document.atomic import atomic_write
    from graph_editor.document.edits import rename_block
    from graph_editor.document.edits.shelf import Mark, kept

    shipped = library().entries()
    for name, title in (("residual", "Residual block"), ("mlp", "Head"), ("unet_up", "Decoder")):
        entry = shipped[name]
        stem = title.partition(" ")[0].lower()
        titled = rename_block(entry.project, entry.key, title)
        for version in (1, 2):
            shelf.put(stem, kept(titled, entry.key, Mark(f"my/{stem}", version)))
    for item in shelf.items():
        if item.title == "Decoder":
            shelf.delete(item)
    atomic_write(shelf.own_folder() / "head.netwright", '{"format": "netwright", "blocks": {')
    yield
    for path in shelf.own_folder().rglob("*.netwright"):
        path.unlink()


SCENES: tuple[Callable[[Workplace, Take], Iterator[float]], ...] = (
    invitation,
    tour,
    canvas_menu,
    numbers,
    block_library,
)
