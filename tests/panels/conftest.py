"""What tests of panels share: a session on the digits CNN, and a file for its runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.session.session import Session


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    """Return a session on the digits CNN, which nothing has judged yet."""
    from tests.panels.judged import example, session_on

    made = session_on(example("digits_cnn"))
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a project would be; its runs go beside it."""
    return tmp_path / "net.netwright"
