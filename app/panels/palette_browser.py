"""The list of all that can be placed, with its search field: keys, pointer and drags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QVBoxLayout, QWidget

from app.panels.palette_field import SearchField
from app.panels.palette_painter import RowPainter, node_picture
from app.panels.palette_rows import Group, Rows, groups_of, matches
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.spec import Spec

OPEN_AT_FIRST = ("recent", "data", "layer")


class RowView(QTreeView):
    """Headings that fold, and rows that are chosen with Enter or a double click, or dragged."""

    chosen = Signal(str)
    typed = Signal(str)
    """Letters that belong into the search field."""
    dragged = Signal()
    """A drag begins."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows(self)
        self.painter_of_rows = RowPainter(look, self)
        self.setModel(self.rows)
        self.setItemDelegate(self.painter_of_rows)
        self.setAccessibleName("Nodes that can be added")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self._choose)

    def _choose(self, index: QModelIndex | QPersistentModelIndex) -> None:
        hit = self.rows.hit(index)
        if hit is not None:
            self.chosen.emit(hit.spec.name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        super().mouseReleaseEvent(event)
        if left and index.isValid() and self.rows.hit(index) is None:
            self.setExpanded(index, not self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if self.rows.hit(index) is None:
                self.setExpanded(index, not self.isExpanded(index))
            else:
                self._choose(index)
            return
        if event.key() == Qt.Key.Key_Left and self.rows.hit(index) is not None:
            self.setCurrentIndex(index.parent())
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        self.typed.emit(search)

    def startDrag(self, supported: Qt.DropAction) -> None:  # noqa: ARG002  # a copy, always
        index = self.currentIndex()
        hit = self.rows.hit(index)
        if hit is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.rows.mimeData([index]))
        drag.setPixmap(node_picture(self.painter_of_rows.look, hit.spec, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(24, 12))
        self.dragged.emit()
        drag.exec(Qt.DropAction.CopyAction)


class Browser(QWidget):
    """A search field over the list."""

    chosen = Signal(str)
    dragged = Signal()

    def __init__(
        self,
        specs: Callable[[], Sequence[Spec]],
        recent: Callable[[], Sequence[str]],
        look: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._specs, self._recent = specs, recent
        self._family = ""
        self._opened = set(OPEN_AT_FIRST)
        self._filling = False
        self.field = SearchField(look)
        self.field.setAccessibleName("Search nodes")
        self.field.installEventFilter(self)
        self.view = RowView(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        field = QVBoxLayout()
        field.setContentsMargins(8, 0, 8, 0)
        field.addWidget(self.field)
        column.addLayout(field)
        column.addWidget(self.view, 1)
        self.field.textChanged.connect(self.refresh)
        self.view.chosen.connect(self.chosen)
        self.view.dragged.connect(self.dragged)
        self.view.typed.connect(self._type)
        self.view.expanded.connect(lambda index: self._folded(index, True))
        self.view.collapsed.connect(lambda index: self._folded(index, False))
        self.set_theme(look)

    def show_family(self, family: str) -> None:
        """Show one family alone; with none, all of them."""
        self._family = family
        self._opened |= {family}
        if self.field.text():
            self.field.clear()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Show what matches the search now, and the families where nothing is searched."""
        specs, recent = self._specs(), self._recent()
        text = self.field.text().strip()
        self.field.setPlaceholderText(f"Search {len(specs):,} nodes")
        groups = matches(specs, text, recent) if text else groups_of(specs, recent)
        if self._family and not text:
            groups = [group for group in groups if group.key == self._family]
        current = self.view.rows.hit(self.view.currentIndex())
        top = self.view.verticalScrollBar().value()
        self._fill(groups)
        if text:
            first = self.view.rows.index(0, 0, self.view.rows.index(0, 0))
            self.view.setCurrentIndex(first if groups[0].hits else QModelIndex())
        else:
            self.view.verticalScrollBar().setValue(top)
            if current is not None:
                self.view.setCurrentIndex(self.index_of(current.spec.name))

    def _fill(self, groups: Sequence[Group]) -> None:
        self._filling = True
        self.view.rows.show(groups)
        for row, group in enumerate(groups):
            is_open = group.key == "found" or group.key in self._opened
            self.view.setExpanded(self.view.rows.index(row, 0), is_open)
        self._filling = False

    def _folded(self, index: QModelIndex, is_open: bool) -> None:
        if not self._filling:
            key = self.view.rows.groups[index.row()].key
            self._opened = self._opened | {key} if is_open else self._opened - {key}

    def index_of(self, name: str) -> QModelIndex:
        """Return the row of a spec in its family, or among what was found."""
        rows = self.view.rows
        for place, group in enumerate(rows.groups):
            for row, hit in enumerate(group.hits):
                if hit.spec.name == name and group.key != "recent":
                    return rows.index(row, 0, rows.index(place, 0))
        return QModelIndex()

    def _type(self, text: str) -> None:
        self.field.setFocus()
        self.field.setText(self.field.text() + text)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is not self.field or event.type() != QEvent.Type.KeyPress:
            return False
        return isinstance(event, QKeyEvent) and self._key(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Let keys in the search field move through the list; return whether one was meant so."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            if key == Qt.Key.Key_Down and not self.view.currentIndex().isValid():
                self.view.setCurrentIndex(self.view.rows.index(0, 0))
            if not self.field.text():
                self.view.setFocus()
            else:
                self.view.keyPressEvent(event)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.field.text():
            self.view.keyPressEvent(event)
            return True
        if key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
            return True
        return False

    def set_theme(self, look: Theme) -> None:
        """Paint in another theme."""
        self.field.set_theme(look)
        self.view.painter_of_rows.look = look
        self.view.viewport().update()
