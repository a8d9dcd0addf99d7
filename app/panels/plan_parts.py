"""Pieces of the training plan: a row that leads to its node, a setting that cannot be had yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.panels.inspector_parts import ElidedLabel, FittingButton, label
from app.panels.plan_facts import Part
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme

NAMES = {
    "precision": "precision",
    "early_stop": "early stop",
    "ema_decay": "EMA decay",
    "keep_best": "keep best",
    "compile": "compile",
}
HEIGHT = 44
REASON = "no code is written for it yet"


class JumpRow(QPushButton):
    """A node of the plan; pressed, it is selected on the canvas."""

    def __init__(self, part: Part, look: Theme, pressed: Callable[[], object]) -> None:
        super().__init__()
        self.part = part
        self.setProperty("role", "flat")
        self.setAccessibleName(f"{part.title}: {part.words}")
        self.setToolTip(f"{part.title}: {part.words}. Select it")
        self.clicked.connect(lambda: pressed())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        sign = QLabel()
        ratio = self.devicePixelRatioF()
        sign.setPixmap(glyph_pixmap(part.family, look.glyph(part.family), 16, ratio))
        sign.setFixedWidth(16)
        words = QVBoxLayout()
        words.setSpacing(0)
        title = ElidedLabel(part.title, "dense")
        title.setProperty("said", "said")
        words.addWidget(title)
        words.addWidget(ElidedLabel(part.words, "caption"))
        line = QHBoxLayout(self)
        line.setContentsMargins(6, 4, 6, 4)
        line.setSpacing(8)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, HEIGHT)


class AbsentRow(QWidget):
    """A setting that files may hold and this version writes no code for."""

    def __init__(self, name: str, value: str, switch_off: Callable[[], object] | None) -> None:
        super().__init__()
        title = label(NAMES.get(name, name), "dense")
        title.setFixedWidth(92)
        title.setEnabled(False)
        words = label(f"{value}: {REASON}" if value else REASON, "caption", wrap=True)
        words.setEnabled(False)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(words)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(right, 1)
        if switch_off is not None:
            words.setEnabled(True)
            button = FittingButton("Switch off", switch_off, "link")
            right.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(f"{NAMES.get(name, name)}: {words.text()}")
