"""Takes pictures of the window and of every panel and dialog.

``python -m app.window.pictures OUT`` writes them into a folder: dark and light, at 1280 × 720 and
1920 × 1080, and at 1280 × 720 with a scale of 200 %. The drawing is the digits example, judged by
PyTorch; the curves are of a run that is trained for the pictures. Two pictures of different names
that are the same, byte by byte, are told, and the command fails.

``python -m app.window.pictures docs/images --docs`` takes those of README and the manual anew.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from app.session.places import VARIABLE
from app.window.camera import Camera, DocsCamera
from app.window.picture_scenes import REST, SCENES, Wait, fold, take_steps, unfold
from graph_editor.document.atomic import atomic_write
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.window.workplace import Workplace

LOOKS = ("dark", "light")
MORE_LOOKS = ("hc",)
"""Taken where it is asked for."""
LARGE = (1920, 1080)
SIZES = {1: ((1280, 720), LARGE), 2: ((640, 360),)}
"""Scale -> sizes of the window, in logical pixels."""
PATIENCE, LOOK_EACH = 120.0, 0.02
"""Seconds after which a wait is over in any case, and between two looks."""
EPOCHS, LONG = 20, 60
"""Epochs after which a run is worth a picture, and of a run that lasts while it is taken."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures, each look and scale in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m app.window.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--look", choices=(*LOOKS, *MORE_LOOKS), help="only this look")
    parser.add_argument("--scale", type=int, choices=sorted(SIZES), help="only this scale")
    parser.add_argument("--docs", action="store_true", help="those of README and the manual")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in this process
    parser.add_argument("--home", type=Path, help="the application's own folder meanwhile")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.absolute()
    if options.here:
        return take(folder, options.look, options.scale, options.docs)
    looks = [options.look] if options.look else LOOKS
    scales = [1] if options.docs else [options.scale] if options.scale else SIZES
    apart = Path(gettempdir()) / f"netwright-pictures-{os.getpid()}" if options.docs else folder
    home: Path = (options.home or apart / "home").absolute()
    every = itertools.product(looks, scales)
    return max([take_apart(folder, home, look, scale, docs=options.docs) for look, scale in every])


def take_apart(folder: Path, home: Path, look: str, scale: int, *, docs: bool) -> int:
    """Take the pictures of one look and scale in another process; return its exit code."""
    place = home / f"{look}-{scale}"
    place.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    wide, high = max(SIZES[scale])
    screen = {
        "name": "1",
        "width": wide * scale,
        "height": high * scale,
        "logicalDpi": 96,
        "dpr": 1,
    }
    atomic_write(place / "screen.json", json.dumps({"screens": [screen]}))
    surroundings = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={place / 'screen.json'}",
        "QT_SCALE_FACTOR": str(scale),
        VARIABLE: str(place),
        "HOME": str(place),
        "USERPROFILE": str(place),
    }
    words = [str(folder), "--look", look, "--scale", str(scale), "--here", *["--docs"] * docs]
    command = [sys.executable, "-m", "app.window.pictures", *words]
    return subprocess.run(command, env=surroundings, check=False).returncode


def take(folder: Path, look: str, scale: int, docs: bool = False) -> int:
    """Open a window, play the scenes and take the pictures."""
    from PySide6.QtWidgets import QApplication

    from app.session.places import home
    from app.settings.store import Settings
    from app.window.application import Application, kept_clean
    from app.window.workplace import SEEN

    app = QApplication(sys.argv[:1])
    settings = Settings(home() / "settings.json")
    settings.set("theme", look)
    settings.remember(SEEN, True)  # its card would stand in every picture
    house = Application(app, settings)
    kept_clean(house)
    camera = Camera(folder, f"{look}-{scale * 100}", SIZES[scale])
    if docs:
        from app.window.docs_scenes import README

        camera = DocsCamera(folder, README[look], (LARGE,))

    def furnished(place: Workplace) -> None:
        scenes = Scenes(camera, place)
        play(scenes.for_docs(look) if docs else scenes.all(), app.exit)

    house.furnished.connect(furnished)
    house.start()
    code = app.exec()
    for twin in camera.twins:
        print(twin, file=sys.stderr)
    return max(code, bool(camera.twins))


def play(scenes: Iterator[Wait], end: Callable[[int], None]) -> None:
    """Go through scenes, waiting as they ask; the exit code is 1 where a wait was in vain."""
    from time import monotonic

    from PySide6.QtCore import QCoreApplication, QTimer

    timer = QTimer(QCoreApplication.instance(), interval=int(LOOK_EACH * 1000))
    state: dict[str, object] = {"wait": 0.0, "since": monotonic()}
    codes = [0]

    def step() -> None:
        wait, since = state["wait"], state["since"]
        assert isinstance(since, float)
        passed = monotonic() - since
        over = passed >= wait if isinstance(wait, float) else wait()  # type: ignore[operator]  # a Wait
        if not over and passed < PATIENCE:
            return
        if not over:
            print(f"waited {PATIENCE:.0f} seconds in vain", file=sys.stderr)
            codes.append(1)
        timer.stop()  # a scene may open a dialog that has a loop of its own
        try:
            state["wait"], state["since"] = next(scenes), monotonic()
        except StopIteration:
            end(max(codes))
            return
        except Exception:  # else the window would stand there for ever
            traceback.print_exc()
            end(1)
            return
        timer.start()

    timer.timeout.connect(step)
    timer.start()


class Scenes:
    """What is shown, in order; every method yields what to wait for."""

    def __init__(self, camera: Camera, place: Workplace) -> None:
        self.camera, self.place = camera, place
        self.shell, self.session = place.shell, place.session

    def all(self) -> Iterator[Wait]:
        """Play everything, then leave without asking."""
        yield from self.until_ready()
        yield from self.drawing()
        yield from self.panels()
        yield from self.training()
        yield from self.error()
        yield from self.searches()
        for scene in SCENES:
            yield from scene(self.place, self.camera.take)
        yield from self.dialogs()
        yield from self.questions()
        yield from self.welcome()
        self.close()

    def for_docs(self, look: str) -> Iterator[Wait]:
        """Play what README and the manual show in one look, then leave without asking."""
        from app.window.docs_scenes import MANUAL, curves

        yield from self.until_ready()
        self.session.select([NodeId("conv2")])
        yield from self.training()
        if look == "dark":
            yield from curves(self)
            yield from self.error()
            for scene in MANUAL:
                yield from scene(self)
            self.camera.sizes = SIZES[1][:1]
            yield from self.welcome()
        self.close()

    def until_ready(self) -> Iterator[Wait]:
        """Wait for the verdict, the code and the samples."""
        yield self.is_known
        yield lambda: self.place.samples is not None and bool(self.place.samples.found)

    def close(self) -> None:
        """Leave without asking."""
        self.place.desk.close()
        self.place.keeper.close()
        self.session.close()

    def is_known(self) -> bool:
        """Whether the drawing is judged, and written or refused."""
        known = self.session.is_written or self.session.refusal is not None
        return self.session.is_judged and known

    def at_all_sizes(self, name: str, panel: str = "") -> Iterator[Wait]:
        """Take the window at every size, with a panel in front."""
        for size in self.camera.sizes:
            self.shell.resize(*size)
            yield REST
            if panel:
                self.place.show_panel(panel)
                yield REST
            self.place.canvas.fit_all()
            yield REST
            yield from unfold(self.place, panel)
            self.camera.take(self.shell, name)
            fold()

    def drawing(self) -> Iterator[Wait]:
        """Show the window with a layer selected."""
        yield from self.at_all_sizes("window-first")
        self.session.select([NodeId("head")])
        yield from self.at_all_sizes("window")
        self.place.canvas.zoom_to(1.0)
        self.place.canvas.reveal(next(iter(self.session.selection)))
        yield REST
        self.camera.take(self.shell, "window-near")

    def panels(self) -> Iterator[Wait]:
        """Show every panel in front."""
        self.session.select([NodeId("conv2")])
        for name in self.place.panels:
            start = self.session.document.position
            if name == "history":
                take_steps(self.session)
                yield self.is_known
            yield from self.at_all_sizes(f"panel-{name}", name)
            self.session.go_to(start)

    def training(self) -> Iterator[Wait]:
        """Show a run while it goes on, and when it has ended."""
        from graph_editor.document.edits import set_run

        desk = self.place.desk
        self.session.apply(lambda now: set_run(now, "epochs", LONG), "Train longer")
        self.place.show_panel("inspector")
        yield lambda: not desk.why_not_train()
        desk.train()
        yield lambda: not desk.is_live or _epochs(desk.current) >= EPOCHS
        yield from self.at_all_sizes("training", "run")
        yield lambda: not desk.is_live
        yield from self.at_all_sizes("trained", "run")
        yield from self.at_all_sizes("panel-runs-filled", "runs")
        self.session.undo()
        yield self.is_known

    def error(self) -> Iterator[Wait]:
        """Show an error with its fixes."""
        from graph_editor.document.edits import in_block, set_argument

        head = NodeId("head")
        self.session.apply(
            lambda p: in_block(p, "main", lambda g: set_argument(g, head, "in_features", 100)),
            "Set in_features",
        )
        yield lambda: self.session.is_judged and any(p.fixes for p in self.session.problems())
        self.session.problem_chosen.emit(self.session.problems()[0])
        yield from self.at_all_sizes("error", "code")
        self.place.canvas.zoom_to(1.0)
        self.place.canvas.reveal(head)
        self.place.show_panel("problems")
        yield REST
        self.camera.take(self.shell, "error-near")
        self.place.show_dialog("export")
        yield from self.open_dialog("dialog-export-error")
        self.session.undo()
        yield self.is_known

    def searches(self) -> Iterator[Wait]:
        """Show the search over commands and the add-palette."""
        from PySide6.QtCore import QEvent, Qt
        from PySide6.QtGui import QKeyEvent
        from PySide6.QtWidgets import QApplication

        from graph_editor.canvas.add_palette import AddPalette

        for size in self.camera.sizes:
            self.shell.resize(*size)
            yield REST
            self.place.search()
            yield REST
            self.camera.take(self.shell, "search")
            if self.place.palette is not None:
                self.place.palette.hide()
        self.place.canvas.setFocus()
        for letter, text in ((Qt.Key.Key_A, "A"),):
            shift = Qt.KeyboardModifier.ShiftModifier
            pressed = QKeyEvent(QEvent.Type.KeyPress, letter, shift, text)
            QApplication.sendEvent(self.place.canvas, pressed)
        yield REST
        self.camera.take(self.shell, "add-palette")
        for opened in self.shell.findChildren(AddPalette):
            opened.hide()
        for name, menu in self.shell.title_row.menus.items():
            menu.popup(self.shell.mapToGlobal(self.shell.rect().topLeft()))
            yield REST
            self.camera.take(menu, f"menu-{name.lower()}")
            menu.close()

    def dialogs(self) -> Iterator[Wait]:
        """Show the dialogs that commands open."""
        from app.dialogs.settings_dialog import SettingsDialog
        from app.window.dialog_table import DIALOGS, OF_A_SELECTION

        for name in DIALOGS:
            if name in OF_A_SELECTION:
                continue  # scenes of their own show them
            self.place.show_dialog(name)
            yield REST
            dialog = self.dialog()
            if isinstance(dialog, SettingsDialog):
                for row in range(dialog.pages.count()):
                    dialog.pages.setCurrentRow(row)
                    yield REST
                    self.camera.take(dialog, f"dialog-settings-{dialog.pages.item(row).text()}")
            yield from self.open_dialog(f"dialog-{name}")

    def questions(self) -> Iterator[Wait]:
        """Show the dialogs that ask, and those that tell what went wrong."""
        from app.window.picture_questions import questions

        made = questions(self.session, self.camera.folder, self.shell)
        for name, dialog in made.items():
            dialog.open()
            yield from self.open_dialog(f"dialog-{name}")

    def dialog(self) -> QWidget | None:
        """Return the dialog that is open."""
        from PySide6.QtWidgets import QDialog

        found = [d for d in self.shell.findChildren(QDialog) if d.isVisible()]
        return found[-1] if found else None

    def open_dialog(self, name: str) -> Iterator[Wait]:
        """Take the dialog that is open, and close it."""
        yield REST
        dialog = self.dialog()
        if dialog is not None:
            self.camera.take(dialog, name)
            dialog.close()
            yield REST

    def welcome(self) -> Iterator[Wait]:
        """Show the page to start from."""
        from app.session.recent import add_recent

        folder = Path.home() / "projects"
        folder.mkdir(exist_ok=True)
        for name in ("wine", "digits_cnn"):
            path = folder / f"{name}.netwright"
            atomic_write(path, dumps(self.session.project))
            add_recent(self.session.settings, path)
        self.shell.activateWindow()
        self.place.show_welcome()
        yield from self.at_all_sizes("welcome")


def _epochs(run: object) -> int:
    status = getattr(run, "status", None)
    return int(getattr(status, "epoch", 0))


if __name__ == "__main__":
    sys.exit(main())
