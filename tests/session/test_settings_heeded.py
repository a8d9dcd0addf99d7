"""What keeps the work and what trains heed the settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from app.session.keeper import Keeper
from app.session.run_desk import RunDesk
from app.session.session import Session
from tests.session.answers import Answers


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = Session()
    yield made
    made.close()


def test_copies_are_made_as_often_as_wanted(session: Session) -> None:
    keeper = Keeper(session, Answers())
    assert keeper._copying.interval() == 5 * 60_000
    session.settings.set("autosave_minutes", 2)
    assert keeper._copying.interval() == 2 * 60_000
    session.settings.set("autosave_minutes", 0)
    assert not keeper._copying.isActive()
    session.settings.set("autosave_minutes", 1)
    assert keeper._copying.isActive()
    keeper.close()
    session.settings.set("autosave_minutes", 3)
    assert not keeper._copying.isActive()


def test_a_process_is_kept_ready_only_for_who_wants_it(session: Session) -> None:
    desk = RunDesk(session)
    asked: list[int] = []
    desk.standby.start_soon = asked.append  # type: ignore[method-assign]  # no process is started
    desk._warm(5)
    session.settings.set("standby", False)
    desk._warm(6)
    assert asked == [5]
    desk.close()
