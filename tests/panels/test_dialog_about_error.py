"""The about and error dialogs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.dialogs import error_report
from app.dialogs.about_dialog import AboutDialog
from app.dialogs.error_dialog import ErrorDialog
from app.dialogs.error_report import report_of, summary_of, without_private
from app.dialogs.versions import version_of
from tests.house.sources import ROOT


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as found:
        return found


def test_versions_are_copied(qt: QApplication) -> None:
    dialog = AboutDialog()
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    for name in ("Netwright", "Python", "Qt", "PyTorch", "System"):
        assert f"{name} " in text
    assert version_of("torch") in text
    assert dialog.copy_button.text() == "Copied"
    dialog.deleteLater()


def test_no_library_is_imported_to_tell_its_version() -> None:
    code = (
        "import sys, app.dialogs.about_dialog, app.dialogs.error_dialog; "
        "from app.dialogs.versions import versions; versions(); "
        "print([m for m in ('torch', 'numpy', 'onnx', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_distribution_that_is_absent_is_said() -> None:
    assert version_of("no-such-distribution-here") == "not installed"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("conv1"), "KeyError: 'conv1'"),
        (ValueError(), "(ValueError)"),
        (MemoryError(), "more memory"),
        (OSError(28, "No space left on device", "/a/b/c.netwright"), "“c.netwright”: No space"),
        (RuntimeError("two\nlines\x1b[31m"), "two"),
    ],
)
def test_the_summary_is_one_plain_sentence(error: Exception, words: str) -> None:
    said = summary_of(error)
    assert words in said
    assert "\n" not in said
    assert "\x1b" not in said
    assert said.endswith(".")


def test_a_report_has_trace_versions_and_the_end_of_the_log() -> None:
    lines = [f"line {k}" for k in range(100)]
    report = report_of(caught(KeyError("conv1")), lines)
    assert "Traceback" in report.text
    assert "KeyError: 'conv1'" in report.text
    assert version_of("torch") in report.text
    assert "line 99" in report.text
    assert "line 70" in report.text
    assert "line 69" not in report.text


def test_a_report_names_no_folders_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_report.Path, "home", lambda: Path("/home/ada"))
    text = "opened /home/ada/secret/deep/net.netwright, then '/home/ada/x y' and /home/ada"
    said = without_private(text)
    assert "ada" not in said
    assert "secret" not in said
    assert "net.netwright" in said
    report = report_of(caught(KeyError("x")), ["opened /home/ada/private/a.netwright"])
    assert "private" not in report.text
    assert str(ROOT) not in report.text


class HostileError(Exception):
    """Cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("not even that")


def test_a_report_is_made_of_anything() -> None:
    def broken() -> object:
        yield "one"
        raise RuntimeError("the log is broken")

    report = report_of(HostileError(), broken())  # type: ignore[arg-type]  # that is the test
    assert report.summary
    assert "Netwright " in report.text


def test_the_error_dialog_says_where_the_work_is_and_copies(qt: QApplication) -> None:
    dialog = ErrorDialog(KeyError("x"), Path("/saved/net.netwright"), ["a line"])
    dialog.show()
    assert [line.text() for line in dialog.findChildren(QLineEdit)] == ["/saved/net.netwright"]
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.report.text
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert dialog.result() == ErrorDialog.CLOSE_WINDOW
    dialog.deleteLater()


def test_esc_and_enter_go_on(qt: QApplication) -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        dialog = ErrorDialog(KeyError("x"))
        dialog.show()
        QTest.keyClick(dialog.focusWidget() or dialog, key)
        assert not dialog.isVisible()
        assert dialog.result() == ErrorDialog.CONTINUE
        dialog.deleteLater()
