"""A window in a process of its own, up to its first paint and then until its drawing stands.

Prints one JSON line for each of the two moments: the modules that are loaded by then, and what the
menu bar says. It is started as ``python main.py`` starts it, without arguments.
"""

from __future__ import annotations

import json
import os
import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.window.application import Application, kept_clean


def tell(moment: str, application: QObject) -> None:
    """Print what is there at a moment."""
    shown = [w for w in QApplication.allWidgets() if w.isVisible()]
    words = [w.text().replace("&", "") for w in shown if isinstance(w, QAbstractButton)]
    told = {"moment": moment, "modules": sorted(sys.modules), "buttons": words}
    print(json.dumps(told), flush=True)
    if moment == "furnished":
        application.deleteLater()
        os._exit(0)


def main() -> None:
    app = QApplication(["netwright"])
    application = Application(app)
    kept_clean(application)
    application.first_painted.connect(lambda: tell("first paint", application))
    application.furnished.connect(lambda _: tell("furnished", application))
    application.start()
    app.exec()


if __name__ == "__main__":
    main()
