"""Former contents are kept, thinned out by a rule; rescued work finds a place in any state."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session import backups
from app.session.backups import (
    DAY,
    DAYS,
    NEWEST,
    all_backups,
    autosave,
    backups_of,
    keep_former,
    rescue,
    worth_keeping,
)
from graph_editor.document.files import load
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project

NOW = 1_800_000_000.0
MOMENTS = st.lists(st.floats(NOW - 60 * DAY, NOW), max_size=120)


def project(name: str = "net") -> Project:
    return Project(Block(Graph(FrozenMap({NodeId("a"): Node("nn.ReLU")})), name))


@given(MOMENTS)
def test_what_is_worth_keeping(moments: list[float]) -> None:
    kept = worth_keeping(moments, NOW)
    assert kept <= set(moments)
    newest = sorted(set(moments), reverse=True)
    assert set(newest[:NEWEST]) <= kept
    young = {int(m // DAY) for m in moments if NOW - m <= DAYS * DAY}
    assert young <= {int(m // DAY) for m in kept}  # no young day is lost
    older = [int(m // DAY) for m in kept - set(newest[:NEWEST])]
    assert len(older) == len(set(older))  # one of each day
    assert len(kept) <= NEWEST + DAYS + 1
    assert worth_keeping(kept, NOW) == kept


@given(MOMENTS)
def test_the_last_of_a_day_is_the_one_that_stays(moments: list[float]) -> None:
    newest = sorted(set(moments), reverse=True)
    for kept in worth_keeping(moments, NOW) - set(newest[:NEWEST]):
        assert kept == max(m for m in moments if m // DAY == kept // DAY)


def test_former_contents_come_back_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "my net.netwright"
    for number in range(3):
        keep_former(path, b"%d" % number, NOW + number)
    found = backups_of(path)
    assert [backup.path.read_bytes() for backup in found] == [b"2", b"1", b"0"]
    assert [backup.when for backup in found] == [NOW + 2, NOW + 1, NOW]
    assert backups_of(tmp_path / "other.netwright") == []
    assert "autosaved" not in found[0].words


def test_the_same_content_is_kept_once_and_one_moment_holds_several(tmp_path: Path) -> None:
    path = tmp_path / "a.netwright"
    assert keep_former(path, b"1", NOW) == keep_former(path, b"1", NOW + 9)
    keep_former(path, b"2", NOW)
    keep_former(path, b"3", NOW)
    assert {b.path.read_bytes() for b in backups_of(path)} == {b"1", b"2", b"3"}


def test_files_of_one_name_in_two_folders_have_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        keep_former(tmp_path / name / "a.netwright", name.encode(), NOW)
    assert len(backups_of(tmp_path / "one" / "a.netwright")) == 1
    assert len(all_backups()) == 2


def test_old_ones_are_thinned_out_and_strange_files_are_let_be(tmp_path: Path) -> None:
    path = tmp_path / "a.netwright"
    for number in range(60):
        keep_former(path, b"%d" % number, NOW + number * DAY / 4)
    place = backups_of(path)[0].path.parent
    for name in ("mine.netwright", "2026-13-40_99-99-99_000000.netwright", "note.txt"):
        (place / name).write_text("mine")
    keep_former(path, b"last", NOW + 60 * DAY / 4)
    found = backups_of(path)
    assert {b.when for b in found} == worth_keeping([b.when for b in found], NOW + 15 * DAY)
    assert len(found) == NEWEST + 10
    assert (place / "mine.netwright").exists()


def test_copies_made_while_one_works_do_not_crowd_out_former_contents(tmp_path: Path) -> None:
    path = tmp_path / "a.netwright"
    keep_former(path, b"former", NOW)
    for number in range(30):
        autosave(path, "a", project(str(number)), NOW + 300 * (number + 1))
    found = backups_of(path)
    assert [b.is_autosave for b in found] == [True] * NEWEST + [False]
    assert load(found[0].path).project == project("29")
    assert found[0].words.endswith("autosaved")


def test_a_project_without_a_file_is_copied_under_its_name() -> None:
    made = autosave(None, "Untitled-12ab/../x", project(), NOW)
    assert load(made).project == project()
    assert made.parent.name in all_backups()
    assert made.parent.parent.name == "backups"


def test_work_is_rescued_and_never_replaces_other_work(own_home: Path) -> None:
    first, second = rescue(project(), "a.netwright"), rescue(project("b"), "a.netwright")
    assert first.parent == own_home / "rescued"
    assert first.name.startswith("a-")
    assert (load(first).project, load(second).project) == (project(), project("b"))


def test_work_is_rescued_elsewhere_where_the_home_takes_nothing(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_home.write_text("a file")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "absent")
    monkeypatch.setattr(backups.tempfile, "gettempdir", lambda: str(tmp_path))
    assert load(rescue(project(), "../odd name?")).project == project()
    monkeypatch.setattr(backups.tempfile, "gettempdir", lambda: str(tmp_path / "absent"))
    with pytest.raises(OSError, match=r"."):
        rescue(project(), "a")


@pytest.mark.parametrize("name", ["half a pair \ud800", "format", "", "x" * 300, "日本語"])
def test_work_that_no_file_can_hold_is_rescued_all_the_same(name: str) -> None:
    odd = Project(Block(name=name), extra=FrozenMap({"format": 1, "x": object()}))  # type: ignore[dict-item]
    made = rescue(odd, name)
    assert "format" in made.read_text(encoding="utf-8")


def test_backups_are_told_apart_by_the_moment_in_universal_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.netwright"
    keep_former(path, b"1", NOW + 0.25)
    if hasattr(time, "tzset"):
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
    try:
        assert backups_of(path)[0].when == NOW + 0.25
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()
