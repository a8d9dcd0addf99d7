"""What can be done with a canvas as a picture, and why not."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of, named
from graph_editor.canvas.picture import Sheet, TooLargeError, Wish

SVG = "image/svg+xml"


def cannot_draw(canvas: Canvas) -> str:
    """Return why there is no picture: nothing is drawn."""
    return "" if graph_of(canvas).nodes else "There is nothing to draw: this graph has no nodes."


def copy_picture(canvas: Canvas) -> None:
    """Put a picture of the selected nodes, else of all, on the clipboard: pixels and SVG."""
    chosen, board = canvas.selected(), QGuiApplication.clipboard()
    sheet = Sheet(canvas, chosen, canvas)
    what = named(canvas, chosen) if chosen else "the graph"
    size = f"{sheet.size.width():,} × {sheet.size.height():,}"
    drawn = sheet.encoded(Wish("svg"))
    try:
        board.setImage(sheet.image(Wish("png")))
    except TooLargeError:
        board.setText(drawn.decode("utf-8"))
        size += "; it is too large for pixels, so that it is SVG alone"
    # Added to what Qt has made: data of our own on the clipboard would outlive Python and crash.
    board.mimeData().setData(SVG, drawn)
    sheet.deleteLater()
    canvas.said.emit(f"Copied a picture of {what}, {size}.")
