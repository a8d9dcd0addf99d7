"""Whether a window can be shown here: looked at before Qt is asked, which would end the process."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

PLUGIN = Path("Qt/plugins/platforms/libqxcb.so")
ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What every window of Qt needs from a Linux system, with the package of Debian that has it."""
XCB = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What it needs besides to speak to an X server."""


def why_no_window(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return in one sentence why no window can be shown; empty where one can."""
    linux = platform.startswith("linux")
    chosen = environment.get("QT_QPA_PLATFORM", "")
    shown = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if linux and not chosen and not shown:
        return "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set."
    try:
        import PySide6.QtWidgets
    except ImportError as missing:
        return _why_no_qt(missing, linux, linux and _is_xcb(chosen, environment))
    if not linux or not _is_xcb(chosen, environment):
        return ""
    package = Path(PySide6.QtWidgets.__file__).parent
    return _why_no_xcb(package / PLUGIN) or _why_no_server(environment.get("DISPLAY", ""))


def _is_xcb(chosen: str, environment: Mapping[str, str]) -> bool:
    """Whether Qt will speak to an X server, and has nothing else to fall back on."""
    if chosen:
        return chosen.partition(":")[0] == "xcb"
    return not environment.get("WAYLAND_DISPLAY")


def _why_no_xcb(plugin: Path) -> str:
    """Load the plugin as Qt will: what it needs from the system is then there, or named."""
    if not plugin.exists():  # a system's own Qt, whose packages bring what they need
        return ""
    import ctypes

    try:
        ctypes.CDLL(str(plugin))
    except OSError as missing:
        return _why_no_qt(missing, linux=True, xcb=True)
    return ""


def _why_no_qt(error: Exception, linux: bool, xcb: bool) -> str:
    """Name every library that the system lacks: the loader itself names the first alone."""
    known = {**(ALWAYS if linux else {}), **(XCB if xcb else {})}
    lacking = [name for name in known if not _loads(name)]
    if not lacking:
        return f"Qt's libraries are missing on this system: {_plain(error)}."
    packages = " ".join(known[name] for name in lacking)
    names = ", ".join(lacking)
    return (
        f"Qt's libraries are missing on this system: {names} "
        f"(on Debian and Ubuntu: sudo apt install {packages})."
    )


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _why_no_server(display: str) -> str:
    """Ask the X server for a connection."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):  # then Qt will say it
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
        xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
        connection = xcb.xcb_connect(display.encode(), None)
        failed = xcb.xcb_connection_has_error(connection)
        xcb.xcb_disconnect(connection)
        if failed:
            return f"The display {display} does not answer."
    return ""


def _plain(error: Exception) -> str:
    """Return the library that an error names, with what is wrong with it."""
    return " ".join(str(error).split())
