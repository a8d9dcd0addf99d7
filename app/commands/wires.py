"""The wires in the Graph menu: connect, put into, replace, swap, detach."""

from __future__ import annotations

from collections.abc import Callable

from app.commands.command import Command, on_canvas
from graph_editor.canvas import actions_wires as wires
from graph_editor.canvas.canvas import Canvas


def _on_canvas(
    name: str,
    title: str,
    shortcut: str,
    act: Callable[[Canvas], object],
    cannot: Callable[[Canvas], str],
    doc: str,
) -> Command:
    return on_canvas(name, title, shortcut, act, cannot, 3, menu="Graph", under="Wires", doc=doc)


COMMANDS = [
    _on_canvas(
        "graph.connect",
        "Connect…",
        "Ctrl+J",
        wires.connect_selected,
        wires.cannot_connect,
        "Wire two selected nodes, the left one to the right one; of one, list what it may feed.",
    ),
    _on_canvas(
        "graph.next_wire",
        "Select the next wire",
        "W",
        wires.select_next_wire,
        wires.cannot_select_wire,
        "Select the wires at the selected node one after the other.",
    ),
    _on_canvas(
        "graph.insert",
        "Put into the wire…",
        "",
        wires.insert_into_selected,
        wires.cannot_insert,
        "Search for a node, and put it into the selected wire; Tab does the same.",
    ),
    _on_canvas(
        "graph.replace",
        "Replace…",
        "Shift+R",
        wires.replace_selected,
        wires.cannot_replace,
        "Search for a node to take the place of the selected one; wires and arguments of the "
        "same names stay.",
    ),
    _on_canvas(
        "graph.swap",
        "Swap two inputs",
        "Alt+S",
        wires.swap_selected,
        wires.cannot_swap,
        "Exchange the first two wired inputs of a node, or a selected wire with the next one.",
    ),
    _on_canvas(
        "graph.detach",
        "Detach",
        "Alt+D",
        wires.detach_selected,
        wires.cannot_detach,
        "Keep gradients from going back along the selected wire, or let them through again.",
    ),
]
"""What the Graph menu and the command palette offer on wires."""
