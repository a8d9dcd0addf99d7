"""A window with a project in it: what commands act on, and the panels around the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.commands.devices import Device, devices_of
from app.commands.registry import BY_ID, MENUS
from app.session.block_library import use_own_blocks
from app.session.keeper import Keeper
from app.session.no_code import problems_now
from app.session.run_desk import RunDesk
from app.session.samples import Samples
from app.window.arrangement import PROBLEMS, SUMMARY
from app.window.bars import Bars
from app.window.canvas_menu import open_menu
from app.window.canvas_settings import CanvasSettings
from app.window.command_palette import CommandPalette
from app.window.dialog_table import show_dialog
from app.window.graph_finding import GraphFinding
from app.window.key_settings import KeySettings
from app.window.logo import logo_icon
from app.window.menus import Menus
from app.window.panel_links import tie_panel
from app.window.panel_table import PANELS, PanelPlace
from app.window.shell import Shell
from app.window.welcome_cover import WelcomeCover
from app.window.window_memory import WindowMemory
from app.window.wiring import Wiring
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.all import install
from graph_editor.catalogue.library import with_library
from graph_editor.document.model import NodeId

if TYPE_CHECKING:
    from app.commands.frame import CodeRoom
    from app.engine.protocol import Message
    from app.session.session import Session
    from app.window.tour import Tour
    from graph_editor.catalogue.order import Lookup
    from graph_editor.document.model import Project

TALL = ("summary", "plan")
"""Panels of which a low dock would show two rows."""
SEEN = "tour_seen"
"""What the settings remember of the tour."""
NAMES_FROM = 0.36
"""The zoom from which on nodes are drawn with their names."""


class House(Protocol):
    """What a window asks of the application that holds all windows."""

    def new_window(self) -> None: ...
    def new_empty(self) -> None: ...
    def new_tour(self, asker: Workplace) -> None: ...
    def open_file(self, path: Path | None, asker: Workplace) -> None: ...
    def open_example(self, path: Path, asker: Workplace) -> None: ...
    def open_copy(self, path: Path) -> None: ...
    def recent_files(self) -> Sequence[Path]: ...
    def forget_recent_files(self) -> None: ...
    def quit(self) -> None: ...
    def left(self, place: Workplace) -> None: ...


class Workplace(QObject):
    """Furnishes a shell for one session, step by step, and does what its commands ask."""

    def __init__(self, shell: Shell, session: Session, keeper: Keeper, house: House) -> None:
        super().__init__(shell)
        self.shell, self.session, self.keeper, self.house = shell, session, keeper, house
        self.settings = session.settings
        session.setParent(self)
        keeper.setParent(self)
        self.desk = RunDesk(session, self)
        use_own_blocks()
        self.canvas = Canvas(
            session.document, self._lookup, session.ids, session.theme, shell.centre
        )
        self.canvas.setAccessibleName("Canvas")
        install(self.canvas)
        self.canvas.code_entered.connect(self._edit_code)
        self.canvas.menu_asked.connect(self._open_menu)
        CanvasSettings(self.settings, self.canvas, self)
        self.wiring = Wiring(session, self.canvas, self)
        self.finding = GraphFinding(session, self.canvas, self)
        self.menus = Menus(self, shell, self)
        self.canvas.asked.connect(lambda name: self.menus.run(BY_ID[name]))
        self.key_settings = KeySettings(session, self.canvas, self.menus, self)
        self.bars = Bars(shell, session, self.menus, self)
        self.memory = WindowMemory(shell, self.settings)
        self.panels: dict[str, QWidget] = {}
        self.samples: Samples | None = None
        self.palette: CommandPalette | None = None
        self.cover: WelcomeCover | None = None
        self.tour: Tour | None = None
        self._info: Message | None = None
        self._closed = self._had_problems = self._was_live = False
        session.room.told.connect(self._devices_came)
        session.room.changed.connect(self._show_room)
        shell.may_close = self._may_close
        shell.arranged.connect(self._arranged)

    # Furnishing

    def steps(self) -> Iterator[None]:
        """Furnish the window; between two steps the window answers."""
        shell = self.shell
        shell.centre.addWidget(self.canvas)
        shell.centre.setCurrentWidget(self.canvas)
        shell.ground.hide()
        self._first_view()
        self.canvas.setFocus()
        shell.setWindowIcon(logo_icon(shell.look))
        self.session.start_engine()
        yield
        for name, commands in MENUS:
            self.menus.fill(shell.title_row.menus[name], commands)
            yield
        for place in self._in_order():
            import_module(place.module)
            yield
            self._make(place)
            yield
        self._add_strip()
        for told in (self.desk.live_changed, self.desk.current_changed, self.desk.ready_changed):
            told.connect(self._show_live)
        self.desk.status_changed.connect(self._show_live)
        self.session.written_changed.connect(self._show_live)
        self._show_live()
        self.desk.open()
        samples = self.samples = Samples(self.session, self.desk, self)
        samples.changed.connect(lambda: self.canvas.set_samples(samples.found))
        self.canvas.more_chosen.connect(self._show_more)
        self._arranged(shell.kind)
        self.session.verdict_changed.connect(self._show_problems)
        if self.canvas.zoom() == self._zoom_at_first:
            QTimer.singleShot(0, self.canvas, self._first_view)  # the docks have their sizes now
        self.key_settings.say_refused()
        shell.furnished.emit()

    def _first_view(self) -> None:
        """Show all of the graph, near enough that nodes have their names."""
        self.canvas.fit_all()
        if self.canvas.zoom() < NAMES_FROM:
            self.canvas.zoom_to(NAMES_FROM)
        self._zoom_at_first = self.canvas.zoom()

    def _in_order(self) -> list[PanelPlace]:
        """Return the panels, those in sight first."""
        docks = self.shell.docks
        return sorted(PANELS, key=lambda place: docks[place.id].visibleRegion().isEmpty())

    def _make(self, place: PanelPlace) -> None:
        made: Any = getattr(import_module(place.module), place.cls)
        panel = made(self.session, self.desk) if place.needs_desk else made(self.session)
        self.panels[place.id] = panel
        self.shell.docks[place.id].fill(panel)
        tie_panel(place.id, panel, self)

    def _add_strip(self) -> None:
        from app.panels.problems_panel import ProblemsStrip

        self.strip = ProblemsStrip(self.session)
        self.strip.list_asked.connect(partial(self.show_panel, "problems"))
        self.shell.middle_column.addWidget(self.strip)

    def _show_more(self, node: str) -> None:
        """Show a node's problems in the list."""
        self.raise_panel("problems")
        address = f"{self.session.prefix}/{node}".lstrip("/")
        found = [p for p in problems_now(self.session) if p.node == address]
        if found:
            self.session.problem_chosen.emit(found[0])

    def _lookup(self, project: Project) -> Lookup:
        known = self.session.lookup if project is self.session.project else None
        return with_library(project, known)

    # What happens

    def _arranged(self, kind: str) -> None:
        palette: Any = self.panels.get("palette")
        if palette is not None:
            palette.set_compact(kind == "narrow")
        if "problems" in self.panels:
            self.strip.setVisible(kind != "narrow")
            self._had_problems = False
            self._show_problems()

    def _show_problems(self) -> None:
        """In a narrow window, open the list when there are problems, and close it after the last.

        What the user closes stays closed until then.
        """
        dock, found = self.shell.docks["problems"], bool(self.session.problems())
        if found is self._had_problems or self.shell.kind != "narrow":
            return
        self._had_problems = found
        dock.setVisible(found)
        if found:
            self.shell.resizeDocks([dock], [PROBLEMS], Qt.Orientation.Vertical)

    def _show_live(self, _: object = None) -> None:
        self.canvas.set_live(self.desk.live)
        self.shell.tools.set_live(self.desk.words, self.desk.is_paused)
        self.shell.tools.set_reason(self.desk.why_not_train())
        if not self.desk.is_live and self._was_live:
            self.session.room.ask()  # the run has given back what it took
        self._was_live = self.desk.is_live
        self.bars.set_warming(self._is_warming())

    def _is_warming(self) -> bool:
        """Whether a process for the next run is still to come."""
        session, desk = self.session, self.desk
        ready = desk.is_ready or desk.is_live
        if ready or not self.settings["standby"] or session.refusal is not None:
            return False
        return session.verdict is None or not session.verdict.has_errors

    def know_devices(self, info: Message) -> None:
        self.session.room.told.emit(info)

    def _devices_came(self, info: Message) -> None:
        self._info = info
        self.bars.set_torch(str(info.get("torch", "")))

    def _show_room(self) -> None:
        self.shell.tools.set_caution(self.session.room.caution)

    def _open_menu(self, place: QPoint) -> None:
        open_menu(self.menus, self.canvas, place)

    def _edit_code(self, node: str) -> None:
        self.session.select([NodeId(node)])
        self.show_dialog("code_edit")

    @property
    def is_untouched(self) -> bool:
        """Whether nothing would be lost with the window: no file, no change, no run."""
        document = self.session.document
        fresh = self.session.path is None and not document.is_modified
        return fresh and not document.can_undo and not self.desk.is_live

    def shows_unchanged(self, path: Path | None) -> bool:
        """Whether this window holds just what is in a file."""
        session = self.session
        return path is not None and session.path == path and not session.document.is_modified

    def _may_close(self) -> bool:
        if self._closed:
            return True
        panel: Any = self.panels.get("code")
        if panel is not None and panel.editing.holds_back():
            self.show_panel("code")
            panel.show_file(panel.editing.file)
            return False
        if not self.keeper.may_close(self.shell):
            return False
        self._closed = True
        self.memory.close()
        self.house.left(self)
        self.bars.close()
        if self.samples is not None:
            self.samples.close()
        self.desk.close()
        self.keeper.close()
        self.session.close()
        return True

    # What commands ask for

    def new_window(self) -> None:
        self.house.new_window()

    def new_empty(self) -> None:
        self.house.new_empty()

    def refresh_bars(self) -> None:
        self.bars.refresh()

    def open_file(self, path: Path | None = None) -> None:
        self.house.open_file(path, self)

    def open_example(self, path: Path) -> None:
        self.house.open_example(path, self)

    def recent_files(self) -> Sequence[Path]:
        return self.house.recent_files()

    def forget_recent_files(self) -> None:
        self.house.forget_recent_files()

    def save(self) -> bool:
        return self.keeper.save(self.shell)

    def save_as(self) -> bool:
        return self.keeper.save_as(self.shell)

    def close(self) -> bool:
        return self.shell.close()

    def quit(self) -> None:
        self.house.quit()

    def show_dialog(self, name: str) -> None:
        show_dialog(self, name)

    def show_welcome(self) -> None:
        if self.cover is None:
            self.cover = WelcomeCover(self)
        self.cover.open_cover()

    def search(self, commands_only: bool = False) -> None:
        if self.palette is None:
            self.palette = CommandPalette(self, self.menus, self.shell)
        self.palette.open_palette(commands_only)

    def toggle_panel(self, name: str) -> None:
        dock = self.shell.docks[name]
        if dock.isHidden() or dock.visibleRegion().isEmpty():
            self.show_panel(name)
        else:
            dock.hide()

    def raise_panel(self, name: str) -> None:
        dock = self.shell.docks[name]
        dock.show()
        dock.raise_()
        tall = min(SUMMARY, self.shell.height() // 2)
        if name in TALL and dock.height() < tall:
            self.shell.resizeDocks([dock], [tall], Qt.Orientation.Vertical)

    def show_panel(self, name: str) -> None:
        self.raise_panel(name)
        panel = self.panels.get(name)
        if panel is not None:
            QTimer.singleShot(0, panel, panel.setFocus)

    def code(self) -> CodeRoom | None:
        self.show_panel("code")
        panel: Any = self.panels.get("code")
        return panel

    def has_panel(self, name: str) -> bool:
        return not self.shell.docks[name].isHidden()

    def reset_layout(self) -> None:
        self.shell.layouts.clear()
        self.shell.arrange_docks(self.shell.kind, afresh=True)
        self.session.said.emit("Every panel is where it was at first.")

    def next_problem(self, step: int) -> None:
        self.wiring.next_problem(step)

    def fix_problem(self) -> None:
        self.wiring.fix_problem()

    def foresee_fix(self) -> None:
        self.wiring.foresee_fix()

    def devices(self) -> Sequence[Device]:
        return devices_of(self._info)

    def show_manual(self) -> None:
        self.show_dialog("manual")

    def show_tour(self) -> None:
        if self.tour is not None and self.tour.step is not None:
            self.tour.focus()
        elif self.session.project.main.graph.nodes:
            self.house.new_tour(self)
        else:
            self.begin_tour(invites=False)

    def invite(self) -> None:
        """Offer the tour, unless it was seen."""
        if not self.settings.memory(SEEN):
            self.begin_tour(invites=True)

    def begin_tour(self, *, invites: bool) -> None:
        """Show the card of the tour: to offer it, or with the first step not yet done."""
        from app.window.tour import Tour

        if self.tour is not None:
            self.tour.end()
        self.settings.remember(SEEN, True)
        self.tour = Tour(self, invites=invites)
        self.tour.begin_asked.connect(self.show_tour)
        self.tour.ended.connect(lambda: setattr(self, "tour", None))
