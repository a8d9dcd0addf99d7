"""Finding nodes in all graphs of a project, from a bar over the top of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect

from app.session.locating import first_use
from graph_editor.canvas.minimap import Minimap
from graph_editor.document.addresses import MAIN

if TYPE_CHECKING:
    from app.panels.code.find_bar import FindBar
    from app.session.session import Session
    from app.window.graph_matches import Place
    from graph_editor.canvas.canvas import Canvas

WIDTH, EDGE = 460, 8
"""Pixels of the bar, where there is room, and to the edges of the canvas."""
WORDS = "Title, Conv2d, kernel_size=3, 64×8×8"


class GraphFinding(QObject):
    """Leads what is typed into the find bar to nodes: shows their graph, selects and reveals."""

    def __init__(self, session: Session, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._bar: FindBar | None = None
        self.words = ""
        """What is looked for, or was last."""
        self._places: tuple[Place, ...] = ()
        self._known: tuple[object, ...] = ()
        """What the places were read from."""
        self._at = 0
        """The number of the hit that was gone to last, from 0."""

    def open(self) -> None:
        """Show the bar with what was looked for last, and the keyboard in it."""
        if self._bar is None:
            self._bar = self._made()
        self._bar.show()
        self._stand()  # how high it is, it knows when it has its style
        self._bar.raise_()
        self._bar.open(self.words)

    def _made(self) -> FindBar:
        from app.panels.code.find_bar import FindBar

        bar = FindBar(self._session.theme, self._canvas.parentWidget(), WORDS, "Find in graph")
        bar.setProperty("role", "popup")
        bar.wanted.connect(self._find)
        bar.step_asked.connect(self.step)
        bar.closed.connect(self._close)
        self._canvas.drawn.connect(self._stand)
        self._session.theme_changed.connect(lambda: bar.set_theme(self._session.theme))
        return bar

    def _stand(self) -> None:
        """Stand over the top of the canvas, at its right end."""
        if self._bar is not None:
            ground = self._canvas.geometry()
            width = min(WIDTH, ground.width() - 2 * EDGE)
            left = ground.right() + 1 - EDGE - width
            height = self._bar.sizeHint().height()
            self._bar.setGeometry(left, ground.top() + EDGE, width, height)

    def _close(self) -> None:
        """Hide the bar, and leave what was found selected."""
        if self._bar is not None:
            self._bar.hide()
        self._canvas.setFocus()

    # Finding

    def _hits(self) -> list[Place]:
        from app.window.graph_matches import matching, places_of

        session = self._session
        known = (session.project, session.verdict, session.graph_key, session.prefix)
        if len(known) != len(self._known) or any(
            a is not b for a, b in zip(known, self._known, strict=True)
        ):
            self._places, self._known = places_of(session), known
        return matching(self._places, self.words)

    def _find(self, words: str) -> None:
        """Go to the first hit: the selected node if it is one, else one in the graph in sight."""
        self.words = words
        hits = self._hits()
        here = self._selected(hits)
        if here is None:
            shown = (n for n, hit in enumerate(hits) if hit.graph == self._session.graph_key)
            here = next(shown, 0)
        self._go_to(hits, here)

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before."""
        hits = self._hits()
        here = self._selected(hits)
        self._go_to(hits, (self._at if here is None else here) + step)

    def _selected(self, hits: list[Place]) -> int | None:
        """Return which hit is the selected node."""
        session = self._session
        if len(session.selection) != 1:
            return None
        (node,) = session.selection
        same = (n for n, h in enumerate(hits) if (h.graph, h.node) == (session.graph_key, node))
        return next(same, None)

    def _go_to(self, hits: list[Place], number: int) -> None:
        self._at = number % len(hits) if hits else 0
        self._say(self._at + 1, len(hits))
        if not hits:
            return
        session, hit = self._session, hits[self._at]
        if hit.graph != session.graph_key:
            use = "" if hit.graph == MAIN else first_use(session.project, hit.graph)
            session.show_graph(hit.graph, use or "")
        session.select([hit.node])
        self._canvas.reveal(hit.node)
        self._uncover(hit)

    def _say(self, number: int, count: int) -> None:
        if self._bar is not None and self._bar.isVisible():
            self._bar.say(number, count)
        else:
            found = f"{number} of {count}" if count else "Nothing is found"
            self._session.said.emit(f"{found}: {self.words}")

    def _uncover(self, hit: Place) -> None:
        """Pan where the bar or the minimap lies over what was found."""
        bar, canvas = self._bar, self._canvas
        if bar is not None and bar.isVisible():
            above = _around(bar.geometry().translated(-canvas.pos()))
            node = canvas.node_rect(hit.node)
            if above.intersects(node):
                canvas.pan_by(0, above.bottom() - node.top())
        shown = canvas.findChild(Minimap)
        if shown is not None and shown.isVisible():
            below, node = _around(shown.geometry()), canvas.node_rect(hit.node)
            if below.intersects(node):
                canvas.pan_by(0, below.top() - node.bottom())


def _around(place: QRect) -> QRect:
    """Return a place with the room that it keeps to what it must not cover."""
    return place.adjusted(-EDGE, -EDGE, EDGE, EDGE)
