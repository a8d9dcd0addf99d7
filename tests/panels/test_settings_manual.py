"""The generated pages of the manual say what their tables say; all links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.commands.manual import manual as keyboard_page
from app.commands.registry import ALL
from app.settings.manual import manual as settings_page
from app.settings.table import TABLE

MANUAL = Path(__file__).parents[2] / "docs" / "manual"
PAGES = sorted(MANUAL.glob("*.md"))


def test_the_page_of_settings_is_that_of_the_table() -> None:
    text = (MANUAL / "settings.md").read_text("utf-8")
    assert text == settings_page()
    assert all(f"(`{setting.key}`). {setting.doc}" in text for setting in TABLE)


def test_the_page_of_keys_is_that_of_the_commands() -> None:
    text = (MANUAL / "keyboard.md").read_text("utf-8")
    assert text == keyboard_page()
    assert all(f"| {command.title} |" in text for command in ALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (MANUAL / link).exists()] == []


def test_every_page_is_reached_from_the_first() -> None:
    text = (MANUAL / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES if f"({page.name})" not in text] == ["README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_keys_in_the_text_are_those_of_commands(page: Path) -> None:
    known = {key.strip() for command in ALL for key in command.shortcut.split(";")}
    canvas = set(re.findall(r"`([^`]+)`", (MANUAL.parent / "gestures.md").read_text("utf-8")))
    said = re.findall(r"\b(?:Ctrl|Alt|Shift)\+[\w,.+]*\w|\bF\d\b", page.read_text("utf-8"))
    in_texts = {"Shift+Tab", "Ctrl+Tab", "Ctrl+Enter"}
    assert [key for key in said if key not in known | canvas | in_texts] == []
