"""The page on formats says what the files are."""

import json
import re
from pathlib import Path

from graph_editor.document.file_write import TOP_FIELDS
from graph_editor.document.files import apply_change, dumps, loads
from graph_editor.document.model import Project

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def _section() -> str:
    text = PAGE.read_text(encoding="utf-8").partition("\n## Project file\n")[2]
    return text.partition("\n## ")[0]


def _examples() -> list[str]:
    return re.findall(r"```json\n(.*?)```", _section(), re.DOTALL)


def test_the_example_is_canonical() -> None:
    example = _examples()[0]
    assert dumps(loads(example).project) == example


def test_the_example_of_a_change_applies() -> None:
    base = loads(_examples()[0]).project
    after = apply_change(base, json.loads(_examples()[1]))
    assert after.main.graph.nodes["act"].spec == "nn.GELU"  # type: ignore[index]
    assert after.main.name == ""
    assert after != Project()


def test_every_part_is_named() -> None:
    for name in TOP_FIELDS:
        assert f"`{name}`" in _section() or f'"{name}"' in _section()
