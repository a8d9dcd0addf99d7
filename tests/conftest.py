"""What all tests of the window share: no display, an own state folder, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("NETWRIGHT_NICENESS", "0")  # tests keep all cores busy: an engine must live
os.environ.setdefault("NETWRIGHT_STRICT_RULES", "1")  # a diagnoser that breaks is to be seen

FRESH = "NETWRIGHT_FRESH_SEEDS"
"""Has random tests draw others every time, where it is set."""
settings.register_profile("patient", deadline=None, derandomize=FRESH not in os.environ)
settings.load_profile("patient")  # what takes its time is no fault

LONGEST = "test_random_events.py"
"""The file whose tests take minutes, in processes of their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that in the end no process waits for another."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep settings, journals and backups of a test in its own folder."""
    home = tmp_path / "netwright-home"
    monkeypatch.setenv("NETWRIGHT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the one application object of this process."""
    widgets = pytest.importorskip(
        "PySide6.QtWidgets", reason="Qt's libraries are missing on this system"
    )
    app = widgets.QApplication.instance() or widgets.QApplication(["netwright"])
    app.setQuitOnLastWindowClosed(False)
    return app


TURNS = iter(range(1, 1_000_000))
"""Counts the tests with widgets."""


def set_aside() -> None:
    """Take what exists out of the sight of the collector, so that a test pays for its own alone.

    Of two million objects a collection takes a third of a second. What has become garbage since is
    looked for now and then.
    """
    if next(TURNS) % 100 == 0:
        gc.unfreeze()
        gc.collect()
    gc.freeze()


class Failures(logging.Handler):
    """Keeps what the document logs of those whom it told of a change, and who raised."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._seen = seen

    def emit(self, record: logging.LogRecord) -> None:
        self._seen.append(f"{record.getMessage()}: {(record.exc_info or (0, None))[1]!r}")


@pytest.fixture
def qt(qapp: QApplication) -> Iterator[QApplication]:
    """Return the application; fail where the test leaves a widget or an unraised exception."""
    seen: list[str] = []
    failures = Failures(seen)
    told = logging.getLogger("graph_editor.document.document")
    told.addHandler(failures)
    before, sys.unraisablehook = sys.unraisablehook, lambda what: seen.append(str(what.exc_value))
    hook, sys.excepthook = sys.excepthook, lambda kind, error, trace: seen.append(repr(error))
    known = {id(w) for w in qapp.topLevelWidgets()}
    gc.disable()  # a collection in another thread could destroy a widget there
    set_aside()
    try:
        yield qapp
        for _ in range(3):
            qapp.processEvents()
            qapp.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
        gc.collect()
        left = [w for w in qapp.topLevelWidgets() if id(w) not in known]
        names = [f"{type(w).__name__} {w.objectName()!r}" for w in left]
        for widget in left:
            widget.close()
            widget.deleteLater()
        qapp.sendPostedEvents(None, 52)
    finally:
        gc.enable()
        sys.unraisablehook, sys.excepthook = before, hook
        told.removeHandler(failures)
    assert not names, f"widgets were left behind: {names}"
    assert not seen, f"exceptions nobody caught: {seen}"
