"""What a gesture is: something that is offered the canvas's events in turn until one takes them."""

from __future__ import annotations

from PySide6.QtGui import (
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)


class Gesture:
    """One way to act on the canvas by hand; by itself it takes nothing.

    Each method that returns a bool says whether the event was taken; the first gesture that takes
    an event has it alone. The gesture that took a press (or a double click) *holds* the mouse: it
    alone gets ``move``, ``key`` and ``key_release`` first, until ``release`` answers True or
    ``cancel`` is called (Esc, loss of focus, another graph shown).
    """

    def press(self, event: QMouseEvent) -> bool:  # noqa: ARG002  # by itself it takes nothing
        """Take a pressed button, and all moves until its release."""
        return False

    def double_click(self, event: QMouseEvent) -> bool:  # noqa: ARG002  # as above
        """Take a double click; it holds the mouse until its release."""
        return False

    def move(self, event: QMouseEvent) -> None:
        """Follow the mouse while this gesture holds it."""

    def release(self, event: QMouseEvent) -> bool:  # noqa: ARG002  # as above
        """End what a press began; False where the gesture goes on holding the mouse."""
        return True

    def cancel(self) -> None:
        """Give up what a press began, and change nothing."""

    def hover(self, event: QMouseEvent) -> bool:  # noqa: ARG002  # as above
        """See the mouse move while no gesture holds it."""
        return False

    def leave(self) -> None:
        """See the mouse leave the canvas."""

    def wheel(self, event: QWheelEvent) -> bool:  # noqa: ARG002  # as above
        """Take a turn of the wheel or a swipe of a touchpad."""
        return False

    def key(self, event: QKeyEvent) -> bool:  # noqa: ARG002  # as above
        """Take a pressed key."""
        return False

    def key_release(self, event: QKeyEvent) -> bool:  # noqa: ARG002  # as above
        """Take a released key."""
        return False

    def lose_keyboard(self) -> None:
        """See the keyboard go elsewhere: what is held down is not told of when it is let go."""

    def tooltip(self, event: QHelpEvent) -> bool:  # noqa: ARG002  # as above
        """Show words on what lies under a resting mouse."""
        return False

    def drag(self, event: QDragMoveEvent) -> bool:  # noqa: ARG002  # as above
        """Say whether what is dragged over the canvas may be dropped; accepts the event itself."""
        return False

    def drag_leave(self) -> None:
        """See what was dragged leave the canvas."""

    def drop(self, event: QDropEvent) -> bool:  # noqa: ARG002  # as above
        """Take what is dropped on the canvas; accepts the event itself."""
        return False
