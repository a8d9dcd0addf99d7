"""Bubble: a click on the fix of an error's bubble applies it, one on More shows the list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture


class PressBubble(CanvasGesture):
    """Takes what happens on the bubble, which lies over everything."""

    def press(self, event: QMouseEvent) -> bool:
        part = self.canvas.bubble_part_at(event.position())
        if not part or event.button() is not Qt.MouseButton.LeftButton:
            return False
        finding = self.canvas.world.bubble.finding
        if finding is not None and part == "fix" and finding.fixes:
            self.canvas.fix_chosen.emit(finding.fixes[0][0])
        elif finding is not None and part == "more":
            self.canvas.more_chosen.emit(str(finding.node))
        return True

    def double_click(self, event: QMouseEvent) -> bool:
        return bool(self.canvas.bubble_part_at(event.position()))

    def hover(self, event: QMouseEvent) -> bool:
        part = self.canvas.bubble_part_at(event.position())
        self._heat(part)
        if not part:
            return False
        acts = part in ("fix", "more")
        shape = Qt.CursorShape.PointingHandCursor if acts else Qt.CursorShape.ArrowCursor
        self.canvas.viewport().setCursor(shape)
        return True

    def _heat(self, part: str) -> None:
        bubble = self.canvas.world.bubble
        if part != bubble.hot:
            bubble.set_hot(part)
            if not part:
                self.canvas.viewport().unsetCursor()
            fixes = bubble.finding.fixes if bubble.finding is not None else ()
            self.canvas.fix_hovered.emit(fixes[0][0] if part == "fix" and fixes else "")

    def leave(self) -> None:
        self._heat("")
