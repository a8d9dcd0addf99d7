"""Work in small pieces between events, so that the window answers all the while."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal


class Slices(QObject):
    """Runs a generator, one step each time the event loop has nothing else to do."""

    done = Signal()

    def __init__(self, work: Iterator[object], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Begin; the first step comes when the events that wait are through."""
        self._timer.start()

    def stop(self) -> None:
        """Leave the rest undone."""
        self._timer.stop()
        self._work = iter(())

    def _step(self) -> None:
        try:
            next(self._work)
        except StopIteration:
            self._timer.stop()
            self.done.emit()
        except BaseException:
            self._timer.stop()
            raise
