"""Somebody at the window: looks at what is shown, and acts through mouse and keys alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QMenuBar,
    QWidget,
)

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 60.0
"""Seconds that somebody waits for what must come."""


class Person:
    """Acts on one window. What it cannot find or reach, it cannot do: then a test fails."""

    def __init__(self, window: QMainWindow) -> None:
        self.window = window

    # Looking

    def widgets(self, kind: type[W], within: QWidget | None = None) -> Iterator[W]:
        """Yield the visible widgets of a kind."""
        for widget in (within or self.window).findChildren(kind):
            if widget.isVisible() and not widget.visibleRegion().isEmpty():
                yield widget

    def button(self, text: str, within: QWidget | None = None) -> QAbstractButton:
        """Return the visible button with that text, or that accessible name."""
        shown = list(self.widgets(QAbstractButton, within))
        found = [button for button in shown if _says(button, text)]
        assert found, f"no button {text!r} among {[_words(button) for button in shown]}"
        return found[0]

    def sees(self, text: str, within: QWidget | None = None) -> bool:
        """Whether some visible label or button holds the text."""
        return any(text in words for words in self.texts(within))

    def texts(self, within: QWidget | None = None) -> list[str]:
        """Return what the visible labels and buttons say."""
        labels = [label.text() for label in self.widgets(QLabel, within)]
        return labels + [_words(button) for button in self.widgets(QAbstractButton, within)]

    def wait(self, met: Callable[[], object], what: str, seconds: float = PATIENCE) -> float:
        """Wait until something is so; return the seconds that took."""
        begun = time.monotonic()
        loop = QEventLoop()
        look = QTimer()
        look.setInterval(5)

        def looked() -> None:
            if met() or time.monotonic() - begun > seconds:
                loop.quit()

        look.timeout.connect(looked)
        look.start()
        loop.exec()
        look.stop()
        assert met(), f"waited {seconds:g} s in vain for: {what}"
        return time.monotonic() - begun

    def rest(self, milliseconds: int) -> None:
        """Do nothing for a while; the window lives on."""
        QTest.qWait(milliseconds)

    # Keys

    def press(self, keys: str, on: QWidget | None = None) -> None:
        """Press a key or a combination, as in ``Ctrl+R``; it goes to where the focus is."""
        stroke = QKeySequence(keys)[0]
        QTest.keyClick(on or self._listening(), stroke.key(), stroke.keyboardModifiers())

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        for sign in text:
            QTest.keyClick(self._listening(), sign)

    def _listening(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        focused = QApplication.focusWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return focused or QApplication.activeWindow() or self.window

    # The mouse

    def click(
        self, widget: QWidget, at: QPoint | None = None, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        """Click a widget, in its middle unless a point is given."""
        place = widget.rect().center() if at is None else at
        hit = _hit(widget, place)
        QTest.mouseMove(hit, hit.mapFrom(widget, place))
        QTest.mouseClick(hit, LEFT, modifiers, hit.mapFrom(widget, place))

    def double_click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget twice."""
        place = widget.rect().center() if at is None else at
        hit = _hit(widget, place)
        point = hit.mapFrom(widget, place)
        QTest.mouseClick(hit, LEFT, NONE, point)
        QTest.mouseDClick(hit, LEFT, NONE, point)

    def drag(
        self,
        widget: QWidget,
        start: QPoint,
        end: QPoint,
        steps: int = 8,
        button: Qt.MouseButton = LEFT,
        drop: bool = True,
    ) -> None:
        """Press, move by steps, and release, within one widget."""
        _mouse(widget, QEvent.Type.MouseMove, start, Qt.MouseButton.NoButton)
        _mouse(widget, QEvent.Type.MouseButtonPress, start, button)
        for step in range(1, steps + 1):
            at = start + (end - start) * step / steps
            _mouse(widget, QEvent.Type.MouseMove, at, button)
            self.rest(1)
        if drop:
            _mouse(widget, QEvent.Type.MouseButtonRelease, end, button)

    def wheel(self, widget: QWidget, at: QPoint, notches: float) -> None:
        """Turn the wheel over a widget; up is positive."""
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def row(self, view: QAbstractItemView, text: str) -> None:
        """Click the row of a list or tree whose text begins so."""
        model = view.model()
        matches = model.match(
            model.index(0, 0),
            Qt.ItemDataRole.DisplayRole,
            text,
            1,
            Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive,
        )
        assert matches, f"no row {text!r}"
        view.scrollTo(matches[0])
        self.click(view.viewport(), view.visualRect(matches[0]).center())

    def choose(self, menu: str, entry: str) -> None:
        """Open a menu of the menu bar and click an entry of it."""
        bar = next(iter(self.widgets(QMenuBar)))
        action = next(a for a in bar.actions() if _plain(a.text()) == menu)
        self.click(bar, bar.actionGeometry(action).center())
        opened = action.menu()
        assert isinstance(opened, QMenu)
        self.wait(opened.isVisible, f"the menu {menu}")
        texts = [_plain(a.text()) for a in opened.actions()]
        wanted = next((a for a in opened.actions() if _plain(a.text()) == entry), None)
        assert wanted is not None, f"{menu} has no {entry!r}: {texts}"
        assert wanted.isEnabled(), f"{menu} › {entry} is off: {wanted.toolTip()}"
        self.click(opened, opened.actionGeometry(wanted).center())


def _says(button: QAbstractButton, text: str) -> bool:
    return text in (_plain(button.text()), button.accessibleName()) or _words(button) == text


def _words(button: QAbstractButton) -> str:
    return _plain(button.text()) or button.accessibleName() or button.toolTip()


def _plain(text: str) -> str:
    """Return a label without its mnemonic and shortcut."""
    return text.partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


def _hit(widget: QWidget, place: QPoint) -> QWidget:
    """Return the widget that a mouse would really hit there; a covered one cannot be clicked."""
    assert widget.isVisible(), f"{widget} is not visible"
    child = widget.childAt(place)
    return child or widget


def _mouse(widget: QWidget, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
    moves = kind is QEvent.Type.MouseMove
    held = button if kind is not QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind,
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton if moves else button,
        held,
        NONE,
    )
    QApplication.sendEvent(widget, event)
