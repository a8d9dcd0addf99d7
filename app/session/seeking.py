"""What somebody asked for while the drawing is checked or fixes are tried, and words for it."""

from __future__ import annotations

from collections.abc import Callable

NO_FIX = "No fix was found for any problem here."
STILL = "Fixes are still being looked for…"
WAITS = "The drawing is being checked; then the fix is applied."
WAITS_ALL = "The drawing is being checked; then the safe fixes are applied."
CHECKING = "The drawing is being checked; try again in a moment."
NOT_CHECKED = "PyTorch has not checked this drawing yet."
STARTING = "PyTorch is still starting; this takes some seconds."
CHANGED = "The drawing has changed since; wait for the next check."
UNTIL_CHECKED = frozenset({CHECKING, NOT_CHECKED, STARTING, CHANGED})
"""Sentences that hold no longer once a check has ended."""
HALTED = {"stopped": "PyTorch has stopped", "failed": "The check of this drawing failed"}
"""What is said in the states of the engine in which no verdict will come by itself."""


def unchecked(state: str, words: str) -> str:
    """Return why there is no verdict yet, from the engine's state and its words for it."""
    return f"{HALTED[state]}: {words}" if state in HALTED else CHECKING


class Seeking:
    """A verdict comes before its fixes: what needs them is done once they are there.

    Only what was asked for last is kept, and only while the drawing stays what it is.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._wanted: Callable[[], object] | None = None
        self.is_on = False
        """Whether the fixes of the present verdict are still to come."""

    def wait(self, action: Callable[[], object], words: str = STILL) -> None:
        """Have something done once the fixes are there, and say that it waits for them."""
        self._wanted = action
        self._say(words)

    def go_on(self, is_on: bool) -> None:
        """Take it that a verdict came, with its fixes or without; do what was waited for."""
        self.is_on = is_on
        if self._wanted is None:
            return
        if is_on:
            self._say(STILL)
            return
        action, self._wanted = self._wanted, None
        action()  # it says itself what comes of it, in the place of what was said

    def give_up(self, reason: str = "") -> None:
        """Wait for nothing any more: the drawing is another one, or no fixes will come."""
        waited, self._wanted, self.is_on = self._wanted is not None, None, False
        if waited and reason:
            self._say(f"No fix was applied: {reason}")
