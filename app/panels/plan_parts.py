"""Pieces of the training plan: a row that leads to its node, a feature that is switched on."""

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
    "checkpoint": "checkpoint",
    "compile": "compile",
    "ddp": "processes",
}
HEIGHT = 44


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


class FeatureRow(QWidget):
    """A feature of the training that is switched on."""

    def __init__(self, name: str, value: str, switch_off: Callable[[], object]) -> None:
        super().__init__()
        title = label(NAMES.get(name, name), "dense")
        title.setFixedWidth(92)
        words = label(value, "caption", wrap=True)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(words)
        button = FittingButton("Switch off", switch_off, "link")
        right.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(right, 1)
        self.setAccessibleName(f"{NAMES.get(name, name)}: {value}")
