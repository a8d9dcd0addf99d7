"""What the manual shows: scenes that are acted by keys and mouse, each ending as it began."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeAlias

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.dialogs.picture_dialog import PictureDialog
from app.window.picture_scenes import REST, Wait, take_steps
from graph_editor.canvas.add_palette import AddPalette
from graph_editor.document.model import InPort, NodeId, PortPath

if TYPE_CHECKING:
    from app.session.session import Session
    from app.window.camera import Camera
    from app.window.shell import Shell
    from app.window.workplace import Workplace


class Scenes(Protocol):
    """A window that is acted in, and the camera before it."""

    camera: Camera
    place: Workplace
    shell: Shell
    session: Session

    def is_known(self) -> bool:
        """Whether the drawing is judged, and written or refused."""
        ...

    def dialog(self) -> QWidget | None:
        """Return the dialog that is open."""
        ...

    def open_dialog(self, name: str) -> Iterator[Wait]:
        """Take the dialog that is open, and close it."""
        ...


Scene: TypeAlias = "Callable[[Scenes], Iterator[Wait]]"
K = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
SMALL, LARGE = (1280, 720), (1920, 1080)
EDGE = 28
"""Pixels around what a picture is cut to."""
README = {
    "dark": {"training": "window_dark", "error": "error", "welcome": "welcome"},
    "light": {"trained": "window_light"},
}
"""Of each look, which of the standard pictures README shows, and what they are called there."""


def _press(scenes: Scenes, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    scenes.shell.activateWindow()
    scenes.place.canvas.setFocus()
    QTest.keyClick(scenes.place.canvas, key, modifiers)


def _type(words: str, end: Qt.Key | None = None, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Type into whatever has the keyboard."""
    line = _typed_in()
    QTest.keyClicks(line, words)
    if end is not None:
        QTest.keyClick(line, end, modifiers)


def _typed_in() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None, "nothing has the keyboard"
    return found


def _point(scenes: Scenes, point: QPoint) -> None:
    QTest.mouseMove(scenes.place.canvas.viewport(), point)


def _select(scenes: Scenes, *names: str) -> None:
    scenes.session.select([NodeId(name) for name in names])


def _sized(scenes: Scenes, size: tuple[int, int], near: str = "") -> Iterator[Wait]:
    """Have the window in a size, and all in view or, at full size, what is around a node."""
    scenes.shell.resize(*size)
    yield REST
    canvas = scenes.place.canvas
    canvas.fit_all()
    if near:
        canvas.zoom_to(1.0)
        canvas.centerOn(canvas.world.nodes[NodeId(near)].rect().center())
    yield REST


def _around(scenes: Scenes, *names: str, more: QWidget | None = None) -> QRect:
    """Return the part of the canvas that has some nodes, and a widget over it."""
    canvas = scenes.place.canvas
    found = QRect()
    for name in names:
        found = found.united(canvas.node_rect(NodeId(name)))
    found = found.adjusted(-EDGE, -EDGE, EDGE, EDGE).intersected(canvas.viewport().rect())
    if more is not None:
        over = QRect(canvas.mapFromGlobal(more.mapToGlobal(QPoint(0, 0))), more.size())
        found = found.united(over.adjusted(-EDGE, -EDGE, EDGE, EDGE))
    return found


def _take(scenes: Scenes, name: str, part: QRect) -> None:
    """Take a part of the canvas, with what stands over it."""
    corner = scenes.place.canvas.mapTo(scenes.shell, QPoint(0, 0))
    scenes.camera.take(scenes.shell, f"manual/{name}", part.translated(corner))


def add_palette(scenes: Scenes) -> Iterator[Wait]:
    """Show a layer with its numbers, searched at the pointer."""
    yield from _sized(scenes, SMALL, "flatten")
    _select(scenes)
    canvas = scenes.place.canvas
    _point(scenes, canvas.node_rect(NodeId("flatten")).bottomLeft() + QPoint(-80, 40))
    _press(scenes, K.Key_Tab)
    yield REST
    _type("conv 64 3")
    yield REST
    opened = next(each for each in scenes.shell.findChildren(AddPalette) if each.isVisible())
    part = _around(scenes, "pool", "flatten", "dropout", more=opened)
    _take(scenes, "add_palette", part)
    _type("", K.Key_Escape)
    yield REST


def bypassed_and_detached(scenes: Scenes) -> Iterator[Wait]:
    """Show a node that is passed by, and a wire that gradients do not go back along."""
    start = scenes.session.document.position
    yield from _sized(scenes, SMALL, "dropout")
    _select(scenes, "dropout")
    _press(scenes, K.Key_M)
    canvas = scenes.place.canvas
    canvas.select(())
    canvas.world.choose_wire(InPort(NodeId("flatten"), PortPath("input")))
    _press(scenes, K.Key_D, ALT)
    yield scenes.is_known
    yield REST
    canvas.select(())
    yield REST
    _take(scenes, "bypass_and_detach", _around(scenes, "pool", "flatten", "dropout", "head"))
    scenes.session.go_to(start)
    yield scenes.is_known


def frames(scenes: Scenes) -> Iterator[Wait]:
    """Show a frame around nodes and a note beside them."""
    start = scenes.session.document.position
    yield from _sized(scenes, SMALL, "bn1")
    canvas = scenes.place.canvas
    _select(scenes, "conv1", "bn1", "relu1")
    _press(scenes, K.Key_C)
    yield REST
    _type("First stage", K.Key_Return)
    yield REST
    _point(scenes, canvas.node_rect(NodeId("bn1")).topLeft() - QPoint(0, 140))
    _press(scenes, K.Key_N)
    yield REST
    _type("16 channels at 8 × 8: the edges of a digit are found here.", K.Key_Return, CTRL)
    yield REST
    canvas.select(())
    yield scenes.is_known
    yield REST
    part = _around(scenes, "image", "conv1", "bn1", "relu1")
    _take(scenes, "frames_and_notes", part.adjusted(0, -130, 0, 0))
    scenes.session.go_to(start)
    yield scenes.is_known


def block(scenes: Scenes) -> Iterator[Wait]:
    """Show a block from outside, and from inside with its interface."""
    start = scenes.session.document.position
    yield from _sized(scenes, SMALL)
    _select(scenes, "conv1", "bn1", "relu1")
    _press(scenes, K.Key_G, CTRL)
    yield REST
    _type("Stage", K.Key_Return)
    yield scenes.is_known
    (use,) = scenes.session.selection
    scenes.place.canvas.zoom_to(1.0)
    scenes.place.canvas.reveal(use)
    yield REST
    part = _around(scenes, "image", str(use), "conv2")
    _take(scenes, "block", part)
    _press(scenes, K.Key_Return)
    yield REST
    scenes.session.select([])
    scenes.place.show_panel("inspector")
    scenes.place.canvas.fit_all()
    yield scenes.is_known
    yield REST
    scenes.camera.take(scenes.shell, "manual/inside_a_block")
    _press(scenes, K.Key_Escape)
    scenes.session.go_to(start)
    yield scenes.is_known


def outline(scenes: Scenes) -> Iterator[Wait]:
    """Show the tree of the drawing beside it."""
    yield from _sized(scenes, SMALL)
    _select(scenes, "conv2")
    scenes.place.show_panel("outline")
    yield REST
    scenes.camera.take(scenes.shell, "manual/outline")


def history(scenes: Scenes) -> Iterator[Wait]:
    """Show some steps of which the last was taken back."""
    start = scenes.session.document.position
    yield from _sized(scenes, SMALL)
    take_steps(scenes.session)
    yield scenes.is_known
    scenes.place.show_panel("history")
    yield REST
    scenes.camera.take(scenes.shell, "manual/history", QRect(620, 70, 660, 300))
    scenes.session.go_to(start)
    yield scenes.is_known


def found(scenes: Scenes) -> Iterator[Wait]:
    """Show what was found in a graph that is larger than the view, and the map of it."""
    yield from _sized(scenes, SMALL, "relu1")
    _press(scenes, K.Key_F, CTRL)
    yield REST
    _type("conv2d", K.Key_Return)
    yield REST
    _take(scenes, "find_and_minimap", scenes.place.canvas.rect())
    _type("", K.Key_Escape)
    yield REST


def picture(scenes: Scenes) -> Iterator[Wait]:
    """Show the dialog that writes the drawing as a picture."""
    _select(scenes)
    scenes.place.show_dialog("picture")
    yield REST
    dialog = scenes.dialog()
    if isinstance(dialog, PictureDialog):
        dialog.file.setText("~/digits_cnn.svg")
    yield from scenes.open_dialog("manual/export_picture")


def curves(scenes: Scenes) -> Iterator[Wait]:
    """Show the curves of a run."""
    yield from _sized(scenes, LARGE)
    scenes.place.show_panel("run")
    yield REST
    scenes.camera.take(scenes.shell.docks["run"], "manual/training")


def numbers(scenes: Scenes) -> Iterator[Wait]:
    """Show the numbers of a node, edited where it stands."""
    yield from _sized(scenes, SMALL, "conv2")
    _select(scenes, "conv2")
    _press(scenes, K.Key_Return)
    yield REST
    part = _around(scenes, "relu1", "conv2", "bn2").adjusted(0, 0, 0, 190)
    _take(scenes, "numbers", part)
    _type("", K.Key_Escape)
    yield REST


MANUAL: tuple[Scene, ...] = (
    outline,
    add_palette,
    numbers,
    bypassed_and_detached,
    frames,
    block,
    history,
    found,
    picture,
)
"""What is shown of the digits example; in the dark look."""
