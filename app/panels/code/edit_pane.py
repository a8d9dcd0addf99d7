"""A file that is edited: its text, what is wrong with it, and the two ways out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.code.edit_view import EditView
from app.panels.code.view import Mark, add_mark
from app.session.ago import counted
from app.session.code_reading import Answer, CodeReading, Question
from app.session.typed import Unapplied
from graph_editor.canvas.theme import Theme

if TYPE_CHECKING:
    from app.session.session import Session
    from codegen.reading.problems import Problem
    from graph_editor.document.model import Project

FILES = ("model.py", "train.py", "data.py")
"""The files that can be edited."""
HINT = "Ctrl+Enter applies, Esc cancels."
NOT_NOW = "The code is not that of the drawing now; it can be edited once it is."
MOVED = "The drawing changed meanwhile. Apply joins that with what you typed."
CLASH = (
    "The drawing changed {lines}, too. Nothing was applied: look at the marks, then apply again."
)
NARROW = 380
"""Pixels below which words and buttons do not stand in one row."""
NOTED = 400
"""Milliseconds after which what was typed is recorded."""


class EditPane(QWidget):
    """Edits one file at a time, and takes it into the drawing as one step."""

    ended = Signal()
    resumed = Signal()
    """An edit from an earlier window, or from a file, is open."""
    applied = Signal(str)
    """The text of a file is in the drawing; its edit ends next."""

    def __init__(self, session: Session, letters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.file, self._before = session, "", ""
        self._letters, self._asks, self._wants = letters, False, False
        self.view: EditView | None = None
        self._reading = CodeReading(session, self)
        self.bar = QFrame(self)
        self.words = QLabel(self.bar, wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.apply, self.cancel = QPushButton("Apply", self.bar), QPushButton("Cancel", self.bar)
        self.apply.setProperty("role", "primary")
        self.apply.setToolTip("Take the edit into the drawing (Ctrl+Enter)")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.bar)
        self._row.setContentsMargins(10, 4, 8, 4)
        self._row.setSpacing(6)
        self._row.addWidget(self.words, 1)
        self._row.addLayout(buttons)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.bar)
        self.apply.clicked.connect(lambda _=False: self.take_in())
        self.cancel.clicked.connect(lambda _=False: self._cancel_pressed())
        self._reading.answered.connect(self._answered)
        self._noting = QTimer(self, singleShot=True, interval=NOTED)
        self._noting.timeout.connect(self._note)
        session.typed.offered.connect(self._resume)
        session.written_changed.connect(self._resume)
        session.written_changed.connect(self._say_state)
        session.changed.connect(self._say_state)
        QTimer.singleShot(0, self, self._resume)

    # Beginning and ending

    @property
    def is_open(self) -> bool:
        """Whether a file is being edited."""
        return self.view is not None

    def why_not(self, file: str) -> str:
        """Return why a file cannot be edited now; empty where it can."""
        session = self.session
        if file not in FILES:
            return f"Only {', '.join(FILES[:-1])} and {FILES[-1]} can be edited."
        if not session.is_written or session.written is None:
            return NOT_NOW
        return "" if file in session.written.files else f"There is no {file}."

    def begin(self, file: str, line: int) -> EditView:
        """Edit a file, from the line (from 1) on that the cursor was on."""
        assert self.session.written is not None
        self.file, self._before = file, self.session.written.files[file].text
        self.view = view = EditView(file, self.session.theme, self, self._letters)
        self._column.addWidget(view, 1)
        self.setFocusProxy(view)
        view.begin(self._before)
        view.put_caret(line)
        view.apply_asked.connect(self.take_in)
        view.cancel_asked.connect(self.leave)
        view.edited.connect(self._edited)
        self._asks = False
        self._say_state()
        return view

    def _resume(self) -> None:
        """Go on with what an earlier window left, once its file is written."""
        typed, text = self.session.typed, self.session.typed.text
        if not typed.waits or text is None or self.is_open or self.why_not(text.file):
            return
        typed.waits = False
        view = self.begin(text.file, 1)
        self._before = text.before
        view.retype(text.after)
        self.resumed.emit()
        said = f"Your edit of {text.file} is as you left it, and not applied yet."
        if text.folder:
            said = (
                f"{text.file} as it was edited in {text.folder}; Apply takes it into the drawing."
            )
            self._note()
        self.session.said.emit(said)

    def _note(self) -> None:
        """Have the journal hold what is typed, so that it outlives this window."""
        text = self.text()
        is_edited = self.is_open and text != self._before
        self.session.typed.keep(Unapplied(self.file, self._before, text) if is_edited else None)

    def _end(self) -> None:
        view, self.view = self.view, None
        self._noting.stop()
        self.session.typed.keep(None)
        self.setFocusProxy(None)  # type: ignore[arg-type]  # none is what Qt takes
        if view is not None:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.ended.emit()

    def text(self) -> str:
        """Return the text as it was edited."""
        if self.view is None or not self.view.document().isModified():
            return self._before
        return self.view.code()

    def leave(self) -> None:
        """Go back, but ask first where something was edited; a second time: go on editing."""
        if self._asks:
            self._asks = False
            self._say_state()
        elif self.text() == self._before:
            self._end()
        else:
            self._asks = True
            self.cancel.setText("Discard")
            self._say(f"Discard what was edited in {self.file}? Esc goes on editing.", "warning")

    def holds_back(self) -> bool:
        """Whether an edit is not applied and its window stays open for it; asked again: no more."""
        if self._asks or self.view is None or self.text() == self._before:
            return False
        self.leave()
        self.session.said.emit(f"Not closed: an edit of {self.file} is not applied.")
        return True

    def _cancel_pressed(self) -> None:
        if self._asks:
            self._end()
        else:
            self.leave()

    # Taking in

    def why_not_apply(self) -> str:
        """Return why the edited text cannot be taken in now; empty where it can."""
        session = self.session
        if not session.is_written or session.written is None:
            return "The drawing is being checked." if session.refusal is None else NOT_NOW
        return "" if self.file in session.written.files else f"There is no {self.file} now."

    def _is_moved(self) -> bool:
        """Whether the drawing says something else by now than when the edit began."""
        written = self.session.written
        source = written.files.get(self.file) if written is not None else None
        return source is not None and source.text != self._before

    def _join(self) -> bool:
        """Join what is typed with what the drawing changed meanwhile; False where both clash."""
        from codegen.reading.three_way import joined

        assert self.view is not None
        assert self.session.written is not None
        now = self.session.written.files[self.file].text
        found = joined(self._before, self.text(), now, self.file)
        self._before = now
        self.view.retype(found.text)
        if not found.clashes:
            return True
        self._show_marks(found.clashes, "warning")
        lines = sorted({clash.line for clash in found.clashes})
        said = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines))}"
        self._say(CLASH.format(lines=said), "warning")
        return False

    def take_in(self) -> None:
        """Have the text read; what comes of it is told in the row above it."""
        if self.view is None or self._reading.is_busy:
            return
        reason, verdict = self.why_not_apply(), self.session.verdict
        if not reason and self._is_moved() and not self._join():
            return
        after = self.text()
        if after == self._before:
            self.applied.emit(self.file)
            self._end()
            self.session.said.emit("Nothing was edited.")
        elif reason or verdict is None:
            self._say(reason, "warning")
        else:
            self._asks = False
            self._say(f"Reading {self.file}…")
            self.apply.setEnabled(False)
            self.view.setReadOnly(True)
            project = self.session.project
            self._reading.start(Question(project, verdict, self.file, self._before, after))

    def _answered(self, question: Question, answer: Answer) -> None:
        if self.view is None:
            return
        self.view.setReadOnly(False)
        self.apply.setEnabled(True)
        if answer.problems:
            self._mark(answer)
        elif answer.words or self.session.project is not question.project:
            words = answer.words or "The drawing changed while the text was read."
            self._say(f"{words} Nothing was changed; apply again.", "warning")
        elif answer.project is None:
            self._say_the_same(answer)
        else:
            self._take(answer.project, answer)

    def _take(self, made: Project, answer: Answer) -> None:
        if not self.session.apply(lambda _: made, answer.title):
            self._say("Nothing was changed.", "error")
            return
        said = f"{self.file}: {answer.title}."
        if answer.errors:
            said += f" The drawing has {counted(answer.errors, 'error')} now."
        if answer.remarks:
            first, more = answer.remarks[0], len(answer.remarks) - 1
            said += f" Line {first.line}: {first.words}" + (f", and {more} more." if more else ".")
        self.applied.emit(self.file)
        self._end()
        self.session.said.emit(said)

    def _say_the_same(self, answer: Answer) -> None:
        """Say that nothing was changed, and which lines are not written as they were typed."""
        words = "comments, docstrings and layout are written anew"
        if answer.remarks:
            first, more = answer.remarks[0], len(answer.remarks) - 1
            words = f"line {first.line}: {first.words}" + (f", and {more} more" if more else "")
            self._show_marks(answer.remarks, "warning")
        self._say(
            f"This changes nothing that the drawing keeps: {words}. Nothing was changed.", "warning"
        )

    def _mark(self, answer: Answer) -> None:
        assert self.view is not None
        first, count = answer.problems[0], len(answer.problems)
        rest = f" ({counted(count, 'problem')})" if count > 1 else ""
        self._say(f"Nothing was changed. Line {first.line}: {first.words}{rest}", "error")
        self._show_marks(answer.problems, "error")

    def _show_marks(self, problems: Sequence[Problem], severity: str) -> None:
        assert self.view is not None
        marks: dict[int, Mark] = {}
        for problem in problems:
            add_mark(marks, problem.line, (severity, problem.words))
        self.view.put_caret(min(marks))
        self.view.set_marks(marks)
        self.view.ensureCursorVisible()

    # Words and looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the words where these had to break after every second one."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if self.width() < NARROW else way.LeftToRight)

    def _edited(self) -> None:
        self._asks = False
        self._noting.start()
        self._say_state()

    def _say_state(self) -> None:
        """Say whether the text can be applied; what was read is another text by then."""
        if self.view is None or self._reading.is_busy or self._asks:
            return
        if self.view.marks and not self.why_not_apply():
            return  # what is wrong with the text still holds
        reason = self.why_not_apply()
        usual = MOVED if self._is_moved() else HINT
        self._say(reason or usual, "warning" if reason else "")

    def _say(self, words: str, role: str = "") -> None:
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        if not self._asks:
            self.cancel.setText("Cancel")
        for widget, usual in ((self.bar, "window"), (self.words, "dense")):
            widget.setProperty("role", role if role and widget is self.bar else usual)
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def set_theme(self, look: Theme) -> None:
        """Show the text in another theme."""
        if self.view is not None:
            self.view.set_theme(look)

    def set_letters(self, pixels: int) -> None:
        """Show the text in another size."""
        self._letters = pixels
        if self.view is not None:
            self.view.set_letters(pixels)
