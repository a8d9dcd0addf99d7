"""Load a project and have the engine judge it, for commands that run once."""

from __future__ import annotations

import sys
from pathlib import Path

from app.engine.client import Engine
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load as load_file
from graph_editor.document.model import Project


def load(path: Path) -> Project:
    """Return the project in a file; warnings go to standard error. Raises FileProblem."""
    loaded = load_file(path)
    for warning in loaded.warnings:
        print(f"{path}: {warning}", file=sys.stderr)
    return loaded.project


def judge(project: Project) -> Verdict:
    """Return the engine's verdict on a project."""
    with Engine("judge") as engine:
        return engine.judge(project)
