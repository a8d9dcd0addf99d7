"""Every message that the judge can give is in one file, as it is rendered now."""

from __future__ import annotations

import re
from pathlib import Path

from graph_editor.checking import diagnosers, lints
from graph_editor.checking.explain import modules_of
from tests.checking.book import PAGE, book

ENGINE = Path(__file__).parents[2] / "app" / "engine"
UNREACHED = {
    "custom-code",  # there is no code node in these drawings
    "too-long",  # takes as long as its name says
    "torch",  # torch's own words, which a diagnoser or the generic rule renders
}


def test_the_page_is_what_is_said_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == book(), (
        "write it anew: python -m tests.checking.book > tests/checking/messages.md"
    )


def test_every_code_has_a_heading() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ENGINE.glob("*.py"))
    codes = set(re.findall(r'Trouble\(\s*"([a-z-]+)"', sources)) - UNREACHED
    codes |= {module.CODE for room in (diagnosers, lints) for module in modules_of(room)}
    page = PAGE.read_text(encoding="utf-8")
    assert codes - set(re.findall(r"^## (.+)$", page, re.MULTILINE)) == set()
