"""The recent files, whatever the settings' file says."""

from pathlib import Path

import pytest

from app.session.recent import MOST, NAME, add_recent, clear_recent, forget_recent, recent_files
from app.settings.store import Settings


def test_the_newest_comes_first_and_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    for number in range(MOST + 5):
        add_recent(settings, tmp_path / f"{number}.netwright", float(number))
    add_recent(settings, tmp_path / "10.netwright", 99.0)
    settings.flush()
    again = Settings(tmp_path / "settings.json")
    names = [recent.path.stem for recent in recent_files(again)]
    assert names == ["10", *(str(n) for n in range(MOST + 4, 4, -1) if n != 10)][:MOST]
    forget_recent(again, tmp_path / "10.netwright")
    assert recent_files(again)[0].path.stem == str(MOST + 4)
    clear_recent(again)
    assert recent_files(again) == []


@pytest.mark.parametrize(
    "kept",
    [
        None,
        3,
        {"path": "/a"},
        [1, None, [], {"path": 1, "when": 1}, {"path": "", "when": 1}, {"path": "/a"}],
        [{"path": "/a", "when": True}, {"path": "/a", "when": "now"}],
    ],
)
def test_what_is_no_list_of_files_is_passed_over(kept: object) -> None:
    settings = Settings()
    settings.remember(NAME, kept)
    assert recent_files(settings) == []
    add_recent(settings, Path("/b"), 1.0)
    assert [recent.path for recent in recent_files(settings)] == [Path("/b").absolute()]


def test_a_disk_that_takes_nothing_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(tmp_path / "file" / "settings.json")
    add_recent(settings, Path("/a"), 1.0)
    assert len(recent_files(settings)) == 1
