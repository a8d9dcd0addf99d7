"""The manual says what the files say, and every file says all that a reader needs."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from graph_editor.checking import diagnosers, lints
from graph_editor.checking.explain import modules_of
from graph_editor.checking.manual import PARTS, manual
from graph_editor.checking.plain_cures import CURES
from graph_editor.checking.plain_pages import PAGES
from tests.checking.plain_faults import FAULTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnostics.md"
MODULES = [*modules_of(diagnosers), *modules_of(lints)]


def test_the_page_in_docs_is_what_the_files_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual()


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_file_is_a_manual_page(module: ModuleType) -> None:
    places = [(module.__doc__ or "").find(f"\n{part}: ") for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)


def test_every_fault_that_the_judge_finds_itself_has_a_page() -> None:
    told = {fault.code for fault in FAULTS} | set(CURES)
    assert told - {module.CODE for module in MODULES} - set(PAGES) == set()
    assert set(PAGES).isdisjoint(module.CODE for module in MODULES)
    assert all(what.endswith(".") and fix.endswith(".") for what, fix in PAGES.values())


def test_ids_are_words_with_hyphens_and_no_two_files_share_one() -> None:
    ids = [module.CODE for module in MODULES]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", i)] == []
