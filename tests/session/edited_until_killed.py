"""A window's session that is edited by a script until it is killed; it says each act on its log.

Run as ``python -m tests.session.edited_until_killed SEED LOG [FILE]``; with a file it also saves.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from app.session.keeper import Keeper
from app.session.saving import open_project
from app.session.session import Session
from tests.session.answers import Answers
from tests.session.scripted import acts


def main(seed: int, log: Path, file: Path | None) -> None:
    """Act every few milliseconds, for ever."""
    app = QCoreApplication(["netwright"])
    opened = open_project(file) if file is not None else None
    session = Session(opened.project, opened.path) if opened is not None else Session()
    keeper = Keeper(session, Answers())
    if opened is not None:
        keeper.opened(opened)
    script, pauses = acts(seed), random.Random(seed)
    lines = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    timer = QTimer(singleShot=True)

    def act() -> None:
        next(script)(session)
        os.write(lines, f"{time.time()}\n".encode())
        if file is not None and pauses.random() < 0.05:
            keeper.save()
        timer.start(pauses.choice([0, 1, 5, 20, 60]))

    timer.timeout.connect(act)
    timer.start(0)
    app.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
