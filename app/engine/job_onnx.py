"""The job ``onnx``: writes the model of a project as ONNX, and says how near it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.engine.export_onnx import as_answer, export
from app.engine.refused_export import RefusedExport
from graph_editor.document.files import loads


def run(message: Mapping[str, Any], tell: Callable[[float, str], None]) -> object:
    """Write ``path``; the message also holds ``project`` and, if wanted, ``weights``.

    ``weights`` is a file of weights or the folder of a run. The answer is what was written, or
    ``reason`` and ``node``.
    """
    project = loads(str(message["project"])).project
    weights = message.get("weights")
    try:
        done = export(
            project, Path(str(message["path"])), Path(str(weights)) if weights else None, tell
        )
    except RefusedExport as refusal:
        return as_answer(refusal)
    return as_answer(done)
