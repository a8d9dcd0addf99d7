"""What the menu of the outline offers for every row, and why some of it cannot be done."""

from __future__ import annotations

from app.panels.outline.items import Item

WORDS = {
    "open": "Open",
    "rename": "Rename",
    "connect": "Connect…",
    "forward": "Follow the output",
    "back": "Follow the input",
    "add": "Add a node…",
    "delete": "Delete",
}
NO_PORT = "This row has no port to be connected."
NO_NODE = "This row is no node and no port of one."


def words_for(item: Item | None) -> dict[str, str]:
    """Return what is offered for a row, with the words of the canvas for what stands there."""
    if item is None or item.mark is None:
        is_node = item is not None and item.depth == 2
        return WORDS | {"open": "Edit the numbers, or show the inside"} if is_node else WORDS
    is_frame = item.mark.kind == "frame"
    return WORDS | {
        "open": "Bring into view",
        "rename": "Rename" if is_frame else "Edit…",
        "delete": "Delete the frame alone" if is_frame else "Delete",
    }


def why_not(word: str, item: Item | None, connects: bool) -> str:
    """Return why something cannot be done with a row, as a sentence; empty where it can."""
    if word == "add":
        return ""
    if item is None:
        return "Choose a row first."
    is_node = item.node is not None
    reasons = {
        "rename": "Only graphs, groups, nodes and frames have names." if item.depth >= 3 else "",
        "connect": "" if connects else NO_PORT,
        "forward": "" if is_node else NO_NODE,
        "back": "" if is_node else NO_NODE,
        "delete": "" if is_node or item.mark else "A graph is not deleted here.",
    }
    return reasons.get(word, "")
