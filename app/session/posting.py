"""Brings what a thread has to say to the window's own thread, whatever has gone there meanwhile.

A signal that is emitted from a thread while its object is being destroyed in another one ends the
process. So nothing is emitted from threads: what is to be emitted goes through one object that
outlives all others, and is emitted in the window's thread, where nothing can go away meanwhile.
"""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, SignalInstance


class _Office(QObject):
    """Lives as long as the program."""

    _arrived = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._arrived.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def send(self, signal: SignalInstance, values: tuple[object, ...]) -> None:
        """Have a signal emitted in the window's thread."""
        self._arrived.emit(signal, values)

    def _hand_over(self, signal: SignalInstance, values: tuple[object, ...]) -> None:
        with contextlib.suppress(RuntimeError):  # Qt's half of the signal's object is deleted
            signal.emit(*values)


_OFFICE = _Office()


def deliver(signal: SignalInstance, *values: object) -> None:
    """Emit a signal in the window's thread, soon; may be called from any thread.

    What one thread delivers arrives in its order. A signal whose object has gone is not emitted.
    """
    if QCoreApplication.instance() is not None:
        _OFFICE.send(signal, values)
