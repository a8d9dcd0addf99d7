"""The keys of a window in words: sentences are written with the usual keys, and say the present."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

NATIVE = QKeySequence.SequenceFormat.NativeText
KEYS = re.compile(r" ?\((?P<keys>(?:[A-Z][a-z]+\+)*[A-Z?][A-Za-z0-9]*|(?:[A-Z][a-z]+\+)+\S)\)")
"""Keys in brackets, with the space before them: `` (Ctrl+R)``."""


class Keys(QObject):
    """Which keys do what now; told by whoever knows the commands."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now: Mapping[str, tuple[str, ...]] = {}
        self._usual: Mapping[str, tuple[str, ...]] = {}
        self._names: dict[str, str] = {}

    def tell(
        self, usual: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Take the keys of everything, as they are at first and as they are now."""
        if now is self._now:
            return
        self._now = now
        self._usual = usual
        self._names = {key: name for name, keys in usual.items() for key in keys}
        self.changed.emit()

    def of(self, name: str) -> str:
        """Return the first key of a command as this system writes it; empty: it has none."""
        return _native(next(iter(self._now.get(name, ())), ""))

    def given(self, name: str) -> tuple[str, ...] | None:
        """Return the keys that the user gave a command; None: it has its usual ones."""
        now = self._now.get(name)
        return None if now is None or set(now) == set(self._usual.get(name, ())) else now

    def now(self, usual: str) -> str:
        """Return the key that does what a key does usually, as this system writes it."""
        name = self._names.get(usual)
        if name is None or usual in self._now.get(name, ()):
            return _native(usual)
        return self.of(name)

    def said(self, words: str) -> str:
        """Return words with the present keys where the usual ones stand in brackets."""
        return KEYS.sub(self._bracket, words)

    def tip(self, widget: QWidget, words: str) -> None:
        """Give a widget a tooltip that goes on saying the present keys."""
        known = [each for each in widget.children() if isinstance(each, _Tip)]
        if not known:
            known.append(_Tip(self, widget))
            self.changed.connect(known[0].say)
        known[0].words = words
        known[0].say()

    def _bracket(self, found: re.Match[str]) -> str:
        keys = self.now(found["keys"])
        space = " " if found[0].startswith(" ") else ""
        return f"{space}({keys})" if keys else ""


class _Tip(QObject):
    """Keeps one tooltip true; goes with its widget."""

    def __init__(self, keys: Keys, widget: QWidget) -> None:
        super().__init__(widget)
        self._keys, self._widget, self.words = keys, widget, ""

    def say(self) -> None:
        self._widget.setToolTip(self._keys.said(self.words))


def _native(key: str) -> str:
    return QKeySequence(key).toString(NATIVE)
