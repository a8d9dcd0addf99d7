"""The six plainest templates, for what looks at every edit of a drawing, and all of them.

All templates together are held to what they promise in tests/gallery.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "examples"
NAMES = ("diabetes", "digits_cnn", "digits_lstm", "digits_mlp", "digits_residual", "wine")
FIRST_EXAMPLES = tuple(FOLDER / f"{name}.netwright" for name in NAMES)
TEMPLATES = tuple(sorted(FOLDER.glob("*.netwright")))
