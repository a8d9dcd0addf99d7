"""The table of files in the export dialog: what each is, its length, and what is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.session.exporting import ALL_IN_ONE, MODEL, WHAT
from graph_editor.canvas.theme import Theme, text_font

DIFFERS = "differs"
DIFFERS_TOLD = "A file of that name there holds something else."
ROW = 24


class FilesTable(QTreeWidget):
    """One row for each file that an export writes."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName("Files of the export")
        self.setColumnCount(4)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(16)
        for column in range(4):
            mode = QHeaderView.ResizeMode
            self.header().setSectionResizeMode(
                column, mode.Stretch if column == 1 else mode.ResizeToContents
            )

    def show_files(self, texts: Mapping[str, str], parameters: int) -> None:
        """Show these files; parameters counts what the model learns."""
        self.clear()
        for name, text in texts.items():
            lines = text.count("\n")
            row = QTreeWidgetItem(self, [name, _about(name, text, parameters), "", f"{lines:,}"])
            row.setText(3, f"{lines:,} line{'s' * (lines != 1)}")
            row.setFont(0, text_font("code"))
            row.setFont(3, text_font("parameter"))
            row.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setForeground(1, self._look["text2"])
            row.setForeground(3, self._look["text2"])
            row.setForeground(2, self._look["warn"])
            row.setToolTip(1, row.text(1))
        self.setFixedHeight((ROW + 4) * max(1, len(texts)) + 4)

    def mark(self, differing: Iterable[str]) -> None:
        """Say which files there hold something else."""
        names = set(differing)
        for at in range(self.topLevelItemCount()):
            row = self.topLevelItem(at)
            if row is not None:
                row.setText(2, DIFFERS if row.text(0) in names else "")
                row.setToolTip(2, DIFFERS_TOLD if row.text(0) in names else "")


def _about(name: str, text: str, parameters: int) -> str:
    if name == MODEL and parameters:
        return f"nn.Module, {parameters:,} parameters"
    if name == "requirements.txt":
        packages = [line.split(">")[0].split("=")[0] for line in text.split("\n") if line.strip()]
        return ", ".join(packages)
    return WHAT.get(name, ALL_IN_ONE)
