"""Says what a window's process has cost at its first paint, and ends it there."""

from __future__ import annotations

import json
import os
import resource
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

HEAVY = ("torch", "onnx", "sklearn", "networkx", "pyqtgraph", "pandas", "numpy")


class _Watch(QObject):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._told = False

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and not self._told:
            self._told = True
            QTimer.singleShot(0, self, report)  # once this paint is through
        return False


def report_first_paint(window: QWidget) -> None:
    """Have the process print its CPU seconds and peak memory after window's first paint."""
    window.installEventFilter(_Watch(window))


def report() -> None:
    """Print CPU seconds, peak memory in KiB and the heavy modules of this process, and end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    heavy = sorted(set(HEAVY) & set(sys.modules))
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"cpu": cpu, "peak": used.ru_maxrss, "heavy": heavy}), flush=True)
    os._exit(0)
