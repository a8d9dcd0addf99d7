"""The tour: from an empty drawing to a trained network in eight steps that one does oneself.

It waits for the document, the verdict and the runs, and moves on when a step has been done, by
whatever way. It takes neither focus nor events; all of the window works as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from app.commands.frame import Frame
from app.window.tour_card import Ring, TourCard, card_place
from app.window.tour_steps import STEPS, Step

if TYPE_CHECKING:
    from app.window.shell import Shell

INVITATION = "New here?"
OFFER = "Draw a network of your own and train it, in eight short steps."
AGAIN = 300
"""Milliseconds after which the card is put right again, since docks and panels move."""
OUTSET = 3


class Host(Frame, Protocol):
    """The window that is toured."""

    shell: Shell


class Tour(QObject):
    """One tour of one window; it is gone when it was ended."""

    ended = Signal()
    begin_asked = Signal()
    """The invitation was accepted."""

    def __init__(self, place: Host, *, invites: bool = False) -> None:
        super().__init__(place.shell)
        self._place, self._shell, self._session = place, place.shell, place.session
        self._at = -1 if invites else 0
        self._has_chosen = False
        self.ring = Ring(self._session.theme, self._shell)
        self.card = TourCard(self._shell)
        self.card.on_pressed.connect(self._next)
        self.card.skipped.connect(self.end)
        self._watch = QTimer(self, interval=AGAIN)
        self._watch.timeout.connect(self.look)
        for told in (
            self._session.verdict_changed,
            self._session.written_changed,
            self._session.keys.changed,
            place.desk.current_changed,
        ):
            told.connect(self.look)
        self._session.changed.connect(self.look)
        self._session.selection_changed.connect(self._choose)
        place.canvas.viewport().installEventFilter(self)
        place.desk.status_changed.connect(self.look)
        self._session.theme_changed.connect(self._dress)
        self._watch.start()
        self.card.show()
        self.look()

    @property
    def step(self) -> Step | None:
        """The step that is asked for; None: it only invites."""
        return STEPS[self._at] if self._at >= 0 else None

    def look(self, *_: object) -> None:
        """Move on past what has been done, and stand where it is to be seen."""
        last = len(STEPS) - 1
        while 0 <= self._at < last and self._is_done(STEPS[self._at]):
            self._go_on()
            target = STEPS[self._at].target
            if target in ("run", "inspector"):
                self._place.raise_panel(target)
        self._say()
        self._stand()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See a click on a node, which may be selected already; take nothing."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            canvas = self._place.canvas
            has_node = canvas.node_at(event.position()) is not None
            if has_node and canvas.port_at(event.position()) is None:
                self._has_chosen = True  # the next look comes soon enough
        return super().eventFilter(watched, event)

    def focus(self) -> None:
        """Let the keyboard reach the card."""
        self.card.next.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end(self) -> None:
        """Go, and give the keyboard back."""
        had = self.card.isAncestorOf(self._shell.focusWidget() or self._shell)
        self._watch.stop()
        for widget in (self.ring, self.card):
            widget.hide()
            widget.deleteLater()
        if had:
            self._place.canvas.setFocus()
        self.ended.emit()
        self.deleteLater()

    def _choose(self) -> None:
        self._has_chosen = bool(self._session.selection)
        self.look()

    def _is_done(self, step: Step) -> bool:
        return step.done(self._place) and (self._has_chosen or not step.by_choice)

    def _go_on(self) -> None:
        self._at += 1
        self._has_chosen = False  # what is selected by now was not chosen for this step

    def _next(self) -> None:
        if self._at < 0:
            self.begin_asked.emit()
        elif self._at == len(STEPS) - 1:
            self.end()
        else:
            self._go_on()
            self.look()

    def _say(self) -> None:
        keys, step = self._session.keys, self.step
        if step is None:
            self.card.say(INVITATION, OFFER, "", "Begin", "")
            return
        here = keys.now("Ctrl+F1")
        hint = f"{here} comes here." if here else ""
        last = self._at == len(STEPS) - 1
        words = step.words(self._place, keys.now)
        count = f"{self._at + 1} of {len(STEPS)}"
        self.card.skip.setVisible(not last)
        self.card.say(step.title, words, count, "Done" if last else "Next", hint)

    def _stand(self) -> None:
        target = self._target()
        self.ring.setVisible(self.step is not None)
        around = target.adjusted(-OUTSET, -OUTSET, OUTSET, OUTSET).intersected(self._shell.rect())
        if self.ring.geometry() != around:
            self.ring.setGeometry(around)
        spot = card_place(self._shell.rect(), target, self.card.size(), self._bubble())
        if self.card.pos() != spot:
            self.card.move(spot)
        self.ring.raise_()
        self.card.raise_()

    def _bubble(self) -> QRect | None:
        """Return where the canvas tells of a problem, in the window; None where it does not."""
        canvas, bubble = self._place.canvas, self._place.canvas.world.bubble
        if not bubble.isVisible():
            return None
        seen = bubble.deviceTransform(canvas.viewportTransform())
        area = seen.mapRect(bubble.boundingRect()).toRect()
        return QRect(canvas.viewport().mapTo(self._shell, area.topLeft()), area.size())

    def _target(self) -> QRect:
        """Return what the step speaks of, in the window; the canvas where that is out of sight."""
        name = self.step.target if self.step is not None else "canvas"
        docks = self._shell.docks
        widget: QWidget = self._place.canvas
        if name == "train":
            tools = self._shell.tools
            widget = tools.train if tools.train.isVisible() else tools.epoch
        elif name in docks and not docks[name].visibleRegion().isEmpty():
            widget = docks[name]
        return QRect(widget.mapTo(self._shell, widget.rect().topLeft()), widget.size())

    def _dress(self) -> None:
        self.ring.set_theme(self._session.theme)
