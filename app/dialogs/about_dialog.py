"""What this program is, and the versions of all that it works with."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.dialogs.dialog import Dialog, Scroll, label
from app.dialogs.versions import as_text, versions
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme, theme

WORDS = (
    "Draw PyTorch networks, have PyTorch judge them while you draw, read their code, train them. "
    "What you export needs nothing of Netwright."
)
LICENSE = "Free software under the MIT license."
LOGO = 40


class AboutDialog(Dialog):
    """Versions can be copied, for a report."""

    def __init__(self, look: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__("About Netwright", "", parent)
        look = look or theme("dark")
        self.rows = versions()
        scroll = Scroll()
        scroll.column.setSpacing(12)
        scroll.column.addLayout(self._top(look))
        scroll.column.addLayout(self._table())
        scroll.column.addStretch(1)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.copy_button = self.add_button("Copy versions")
        self.copy_button.clicked.connect(self._copy)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        self.fit(520, 470)
        self.close_button.setFocus()

    def _top(self, look: Theme) -> QHBoxLayout:
        logo = QLabel(self)
        scale = self.devicePixelRatioF()
        icon = glyph_icon("logo", look["ring"])
        logo.setPixmap(icon.pixmap(QSize(LOGO, LOGO), scale))
        logo.setAccessibleName("The sign of Netwright: three nodes and two wires")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label(f"Netwright {self.rows[0][1]}", "title"))
        words.addWidget(label(WORDS, "secondary", wraps=True))
        words.addWidget(label(LICENSE, "caption"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(logo, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _table(self) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(16)
        table.setVerticalSpacing(4)
        table.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self.rows[1:]):
            shown = label(value, "mono", wraps=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            table.addWidget(label(name, "secondary"), at, 0, Qt.AlignmentFlag.AlignTop)
            table.addWidget(shown, at, 1)
        return table

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self.rows))
        self.copy_button.setText("Copied")
