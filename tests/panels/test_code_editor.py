"""Opening the code in the user's editor: which files, which command, and what it says."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from app.panels.code_panel import CodePanel
from app.session.editor import CannotOpen, command_words, ready_file, start
from app.session.session import Session
from tests.panels.judged import JudgingHere, example, in_sight, settle, until

RECORDER = "import json, sys; json.dump(sys.argv[1:], open({!r}, 'w'))"
"""An editor that writes down how it was called."""


@pytest.fixture
def session(qt: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("NETWRIGHT_HOME", str(tmp_path / "home"))
    made = Session(example("digits_mlp"), tmp_path / "net.netwright", judging=JudgingHere())
    yield made
    made.close()


@pytest.fixture
def panel(session: Session) -> Iterator[CodePanel]:
    with in_sight(CodePanel(session), 560, 408) as made:
        settle(session)
        yield made


def text_of(session: Session, name: str) -> str:
    assert session.written is not None
    return session.written.files[name].text


def hear(session: Session) -> list[str]:
    said: list[str] = []
    session.said.connect(said.append)
    return said


def test_the_command_is_given_file_and_line_as_words(
    panel: CodePanel, session: Session, tmp_path: Path
) -> None:
    script, told = tmp_path / "my editor.py", tmp_path / "told.json"
    script.write_text(RECORDER.format(str(told)), encoding="utf-8")
    session.settings.set("editor", f'"{sys.executable}" "{script}" --goto {{file}}:{{line}} $HOME;')
    said = hear(session)
    panel.show_file("train.py")
    assert panel.view is not None
    panel.view.put_caret(7)
    QTest.mouseClick(panel.header.editor, Qt.MouseButton.LeftButton)
    until(lambda: bool(said))
    goto, place, *rest = json.loads(told.read_text("utf-8"))
    file, _, line = place.rpartition(":")
    assert (goto, line, rest) == ("--goto", "7", ["$HOME;"])
    assert Path(file).read_text("utf-8") == text_of(session, "train.py")
    assert (tmp_path / "home") in Path(file).parents
    assert not Path(file).stat().st_mode & (stat.S_IWUSR | stat.S_IXUSR)
    assert "for reading only" in said[0]


def test_without_a_command_the_system_opens_it(panel: CodePanel, session: Session) -> None:
    asked: list[QUrl] = []
    panel.opening.open_url = lambda url: not asked.append(url)
    said = hear(session)
    panel.open_in_editor()
    until(lambda: bool(said))
    place = Path(asked[0].toLocalFile())
    assert place.name == ("model.py" if sys.platform == "linux" else place.name)
    panel.opening.open_url = lambda _: False
    panel.open_in_editor()
    until(lambda: len(said) == 2)
    assert said[1].startswith("The system has nothing to open model.py with.")


def test_an_export_that_says_the_same_is_opened_itself(
    panel: CodePanel, session: Session, tmp_path: Path
) -> None:
    assert session.written is not None
    asked: list[QUrl] = []
    panel.opening.open_url = lambda url: not asked.append(url)
    said = hear(session)
    session.settings.remember("export_folder", str(tmp_path / "work"))
    folder = tmp_path / "work" / "net_export"
    for name, source in session.written.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(source.text.encode())
    panel.open_in_editor()
    until(lambda: bool(said))
    assert said == [f"Opened {folder / 'model.py'}."]
    (folder / "train.py").write_text("mine = 1\n", encoding="utf-8")
    panel.open_in_editor()
    until(lambda: len(said) == 2)
    assert "copy" in said[1]
    assert (folder / "train.py").read_text("utf-8") == "mine = 1\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("no-such-editor-anywhere {file}", "There is no program “no-such-editor-anywhere”."),
        ('code "half', "cannot be read: No closing quotation"),
        (f'"{sys.executable}" -c "raise SystemExit(3)"', "ended at once, with code 3"),
    ],
)
def test_an_editor_that_does_not_start_says_why(
    panel: CodePanel, session: Session, command: str, reason: str
) -> None:
    session.settings.set("editor", command)
    said = hear(session)
    panel.open_in_editor()
    until(lambda: bool(said))
    assert reason in said[0]


def test_an_editor_that_stays_is_not_waited_for(tmp_path: Path) -> None:
    process = start([sys.executable, "-c", "input() if False else __import__('time').sleep(30)"],
                    tmp_path)  # fmt: skip
    assert process.poll() is None
    process.kill()
    process.wait()


def test_a_copy_follows_the_code_and_nothing_is_written_twice(tmp_path: Path) -> None:
    first = ready_file(
        {"model.py": "a\n", "tests/test_model.py": "t\n"}, "model.py", None, tmp_path
    )
    assert first.is_copy
    before = first.file.stat().st_mtime_ns
    again = ready_file({"model.py": "a\n"}, "model.py", None, tmp_path)
    assert again.file.stat().st_mtime_ns == before
    ready_file({"model.py": "b\n"}, "model.py", None, tmp_path)
    assert first.file.read_text("utf-8") == "b\n"
    assert (tmp_path / "tests" / "test_model.py").read_text("utf-8") == "t\n"


def test_a_name_of_a_file_fills_nothing_in_and_stays_one_word() -> None:
    file = Path("/tmp/a {line} b; rm -rf x/model.py")
    assert command_words("edit {file}", file, 3) == ["edit", str(file)]
    assert command_words("edit +{line}", file, 3) == ["edit", "+3", str(file)]
    assert command_words("edit {folder}", file, 3) == ["edit", str(file.parent), str(file)]


def test_where_no_copy_can_be_written_is_said(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    with pytest.raises(CannotOpen, match="could be written"):
        ready_file({"model.py": "a\n"}, "model.py", None, taken)
