"""Every icon is an SVG file of our own that any program can show, is used, and none is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.house.sources import ROOT, SOURCES, name_of, parsed

FILES = sorted((ROOT / "assets" / "icons").iterdir())
ROOMS = ("app/commands", "app/dialogs", "app/panels", "app/window", "graph_editor/canvas")
WITH_ICONS = [
    path
    for path in SOURCES
    if name_of(path).startswith((*ROOMS, "graph_editor/catalogue/families"))
]
"""The sources that can name an icon."""
SVG = "{http://www.w3.org/2000/svg}"
STROKED = {
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "1.5",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
FILLED = {"fill": "currentColor", "stroke": "none"}
SIZE = {"width": "16", "height": "16", "viewBox": "0 0 16 16"}
SHAPES = {
    "path": {"d"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "rect": {"x", "y", "width", "height", "rx"},
}
NUMBERS = {"M": 2, "L": 2, "C": 6, "Z": 0}
TAKES = {"glyph_icon": 0, "glyph_pixmap": 0, "paint_glyph": 1, "GlyphButton": 0}
"""Which argument of a call is the name of a glyph."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_icon_is_well_formed_and_drawn_as_all_are(path: Path) -> None:
    assert path.suffix == ".svg"
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.attrib in (SIZE | STROKED, SIZE | FILLED)
    assert len(root)
    for shape in root:
        assert set(shape.attrib) == SHAPES[shape.tag.removeprefix(SVG)]
        for sign, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", shape.get("d", "")):
            assert len([float(number) for number in numbers.split()]) == NUMBERS[sign]


def test_every_icon_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in WITH_ICONS)
    assert [path.stem for path in FILES if f'"{path.stem}"' not in text] == []


def test_no_icon_that_is_named_is_missing() -> None:
    named = {name for path in WITH_ICONS for name in glyphs_named(parsed(path))}
    assert len(named) > 30
    assert named - {path.stem for path in FILES} == set()


def glyphs_named(tree: ast.AST) -> Iterator[str]:
    """Yield the names of glyphs that are written down where one is asked for."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        at = TAKES.get(name)
        given = [call.args[at]] if at is not None and len(call.args) > at else []
        given += [each.value for each in call.keywords if each.arg == "glyph"]
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield value.value
