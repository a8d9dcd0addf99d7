"""The rows of a block's form: a name with buttons beside it, and what a parameter says."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.inspector.line_edit import NameEdit
from graph_editor.canvas.inspector.row import ParameterRow
from graph_editor.canvas.inspector.state import FieldState
from graph_editor.canvas.inspector.values import UNSET, Unset
from graph_editor.canvas.theme import Theme, measure
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg, NodeId, Parameter

TYPES = {"int": "int", "float": "float", "bool": "bool", "str": "word"}
"""Types of parameters, and what they are called here."""
BUTTON, KIND = QSize(22, 24), 66
CONVERT = {"int": int, "float": float, "bool": bool}


class NamedRow(QWidget):
    """A name to be typed, and buttons that move it up and down and take it away."""

    renamed = Signal(str)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, what: str, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.name = NameEdit()
        self.name.setAccessibleName(f"Name of {what}")
        self.name.setFixedHeight(round(measure("height", "field")))
        self.name.setMinimumWidth(48)
        self.up = self._button("chevron_up", f"Move {what} up", look)
        self.down = self._button("chevron_down", f"Move {what} down", look)
        self.away = self._button("close", f"Remove {what}", look)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(2)
        self.line.addWidget(self.name, 1)
        for button in (self.up, self.down, self.away):
            self.line.addWidget(button)
        self.name.left.connect(self._take)
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.away.clicked.connect(self.removed)

    def _button(self, glyph: str, words: str, look: Theme) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(glyph_icon(glyph, look["text2"]))
        button.setIconSize(QSize(12, 12))
        button.setFixedSize(BUTTON)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _call(self, what: str) -> None:
        """Let the name and the buttons be read as those of what is called so."""
        self.name.setAccessibleName(f"Name of {what}")
        self.up.setAccessibleName(f"Move {what} up")
        self.down.setAccessibleName(f"Move {what} down")
        self.away.setAccessibleName(f"Remove {what}")
        self.away.setToolTip(self.away.accessibleName())
        self.set_steps(self.up.isEnabled(), self.down.isEnabled())

    def show_name(self, name: str) -> None:
        """Show another name, unless one is being typed."""
        if not (self.name.hasFocus() and self.name.isModified()):
            self._shown = name
            self.name.show_text(name)

    def set_steps(self, up: bool, down: bool) -> None:
        """Say whether there is a place further up and down."""
        self.up.setEnabled(up)
        self.down.setEnabled(down)
        for button, can, where in ((self.up, up, "first"), (self.down, down, "last")):
            button.setToolTip(button.accessibleName() if can else f"It is the {where} already.")

    def begin(self) -> None:
        """Put the keyboard into the name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def hold(self, step: int) -> None:
        """Put the keyboard on the button that goes on moving, or on the other at the end."""
        one, other = (self.up, self.down) if step < 0 else (self.down, self.up)
        (one if one.isEnabled() else other).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        said = self.name.text().strip()
        if self.name.isModified() and said != self._shown:
            self.name.setModified(False)
            self.renamed.emit(said)


class PortRow(NamedRow):
    """An input or output of a block."""

    def __init__(self, port: NodeId, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(port, look, parent)
        self.name.setPlaceholderText(port)
        self._port = port

    def show_name(self, name: str) -> None:
        super().show_name(name)
        self._call(name or self._port)


class ParameterCard(QFrame):
    """A parameter of a block: name and type, default, and what it means."""

    changed = Signal(object, bool)
    """The Parameter as it is to be, and whether more may follow in the same step."""
    left = Signal()

    def __init__(self, parameter: Parameter, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        self.setAccessibleName(f"Parameter {parameter.name}")
        self.parameter = parameter
        self.row = NamedRow(parameter.name, look)
        self.kind = QComboBox()
        self.kind.setAccessibleName(f"Type of {parameter.name}")
        self.kind.addItems(list(TYPES.values()))
        self.kind.setFixedWidth(KIND)
        self.argument = Argument("default", type=parameter.type, nullable=True)
        self.default = ParameterRow(self.argument)
        self.default.label.hide()
        self.default.set_label_width(0)
        self.default.editor.setAccessibleName(f"Default of {parameter.name}")
        self.default.set_look(look, glyph_icon("undo", look["text3"]))
        self.doc = NameEdit()
        self.doc.setPlaceholderText("What it means")
        self.doc.setAccessibleName(f"Meaning of {parameter.name}")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 6, 8)
        column.setSpacing(4)
        middle = QHBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignTop)
        middle.addWidget(self.default, 1)
        column.addWidget(self.row)
        column.addLayout(middle)
        column.addWidget(self.doc)
        self.kind.activated.connect(self._retype)
        self.default.edited.connect(self._revalue)
        self.default.left.connect(self.left)
        self.doc.textEdited.connect(self._describe)
        self.doc.left.connect(self.left)

    def begin(self) -> None:
        """Put the keyboard into the name."""
        self.row.begin()

    def show_parameter(self, parameter: Parameter) -> None:
        """Show the parameter as it is now."""
        self.parameter = parameter
        self.row.show_name(parameter.name)
        self.kind.setCurrentIndex(list(TYPES).index(parameter.type))
        said = UNSET if parameter.default is None else parameter.default
        state = FieldState(self.argument, said, blank="no default")
        self.default.show_state(state)
        self.doc.show_text(parameter.doc)
        self.doc.setToolTip(parameter.doc)

    def _retype(self, place: int) -> None:
        kind = list(TYPES)[place]
        if kind != self.parameter.type:
            default = converted(self.parameter.default, kind)
            self.changed.emit(replace(self.parameter, type=kind, default=default), False)

    def _revalue(self, _: str, value: object, going: bool) -> None:
        default = None if isinstance(value, Unset) else value
        self.changed.emit(replace(self.parameter, default=default), going)  # type: ignore[arg-type]  # a field says values

    def _describe(self, text: str) -> None:
        self.changed.emit(replace(self.parameter, doc=text), True)


def converted(value: Arg, kind: str) -> Arg:
    """Return a default as a value of another type; None where it has none there."""
    if kind == "str":
        return None
    if isinstance(value, bool | int | float):
        whole = kind != "int" or float(value).is_integer()
        return CONVERT[kind](value) if whole else None
    return None
