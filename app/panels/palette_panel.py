"""The palette: everything that can be placed, to be found, read about and dragged to the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.panels.inspector_parts import label
from app.panels.palette_browser import Browser
from app.panels.palette_rail import WIDTH, Popup, Rail
from app.panels.palette_rows import all_specs
from graph_editor.catalogue.families import family_of
from graph_editor.document.changes import Change

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.catalogue.spec import Spec

KEPT = "recent_specs"
MANY = 5
NARROW = 100
"""Below this width there is room for the rail alone."""
LATER = 3000
"""Milliseconds until what was used is written down."""


class PalettePanel(QWidget):
    """A list of families with a search field; in narrow windows a rail of buttons."""

    title = "Add"
    glyph = "plus"
    chosen = Signal(str)
    """The name of a spec that is to be added."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(self.title)
        self.session = session
        self.is_compact = False
        kept = session.settings.memory(KEPT)
        self._recent = [str(name) for name in kept][:MANY] if isinstance(kept, list) else []
        self._specs: list[Spec] = []
        look = session.theme
        self.browser = Browser(self.specs, self.recent, look)
        self.rail = Rail(look)
        self.popup: Popup | None = None
        self._writing = QTimer(self, singleShot=True, interval=LATER)
        self._writing.timeout.connect(self._write)
        self._build()
        self.browser.chosen.connect(self.chosen)
        self.rail.asked.connect(self.open_popup)
        session.changed.connect(self._changed)
        session.graph_changed.connect(self._reread)
        session.theme_changed.connect(self._restyle)
        session.keys.changed.connect(self._say_key)
        self._say_key()
        self._reread()

    def _say_key(self) -> None:
        key = self.session.keys.now("Tab")
        self._key.setText(key)
        self._key.setVisible(bool(key))
        self._key.setToolTip(f"{key} on the canvas opens a search at the pointer")

    def _build(self) -> None:
        self._head = QWidget()
        line = QHBoxLayout(self._head)
        line.setContentsMargins(12, 8, 8, 8)
        title = label("Add", "section")
        line.addWidget(title, 1)
        self._key = label("Tab", "key")
        line.addWidget(self._key)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.browser, 1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.rail)
        self.setMinimumWidth(WIDTH)

    # What there is

    def specs(self) -> list[Spec]:
        """Return all that can be placed."""
        return self._specs

    def recent(self) -> list[str]:
        """Return what was added last, the latest first."""
        return self._recent

    def row_place(self, name: str) -> QPoint:
        """Bring the row of a spec into sight; return its middle in the list's viewport."""
        browser = self.browser
        index = browser.index_of(name)
        if index.isValid():
            browser.view.setExpanded(index.parent(), True)
            browser.view.scrollTo(index)
        return browser.view.visualRect(QModelIndex(index)).center()

    def _reread(self) -> None:
        self._specs = all_specs(self.session)
        self.rail.show_families({family_of(spec) for spec in self._specs})
        self.browser.refresh()

    def _changed(self, change: Change) -> None:
        if change.blocks or change.code:
            self._reread()
        added = [
            change.after.block(key).graph.nodes[node].spec
            for key, graph in change.graphs.items()
            if key == "main" or key in change.after.blocks
            for node in graph.nodes.added
        ]
        if added and len(added) <= MANY:
            self._use(added)

    def _use(self, names: list[str]) -> None:
        """Note what was added, the latest first."""
        known = {spec.name for spec in self._specs}
        mine = [name for name in dict.fromkeys(names) if name in known]
        last = [*mine, *(name for name in self._recent if name not in mine)][:MANY]
        if last != self._recent:
            self._recent = last
            self._writing.start()
            self.browser.refresh()

    def _write(self) -> None:
        self.session.settings.remember(KEPT, list(self._recent))

    # How it stands

    def set_compact(self, compact: bool) -> None:
        """Be a rail of buttons, or the whole list."""
        self.is_compact = compact
        self._stack.setCurrentIndex(1 if compact else 0)

    def event(self, event: QEvent) -> bool:
        """Look at the library again where it may have been changed: in a dialog, elsewhere."""
        if event.type() is QEvent.Type.WindowActivate and all_specs(self.session) != self._specs:
            self._reread()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_compact(event.size().width() < NARROW)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set_compact(self.width() < NARROW)

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        if self.is_compact:
            self.open_popup("search", self.rail.buttons["search"])
        else:
            self.browser.field.setFocus()

    def open_popup(self, key: str, button: QWidget) -> None:
        """Open the list of a family beside its button."""
        if self.popup is None:
            browser = Browser(self.specs, self.recent, self.session.theme)
            browser.chosen.connect(self.chosen)
            self.popup = Popup(browser, self)
        self.popup.open_at(button, key)

    def _restyle(self) -> None:
        look = self.session.theme
        self.browser.set_theme(look)
        self.rail.set_theme(look)
        if self.popup is not None:
            self.popup.browser.set_theme(look)
