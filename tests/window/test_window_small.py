"""The small parts behind the window: slices, words, rows, faults, and the staged start."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.dialogs.error_dialog import ErrorDialog
from app.settings.store import Settings
from app.window import status_words
from app.window.application import Application
from app.window.command_palette import matched
from app.window.command_rows import parts_of
from app.window.dropping_row import DroppingRow
from app.window.faults import Faults
from app.window.slices import Slices
from graph_editor.checking.verdict import Diagnostic, TensorType, Verdict
from graph_editor.document.model import Address, FrozenMap, RuleId
from tests.panels.judged import until
from tests.window.inhabited import Inhabited


def test_slices_let_events_through_between_steps(qt: QApplication) -> None:
    seen: list[str] = []

    class Listener(QObject):
        def event(self, event: QEvent) -> bool:
            if event.type() is QEvent.Type.User:
                seen.append("event")
            return super().event(event)

    listener = Listener()

    def work() -> Iterator[None]:
        for _ in range(3):
            seen.append("step")
            qt.postEvent(listener, QEvent(QEvent.Type.User))
            yield

    slices = Slices(work(), listener)
    done: list[bool] = []
    slices.done.connect(lambda: done.append(True))
    slices.start()
    until(lambda: bool(done))
    assert seen == ["step", "event"] * 3


def test_slices_that_fail_stop(qt: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))

    def work() -> Iterator[None]:
        yield
        raise ValueError("no")

    parent = QObject()
    slices = Slices(work(), parent)
    slices.start()
    until(lambda: bool(caught))
    qt.processEvents()
    qt.processEvents()
    assert [str(error) for error in caught] == ["no"]


# Words


def verdict(errors: int = 0, warnings: int = 0) -> Verdict:
    grades = ["error"] * errors + ["warning"] * warnings
    found = tuple(
        Diagnostic(RuleId(f"rule-{k}"), grade, Address("node"), "wrong")  # type: ignore[arg-type]
        for k, grade in enumerate(grades)
    )
    return Verdict(
        diagnostics=found,
        parameters=FrozenMap({Address("a"): 5_000, Address("b"): 514}),
        flops=FrozenMap({Address("a"): 47_104}),
        types=FrozenMap({"a.output": TensorType(("B", 10))}),
    )


@pytest.mark.parametrize(
    ("given", "took", "words"),
    [
        (None, 3.0, "checking"),
        (verdict(), None, "checked"),
        (verdict(), 3.2, "checked in 3 ms"),
        (verdict(), 0.2, "checked in 1 ms"),
        (verdict(), 2940.0, "checked in 2.9 s"),
        (verdict(errors=1), 3.0, "1 error, checked in 3 ms"),
        (verdict(errors=2, warnings=1), None, "2 errors"),
        (verdict(warnings=1), 3.0, "checked in 3 ms, 1 warning"),
    ],
)
def test_the_state_of_the_check(given: Verdict | None, took: float | None, words: str) -> None:
    assert status_words.check_words(given, took)[0] == words


def test_the_costs_of_a_drawing() -> None:
    assert status_words.parameter_words(verdict()) == "5,514 parameters"
    assert status_words.weight_words(verdict()) == "22 KiB weights"
    assert status_words.work_words(verdict()) == "forward 47,104 FLOPs per sample"
    alone = replace(verdict(), types=FrozenMap({"a.output": TensorType((4, 10))}))
    assert status_words.work_words(alone) == "forward 47,104 FLOPs per pass"
    assert status_words.work_words(None) == ""
    assert status_words.parameter_words(None) == ""
    assert status_words.count_words(11_689_512) == "11.7 M"
    assert status_words.size_words(6_442_450_944) == "6.0 GiB"


@pytest.mark.parametrize("word", ["error", "waiting"])
def test_what_is_not_judged_may_cost_more(word: str) -> None:
    half = replace(verdict(), status=FrozenMap({Address("a"): "ok", Address("c"): word}))
    assert status_words.parameter_words(half) == "at least 5,514 parameters"
    assert status_words.weight_words(half) == "at least 22 KiB weights"
    assert status_words.work_words(half) == "forward at least 47,104 FLOPs per sample"
    whole = replace(half, status=FrozenMap({Address("a"): "ok", Address("c"): "idle"}))
    assert status_words.work_words(whole) == "forward 47,104 FLOPs per sample"


def test_letters_that_match() -> None:
    assert matched("Zoom in", "View", "zo") == (100.0, ((0, 2),))
    assert matched("Zoom in", "View", "in") == (80.0, ((5, 2),))
    assert matched("Zoom in", "View", "zoom view") is not None
    assert matched("Zoom in", "View", "xyz") is None
    assert parts_of("Zoom in", ((0, 2), (5, 2))) == [("Zo", True), ("om ", False), ("in", True)]
    assert "".join(text for text, _ in parts_of("abc", ((0, 2), (1, 2)))) == "abc"


# A row that gives way


def test_a_row_gives_up_in_order_and_takes_back(qt: QApplication) -> None:
    row = DroppingRow(30)
    labels = [QLabel("a long label") for _ in range(3)]
    for label in labels:
        row.row.addWidget(label)
    row.hide_step(labels[2])
    row.hide_step(labels[1])
    full = row.row.minimumSize().width()

    def shown(width: int) -> list[bool]:
        row.resize(width, 30)
        qt.processEvents()
        return [not label.isHidden() for label in labels]

    row.show()
    assert shown(full + 10) == [True, True, True]
    assert shown(full - 10) == [True, True, False]
    assert shown(full // 3) == [True, False, False]
    assert shown(full + 10) == [True, True, True]
    labels[0].setText("a label that is much longer than it was before this moment")
    qt.processEvents()
    assert [not label.isHidden() for label in labels] == [True, False, False]
    row.close()
    row.deleteLater()


# Errors nobody foresaw


@pytest.fixture
def faults(qt: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    made = Faults(lambda: Path("/tmp/saved.netwright"), lambda: None)
    made.install()
    yield made
    made.remove()
    for widget in qt.topLevelWidgets():
        if type(widget).__name__ == "ErrorDialog":
            widget.close()


def dialogs(qt: QApplication) -> list[QWidget]:
    shown = [w for w in qt.topLevelWidgets() if type(w).__name__ == "ErrorDialog"]
    return [w for w in shown if w.isVisible()]


def test_an_error_in_a_slot_becomes_a_dialog_with_a_report(
    qt: QApplication, faults: Faults
) -> None:
    sys.excepthook(ValueError, ValueError("a strange thing"), None)
    (dialog,) = dialogs(qt)
    assert "a strange thing" in dialog.text.toPlainText()  # type: ignore[attr-defined]
    sys.excepthook(ValueError, ValueError("another"), None)
    assert dialogs(qt) == [dialog]
    dialog.close()


def test_an_error_in_a_thread_becomes_a_dialog_too(qt: QApplication, faults: Faults) -> None:
    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    until(lambda: bool(dialogs(qt)))
    assert "in a thread" in dialogs(qt)[0].text.toPlainText()  # type: ignore[attr-defined]


def said(dialog: QWidget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in dialog.findChildren(QLabel))


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize("broken", [False, True])
def test_only_work_that_could_not_be_saved_is_warned_of(
    qt: QApplication,
    house: Inhabited,
    monkeypatch: pytest.MonkeyPatch,
    modified: bool,
    broken: bool,
) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    place = house.stand()
    if modified:
        place.session.apply(lambda p: replace(p, main=replace(p.main, name="Other")), "Rename")

    def fail() -> Path:
        raise OSError("the disk is full")

    if broken:
        monkeypatch.setattr(place.keeper, "save_aside", fail)
    house.catch_faults()
    assert house.faults is not None
    sys.excepthook(ValueError, ValueError("strange"), None)
    (dialog,) = place.shell.findChildren(ErrorDialog)
    words = said(dialog)
    assert ("could not be saved aside" in words) is (modified and broken)
    assert ("Nothing was unsaved" in words) is not modified
    assert ("was saved aside:" in words) is (modified and not broken)
    assert "What you did last may not have been done" in words
    dialog.close()
    house.faults.remove()


def test_a_thread_that_fails_does_not_put_the_last_step_in_doubt(
    qt: QApplication, faults: Faults
) -> None:
    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    until(lambda: bool(dialogs(qt)))
    words = said(dialogs(qt)[0])
    assert "What you did last" not in words
    assert "in the background" in words


def test_leaving_by_keys_is_no_error(qt: QApplication, faults: Faults) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qt.processEvents()
    assert not dialogs(qt)


# The staged start


def test_the_frame_is_painted_before_it_is_furnished(house: Inhabited) -> None:
    told: list[str] = []
    house.first_painted.connect(lambda: told.append("painted"))
    house.furnished.connect(lambda place: told.append("furnished"))
    shell = house.start()
    assert not house.places
    assert shell.tools.train.text().strip() == "Train"
    until(lambda: "furnished" in told)
    assert told == ["painted", "furnished"]
    (place,) = house.places
    assert place.session.project.main.name == "Digits CNN"
    assert place.session.path is None
    assert set(place.panels) == set(shell.docks)


def test_a_theme_that_changes_between_paint_and_furnishing_reaches_every_glyph(
    house: Inhabited,
) -> None:
    told: list[object] = []
    house.furnished.connect(told.append)
    shell = house.start()
    house.settings.set("theme", "light")
    until(lambda: bool(told))
    look = house.themes.look
    assert look.name == "light"
    assert shell.look is look
    icon = shell.tools.arrange.icon().pixmap(16, 16).toImage()
    strongest = max(
        (icon.pixelColor(x, y) for x in range(16) for y in range(16)), key=lambda c: c.alpha()
    )
    assert abs(strongest.lightness() - look["text"].lightness()) < 20


def test_the_files_that_were_open_come_back(house: Inhabited, tmp_path: Path) -> None:
    file = tmp_path / "mine.netwright"
    file.write_text(Path("assets/examples/wine.netwright").read_text(encoding="utf-8"))
    house.settings.remember("open_files", [str(file), str(tmp_path / "gone.netwright")])
    told: list[object] = []
    house.furnished.connect(told.append)
    house.start()
    until(lambda: bool(told))
    assert [place.session.path for place in house.places] == [file]


def test_settings_that_cannot_be_kept_are_no_obstacle(
    qt: QApplication, house: Inhabited, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    house.settings = Settings(blocked / "settings.json")
    place = house.stand()
    place.shell.close()
    assert not house.places
    assert isinstance(house, Application)
