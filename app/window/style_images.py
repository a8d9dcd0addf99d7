"""The few pictures that a style sheet names, painted from the glyphs and kept in memory as Qt's
resources: ``:/netwright/dark/check.png`` and, for dense screens, ``check@2x.png``.
"""

from __future__ import annotations

import struct
from functools import cache

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt, qRegisterResourceData
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme

ROOT = "netwright"
IMAGES: dict[str, tuple[str, str, int]] = {
    "check": ("check", "on_accent", 14),
    "check_off": ("check", "text3", 14),
    "minus": ("minus", "on_accent", 14),
    "down": ("chevron_down", "text2", 12),
    "down_off": ("chevron_down", "line2", 12),
    "right": ("chevron_right", "text2", 12),
    "close": ("close", "text2", 12),
    "sort_down": ("chevron_down", "text", 10),
    "sort_up": ("chevron_down", "text", 10),
    "more": ("more", "text2", 14),
}
"""Name of a picture -> glyph, token of its colour, size in pixels."""
TURNED = ("sort_up",)
"""Pictures that stand on their head."""
FORMAT = 1
DIRECTORY = 2
C_LOCALE = 1
"""The language of what is for all languages."""
_kept: list[bytes] = []
"""What Qt reads in place for as long as the process runs."""


@cache
def register_images(look: Theme) -> str:
    """Register the pictures of a theme; return the folder that a style sheet names."""
    files = {}
    dense = any(screen.devicePixelRatio() > 1 for screen in QGuiApplication.screens())
    for name, (glyph, token, size) in IMAGES.items():
        turned = name in TURNED
        files[f"{name}.png"] = _png(look, glyph, token, size, turned)
        if dense:
            files[f"{name}@2x.png"] = _png(look, glyph, token, size * 2, turned)
    tree, names, data = _resource([ROOT, look.name], files)
    _kept.extend((tree, names, data))
    qRegisterResourceData(FORMAT, tree, names, data)
    return f":/{ROOT}/{look.name}"


def _png(look: Theme, glyph: str, token: str, size: int, turned: bool) -> bytes:
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if turned:
        painter.translate(size, size)
        painter.rotate(180)
    paint_glyph(painter, glyph, look[token], QRectF(0, 0, size, size))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _resource(folders: list[str], files: dict[str, bytes]) -> tuple[bytes, bytes, bytes]:
    """Return tree, names and data as Qt's resource compiler writes them (format 1)."""
    names, data, places = b"", b"", {}
    for name in (*folders, *files):
        places[name] = len(names)
        names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
    tree = struct.pack(">IHII", 0, DIRECTORY, 1, 1)
    for depth, name in enumerate(folders, 2):
        inside = 1 if depth <= len(folders) else len(files)
        tree += struct.pack(">IHII", places[name], DIRECTORY, inside, depth)
    for name in sorted(files, key=_hash):
        tree += struct.pack(">IHHHI", places[name], 0, 0, C_LOCALE, len(data))
        data += struct.pack(">I", len(files[name])) + files[name]
    return tree, names, data


def _hash(name: str) -> int:
    """Return the number by which Qt sorts and finds names."""
    value = 0
    for sign in name:
        value = (value << 4) + ord(sign)
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value
