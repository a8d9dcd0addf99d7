"""Colours come from the token table alone, and the table keeps the contrasts it promises."""

from __future__ import annotations

import ast
import itertools
import json
import math
import re

import pytest

from tests.house.sources import ROOT, SOURCES, name_of, parsed

TABLE = json.loads((ROOT / "assets/themes/tokens.json").read_text(encoding="utf-8"))
HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hsva?)\(\s*\d")
NAMED = re.compile(
    r"\b(?:color|background|background-color|border[a-z-]*)\s*:\s*"
    r"(?!transparent|none|solid|palette|\d|\$|@|\{)[a-z]{3,}\b"
)
CLEAR = {"transparent"}
TAKES_COLOURS = re.compile(
    r"\b(?:QColor|QPen|QBrush|mk(?:Color|Pen|Brush)|(?:set|from)(?:Named|Symbol|Shadow|Fill)?"
    r"(?:Color|Pen|Brush|Foreground|Background|Rgb|RgbF|Hsv|HsvF|Hsl|HslF|NamedColor)|fillRect|fill)$"
)
"""Calls that take a colour by name, by the letter of pyqtgraph, or by its numbers."""
COLOUR_WORDS = {"pen", "brush", "color", "symbolPen", "symbolBrush", "fillBrush"}
QT_COLOURS = {
    "white", "black", "red", "darkRed", "green", "darkGreen", "blue", "darkBlue", "cyan",
    "darkCyan", "magenta", "darkMagenta", "yellow", "darkYellow", "gray", "darkGray", "lightGray",
    "color0", "color1",
}  # fmt: skip
SURFACES = ("canvas", "window", "panel", "raised", "input", "node", "sel", "hover")
TEXTS = ("text", "text2", "text3", "link", "error", "warn", "ok", "info")
RANKS = ("r0", "r1", "r2", "r3", "r4", "r5", "rx")
FAMILIES = tuple(f"c_{name}" for name in TABLE["categories"])
THEMES = tuple(TABLE["themes"])


PICTURES = {
    "app/training/curve.py": "the loss curve as a file that is looked at in a browser, in no theme",
}
"""Files with colours of their own, and why."""


# No colour elsewhere


def test_no_colour_is_written_down_outside_the_themes() -> None:
    for path in SOURCES:
        if name_of(path) not in PICTURES:
            assert not list(literals(parsed(path))), name_of(path)


@pytest.mark.parametrize(
    "code",
    [
        'x = "#ff0000"',
        'x = "color: #fff"',
        'x = "background: rgb(1, 2, 3)"',
        'x = "color: red"',
        "QColor(1, 2, 3)",
        "QColor.fromRgb(1, 2, 3)",
        'QColor("red")',
        'QColor("#" + digits)',
        'QColor(f"#{digits}")',
        'painter.setPen("red")',
        'painter.setBrush("blue")',
        'painter.fillRect(area, "white")',
        'pg.mkPen("r")',
        'pg.mkPen(color="r", width=2)',
        "pg.mkPen((255, 0, 0))",
        "pg.mkBrush([255, 0, 0, 90])",
        "pg.mkPen(255, 0, 0)",
        'plot.setBackground("w")',
        'plot.plot(x, y, pen="r")',
        "colour.setRgb(255, 0, 0)",
        'QPen(QColor("red"), 2)',
        'QBrush("red")',
        "Qt.GlobalColor.red",
        "Qt.red",
        "QPen(Qt.GlobalColor.white)",
    ],
)
def test_the_finder_finds_colours(code: str) -> None:
    assert list(literals(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'x = "#"',
        'x = "# a comment"',
        'QColor(look["text"])',
        "QColor(value)",
        "Qt.GlobalColor.transparent",
        'x = "background: transparent"',
        'QColor("transparent")',
        "painter.setPen(look[tone])",
        "painter.setPen(QPen(colour, 1.5))",
        "pg.mkPen(colour, width=2)",
        "plot.plot(x, y, pen=None)",
        "page.setForeground(0, look.brush)",
    ],
)
def test_the_finder_lets_the_rest_be(code: str) -> None:
    assert not list(literals(ast.parse(code)))


def test_the_style_sheet_names_tokens_alone() -> None:
    text = (ROOT / "assets/themes/window.qss").read_text(encoding="utf-8")
    assert not HEX.findall(text)
    assert not FUNCTION.findall(text)
    known = {*TABLE["themes"]["dark"], "mono"}
    assert set(re.findall(r"@(\w+)", text)) <= known


def literals(tree: ast.AST) -> list[str]:
    """Return the colours that a module writes down itself."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if HEX.fullmatch(text.strip()) or (":" in text and HEX.search(text)):
                found.append(text)
            if FUNCTION.search(text) or NAMED.search(text):
                found.append(text)
        elif isinstance(node, ast.Call):
            found += [ast.unparse(node)] if is_coloured(node) else []
        elif (
            isinstance(node, ast.Attribute)
            and node.attr in QT_COLOURS
            and ast.unparse(node.value) in ("Qt", "Qt.GlobalColor")
        ):
            found.append(ast.unparse(node))
    return [text for text in found if text not in CLEAR]


def is_coloured(call: ast.Call) -> bool:
    """Whether a call that takes colours is given one that is written down there."""
    named = [word.value for word in call.keywords if word.arg in COLOUR_WORDS]
    if not TAKES_COLOURS.search(ast.unparse(call.func)):
        return any(is_colour(value) for value in named)
    given = [*call.args, *named]
    numbers = bool(call.args) and all(is_number(value) for value in call.args)
    return numbers or any(is_colour(value) for value in given)


def is_colour(value: ast.expr) -> bool:
    """Whether an expression is a name, a hex text or a tuple of numbers."""
    match value:
        case ast.Constant(value=str(text)):
            return text not in CLEAR
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first):
            return isinstance(first, ast.Constant) and str(first.value).startswith("#")
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return bool(parts) and all(is_number(part) for part in parts)
    return False


def is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float)


# The table of design: contrasts (WCAG 2.2) and differences (CIE DE2000, Machado 2009)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("token", TEXTS)
def test_text_can_be_read_on_every_surface(name: str, token: str) -> None:
    theme = TABLE["themes"][name]
    for surface in SURFACES:
        assert contrast(theme[token], theme[surface]) >= 4.5, surface


@pytest.mark.parametrize("name", THEMES)
def test_messages_can_be_read_on_their_own_grounds(name: str) -> None:
    theme = TABLE["themes"][name]
    for token in ("error", "warn", "ok"):
        assert contrast(theme[token], theme[f"{token}_bg"]) >= 4.5
        assert contrast(theme["text"], theme[f"{token}_bg"]) >= 4.5
    assert contrast(theme["on_accent"], theme["accent"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_code_can_be_read(name: str) -> None:
    theme = TABLE["themes"][name]
    for token in (t for t in theme if t.startswith("k_")):
        assert contrast(theme[token], theme["input"]) >= 4.5, token


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("family", FAMILIES)
def test_titles_and_glyphs_stand_out_from_their_headers(name: str, family: str) -> None:
    theme = TABLE["themes"][name]
    header = mixed(theme[family], theme["node"], theme["mixh"])
    glyph = mixed(theme[family], theme["text"], 0.62)
    assert contrast(theme["text"], header) >= 4.5
    assert contrast(glyph, header) >= 3


@pytest.mark.parametrize("name", THEMES)
def test_marks_stand_out(name: str) -> None:
    theme = TABLE["themes"][name]
    for rank in RANKS:
        assert contrast(theme[rank], theme["canvas"]) >= 3, rank
    assert contrast(theme["ring"], theme["panel"]) >= 3
    assert contrast(theme["ring"], theme["window"]) >= 3
    assert contrast(theme["error_line"], theme["canvas"]) >= 3
    assert contrast(theme["select"], theme["canvas"]) >= 3


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_colours_of_runs_stand_out_from_plots(name: str) -> None:
    for colour in TABLE["runs"][name]:
        assert contrast(colour, TABLE["themes"][name]["input"]) >= 3


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(
    ("sight", "least"), [("normal", 13), ("deuteranopia", 13), ("protanopia", 13)]
)
def test_ranks_differ_for_every_eye(name: str, sight: str, least: float) -> None:
    theme = TABLE["themes"][name]
    assert smallest(sight, [theme[rank] for rank in RANKS[:-1]]) >= least - 0.05


@pytest.mark.parametrize(
    ("name", "sight", "least"),
    [
        ("dark", "normal", 12.7), ("light", "normal", 12.7), ("hc", "normal", 12.7),
        ("dark", "deuteranopia", 7.3), ("light", "deuteranopia", 7.3), ("hc", "deuteranopia", 7.3),
        ("dark", "protanopia", 8.6), ("light", "protanopia", 8.6), ("hc", "protanopia", 4.9),
    ],
)  # fmt: skip
def test_categories_differ_as_far_as_was_measured(name: str, sight: str, least: float) -> None:
    theme = TABLE["themes"][name]
    assert smallest(sight, [theme[family] for family in FAMILIES]) >= least - 0.05


# Sources: WCAG 2.2 (relative luminance); Sharma, Wu, Dalal 2005 (CIEDE2000);
# Machado, Oliveira, Fernandes 2009 (simulation, severity 1.0, on linear light)

SIGHTS = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
Triple = tuple[float, float, float]


def channels(colour: str) -> Triple:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def encoded(light: float) -> float:
    light = min(1.0, max(0.0, light))
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def luminance(colour: str) -> float:
    red, green, blue = map(linear, channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (a * share + b * (1 - share))):02x}" for a, b in pairs)


def smallest(sight: str, colours: list[str]) -> float:
    seen = [laboratory(simulated(colour, sight)) for colour in colours]
    return min(difference(a, b) for a, b in itertools.combinations(seen, 2))


def simulated(colour: str, sight: str) -> Triple:
    light = [linear(share) for share in channels(colour)]
    rows = (sum(m * v for m, v in zip(row, light, strict=True)) for row in SIGHTS[sight])
    return tuple(linear(round(255 * encoded(value)) / 255) for value in rows)  # type: ignore[return-value]


def laboratory(light: Triple) -> Triple:
    red, green, blue = light
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883

    def f(t: float) -> float:
        return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))


def difference(one: Triple, other: Triple) -> float:
    """Return CIEDE2000."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = h2 - h1 if c1 * c2 else 0.0
    turn += 360 if turn < -180 else -360 if turn > 180 else 0
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + h2
    if c1 * c2:
        far = abs(h1 - h2) > 180
        hm = (hm + (360 if hm < 360 else -360)) / 2 if far else hm / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(hm - 30))
        + 0.24 * math.cos(math.radians(2 * hm))
        + 0.32 * math.cos(math.radians(3 * hm + 6))
        - 0.20 * math.cos(math.radians(4 * hm - 63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    spin = 60 * math.exp(-(((hm - 275) / 25) ** 2))
    rt = -2 * math.sqrt(cm**7 / (cm**7 + 25**7)) * math.sin(math.radians(spin))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, dh / sh
    return math.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_of_differences_is_that_of_its_authors(
    one: Triple, other: Triple, wanted: float
) -> None:
    assert difference(one, other) == pytest.approx(wanted, abs=5e-5)
