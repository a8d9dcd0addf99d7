"""Comparing in the code panel through real keys and clicks: with the last run, with the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.panels.code.comparison import ADDED, FOLD, REMOVED
from app.panels.code.diff_view import DiffView
from app.panels.code_panel import CodePanel
from app.session.earlier_code import NO_FILE, NO_RUN, WRITING
from app.session.run_desk import RunDesk
from app.session.run_tracked import read_tracked
from app.session.session import Session
from app.training.folder import create
from graph_editor.canvas.theme import code_font, theme
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId
from tests.panels.judged import JudgingHere, example, in_sight, set_value, settle, until

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(qt: QApplication, file: Path) -> Iterator[Session]:
    """Return a session on the digits CNN, which is saved in a file."""
    project = example("digits_cnn")
    file.write_text(dumps(project), encoding="utf-8")
    made = Session(project, file, judging=JudgingHere())
    yield made
    made.close()


@pytest.fixture
def desk(session: Session) -> Iterator[RunDesk]:
    made = RunDesk(session)
    yield made
    made.close()


@pytest.fixture
def panel(session: Session, desk: RunDesk) -> Iterator[CodePanel]:
    with in_sight(CodePanel(session, desk), 620, 460) as made:
        settle(session)
        yield made


def run_now(session: Session, desk: RunDesk) -> Path:
    """Make the folder of a run of the present code, and have the desk find it."""
    assert session.written is not None
    assert session.path is not None
    folder = create(session.written, dumps(session.project), {}, project_file=session.path)
    desk._listed([read_tracked(folder), *desk.runs])
    return folder


def diff(panel: CodePanel) -> DiffView:
    assert panel.comparison.view is not None, panel.comparison.words
    return panel.comparison.view


def signed(panel: CodePanel) -> list[str]:
    rows = diff(panel).rows
    return [f"{r.sign} {r.text.strip()}" for r in rows if r.sign in (ADDED, REMOVED)]


def compared(panel: CodePanel, source: str = "") -> None:
    """Begin to compare by the button, and wait until it is known with what."""
    QTest.mouseClick(panel.header.compare, Qt.MouseButton.LeftButton)
    if source:
        panel.comparison.bar.source.setCurrentIndex(["run", "saved"].index(source))
    until(lambda: panel.comparison.earlier.files is not None)


def test_without_runs_it_compares_with_the_saved_version(
    panel: CodePanel, session: Session
) -> None:
    set_value(session, "conv1", "out_channels", 24)
    set_value(session, "conv2", "in_channels", 24)
    settle(session)
    compared(panel)
    assert panel.comparison.source == "saved"
    removed = [line for line in signed(panel) if line.startswith(REMOVED)]
    added = [line for line in signed(panel) if line.startswith(ADDED)]
    assert len(removed) == len(added) > 0
    assert any("24" in line for line in added)
    assert not any("24" in line for line in removed)
    assert panel.header.compare.isChecked()
    assert panel.comparison.bar.added.text() == f"+{len(added)}"
    assert panel.comparison.bar.removed.text() == f"−{len(removed)}"
    assert panel.header.tabs.tabText(0) == f"model.py  +{len(added)} −{len(removed)}"
    assert panel.header.tabs.tabText(1) == "data.py"


def test_the_last_run_is_what_ran_whatever_was_saved_since(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    set_value(session, "optimizer", "lr", 0.5)
    settle(session)
    compared(panel)
    assert panel.comparison.source == "run"
    assert "model.py is the same. Changed: train.py" in panel.comparison.words
    panel.show_file("train.py")
    assert [line[0] for line in signed(panel)] == [REMOVED, ADDED]
    assert signed(panel)[1] == f"{ADDED} lr: float = 0.5"
    run_now(session, desk)
    until(lambda: "is the same as that of the last run" in panel.comparison.words)


def test_what_differs_follows_the_drawing(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    compared(panel)
    assert panel.comparison.words == "The code is the same as that of the last run."
    set_value(session, "head", "bias", False)
    settle(session)
    assert signed(panel) == [
        f"{REMOVED} self.head = nn.Linear(512, 10)",
        f"{ADDED} self.head = nn.Linear(512, 10, bias=False)",
    ]
    session.undo()
    settle(session)
    assert panel.comparison.view is None


def test_why_nothing_is_compared_is_said(qt: QApplication, file: Path) -> None:
    session = Session(example("digits_mlp"), judging=JudgingHere())
    with in_sight(CodePanel(session), 560, 300) as panel:
        panel.compare()
        assert panel.comparison.words == NO_FILE
        panel.comparison.bar.source.setCurrentIndex(0)
        assert panel.comparison.words == NO_RUN
        settle(session)
        assert panel.comparison.words == NO_RUN
        panel.comparison.bar.source.setCurrentIndex(1)
        session.saved_at(file)
        assert panel.comparison.words == "The code is the same as that of the saved version."
    session.close()


def test_files_of_a_run_that_were_touched_since_are_named(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    folder = run_now(session, desk)
    (folder / "data.py").write_text("print('by hand')\n", encoding="utf-8")
    (folder / "train.py").unlink()
    compared(panel, "run")
    note = panel.comparison._note
    assert note.isVisible()
    assert note.text().startswith("data.py, train.py in the run's folder are not what ran")
    panel.show_file("train.py")
    assert panel.comparison.count_of("train.py")[1] == 0
    assert all(row.sign == ADDED for row in diff(panel).rows)


def test_a_run_names_no_file_outside_its_folder(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    folder = run_now(session, desk)
    (folder.parent / "secret.py").write_text("hidden\n", encoding="utf-8")
    config = folder / "config.json"
    text = config.read_text("utf-8").replace('"data.py"', '"../secret.py"')
    config.write_text(text, encoding="utf-8")
    compared(panel, "run")
    assert "../secret.py" not in (panel.comparison.earlier.files or {})


def test_the_saved_version_is_judged_when_it_never_was(qt: QApplication, file: Path) -> None:
    """An edit before the first verdict, or a recovered drawing: what is saved was never written."""
    project = example("digits_cnn")
    file.write_text(dumps(project), encoding="utf-8")
    session = Session(project, file, judging=JudgingHere())
    set_value(session, "head", "bias", False)
    session.mark_unsaved()
    with in_sight(CodePanel(session), 560, 300) as panel:
        settle(session)
        panel.compare()
        until(lambda: panel.comparison.earlier.files is not None)
        assert f"{ADDED} self.head = nn.Linear(512, 10, bias=False)" in signed(panel)
        assert session.is_judged
        assert session.is_written
    session.close()


def test_an_edit_goes_before_the_question_for_the_saved_version(
    qt: QApplication, file: Path
) -> None:
    session = Session(example("digits_mlp"), file, judging=JudgingHere())
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    saved = session.project
    set_value(session, "optimizer", "lr", 0.5)
    with in_sight(CodePanel(session), 560, 300) as panel:
        settle(session)
        judging.waits = True
        panel.compare()
        assert judging.kept is not None
        assert judging.kept[0] is saved
        assert panel.comparison.words == WRITING
        set_value(session, "optimizer", "lr", 0.25)  # the question in between is dropped
        assert judging.kept[0] is session.project
        judging.answer()
        until(lambda: judging.kept is not None and judging.kept[0] is saved)
        assert session.is_written
        judging.answer()
        until(lambda: panel.comparison.earlier.files is not None)
        panel.show_file("train.py")
        assert f"{ADDED} lr: float = 0.25" in signed(panel)
    session.close()


def test_an_engine_that_stops_is_said_and_asked_again(qt: QApplication, file: Path) -> None:
    session = Session(example("digits_mlp"), file, judging=JudgingHere())
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    set_value(session, "optimizer", "lr", 0.5)
    with in_sight(CodePanel(session), 560, 300) as panel:
        settle(session)
        judging.waits = True
        panel.compare()
        judging.failed.emit("PyTorch could not be reached.")
        assert panel.comparison.words == "PyTorch could not be reached."
        panel.compare()
        panel.compare()
        assert panel.comparison.words == WRITING
        judging.answer()
        until(lambda: panel.comparison.earlier.files is not None)
    session.close()


def test_a_saved_version_without_code_says_why(qt: QApplication, file: Path) -> None:
    session = Session(example("digits_cnn"), file, judging=JudgingHere())
    set_value(session, "head", "in_features", 3)
    session.saved_at(file)
    session.undo()
    with in_sight(CodePanel(session), 560, 300) as panel:
        settle(session)
        panel.compare()
        until(lambda: panel.comparison.words.startswith("The saved version has no code"))
        assert "512" in panel.comparison.words
    session.close()


def test_keys_go_from_change_to_change_and_open_folds(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    set_value(session, "conv1", "padding", 1)
    set_value(session, "conv1", "padding_mode", "circular")
    set_value(session, "head", "bias", False)
    settle(session)
    panel.next_change(1)
    until(lambda: panel.comparison.view is not None)
    view = diff(panel)
    assert view.change_count == 2
    assert view.change_number == 1
    QTest.keyClick(view, KEY.Key_F7)
    assert view.change_number == 2
    assert panel.comparison.bar.place.text() == "2 of 2"
    QTest.keyClick(view, KEY.Key_F7)
    assert view.change_number == 1
    QTest.keyClick(view, KEY.Key_F7, SHIFT)
    assert view.change_number == 2
    QTest.mouseClick(panel.comparison.bar.buttons["chevron_up"], Qt.MouseButton.LeftButton)
    assert view.change_number == 1
    view.put_caret(1)
    assert view.rows[0].sign == FOLD
    count, hidden = len(view.rows), int(view.rows[0].text.split()[0])
    QTest.keyClick(view, KEY.Key_Return)
    assert len(view.rows) == count + hidden - 1
    assert view.rows[0].text == view.toPlainText().split("\n")[0]
    QTest.keyClick(view, KEY.Key_Escape)
    assert not panel.comparison.is_open
    assert not panel.header.compare.isChecked()
    assert panel.header.tabs.tabText(0) == "model.py"
    assert panel.view is not None
    assert panel.view.isVisible()


def test_a_click_opens_a_fold_or_selects_the_node_of_a_line(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    set_value(session, "head", "bias", False)
    settle(session)
    compared(panel)
    view = diff(panel)

    def click(number: int) -> None:
        view.verticalScrollBar().setValue(max(0, number - 5))
        top = next(top for row, top, _ in view.seen_blocks() if row == number)
        place = QPoint(60, top + 8)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    row = next(n for n, row in enumerate(view.rows, 1) if row.sign == ADDED)
    click(row)
    assert session.selection == {NodeId("head")}
    assert view.rows[row - 1].new in view.picked
    count = len(view.rows)
    click(next(n for n, row in enumerate(view.rows, 1) if row.sign == FOLD))
    assert len(view.rows) > count


def test_words_are_found_in_a_comparison_too(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    set_value(session, "head", "bias", False)
    settle(session)
    compared(panel)
    QTest.keyClick(diff(panel), KEY.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(panel.find_bar.field, "self.head = ")
    assert panel.find_bar._count.text() == "1 of 2"
    QTest.keyClick(panel.find_bar.field, KEY.Key_Escape)
    assert panel.comparison.is_open


def test_theme_and_letters_reach_every_page(
    panel: CodePanel, session: Session, desk: RunDesk
) -> None:
    run_now(session, desk)
    set_value(session, "head", "bias", False)
    settle(session)
    for name in ("README.md", "requirements.txt"):
        panel.show_file(name)
    panel.show_file("model.py")
    compared(panel)
    session.settings.set("code_letters", 18)
    session.set_theme(theme("light"))
    pages = [*panel._views.values(), diff(panel)]
    assert len(pages) == 4
    assert {page.document().defaultFont() for page in pages} == {code_font(18)}
    assert {page.look.name for page in pages} == {"light"}
    row = next(n for n, row in enumerate(diff(panel).rows, 1) if row.sign == ADDED)
    top = next(top for number, top, _ in diff(panel).seen_blocks() if number == row)
    image = diff(panel).viewport().grab().toImage()
    at = QPoint(diff(panel).viewport().width() - 4, top + 4) * image.devicePixelRatio()
    assert image.pixelColor(at) == theme("light")["ok_bg"]
    session.settings.reset("code_letters")


def test_narrow_the_buttons_go_into_the_menu(panel: CodePanel) -> None:
    header = panel.header
    panel.resize(260, 300)
    assert header.compare.isVisible()
    assert header.editor.geometry().right() < header.copy.x()
    panel.resize(180, 300)
    assert not header.compare.isVisible()
    assert header.copy.geometry().right() <= header.width()
    actions = {action.text(): action for action in header.menu().actions()}
    actions["Compare the code"].trigger()
    assert panel.comparison.is_open
