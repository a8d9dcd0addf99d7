"""Opens the window as ``python main.py`` does, up to its first paint or until the drawing stands.

With the word ``drawing`` it waits until every panel is there, else for the first paint alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtWidgets import QApplication

from app.window.application import Application
from benchmarks.first_paint import report, report_first_paint


def main() -> None:
    app = QApplication([])
    application = Application(app)
    shell = application.start()
    if "drawing" in sys.argv[1:]:
        application.furnished.connect(report)
    else:
        report_first_paint(shell)
    app.exec()


if __name__ == "__main__":
    main()
