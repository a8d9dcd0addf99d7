"""The fix that somebody points at, made on a copy, so that it can be shown before it is applied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from graph_editor.checking.verdict import Fix
from graph_editor.document.files import FileProblem, apply_change
from graph_editor.document.model import Project

KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class Previewing(QObject):
    """At most one fix at a time. Esc ends it wherever the keyboard is, and nothing but a menu."""

    changed = Signal()
    """Another fix is shown, or none."""

    def __init__(
        self, project: Callable[[], Project | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project = project
        self.fix: Fix | None = None
        self.after: Project | None = None
        """The project with the fix."""
        self.parts: tuple[str, ...] = ()
        """What it consists of, where it is several fixes at once."""

    def show(self, fix: Fix, parts: tuple[str, ...] = ()) -> None:
        """Show what a fix of the present verdict would change; nothing is edited."""
        project = self._project()
        if project is None or fix == self.fix:
            return
        try:
            after = apply_change(project, dict(fix.patch))
        except FileProblem:
            return
        if self.fix is None:
            self._listen(True)
        self.fix, self.after, self.parts = fix, after, parts
        self.changed.emit()

    def end(self, fix: Fix | None = None) -> None:
        """Show it no more; with a fix, only where it is that one that is shown."""
        if self.fix is None or (fix is not None and fix != self.fix):
            return
        self.fix, self.after, self.parts = None, None, ()
        self._listen(False)
        self.changed.emit()

    def _listen(self, on: bool) -> None:
        app = QCoreApplication.instance()
        if app is not None:
            (app.installEventFilter if on else app.removeEventFilter)(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Esc while a fix is shown."""
        del watched
        if event.type() not in KEYS or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape or self.fix is None:
            return False
        if QApplication.activePopupWidget() is not None:
            return False  # Esc closes the menu, which ends the preview of its entry
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut: the key itself follows
        else:
            self.end()
        return True
