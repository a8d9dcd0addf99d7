"""Backups can be opened from the menu, as copies."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.commands.file import COMMANDS, MOST_BACKUPS
from app.session.backups import keep_former

(COMMAND,) = [command for command in COMMANDS if command.id == "file.backup"]


def _frame(path: Path | None) -> Any:
    opened: list[Path] = []
    session = SimpleNamespace(path=path)
    return SimpleNamespace(
        session=session, opened=opened, open_example=lambda path: opened.append(path)
    )


def test_what_has_no_backup_says_why(tmp_path: Path) -> None:
    assert "no file yet" in COMMAND.unavailable(_frame(None))
    assert "a.netwright" in COMMAND.unavailable(_frame(tmp_path / "a.netwright"))


def test_a_backup_is_opened_as_a_copy(tmp_path: Path) -> None:
    frame = _frame(tmp_path / "a.netwright")
    for number in range(MOST_BACKUPS + 3):
        keep_former(frame.session.path, b"%d" % number, 1_000_000.0 + number)
    assert COMMAND.unavailable(frame) == ""
    assert COMMAND.choices is not None
    choices = COMMAND.choices(frame)
    assert len(choices) == MOST_BACKUPS
    choices[1].run(frame)
    (path,) = frame.opened
    assert path.read_bytes() == b"%d" % (MOST_BACKUPS + 1)
