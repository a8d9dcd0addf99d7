"""Requests to a worker: none is lost, and nonsense asks for nothing."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training import control
from app.training.control import Control, read_control, request

ROOT = Path(__file__).parents[2]
REQUESTS = st.lists(st.sampled_from(["stop", "pause", "resume", "checkpoint"]), max_size=12)


@given(asked=REQUESTS)
def test_requests_add_up(asked: list, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("control")
    for what in asked:
        request(folder, what)
    pauses = [what for what in asked if what in ("pause", "resume")]
    assert read_control(folder) == Control(
        stop="stop" in asked,
        pause=pauses[-1:] == ["pause"],
        checkpoint=asked.count("checkpoint"),
    )


def test_requests_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.training.control import request\n"
        "sys.stdin.read()\n"
        "for what in sys.argv[2:] * 50: request(Path(sys.argv[1]), what)"
    )
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), *asked], cwd=ROOT, stdin=subprocess.PIPE
        )
        for asked in (["checkpoint"], ["checkpoint", "pause"], ["checkpoint", "resume"])
    ]
    request(tmp_path, "stop")
    for process in asking:
        assert process.stdin is not None
        process.stdin.close()  # all begin together
    assert [process.wait(60) for process in asking] == [0, 0, 0]
    found = read_control(tmp_path)
    assert (found.stop, found.checkpoint) == (True, 150)


def test_the_same_turn_can_be_taken_by_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_requests", lambda _: [])  # nobody sees the other's file
    for what in ("checkpoint", "checkpoint", "pause", "resume"):
        request(tmp_path, what)
    monkeypatch.undo()
    assert read_control(tmp_path).checkpoint == 2
    assert len(list((tmp_path / "control").iterdir())) == 4


def test_the_order_is_that_of_the_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "control"
    folder.mkdir()
    for name in ("2-pause", "10-resume"):
        (folder / name).touch()
    assert read_control(tmp_path) == Control(pause=False)
    request(tmp_path, "pause")
    assert read_control(tmp_path) == Control(pause=True)


@pytest.mark.parametrize(
    "name",
    ["stop", "1-", "1-stop.tmp", "-1-stop", "1-explode", "\u0661-stop", "9" * 5000 + "-stop"],
)
def test_nonsense_asks_for_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "control").mkdir()
    with contextlib.suppress(OSError):  # not every name can be a file's
        (tmp_path / "control" / name).touch()
    assert read_control(tmp_path) == Control()


def test_a_file_in_the_place_of_the_folder_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "control").touch()
    assert read_control(tmp_path) == Control()


def test_an_unknown_request_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="explode"):
        request(tmp_path, "explode")  # type: ignore[arg-type]
    assert not (tmp_path / "control").exists()
