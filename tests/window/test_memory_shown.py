"""What a training takes is said before it begins, against what the chosen device has free."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.registry import BY_ID
from app.window.status_row import StatusItem
from app.window.workplace import Workplace
from graph_editor.checking.training_memory import range_in_units
from graph_editor.document.edits import set_run
from graph_editor.document.model import Project
from tests.panels.judged import JudgingHere, set_value, until
from tests.window.inhabited import Inhabited, is_cut

assert QApplication
GIB = 2**30


def devices(**free: int) -> dict[str, Any]:
    """Return what the engine says of devices with so many free bytes: ``cpu``, ``cuda_0``."""
    named = {name.replace("_", ":"): size for name, size in free.items()}
    return {
        "torch": "2.13",
        "devices": [
            {"id": n, "name": n, "free": size, "total": 2 * size} for n, size in named.items()
        ],
    }


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand(width=1600, height=900))
    until(lambda: made.session.room.room.free > 0)  # the engine was asked at the first verdict
    return made


def grade(item: StatusItem) -> str:
    return str(item.words.property("role"))


def fit(place: Workplace) -> str:
    return place.session.room.fit


def ends(place: Workplace) -> tuple[int, int]:
    need = place.session.room.need
    assert need is not None
    return need.low, need.high


def test_what_fits_is_said_quietly(place: Workplace) -> None:
    need = place.session.room.need
    assert need is not None
    item = place.shell.status.memory
    assert item.words.text() == f"{range_in_units(need)} to train" == "2.1–4.0 MiB to train"
    assert item.isVisible()
    assert grade(item) == "status"
    assert item.toolTip() == "It fits: this machine has 12.0 GiB free."
    assert "fit" not in place.shell.tools.train.toolTip()


def test_what_may_not_fit_is_amber(place: Workplace) -> None:
    low, high = ends(place)
    place.know_devices(devices(cpu=(low + high) // 2))
    item = place.shell.status.memory
    assert grade(item) == "warning"
    assert item.words.text().endswith("free")
    words = place.session.room.words
    assert words.startswith("It may not fit: training takes ")
    assert place.shell.tools.train.toolTip().splitlines()[1] == words
    inspector: Any = place.panels["inspector"]
    project_page = inspector.project
    assert project_page.fit.text() == words
    assert project_page.fit.property("role") == "warning"


def test_what_will_not_fit_is_red_and_names_a_batch_that_would(place: Workplace) -> None:
    low, _ = ends(place)
    place.know_devices(devices(cpu=low // 2))
    item = place.shell.status.memory
    assert grade(item) == "error"
    words = place.session.room.words
    assert words.startswith("It will not fit: training takes at least ")
    most = int(words.split("Batches of ")[1].split()[0])
    batch = place.session.project.run["batch_size"]
    assert isinstance(batch, int)
    assert 0 < most < batch
    place.session.apply(lambda p: set_run(p, "batch_size", most), "Set batch_size")
    assert fit(place) == "fits"
    assert grade(item) == "status"
    place.session.apply(lambda p: set_run(p, "batch_size", most + 1), "Set batch_size")
    assert fit(place) == "tight"


def test_the_chosen_device_counts(place: Workplace) -> None:
    low, high = ends(place)
    place.know_devices(devices(cpu=4 * high, cuda_0=low // 2))
    assert fit(place) == "fits"
    place.settings.set("device", "cuda")
    assert fit(place) == "too_large"
    assert "CUDA:0 has" in place.session.room.words
    place.settings.set("device", "cuda:1")
    assert fit(place) == "unknown"
    assert grade(place.shell.status.memory) == "status"


def test_another_device_has_the_engine_asked_again(place: Workplace) -> None:
    judging = place.session.judging
    assert isinstance(judging, JudgingHere)
    judging.has = devices(cpu=12 * GIB, cuda_0=3 * GIB)["devices"]
    place.settings.set("device", "cuda:0")
    until(lambda: place.session.room.room.free == 3 * GIB)


def test_a_run_can_be_started_and_says_what_may_happen(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, _ = ends(place)
    place.know_devices(devices(cpu=low // 2))
    started: list[bool] = []

    def train() -> bool:
        started.append(True)
        return True

    monkeypatch.setattr(place.desk, "train", train)
    said: list[str] = []
    place.session.said.connect(said.append)
    assert BY_ID["run.train"].unavailable(place) == ""
    QTest.mouseClick(place.shell.tools.train, Qt.MouseButton.LeftButton)
    assert started
    assert said == [place.session.room.words]


def test_the_run_panel_says_it_before_there_is_a_run(place: Workplace, house: Inhabited) -> None:
    low, _ = ends(place)
    panel: Any = place.panels["run"]
    place.show_panel("run")
    house.rest()
    place.know_devices(devices(cpu=low // 2))
    until(lambda: bool(panel.empty.caution.text()))
    assert panel.empty.caution.text() == place.session.room.words
    assert panel.empty.caution.property("role") == "error"
    place.know_devices(devices(cpu=12 * GIB))
    until(lambda: not panel.empty.caution.text())


def test_a_warning_stays_in_a_narrow_window(house: Inhabited) -> None:
    place = house.judged(house.stand(width=1000, height=700))
    until(lambda: place.session.room.room.free > 0)
    low, _ = ends(place)
    place.know_devices(devices(cpu=low // 2))
    house.rest()
    item = place.shell.status.memory
    assert item.isVisible()
    assert not is_cut(item)


def test_behind_an_error_it_is_not_said_that_it_fits(place: Workplace) -> None:
    set_value(place.session, "head", "in_features", 256)
    assert place.session.verdict is not None
    assert place.session.verdict.has_errors
    assert place.session.room.words == ""
    low, _ = ends(place)
    place.know_devices(devices(cpu=low // 2))
    assert place.session.room.words.startswith("It will not fit")


def test_nothing_is_said_of_a_drawing_that_trains_nothing(house: Inhabited) -> None:
    place = house.stand(Project())
    until(lambda: place.session.is_judged)
    assert place.session.room.need is None
    assert place.shell.status.memory.isHidden()
    assert place.session.room.words == ""
