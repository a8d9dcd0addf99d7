"""Recovered work of a file that is open takes that window's place: a file is in one window."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from app.session.owner import new_owner
from app.session.recovery import journal_of, lost_work
from app.window.lost_work import LostWork
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load, save
from graph_editor.document.journal import Journal
from graph_editor.document.model import NodeId
from tests.panels.judged import example, until
from tests.session.answers import Answers
from tests.window.inhabited import Inhabited


def left_by_a_dead_window(file: Path) -> None:
    """Write the journal of a process that is no more, with one edit in it."""
    project = load(file).project
    edited = in_block(
        project, "main", lambda g: set_argument(g, NodeId("head"), "out_features", 12)
    )
    notes = {"hash": hashlib.sha256(file.read_bytes()).hexdigest(), "edits": 0}
    dead = journal_of(replace(new_owner(), started="1.00"))
    with Journal(dead, str(file), project, notes) as journal:
        journal.record(edited)


def test_recovered_work_replaces_the_window_of_its_file(house: Inhabited, tmp_path: Path) -> None:
    file = tmp_path / "net.netwright"
    save(file, example("digits_cnn"))
    left_by_a_dead_window(file)
    opened = house._open(file)
    assert opened is not None
    for _ in opened.steps():
        pass
    (lost,) = lost_work()
    LostWork(house, house).recover(lost)
    until(lambda: len(house.places) == 1 and house.places[0] is not opened)
    place = house.places[0]
    assert place.session.path == file
    assert place.session.document.is_modified
    place.keeper.asks = Answers()
    until(lambda: "palette" in place.panels)
    assert place.save()
    assert place.keeper.asks.asked == []
    head = load(file).project.main.graph.nodes[NodeId("head")]
    assert head.args["out_features"] == 12


def test_an_open_window_with_changes_of_its_own_stays(house: Inhabited, tmp_path: Path) -> None:
    file = tmp_path / "net.netwright"
    save(file, example("digits_cnn"))
    left_by_a_dead_window(file)
    opened = house._open(file)
    assert opened is not None
    opened.session.apply(
        lambda now: in_block(now, "main", lambda g: set_argument(g, NodeId("head"), "bias", False)),
        "Set bias",
    )
    (lost,) = lost_work()
    LostWork(house, house).recover(lost)
    assert opened in house.places
    assert len(house.places) == 2


def test_what_cannot_be_read_is_refused_in_words(house: Inhabited, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.netwright"
    spoilt.write_text("{", encoding="utf-8")
    place = house.stand()
    told: list[str] = []
    house.refuse = lambda path, words: told.append(f"{path.name}: {words}")  # type: ignore[method-assign]  # to see it
    house.open_example(spoilt, place)
    house.open_copy(tmp_path / "gone.netwright")
    assert len(told) == 2
    assert told[0].startswith("spoilt.netwright")
    assert house.places == [place]


def test_text_typed_in_a_window_that_died_is_open_in_the_editor(
    house: Inhabited, tmp_path: Path
) -> None:
    file = tmp_path / "net.netwright"
    save(file, example("digits_cnn"))
    typed = {"file": "model.py", "before": "a\n", "after": "b\n"}
    notes = {"hash": hashlib.sha256(file.read_bytes()).hexdigest(), "edits": 0, "typed": typed}
    dead = journal_of(replace(new_owner(), started="1.00"))
    with Journal(dead, str(file), load(file).project, notes):
        pass
    (lost,) = lost_work()
    LostWork(house, house).recover(lost)
    place = house.judged(house.places[-1])
    until(lambda: "code" in place.panels)
    editing = place.panels["code"].editing  # type: ignore[attr-defined]  # it is the code panel
    until(lambda: editing.is_open)
    assert editing.text() == "b\n"
    assert not place.session.document.is_modified
    until(lambda: not place.shell.docks["code"].isHidden())
    place.shell.close()
    assert place.shell.isVisible()
    editing.cancel.click()
    assert not editing.is_open
    assert place.keeper.settle()
    assert lost_work() == []
