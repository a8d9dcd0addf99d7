"""The line under the shortcuts sheet: what has the chosen keys, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.commands.shortcuts import Slot, give, native, present, reset, slots, taker, why_not
from app.dialogs.dialog import button, label
from app.dialogs.key_rows import KeyRow
from app.settings.store import Settings

CHOOSE = "Choose a line with the arrow keys or the mouse; Enter changes its keys."
NO_KEYS = "It has no keys."
USUAL = "These are its usual keys."


class KeyBar(QWidget):
    """One sentence, and the buttons that belong to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label(CHOOSE, "secondary", wraps=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 6, 16, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.words, 1)
        self.buttons: dict[str, QPushButton] = {}
        self.setMinimumHeight(40)

    def add(self, name: str, act: Callable[[], object], tip: str) -> None:
        """Add a button at the right."""
        made = self.buttons[name] = button(name, "flat", self)
        made.setToolTip(tip)
        made.clicked.connect(lambda _=False: act())
        self._row.addWidget(made)

    def say(self, words: str, role: str = "secondary") -> None:
        """Say one sentence."""
        self.words.setText(words)
        if role != self.words.property("role"):
            self.words.setProperty("role", role)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)

    def offer(self, *names: str) -> None:
        """Show these buttons alone."""
        for name, made in self.buttons.items():
            made.setVisible(name in names)


class KeyChange(QObject):
    """Changes the keys of one line at a time, and never takes any without being told to."""

    changed = Signal()

    def __init__(self, settings: Settings, bar: KeyBar, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._bar = settings, bar
        self._row: KeyRow | None = None
        self._wanted = ""
        self._adds = False
        bar.add("Change", lambda: self.listen(False), "Press other keys for this line (Enter)")
        bar.add("Add keys", lambda: self.listen(True), "Give this line more keys besides")
        bar.add("Remove", self._remove, "Leave this line without keys")
        bar.add("Reset", self._reset, "Give this line its usual keys again")
        bar.add("Take it", self._take, "")
        bar.add("Leave it", self._leave, "Keep all keys as they are")
        bar.offer()

    def choose(self, row: KeyRow) -> None:
        """Speak of a line from now on."""
        if row is not self._row:
            self._end()
            self._row = row
        if not row.listens and not self._wanted:
            self._say_row()

    def listen(self, adds: bool) -> None:
        """Wait for the keys that the chosen line is to have, alone or besides its own."""
        if self._row is None:
            return
        self._wanted, self._adds = "", adds
        self._row.listen(True)
        self._row.setFocus()
        kept = " or ".join(map(native, self._row.keys))
        rest = f"Esc keeps {kept}." if kept else "Esc leaves it without."
        self._bar.say(f"Press the new keys for “{self._row.slot.title}”. {rest}")
        self._bar.offer("Leave it")

    def give_up(self) -> None:
        """Stop waiting; what was is kept."""
        self._end()
        self._say_row()

    def pressed(self, key: str) -> None:
        """Take a key that was pressed, or say why not, or whose it is."""
        assert self._row is not None
        slot = self._row.slot
        reason = why_not(slot, key)
        if reason:
            self._bar.say(reason, "warning")
            return
        self._row.listen(False)
        other = taker(self._settings, slot, key)
        if other is None:
            self._give(key)
            return
        self._wanted = key
        self._bar.say(f"{native(key)} is “{other.title}” now ({other.group}).", "warning")
        take = self._bar.buttons["Take it"]
        take.setText(f"Take it from “{other.title}”")
        take.setToolTip(f"“{other.title}” is left without these keys")
        self._bar.offer("Take it", "Leave it")
        take.setFocus()

    def say(self, words: str) -> None:
        """Say what happened, beside what can be done with the chosen line."""
        self._say_row()
        self._bar.say(words)

    def _give(self, key: str) -> None:
        assert self._row is not None
        slot = self._row.slot
        old = present(self._settings)[slot.name] if self._adds else ()
        self._set(slot, (*old, key))

    def _take(self) -> None:
        if self._row is not None and self._wanted:
            self._give(self._wanted)

    def _leave(self) -> None:
        self.give_up()
        if self._row is not None:
            self._row.setFocus()

    def _remove(self) -> None:
        if self._row is not None:
            self._set(self._row.slot, ())

    def _reset(self) -> None:
        if self._row is not None:
            slot = self._row.slot
            self._do(slot, lambda: reset(self._settings, slot))

    def _set(self, slot: Slot, keys: tuple[str, ...]) -> None:
        self._do(slot, lambda: give(self._settings, slot, keys))

    def _do(self, slot: Slot, act: Callable[[], object]) -> None:
        before, failed = present(self._settings), ""
        try:
            act()
        except OSError as error:
            failed = f" It holds until the end, but was not kept: {error.strerror or error}."
        now = present(self._settings)
        self._end()
        self.changed.emit()
        if self._row is not None:
            self._row.setFocus()  # it speaks of the line, too: before what has happened
        lost = [n for n, keys in before.items() if n != slot.name and set(keys) - set(now[n])]
        self.say(_told(slot, now[slot.name], lost) + failed)

    def _end(self) -> None:
        self._wanted = ""
        if self._row is not None:
            self._row.listen(False)

    def _say_row(self) -> None:
        if self._row is None:
            self._bar.say(CHOOSE)
            self._bar.offer()
            return
        slot, keys = self._row.slot, self._row.keys
        self._bar.say(f"{slot.title}. {slot.doc}".strip() if slot.doc else slot.title)
        remove, back = self._bar.buttons["Remove"], self._bar.buttons["Reset"]
        remove.setEnabled(bool(keys))
        remove.setToolTip("Leave this line without keys" if keys else NO_KEYS)
        usual = set(keys) == set(slot.usual)
        back.setEnabled(not usual)
        said = " or ".join(map(native, slot.usual)) or "none"
        back.setToolTip(USUAL if usual else f"Give this line its usual keys again: {said}")
        self._bar.offer("Change", "Add keys", "Remove", "Reset")


def _told(slot: Slot, keys: tuple[str, ...], lost: list[str]) -> str:
    now = " or ".join(map(native, keys)) or "no keys"
    words = f"“{slot.title}” has {now} now."
    if lost:
        words += f" Taken from {', '.join(f'“{slots()[name].title}”' for name in lost)}."
    return words
