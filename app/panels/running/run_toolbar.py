"""How the curves are drawn: smoothing, logarithmic axes, and what runs across."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QWidget,
)

from app.panels.plots.options import ACROSS, Options

SCALE = 100
MOST = 0.99
WITH_FIT = 580
"""Width from which there is room for the button that shows all."""


class RunToolbar(QWidget):
    """The choices for all plots; keyboard and mouse alike."""

    options_changed = Signal(object)
    """The Options as they are now."""
    fit_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = Options()
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round(MOST * SCALE))
        self.slider.setPageStep(10)
        self.slider.setMaximumWidth(110)
        self.slider.setMinimumWidth(50)
        self.slider.setAccessibleName("Smoothing of the training loss")
        self.amount = QLabel(self)
        self.amount.setProperty("role", "mono")
        self.amount.setFixedWidth(34)
        self.log_y, self.log_x = QCheckBox("log y", self), QCheckBox("log x", self)
        self.log_y.setToolTip("Logarithmic scale of the loss")
        self.log_x.setToolTip("Logarithmic scale of what runs across")
        self._group = QButtonGroup(self)
        self.across = {name: self._choice(name) for name in ACROSS}
        self.fit = QPushButton("Show all", self)
        self.fit.setProperty("role", "flat")
        self.fit.setToolTip("Show all of every curve; a double click on a plot does it, too")
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(10)
        self._rows.addLayout(self._row(self._label("smoothing"), self.slider, self.amount))
        self._rows.addLayout(self._row(self.log_y, self.log_x))
        self._rows.addLayout(self._row(self._label("x:"), *self.across.values(), gap=0))
        self._rows.addStretch(1)
        self._rows.addWidget(self.fit)
        self.show_options(self.options)
        self.slider.valueChanged.connect(self._changed)
        for box in (self.log_y, self.log_x):
            box.toggled.connect(self._changed)
        self._group.buttonClicked.connect(self._changed)
        self.fit.clicked.connect(self.fit_pressed)

    def show_options(self, options: Options) -> None:
        """Show choices without telling anybody."""
        self.blockSignals(True)
        self.slider.setValue(round(options.smoothing * SCALE))
        self.log_y.setChecked(options.log_y)
        self.log_x.setChecked(options.log_x)
        self.across[options.across].setChecked(True)
        self.options = options
        self.amount.setText(f"{options.smoothing:.2f}")
        self.blockSignals(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < 440
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._rows.direction() != way:
            self._rows.setDirection(way)
            self._rows.setSpacing(0 if narrow else 10)
        self.fit.setVisible(self.width() >= WITH_FIT)

    def _changed(self, *_: object) -> None:
        across = next(name for name in ACROSS if self.across[name].isChecked())
        self.options = Options(
            self.slider.value() / SCALE, self.log_y.isChecked(), self.log_x.isChecked(), across
        )
        self.amount.setText(f"{self.options.smoothing:.2f}")
        self.options_changed.emit(self.options)

    def _choice(self, name: str) -> QPushButton:
        button = QPushButton(name, self)
        button.setProperty("role", "flat")
        button.setCheckable(True)
        button.setAccessibleName(f"Across: {name}")
        self._group.addButton(button)
        return button

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", "secondary")
        return label

    def _row(self, *widgets: QWidget, gap: int = 8) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap)
        for widget in widgets:
            row.addWidget(widget)
        if gap == 0:
            row.insertSpacing(1, 6)
        return row


def options_from(kept: object) -> Options:
    """Return what was remembered, as far as it can be."""
    if not isinstance(kept, Mapping):
        return Options()
    smoothing, across = kept.get("smoothing"), kept.get("across")
    log_y, log_x = kept.get("log_y"), kept.get("log_x")
    usual = Options()
    return Options(
        smoothing if isinstance(smoothing, float) and 0 <= smoothing <= MOST else usual.smoothing,
        log_y if isinstance(log_y, bool) else usual.log_y,
        log_x if isinstance(log_x, bool) else usual.log_x,
        across if across in ACROSS else usual.across,
    )


def as_kept(options: Options) -> dict[str, object]:
    """Return choices as JSON can hold them."""
    return {
        "smoothing": options.smoothing,
        "log_y": options.log_y,
        "log_x": options.log_x,
        "across": options.across,
    }
