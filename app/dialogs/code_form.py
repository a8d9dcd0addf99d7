"""The fields beside custom code: its name, its inputs and outputs, and a table of parameters."""

from __future__ import annotations

import keyword
import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import button, label
from graph_editor.document.model import Arg, Code, Parameter

TYPES = ("float", "int", "bool", "str")
HEADS = ("Parameter", "Type", "Default")
TABLE_HEIGHT = 92


class Unsaid(ValueError):  # noqa: N818  # what it is
    """A field says nothing that can be used; the text says what and the way out."""


class CodeForm(QWidget):
    """Shows what a piece of code declares, and reads it again."""

    edited = Signal()

    def __init__(self, name: str, is_new: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.inputs, self.outputs = QLineEdit(name), QLineEdit(), QLineEdit()
        self.name.setReadOnly(not is_new)
        self.name.setToolTip(
            "The function in the code has this name; a class has it with capitals: soft_gate, "
            "SoftGate."
        )
        self.table = QTableWidget(0, len(HEADS), self)
        self.add_button = button("Add parameter", "", self)
        self.remove_button = button("Remove", "", self)
        self._lay_out()
        for field in (self.name, self.inputs, self.outputs):
            field.textEdited.connect(self.edited)
        self.table.itemChanged.connect(self.edited)
        self.add_button.clicked.connect(lambda: self.add_parameter(Parameter("", "float"), True))
        self.remove_button.clicked.connect(self._remove)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        fields = (("Name", self.name), ("Inputs", self.inputs), ("Outputs", self.outputs))
        for column, (title, field) in enumerate(fields):
            word = label(title, "caption")
            word.setBuddy(field)
            field.setAccessibleName(title)
            grid.addWidget(word, 0, column)
            grid.addWidget(field, 1, column)
        self.inputs.setPlaceholderText("x, mask")
        self.outputs.setPlaceholderText("y")
        self.table.setHorizontalHeaderLabels(HEADS)
        self.table.setAccessibleName("Parameters")
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(TABLE_HEIGHT)
        side = QVBoxLayout()
        side.addWidget(self.add_button)
        side.addWidget(self.remove_button)
        side.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.table, 1)
        below.addLayout(side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(grid)
        whole.addLayout(below)

    def show_code(self, code: Code) -> None:
        """Show what a piece declares."""
        self.inputs.setText(", ".join(code.inputs))
        self.outputs.setText(", ".join(code.outputs))
        self.table.setRowCount(0)
        for parameter in code.parameters:
            self.add_parameter(parameter)

    def add_parameter(self, parameter: Parameter, begin: bool = False) -> None:
        """Add a row; begin to type its name if asked."""
        row = self.table.rowCount()
        self.table.blockSignals(True)
        self.table.insertRow(row)
        name = QTableWidgetItem(parameter.name)
        self.table.setItem(row, 0, name)
        kind = QComboBox()
        kind.addItems(TYPES)
        kind.setCurrentText(parameter.type if parameter.type in TYPES else "float")
        kind.setAccessibleName("Type of the parameter")
        kind.currentIndexChanged.connect(self.edited)
        self.table.setCellWidget(row, 1, kind)
        default = "" if parameter.default is None else str(parameter.default)
        self.table.setItem(row, 2, QTableWidgetItem(default))
        self.table.blockSignals(False)
        if begin:
            self.table.setCurrentCell(row, 0)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.editItem(name)
            self.edited.emit()

    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.table.removeRow(row)
            self.edited.emit()

    def code(self, text: str, before: Code) -> Code:
        """Return what is said now, with this text. Raises Unsaid."""
        parameters = tuple(self._parameter(row, before) for row in range(self.table.rowCount()))
        inputs = names_in(self.inputs.text(), "input")
        outputs = names_in(self.outputs.text(), "output")
        return Code(text, inputs, outputs, parameters, before.extra)

    def _parameter(self, row: int, before: Code) -> Parameter:
        name = self._cell(row, 0)
        if not _is_name(name):
            raise Unsaid(f"“{name}” cannot be a parameter: use letters, digits and _.")
        kind = self.table.cellWidget(row, 1)
        assert isinstance(kind, QComboBox)
        default = value_of(self._cell(row, 2), kind.currentText(), name)
        old = next((p for p in before.parameters if p.name == name), Parameter(name, "float"))
        return Parameter(name, kind.currentText(), default, old.doc, old.extra)

    def _cell(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""


def names_in(text: str, what: str) -> tuple[str, ...]:
    """Return the names of ports that are typed with commas between. Raises Unsaid."""
    names = tuple(filter(None, re.split(r"[,\s]+", text.strip())))
    for name in names:
        if not _is_name(name):
            raise Unsaid(f"“{name}” cannot be an {what}: use letters, digits and _.")
    return names


def _is_name(name: str) -> bool:
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def value_of(text: str, kind: str, name: str) -> Arg:
    """Return a default as its type has it; nothing where none is typed. Raises Unsaid."""
    if kind == "str":
        return text or None
    if not text:
        return None
    if kind == "bool":
        found = {"true": True, "false": False}.get(text.lower())
        if found is None:
            raise Unsaid(f"The default of {name} is a bool: type True or False.")
        return found
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:
        raise Unsaid(f"The default of {name} is no {kind}: type a number.") from None
