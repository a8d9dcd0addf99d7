"""The parameters of the selected nodes, one row each, in groups; kept while they stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.inspector.row import ParameterRow, align, needs_text
from graph_editor.canvas.inspector.state import FieldState
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.spec import Argument

FEW = 10
"""Up to so many parameters are all shown; of more, the rare ones are behind a button."""
FIRST = 8
Key = tuple[tuple[Argument, bool], ...]


class ParameterForm(QWidget):
    """Rows for arguments; ``show_states`` makes new ones where the arguments are others."""

    edited = Signal(str, object, bool)
    """An argument's name, its value or ``UNSET``, and whether more may follow in the same step."""
    left = Signal(str)
    entered = Signal(str)
    promoted = Signal(str)
    """The name of an argument that is to become a parameter of the block."""
    why_not_promote: Callable[[str], str | None] = staticmethod(lambda _: None)
    aligned = Signal(int)
    """How wide the names of all rows are now."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._key: Key = ()
        self._subject: object = None
        self._opened = False
        self.rows: dict[str, ParameterRow] = {}
        self._rare: frozenset[str] = frozenset()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.more = QPushButton(self)
        self.more.setProperty("role", "link")
        self.more.clicked.connect(self._toggle)
        self.set_theme(look)

    def show_states(self, states: Mapping[str, FieldState], subject: object) -> None:
        """Show the states of parameters by name; text that is typed is for one subject."""
        key = tuple((state.argument, needs_text(state)) for state in states.values())
        if subject != self._subject:
            self._subject, self._opened = subject, False
            for row in self.rows.values():
                row.forget()
        if key != self._key:
            self._rebuild(states.values(), key)
        for name, state in states.items():
            self.rows[name].show_state(state)
        self._show_rare(states)

    def _rebuild(self, states: Iterable[FieldState], key: Key) -> None:
        self._key = key
        for row in self.rows.values():
            row.hide()
            row.deleteLater()
        self._column.removeWidget(self.more)
        self.rows = {}
        for state in states:
            row = ParameterRow(state.argument, needs_text(state), parent=self)
            row.edited.connect(self.edited)
            row.left.connect(self.left)
            row.entered.connect(self.entered)
            row.promoted.connect(self.promoted)
            row.why_not_promote = self.why_not_promote
            row.set_look(self._look, self._reset_icon)
            self.rows[state.argument.name] = row
            self._column.addWidget(row)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.aligned.emit(align(self.rows.values()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.aligned.emit(align(self.rows.values()))  # only in a window is the font the right one

    def _show_rare(self, states: Mapping[str, FieldState]) -> None:
        self._rare = frozenset(rare([s.argument for s in states.values()]))
        hidden = [n for n in self._rare if states[n].source in ("default", "auto")]
        hidden = [n for n in hidden if not states[n].problem]
        for name, row in self.rows.items():
            row.setVisible(self._opened or name not in hidden or row.editor.hasFocus())
        self.more.setVisible(bool(hidden))
        self.more.setText("Show fewer" if self._opened else f"Show {len(hidden)} more")

    def _toggle(self) -> None:
        self._opened = not self._opened
        self._show_rare({name: row.editor.state for name, row in self.rows.items()})

    def reveal(self, name: str) -> None:
        """Put the keyboard into the field of a parameter."""
        row = self.rows.get(name)
        if row is None:
            return
        if row.isHidden():
            self._toggle()
        row.editor.setFocus()

    def set_theme(self, look: Theme) -> None:
        """Take the colours of another theme."""
        self._look = look
        self._reset_icon = glyph_icon("undo", look["text3"])
        self.setStyleSheet(sheet(look))
        for row in self.rows.values():
            row.set_look(look, self._reset_icon)


def rare(arguments: Sequence[Argument]) -> list[str]:
    """Return the parameters that few people set, where there are many."""
    if len(arguments) <= FEW:
        return []
    return [a.name for a in arguments[FIRST:] if not a.required and not a.infer]


def sheet(look: Theme) -> str:
    """Return what the window's style sheet does not say of these fields."""
    text, text2, text3 = look.hex("text"), look.hex("text2"), look.hex("text3")
    line, ring, hover = look.hex("line2"), look.hex("ring"), look.hex("hover")
    return f"""
QLineEdit[said="auto"] {{ color: {text3}; }}
QLineEdit[said="default"] {{ color: {text2}; }}
QLabel[role="dense"] {{ color: {text2}; font-size: 12px; }}
QLabel[role="dense"][said="said"] {{ color: {text}; }}
QCheckBox {{ font-size: 12px; }}
QLabel[part="message"] {{ font-size: 11px; }}
QToolButton[part="auto"] {{
  border: 1px solid {line}; border-radius: 3px; font-size: 11px; color: {text2}; padding: 0 5px;
  min-height: 22px; max-height: 22px;
}}
QToolButton[part="auto"]:hover {{ background: {hover}; }}
QToolButton[part="auto"]:checked {{ background: {look.hex("sel")}; color: {text}; }}
QToolButton[part="auto"]:focus {{
  border: 2px solid {ring}; padding: 0 4px; min-height: 20px; max-height: 20px;
}}
QToolButton[part="reset"] {{ border: 0; border-radius: 3px; padding: 0; min-height: 0; }}
QToolButton[part="reset"]:hover {{ background: {hover}; }}
"""
