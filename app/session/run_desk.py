"""The runs of one window: starting, following, steering and listing them.

A window makes one desk for its session, calls ``open`` after the first paint, gives it to the
panels that show runs, and calls ``close`` before it closes the session. Runs outlive it.
"""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.session.places import folder as state_folder
from app.session.places import home
from app.session.recent import recent_files
from app.session.run_beginning import Beginning, Order
from app.session.run_following import Following
from app.session.run_list import RunColours, RunList
from app.session.run_live import live_of
from app.session.run_numbers import RunNumbers
from app.session.run_own import OwnRuns
from app.session.run_standby import StandbyKeeper
from app.session.run_tracked import TrackedRun
from app.session.run_words import progress_words
from app.session.session import MAIN, Session
from app.session.why_not import why_not_train
from app.training.control import Request, request
from app.training.folder import Setting, default_threads
from app.training.status import RunStatus
from graph_editor.canvas.findings import Live
from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.model import Address, RuleId

RUNS = "runs"
FIRST_STANDBY = 300
"""Milliseconds from the first code that can be trained to the start of a standby."""
NEXT_STANDBY = 8_000
"""Milliseconds from a run's first epoch to the start of the next standby; at its end, at once."""
LIVE_INTERVAL = 150
"""Milliseconds between two updates of the nodes."""


class RunDesk(QObject):
    """What panels and commands ask of runs."""

    records_added = Signal(object, object)
    """A TrackedRun, and the RunNumbers that have just been added to it."""
    status_changed = Signal(object)
    """A TrackedRun that stands otherwise than before."""
    live_changed = Signal()
    """What the nodes show: ``live``."""
    runs_changed = Signal()
    """The list: ``runs``."""
    current_changed = Signal()
    """The run that the panel is about: ``current``."""
    shown_changed = Signal()
    """The runs that are drawn over each other: ``shown``."""
    ready_changed = Signal()
    """Whether a run would begin at once: ``is_ready``."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.current: TrackedRun | None = None
        self.runs: tuple[TrackedRun, ...] = ()
        """All runs of this project, and those of others that go on; the newest first."""
        self.live = Live()
        self.is_starting = False
        self._runs: dict[Path, TrackedRun] = {}
        self._checked: list[TrackedRun] = []
        self._read: set[Path] = set()
        self._colours = RunColours(session.settings)
        self.own = OwnRuns(session)
        self._opened = False
        self.standby = StandbyKeeper(parent=self)
        self.standby.changed.connect(self.ready_changed)
        self._following = Following(self)
        self._following.arrived.connect(self._arrived)
        self._following.ended.connect(self._ended)
        self._beginning = Beginning(self)
        self._beginning.begun.connect(self._begun)
        self._beginning.refused.connect(self._refused)
        self._list = RunList(self)
        self._list.listed.connect(self._listed)
        self._live_soon = QTimer(self, singleShot=True, interval=LIVE_INTERVAL)
        self._live_soon.timeout.connect(self._tell_live)
        session.written_changed.connect(self._written)
        session.saved_changed.connect(self._saved)
        session.graph_changed.connect(self._tell_live)

    # What is known

    @property
    def is_ready(self) -> bool:
        """Whether a standby is warm, so that a run would begin at the click."""
        return self.standby.is_ready

    @property
    def active(self) -> TrackedRun | None:
        """The run that pause and stop act on: this project's newest that goes on."""
        own = [run for run in self._runs.values() if run.is_live and run in self.own]
        return max(own, key=lambda run: run.created, default=None)

    @property
    def is_live(self) -> bool:
        """Whether a run goes on that this window steers, or is being started."""
        return self.is_starting or self.active is not None

    @property
    def is_paused(self) -> bool:
        """Whether the run that goes on is paused."""
        active = self.active
        return active is not None and active.status.state == "paused"

    @property
    def words(self) -> str:
        """How the run stands, for a button: ``Epoch 19 of 30``; empty where none goes on."""
        active = self.active
        if self.is_starting:
            return "Starting"
        if active is None:
            return ""
        return "Paused" if self.is_paused else progress_words(active.status)

    @property
    def shown(self) -> tuple[TrackedRun, ...]:
        """The runs whose curves are drawn: the present one, and those that were checked."""
        rest = [run for run in self._checked if run is not self.current]
        return (self.current, *rest) if self.current is not None else tuple(rest)

    @property
    def folder(self) -> Path:
        """Where the runs of this project are."""
        path = self.session.path
        return (path.parent if path is not None else home()) / RUNS

    # What can be asked

    def open(self) -> None:
        """Look for the runs of this project and follow again what goes on; keep a standby."""
        self._opened = True
        self.refresh()
        self._written()

    def refresh(self) -> None:
        """Read the list of runs again."""
        if self._opened:
            others = [recent.path.parent / RUNS for recent in recent_files(self.session.settings)]
            self._list.read(
                self.folder, (home() / RUNS, *dict.fromkeys(others)), self.own.elsewhere()
            )

    def take_recovered(self) -> None:
        """Say that the drawing was recovered: the runs of its lost window are this one's."""
        self.own.take_recovered(time.time())

    def why_not_train(self) -> str:
        """Return in words why no run can be started now; empty where one can."""
        if self.is_starting:
            return "A run is being started."
        if self.active is not None:
            return "A run of this project is going on: stop it first, or wait for its end."
        return why_not_train(self.session)

    why_not = why_not_train

    def train(self) -> bool:
        """Start a run of the code as it stands; else say why not. Return whether."""
        reason = self.why_not_train()
        if reason or self.session.written is None:
            self.session.said.emit(reason)
            return False
        try:
            order = self._order()
        except OSError as fault:
            self._refused(f"The folder for runs cannot be made: {fault.strerror or fault}.")
            return False
        self.is_starting = True
        self._beginning.begin(order)
        self.current_changed.emit()
        return True

    def pause(self) -> None:
        """Hold the run after its step."""
        self._ask("pause")

    def resume(self) -> None:
        """Let the run go on."""
        self._ask("resume")

    def toggle_pause(self) -> None:
        """Pause the run, or let it go on."""
        self._ask("resume" if self.is_paused else "pause")

    def stop(self) -> None:
        """End the run after its step; its weights are kept."""
        self._ask("stop")

    def stop_run(self, run: TrackedRun) -> None:
        """End a run that was pointed at, whichever project's it is."""
        self._ask("stop", run)

    def checkpoint(self) -> None:
        """Have the run write a checkpoint."""
        if self._ask("checkpoint"):
            self.session.said.emit("A checkpoint is written after this step.")

    def choose(self, run: TrackedRun) -> None:
        """Make a run the one that the panel is about."""
        if run is not self.current:
            self.current = run
            self._load(run)
            self.current_changed.emit()
            self.shown_changed.emit()
            self._tell_live()

    def is_shown(self, run: TrackedRun) -> bool:
        """Whether a run's curves are drawn."""
        return run in self.shown

    def show(self, run: TrackedRun, shown: bool = True) -> None:
        """Draw a run's curves over the present ones, or do not any more.

        The first that is drawn is the present one; one that goes on is not left without another.
        """
        rest = [other for other in self.shown if other is not run]
        self._checked = [other for other in self._checked if other is not run]
        if shown:
            self._checked.append(run)
            self._load(run)
        if shown and self.current is None:
            self.choose(run)
        elif not shown and run is self.current and rest:
            self.choose(rest[0])
        elif not shown and run is self.current and not run.is_live:
            self.current = None
            self.current_changed.emit()
            self._tell_live()
        self.shown_changed.emit()

    def point_at_fault(self, run: TrackedRun) -> None:
        """Show the node at which a run failed."""
        if run.status.node:
            where = Address(run.status.node)
            problem = Diagnostic(RuleId("run-failed"), "error", where, run.status.reason)
            self.session.problem_chosen.emit(problem)

    def close(self) -> None:
        """End the threads and the standby; runs go on."""
        self._live_soon.stop()
        for part in (self.standby, self._following, self._beginning, self._list):
            part.close()

    # What happens

    def _order(self) -> Order:
        session = self.session
        assert session.written is not None
        settings: dict[str, Setting] = {
            "device": str(session.settings["device"]),
            "threads": int(session.settings["threads"]) or default_threads(),
        }
        runs, file = self.folder, session.path
        if file is None:
            runs, file = state_folder(RUNS), home() / f"{session.title}.netwright"
        return Order(session.project, session.written, settings, file, runs, self.standby.take())

    def _ask(self, what: Request, run: TrackedRun | None = None) -> bool:
        run = run or self.active
        if run is None:
            self.session.said.emit("No run is going on.")
            return False
        try:
            request(run.folder, what)
        except OSError as fault:
            self.session.said.emit(f"The run cannot be told: {fault.strerror or fault}.")
            return False
        return True

    def _load(self, run: TrackedRun) -> None:
        """Read a run's numbers, and go on for as long as it does."""
        self._runs.setdefault(run.folder, run)
        if run.folder not in self._read:
            self._read.add(run.folder)
            self._following.follow(run.folder)

    def _saved(self) -> None:
        """List the runs again, where the project has another file now."""
        self.own.saved(self.runs)
        self.refresh()

    def _begun(self, run: TrackedRun) -> None:
        self.is_starting = False
        run = self._runs.setdefault(run.folder, run)
        self.own.take(run.folder)
        self._colours.give([run])
        self.runs = (run, *self.runs)
        self.session.said.emit(f"Training started: {run.folder.name}")
        self.choose(run)
        self.runs_changed.emit()
        self.status_changed.emit(run)

    def _refused(self, words: str) -> None:
        self.is_starting = False
        self.session.said.emit(words)
        self.current_changed.emit()
        self._warm(FIRST_STANDBY)

    def _arrived(self, folder: Path, numbers: RunNumbers, status: RunStatus) -> None:
        run = self._runs[folder]
        changed, run.status = run.status != status, status
        run.numbers.extend(numbers)
        if numbers.step or numbers.epoch:
            self.records_added.emit(run, numbers)
        if changed:
            self.status_changed.emit(run)
        if run in (self.current, self.active):
            if numbers.epoch and run.is_live:
                self._warm(NEXT_STANDBY)
            if not self._live_soon.isActive():
                self._live_soon.start()

    def _ended(self, folder: Path) -> None:
        run = self._runs[folder]
        self._tell_live()
        self._written()
        if run.status.reason and run.status.state in ("failed", "died"):
            self.session.said.emit(run.status.reason)
        self.status_changed.emit(run)
        self.runs_changed.emit()

    def _listed(self, found: list[TrackedRun]) -> None:
        kept = []
        for run in found:
            known = self._runs.setdefault(run.folder, run)
            if known.folder not in self._read:
                known.status, known.last = run.status, run.last
            kept.append(known)
        self._colours.give(kept)
        self.runs = tuple(kept)
        self.own.found(kept)
        for run in kept:
            if run.is_live:
                self._load(run)
        if self.current is None and self.active is not None:
            self.choose(self.active)
        self.runs_changed.emit()

    def _written(self) -> None:
        """Keep a standby as soon as there is something to train."""
        if self._opened and not self.is_live and not why_not_train(self.session):
            self._warm(FIRST_STANDBY)

    def _warm(self, milliseconds: int) -> None:
        """Have a standby started after a while, if the user wants one."""
        if self.session.settings["standby"]:
            self.standby.start_soon(milliseconds)

    def _tell_live(self) -> None:
        run = self.active or self.current
        own = run is not None and run in self.own
        shown = self.session.graph_key == MAIN
        self.live = live_of(run, with_nodes=own and shown)
        self.live_changed.emit()
