"""What each panel may ask of the window that it stands in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from app.commands.frame import Frame
from app.commands.registry import BY_ID
from app.window.canvas_menu import offer_to_outline, share_keys
from graph_editor.canvas import actions
from graph_editor.canvas.actions_marks import reveal_mark, type_mark
from graph_editor.canvas.add_palette_open import open_palette
from graph_editor.canvas.opening import open_node
from graph_editor.canvas.wiring import connect_ports

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from app.panels.outline_panel import Wiring
    from app.window.menus import Menus
    from graph_editor.document.model import InPort, NodeId, OutPort


class House(Protocol):
    """What panels ask of the application."""

    def open_copy(self, path: Path) -> None: ...


class Host(Frame, Protocol):
    """A window as its panels need it."""

    @property
    def house(self) -> House: ...
    @property
    def menus(self) -> Menus: ...


def tie_panel(name: str, panel: Any, place: Host) -> None:
    """Let a panel that was just made ask its window for what it cannot do itself."""
    if name == "inspector":
        panel.code_asked.connect(partial(place.show_dialog, "code_edit"))
        panel.command_asked.connect(partial(_run, place))
    if name == "palette":
        panel.chosen.connect(partial(_add, place))
    if name == "outline":
        panel.reveal_asked.connect(partial(reveal_mark, place.canvas))
        panel.edit_asked.connect(partial(_edit, place, panel))
        panel.wire_pointed_at.connect(place.canvas.world.choose_wire)
        panel.wiring = partial(_wire, place, panel.wiring)
        panel.typing_asked.connect(partial(type_mark, place.canvas))
        panel.add_requested.connect(lambda: open_palette(place.canvas, back=panel))
        panel.menu_made.connect(partial(offer_to_outline, place.menus, place.canvas))
        share_keys(place.menus, panel)
    if name == "runs":
        panel.open_requested.connect(place.house.open_copy)
        panel.show_requested.connect(partial(place.show_panel, "run"))


def _edit(place: Host, panel: QWidget, node: NodeId) -> None:
    """Open a node as the canvas does; from its numbers the keyboard comes back to the panel."""
    place.canvas.reveal(node)
    open_node(place.canvas, node, back=panel)


def _wire(place: Host, alone: Wiring, graph: str, source: OutPort, target: InPort) -> None:
    """Wire as the canvas does, which makes room for marks; where it shows the graph."""
    if graph == place.canvas.key:
        connect_ports(place.canvas, source, target)
    else:
        alone(graph, source, target)


def _run(place: Host, command: str) -> None:
    """Run a command, or say why it cannot be run now."""
    wanted = BY_ID[command]
    if reason := wanted.unavailable(place):
        place.session.said.emit(reason)
    else:
        wanted.run(place)


def _add(place: Host, spec: str) -> None:
    actions.add_at(place.canvas, spec)
    place.canvas.setFocus()
