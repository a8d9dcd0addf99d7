"""The pictures of README and the manual are there, come from one command, and all are shown."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
DRAWN = {"digits_cnn_loss.svg"}
"""What the training script draws itself."""


def shown() -> dict[Path, str]:
    """Return the files that the documents show, with the words for who cannot see them."""
    found: dict[Path, str] = {}
    for page in (ROOT / "README.md", *DOCS.rglob("*.md")):
        for words, link in PICTURE.findall(page.read_text("utf-8")):
            found[(page.parent / link).resolve()] = words
    return found


def test_every_picture_is_there_is_described_and_is_shown() -> None:
    pictures = shown()
    assert set(pictures) == {each for each in (DOCS / "images").rglob("*") if each.is_file()}
    assert all(len(words.split()) > 3 for words in pictures.values())


def test_every_picture_comes_from_the_one_command() -> None:
    scenes = (ROOT / "app" / "window" / "docs_scenes.py").read_text("utf-8")
    taken = set(re.findall(r'_take\(scenes, "(\w+)"|"manual/(\w+)"', scenes))
    manual = {f"manual/{a or b}.png" for a, b in taken}
    readme = {f"{name}.png" for name in re.findall(r'"\w+": "(\w+)"', scenes)}
    images = DOCS / "images"
    files = {each.relative_to(images).as_posix() for each in images.rglob("*") if each.is_file()}
    assert files == manual | readme | DRAWN


def test_pictures_of_the_manual_are_small() -> None:
    for each in (DOCS / "images" / "manual").glob("*.png"):
        assert each.stat().st_size < 160_000, each.name
