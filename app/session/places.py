"""Where the application keeps what is the user's, as the window's parts name it."""

from __future__ import annotations

from app.places import VARIABLE, folder, home

__all__ = ["VARIABLE", "folder", "home"]
