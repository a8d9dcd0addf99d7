"""Exports the drawing as a picture: in which form, how much of it, on what ground, and where to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import Dialog, breakable, button, label
from app.dialogs.export_words import default_folder
from app.session.exporting import in_full
from app.session.session import Session
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import taken_up, words_of
from graph_editor.canvas.picture import Sheet, Wish, sheet_of_selection, too_large
from graph_editor.canvas.picture_task import PictureTask
from graph_editor.document.atomic import atomic_write

ABOUT = "Light and in full detail, whatever the window shows; texts stay texts in SVG and PDF."
FORMATS = (
    ("SVG, for the web and for drawing programs", "svg"),
    ("PDF, for papers", "pdf"),
    ("PNG, for slides and messages", "png"),
)
SCALES = (("1×", 1.0), ("2×", 2.0), ("3×", 3.0), ("4×", 4.0))
GROUNDS = (("White", False), ("Transparent", True))
DRAWING = "The picture is being drawn; Cancel gives it up."
NO_NAME = "Name a file, from the disk or ~ on."
KEPT = "picture"
"""The name under which the last choice is remembered."""


class PictureDialog(Dialog):
    """Asks for a picture and a file, and writes it."""

    def __init__(self, session: Session, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__("Export picture", ABOUT, parent)
        self._session, self._canvas = session, canvas
        self._agreed: Path | None = None
        """The file that the user lets go."""
        self._sheets: dict[bool, Sheet] = {}
        self._task: PictureTask | None = None
        kept = session.settings.memory(KEPT)
        self._kept: dict[str, Any] = kept if isinstance(kept, dict) else {}
        column = QVBoxLayout(self.body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(self._choices())
        self.words = label("", wraps=True)
        column.addWidget(self.words)
        column.addStretch(1)
        self.cancel_button = self.add_button("Cancel")
        self.export_button = self.add_button("Export", "primary")
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self._export)
        self.size_words = label("", "caption")
        self.set_foot_left(self.size_words)
        self.fit(560, 340)
        self._show()
        self.format.setFocus()

    def _choices(self) -> QGridLayout:
        chosen = taken_up(self._canvas)
        parts = [("The whole graph", False)]
        if chosen:
            parts.append((f"The selection: {words_of(self._canvas, chosen)}", True))
        self.format = self._box("Format", FORMATS, self._kept.get("format"))
        self.part = self._box("Drawing", parts, bool(chosen) and self._kept.get("part"))
        self.scale = self._box("Scale", SCALES, self._kept.get("scale", 2.0))
        self.ground = self._box("Background", GROUNDS, self._kept.get("transparent"))
        self.file = QLineEdit(str(self._first_file()), self)
        self.file.setProperty("role", "mono")
        self.file.setAccessibleName("File")
        self.file.textChanged.connect(self._asked_anew)
        self.choose_button = button("Choose…", "", self)
        self.choose_button.clicked.connect(self._choose_file)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.file, 1)
        place.addWidget(self.choose_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, box in enumerate((self.format, self.part, self.scale, self.ground)):
            grid.addWidget(_captioned(box.accessibleName(), box), row, 0)
            grid.addWidget(box, row, 1)
        grid.addWidget(_captioned("File", self.file), 4, 0)
        grid.addLayout(place, 4, 1)
        return grid

    def _box(self, name: str, choices: Iterable[tuple[str, object]], kept: object) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(box.findData(kept), 0))
        box.activated.connect(self._chosen)
        return box

    def _first_file(self) -> Path:
        kept = str(self._kept.get("folder") or "")
        folder = default_folder(self._session.path, kept if Path(kept).is_dir() else "").parent
        path = self._session.path
        stem = path.stem if path is not None else self._session.title.lower().replace(" ", "_")
        return folder / f"{stem}.{self.format.currentData()}"

    # What is shown

    def _show(self) -> None:
        is_png, draws = self.format.currentData() == "png", self._task is not None
        self.scale.setEnabled(is_png and not draws)
        sharp = "" if is_png else "SVG and PDF are sharp at any size."
        self.scale.setToolTip(DRAWING if draws else sharp)
        reason = DRAWING if draws else self._why_not()
        self.export_button.setEnabled(not reason)
        self.export_button.setToolTip(reason)
        replaces = self._agreed == self._path()
        self.export_button.setText("Export and replace" if replaces else "Export")
        self._say("" if reason in (NO_NAME, DRAWING) else reason, "error")
        size = self._sheet().size * (self._wish().scale if is_png else 1.0)
        unit = " pixels" if is_png else ""
        self.size_words.setText(f"{size.width():,} × {size.height():,}{unit}")

    def _why_not(self) -> str:
        path, wish = self._path(), self._wish()
        if not self.file.text().strip() or not path.is_absolute():
            return NO_NAME
        if (folder := self._named()).is_dir():
            return f"{folder} is a folder; name a file."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        return too_large(self._sheet().size, wish.scale) if wish.format == "png" else ""

    def _named(self) -> Path:
        return in_full(Path(self.file.text().strip()))

    def _path(self) -> Path:
        """Return the file to write: what is typed, with the format's own ending."""
        path, ending = self._named(), f".{self.format.currentData()}"
        if not path.name or path.suffix.lower() == ending:
            return path
        return path.with_name(path.name + ending)

    def _wish(self) -> Wish:
        return Wish(self.format.currentData(), self.scale.currentData(), self.ground.currentData())

    def _sheet(self) -> Sheet:
        """Return the drawing on paper; nobody edits it while the dialog is open."""
        part = bool(self.part.currentData())
        if part not in self._sheets:
            made = sheet_of_selection(self._canvas, self) if part else Sheet(self._canvas, (), self)
            self._sheets[part] = made
        return self._sheets[part]

    def _say(self, words: str, role: str = "") -> None:
        self.words.setProperty("role", role)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.words.setText(breakable(words))

    # What is done

    def _chosen(self, _: int) -> None:
        path = Path(self.file.text())
        if self.format.findData(_ending(path)) >= 0:
            self.file.setText(str(path.with_suffix(f".{self.format.currentData()}")))
        self._show()

    def _asked_anew(self) -> None:
        self._agreed = None
        typed = self.format.findData(_ending(Path(self.file.text().strip())))
        if typed >= 0:
            self.format.setCurrentIndex(typed)
        self._show()

    def _export(self) -> None:
        path, wish = self._path(), self._wish()
        if self._why_not():
            return
        if path.exists() and self._agreed != path:
            self._agreed = path
            self._show()
            self._say(f"{path} is there already; exporting replaces it.", "warning")
            return
        task = self._task = PictureTask(self._sheet().encoding(wish), self)
        self._let_choose(False)
        task.progressed.connect(lambda percent: self._say(f"Drawing the picture: {percent} %."))
        task.failed.connect(self._fail)
        task.done.connect(lambda made: self._write(path, wish, made))
        task.start()

    def _let_choose(self, may: bool) -> None:
        """Let other things be chosen, or nothing while a picture is being drawn."""
        for each in (self.format, self.part, self.ground, self.file, self.choose_button):
            each.setEnabled(may)
            each.setToolTip("" if may else DRAWING)
        self._show()

    def _fail(self, reason: str) -> None:
        self._task = None
        self._let_choose(True)
        self._say(f"Nothing was written. {reason}", "error")

    def _write(self, path: Path, wish: Wish, made: bytes) -> None:
        try:
            atomic_write(path, made)
        except OSError as error:
            self._fail(f"{path}: {error.strerror or error}")
            return
        self._task = None
        self._remember(path, wish)
        self._session.said.emit(f"The picture is in {path}.")
        self.accept()

    def reject(self) -> None:
        """Give up the picture that is being drawn; where none is, close."""
        if self._task is None:
            super().reject()
            return
        self._task.stop()
        self._fail("The picture was given up.")

    def _remember(self, path: Path, wish: Wish) -> None:
        kept = {
            "format": wish.format,
            "scale": wish.scale,
            "transparent": wish.transparent,
            "part": bool(self.part.currentData()),
            "folder": str(path.parent),
        }
        self._session.settings.remember(KEPT, kept)

    def _choose_file(self) -> None:
        form = self.format.currentData()
        ask = QFileDialog(self, "Export picture", self.file.text(), f"{form.upper()} (*.{form})")
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setOption(QFileDialog.Option.DontConfirmOverwrite)  # asked here
        ask.setDefaultSuffix(form)
        ask.fileSelected.connect(self.file.setText)
        ask.open()
        ask.finished.connect(ask.deleteLater)


def _ending(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()


def _captioned(words: str, widget: QWidget) -> QLabel:
    made: QLabel = label(words)
    made.setMinimumWidth(84)
    made.setBuddy(widget)
    return made
