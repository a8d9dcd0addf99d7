"""The page on the look says what the tokens say: its table is computed anew, its names are real."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from tests.house.sources import ROOT
from tests.house.test_colours import (
    FAMILIES,
    RANKS,
    SIGHTS,
    SURFACES,
    TABLE,
    THEMES,
    contrast,
    mixed,
    smallest,
)

PAGE = (ROOT / "docs" / "design-language.md").read_text(encoding="utf-8")
SAID = {"dark": "dark", "light": "light", "hc": "high contrast"}
Theme = dict[str, str]


def worst(tokens: Iterable[str], grounds: Sequence[str], theme: Theme) -> float:
    return min(contrast(theme[token], theme[ground]) for token in tokens for ground in grounds)


def title(theme: Theme) -> float:
    return min(contrast(theme["text"], header(theme, family)) for family in FAMILIES)


def glyph(theme: Theme) -> float:
    return min(
        contrast(mixed(theme[family], theme["text"], 0.62), header(theme, family))
        for family in FAMILIES
    )


def header(theme: Theme, family: str) -> str:
    return mixed(theme[family], theme["node"], float(theme["mixh"]))


def code(theme: Theme) -> float:
    return worst([token for token in theme if token.startswith("k_")], ["input"], theme)


def least_difference(sight: str, theme: Theme) -> float:
    return smallest(sight, [theme[rank] for rank in RANKS[:-1]])


MESSAGES = ("text", "text2", "text3", "link", "error", "warn", "ok", "info")
ROWS: dict[str, tuple[float, Callable[[Theme], float]]] = {
    **{f"`{t}` on its worst surface": (4.5, partial(worst, [t], SURFACES)) for t in MESSAGES},
    "`on_accent` on `accent`": (4.5, partial(worst, ["on_accent"], ["accent"])),
    "title on the worst header": (4.5, title),
    "glyph on the worst header": (3, glyph),
    "worst colour of code on `input`": (4.5, code),
    "worst wire on `canvas`": (3, partial(worst, RANKS, ["canvas"])),
    "`ring` on `panel` and `window`": (3, partial(worst, ["ring"], ["panel", "window"])),
    "`error_line` and `select` on `canvas`": (
        3,
        partial(worst, ["error_line", "select"], ["canvas"]),
    ),
    **{
        f"least ΔE between ranks, {sight}": (13, partial(least_difference, sight))
        for sight in SIGHTS
    },
}
"""What is computed, and the least that it may be."""


def table() -> str:
    """Return the table of the page, from the tokens as they are."""
    head = f"| What | least | {' | '.join(SAID[name] for name in THEMES)} |"
    lines = [head, "|---|---|" + "---|" * len(THEMES)]
    for words, (least, computed) in ROWS.items():
        values = [f"{computed(TABLE['themes'][name]):.1f}" for name in THEMES]
        lines.append(f"| {words} | {least:g} | {' | '.join(values)} |")
    return "\n".join(lines)


def test_the_table_of_contrasts_is_that_of_the_tokens() -> None:
    assert table() in PAGE, table()


def test_nothing_in_the_table_is_below_its_least() -> None:
    assert set(THEMES) == set(SAID)
    for words, (least, computed) in ROWS.items():
        for name in THEMES:
            assert computed(TABLE["themes"][name]) >= least - 0.05, (words, name)


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:app|assets|graph_editor|tests|docs)/[\w/.-]+)`", PAGE)
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_measures_are_those_of_the_tokens() -> None:
    for group in ("radius", "height"):
        for name, value in TABLE[group].items():
            assert re.search(rf"\b{name.replace('_', ' ')} {value:g}\b", PAGE), (group, name, value)
    for name, (size, line, _) in TABLE["type"].items():
        assert re.search(rf"\b{name.replace('_', ' ')} {size:g}/{line:g}\b", PAGE), name
    assert " ".join(map(str, TABLE["space"])) in PAGE
