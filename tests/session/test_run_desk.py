"""The desk of runs: refusing in words, starting, following, steering, listing, re-attaching."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from app.session.run_desk import RunDesk
from app.session.run_standby import StandbyKeeper
from app.session.run_tracked import read_tracked
from app.session.session import Session
from app.settings.store import Settings
from app.training.control import read_control
from app.training.folder import default_threads
from app.training.follow import read_records
from app.training.status import read_status
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.edits import in_block, remove_nodes, set_argument
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.panels.judged import JudgingHere, example, session_on, settle, until
from tests.session.made_runs import MadeRun, finished

LONG = 100_000


class Cold:
    """Stands in for a standby that never gets warm."""

    def __init__(self, on_ready: Callable[[], object] = lambda: None) -> None:
        self.on_ready = on_ready
        self.ready = False
        self.is_alive = True
        self.closed = False

    def hand_over(self, _: Path) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.session.run_standby.Standby", Cold)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "net.netwright"


@pytest.fixture
def session(qt: QApplication, file: Path) -> Iterator[Session]:
    made = Session(example("digits_cnn"), file, judging=JudgingHere())
    yield made
    made.close()


@pytest.fixture
def desk(session: Session) -> Iterator[RunDesk]:
    made = RunDesk(session)
    made.standby = StandbyKeeper(Cold, made)  # type: ignore[arg-type]  # it acts as one
    yield made
    made.close()


def listed(desk: RunDesk, count: int) -> None:
    desk.open()
    until(lambda: len(desk.runs) == count)


def test_before_a_verdict_it_says_that_pytorch_is_starting(desk: RunDesk) -> None:
    said: list[str] = []
    desk.session.said.connect(said.append)
    assert not desk.train()
    assert said == [desk.why_not()]
    assert "still starting" in said[0]


def test_errors_are_named_with_their_place(desk: RunDesk) -> None:
    session = desk.session
    session.apply(
        lambda p: in_block(p, "main", lambda g: set_argument(g, NodeId("head"), "in_features", 7)),
        "Set in_features",
    )
    settle(session)
    assert "head" in desk.why_not()
    assert "512" in desk.why_not()
    assert not desk.train()


def test_without_an_optimizer_there_is_nothing_to_train(desk: RunDesk) -> None:
    session = desk.session
    ends = [k for k, n in session.project.main.graph.nodes.items() if n.kind in ENDS]
    session.apply(lambda p: in_block(p, "main", lambda g: remove_nodes(g, ends)), "Delete")
    settle(session)
    assert desk.why_not() != ""


ENDS = ("optim", "lr_scheduler", "metric", "data")


def test_a_run_that_goes_on_is_found_again_and_followed_to_its_end(
    desk: RunDesk, file: Path
) -> None:
    run = MadeRun(file, example("digits_cnn"), batch_size=32)
    run.whole_epoch()
    run.say("running")
    came: list[int] = []
    desk.records_added.connect(lambda _, numbers: came.append(len(numbers.step)))
    listed(desk, 1)
    until(lambda: desk.current is not None and sum(came) == 5)
    current = desk.current
    assert current is not None
    assert (desk.is_live, desk.words) == (True, "Epoch 2 of 4")
    assert current.batch_size == 32
    assert current.parameters == 1234
    assert current.samples_per_second == pytest.approx(320, rel=1e-3)
    assert current.seconds_left == pytest.approx(1.5, rel=1e-2)
    assert (
        desk.why_not() == "A run of this project is going on: stop it first, or wait for its end."
    )
    run.steps(3)
    until(lambda: sum(came) == 8)
    run.whole_epoch(val_accuracy=0.95)
    run.say("finished", alive=False)
    until(lambda: not desk.is_live)
    assert sum(came) == 13
    assert current.numbers.best("val_accuracy") == (0.95, 2)
    assert current.progress == 1.0
    assert desk.words == ""


def test_what_a_run_shows_on_the_nodes_belongs_to_them(desk: RunDesk, file: Path) -> None:
    drawn = example("digits_cnn")
    run = MadeRun(file, drawn)
    for _ in range(4):
        run.whole_epoch(val_accuracy=0.9917, lr=0.00537)
    run.say("running")
    listed(desk, 1)
    until(lambda: bool(desk.live.curves))
    kinds = {drawn.main.graph.nodes[node].kind for node in desk.live.values}
    assert kinds == {"metric", "lr_scheduler"}
    assert set(desk.live.values.values()) == {"99.17 %", "lr 5.37e-03"}
    (loss, (train, validation)), *others = desk.live.curves.items()
    assert not others
    assert drawn.main.graph.nodes[loss].spec == "nn.CrossEntropyLoss"
    assert (train, validation) == ((0.5,) * 4, (0.4,) * 4)
    assert desk.live.progress == 1.0
    run.say("stopped", alive=False)
    until(lambda: desk.live.progress is None)


def test_pause_resume_stop_and_checkpoint_reach_the_worker(desk: RunDesk, file: Path) -> None:
    said: list[str] = []
    desk.session.said.connect(said.append)
    desk.pause()
    assert said == ["No run is going on."]
    run = MadeRun(file)
    run.say("running")
    listed(desk, 1)
    desk.toggle_pause()
    assert read_control(run.folder).pause
    run.say("paused")
    until(lambda: desk.is_paused)
    assert desk.words == "Paused"
    desk.toggle_pause()
    desk.checkpoint()
    desk.stop()
    wished = read_control(run.folder)
    assert (wished.pause, wished.checkpoint, wished.stop) == (False, 1, True)


def test_a_failure_is_said_and_leads_to_its_node(desk: RunDesk, file: Path) -> None:
    run = MadeRun(file)
    run.say("running")
    listed(desk, 1)
    said: list[str] = []
    chosen: list[Diagnostic] = []
    desk.session.said.connect(said.append)
    desk.session.problem_chosen.connect(chosen.append)
    run.say("failed", alive=False, reason="Training failed at conv1: no.", node="conv1")
    until(lambda: not desk.is_live)
    until(lambda: bool(said))
    assert said == ["Training failed at conv1: no."]
    assert desk.current is not None
    desk.point_at_fault(desk.current)
    assert [(c.node, c.severity, c.message) for c in chosen] == [("conv1", "error", said[0])]


def test_a_killed_process_is_told_as_died(desk: RunDesk, file: Path) -> None:
    run = MadeRun(file)
    run.say("running")
    listed(desk, 1)
    run.say("running", alive=False)
    until(lambda: desk.current is not None and desk.current.status.state == "died")


def test_ended_runs_are_listed_and_read_only_when_they_are_drawn(desk: RunDesk, file: Path) -> None:
    for epochs in (2, 3):
        finished(file, epochs)
    listed(desk, 2)
    assert desk.current is None
    assert [len(run.numbers.step) for run in desk.runs] == [0, 0]
    newest = desk.runs[0]
    assert newest.value("val_accuracy") == pytest.approx(0.94)
    desk.show(newest)
    until(lambda: len(newest.numbers.epoch) == 3)
    assert desk.shown == (newest,)
    desk.choose(desk.runs[1])
    assert desk.shown == (desk.runs[1], newest)
    desk.show(newest, False)
    assert desk.shown == (desk.runs[1],)
    desk.show(desk.runs[1], False)
    assert (desk.current, desk.shown) == (None, ())


def test_of_runs_beside_other_projects_only_those_that_go_on_are_listed(
    desk: RunDesk, tmp_path: Path
) -> None:
    from app.session.recent import add_recent

    other = tmp_path / "elsewhere" / "other.netwright"
    other.parent.mkdir()
    add_recent(desk.session.settings, other)
    finished(other)
    going = MadeRun(other)
    going.say("running")
    listed(desk, 1)
    assert desk.runs[0].folder == going.folder
    assert desk.runs[0].is_live
    assert desk.current is None  # it is another project's: this window neither shows nor steers it
    assert not desk.is_live
    assert "going on" not in desk.why_not()
    desk.choose(desk.runs[0])
    assert desk.live.curves == {}
    assert desk.active is None
    said: list[str] = []
    desk.session.said.connect(said.append)
    desk.stop()
    assert said == ["No run is going on."]
    assert not read_control(going.folder).stop
    desk.stop_run(desk.runs[0])
    assert read_control(going.folder).stop


def test_a_run_keeps_its_colour_for_life(session: Session, file: Path) -> None:
    folders = [finished(file, 1).folder for _ in range(7)]
    seen = []
    for _ in range(2):
        desk = RunDesk(session)
        listed(desk, len(folders))
        seen.append({run.folder: run.colour for run in desk.runs})
        desk.close()
    assert seen[0] == seen[1]
    oldest = sorted(folders, key=lambda folder: (folder.stat().st_mtime, folder.name))
    assert sorted(seen[0][folder] for folder in oldest[:6]) == list(range(6))


def test_colours_are_remembered_with_the_settings(tmp_path: Path, file: Path, qt: object) -> None:
    first = finished(file, 1).folder
    colours = []
    for _ in range(2):
        settings = Settings(tmp_path / "settings.json")
        session = Session(Project(), file, settings, judging=JudgingHere())
        desk = RunDesk(session)
        desk.open()
        until(lambda desk=desk: bool(desk.runs))  # type: ignore[misc]  # bound here
        colours.append({run.folder: run.colour for run in desk.runs}[first])
        desk.close()
        session.close()
        settings.flush()
        finished(file, 1)
    assert colours[0] == colours[1]


def test_a_folder_that_cannot_be_written_is_said(session: Session, file: Path) -> None:
    (file.parent / "runs").write_text("in the way")
    desk = RunDesk(session)
    desk.standby = StandbyKeeper(Cold, desk)  # type: ignore[arg-type]  # it acts as one
    settle(session)
    said: list[str] = []
    session.said.connect(said.append)
    assert desk.train()
    assert desk.words == "Starting"
    assert desk.why_not() == "A run is being started."
    until(lambda: not desk.is_starting)
    assert "cannot be written" in said[0]
    desk.close()


def test_a_true_run_from_the_click_to_its_end(desk: RunDesk, session: Session, file: Path) -> None:
    session.apply(lambda p: with_epochs(p, LONG), "Set epochs")
    settle(session)
    states: list[str] = []
    desk.status_changed.connect(lambda run: states.append(run.status.state))
    desk.open()
    assert desk.why_not() == ""
    assert desk.train()
    until(lambda: desk.current is not None and len(desk.current.numbers.step) > 0, 120)
    run = desk.current
    assert run is not None
    assert run.folder.parent == file.parent / "runs"
    assert run.settings["threads"] == default_threads()
    assert (run.folder / "project.netwright").exists()
    first = next(iter(read_records(run.folder)))
    assert run.numbers.loss[0] == first["train_loss"]
    assert not desk.train()
    desk.pause()
    until(lambda: desk.is_paused)
    desk.resume()
    until(lambda: not desk.is_paused)
    until(lambda: len(run.numbers.epoch) >= 2)
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr"} <= set(
        run.numbers.epochs
    )
    assert run.samples_per_second > 0
    assert math.isfinite(run.seconds_left)
    desk.stop()
    until(lambda: not desk.is_live)
    assert read_status(run.folder).state == "stopped"
    until(lambda: desk.why_not() == "")
    assert run in desk.runs
    assert states[0] == "starting"


def with_epochs(project: Project, epochs: int) -> Project:
    from dataclasses import replace

    return replace(project, run=FrozenMap({**project.run, "epochs": epochs}))


def test_the_standby_is_warmed_once_and_ended_with_the_window(qt: QApplication) -> None:
    made: list[Cold] = []

    def make(on_ready: Callable[[], object]) -> Cold:
        made.append(Cold(on_ready))
        return made[-1]

    keeper = StandbyKeeper(make)  # type: ignore[arg-type]  # a Cold acts as a standby
    told: list[bool] = []
    keeper.changed.connect(lambda: told.append(keeper.is_ready))
    keeper.start_soon(10_000)
    keeper.start_soon(0)  # sooner counts
    until(lambda: bool(made))
    until(lambda: bool(told))
    keeper.start_soon(0)
    made[0].ready = True
    made[0].on_ready()
    until(lambda: told[-1])
    assert len(made) == 1
    assert keeper.take() is made[0]
    assert not keeper.is_ready
    keeper.start_soon(0)
    until(lambda: len(made) == 2)
    until(lambda: keeper._standby is made[1])
    keeper.close()
    until(lambda: made[1].closed)
    assert not made[0].closed


def test_a_standby_that_died_is_replaced(qt: QApplication) -> None:
    made: list[Cold] = []

    def make(on_ready: Callable[[], object]) -> Cold:
        made.append(Cold(on_ready))
        return made[-1]

    keeper = StandbyKeeper(make)  # type: ignore[arg-type]  # as above
    keeper.start_soon(0)
    until(lambda: keeper._standby is not None)
    made[0].is_alive = False
    keeper.start_soon(0)
    until(lambda: len(made) == 2)
    keeper.close()


def test_there_is_a_reason_where_the_verdict_is_of_another_drawing(desk: RunDesk) -> None:
    session = desk.session
    settle(session)
    assert isinstance(session.judging, JudgingHere)
    session.judging.waits = True
    session.apply(lambda p: with_epochs(p, 3), "Set epochs")
    session.verdict = Verdict()
    assert "being checked" in desk.why_not()


def test_an_unsaved_project_has_its_runs_with_the_application(
    qt: QApplication, own_home: Path
) -> None:
    session = session_on(example("digits_mlp"))
    desk = RunDesk(session)
    assert desk.folder == own_home / "runs"
    desk.close()
    session.close()


def unsaved_run(own_home: Path, *, title: str, state: str = "running") -> MadeRun:
    """Return a run of a project that has no file, as a window that is gone left it."""
    run = MadeRun(own_home / f"{title}.netwright", example("digits_cnn"))
    run.whole_epoch()
    run.say(state, alive=state == "running")
    return run


def test_runs_stay_listed_when_the_project_gets_a_file(
    qt: QApplication, own_home: Path, tmp_path: Path
) -> None:
    session = session_on(example("digits_cnn"))
    mine = unsaved_run(own_home, title=session.title)
    others = unsaved_run(own_home, title="Other", state="finished")
    desk = RunDesk(session)
    listed(desk, 2)
    desk._begun(read_tracked(mine.folder))
    desk.show(next(run for run in desk.runs if run.folder == others.folder))
    session.path = tmp_path / "saved" / "mine.netwright"
    session.path.parent.mkdir()
    beside = finished(session.path)
    session.saved_changed.emit()
    until(lambda: beside.folder in [run.folder for run in desk.runs])
    assert {run.folder for run in desk.runs} == {mine.folder, others.folder, beside.folder}
    assert set(desk.shown) <= set(desk.runs)
    assert desk.active is not None
    assert desk.active.folder == mine.folder
    settings, path = session.settings, session.path
    desk.close()
    session.close()
    later = Session(example("digits_cnn"), path, settings, judging=JudgingHere())
    desk = RunDesk(later)
    listed(desk, 2)
    assert {run.folder for run in desk.runs} == {mine.folder, beside.folder}
    until(lambda: desk.is_live)
    desk.close()
    later.close()


def test_a_recovered_drawing_has_the_runs_of_its_lost_window_and_others_have_not(
    qt: QApplication, own_home: Path
) -> None:
    fresh, recovered = session_on(example("digits_cnn")), session_on(example("digits_cnn"))
    run = unsaved_run(own_home, title=fresh.title)
    unsaved_run(own_home, title="Other")
    beside, desk = RunDesk(fresh), RunDesk(recovered)
    desk.take_recovered()
    for each in (beside, desk):
        listed(each, 2)
    assert (beside.is_live, beside.current) == (False, None)
    assert all(each.is_live for each in beside.runs)
    assert desk.active is not None
    assert desk.active is desk.current
    assert desk.active.folder == run.folder
    for each, session in ((beside, fresh), (desk, recovered)):
        each.close()
        session.close()


def test_a_run_of_a_file_next_to_the_projects_is_not_the_projects(
    desk: RunDesk, file: Path
) -> None:
    MadeRun(file.with_name("neighbour.netwright")).say("running")
    listed(desk, 1)
    assert desk.runs[0].is_live
    assert desk.active is None
