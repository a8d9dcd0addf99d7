"""The application: settings, theme, all windows, and what becomes of errors nobody foresaw."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.session.places import home
from app.window.gathering import Gathering
from app.window.shell import Shell
from app.window.slices import Slices
from app.window.theme_watch import ThemeWatch
from app.window.window_memory import WINDOW

if TYPE_CHECKING:
    from app.dialogs.question import Question
    from app.session.saving import Opened
    from app.settings.store import Settings
    from app.window.faults import Faults
    from app.window.lost_work import LostWork
    from app.window.workplace import Workplace
    from graph_editor.canvas.theme import Theme
    from graph_editor.document.model import Project

EXAMPLE = Path(__file__).resolve().parents[2] / "assets" / "examples" / "digits_cnn.netwright"
SETTINGS = "settings.json"
OPEN_FILES = "open_files"
HEAVY_FIRST = (
    "graph_editor.document.model",
    "graph_editor.document.expressions",
    "graph_editor.document.files",
    "graph_editor.document.edits",
    "graph_editor.catalogue.load",
    "graph_editor.catalogue.scope",
    "app.session.session",
    "app.session.keeper",
    "graph_editor.canvas.canvas",
    "graph_editor.canvas.actions",
    "app.commands.registry",
    "app.window.workplace",
)
"""What a window needs behind its frame, imported piece by piece after the first paint."""


class Application(QObject):
    """Holds all windows of this process."""

    first_painted = Signal()
    furnished = Signal(object)
    """A Workplace stands whole."""

    def __init__(self, app: QApplication, settings: Settings | None = None) -> None:
        super().__init__(app)
        self.app = app
        self._early = _early(home() / SETTINGS) if settings is None else {}
        if settings is not None:
            self.settings = settings
        self.themes = ThemeWatch(app, str(self._early.get("theme")))
        self.themes.changed.connect(self._dress)
        self.places: list[Workplace] = []
        self.faults: Faults | None = None
        self._quitting = False
        self.lost_work: LostWork | None = None
        self._refused: list[tuple[Path, str]] | None = None
        """What the start could not open, until a window stands to say it over."""

    @cached_property
    def settings(self) -> Settings:
        """The user's settings; made after the first paint, which needs no more than a few."""
        from app.settings.store import Settings

        return Settings(home() / SETTINGS)

    def _memory(self, name: str) -> object:
        """Return what the settings remember under a name, also before they are made."""
        if "settings" in self.__dict__:
            return self.settings.memory(name)
        kept = self._early.get("memory")
        return kept.get(name) if isinstance(kept, dict) else None

    # Windows

    def open_shell(self, beside: QWidget | None = None) -> Shell:
        """Show the frame of a window; it is furnished later."""
        kept = self._memory(WINDOW)
        memory: dict[str, Any] = kept if isinstance(kept, dict) else {}
        layouts = memory.get("layouts")
        shell = Shell(self.themes.look, layouts if isinstance(layouts, dict) else None)
        geometry = memory.get("geometry")
        if beside is not None:
            shell.setGeometry(beside.geometry())
        elif isinstance(geometry, str):
            shell.restoreGeometry(QByteArray.fromBase64(QByteArray(geometry.encode("ascii"))))
        shell.show()
        return shell

    def start(self, paths: Sequence[Path] = ()) -> Shell:
        """Open the first window; once it is painted it is furnished, and other files are opened."""
        shell = self.open_shell()
        work = Slices(self._first(shell, paths), self)
        shell.first_painted.connect(self.first_painted)
        shell.first_painted.connect(work.start)
        return shell

    def _first(self, shell: Shell, paths: Sequence[Path]) -> Iterator[None]:
        for name in HEAVY_FIRST:
            import_module(name)
            yield
        self.themes.follow(self.settings)
        yield
        self._refused = []
        named = list(paths) or self._remembered()
        for path in named:
            place = self._open(path, shell if shell.isVisible() and not self.places else None)
            if place is not None:
                yield from place.steps()
        if not self.places:
            example = self._place_copy(EXAMPLE, shell) or self.place_project(None, shell)
            yield from example.steps()
            example.invite()
        for place in self.places:
            self.furnished.emit(place)
        refused, self._refused = self._refused, None
        self._say_refused(refused)

    def _say_refused(self, refused: list[tuple[Path, str]]) -> None:
        """Say one by one what was not opened; then ask for lost work, which may close windows."""
        if not refused:
            self._ask_for_lost_work()
            return
        (path, words), *others = refused
        self._refusal(path, words).finished.connect(lambda: self._say_refused(others))

    def _ask_for_lost_work(self) -> None:
        if self.lost_work is None:
            from app.window.lost_work import LostWork

            self.lost_work = LostWork(self, self)
            self.lost_work.look()

    def _remembered(self) -> list[Path]:
        kept = self.settings.memory(OPEN_FILES) if self.settings["reopen_files"] else None
        listed = kept if isinstance(kept, list) else []
        return [Path(name) for name in listed if isinstance(name, str) and Path(name).is_file()]

    def place_project(self, project: Project | None, shell: Shell | None = None) -> Workplace:
        """Put a project of no file into a window; ``steps`` furnish it."""
        from app.dialogs.asking import Dialogs
        from app.session.keeper import Keeper
        from app.session.session import Session
        from app.window.workplace import Workplace

        shell = shell or self.open_shell()
        if shell.look is not self.themes.look:  # it has changed since the shell was painted
            shell.set_theme(self.themes.look)
        self.themes.guard()
        session = Session(project, None, self.settings, self.themes.look)
        keeper = Keeper(session, Dialogs(lambda: session.theme))
        place = Workplace(shell, session, keeper, self)
        self.places.append(place)
        return place

    def _read(self, path: Path) -> Opened | None:
        """Read a file in a thread; None: it cannot be read, and that was said."""
        from app.session.saving import open_project, refusal_words
        from app.session.waiting import waited
        from graph_editor.document.file_problems import FileProblem

        try:
            return waited(lambda: open_project(path))
        except FileProblem as problem:
            self.refuse(path, refusal_words(path, problem))
            return None

    def _place_copy(self, path: Path, shell: Shell | None = None) -> Workplace | None:
        """Put an unsaved copy of a project into a window; None: it cannot be read."""
        opened = self._read(path)
        return self.place_project(opened.project, shell) if opened is not None else None

    def _open(self, path: Path, shell: Shell | None = None) -> Workplace | None:
        """Open a file in a window of its own, or raise the one that has it; None: not a new one."""
        known = self._showing(path)
        if known is not None:
            _raise(known.shell)
            return None
        if (opened := self._read(path)) is None:
            return None
        place = self.place_project(opened.project, shell)
        place.session.path = opened.path
        place.keeper.opened(opened)
        place.bars.refresh()
        return place

    def _showing(self, path: Path) -> Workplace | None:
        for place in self.places:
            own = place.session.path
            with contextlib.suppress(OSError):
                if own is not None and (own == path or own.samefile(path)):
                    return place
        return None

    def refuse(self, path: Path, words: str) -> None:
        """Say in a dialog why a file was not opened; at the start, once a window stands."""
        if self._refused is not None:
            self._refused.append((path, words))
        else:
            self._refusal(path, words)

    def _refusal(self, path: Path, words: str) -> Question:
        from app.dialogs.question import Question

        question = Question(f"{path.name} was not opened", words, self.themes.look, self.window())
        question.add_button("Close", "primary").clicked.connect(question.accept)
        question.finished.connect(question.deleteLater)
        question.fit_words()
        question.open()
        return question

    def look(self) -> Theme:
        """Return the look of all windows."""
        return self.themes.look

    def window(self) -> QWidget | None:
        """Return the window that is in use."""
        active = QApplication.activeWindow()
        shells = [place.shell for place in self.places]
        return active if active in shells else (shells[-1] if shells else None)

    def furnish(self, place: Workplace) -> None:
        """Furnish a window step by step."""
        work = Slices(place.steps(), place)
        work.done.connect(lambda: self.furnished.emit(place))
        work.start()

    # What windows ask for

    def new_window(self) -> None:
        """Open a window with nothing drawn, and the welcome page over it."""
        place = self.place_project(None)
        self.furnish(place)
        place.shell.furnished.connect(place.show_welcome)

    def new_empty(self) -> None:
        """Open a window with nothing drawn."""
        self.furnish(self.place_project(None))

    def new_tour(self, asker: Workplace) -> None:
        """Open a window with nothing drawn, and the tour in it."""
        place = self.place_project(None)
        place.shell.furnished.connect(place.show_tour)
        self.furnish(place)
        self.replace(asker, place)

    def open_file(self, path: Path | None, asker: Workplace) -> None:
        """Open a file; without a path, ask which."""
        if path is None:
            from app.dialogs.asking import asked_path

            beside = asker.session.path or Path.cwd() / "project.netwright"
            path = asked_path(asker.shell, "Open project", beside)
        if path is None:
            return
        place = self._open(path)
        if place is not None:
            self.furnish(place)
            self.replace(asker, place)

    def open_example(self, path: Path, asker: Workplace) -> None:
        """Open an unsaved copy of an example."""
        if (place := self._place_copy(path)) is not None:
            self.furnish(place)
            self.replace(asker, place)

    def open_copy(self, path: Path) -> None:
        """Open an unsaved copy of a project, as that of a run, in a window of its own."""
        if (place := self._place_copy(path)) is not None:
            self.furnish(place)

    def replace(self, old: Workplace, new: Workplace) -> None:
        """Close a window in which nothing was done, for the one that was opened from it."""
        if old.is_untouched:
            new.shell.setGeometry(old.shell.geometry())
            QTimer.singleShot(0, old.shell, old.shell.close)

    def recent_files(self) -> Sequence[Path]:
        """Return the files that were open last, the newest first."""
        from app.session.recent import recent_files

        return [recent.path for recent in recent_files(self.settings)]

    def forget_recent_files(self) -> None:
        """Empty the list of recent files."""
        from app.session.recent import clear_recent

        clear_recent(self.settings)

    def quit(self) -> None:
        """Close every window, as far as the user agrees."""
        self._remember_files()
        self._quitting = True
        for place in list(self.places):
            if not place.shell.close():
                break
        self._quitting = False

    def left(self, place: Workplace) -> None:
        """Take it that a window closes."""
        if not self._quitting:
            self._remember_files()
        self.places.remove(place)

    def _remember_files(self) -> None:
        files = [str(p.session.path) for p in self.places if p.session.path is not None]
        self.settings.remember(OPEN_FILES, files)

    # What happens

    def catch_faults(self) -> None:
        """From now on, show what nobody foresaw in a dialog, with the work saved aside."""
        from app.window.faults import Faults

        if self.faults is None:
            self.faults = Faults(self._save_aside, self.window, self)
            self.faults.install()

    def _dress(self, look: Theme) -> None:
        for place in self.places:
            place.shell.set_theme(look)
            place.session.set_theme(look)

    def _save_aside(self) -> Path | None:
        """Write every unsaved project aside; return where the last of them is, if there was any.

        Raises what the first that could not be written raises, after all were tried.
        """
        saved: Path | None = None
        failed: Exception | None = None
        for place in self.places:
            if place.session.document.is_modified:
                try:
                    saved = place.keeper.save_aside()
                except Exception as problem:
                    failed = failed or problem
        if failed is not None:
            raise failed
        return saved


def _early(path: Path) -> dict[str, Any]:
    """Return what the settings file says, unchecked; nothing where it cannot be read."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _raise(shell: Shell) -> None:
    shell.show()
    shell.raise_()
    shell.activateWindow()


def kept_clean(house: Application) -> Gathering:
    """Collect an application's garbage in the window's thread; ``close`` ends that."""
    gathering = Gathering(house)
    house.furnished.connect(gathering.settle)
    return gathering


def run(paths: Sequence[Path] = ()) -> int:
    """Open the window and serve it until it is closed; return the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would not see it; the journal keeps
    if sys.__stderr__ is not None:  # None: started without a terminal, as from a Windows shortcut
        faulthandler.enable(sys.__stderr__)  # what ends the process from below Python says where
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Netwright")
    app.setDesktopFileName("netwright")
    house = Application(app)
    gathering = kept_clean(house)
    house.first_painted.connect(house.catch_faults)
    house.start(paths)
    code = app.exec()
    gathering.close()
    if house.faults is not None:
        house.faults.remove()
    return code
