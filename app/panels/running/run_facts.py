"""What the folder of a run holds, and what can be done with it."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.panels.running.elided import Elided
from app.session.posting import deliver
from app.session.run_tracked import TrackedRun
from app.training.folder import PROJECT
from graph_editor.canvas.theme import code_font

ORDER = ("model.py", "data.py", "train.py", "metrics.jsonl", "model.pt", "best.pt", "worker.log")
MOST = 6
NO_GRAPH = "This run's folder holds no drawing."


class FolderFacts(QObject):
    """Looks into run folders in a thread."""

    found = Signal(object, object)
    """The folder, and lines that say what it holds."""

    def look(self, folder: Path) -> None:
        """Have a folder looked into."""
        threading.Thread(target=self._look, args=(folder,), name="folder", daemon=True).start()

    def _look(self, folder: Path) -> None:
        lines = facts_of(folder)
        deliver(self.found, folder, lines)


class RunFacts(QWidget):
    """The selected run: its folder, its files, and buttons."""

    show_pressed = Signal()
    graph_pressed = Signal()
    folder_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._lines: list[str] = []
        self.name, self.place = Elided(self), Elided(self)
        self.name.setProperty("role", "section")
        self.place.setProperty("role", "caption")
        self.files = QLabel(self)
        self.files.setFont(code_font(11))
        self.files.setProperty("role", "caption")
        self.files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_button = QPushButton("Show curves", self)
        self.graph_button = QPushButton("Open graph", self)
        self.folder_button = QPushButton("Show folder", self)
        every = (self.show_button, self.graph_button, self.folder_button)
        self._buttons = {button: button.text() for button in every}
        for button, words in self._buttons.items():
            button.setAccessibleName(words)
        self.show_button.setToolTip("Show this run in the run panel (Enter)")
        self.folder_button.setToolTip("Show the run's folder in the file manager")
        self.show_button.clicked.connect(self.show_pressed)
        self.graph_button.clicked.connect(self.graph_pressed)
        self.folder_button.clicked.connect(self.folder_pressed)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in every:
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for part in (self.name, self.place, self.files):
            column.addWidget(part)
        column.addLayout(buttons)
        self._facts = FolderFacts(self)
        self._facts.found.connect(self._found)

    def show_run(self, run: TrackedRun | None) -> None:
        """Show a run's folder; hide for none."""
        self.setVisible(run is not None)
        if run is None:
            self._folder = None
            return
        self.name.say(run.label)
        self.place.say(str(run.folder))
        self.graph_button.setEnabled(True)
        self.graph_button.setToolTip("Open the drawing as it was, as an unsaved copy")
        if run.folder != self._folder:
            self._folder = run.folder
            self._lines = []
            self._lay_out()
            self._facts.look(run.folder)

    def _found(self, folder: Path, lines: list[str]) -> None:
        if folder != self._folder:
            return
        self._lines = lines
        self._lay_out()
        has_graph = any(line.startswith(PROJECT) for line in lines)
        self.graph_button.setEnabled(has_graph)
        if not has_graph:
            self.graph_button.setToolTip(NO_GRAPH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        """Put the files in up to three columns; where it is narrow, buttons say less."""
        columns = min(3, max(1, self.width() // 240))
        rows = [self._lines[k : k + columns] for k in range(0, len(self._lines), columns)]
        self.files.setText("\n".join("    ".join(row) for row in rows))
        for button, words in self._buttons.items():
            button.setText(words if self.width() >= 330 else words.split()[1].capitalize())


def facts_of(folder: Path) -> list[str]:
    """Return a line for each file of note: ``metrics.jsonl  41.3 KiB``. Reads, never raises."""
    sizes: dict[str, int] = {}
    with contextlib.suppress(OSError):
        sizes = {p.name: p.stat().st_size for p in folder.iterdir() if p.is_file()}
    names = [name for name in (PROJECT, *ORDER) if name in sizes]
    return [f"{name:<18} {size_words(sizes[name]):>10}" for name in names[:MOST]]


def size_words(size: int) -> str:
    """Return ``812 B``, ``41.3 KiB`` or ``2.0 MiB``."""
    if size < 1024:
        return f"{size} B"
    for unit in ("KiB", "MiB"):
        size_in = size / 1024 if unit == "KiB" else size / 1024**2
        if size_in < 1000:
            return f"{size_in:.1f} {unit}"
    return f"{size / 1024**3:.1f} GiB"
