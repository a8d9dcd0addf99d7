"""The code of the last run and of the saved version, found out when somebody wants it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.earlier import Earlier, run_code
from app.session.posting import deliver
from app.session.refusals import words_of
from app.session.writing import Writing
from graph_editor.document.changes import Change
from graph_editor.document.files import FileProblem, load
from graph_editor.document.model import Project

if TYPE_CHECKING:
    from app.session.run_desk import RunDesk
    from app.session.run_tracked import TrackedRun
    from app.session.session import Session
    from codegen.written import CannotWrite, Written
    from graph_editor.checking.verdict import Verdict

NO_RUN = "There is no run of this project yet. Train begins one (Ctrl+R)."
READING = "The last run's code is being read."
NO_FILE = "This project is in no file yet. Save puts it into one (Ctrl+S)."
WRITING = "PyTorch is checking the saved version, so that its code can be written."


class LastRun(QObject):
    """The code of the newest run of a window's project."""

    changed = Signal()
    _read = Signal(object, object)

    def __init__(self, desk: RunDesk | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._folder: Path | None = None
        self._wanted = False
        self.earlier = Earlier(words=NO_RUN)
        self._read.connect(self._arrived)
        if desk is not None:
            desk.runs_changed.connect(self._look)

    @property
    def run(self) -> TrackedRun | None:
        """The run that is meant."""
        desk = self._desk
        own = [run for run in desk.runs if run in desk.own] if desk is not None else []
        return max(own, key=lambda run: run.created, default=None)

    def want(self) -> None:
        """Find it out, and keep it up to date from now on."""
        self._wanted = True
        self._look()

    def _look(self) -> None:
        run = self.run
        folder = run.folder if run is not None else None
        if not self._wanted or folder == self._folder:
            return
        self._folder = folder
        self._tell(Earlier(words=NO_RUN if folder is None else READING))
        if folder is not None:
            threading.Thread(
                target=lambda: deliver(self._read, folder, run_code(folder)),
                name="last run",
                daemon=True,
            ).start()

    def _arrived(self, folder: Path, found: Earlier) -> None:
        if folder == self._folder:
            self._tell(found)

    def _tell(self, earlier: Earlier) -> None:
        self.earlier = earlier
        self.changed.emit()


class SavedVersion(QObject):
    """The code of the project as its file has it.

    It is kept when it passes by: most projects are written once before they are edited. Else the
    session's own judge is asked about the saved project, whenever it has nothing else to do.
    """

    changed = Signal()
    _opened = Signal(object, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted = False
        self._project: Project | None = None
        """The saved project; where it was recovered or its file changed hands, as the file is."""
        self._read_from: tuple[Path, Project] | None = None
        self._asked: Project | None = None
        self._known: tuple[Project, Earlier] | None = None
        self._writing: Writing | None = None
        self.earlier = Earlier(words=NO_FILE)
        session.written_changed.connect(self._look)
        session.saved_changed.connect(self._look)
        session.judging.judged.connect(self._judged)
        session.judging.failed.connect(self._failed)
        self._opened.connect(self._arrived)

    def want(self) -> None:
        """Find it out, and keep it up to date from now on."""
        self._wanted = True
        self._look()

    def close(self) -> None:
        """End the thread that writes."""
        if self._writing is not None:
            self._writing.close()

    def _look(self) -> None:
        """Take the saved version's code where it is known; have it written where it is wanted."""
        session = self._session
        if session.path is None:
            self._project = None
            self._tell(Earlier(words=NO_FILE))
            return
        self._project = session.document.saved or self._from_file(session.path)
        if self._project is None:
            return
        if session.is_written and _alike(self._project, session.project) and session.written:
            self._keep(self._project, _files(session.written))
        elif self._known is not None and _alike(self._known[0], self._project):
            self._keep(self._project, self._known[1])
        elif self._wanted:
            self._ask(self._project)

    def _from_file(self, path: Path) -> Project | None:
        """Return what the file holds, where the history does not know; it is read in a thread."""
        if self._read_from is not None and self._read_from[0] == path:
            return self._read_from[1]
        if self._wanted:
            self._tell(Earlier(words=WRITING))
            threading.Thread(
                target=self._open, args=(path,), name="saved version", daemon=True
            ).start()
        return None

    def _open(self, path: Path) -> None:
        try:
            found: object = load(path).project
        except (FileProblem, OSError) as problem:
            found = f"{path.name} cannot be read: {problem}."
        deliver(self._opened, path, found)

    def _arrived(self, path: Path, found: Project | str) -> None:
        if path != self._session.path or self._session.document.saved is not None:
            return
        if isinstance(found, str):
            self._tell(Earlier(words=found))
        else:
            self._read_from = (path, found)
            self._look()

    def _ask(self, project: Project) -> None:
        self._tell(Earlier(words=WRITING))
        session = self._session
        busy = not session.is_judged or session.seeking.is_on
        if not busy and self._asked is not project:
            self._asked = project
            session.judging.ask(project, session.document.revision)

    def _judged(self, project: Project, verdict: Verdict) -> None:
        """Take the verdict that was asked for; one on the drawing itself makes room to ask."""
        if project is self._asked and project is self._project:
            if self._writing is None:
                self._writing = Writing(self)
                self._writing.written.connect(self._was_written)
                self._writing.refused.connect(self._was_refused)
            self._writing.ask(project, verdict)
        else:
            self._asked = None  # an edit came between; the next code of the drawing asks again

    def _failed(self, words: str) -> None:
        if self._asked is not None:
            self._asked = None
            self._tell(Earlier(words=words))

    def _was_written(self, project: Project, written: Written) -> None:
        self._keep(project, _files(written))

    def _was_refused(self, project: Project, refusal: CannotWrite) -> None:
        words = f"The saved version has no code: {words_of(project, refusal)}"
        self._keep(project, Earlier(words=words))

    def _keep(self, project: Project, earlier: Earlier) -> None:
        self._known = (project, earlier)
        self._asked = None
        if self._project is not None and _alike(project, self._project):
            self._tell(earlier)

    def _tell(self, earlier: Earlier) -> None:
        if earlier != self.earlier:
            self.earlier = earlier
            self.changed.emit()


def _files(written: Written) -> Earlier:
    return Earlier({name: source.text for name, source in written.files.items()})


def _alike(one: Project, other: Project) -> bool:
    """Whether two projects have the same code: they differ in their layout at most."""
    change = Change(one, other)
    return one is other or not bool(change) or change.is_only_layout
