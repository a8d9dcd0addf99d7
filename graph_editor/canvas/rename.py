"""The line on a node's header in which its name is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.canvas.theme import text_font
from graph_editor.document.edits import in_block, rename_node
from graph_editor.document.model import NodeId

LEAST_WIDTH, HEIGHT = 160, 26


class RenameLine(QLineEdit):
    """Enter or leaving it takes the name; Esc leaves the old one. An empty name is torch's own."""

    def __init__(self, canvas: Canvas, node: NodeId) -> None:
        super().__init__(canvas.viewport())
        self.canvas, self.node = canvas, node
        self._is_open = True
        self._unsubscribe = canvas.document.subscribe(lambda _: self._follow())
        self.setText(graph_of(canvas).nodes[node].name)
        self.setPlaceholderText(name_of(canvas, node))
        self.setFont(text_font("node_title"))
        self.setAccessibleName(f"Name of {name_of(canvas, node)}")
        look = canvas.look
        self.setStyleSheet(
            f"QLineEdit {{ background: {look.hex('input')}; color: {look.hex('text')};"
            f" border: 2px solid {look.hex('ring')}; border-radius: 4px; padding: 0 6px;"
            f" selection-background-color: {look.hex('accent')};"
            f" selection-color: {look.hex('on_accent')}; }}"
        )

    def open_line(self) -> None:
        """Show the line on the header of its node, all of the name selected."""
        self.canvas.reveal(self.node)
        place = self.canvas.node_rect(self.node)
        width = max(LEAST_WIDTH, place.width())
        room = self.canvas.viewport().width() - width
        corner = QPoint(max(0, min(place.x(), room)), max(0, place.y()))
        self.setGeometry(corner.x(), corner.y(), width, HEIGHT)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end(takes=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._end(takes=False)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # what is typed here is a name, not a command of the window
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        quiet = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in quiet:
            self._end(takes=True)

    def _follow(self) -> None:
        if self.node not in graph_of(self.canvas).nodes:
            self._end(takes=False)

    def _end(self, takes: bool) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self._unsubscribe()
        said = self.text().strip()
        self.hide()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        if takes:
            rename(self.canvas, self.node, said)
        self.deleteLater()


def rename(canvas: Canvas, node_id: NodeId, name: str) -> None:
    """Call a node otherwise; an empty name gives it torch's again."""
    title = f"Rename {name_of(canvas, node_id)}"
    edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: rename_node(graph, node_id, name)),
        title,
    )
