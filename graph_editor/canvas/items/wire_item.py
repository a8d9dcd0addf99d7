"""One wire: a path that Qt paints by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from graph_editor.canvas.anatomy import Side
from graph_editor.canvas.paints import Form, Paints
from graph_editor.canvas.routing import Spot, is_level, is_upright, polyline, route
from graph_editor.document.model import InPort, OutPort

Z_WIRE = 10.0
CASINGS = ("casing", "gap")
"""What lies behind a wire of a selected node, outermost first."""


class WireItem(QGraphicsPathItem):
    """A wire between two ports. Whole numbers have a second line of canvas colour inside."""

    __slots__ = (
        "_cased",
        "_casing",
        "_far",
        "_furthest",
        "_inner",
        "_paints",
        "bends",
        "end",
        "enters",
        "form",
        "is_plan",
        "label",
        "leaves",
        "rank",
        "source",
        "start",
        "state",
        "target",
    )

    def __init__(self, target: InPort, source: OutPort) -> None:
        super().__init__()
        self.target, self.source = target, source
        self.start: Spot = (0.0, 0.0)
        self.end: Spot = (0.0, 0.0)
        self.leaves: Side = "right"
        self.enters: Side = "left"
        self.is_plan = False
        """Whether it belongs to the training plan."""
        self.bends: tuple[Spot, ...] = ()
        self.rank: int | None = None
        self.form: Form = "ring"
        self.state = self.label = ""
        self._far: tuple[QLineF, ...] | None = None
        self._furthest: tuple[QLineF, ...] | None = None
        self._paints: Paints | None = None
        self._inner: QGraphicsPathItem | None = None
        self._cased = False
        self._casing: tuple[QGraphicsPathItem, ...] = ()
        self.setZValue(Z_WIRE)

    @property
    def is_level(self) -> bool:
        """Whether the wire is one straight line to the right."""
        return is_level(self.start, self.leaves, self.end, self.enters, self.bends)

    @property
    def is_upright(self) -> bool:
        """Whether the wire is one straight line down."""
        return is_upright(self.start, self.leaves, self.end, self.enters, self.bends)

    @property
    def runs_down(self) -> bool:
        """Whether the wire leaves at the bottom of a node."""
        return self.leaves == "bottom"

    def far_lines(self) -> tuple[QLineF, ...]:
        """Return the straight pieces that stand for the wire in the far view."""
        if self._far is None:
            if self.is_level or self.is_upright:
                self._far = self.furthest_lines()
            else:
                spots = polyline(self.start, self.leaves, self.end, self.enters, self.bends)
                self._far = tuple(QLineF(*one, *two) for one, two in pairwise(spots))
        return self._far

    def furthest_lines(self) -> tuple[QLineF, ...]:
        """Return straight lines from bend to bend, which is all that is seen from very far."""
        if self._furthest is None:
            spots = [self.start, *self.bends, self.end]
            self._furthest = tuple(QLineF(*one, *two) for one, two in pairwise(spots))
        return self._furthest

    def lead(
        self, start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot]
    ) -> None:
        """Lead the wire from port to port."""
        self.start, self.leaves, self.end, self.enters = start, leaves, end, enters
        self.bends = tuple(bends)
        self._far = self._furthest = None
        path = route(start, leaves, end, enters, self.bends)
        self.setPath(path)
        if self._inner is not None:
            self._inner.setPath(path)
        for item in self._casing:
            item.setPath(path)

    def dress(self, paints: Paints, rank: int | None, form: Form, state: str, label: str) -> None:
        """Show what goes over the wire."""
        self.rank, self.form, self.state, self.label = rank, form, state, label
        self._paints = paints
        if self._casing:
            for item, part in zip(self._casing, CASINGS, strict=True):
                item.setPen(paints.wire(rank, form, part))
                item.setVisible(self._cased and rank is not None)
        self.setPen(paints.wire(rank, form, state))
        if form == "square" and state == "ok":
            if self._inner is None:
                self._inner = QGraphicsPathItem(self)
                self._inner.setPath(self.path())
            self._inner.setPen(paints.wire(rank, form, "inner"))
            self._inner.setVisible(True)
        elif self._inner is not None:
            self._inner.setVisible(False)

    def set_cased(self, cased: bool) -> None:
        """Show or hide the thin lines along a wire of a selected node."""
        if cased and not self._casing and self._paints is not None:
            self._casing = (QGraphicsPathItem(self), QGraphicsPathItem(self))
            for item, part in zip(self._casing, CASINGS, strict=True):
                item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
                item.setPath(self.path())
                item.setPen(self._paints.wire(self.rank, self.form, part))
        self._cased = cased
        for item in self._casing:
            item.setVisible(cased and self.rank is not None)

    def is_dressed_by(self, paints: Paints) -> bool:
        """Whether the wire shows the colours of a theme."""
        return self._paints is paints

    def shape(self) -> QPainterPath:
        return self.path()
