"""What commands may ask of a window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.commands.devices import Device
    from app.session.run_desk import RunDesk
    from app.session.session import Session
    from app.settings.store import Settings
    from graph_editor.canvas.canvas import Canvas


class CodeRoom(Protocol):
    """The panel of the code as commands see it."""

    def compare(self) -> None:
        """Compare the code with that of the last run or the saved version, or end that."""

    def next_change(self, step: int) -> None:
        """Go to the next change, or with -1 to the one before; begin to compare first."""

    def edit(self) -> None:
        """Edit the file that is shown, or end that."""

    def read_folder(self) -> None:
        """Ask for a folder, and take in what was edited in its files."""

    def open_in_editor(self) -> None:
        """Open the file that is shown in the user's editor."""


class Finder(Protocol):
    """The search in the drawing as commands see it."""

    words: str
    """What was looked for last."""

    def open(self) -> None:
        """Ask for words."""

    def step(self, step: int) -> None:
        """Go to the next node that is found, or with -1 to the one before."""


class Frame(Protocol):
    """A window as commands see it."""

    session: Session
    settings: Settings
    canvas: Canvas
    desk: RunDesk

    @property
    def finding(self) -> Finder:
        """Return what finds nodes in the drawing."""

    def new_window(self) -> None:
        """Open a window with an empty drawing and the examples to start from."""

    def open_file(self, path: Path | None = None) -> None:
        """Open a project in its own window, or raise the one it is open in; None: ask which."""

    def open_example(self, path: Path) -> None:
        """Open an unsaved copy of an example."""

    def recent_files(self) -> Sequence[Path]:
        """Return the files that were open last, the newest first."""

    def forget_recent_files(self) -> None:
        """Empty the list of recent files."""

    def save(self) -> bool:
        """Save, asking where if there is no file yet; return whether it was saved."""

    def save_as(self) -> bool:
        """Ask where, and save there; return whether it was saved."""

    def close(self) -> bool:
        """Close the window, asking first where work is unsaved; return whether it closed."""

    def quit(self) -> None:
        """Close every window and end, unless one of them is kept open."""

    def show_dialog(self, name: str) -> None:
        """Show a dialog: settings, about, shortcuts, export."""

    def show_welcome(self) -> None:
        """Show the page with the examples and the recent files."""

    def search(self, commands_only: bool = False) -> None:
        """Open the search over commands, and over what can be added."""

    def toggle_panel(self, name: str) -> None:
        """Show a panel, or close it where it is in sight."""

    def show_panel(self, name: str) -> None:
        """Bring a panel into sight and give it the focus."""

    def raise_panel(self, name: str) -> None:
        """Bring a panel into sight and leave the focus where it is."""

    def code(self) -> CodeRoom | None:
        """Bring the code into sight and return its panel; None while the window is furnished."""

    def has_panel(self, name: str) -> bool:
        """Whether a panel is open, be it behind another tab."""

    def reset_layout(self) -> None:
        """Put every panel where it was at first."""

    def next_problem(self, step: int) -> None:
        """Go to the next problem, or with -1 to the one before."""

    def fix_problem(self) -> None:
        """Apply the first fix of the problem that was gone to last, else of the first."""

    def foresee_fix(self) -> None:
        """Preview the fix that ``fix_problem`` would apply, where it is known."""

    def devices(self) -> Sequence[Device]:
        """Return where runs can train, as far as the engine has said."""

    def show_manual(self) -> None:
        """Open the manual."""

    def show_tour(self) -> None:
        """Begin the tour in an empty drawing, or give its card the keyboard."""
