"""Collects Python's garbage in the window's thread alone, a little at a time.

A collection that happens to run in another thread could destroy a widget there, which ends the
process. So the automatic one is off, and a timer of the window's event loop does its work.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 250
"""Milliseconds between two looks."""


class Gathering(QObject):
    """Collects while it lives; ``close`` gives the work back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the youngest generations that are full, as Python itself would."""
        full = [
            count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)
        ]
        if all(full):
            gc.collect(2)
        elif full[0]:
            gc.collect(1 if full[1] else 0)

    def settle(self, _: object = None) -> None:
        """Take it that a window stands: what stands now is not walked through again and again.

        A whole collection looks at every object there is, also at the modules and the catalogue
        that stay to the end; that would hold up the window for a tenth of a second.
        """
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Let Python collect by itself again, all that there is."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
