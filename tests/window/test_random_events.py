"""A child at the keyboard: thousands of random clicks, drags, turns and keys raise nothing."""

from __future__ import annotations

import gc
import random
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from shiboken6 import isValid

from app.session.places import home
from app.training.control import request
from app.training.status import read_status
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

EVENTS, LONG = 2000, 10_000
RUNS_END = 500
"""After how many events runs are asked to stop: more and more of them would take all cores."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BUTTONS = [LEFT, LEFT, LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton]
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
MODIFIERS = [NONE, NONE, NONE, SHIFT, CONTROL, ALT, CONTROL | SHIFT]
KEYS = [
    *[getattr(Qt.Key, f"Key_{sign}") for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"],
    *[getattr(Qt.Key, f"Key_F{number}") for number in range(1, 13)],
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Space,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_Comma,
    Qt.Key.Key_Question,
]
LEAVING = [getattr(Qt.Key, f"Key_{sign}") for sign in "QWOSR"]
PRESSING = (Qt.Key.Key_Return, Qt.Key.Key_Space)
TRAIN_KEY = Qt.Key.Key_R
NEVER_PRESSED = {
    "Quit", "Close", "Close window", "Open…", "Save", "Save as…", "Train", "Choose…", "Exit",
    "Open backup…", "Show folder", "Open folder", "Manual", "Overwrite",
    "Read edited code…",
}  # fmt: skip
"""They end the test, ask the system's file dialog, start other programs or train for minutes."""


class Child:
    """Does the next thing that comes to hand."""

    def __init__(self, window: QWidget, seed: int, trains: bool) -> None:
        self.window = window
        self.trains = trains
        """Whether it may start runs."""
        self.dice = random.Random(seed)
        self.done: list[str] = []

    def act(self) -> bool:
        """Do one random thing to one random widget that is in sight; return whether it was."""
        widget = self.target()
        if not isValid(widget):  # looking at the others of a list may end one of it
            return False
        kinds: list[Callable[[QWidget], bool]] = [
            self.click, self.click, self.click, self.double_click, self.drag, self.wheel,
            self.key, self.key, self.key, self.hover, self.resize,
        ]  # fmt: skip
        kind = self.dice.choice(kinds)
        name = f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
        self.done.append(f"{kind.__name__} on {name}")
        try:
            return kind(widget)
        except RuntimeError:  # a press may end what is pressed, and the rest of a drag with it
            if isValid(widget):
                raise
            return True

    def target(self) -> QWidget:
        """Return a visible widget: of a popup or dialog where one is open, else of the window."""
        popup = QApplication.activePopupWidget()
        modal = QApplication.activeModalWidget()
        root = popup or modal or self.window
        # Garbage collected while the list is gone through may take later ones with it.
        found = root.findChildren(QWidget)
        shown = [w for w in found if isValid(w) and w.isVisible() and w.width() > 3]
        return self.dice.choice([root, *shown])

    def spot(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.dice.randrange(max(1, widget.width())),
            self.dice.randrange(max(1, widget.height())),
        )

    def click(self, widget: QWidget) -> bool:
        spot = self.spot(widget)
        if not self.may(widget, spot):
            return False
        button, modifiers = self.dice.choice(BUTTONS), self.dice.choice(MODIFIERS)
        QTest.mouseClick(widget, button, modifiers, spot)
        return True

    def double_click(self, widget: QWidget) -> bool:
        spot = self.spot(widget)
        if not self.may(widget, spot):
            return False
        QTest.mouseDClick(widget, LEFT, NONE, spot)
        return True

    def drag(self, widget: QWidget) -> bool:
        start, end = self.spot(widget), self.spot(widget)
        if not self.may(widget, start) or not self.may(widget, end):
            return False
        button, kept = self.dice.choice(BUTTONS), self.dice.choice(MODIFIERS)
        QTest.mousePress(widget, button, kept, start)
        for step in range(1, 5):
            self._move(widget, start + (end - start) * step / 4, button, kept)
        QTest.mouseRelease(widget, button, kept, end)
        return True

    def hover(self, widget: QWidget) -> bool:
        self._move(widget, self.spot(widget), Qt.MouseButton.NoButton)
        return True

    def _move(
        self,
        widget: QWidget,
        spot: QPoint,
        held: Qt.MouseButton,
        kept: Qt.KeyboardModifier = NONE,
    ) -> None:
        none = Qt.MouseButton.NoButton
        glob = QPointF(widget.mapToGlobal(spot))
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(spot), glob, none, held, kept)
        QApplication.sendEvent(widget, event)

    def wheel(self, widget: QWidget) -> bool:
        spot = self.spot(widget)
        turn = QPoint(0, self.dice.choice([-240, -120, 120, 240]))
        event = QWheelEvent(
            QPointF(spot),
            QPointF(widget.mapToGlobal(spot)),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            self.dice.choice([NONE, CONTROL]),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
        return True

    def key(self, widget: QWidget) -> bool:
        key, modifiers = self.dice.choice(KEYS), self.dice.choice(MODIFIERS)
        if modifiers & CONTROL and key in LEAVING and not (key == TRAIN_KEY and self.trains):
            return False
        if key == Qt.Key.Key_F4 or not self.may(widget, QPoint(1, 1)):
            return False
        focus = QApplication.focusWidget() or self.window
        focus = focus if isValid(focus) else self.window
        if key in PRESSING and not self.may(focus, QPoint(1, 1)):
            return False
        if isinstance(widget, QMenu) and key in PRESSING:
            return False
        QTest.keyClick(widget if self.dice.random() < 0.3 else focus, key, modifiers)
        return True

    def resize(self, _: QWidget) -> bool:
        grows = self.dice.random() < 0.2
        if grows:
            self.window.resize(self.dice.randrange(640, 1930), self.dice.randrange(400, 1090))
        return grows

    def may(self, widget: QWidget, spot: QPoint) -> bool:
        """Whether what is there may be pressed."""
        words = [str(widget.property("text") or ""), widget.accessibleName()]
        if isinstance(widget, QMenu):
            entry = widget.actionAt(spot)
            words.append(entry.text().partition("\t")[0] if entry is not None else "")
        never = NEVER_PRESSED - {"Train"} if self.trains else NEVER_PRESSED
        return not any(word.replace("&", "") in never for word in words if word)


def refused(question: QDialog) -> str:
    """Answer a modal question as Escape does."""
    question.deleteLater()
    return "cancel"


def told(error: BaseException) -> str:
    """Say where the first error of a chain was raised: Qt hands it on to whatever runs next."""
    while error.__context__ is not None:
        error = error.__context__
    return "".join(traceback.format_exception(error, chain=False)[-6:])


def run_child(
    house: Inhabited,
    seed: int,
    events: int,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    trains: bool = False,
) -> None:
    nothing: Any = lambda *_: Qt.DropAction.IgnoreAction  # noqa: E731  # no window system drags
    monkeypatch.setattr(QDrag, "exec", nothing)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("app.dialogs.asking.asked_path", lambda *_, **__: None)
    # A question that ends the test's windows would wait for an answer in a loop of its own.
    monkeypatch.setattr("app.dialogs.asking._asked", refused)
    monkeypatch.setattr("app.window.workplace.Workplace.quit", lambda _: None)
    monkeypatch.setattr("app.session.opening.Opening.open", lambda *_: None)  # another program
    if not trains:
        monkeypatch.setattr("app.session.run_desk.RunDesk.train", lambda _: False)
    seen: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda _, e, __: seen.append(told(e)))
    monkeypatch.setattr(threading, "excepthook", lambda a: seen.append(told(a.exc_value)))
    place = house.judged(house.stand())
    child = Child(place.shell, seed, trains)
    done = 0
    while done < events:
        if not isValid(place.shell) or not place.shell.isVisible():  # closed by a menu's letter
            place = house.stand()
            child.window = place.shell
        assert len(child.done) < 4 * events, f"seed {seed}: most of what it tries is refused"
        if not child.act():
            continue
        done += 1
        if done % 5 == 0:
            house.rest()
        if trains and done % RUNS_END == 0:
            ask_runs_to_stop()
        if done % 100 == 0:
            gc.collect()  # in this thread, where widgets may be destroyed
        assert not seen, f"seed {seed}, after {child.done[-5:]}: " + "\n".join(seen)
    house.rest()
    assert not seen
    assert place.session.document.revision > 0, "nothing was ever changed"


def ask_runs_to_stop() -> None:
    for folder in (home() / "runs").glob("*"):
        request(folder, "stop")


def end_runs(house: Inhabited) -> None:
    """Stop every run that was started, also those of windows that were closed."""
    for place in house.places:
        until(lambda desk=place.desk: not desk.is_starting)  # type: ignore[misc]  # bound here
    ask_runs_to_stop()
    for folder in (home() / "runs").glob("*"):
        until(lambda folder=folder: read_status(folder).ended)  # type: ignore[misc]  # as above


@pytest.mark.timeout(280)
def test_two_thousand_random_events_raise_nothing(
    house: Inhabited, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_child(house, 1, EVENTS, monkeypatch, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_random_events_raise_nothing(
    house: Inhabited, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    try:
        run_child(house, seed, LONG, monkeypatch, tmp_path, trains=True)
    finally:
        end_runs(house)
