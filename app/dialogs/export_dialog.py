"""Writes the code of the drawing into a folder: the same bytes that Train runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from app.dialogs.background import Background
from app.dialogs.dialog import Dialog, Scroll, breakable, button, label, line
from app.dialogs.export_files import FilesTable
from app.dialogs.export_words import Obstacles, Outcome, default_folder, replaces, short
from app.session.exporting import (
    CannotExport,
    Export,
    Kind,
    differing,
    export_python,
    files_of,
    folder_problem,
    in_full,
)
from app.session.session import Session
from app.training.start_weights import start_weights
from codegen.exporters import exporters
from codegen.written import CannotWrite, Written
from graph_editor.canvas.glyphs import glyph_icon

GLYPHS = {"project": "code"}
"""Of forms of export that have one of their own."""
FOLDER_MEMORY = "export_folder"
WRITING = "The files are being written."
LOOK_AFTER = 150
"""Milliseconds of quiet after which a typed folder is looked at."""


class ExportDialog(Dialog):
    """Shows what will be written, what it would replace, and how to run it afterwards."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Export", "These are the very files that Train runs.", parent)
        self._session = session
        self.result_export: Export | None = None
        self._differing: tuple[str, ...] = ()
        self._differing_at: tuple[Path, Kind] | None = None
        """The folder and the form for which the files that differ were named to the user."""
        self._refusal = ""
        """Why the drawing has no code of the chosen form."""
        self._working = False
        self._focus_before: QWidget | None = None
        self._looking = Background(self._looked, self)
        self._exporting = Background(self._exported, self)
        self._wait = QTimer(self, singleShot=True, interval=LOOK_AFTER)
        self._wait.timeout.connect(self._look)
        self._build()
        self.copy_button.clicked.connect(self._copy_command)
        self.open_button.clicked.connect(self._open_folder)
        self.done_button.clicked.connect(self.accept)
        self.export_button.clicked.connect(self._export)
        session.written_changed.connect(self._show)
        session.verdict_changed.connect(self._show)
        self.obstacles.chosen.connect(self._go_to)
        self.folder.setText(str(default_folder(session.path, self._remembered())))
        self.folder.textChanged.connect(self._asked_anew)
        self.kinds.currentRowChanged.connect(self._asked_anew)
        self.kinds.setCurrentRow(0)
        self.fit(760, 500)
        self._show()
        self._look()
        self.folder.setFocus()

    @property
    def kind(self) -> Kind:
        """The chosen form of export."""
        return exporters()[max(0, self.kinds.currentRow())].key

    def _build(self) -> None:
        self.kinds = self._made_kinds()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.kinds)
        row.addWidget(line(vertical=True))
        scroll = self._scroll = Scroll()
        row.addWidget(scroll, 1)
        scroll.column.addLayout(self._folder_row())
        self.problem = label("", "error", wraps=True)
        scroll.column.addWidget(self.problem)
        self.warning = label("", "warning", wraps=True)
        self.files = FilesTable(self._session.theme, self)
        scroll.column.addWidget(self.files)
        self.obstacles = Obstacles(self._session.theme, self)
        scroll.column.addWidget(self.warning)
        scroll.column.addWidget(self.obstacles)
        self.outcome = Outcome(self._session.theme, self)
        scroll.column.addWidget(self.outcome)
        scroll.column.addStretch(1)
        self.set_foot_left(self._command_row())
        self.cancel_button = self.add_button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.open_button = self.add_button("Open folder")
        self.export_button = self.add_button("Export", "primary")
        self.done_button = self.add_button("Done", "primary")

    def _made_kinds(self) -> QListWidget:
        kinds = QListWidget(self)
        kinds.setAccessibleName("Form of the export")
        kinds.setFixedWidth(168)
        kinds.setIconSize(QSize(16, 16))
        for form in exporters():
            icon = glyph_icon(GLYPHS.get(form.key, "file"), self._session.theme["text2"])
            item = QListWidgetItem(icon, f"{form.title}\n{form.holds}", kinds)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{form.title}: {form.holds}")
            item.setSizeHint(QSize(0, 46))
        return kinds

    def _folder_row(self) -> QHBoxLayout:
        self.folder = QLineEdit(self)
        self.folder.setProperty("role", "mono")
        self.folder.setAccessibleName("Folder")
        self.choose_button = button("Choose…", "", self)
        self.choose_button.clicked.connect(self._choose)
        title = label("Folder")
        title.setBuddy(self.folder)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose_button)
        return row

    def _command_row(self) -> QWidget:
        self.command = label("", "mono")
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command.setMinimumWidth(40)
        self.copy_button = button("", "flat", self)
        self.copy_button.setIcon(glyph_icon("copy", self._session.theme["text2"]))
        self.copy_button.setToolTip("Copy the command")
        self.copy_button.setAccessibleName("Copy the command")
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.command)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        return holder

    # What is shown

    def _show(self) -> None:
        """Show the drawing's files, or why there are none."""
        session = self._session
        made = session.written if session.is_written else None
        counts = session.verdict.parameters.values() if session.verdict is not None else ()
        texts, self._refusal = _texts(made, self.kind)
        self.files.setVisible(bool(texts))
        self.files.show_files(texts, sum(counts))
        self.obstacles.show_state(session)
        self._show_buttons()

    def _show_buttons(self) -> None:
        done = self.result_export
        self.problem.setVisible(bool(self.problem.text()))
        self.files.mark(self._differing)
        self.warning.setText(replaces(self._differing))
        self.warning.setVisible(bool(self._differing))
        self.outcome.show_export(done)
        self.command.setText(short(done.command) if done is not None else "")
        self.command.setToolTip(done.command if done is not None else "")
        self.copy_button.setVisible(bool(done is not None and done.command))
        self.open_button.setVisible(done is not None)
        self.done_button.setVisible(done is not None)
        self.cancel_button.setVisible(done is None)
        self.export_button.setVisible(done is None)
        self._let_choose(not self._working)
        reason = self._why_not()
        self.export_button.setEnabled(not reason)
        self.export_button.setToolTip(reason)
        self.export_button.setText("Export and replace" if self._differing else "Export")
        self.done_button.setDefault(done is not None)
        self.export_button.setDefault(done is None)

    def _let_choose(self, may: bool) -> None:
        """Let another folder or form be chosen, or not: what is written belongs to these."""
        for widget in (self.folder, self.choose_button, self.kinds):
            widget.setEnabled(may)
            widget.setToolTip("" if may else WRITING)

    def _why_not(self) -> str:
        if self._working:
            return WRITING
        if not self.folder.text().strip():
            return "Name a folder."
        return self.problem.text() or self._refusal or self.obstacles.reason

    # What is done

    def _asked_anew(self) -> None:
        self.result_export = None
        self._differing, self._differing_at = (), None
        self.problem.setText("")
        self._looking.forget()  # what is found out about the former folder
        self._wait.start()
        self._show()

    def _look(self) -> None:
        folder, made = self._chosen_folder(), self._session.written
        texts, _ = _texts(made, self.kind)
        self._looking.ask(lambda: (folder_problem(folder, texts), differing(texts, folder)))

    def _looked(self, found: tuple[str, tuple[str, ...]] | Exception) -> None:
        if isinstance(found, Exception):
            found = (f"The folder cannot be looked at: {found}", ())
        self.problem.setText(breakable(found[0] or self._refusal))
        if self.result_export is None:
            self._name_differing(found[1])
        self._show_buttons()

    def _export(self) -> None:
        made, folder, kind = self._session.written, self._chosen_folder(), self.kind
        if made is None or self._why_not():
            return
        agreed = self._differing if self._differing_at == (folder, kind) else ()
        self._focus_before = self.focusWidget()
        self.cancel_button.setFocus()  # all else is disabled while the files are written
        self._working = True
        self._wait.stop()
        self._looking.forget()  # the export says what is there, and later
        self._show_buttons()
        file = self._session.path
        weights = start_weights(self._session.project, file.parent if file else folder)
        self._exporting.ask(lambda: export_python(made, folder, agreed, kind, weights))

    def _name_differing(self, names: tuple[str, ...]) -> None:
        self._differing, self._differing_at = names, (self._chosen_folder(), self.kind)

    def _exported(self, found: Export | Exception) -> None:
        self._working = False
        if isinstance(found, Export):
            self.result_export = found
            self._name_differing(())
            self._session.settings.remember(FOLDER_MEMORY, str(found.folder.parent))
        elif isinstance(found, CannotExport) and found.differing:
            self._name_differing(found.differing)
        else:
            self.problem.setText(breakable(str(found)))
        self._show_buttons()
        if self.result_export is not None:
            self.done_button.setFocus()
            QTimer.singleShot(0, self, lambda: self._scroll.reveal(self.outcome))
        elif self.focusWidget() is self.cancel_button:  # nobody has gone elsewhere meanwhile
            before = self._focus_before
            (before if before is not None and before.isEnabled() else self.folder).setFocus()

    def _chosen_folder(self) -> Path:
        return in_full(Path(self.folder.text().strip()))

    def _remembered(self) -> str:
        kept = self._session.settings.memory(FOLDER_MEMORY)
        return kept if isinstance(kept, str) else ""

    def _choose(self) -> None:
        ask = QFileDialog(self, "Folder for the export", str(self._chosen_folder().parent))
        ask.setFileMode(QFileDialog.FileMode.Directory)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.fileSelected.connect(self.folder.setText)
        ask.open()

    def _go_to(self, problem: object) -> None:
        self.reject()
        self._session.problem_chosen.emit(problem)

    def _copy_command(self) -> None:
        if self.result_export is not None:
            QGuiApplication.clipboard().setText(self.result_export.command)
            self.copy_button.setToolTip("Copied")

    def _open_folder(self) -> None:
        if self.result_export is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result_export.folder)))


def _texts(made: Written | None, kind: Kind) -> tuple[dict[str, str], str]:
    """Return the texts of a form of export, and why there are none of it, if so."""
    if made is None:
        return {}, ""
    try:
        return files_of(made, kind), ""
    except CannotWrite as refusal:
        return {}, f"{refusal.feature}. {refusal.way_out}."
