"""A fix of what is inside a block is marked on the block's card, wherever that stands."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from app.window.workplace import Workplace
from graph_editor.canvas.preview import Edited
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project
from tests.panels.judged import example
from tests.window.inhabited import Inhabited
from tests.window.test_preview import LEFT, enter, is_shown, leave, preview

BN2 = NodeId("bn2")
USES = [NodeId(f"block{k}") for k in (1, 2, 3)]
LINE = "bn2: num_features 7 → auto"


def with_fault(project: Project, value: int = 7) -> Project:
    return in_block(project, "residual", lambda g: set_argument(g, BN2, "num_features", value))


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand(with_fault(example("digits_residual")), 1920, 1080))
    house.rest()
    return made


def test_all_cards_of_the_block_are_marked_and_one_says_what(place: Workplace) -> None:
    button = place.strip._fix  # it has no other way to be had
    enter(button)
    assert is_shown(place)
    shown = preview(place)
    assert shown.ghosts is not None
    assert shown.ghosts.changed == [place.canvas.world.nodes[use].rect() for use in USES]
    assert [tag.lines for tag in shown.tags] == [(LINE,)]
    plain = place.canvas.grab().toImage()
    leave(button)
    assert place.canvas.grab().toImage() != plain
    assert not is_shown(place)
    QTest.mouseClick(button, LEFT)
    assert not place.session.problems()


def test_inside_the_block_the_node_itself_is_marked(place: Workplace) -> None:
    place.session.show_graph("residual", "block1")
    enter(place.strip._fix)  # as above
    sketch = preview(place).sketch
    assert sketch is not None
    assert list(sketch.changed) == [BN2]
    assert not sketch.inside
    leave(place.strip._fix)  # as above


def test_a_block_in_a_block_marks_the_outer_one(house: Inhabited) -> None:
    """What the shown graph does not hold is told in words, as before."""
    inner = example("digits_residual").block("residual")
    outer = Block(name="Stage", graph=Graph(FrozenMap({NodeId("one"): Node("block.residual")})))
    used = Graph(FrozenMap({NodeId("stage"): Node("block.stage"), NodeId("act"): Node("nn.ReLU")}))
    before = Project(main=Block(graph=used)).with_block("residual", inner)
    before = before.with_block("stage", outer).with_block("other", inner)
    place = house.judged(house.stand(before))
    after = with_fault(before, 16)
    also = in_block(after, "other", lambda g: set_argument(g, BN2, "num_features", 8))
    preview(place).show(Edited("Two edits", also))
    sketch = preview(place).sketch
    assert sketch is not None
    assert dict(sketch.inside) == {NodeId("stage"): ("bn2: num_features auto → 16",)}
    assert sketch.elsewhere == ("num_features auto → 8 of bn2 in block Residual block",)
    preview(place).end()
