"""Which keys do what now: the usual ones of commands and canvas, and those the user has given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from app.commands.registry import BY_ID, MENUS
from app.settings.shortcuts import read, written
from app.settings.store import Settings
from graph_editor.canvas.gestures.edit_keys import ROWS

SETTING = "shortcuts"
CANVAS = "On the canvas"
"""Heading of the keys that count on the canvas and stand in no menu."""
ON_CANVAS = "canvas/"
"""Begins the name of keys that a command of the whole window has on the canvas besides."""
ALONE = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)
"""Keys that do nothing without another."""
WITH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
WITH |= Qt.KeyboardModifier.MetaModifier
NATIVE = QKeySequence.SequenceFormat.NativeText
PORTABLE = QKeySequence.SequenceFormat.PortableText
Present = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that has keys, or can be given some."""

    name: str
    """The id of a command or of a row of the canvas; with ``canvas/`` before it where it has keys
    on the canvas besides those of the window."""
    title: str
    group: str
    usual: tuple[str, ...]
    on_canvas: bool
    doc: str = ""


@cache
def slots() -> dict[str, Slot]:
    """Return all that can have keys, by name, in the order of the menus."""
    return {slot.name: slot for slot in (*_of_commands(), *_of_canvas())}


def _of_commands() -> Iterator[Slot]:
    for menu, commands in MENUS:
        for command in commands:
            if command.choices is None:
                more = _row_keys(command.id) if command.on_canvas else ()
                usual = tuple(dict.fromkeys((*_parts(command.shortcut), *more)))
                yield Slot(command.id, command.title, menu, usual, command.on_canvas, command.doc)


def _of_canvas() -> Iterator[Slot]:
    titles = {row.id: row.words for row in reversed(ROWS)}
    for name in dict.fromkeys(row.id for row in ROWS):
        command = BY_ID.get(name)
        if command is None:
            yield Slot(name, titles[name], CANVAS, _row_keys(name), on_canvas=True)
        elif not command.on_canvas:
            known = _parts(command.shortcut)
            usual = tuple(key for key in _row_keys(name) if key not in known)
            if usual:
                yield Slot(ON_CANVAS + name, titles[name], CANVAS, usual, on_canvas=True)


def _row_keys(name: str) -> tuple[str, ...]:
    return tuple(_portable(row.keys) for row in ROWS if row.id == name)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(_portable(key) for key in text.split(";") if key.strip())


def _portable(keys: str) -> str:
    return QKeySequence(keys.strip()).toString(PORTABLE)


# What holds now


def present(settings: Settings) -> Present:
    """Return the keys of every slot as they are now; none stands twice."""
    return _resolved(str(settings[SETTING]))


@cache
def usual() -> Present:
    """Return the keys of every slot as they are at first."""
    return {slot.name: slot.usual for slot in slots().values()}


@cache
def _resolved(text: str) -> Present:
    """Let what the user gave come before what is usual, and nothing stand twice."""
    given = {name: keys for name, keys in read(text).items() if name in slots()}
    taken: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for name in (*given, *(name for name in slots() if name not in given)):
        wanted = (key for key in given.get(name, slots()[name].usual) if readable(key))
        found[name] = tuple(dict.fromkeys(key for key in wanted if key not in taken))
        taken.update(found[name])
    return found


def canvas_keys(now: Present) -> Present:
    """Return the keys of each row of the canvas."""
    return {
        name: (*now.get(name, ()), *now.get(ON_CANVAS + name, ()))
        for name in dict.fromkeys(row.id for row in ROWS)
    }


def native(key: str) -> str:
    """Return a key as this system writes it."""
    return QKeySequence(key).toString(NATIVE)


def readable(key: str) -> bool:
    """Whether a text names one key that can be pressed."""
    sequence = QKeySequence(key)
    return sequence.count() == 1 and sequence[0].key() not in (Qt.Key.Key_unknown, *ALONE)  # type: ignore[index]  # it is


# What is changed


def pressed(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    """Return what was pressed as a text; empty while only Ctrl, Shift or Alt are held."""
    if key in ALONE or key == Qt.Key.Key_unknown:
        return ""
    held = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Backtab:
        key, held = Qt.Key.Key_Tab, held | Qt.KeyboardModifier.ShiftModifier
    if 0x20 < key.value < 0x100 and not chr(key.value).isalnum():
        held &= ~Qt.KeyboardModifier.ShiftModifier  # it made the sign
    return QKeySequence(QKeyCombination(held, key)).toString(PORTABLE)


def why_not(slot: Slot, key: str) -> str:
    """Return why something cannot have a key, as a sentence; empty where it can."""
    if not readable(key):
        return "This key has no name here; press another."
    combination = QKeySequence(key)[0]  # type: ignore[index]  # it is
    if combination.key() == Qt.Key.Key_Space and slot.on_canvas:
        return "Space held down pans the canvas, so that nothing else can have it there."
    types = combination.key().value < Qt.Key.Key_F1.value
    if not slot.on_canvas and types and not combination.keyboardModifiers() & WITH:
        return f"{native(key)} alone is for typing; press it with Ctrl or Alt, or a key from F1."
    return ""


def taker(settings: Settings, slot: Slot, key: str) -> Slot | None:
    """Return what has a key now, if it is something else."""
    for name, keys in present(settings).items():
        if name != slot.name and key in keys:
            return slots()[name]
    return None


def give(settings: Settings, slot: Slot, keys: tuple[str, ...]) -> None:
    """Give something these keys alone, and take them from whatever has them. Raises OSError."""
    now = dict(present(settings))
    for name, old in now.items():
        now[name] = keys if name == slot.name else tuple(k for k in old if k not in keys)
    _keep(settings, now)


def reset(settings: Settings, slot: Slot) -> None:
    """Give something its usual keys again. Raises OSError."""
    give(settings, slot, slot.usual)


def reset_all(settings: Settings) -> None:
    """Give everything its usual keys again. Raises OSError."""
    settings.reset(SETTING)


def _keep(settings: Settings, now: Present) -> None:
    """Write down what differs; lines of commands that are not known here stay."""
    kept = {name: keys for name, keys in read(str(settings[SETTING])).items() if name not in now}
    changed = {name: keys for name, keys in now.items() if set(keys) != set(slots()[name].usual)}
    settings.set(SETTING, written(kept | changed))
