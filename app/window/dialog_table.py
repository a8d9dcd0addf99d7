"""Which dialogs there are, where each is written, and what each is made of."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from app.commands.blocks import block_meant
from app.commands.frame import Frame

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.window.shell import Shell

DIALOGS = {
    "settings": ("app.dialogs.settings_dialog", "SettingsDialog"),
    "about": ("app.dialogs.about_dialog", "AboutDialog"),
    "shortcuts": ("app.dialogs.shortcuts_dialog", "ShortcutsDialog"),
    "manual": ("app.dialogs.manual_dialog", "ManualDialog"),
    "export": ("app.dialogs.export_dialog", "ExportDialog"),
    "onnx": ("app.dialogs.onnx_dialog", "OnnxDialog"),
    "picture": ("app.dialogs.picture_dialog", "PictureDialog"),
    "code": ("app.dialogs.code_dialog", "CodeDialog"),
    "code_edit": ("app.dialogs.code_dialog", "CodeDialog"),
    "blocks": ("app.dialogs.blocks_dialog", "BlocksDialog"),
    "update_block": ("app.dialogs.update_dialog", "UpdateDialog"),
    "keep_block": ("app.dialogs.keep_dialog", "KeepDialog"),
}
"""Module and class by the name that commands say; imported when it is first needed."""
OF_A_SELECTION = frozenset({"code_edit", "update_block", "keep_block"})
"""Those that are about what is selected, and cannot be opened without."""


class Host(Frame, Protocol):
    """A window as its dialogs need it."""

    shell: Shell


def show_dialog(place: Host, name: str) -> None:
    """Open a dialog over a window."""
    module, cls = DIALOGS[name]
    made: Any = getattr(import_module(module), cls)
    dialog: QDialog = made(*_words(place, name), parent=place.shell)
    dialog.open()
    dialog.finished.connect(dialog.deleteLater)


def _words(place: Host, name: str) -> tuple[object, ...]:
    """Return what a dialog is made of."""
    session = place.session
    if name in ("shortcuts", "settings"):
        return (place.settings, session.theme)
    if name in ("code", "code_edit"):
        from app.window.code_words import code_words

        return code_words(session, place.canvas, is_new=name == "code")
    if name == "picture":
        return (session, place.canvas)
    if name == "update_block":
        return _update_words(place)
    if name == "keep_block":
        return _keep_words(place)
    known = {"export": session, "onnx": session, "blocks": session}
    return (known.get(name, session.theme),)


def _update_words(place: Host) -> tuple[object, ...]:
    """Return what the question before an update is made of, and what acts on its answer."""
    from app.session.block_library import keep_mine, news_of, update_block

    session, key = place.session, block_meant(place)
    acts = {"update": update_block, "keep": keep_mine}

    def act(answer: str) -> None:
        if answer in acts:
            acts[answer](session, key)

    return news_of(session, key), act, session.keys.of("edit.undo"), session.theme


def _keep_words(place: Host) -> tuple[object, ...]:
    """Return what the question before a block is kept is made of, and what acts on its answer."""
    from app.session.block_keeping import keep_as_new, keep_as_version, rival_of

    session, key = place.session, block_meant(place)
    rival = rival_of(session, key)

    def act(answer: str) -> None:
        if answer == "new":
            keep_as_new(session, key)
        elif answer == "version" and rival is not None:
            keep_as_version(session, key, rival)

    return rival, act, session.theme
