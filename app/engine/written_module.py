"""Imports a model.py that was written a moment ago, in the process of the job that wrote it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from graph_editor.document.atomic import atomic_write


def import_model(text: str, file: Path) -> ModuleType:
    """Write the text into a file, which has to stay while the module is used, and import it."""
    atomic_write(file, text)
    spec = importlib.util.spec_from_file_location("exported_model", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
