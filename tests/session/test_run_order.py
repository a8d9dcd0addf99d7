"""What the settings say is what a run is made with; a device that is not there is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from app.session.run_desk import RunDesk
from app.training.folder import default_threads, read_config
from app.training.follow import read_records
from app.training.status import read_status
from tests.panels.judged import example, run_desk, settle, until


@pytest.fixture
def desk(qt: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunDesk]:
    monkeypatch.setattr("app.session.run_desk.FIRST_STANDBY", 10_000_000)
    with run_desk(example("digits_cnn"), tmp_path / "net.netwright") as made:
        settle(made.session)
        yield made


def test_a_run_is_made_with_the_device_and_the_threads_of_the_settings(desk: RunDesk) -> None:
    desk.session.settings.set("device", "cuda:7")
    desk.session.settings.set("threads", 3)
    said: list[str] = []
    desk.session.said.connect(said.append)
    assert desk.train()
    until(lambda: desk.current is not None)
    run = desk.current
    assert run is not None
    assert read_config(run.folder).settings == {"device": "cuda:7", "threads": 3}
    until(lambda: not desk.is_live, 120)
    status = read_status(run.folder)
    assert status.state == "failed"
    assert "cuda:7" in status.reason
    until(lambda: status.reason in said)  # the end is told after the last status
    assert list(read_records(run.folder)) == [], "it was trained on another device"


def test_without_a_wish_a_run_leaves_one_core_to_the_window(desk: RunDesk) -> None:
    assert desk._order().settings == {"device": "cpu", "threads": default_threads()}
