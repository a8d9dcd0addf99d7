"""What a training will take of memory, and what the chosen device has free."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.judging import Judging
from app.session.posting import deliver
from app.settings.store import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from app.engine.protocol import Message
    from graph_editor.checking.memory_fit import Fit, Room
    from graph_editor.checking.training_memory import Range
    from graph_editor.checking.verdict import Verdict
    from graph_editor.document.model import Address, Project

STALE = 20.0
"""Seconds after which a verdict has the engine asked again what is free."""
Judged = tuple["Project", "Verdict"]


class DeviceRoom(QObject):
    """Asks the engine what is free, in a thread, and compares it with what is needed."""

    changed = Signal()
    """What is needed, what is free, or the device."""
    told = Signal(object)
    """The engine's answer to ``devices``."""

    def __init__(
        self,
        settings: Settings,
        judging: Judging,
        judged: Callable[[], Judged | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._judging, self._judged = settings, judging, judged
        self._asked: float | None = None
        self._info: Message | None = None
        self._needs: tuple[Judged, dict[Address, Range], Range] | None = None
        self._end = settings.subscribe(self._setting)
        self.told.connect(self.know)

    def close(self) -> None:
        """Stop listening to the settings, which outlive the window."""
        self._end()

    # What is known

    @property
    def device(self) -> str:
        """The device that runs train on, as torch calls it."""
        return str(self._settings["device"])

    @property
    def room(self) -> Room:
        """The chosen device with its free memory."""
        from graph_editor.checking.memory_fit import room_on

        return room_on(self.device, (self._info or {}).get("devices"))

    @property
    def nodes(self) -> dict[Address, Range]:
        """The range for each node of the last verdict."""
        return self._needed()[0]

    def memory_of(self, addresses: Iterable[str]) -> Range:
        """Return the range for some nodes with all that is below them."""
        from graph_editor.checking.training_memory import memory_of

        return memory_of(self.nodes, *addresses)

    @property
    def need(self) -> Range | None:
        """The range for the whole; None while nothing is known to be trained."""
        whole = self._needed()[1]
        return whole if whole is not None and whole.activations else None

    @property
    def fit(self) -> Fit:
        """Whether the training fits."""
        from graph_editor.checking.memory_fit import fit_of

        need = self.need
        return "unknown" if need is None else fit_of(need, self.room)

    @property
    def words(self) -> str:
        """Whether the training fits, in a sentence or two; empty where that is not known.

        Nothing is counted of nodes that are not judged, so that only what does not fit is said
        where there are any, or an error.
        """
        from app.report import label
        from graph_editor.catalogue.batch import batch_of
        from graph_editor.checking.memory_fit import fit_words

        need, judged = self.need, self._judged()
        if need is None or judged is None or not self.room.free:
            return ""
        if self.fit == "unknown" or (judged[1].has_errors and self.fit == "fits"):
            return ""
        return fit_words(need, self.room, batch_of(judged[0]), partial(label, judged[0]))

    @property
    def caution(self) -> str:
        """The same where the training may not fit; else nothing."""
        return self.words if self.fit in ("tight", "too_large") else ""

    def _needed(self) -> tuple[dict[Address, Range], Range | None]:
        from graph_editor.checking.training_memory import node_memory, training_memory

        judged = self._judged()
        if judged is None:
            return {}, None
        known = self._needs
        if known is None or known[0][0] is not judged[0] or known[0][1] is not judged[1]:
            nodes = node_memory(*judged)
            known = self._needs = (judged, nodes, training_memory(*judged, nodes))
        return known[1], known[2]

    # What happens

    def refresh(self) -> None:
        """Follow another verdict; what is free is asked for again where it is long known."""
        if self._asked is None or time.monotonic() - self._asked > STALE:
            self.ask()
        self.changed.emit()

    def ask(self) -> None:
        """Have the engine say what is free now."""
        self._asked = time.monotonic()
        threading.Thread(target=self._fetch, name="devices", daemon=True).start()

    def know(self, info: Message) -> None:
        """Take what the engine says."""
        self._info = info
        self.changed.emit()

    def _fetch(self) -> None:
        with contextlib.suppress(Exception):  # it stays unknown; the menu of devices says so
            answer = self._judging.request({"type": "devices"})
            answer.add_done_callback(self._came)

    def _came(self, done: Future[Message]) -> None:
        if not done.cancelled() and done.exception() is None:
            deliver(self.told, done.result())

    def _setting(self, key: str) -> None:
        if key == "device":
            if self._asked is not None:
                self.ask()
            self.changed.emit()
