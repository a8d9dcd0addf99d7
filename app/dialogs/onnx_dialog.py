"""Exports the model as ONNX: which weights, where to, how far it is, and how near it came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import Dialog, breakable, button, label
from app.dialogs.export_words import default_folder
from app.session.exporting import in_full
from app.session.naming import Names
from app.session.onnx_exporting import OnnxExport, runs_with_weights
from app.session.session import Session

ABOUT = "The file is checked, and run beside the model at two batch sizes, before it is written."
FRESH, CHOOSE = "Fresh weights, under the project's seed", "A file of weights…"
STEPS = 100
SUFFIX = ".onnx"


class OnnxDialog(Dialog):
    """Asks for weights and a file, and shows the largest difference in the end."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Export ONNX", ABOUT, parent)
        self._session = session
        self.job = OnnxExport(self)
        self._agreed: Path | None = None
        """The file that the user lets go."""
        self.written = False
        column = QVBoxLayout(self.body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(self._weights_row())
        column.addLayout(self._file_row())
        self.bar = QProgressBar(self, maximum=STEPS, textVisible=False)
        self.bar.setAccessibleName("How far the export is")
        self.words = label("", wraps=True)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addStretch(1)
        self.cancel_button = self.add_button("Cancel")
        self.export_button = self.add_button("Export", "primary")
        self.cancel_button.clicked.connect(self._cancel)
        self.export_button.clicked.connect(self._export)
        self.job.progressed.connect(self._progressed)
        self.job.ended.connect(self._ended)
        self.fit(560, 300)
        self._show()
        self.file.setFocus()

    def _weights_row(self) -> QHBoxLayout:
        self.weights = QComboBox(self)
        self.weights.setAccessibleName("Weights")
        runs = runs_with_weights(self._session.path)
        for run in runs:
            self.weights.addItem(f"Run {run.name}", run)
        self.weights.addItem(FRESH, None)
        self.weights.addItem(CHOOSE, "choose")
        self.weights.activated.connect(self._chosen)
        return _row("Weights", self.weights)

    def _file_row(self) -> QHBoxLayout:
        folder = default_folder(self._session.path, "").parent
        stem = self._session.path.stem if self._session.path is not None else "model"
        self.file = QLineEdit(str(folder / f"{stem}{SUFFIX}"), self)
        self.file.setProperty("role", "mono")
        self.file.setAccessibleName("File")
        self.file.textChanged.connect(self._asked_anew)
        self.choose_button = button("Choose…", "", self)
        self.choose_button.clicked.connect(self._choose_file)
        return _row("File", self.file, self.choose_button)

    # What is shown

    def _show(self) -> None:
        runs = self.job.is_running
        self.bar.setVisible(runs)
        for widget in (self.weights, self.file, self.choose_button):
            widget.setEnabled(not runs)
        reason = "The export goes on." if runs else self._why_not()
        self.export_button.setEnabled(not reason)
        self.export_button.setToolTip(reason)
        self.export_button.setVisible(not self.written)
        self.cancel_button.setText("Done" if self.written else "Cancel")
        replaces = not self.written and self._agreed == self._path()
        self.export_button.setText("Export and replace" if replaces else "Export")

    def _why_not(self) -> str:
        if not self._session.is_written:
            return "The drawing has no code now; wait for the check, or mend what it tells."
        path = self._path()
        if not self.file.text().strip() or not path.is_absolute():
            return "Name a file, from the disk or ~ on."
        if path.is_dir():
            return f"{path} is a folder; name a file."
        return "" if path.parent.is_dir() else f"There is no folder {path.parent}."

    def _path(self) -> Path:
        return in_full(Path(self.file.text().strip()))

    def _say(self, words: str, role: str = "") -> None:
        self.words.setProperty("role", role)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.words.setText(breakable(words))

    # What is done

    def _asked_anew(self) -> None:
        self.written, self._agreed = False, None
        self._say("")
        self._show()

    def _export(self) -> None:
        path, weights = self._path(), self.weights.currentData()
        if self._why_not() or self.job.is_running:
            return
        if path.exists() and self._agreed != path:
            self._agreed = path
            self._say(f"{path} is there already; exporting replaces it.", "warning")
            self._show()
            return
        self._say("Starting PyTorch …")
        self.bar.setValue(0)
        self.job.start(self._session.project, path, weights)
        self._show()
        self.cancel_button.setFocus()

    def _progressed(self, fraction: float, text: str) -> None:
        if self.job.is_running:
            self.bar.setValue(round(STEPS * fraction))
            self._say(f"{text} …")

    def _ended(self, found: Mapping[str, Any]) -> None:
        self._agreed = None
        if "reason" in found:
            node = str(found.get("node") or "")
            where = f"{Names(self._session.project).label(node)}: " if node else ""
            self._say(f"Nothing was written. {where}{found['reason']}", "error")
        else:
            self.written = True
            whose = "the weights chosen" if found["loaded"] else "fresh weights"
            self._say(
                f"{found['path']}: {found['size']:,} bytes, opset {found['opset']}, with {whose}. "
                f"The largest difference from the model is {found['difference']:.1e} of the "
                "largest number.",
                "ok",
            )
        self._show()
        self.cancel_button.setFocus()

    def _cancel(self) -> None:
        if not self.job.is_running:
            self.accept() if self.written else self.reject()
            return
        self.job.cancel()
        self._say("The export was called off; nothing was written.")
        self._show()

    def _chosen(self, row: int) -> None:
        self.written = False
        if self.weights.itemData(row) == "choose":
            self.weights.setCurrentIndex(self.weights.findText(FRESH))
            ask = QFileDialog(self, "Weights", "", "Weights (*.pt)")
            ask.fileSelected.connect(self.take_weights)
            ask.open()
            ask.finished.connect(ask.deleteLater)
        self._show()

    def take_weights(self, name: str) -> None:
        """Offer a file of weights, and choose it."""
        self.weights.insertItem(0, Path(name).name, Path(name))
        self.weights.setCurrentIndex(0)

    def _choose_file(self) -> None:
        ask = QFileDialog(self, "Export ONNX", self.file.text(), f"ONNX (*{SUFFIX})")
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setOption(QFileDialog.Option.DontConfirmOverwrite)  # asked here
        ask.setDefaultSuffix(SUFFIX.removeprefix("."))
        ask.fileSelected.connect(self.file.setText)
        ask.open()
        ask.finished.connect(ask.deleteLater)

    def done_with(self) -> None:
        """End an export that still goes on."""
        self.job.cancel()

    def reject(self) -> None:
        self.done_with()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.done_with()
        super().closeEvent(event)


def _row(title: str, *widgets: QWidget) -> QHBoxLayout:
    named: QLabel = label(title)
    named.setMinimumWidth(56)
    named.setBuddy(widgets[0])
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(named)
    row.addWidget(widgets[0], 1)
    for widget in widgets[1:]:
        row.addWidget(widget)
    return row
