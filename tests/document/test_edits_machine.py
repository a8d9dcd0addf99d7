"""Fifty edits in a row, a thousand times: the project holds together after each of them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from random import Random
from statistics import mean

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graph_editor.document import edits
from graph_editor.document.document import Document
from graph_editor.document.edits import EditError
from graph_editor.document.files import dumps, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Project
from tests.document import test_edits_any
from tests.document.test_edits_any import PROJECTS, consistent, some_edit

SEQUENCES, LEAST, STEPS = 1000, 50, 70
"""Some sequences end before their last step; so many steps make fifty in the mean."""
TAKEN: list[int] = []
"""How many changes each sequence made."""
TRIES = 12
"""How often another edit is drawn where one is refused, so that a step changes something."""
SMALL = [
    Project(),
    *(p for p in PROJECTS if sum(len(p.block(k).graph.nodes) for k in edits.keys_of(p)) < 9),
]
"""Where a sequence begins: what is drawn from nothing has grown to fifty nodes by its end."""
SEEDS = st.integers(0, 2**32 - 1)
"""What an edit is drawn by: one number, since to draw all of it by itself takes longer than it."""
READ = frozenset({
    "blocks_below", "instances_of", "keys_of", "held_otherwise", "layout_of", "module_of",
    "positions_of",
    "wire_text", "copy", "in_block", "runs_down", "check_group", "marks_of", "is_off",
})  # fmt: skip
"""What is no edit, but is asked of a project."""
ELSEWHERE = frozenset({
    "add_block", "change_parameter", "delete_block", "delete_code", "describe_block",
    "remove_nodes", "rename_block", "reorder_parameters", "set_block_extra", "set_code",
    "set_extra", "set_extra_field", "set_graph_extra", "set_layout_part", "set_silence",
    "unset_run",
})  # fmt: skip
"""Edits of panels and files, which no gesture makes; they have tests of their own."""


class Edits(RuleBasedStateMachine):
    """Somebody edits a project, goes back and forth, and edits on from there."""

    @initialize(project=st.sampled_from(SMALL))
    def open(self, project: Project) -> None:
        self.document, self.ids = Document(project), IdSource("machine")
        self.first = dumps(project)
        self.checked: Project | None = None

    @rule(seed=SEEDS)
    def edit(self, seed: int) -> None:
        pick = Random(seed).choice
        for _ in range(TRIES):
            before = self.document.project
            key = pick(edits.keys_of(before))
            made = some_edit(pick, before, key, self.ids)
            try:
                self.document.apply(lambda _, made=made: made(), "Edit")
            except EditError:
                assert self.document.project is before
            if self.document.project is not before:
                return

    @rule(seeds=st.tuples(SEEDS, SEEDS, SEEDS))
    def several_at_once(self, seeds: tuple[int, ...]) -> None:
        with self.document.transaction("Several"):
            for seed in seeds:
                self.edit(seed)

    @precondition(lambda self: self.document.can_undo)
    @rule()
    def undo(self) -> None:
        self.document.undo()

    @precondition(lambda self: self.document.can_redo)
    @rule()
    def redo(self) -> None:
        self.document.redo()

    @invariant()
    def it_holds_together_and_its_bytes_come_back(self) -> None:
        if not hasattr(self, "document") or self.checked is self.document.project:
            return
        self.checked = self.document.project
        consistent(self.checked)
        text = dumps(self.checked)
        assert dumps(loads(text).project) == text

    def teardown(self) -> None:
        if not hasattr(self, "document"):
            return
        TAKEN.append(self.document.revision)
        document = self.document
        while document.can_redo:
            document.redo()
        last = dumps(document.project)
        while document.can_undo:
            document.undo()
        assert dumps(document.project) == self.first
        while document.can_redo:
            document.redo()
        assert dumps(document.project) == last


class TestEdits(Edits.TestCase):
    """The same thousand sequences every time."""

    @pytest.fixture(autouse=True)
    def _enough(self) -> Iterator[None]:
        TAKEN.clear()
        yield
        assert len(TAKEN) >= SEQUENCES
        assert mean(TAKEN) >= LEAST

    settings = settings(
        max_examples=SEQUENCES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def test_every_edit_that_a_gesture_makes_is_drawn() -> None:
    tree = ast.parse(inspect.getsource(test_edits_any))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "edits"
    }
    functions = {name for name in edits.__all__ if inspect.isfunction(getattr(edits, name))}
    assert functions - used - READ - ELSEWHERE == set()
