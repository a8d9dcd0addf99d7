"""What the export dialog says: what stands in the way, and what was written."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import breakable, label
from app.session.exporting import Export
from app.session.naming import Names
from app.session.no_code import refusal_words
from app.session.seeking import HALTED
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.canvas.theme import Theme

WAITING = "The drawing is being checked; its code follows."
STOPPED = "The drawing cannot be checked, so there is no code of it: {}"


class Obstacles(QWidget):
    """Why nothing can be exported now; errors are listed and lead to their nodes."""

    chosen = Signal(object)
    """A Diagnostic that the user wants to see in the drawing."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.reason = ""
        """One sentence; empty where nothing is in the way."""
        self.words = label("", wraps=True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Errors of the drawing")
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.itemActivated.connect(self._choose)
        self.hint = label("Enter or a double click goes to the node.", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        for widget in (self.words, self.list, self.hint):
            column.addWidget(widget)

    def show_state(self, session: Session) -> None:
        """Say what stands in the way of this drawing's code."""
        problems = session.problems() if session.is_judged else ()
        errors = [each for each in problems if each.severity == "error"]
        self.list.clear()
        names = Names(session.project)
        for each in errors:
            icon = glyph_icon("error", self._look["error"])
            item = QListWidgetItem(icon, f"{names.label(each.node)}: {each.message}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, each)
        self.reason = self._reason(session, len(errors))
        self.words.setText(self.reason)
        self.list.setVisible(bool(errors))
        self.list.setFixedHeight(min(160, 30 * max(1, len(errors)) + 6))
        self.hint.setVisible(bool(errors))
        self.setVisible(bool(self.reason))

    def _reason(self, session: Session, errors: int) -> str:
        if session.is_written:
            return ""
        if errors:
            what = "one error" if errors == 1 else f"{errors} errors"
            return f"The drawing has {what}; mend it first, then it can be exported."
        if session.refusal is not None:
            return refusal_words(session)
        if session.engine_state in HALTED:
            return STOPPED.format(session.engine_words)
        return WAITING

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class Outcome(QFrame):
    """A card that says what was written; hidden before."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        sign = QLabel(self)
        sign.setPixmap(glyph_pixmap("check", look["ok"], 16, self.devicePixelRatioF()))
        self.title = label("", "ok")
        self.place = label("", "mono", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.place)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(10)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_export(self, export: Export | None) -> None:
        """Say what was written; None: nothing yet."""
        self.setVisible(export is not None)
        if export is not None:
            count = len(export.files)
            self.title.setText(f"{count} file{'s' * (count != 1)} written")
            self.place.setText(breakable(short(str(export.folder))))


def default_folder(project: Path | None, remembered: str) -> Path:
    """Return where an export goes if the user does not say: beside the last one, or the project."""
    name = f"{project.stem if project is not None else 'netwright'}_export"
    if remembered:
        return Path(remembered) / name
    if project is not None and not _is_ours(project):
        return project.absolute().parent / name
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return (Path(where) if where and Path(where).is_dir() else Path.home()) / name


def replaces(names: tuple[str, ...]) -> str:
    """Return the warning that an export replaces files; empty where it does not."""
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} there holds something else; exporting replaces it."
    said = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{said} there hold something else; exporting replaces them."


def short(text: str) -> str:
    """Return text with the user's own folder as ``~``."""
    home = str(Path.home())
    return re.sub(rf"{re.escape(home)}(?=[\\/\s]|$)", "~", text) if len(home) > 1 else text


def _is_ours(project: Path) -> bool:
    """Whether a project is one of the examples, whose folder is not the user's."""
    return Path(__file__).resolve().parents[2] / "assets" in project.absolute().parents
