"""The settings, as the table has them: pages at the left, their entries at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import Dialog, Scroll, label, line
from app.dialogs.settings_field import SettingsField
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.settings.store import Settings
from app.settings.table import PAGES, TABLE
from graph_editor.canvas.theme import Theme

PAGES_WIDTH = 148
NONE_FOUND = "No setting has these words."


class SettingsDialog(Dialog):
    """Changes hold at once; there is nothing to confirm."""

    def __init__(
        self, settings: Settings, look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Settings", "Changes hold at once, for all projects.", parent)
        self._settings, self._look = settings, look
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(200)
        self.search.textChanged.connect(self._show_matches)
        self.add_to_head(self.search)
        self.pages = QListWidget(self)
        self.pages.setAccessibleName("Pages of settings")
        self.pages.setFixedWidth(PAGES_WIDTH)
        self.pages.addItems(list(PAGES))
        self.pages.currentRowChanged.connect(self._show_page)
        self.form = Scroll()
        self.headings: dict[str, QWidget] = {}
        self.fields: dict[str, SettingsField] = {}
        self._fill(settings)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(8, 8, 8, 8)
        left.addWidget(self.pages)
        row.addLayout(left)
        row.addWidget(line(vertical=True))
        row.addWidget(self.form, 1)
        self.status = label("", "caption")
        self.set_foot_left(self.status)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        self._unsubscribe = settings.subscribe(self._changed)
        self.finished.connect(self._unsubscribe)
        self.destroyed.connect(self._unsubscribe)
        self.pages.setCurrentRow(0)
        self.fit(760, 520)
        self.search.setFocus()

    def show_setting(self, key: str) -> None:
        """Open the page of a setting and put the cursor into it."""
        field = self.fields[key]
        self.search.clear()
        self.pages.setCurrentRow(PAGES.index(field.setting.page))
        field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.reveal(field)

    def accept(self) -> None:
        """Close, unless something typed is refused: that is shown instead."""
        refused = [field for field in self.fields.values() if not field.settle()]
        if not refused:
            super().accept()
        elif refused[0].isHidden():
            self.show_setting(refused[0].setting.key)
        else:
            refused[0].editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.form.reveal(refused[0])

    def reject(self) -> None:
        """Close; what was typed is kept where it may be, as all that was chosen is."""
        for field in self.fields.values():
            field.settle()
        super().reject()

    def _open_keys(self) -> None:
        sheet = ShortcutsDialog(self._settings, self._look, self)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _fill(self, settings: Settings) -> None:
        for page in PAGES:
            self.headings[page] = label(page, "heading")
            self.form.column.addWidget(self.headings[page])
            for setting in TABLE:
                if setting.page == page:
                    field = SettingsField(setting, settings, self.form.content)
                    field.said.connect(self._say)
                    field.keys_asked.connect(self._open_keys)
                    self.fields[setting.key] = field
                    self.form.column.addWidget(field)
        self.nothing = label(NONE_FOUND, "secondary")
        self.form.column.addWidget(self.nothing)
        self.form.column.addStretch(1)

    def _show_page(self) -> None:
        if not self.search.text().strip():
            self._show_matches()

    def _show_matches(self) -> None:
        words = self.search.text().lower().split()
        item = self.pages.currentItem()
        page = item.text() if item is not None else PAGES[0]
        for field in self.fields.values():
            known = field.words()
            found = all(word in known for word in words) if words else field.setting.page == page
            field.setVisible(found)
        for name, heading in self.headings.items():
            heading.setVisible(any(self._shows(f) for f in self._fields_on(name)))
        self.nothing.setVisible(not any(map(self._shows, self.fields.values())))
        self.pages.setEnabled(not words)
        self.form.verticalScrollBar().setValue(0)

    def _fields_on(self, page: str) -> list[SettingsField]:
        return [field for field in self.fields.values() if field.setting.page == page]

    @staticmethod
    def _shows(field: SettingsField) -> bool:
        return not field.isHidden()

    def _changed(self, key: str) -> None:
        self.fields[key].show_value()

    def _say(self, words: str) -> None:
        self.status.setText(words)
