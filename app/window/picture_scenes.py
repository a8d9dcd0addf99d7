"""Scenes that end where they began: each is a function in ``SCENES``.

A scene is given the window and a way to take the picture of a widget under a name; it yields what
to wait for, as all of ``pictures`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from graph_editor.document.model import NodeId

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.window.workplace import Workplace

Take: TypeAlias = "Callable[[QWidget, str], object]"
REST = 0.4


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


SCENES: tuple[Callable[[Workplace, Take], Iterator[float]], ...] = (
    invitation,
    tour,
    canvas_menu,
    numbers,
)
