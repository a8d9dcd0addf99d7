"""Somebody at the window: looks at what is shown, and acts through mouse and keys alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QMimeData,
    QModelIndex,
    QPoint,
    QPointF,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from graph_editor.canvas.canvas import Canvas
from graph_editor.document.model import InPort, NodeId, OutPort, PortPath
from tests.journeys.sight import End, canvas_of, empty_place, fix_button, has_canvas

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 90.0
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

    def shows_button(self, text: str) -> bool:
        """Whether there is a visible button with that text."""
        return any(_says(button, text) for button in self.widgets(QAbstractButton))

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
        look.setInterval(10)

        def looked() -> None:
            if met() or time.monotonic() - begun > seconds:
                loop.quit()

        look.timeout.connect(looked)
        look.start()
        loop.exec()
        look.stop()
        assert met(), f"waited {seconds:g} s in vain for: {what}; seen: {self.texts()}"
        return time.monotonic() - begun

    def rest(self, milliseconds: int) -> None:
        """Do nothing for a while; the window lives on."""
        QTest.qWait(milliseconds)

    @property
    def canvas(self) -> Canvas:
        """The canvas, to look at."""
        return canvas_of(self.window)

    def dock(self, name: str) -> QWidget:
        """Return the dock of a panel: ``palette``, ``inspector``, ``code``, ``run``."""
        docks: dict[str, QWidget] = self.window.docks  # type: ignore[attr-defined]  # a Shell
        return docks[name]

    def windows(self) -> list[QMainWindow]:
        """Return all main windows that are open."""
        found = QApplication.topLevelWidgets()
        return [w for w in found if isinstance(w, QMainWindow) and w.isVisible()]

    def dialog(self, title: str) -> QDialog:
        """Wait for a dialog with that title and return it."""

        def shown() -> list[QDialog]:
            found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
            found += self.window.findChildren(QDialog)
            return [d for d in found if d.isVisible() and d.windowTitle() == title]

        self.wait(shown, f"the dialog {title}")
        return shown()[0]

    def dialog_with(self, text: str) -> QDialog:
        """Wait for a dialog in which something begins with a text, and return it."""

        def shown() -> list[QDialog]:
            found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
            found += self.window.findChildren(QDialog)
            return [d for d in found if d.isVisible() and self.sees(text, d)]

        self.wait(shown, f"a dialog that says {text!r}")
        return shown()[0]

    def recover_button(self, dialog: QDialog) -> QAbstractButton:
        """Return the button of the recovery dialog that brings the work back."""
        buttons = self.widgets(QPushButton, dialog)
        return next(button for button in buttons if button.text().startswith("Recover"))

    def others(self) -> list[Person]:
        """Return a person before every open window that shows a canvas."""
        people = [Person(window) for window in self.windows()]
        return [person for person in people if has_canvas(person.window)]

    def field(self, name: str, within: QWidget | None = None) -> QLineEdit:
        """Return the visible field with that accessible name or placeholder."""
        shown = list(self.widgets(QLineEdit, within))
        found = [f for f in shown if name in (f.accessibleName(), f.placeholderText())]
        names = [field.accessibleName() or field.placeholderText() for field in shown]
        assert found, f"no field {name!r} among {names}"
        return found[0]

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
        """Click a widget, in the middle unless a point is given; a button, once it can be used."""
        if isinstance(widget, QAbstractButton):
            why = f"the button {_words(widget)!r}: {widget.toolTip()}"
            self.wait(widget.isEnabled, why)
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
        index = self._index(view, text)
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center())

    def _index(self, view: QAbstractItemView, text: str) -> QModelIndex:
        model = view.model()
        flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
        role = Qt.ItemDataRole.DisplayRole
        matches = model.match(model.index(0, 0), role, text, -1, flags)
        leaves = [index for index in matches if not model.hasChildren(index)]
        assert leaves, f"no row {text!r}"
        return leaves[0]

    def open_tab(self, title: str) -> None:
        """Click the tab of a panel."""
        for bar in self.widgets(QTabBar):
            for index in range(bar.count()):
                if _plain(bar.tabText(index)) == title:
                    self.click(bar, bar.tabRect(index).center())
                    return
        raise AssertionError(f"no tab {title!r}")

    def drag_out(
        self, view: QAbstractItemView, text: str, target: QAbstractScrollArea, at: QPoint
    ) -> None:
        """Drag a row out of a list and drop it on another widget.

        The window system carries what is dragged; without one, its events are sent by hand.
        """
        index = self._index(view, text)
        view.scrollTo(index)
        start = view.visualRect(index).center()
        carried = _Carried()
        with carried:
            self.drag(view.viewport(), start, start + QPoint(40, 12), drop=False)
        _mouse(view.viewport(), QEvent.Type.MouseButtonRelease, start, LEFT)
        assert carried.data is not None, f"{text!r} cannot be dragged"
        port = target.viewport()
        rest = (carried.data, LEFT, NONE)
        copy = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(at, copy, *rest)
        QApplication.sendEvent(port, enter)
        assert enter.isAccepted(), "the drop is refused"
        QApplication.sendEvent(port, QDragMoveEvent(at, copy, *rest))
        QApplication.sendEvent(port, QDropEvent(QPointF(at), copy, *rest))

    # On the canvas

    def click_node(self, node: str) -> None:
        """Click a node's header."""
        self.click(self.canvas.viewport(), self.canvas.node_place(NodeId(node)))

    def canvas_focus(self) -> None:
        """Click the empty canvas."""
        self.click(self.canvas.viewport(), empty_place(self.canvas))

    def wire(self, source: End, target: End) -> None:
        """Drag a wire from an output to an input."""
        canvas = self.canvas
        start = canvas.port_place(OutPort(NodeId(source[0]), source[1]))
        end = canvas.port_place(InPort(NodeId(target[0]), PortPath(target[1])))
        self.drag(canvas.viewport(), start, end)

    def click_fix(self, node: str) -> None:
        """Point at a red node and click the button in its bubble."""
        self.click_node(node)
        self.rest(50)
        self.click(self.canvas.viewport(), fix_button(self.canvas))

    def click_line(self, text: QPlainTextEdit, line: int) -> None:
        """Click a line of a text (from 0), turning the wheel until it is in view."""
        cursor = text.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, n=line)
        for _ in range(200):
            place = text.cursorRect(cursor)
            below = place.bottom() > text.viewport().height()
            if not below and place.top() >= 0:
                break
            self.wheel(text.viewport(), text.viewport().rect().center(), -1 if below else 1)
        self.click(text.viewport(), text.cursorRect(cursor).center() + QPoint(60, 0))

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


class _Carried:
    """Keeps what is dragged, where no window system carries it."""

    def __init__(self) -> None:
        self.data: QMimeData | None = None

    def __enter__(self) -> None:
        self._exec = QDrag.exec
        carried = self
        QDrag.exec = lambda drag, *_: carried._start(drag)  # type: ignore[assignment,method-assign]  # for a moment

    def _start(self, drag: QDrag, *_: object) -> Qt.DropAction:
        self.data = QMimeData()
        for form in drag.mimeData().formats():
            self.data.setData(form, drag.mimeData().data(form))
        return Qt.DropAction.CopyAction

    def __exit__(self, *_: object) -> None:
        QDrag.exec = self._exec  # type: ignore[method-assign]  # as it was


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
