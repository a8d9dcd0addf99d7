"""Where the nodes of shipped drawings lie: none upon another, and no wire through one."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.document import Document
from graph_editor.document.edits import keys_of
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from tests.canvas.drawn import overlapping, through

FILES = sorted(Path("assets").rglob("*.netwright"))


@pytest.mark.usefixtures("qt")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_lies_upon_another(path: Path) -> None:
    document = Document(load(path).project)
    canvas = Canvas(document, specs_of, IdSource("places"), theme("light"))
    for key in keys_of(document.project):
        canvas.show_graph(key)
        assert not overlapping(canvas)
        assert not through(canvas)
    canvas.deleteLater()
