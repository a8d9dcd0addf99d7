"""Writes pictures of widgets, and knows when two of different names show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from graph_editor.document.atomic import atomic_write

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget


MANUAL = "manual/"
"""What the names of the manual's pictures begin with."""


class Camera:
    """Names pictures after scene, look, scale and size: ``error-dark-100-1280x720.png``."""

    def __init__(self, folder: Path, look: str, sizes: Sequence[tuple[int, int]]) -> None:
        self.folder, self.look, self.sizes = folder, look, sizes
        self.twins: list[str] = []
        """What is wrong with the pictures so far: a sentence for each that shows nothing new."""
        self._taken: dict[bytes, str] = {}

    def take(self, widget: QWidget, name: str, part: QRect | None = None) -> None:
        """Write the picture of a widget, or of a part of it, with the list that is open over it."""
        from PySide6.QtCore import QBuffer, QIODevice

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture = _with_lists(widget)
        if part is not None:
            picture = picture.copy(part)
        picture.save(buffer, "PNG")
        written = bytes(buffer.data().data())
        self._compare(name, written)
        path = self.folder / self.file(name, widget)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, written)
        print(path)

    def file(self, name: str, widget: QWidget) -> str:
        """Return what the picture of a widget is called."""
        return f"{name}-{self.look}-{widget.width()}x{widget.height()}.png"

    def _compare(self, name: str, written: bytes) -> None:
        first = self._taken.setdefault(sha256(written).digest(), name)
        if first != name:
            self.twins.append(f"“{name}” shows exactly what “{first}” shows")


class DocsCamera(Camera):
    """Writes the pictures of the manual and, of all others, those that README shows."""

    def __init__(
        self, folder: Path, names: Mapping[str, str], sizes: Sequence[tuple[int, int]]
    ) -> None:
        super().__init__(folder, "", sizes)
        self.names = names

    def take(self, widget: QWidget, name: str, part: QRect | None = None) -> None:
        """Write a picture under its name in the documents; pass over what they do not show."""
        if name in self.names or name.startswith(MANUAL):
            super().take(widget, self.names.get(name, name), part)

    def file(self, name: str, widget: QWidget) -> str:  # noqa: ARG002  # one size of each
        """Return what the picture is called."""
        return f"{name}.png"


def _with_lists(widget: QWidget) -> QPixmap:
    """Return a widget as one sees it; the lists over it are windows of their own to Qt."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication, QDialog

    picture = widget.grab()
    painter = QPainter(picture)
    for other in QApplication.topLevelWidgets():
        owner = other.parentWidget()
        is_over = owner is not None and owner.window() is widget.window()
        if is_over and other.isVisible() and not isinstance(other, QDialog):
            corner = other.mapToGlobal(other.rect().topLeft())
            painter.drawPixmap(widget.mapFromGlobal(corner), other.grab())
    painter.end()
    return picture
