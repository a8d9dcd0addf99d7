"""Names from a file are words, never markup: nothing that they mention is read or shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from graph_editor.document.edits import in_block, rename_block, rename_node, set_argument
from graph_editor.document.model import NodeId
from tests.panels.judged import example
from tests.window.inhabited import Inhabited


def labels() -> list[QLabel]:
    return [w for w in QApplication.allWidgets() if isinstance(w, QLabel)]


def is_markup(label: QLabel) -> bool:
    if label.property("marked_up") or label.textFormat() is Qt.TextFormat.PlainText:
        return False
    rich = label.textFormat() is Qt.TextFormat.RichText
    return rich or bool(label.isVisible() and Qt.mightBeRichText(label.text()))


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes on Windows")
@pytest.mark.timeout(60)
def test_a_project_full_of_markup_is_shown_as_it_is_written(
    house: Inhabited, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # whoever reads it waits for ever
    name = f'<img src="{pipe}"><h1>x</h1>'
    project = rename_block(example("digits_cnn"), "main", name)
    head = NodeId("head")
    project = in_block(project, "main", lambda g: rename_node(g, head, name))
    project = in_block(project, "main", lambda g: set_argument(g, head, "in_features", 100))
    place = house.judged(house.stand(project, 1920, 1080))
    place.session.select([head])
    place.session.said.emit(name)
    for panel in place.panels:
        place.raise_panel(panel)
        house.rest()
    QTest.qWait(300)
    assert any(name in label.text() for label in labels()), "the name is shown somewhere"
    assert [label.text() for label in labels() if is_markup(label)] == []


def test_a_tooltip_is_plain_text(house: Inhabited) -> None:
    place = house.stand()
    QToolTip.showText(place.shell.mapToGlobal(QPoint(50, 50)), "<h1>name</h1>", place.shell)
    QTest.qWait(50)
    tips = [label for label in labels() if label.metaObject().className() == "QTipLabel"]
    assert tips
    assert all(tip.textFormat() is Qt.TextFormat.PlainText for tip in tips)
    QToolTip.hideText()
