"""A release of Qt for Python that loses references to None kills the process: notice it here."""

import sys

import pytest

QtCore = pytest.importorskip("PySide6.QtCore", reason="Qt's libraries are missing on this system")


def test_void_calls_leave_the_references_to_none_alone() -> None:
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal from Python 3.12 on, so nothing can be lost")
    thing = QtCore.QObject()
    before = sys.getrefcount(None)
    for _ in range(300):
        thing.blockSignals(False)
        thing.setObjectName("canary")
    assert abs(sys.getrefcount(None) - before) < 50
