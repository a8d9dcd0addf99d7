"""One setting in the dialog: title, editor, what it does, why a value is refused, and its reset."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import button, label
from app.settings.store import Settings
from app.settings.table import Setting, Value

EDITOR_WIDTH = 168


class SettingsField(QWidget):
    """Shows one setting and keeps what is chosen at once; what is typed, when typing rests."""

    keys_asked = Signal()
    said = Signal(str)
    """One sentence on what happened."""

    def __init__(self, setting: Setting, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting, self._settings = setting, settings
        self.title = label(setting.title)
        self.doc = label(setting.doc, "secondary", wraps=True)
        self.problem = label("", "error", wraps=True)
        self.problem.setAccessibleName(f"Why {setting.title} is refused")
        self.reset = button("Reset", "link", self)
        self.reset.setAccessibleName(f"Reset {setting.title} to default")
        self.reset.setToolTip(f"Reset to default: {setting.said(setting.default)}")
        self.reset.clicked.connect(self._go_back)
        self.editor = self._made_editor()
        self.editor.setAccessibleName(setting.title)
        self.editor.setAccessibleDescription(setting.doc)
        self.title.setBuddy(self.editor)
        self._lay_out()
        self.show_value()

    def show_value(self) -> None:
        """Show the value as it is kept now; a text that was refused goes."""
        value = self._settings[self.setting.key]
        editor = self.editor
        editor.blockSignals(True)
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
            editor.setText("On" if value else "Off")
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QPushButton):
            said = self.setting.said(value)
            editor.setAccessibleDescription(f"{said[0].upper()}{said[1:]}. {self.setting.doc}")
        elif not self._says(value):
            editor.setText(str(value))
        editor.blockSignals(False)
        self._tell("")

    def words(self) -> str:
        """Return what a search looks through, in lower case."""
        own = self.setting
        choices = " ".join(title for _, title in own.choices)
        return f"{own.title} {own.doc} {own.key} {own.page} {choices}".lower()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        row.addWidget(self.reset)
        row.addWidget(self.editor)
        if self.setting.unit:
            row.addWidget(label(self.setting.unit, "secondary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.doc)
        column.addWidget(self.problem)

    def _made_editor(self) -> QCheckBox | QComboBox | QLineEdit | QPushButton:
        if self.setting.kind == "keys":
            opens = button("Change…", "", self)
            opens.clicked.connect(self.keys_asked)
            return opens
        if self.setting.kind == "switch":
            box = QCheckBox(self)
            box.toggled.connect(self._keep)
            return box
        if self.setting.kind == "choice":
            choice = _Choice(self)
            for value, title in self.setting.choices:
                choice.addItem(title, value)
            choice.currentIndexChanged.connect(lambda at: self._keep(choice.itemData(at)))
            choice.setMinimumWidth(EDITOR_WIDTH)
            return choice
        field = _Line(self)
        if self.setting.kind in ("whole", "number"):
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(96)
        else:
            field.setFixedWidth(EDITOR_WIDTH)
        field.textEdited.connect(self._typing)
        field.editingFinished.connect(self.settle)
        return field

    def _typing(self) -> None:
        """Say nothing yet: half a number is neither kept nor refused."""
        self._tell("")

    def settle(self) -> bool:
        """Keep what was typed, in its usual form: ``5`` for ``05``; return whether it may be kept.

        A refused text stays, with its reason, and the setting is as it was.
        """
        editor = self.editor
        if not isinstance(editor, QLineEdit) or not editor.isModified():
            return True
        try:
            value = self.setting.read(editor.text())
        except ValueError as reason:
            self._tell(str(reason))
            return False
        if value != self._settings[self.setting.key]:
            self._keep(value)
        editor.setText(str(value))
        return True

    def _keep(self, value: Value) -> None:
        try:
            self._settings.set(self.setting.key, value)
        except ValueError as reason:
            self._tell(str(reason))
        except OSError as error:
            self._tell(f"It holds until the end, but was not kept: {error.strerror or error}.")
        else:
            self.show_value()
            self.said.emit(f"{self.setting.title}: {self.setting.said(value)}")

    def _go_back(self) -> None:
        if isinstance(self.editor, QLineEdit):
            self.editor.clear()
        self._keep(self.setting.default)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _says(self, value: Value) -> bool:
        """Whether the line already says this value, in whatever form."""
        assert isinstance(self.editor, QLineEdit)
        try:
            return bool(self.editor.text()) and self.setting.read(self.editor.text()) == value
        except ValueError:
            return False

    def _tell(self, reason: str) -> None:
        self.problem.setText(reason)
        self.problem.setVisible(bool(reason))
        self.reset.setVisible(bool(reason) or not self._settings.is_default(self.setting.key))
        if self.editor.property("state") != ("error" if reason else ""):
            self.editor.setProperty("state", "error" if reason else "")
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)


class _Line(QLineEdit):
    """A line in which Enter ends the typing; it reaches the dialog where nothing was typed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isModified()
        super().keyPressEvent(event)
        if ends:
            event.accept()


class _Choice(QComboBox):
    """A choice that the wheel does not change while the page scrolls."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]  # a QWheelEvent
