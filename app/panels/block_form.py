"""What a block shows outside: its parameters and its ports, to be named, ordered and changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.block_form_rows import ParameterCard, PortRow
from app.panels.inspector_parts import FittingButton, Section
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits import (
    change_parameter,
    in_block,
    move_parameter,
    move_port,
    new_parameter,
    new_port,
    remove_parameter,
    remove_port,
    rename_node,
    rename_parameter,
)
from graph_editor.document.edits.interface import Side
from graph_editor.document.model import Block, NodeId, Parameter, Project

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.theme import Theme

TITLES: dict[Side, tuple[str, str]] = {
    "inputs": ("Inputs", "Add an input"),
    "outputs": ("Outputs", "Add an output"),
}
Edit = Callable[[Project], Project]


class BlockForm(QWidget):
    """Parameters, inputs and outputs of the block that is shown."""

    changed_rows = Signal()
    """Rows have come or gone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: object = None
        self.cards: dict[str, ParameterCard] = {}
        self.ports: dict[NodeId, PortRow] = {}
        self._parameters = Section("Parameters")
        self._sides = {side: Section(title) for side, (title, _) in TITLES.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._parameters)
        for section in self._sides.values():
            column.addWidget(section)

    @property
    def key(self) -> str:
        """The block that is shown."""
        return self._session.graph_key

    def refresh(self) -> None:
        """Show the block as it is now; the main graph has no form."""
        self.setVisible(self.key != MAIN)
        if self.key == MAIN:
            return
        block = self._session.project.block(self.key)
        rows = (self.key, _shape(block), self._session.theme)
        if rows != self._kept:
            self._kept = rows
            self._rebuild(block)
        for parameter in block.parameters:
            self.cards[parameter.name].show_parameter(parameter)
        for port, row in self.ports.items():
            row.show_name(block.graph.nodes[port].name)

    def begin_parameter(self) -> None:
        """Add a parameter, and put the keyboard into its name."""
        self._do(lambda now: new_parameter(now, self.key), "Add a parameter")
        if self.cards:
            list(self.cards.values())[-1].begin()

    def begin_port(self, side: Side) -> None:
        """Add an input or an output, and put the keyboard into its name."""
        key, ids = self.key, self._session.ids
        self._do(lambda now: new_port(now, key, side, ids), TITLES[side][1])
        listed = getattr(self._session.project.block(key), side)
        if listed and listed[-1] in self.ports:
            self.ports[listed[-1]].begin()

    # Rows

    def _rebuild(self, block: Block) -> None:
        look = self._session.theme
        self._parameters.empty()
        self.cards = {}
        for index, parameter in enumerate(block.parameters):
            card = ParameterCard(parameter, look)
            card.row.set_steps(index > 0, index < len(block.parameters) - 1)
            self.cards[parameter.name] = card
            self._parameters.column.addWidget(card)
            self._connect_card(card)
        add = FittingButton("Add a parameter", self.begin_parameter)
        self._parameters.column.addWidget(add)
        self.ports = {}
        for side in TITLES:
            self._rebuild_side(side, getattr(block, side), look)
        self.changed_rows.emit()

    def _rebuild_side(self, side: Side, listed: tuple[NodeId, ...], look: Theme) -> None:
        section = self._sides[side]
        section.empty()
        for index, port in enumerate(listed):
            row = PortRow(port, look)
            row.set_steps(index > 0, index < len(listed) - 1)
            self.ports[port] = row
            section.column.addWidget(row)
            row.renamed.connect(partial(self._rename_port, port))
            row.moved.connect(partial(self._move_port, side, port))
            row.removed.connect(partial(self._remove_port, port))
        section.column.addWidget(FittingButton(TITLES[side][1], partial(self.begin_port, side)))

    def _connect_card(self, card: ParameterCard) -> None:
        card.row.renamed.connect(partial(self._rename, card))
        card.row.moved.connect(partial(self._move, card))
        card.row.removed.connect(partial(self._remove, card))
        card.changed.connect(self._change)
        card.left.connect(self._session.document.break_merge)

    # What is done

    def _do(self, edit: Edit, title: str, merge: str | None = None) -> None:
        if not self._session.apply(edit, title, merge):
            self._kept = None  # what was typed is not so
            self.refresh()

    def _rename(self, card: ParameterCard, new: str) -> None:
        key, old = self.key, card.parameter.name
        self._do(lambda now: rename_parameter(now, key, old, new), f"Rename {old}")

    def _change(self, parameter: Parameter, going: bool) -> None:
        key, name = self.key, parameter.name
        merge = f"block parameter {key} {name}" if going else None
        self._do(lambda now: change_parameter(now, key, parameter), f"Change {name}", merge)

    def _move(self, card: ParameterCard, step: int) -> None:
        key, name = self.key, card.parameter.name
        self._do(lambda now: move_parameter(now, key, name, step), f"Move {name}")
        self.cards[name].row.hold(step)

    def _remove(self, card: ParameterCard) -> None:
        key, name = self.key, card.parameter.name
        self._do(lambda now: remove_parameter(now, key, name), f"Remove {name}")

    def _called(self, port: NodeId) -> str:
        return self._session.project.block(self.key).graph.nodes[port].name or port

    def _rename_port(self, port: NodeId, name: str) -> None:
        key, title = self.key, f"Rename {self._called(port)}"
        self._do(lambda now: in_block(now, key, lambda g: rename_node(g, port, name)), title)

    def _move_port(self, side: Side, port: NodeId, step: int) -> None:
        key, title = self.key, f"Move {self._called(port)}"
        self._do(lambda now: move_port(now, key, side, port, step), title)
        self.ports[port].hold(step)

    def _remove_port(self, port: NodeId) -> None:
        key, title = self.key, f"Remove {self._called(port)}"
        self._do(lambda now: remove_port(now, key, port), title)


def _shape(block: Block) -> tuple[object, ...]:
    """Return what decides which rows there are."""
    return tuple((p.name, p.type) for p in block.parameters), block.inputs, block.outputs
