"""The table of settings and their store: what is allowed, kept, told, and never lost."""

from __future__ import annotations

import json
import math
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.store import Settings
from app.settings.table import BY_KEY, PAGES, TABLE, Setting
from tests.house.sources import ROOT

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
)
COUNT = Setting("n", "Page", "Number", "Doc.", "whole", 3, least=1, greatest=9)


def test_every_entry_says_what_it_is_and_allows_its_default() -> None:
    assert len(BY_KEY) == len(TABLE)
    for setting in TABLE:
        assert setting.allows(setting.default), setting.key
        assert setting.title
        assert setting.page in PAGES
        assert setting.doc.endswith(".")
        assert setting.title[0].isupper()
        assert bool(setting.choices) == (setting.kind == "choice")
        assert bool(setting.pattern) == bool(setting.form)


@pytest.mark.parametrize("key", sorted(BY_KEY))
def test_every_setting_is_used_by_the_product(key: str) -> None:
    own = ROOT / "app" / "settings"
    files = [p for room in ("app", "graph_editor") for p in (ROOT / room).rglob("*.py")]
    users = [p for p in files if own not in p.parents and f'"{key}"' in p.read_text("utf-8")]
    assert users, f"nothing reads the setting {key}"


@given(st.sampled_from(TABLE), ANYTHING)
def test_a_value_is_kept_or_refused_in_words(setting: Setting, value: object) -> None:
    settings = Settings()
    reason = setting.why_not(value)
    if reason:
        assert reason.startswith(setting.title)
        assert reason.endswith(".")
        with pytest.raises(ValueError, match=r"."):
            settings.set(setting.key, value)  # type: ignore[arg-type]  # that is the test
        assert settings.is_default(setting.key)
    else:
        settings.set(setting.key, value)  # type: ignore[arg-type]  # an allowed one is a value
        assert settings[setting.key] == value


@given(st.text(max_size=12))
def test_what_is_typed_for_a_number_is_a_number_in_range_or_refused(text: str) -> None:
    if text.strip().isdecimal() and 1 <= int(text) <= 9:
        assert COUNT.read(text) == int(text)
    else:
        with pytest.raises(ValueError, match="from 1 to 9"):
            COUNT.read(text)


def test_numbers_that_are_none_are_refused() -> None:
    number = Setting("x", "Page", "Share", "Doc.", "number", 0.5, least=0, greatest=1)
    assert number.read(" 0.25 ") == 0.25
    for wrong in (math.nan, math.inf, True, "0.5", 2):
        assert number.why_not(wrong)


def test_a_device_is_a_name_that_torch_knows() -> None:
    device = BY_KEY["device"]
    assert all(device.allows(name) for name in ("cpu", "cuda", "cuda:1", "mps"))
    assert not any(device.allows(name) for name in ("", "gpu", "cuda:", "cuda:x", "CPU", "cpu\n"))


def test_values_come_back_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    first = Settings(path)
    first.set("theme", "light")
    first.remember("recent", ["a"])
    first.flush()
    again = Settings(path)
    assert again["theme"] == "light"
    assert again.memory("recent") == ["a"]
    again.reset("theme")
    assert Settings(path).is_default("theme")


def test_two_windows_do_not_wipe_out_each_other(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = Settings(path), Settings(path)
    one.set("theme", "light")
    other.set("threads", 3)
    one.remember("a", 1)
    other.remember("b", 2)
    one.flush()
    other.flush()
    kept = Settings(path)
    assert (kept["theme"], kept["threads"]) == ("light", 3)
    assert (kept.memory("a"), kept.memory("b")) == (1, 2)


def test_what_is_remembered_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, written = threading.Event(), []

    def slow_write(path: Path, text: str) -> None:
        assert disk.wait(60)
        written.append(json.loads(text)["memory"])
        path.write_text(text)

    monkeypatch.setattr("app.settings.store.atomic_write", slow_write)
    settings = Settings(tmp_path / "settings.json")
    for number in range(20):
        settings.remember("n", number)
    assert settings.memory("n") == 19
    assert written == []
    disk.set()
    settings.flush()
    assert written[-1] == {"n": 19}
    assert len(written) <= 2, "what waits together is written together"


def test_a_disk_that_refuses_takes_nothing_from_what_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.json")
    settings.remember("a", 1)
    settings.flush()
    settings.remember("a", 2)
    settings.flush()
    assert settings.memory("a") == 2


@pytest.mark.parametrize("text", ["", "{", "[1]", "nul", '{"theme": 3}', "[" * 100_000])
def test_a_spoilt_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert all(Settings(path).is_default(setting.key) for setting in TABLE)


def test_what_is_not_known_here_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"of_a_newer_version": [1], "threads": -4}')
    settings = Settings(path)
    assert settings["threads"] == 0
    settings.set("theme", "dark")
    assert json.loads(path.read_text())["of_a_newer_version"] == [1]


def test_who_asked_is_told_until_the_end() -> None:
    settings, told = Settings(), list[str]()
    end = settings.subscribe(told.append)
    settings.set("theme", "dark")
    settings.set("theme", "dark")
    end()
    end()
    settings.set("theme", "light")
    assert told == ["theme"]


def test_a_value_holds_and_is_told_although_the_disk_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings, told = Settings(tmp_path / "file" / "settings.json"), list[str]()
    settings.subscribe(told.append)
    with pytest.raises(OSError, match=r"."):
        settings.set("theme", "dark")
    assert settings["theme"] == "dark"
    assert told == ["theme"]
