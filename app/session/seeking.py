"""Whether fixes are still being tried, and what somebody asked for meanwhile."""

from __future__ import annotations

from collections.abc import Callable

NO_FIX = "No problem here has a fix that was found to cure it."
STILL = "Fixes are still being looked for…"


class Seeking:
    """A verdict comes before its fixes: what needs them is done once they are there.

    Only what was asked for last is kept, and only while the drawing stays what it is.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._wanted: Callable[[], object] | None = None
        self.is_on = False
        """Whether the fixes of the present verdict are still to come."""

    def wait(self, action: Callable[[], object]) -> None:
        """Have something done once the fixes are there, and say that it waits for them."""
        self._wanted = action
        self._say(STILL)

    def go_on(self, is_on: bool) -> None:
        """Take it that a verdict came, with its fixes or without; do what was waited for."""
        self.is_on = is_on
        if is_on or self._wanted is None:
            return
        action, self._wanted = self._wanted, None
        action()  # it says itself what comes of it, in the place of what was said

    def give_up(self, reason: str = "") -> None:
        """Wait for nothing any more: the drawing is another one, or no fixes will come."""
        waited, self._wanted, self.is_on = self._wanted is not None, None, False
        if waited and reason:
            self._say(f"No fix was applied: {reason}")
