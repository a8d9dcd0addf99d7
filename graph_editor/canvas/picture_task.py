"""A picture that is being drawn: in steps between which the window goes on, and can be given up."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from graph_editor.canvas.picture import Steps

SLICE = 0.03
"""Seconds that are drawn before the window has its turn."""
AT_FIRST = 0.2
"""Seconds in which most pictures are done, without a word about progress."""


class PictureTask(QObject):
    """Takes steps until they end; what is drawn is done at once where it takes no time."""

    progressed = Signal(int)
    """How many of a hundred parts are done, where that is another number than before."""
    done = Signal(object)
    """What the steps made."""
    failed = Signal(str)
    """Why they could not."""

    def __init__(self, steps: Steps[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._steps, self._told = steps, -1
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self._go_on(SLICE))
        parent.destroyed.connect(lambda: steps.close())  # before what is painted on goes with it

    def start(self) -> None:
        """Draw; ``done`` or ``failed`` is emitted before this returns, or later."""
        self._timer.start(0)
        self._go_on(AT_FIRST)

    def stop(self) -> None:
        """Give up; nothing is emitted any more."""
        self._timer.stop()
        self._steps.close()
        self.setParent(None)
        self.deleteLater()

    def _go_on(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        try:
            share = next(self._steps)
            while time.monotonic() < until:
                share = next(self._steps)
        except StopIteration as end:
            self.stop()
            self.done.emit(end.value)
        except (ValueError, MemoryError) as error:
            self.stop()
            self.failed.emit(str(error) or "There is not enough memory for this picture.")
        else:
            self._tell(int(100 * share))

    def _tell(self, percent: int) -> None:
        if percent != self._told:
            self._told = percent
            self.progressed.emit(percent)
