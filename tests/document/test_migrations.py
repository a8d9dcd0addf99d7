"""Older files are brought up to date by one pure function per version."""

import copy

import pytest

from graph_editor.document import files, migrations
from graph_editor.document.file_write import FORMAT_VERSION
from graph_editor.document.migrations import STEPS, Tree, migrate


def _rename_title(tree: Tree) -> Tree:
    return {("name" if key == "title" else key): value for key, value in tree.items()}


def _add_unit(tree: Tree) -> Tree:
    return {**tree, "unit": "px"}


def test_steps_are_taken_in_turn_from_the_files_version() -> None:
    steps = {1: _rename_title, 2: _add_unit}
    old = {"format_version": 1, "title": "a"}
    kept = copy.deepcopy(old)
    assert migrate(old, 1, steps) == {"format_version": 3, "name": "a", "unit": "px"}
    assert migrate({"format_version": 2}, 2, steps) == {"format_version": 3, "unit": "px"}
    assert migrate({"format_version": 3}, 3, steps) == {"format_version": 3}
    assert old == kept


def test_there_is_a_step_from_every_older_version() -> None:
    assert set(STEPS) == set(range(1, FORMAT_VERSION))


def test_the_loader_takes_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(tree: Tree) -> Tree:
        return {**tree, "main": {**tree["main"], "name": tree["main"]["title"]}}

    monkeypatch.setattr(migrations, "STEPS", {1: step})
    monkeypatch.setattr(files, "FORMAT_VERSION", 2)
    text = '{"format": "netwright", "format_version": 1, "min_reader": 1, "main": {"title": "a"}}'
    assert files.loads(text).project.main.name == "a"
