"""Offers at the start what windows left that ended without saving."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.dialogs.background import Background
from app.session.recovery import lost_work

if TYPE_CHECKING:
    from app.session.recovery import Lost
    from app.window.shell import Shell
    from app.window.workplace import Workplace
    from graph_editor.canvas.theme import Theme
    from graph_editor.document.model import Project


class House(Protocol):
    """What it asks of the application that holds all windows."""

    places: list[Workplace]

    def look(self) -> Theme: ...
    def window(self) -> QWidget | None: ...
    def place_project(self, project: Project | None, shell: Shell | None = None) -> Workplace: ...
    def furnish(self, place: Workplace) -> None: ...
    def replace(self, old: Workplace, new: Workplace) -> None: ...
    def refuse(self, path: Path, words: str) -> None: ...


class LostWork(QObject):
    """Looks once for lost work, and puts what the user wants back into windows."""

    def __init__(self, house: House, parent: QObject) -> None:
        super().__init__(parent)
        self._house = house
        self._looking = Background(self._offer, self)

    def look(self) -> None:
        """Look in a thread for what was left; what is found is offered in a dialog."""
        self._looking.ask(lost_work)

    def recover(self, lost: Lost) -> None:
        """Open a window on lost work, in place of one that shows its file unchanged."""
        from graph_editor.document.file_problems import FileProblem

        if lost.recovered is None:
            return
        house = self._house
        same = [other for other in house.places if other.shows_unchanged(lost.path)]
        place = house.place_project(lost.recovered.project)
        for other in same:  # a file is in one window
            other.shell.close()
        place.session.path = lost.path
        place.desk.take_recovered()
        try:
            place.keeper.recovered(lost)
        except FileProblem as problem:
            place.shell.close()
            house.refuse(Path(lost.title), problem.problems[0].reason)
            return
        place.bars.refresh()
        house.furnish(place)
        if place.session.typed.waits:
            place.show_panel("code")
        for other in house.places[:-1]:
            house.replace(other, place)

    def _offer(self, lost: list[Lost] | Exception) -> None:
        if isinstance(lost, Exception) or not lost:
            return
        from app.dialogs.recovery_dialog import DISCARD, RECOVER, RecoveryDialog

        dialog = RecoveryDialog(lost, self._house.look(), self._house.window())

        def done(_: int) -> None:
            for each in dialog.chosen(DISCARD):
                with contextlib.suppress(OSError):
                    each.refuse()
            for each in dialog.chosen(RECOVER):
                self.recover(each)
            dialog.deleteLater()

        dialog.finished.connect(done)
        dialog.open()
