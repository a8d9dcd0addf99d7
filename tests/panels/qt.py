"""Imports Qt for tests of panels, which are skipped where its libraries are missing."""

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QApplication

__all__ = ["QApplication"]
