"""The shortcuts sheet: every key and gesture at a glance, and keys changed on the spot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from app.commands.shortcuts import SETTING, present, reset_all, slots
from app.dialogs.dialog import Dialog, button, label, line
from app.dialogs.gesture_table import mouse_gestures
from app.dialogs.key_change import KeyBar, KeyChange
from app.dialogs.key_rows import GestureRow, KeyRow
from app.dialogs.key_sheet import Group, KeySheet, Line
from app.settings.store import Settings
from graph_editor.canvas.theme import Theme, theme

ABOUT = (
    "Keys hold at once, in all windows. Tab, arrows and Enter work in lists and fields as usual."
)
BARE = "Commands without keys"


class ShortcutsDialog(Dialog):
    """Reads commands, canvas and gestures; nothing is written down twice."""

    def __init__(
        self, settings: Settings, look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Shortcuts", ABOUT, parent)
        self._settings, self._look = settings, look or theme("dark")
        self._before = ""
        self._add_head()
        self.rows: dict[str, KeyRow] = {}
        self.sheet = KeySheet(self._groups(), self)
        self.nothing = label("No command, key or gesture has these words.", "secondary")
        self.nothing.setMargin(20)
        self.bar = KeyBar(self)
        self.change = KeyChange(settings, self.bar, self)
        self.change.changed.connect(self._show_keys)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nothing)
        column.addWidget(self.sheet, 1)
        column.addWidget(line())
        column.addWidget(self.bar)
        self.reset_all = button("Reset all", "", self)
        self.reset_all.clicked.connect(self._reset_all)
        self._foot_row.insertWidget(0, self.reset_all)
        self._foot_row.insertWidget(1, self.bare)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        unsubscribe = settings.subscribe(self._set)
        self.finished.connect(unsubscribe)
        self.destroyed.connect(unsubscribe)
        self._show_keys()
        self.fit(1180, 760)
        self._show_matches()
        self.search.setFocus()

    def _add_head(self) -> None:
        self.bare = QCheckBox(BARE, self)
        self.bare.setToolTip("Show what can be given keys, too")
        self.bare.toggled.connect(self._show_matches)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search keys and gestures")
        self.search.setAccessibleName("Search commands, keys and gestures")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(240)
        self.search.textChanged.connect(self._show_matches)
        self.search.installEventFilter(self)
        self.add_to_head(self.search)

    def _groups(self) -> list[Group]:
        groups: dict[str, Group] = {}
        for slot in slots().values():
            group = groups.setdefault(slot.group, Group(slot.group))
            row = self.rows[slot.name] = KeyRow(slot, self._look)
            row.chosen.connect(self._choose)
            row.change_asked.connect(self._ask_change)
            row.key_pressed.connect(lambda _, key: self.change.pressed(key))
            row.given_up.connect(lambda _: self.change.give_up())
            row.moved.connect(self._move)
            group.add(row)
        for target, hands in mouse_gestures().items():
            group = groups.setdefault(f"Mouse: {target.lower()}", Group(f"Mouse: {target.lower()}"))
            for hand in hands:
                group.add(GestureRow(hand))
        return list(groups.values())

    # What is shown

    def _set(self, key: str) -> None:
        if key == SETTING:
            self._show_keys()

    def _show_keys(self) -> None:
        now = present(self._settings)
        for name, row in self.rows.items():
            row.show_keys(now[name])
        if self._settings[SETTING]:
            self._before = ""
        changed = not self._settings.is_default(SETTING)
        self.reset_all.setText("Bring back" if self._before else "Reset all")
        self.reset_all.setEnabled(changed or bool(self._before))
        usual = "Give every command its usual keys again"
        tip = "Give back the keys that were reset" if self._before else usual
        able = self.reset_all.isEnabled()
        self.reset_all.setToolTip(tip if able else "All keys are the usual ones.")

    def _show_matches(self) -> None:
        words = self.search.text().lower().split()
        every = self.bare.isChecked()

        def fits(line: Line) -> bool:
            if words:
                known = line.words()
                return all(word in known for word in words)
            return every or not isinstance(line, KeyRow) or bool(line.keys)

        self.nothing.setVisible(not self.sheet.show_where(fits))
        self.sheet.verticalScrollBar().setValue(0)

    # What is done

    def _choose(self, row: KeyRow) -> None:
        for each in self.rows.values():
            stays = Qt.FocusPolicy.StrongFocus if each is row else Qt.FocusPolicy.ClickFocus
            each.setFocusPolicy(stays)
        self.sheet.reveal(row)
        self.change.choose(row)

    def _ask_change(self, row: KeyRow) -> None:
        self._choose(row)
        self.change.listen(False)

    def _move(self, row: KeyRow, step: int) -> None:
        shown = self.sheet.key_rows()
        if row in shown:
            at = max(0, min(len(shown) - 1, shown.index(row) + step))
            shown[at].setFocus(Qt.FocusReason.TabFocusReason)

    def _reset_all(self) -> None:
        before = str(self._settings[SETTING])
        try:
            if before:
                self._before = before
                reset_all(self._settings)
            else:
                self._settings.set(SETTING, self._before)
        except OSError as error:
            self.change.say(f"It holds until the end, but was not kept: {error.strerror or error}.")
            return
        self._show_keys()
        said = "Every command has its usual keys again." if before else "Your keys are back."
        self.change.say(said)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            shown = self.sheet.key_rows()
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and shown:
                shown[0].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
