"""Locks tell of other living windows, and of nobody else."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.session.holding import FAR_TRUST, hold, holders_of, key_of, release
from app.session.owner import Owner, new_owner, owner_of
from app.training.process import start_of


def living() -> Owner:
    """Return a window of another process that lives: the one that runs these tests, or above it."""
    pid = os.getppid()
    started = start_of(pid)
    assert started is not None
    return replace(new_owner(), pid=pid, started=f"{started:.2f}")


def dead() -> Owner:
    """Return a window of a process that had our number before us."""
    return replace(new_owner(), started="1.00")


def test_a_name_says_its_owner() -> None:
    owner = new_owner()
    assert owner_of(owner.name) == owner
    assert owner.lives
    assert owner.is_here
    assert owner_of("something else") is None
    assert owner_of(f"{owner.name}x") is None


def test_two_windows_of_a_process_are_two_owners() -> None:
    assert new_owner() != new_owner()


def test_a_file_is_held_until_it_is_released(tmp_path: Path) -> None:
    path, mine, other = tmp_path / "a.netwright", new_owner(), living()
    assert holders_of(path) == []
    hold(path, mine)
    hold(path, other)
    assert [holder.owner for holder in holders_of(path, mine)] == [other]
    assert "in another Netwright (process" in holders_of(path, mine)[0].words
    assert "of this Netwright" in holders_of(path, other)[0].words
    assert holders_of(tmp_path / "b.netwright") == []
    release(path, other)
    release(path, other)
    assert holders_of(path, mine) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_leads_to_the_same_lock(tmp_path: Path) -> None:
    path, link = tmp_path / "a.netwright", tmp_path / "link.netwright"
    path.touch()
    link.symlink_to(path)
    assert key_of(link) == key_of(path)
    hold(path, new_owner())
    assert len(holders_of(link)) == 1


@pytest.mark.parametrize(
    "gone", [dead(), replace(new_owner(), boot="0" * 12), replace(living(), started="3.50")]
)
def test_who_does_not_live_holds_nothing_and_is_forgotten(
    tmp_path: Path, own_home: Path, gone: Owner
) -> None:
    path = tmp_path / "a.netwright"
    hold(path, gone)
    assert len(list((own_home / "holds").iterdir())) == 1
    assert holders_of(path) == []
    assert list((own_home / "holds").iterdir()) == []


def test_a_lock_from_another_computer_counts_for_some_days(tmp_path: Path, own_home: Path) -> None:
    path = tmp_path / "a.netwright"
    hold(path, replace(dead(), computer="0" * 12))
    (note,) = (own_home / "holds").iterdir()
    content = {"since": time.time() - FAR_TRUST + 60, "computer": "lab7"}
    note.write_text(json.dumps(content))
    assert "on the computer lab7, opened 6 days ago" in holders_of(path)[0].words
    note.write_text(json.dumps(content | {"since": time.time() - FAR_TRUST - 1}))
    assert holders_of(path) == []
    assert note.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00", '{"since": "x", "computer": 1}'])
def test_a_damaged_lock_still_counts(tmp_path: Path, own_home: Path, content: str) -> None:
    path = tmp_path / "a.netwright"
    hold(path, living())
    (note,) = (own_home / "holds").iterdir()
    note.write_text(content)
    assert len(holders_of(path)) == 1


def test_a_home_that_cannot_be_holds_nothing(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_home.write_text("a file")
    assert holders_of(tmp_path / "a.netwright") == []
    with pytest.raises(OSError, match=r".+"):
        hold(tmp_path / "a.netwright", new_owner())
    release(tmp_path / "a.netwright", new_owner())
