"""The committed code of the gallery is what the generator writes."""

from __future__ import annotations

import pytest

from tests.gallery.gallery import NAMES
from tests.gallery.golden import FOLDER, texts

WAY_OUT = "If the change is meant: python -m tests.gallery.golden, and read the difference."


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_code_is_what_is_written(name: str) -> None:
    committed = {p.name: p.read_text("utf-8") for p in (FOLDER / name).glob("*.py")}
    assert committed == texts(name), WAY_OUT


def test_no_code_is_committed_of_what_is_no_template() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(NAMES)
