"""Errors that nobody foresaw: the work is saved aside, and a report can be copied."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QDialog, QWidget

from app.session.posting import deliver

MOST_LINES = 200
QUIET = ("propagateSizeHints",)
"""What a platform says of itself at every window, and nobody can do anything about."""
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
log = logging.getLogger("netwright")


class LastLines(logging.Handler):
    """Keeps the last lines of the log for a report."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(self.format(record))


class Faults(QObject):
    """Catches what is raised in slots and threads, tells it once, and goes on."""

    _raised = Signal(object)
    _raised_in_thread = Signal(object)

    def __init__(
        self,
        save_aside: Callable[[], Path | None],
        window: Callable[[], QWidget | None],
        parent: QObject | None = None,
    ) -> None:
        """``save_aside`` returns None where nothing is unsaved, and raises where it fails."""
        super().__init__(parent)
        self._save_aside, self._window = save_aside, window
        self._dialog: QDialog | None = None
        self._hooks = (sys.excepthook, threading.excepthook)
        self.last = LastLines()
        self._raised.connect(self._tell)
        self._raised_in_thread.connect(self._tell_of_thread)

    def install(self) -> None:
        """Catch from now on."""
        logging.getLogger().addHandler(self.last)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        qInstallMessageHandler(self._message)

    def remove(self) -> None:
        """Let errors go where they went before."""
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(None)
        logging.getLogger().removeHandler(self.last)

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._hooks[0](kind, error, trace)  # to the terminal, too
        if isinstance(error, Exception):
            self._raised.emit(error)

    def _thread_hook(self, found: threading.ExceptHookArgs) -> None:
        self._hooks[1](found)
        if isinstance(found.exc_value, Exception):
            deliver(self._raised_in_thread, found.exc_value)

    def _message(self, kind: QtMsgType, _: QMessageLogContext, words: str | None) -> None:
        if words and not any(part in words for part in QUIET):
            log.log(LEVELS.get(kind, logging.WARNING), "Qt: %s", words)

    def _tell_of_thread(self, error: Exception) -> None:
        self._tell(error, in_thread=True)

    def _tell(self, error: Exception, in_thread: bool = False) -> None:
        """Save the work aside and show the report; of several errors at once, the first."""
        log.error("unexpected error", exc_info=error)
        if self._dialog is not None:
            return
        from app.dialogs.error_dialog import NOT_SAVED, NOTHING_UNSAVED, ErrorDialog

        saved: Path | str
        try:
            saved = self._save_aside() or NOTHING_UNSAVED
        except Exception:
            log.exception("the work could not be saved aside")
            saved = NOT_SAVED
        window = self._window()
        lines = list(self.last.lines)
        dialog = ErrorDialog(error, saved, lines, window, in_thread=in_thread)
        self._dialog = dialog

        def done(answer: int) -> None:
            self._dialog = None
            dialog.deleteLater()
            if answer == ErrorDialog.CLOSE_WINDOW and window is not None:
                window.close()

        dialog.finished.connect(done)
        dialog.open()
