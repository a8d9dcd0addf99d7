"""Whatever was done to a text, it is taken into the drawing, or its problems are named."""

from __future__ import annotations

import random

import pytest

from codegen.reading.merge import merge
from codegen.reading.scripts import merge_script
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import dumps, loads
from tests.codegen.reading.test_not_understood import PARTS
from tests.codegen.reading.texts import SPECS
from tests.codegen.test_every_project import judged, written

NAMES = ("digits_residual (example)", "freeze", "repeat", "several_outputs", "when")


def damaged(text: str, chance: random.Random) -> str:
    """Return a text in which lines and signs were moved, doubled, dropped or put in."""
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randint(0, 2)):
        place = chance.randrange(len(lines))
        lines.insert(chance.randrange(len(lines)), chance.choice((lines[place], lines.pop(place))))
    text = "".join(lines)
    for _ in range(chance.randint(0, 2)):
        place, size = chance.randrange(len(text)), chance.randint(0, 8)
        text = text[:place] + chance.choice(PARTS) + text[place + size :]
    return text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_a_damaged_model_changes_the_drawing_or_nothing(name: str, count: int) -> None:
    project, _ = judged(name)
    text = written(name).files["model.py"].text
    chance = random.Random(name)
    for _ in range(count):
        merged = merge(project, SPECS, text, damaged(text, chance))
        if merged.problems:
            assert merged.project is project
            assert all(p.line >= 1 and p.words for p in merged.problems)
        else:
            assert loads(dumps(merged.project)).project == merged.project


@pytest.mark.slow
@pytest.mark.parametrize("file", ["train.py", "data.py"])
def test_a_damaged_script_changes_the_drawing_or_nothing(file: str) -> None:
    name = "digits_residual (example)"
    project, verdict = judged(name)
    text = written(name).files[file].text
    chance = random.Random(file)
    for _ in range(150):
        merged = merge_script(project, specs_of(project), verdict, file, damaged(text, chance))
        assert not merged.problems or merged.project is project
