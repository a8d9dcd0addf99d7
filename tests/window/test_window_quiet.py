"""A window in which nothing happens does nothing: no layout is made anew, nothing is painted."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.window.inhabited import Inhabited

BUSY = (QEvent.Type.LayoutRequest, QEvent.Type.UpdateRequest, QEvent.Type.Paint)
LOOKS = 20
SIZES = [(1280, 720), (1440, 900), (1920, 1080), (700, 500)]


class Count(QObject):
    """Counts the events of some widgets that cost something."""

    def __init__(self, root: QWidget) -> None:
        super().__init__(root)
        self.seen: Counter[str] = Counter()
        for widget in [root, *root.findChildren(QWidget)]:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in BUSY:
            self.seen[f"{type(watched).__name__} {event.type().name}"] += 1
        return False


@pytest.mark.parametrize("size", SIZES)
def test_an_idle_window_does_nothing(house: Inhabited, size: tuple[int, int]) -> None:
    place = house.judged(house.stand(width=size[0], height=size[1]))
    place.canvas.setFocus()
    count = Count(place.shell)
    for _ in range(LOOKS):  # late answers may still change a word; then nothing does
        count.seen.clear()
        QTest.qWait(400)
        if not count.seen:
            return
    raise AssertionError(count.seen.most_common(8))


def test_a_longer_word_is_laid_out_once(house: Inhabited) -> None:
    place = house.judged(house.stand())
    QTest.qWait(500)
    count = Count(place.shell)
    place.session.said.emit("A sentence that is rather longer than the one before it.")
    QTest.qWait(300)
    asked = sum(number for name, number in count.seen.items() if name.endswith("LayoutRequest"))
    assert 0 < asked < 20, count.seen.most_common(8)
