"""Show the versions that Netwright works with, and the devices it can train on."""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import PackageNotFoundError, version

from app.engine.client import Engine

PACKAGES = ("netwright", "torch", "torchvision", "numpy", "scikit-learn", "PySide6-Essentials")


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print versions, devices and the catalogue's torch release."""
    with Engine("judge") as engine:
        facts = engine.request({"type": "info"})
    rows = {
        "python": platform.python_version(),
        "system": platform.platform(),
        **{name: _version(name) for name in PACKAGES},
        **{key: facts[key] for key in ("devices", "threads", "catalogue", "differences")},
    }
    if options.json:
        print(json.dumps(rows))
        return 0
    width = max(map(len, rows))
    for name, value in rows.items():
        text = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
        print(f"{name.ljust(width)}  {text}")
    return 0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
