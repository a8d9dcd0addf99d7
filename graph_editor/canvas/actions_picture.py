"""What can be done with a canvas as a picture, and why not."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import taken_up, words_of
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.picture import Sheet, Steps, TooLargeError, Wish, sheet_of_selection
from graph_editor.canvas.picture_task import PictureTask

SVG = "image/svg+xml"


def cannot_draw(canvas: Canvas) -> str:
    """Return why there is no picture: nothing is drawn."""
    return "" if graph_of(canvas).nodes else "There is nothing to draw: this graph has no nodes."


def copy_picture(canvas: Canvas) -> None:
    """Put a picture of what is selected, else of all, on the clipboard: pixels and SVG.

    A large one is drawn while the window goes on; ``give_up_picture`` ends that.
    """
    give_up_picture(canvas)
    load, sheet = taken_up(canvas), sheet_of_selection(canvas)
    what = words_of(canvas, load) if load else "the graph"
    task = PictureTask(_both(sheet), canvas)
    sheet.setParent(task)
    task.progressed.connect(
        lambda percent: canvas.said.emit(f"Drawing the picture: {percent} %. Esc gives it up.")
    )
    task.done.connect(lambda made: _put(canvas, what, sheet.size, *made))
    task.start()


def give_up_picture(canvas: Canvas) -> bool:
    """Draw no further at a picture that is to be copied; return whether there was one."""
    task = canvas.findChild(PictureTask)
    if not isinstance(task, PictureTask):
        return False
    task.stop()
    canvas.said.emit("The picture was given up; nothing was copied.")
    return True


def _both(sheet: Sheet) -> Steps[tuple[bytes, QImage | None]]:
    drawn = yield from sheet.encoding(Wish("svg"))
    try:
        return drawn, (yield from sheet.pixels(Wish("png")))
    except TooLargeError:
        return drawn, None


def _put(canvas: Canvas, what: str, size: QSize, drawn: bytes, pixels: QImage | None) -> None:
    board, told = QGuiApplication.clipboard(), f"{size.width():,} × {size.height():,}"
    if pixels is not None:
        board.setImage(pixels)
    else:
        board.setText(drawn.decode("utf-8"))
        told += "; it is too large for pixels, so that it is SVG alone"
    # Added to what Qt has made: data of our own on the clipboard would outlive Python and crash.
    board.mimeData().setData(SVG, drawn)
    canvas.said.emit(f"Copied a picture of {what}, {told}.")
