"""The manual names the optimizers that there are, and the one that PyTorch alone has."""

from __future__ import annotations

from pathlib import Path

from graph_editor.catalogue.load import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "manual" / "drawing.md"


def section(title: str) -> str:
    """Return what stands under a head of the page."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2]
    return text.partition("\n## ")[0]


def test_all_optimizers_are_listed_and_what_is_left_out_is_explained() -> None:
    listed, _, rest = section("Optimizers").partition("There are ")[2].partition("; each")
    known = {s.name.removeprefix("optim.") for s in catalogue().specs.values() if s.kind == "optim"}
    assert {word for word in listed.split("`") if word.isalnum() and word[0].isupper()} == known
    assert "LBFGS" not in known
    assert all(word in rest for word in ("`LBFGS`", "`AdamW`", "export", "`closure`"))
