"""Runs what may take long in a thread, while the window paints and takes no input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Signal

Result = TypeVar("Result")


class _Bell(QObject):
    rung = Signal()


def waited(work: Callable[[], Result]) -> Result:
    """Return what work returns, or raise what it raises. Input waits until then; painting goes on.

    Without an application there is nothing to keep alive, and the work is done here.
    """
    if QCoreApplication.instance() is None:
        return work()
    future: Future[Result] = Future()
    loop, bell = QEventLoop(), _Bell()
    bell.rung.connect(loop.quit)

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # raised again where it is waited for
            future.set_exception(error)
        bell.rung.emit()

    thread = threading.Thread(target=run, name="saving", daemon=False)
    thread.start()
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    thread.join()
    return future.result()
