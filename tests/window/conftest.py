"""Whole windows for tests: judged in this process, without a standby, and closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tests.window.inhabited import Inhabited


@pytest.fixture
def house(qt: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inhabited]:
    """Return an application whose windows can be opened, furnished at once."""
    from tests.panels.judged import JudgingHere
    from tests.window.inhabited import Inhabited

    monkeypatch.setattr("app.session.session.Judging", JudgingHere)
    monkeypatch.setattr("app.session.run_desk.FIRST_STANDBY", 10_000_000)
    made = Inhabited(qt)
    yield made
    made.end()
