"""Imports the libraries of the plots in a thread, so that the window answers meanwhile.

Neither library can be imported in parts: each package imports all that it has. In the window's own
thread that is one gap of 0.2 to 0.5 s; in another one, Python hands over every few milliseconds and
the longest gap, where a compiled part is loaded, stays near 20 ms.

pyqtgraph asks Qt's modules for every name that they have, and PySide6 makes a class when its name
is asked for first. Two threads that do so at once can bring the process down. So the window's own
thread asks first, a few names at a time, and finds them made.
"""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

from app.session.posting import deliver

LIBRARIES = ("numpy", "pyqtgraph")
COPIED = (QtCore, QtGui, QtWidgets)
"""The modules whose every name pyqtgraph asks for."""
SLICE = 0.008
"""Seconds for which names are asked for before the window may answer."""


class PlotImports(QObject):
    """Makes the libraries ready; one for the whole program is enough."""

    ready = Signal()
    failed = Signal(str)
    """Why there are no plots, in words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._names = each_name()
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._ask)

    @property
    def are_ready(self) -> bool:
        """Whether the plots can be made at once."""
        return _DONE.is_set()

    def start(self) -> None:
        """Begin to import, unless that was begun; ``ready`` or ``failed`` is emitted once."""
        if self._thread is None:
            self._slices.start()

    def _ask(self) -> None:
        """Ask for some names; behind the last one the thread begins."""
        end = time.perf_counter() + SLICE
        for _ in self._names:
            if time.perf_counter() > end:
                return
        self._slices.stop()
        self._thread = threading.Thread(target=self._import, name="plot imports", daemon=True)
        self._thread.start()

    def _import(self) -> None:
        try:
            with _ONCE:
                import_libraries()
        except ImportError as fault:
            self._emit(str(fault))
        else:
            self._emit("")

    def _emit(self, problem: str) -> None:
        if problem:
            deliver(self.failed, problem)
        else:
            deliver(self.ready)


def each_name() -> Iterator[object]:
    """Ask Qt's modules for each of their names, one at a step."""
    for module in COPIED:
        for name in dir(module):
            yield getattr(module, name)


_ONCE = threading.Lock()
_DONE = threading.Event()


def import_libraries() -> None:
    """Import all that the plots need. Raises ImportError."""
    if _DONE.is_set():
        return
    hook, thread_hook = sys.excepthook, threading.excepthook
    for name in LIBRARIES:
        importlib.import_module(name)
    # pyqtgraph puts itself before the program's own report of unexpected errors, and ends the
    # process its own way at exit.
    sys.excepthook, threading.excepthook = hook, thread_hook
    importlib.import_module("pyqtgraph").setConfigOption("exitCleanup", False)
    _DONE.set()
