"""control.json: no request is lost, and nonsense asks for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.control import Control, ControlFile, read_control, request

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


def test_the_worker_sees_each_change(tmp_path: Path) -> None:
    view = ControlFile(tmp_path)
    assert view.poll() == Control()
    request(tmp_path, "pause")
    assert view.poll() == Control(pause=True)
    request(tmp_path, "checkpoint")
    request(tmp_path, "resume")
    assert view.poll() == Control(checkpoint=1)
    (tmp_path / "control.json").unlink()
    assert view.poll() == Control(checkpoint=1)  # what was asked for stays so


def test_an_unchanged_file_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request(tmp_path, "pause")
    view = ControlFile(tmp_path)
    view.poll()
    monkeypatch.setattr("app.training.control.read_control", lambda _: pytest.fail("read again"))
    assert view.poll() == Control(pause=True)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[1]", b"\xff", b'{"stop": 1, "pause": "yes", "checkpoint": true}']
)
def test_nonsense_asks_for_nothing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "control.json").write_bytes(text)
    assert read_control(tmp_path) == Control()


def test_an_unknown_request_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="explode"):
        request(tmp_path, "explode")  # type: ignore[arg-type]
    assert not (tmp_path / "control.json").exists()
