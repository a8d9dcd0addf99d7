"""Which versions run here, asked of the installed packages without importing them."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

PACKAGES = (
    ("Netwright", "netwright"),
    ("PyTorch", "torch"),
    ("PySide6", "PySide6-Essentials"),
    ("NumPy", "numpy"),
    ("scikit-learn", "scikit-learn"),
    ("pyqtgraph", "pyqtgraph"),
    ("NetworkX", "networkx"),
    ("ONNX", "onnx"),
    ("torchvision", "torchvision"),
)
"""Title and distribution of what Netwright works with."""
ABSENT = "not installed"


def version_of(package: str) -> str:
    """Return the version of an installed distribution, or that there is none."""
    try:
        return version(package)
    except (PackageNotFoundError, OSError, ValueError):
        return ABSENT


def versions() -> list[tuple[str, str]]:
    """Return name and version of the program, its libraries and the system."""
    rows = [(title, version_of(package)) for title, package in PACKAGES]
    screen = QGuiApplication.primaryScreen()
    scale = f", scale {screen.devicePixelRatio() * 100:.0f} %" if screen is not None else ""
    return [
        rows[0],
        ("Python", f"{platform.python_version()} ({sys.implementation.name})"),
        ("Qt", f"{qVersion()}, {QGuiApplication.platformName() or 'no display'}{scale}"),
        *rows[1:],
        ("System", platform.platform()),
    ]


def as_text(rows: list[tuple[str, str]]) -> str:
    """Return rows as plain lines, for a report."""
    wide = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name.ljust(wide)}  {value}" for name, value in rows)
