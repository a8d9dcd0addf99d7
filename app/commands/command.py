"""A command: what it is called, where it stands, its keys, what it does and when it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.commands.frame import Frame
    from graph_editor.canvas.canvas import Canvas


def always(_: Frame) -> str:
    """Return no reason why not."""
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a user can ask of a window."""

    id: str
    """``file.save``; never shown."""
    title: str
    """As in a menu: ``Save``; three dots where it asks more."""
    run: Callable[[Frame], object]
    menu: str = ""
    """File, Edit, View, Add, Graph, Run or Help; empty: in the command palette alone."""
    shortcut: str = ""
    """As ``QKeySequence`` reads it; several with a semicolon between."""
    unavailable: Callable[[Frame], str] = always
    """Why it cannot be done now, as one sentence; empty where it can."""
    doc: str = ""
    group: int = 0
    """Commands of a menu with different groups have a line between them."""
    under: str = ""
    """The submenu that it stands in, with neighbours of the same word; its keys work as ever."""
    glyph: str = ""
    on_canvas: bool = False
    """Whether the keys count only while the canvas has the focus: elsewhere they mean text."""
    label: Callable[[Frame], str] | None = None
    """Makes a title that depends on the window: ``Undo: Set out_channels``."""
    checked: Callable[[Frame], bool] | None = None
    """Whether a switch is on; None: this is no switch."""
    one_of: bool = False
    """Whether it is one of several switches of which one alone is on."""
    choices: Callable[[Frame], Sequence[Command]] | None = None
    """Makes the entries of a submenu when it is opened; ``run`` is not called then."""
    foresee: Callable[[Frame], object] | None = None
    """Begins to show what it would do, while its entry is pointed at."""
    leave: Callable[[Frame], object] | None = None
    """Ends that."""

    def words(self, frame: Frame) -> str:
        """Return the title as it stands now."""
        return self.label(frame) if self.label is not None else self.title


def on_canvas(
    name: str,
    title: str,
    shortcut: str,
    act: Callable[[Canvas], object],
    cannot: Callable[[Canvas], str],
    group: int,
    *,
    menu: str = "Edit",
    under: str = "",
    doc: str = "",
    glyph: str = "",
    checked: Callable[[Canvas], bool] | None = None,
) -> Command:
    """Return a command that acts on the canvas, and whose keys count only there."""
    return Command(
        name,
        title,
        lambda f: act(f.canvas),
        menu,
        shortcut,
        unavailable=lambda f: cannot(f.canvas),
        doc=doc,
        group=group,
        under=under,
        glyph=glyph,
        on_canvas=True,
        checked=None if checked is None else lambda f: checked(f.canvas),
    )


def nothing(_: Frame) -> None:
    """Do nothing: what a submenu does by itself."""
