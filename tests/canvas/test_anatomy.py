"""How nodes are built: sizes on the grid, and ports where the design has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from graph_editor.canvas.anatomy import (
    GRID,
    HEADER,
    LINE_Y,
    MAX_WIDTH,
    MIN_WIDTH,
    PORT_ROW,
    ROW,
    WIDTH_STEP,
    Anatomy,
    Shape,
    anatomy_of,
    fitted,
    text_width,
    title_of,
)
from graph_editor.canvas.sides import Use
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import (
    NOTHING,
    Arg,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Repeat,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SPECS = catalogue()
pytestmark = pytest.mark.usefixtures("qapp")


def build(
    spec: str,
    wired: Iterable[str] = (),
    read: Iterable[str] = (),
    *,
    node: Node | None = None,
    planned: bool = False,
    in_main: bool = False,
    inferred: Mapping[str, Arg] = NOTHING,
    **args: Arg,
) -> Anatomy:
    used = node or Node(spec, args=FrozenMap(args))
    ports = tuple(PortPath(port) for port in wired)
    known = SPECS.get(spec)
    return anatomy_of(
        Use(NodeId("n"), used, known, ports, tuple(read), planned, inferred, frozenset(), in_main)
    )


@pytest.mark.parametrize("spec", SPECS.specs.values(), ids=lambda spec: spec.name)
def test_every_node_is_on_the_grid_and_holds_its_ports(spec: object) -> None:
    made = build(spec.name)  # type: ignore[attr-defined]
    assert made.width % GRID == 0
    assert made.height % GRID == 0
    if made.shape is Shape.CARD:
        assert MIN_WIDTH <= made.width <= MAX_WIDTH
        assert made.width % WIDTH_STEP == 0
    for place in (*made.inputs.values(), *made.outputs.values()):
        edges = {"left": place.x == 0, "right": place.x == made.width}
        edges |= {"top": place.y == 0, "bottom": place.y == made.height}
        assert edges[place.side], place
        assert 0 <= place.x <= made.width
        assert 0 <= place.y <= made.height
    places = [(p.x, p.y) for p in (*made.inputs.values(), *made.outputs.values())]
    assert len(places) == len(set(places)), "two ports are on one spot"


@pytest.mark.parametrize("spec", ["nn.Conv2d", "nn.ReLU", "Tensor.flatten", "nn.BatchNorm2d"])
def test_simple_nodes_are_48_high_with_ports_on_the_parameter_row(spec: str) -> None:
    made = build(spec)
    assert made.height == HEADER + ROW == 48
    assert [p.y for p in made.inputs.values()] == [LINE_Y]
    assert [p.y for p in made.outputs.values()] == [LINE_Y]
    assert not any(p.label for p in (*made.inputs.values(), *made.outputs.values()))


def test_several_ports_have_rows_and_names() -> None:
    made = build("op.add")
    first, second = made.inputs[PortPath("input")], made.inputs[PortPath("other")]
    assert (first.label, second.label) == ("input", "other")
    assert second.y - first.y == PORT_ROW
    assert made.outputs["output"].y == first.y
    assert made.outputs["output"].label == ""


def test_optional_inputs_wait_at_the_foot_until_they_are_wired() -> None:
    free = build("nn.LSTM")
    assert free.inputs[PortPath("hx[0]")].quiet
    assert free.inputs[PortPath("hx[0]")].side == "bottom"
    wired = build("nn.LSTM", wired=["input", "hx[0]", "hx[1]"])
    assert not wired.inputs[PortPath("hx[0]")].quiet
    assert wired.inputs[PortPath("hx[0]")].side == "left"


def test_a_list_of_inputs_grows_by_one() -> None:
    made = build("torch.cat", wired=["tensors[0]", "tensors[1]"])
    assert list(made.inputs) == ["tensors[0]", "tensors[1]", "tensors[2]"]
    assert made.inputs[PortPath("tensors[2]")].label == "add…"


def test_the_training_plan_runs_down() -> None:
    optimizer = build("optim.AdamW", wired=["losses[0]"], read=["optimizer"])
    assert optimizer.inputs[PortPath("losses[0]")].side == "top"
    assert optimizer.inputs[PortPath("losses[0]")].x == optimizer.width / 2
    assert optimizer.outputs["optimizer"].side == "bottom"
    assert optimizer.inputs[PortPath("losses[1]")].quiet
    assert build("nn.MSELoss").outputs["output"].side == "bottom"
    assert build("nn.MSELoss", read=["output"], planned=True).outputs["output"].side == "bottom"
    assert build("nn.MSELoss", read=["output"]).outputs["output"].side == "right"


def test_the_main_graphs_border_is_a_small_mark() -> None:
    node = Node("io.input", name="image")
    assert build("io.input", node=node, in_main=True).shape is Shape.MARK
    assert build("io.input", node=node, in_main=True).height == 24
    inside = build("io.input", node=node)
    assert inside.shape is Shape.CARD
    assert inside.title == "image"


def test_detach_is_a_cut_of_its_wire() -> None:
    assert build("Tensor.detach").shape is Shape.CUT


def test_titles_are_names_else_what_torch_says() -> None:
    assert title_of(Node("nn.Conv2d"), SPECS.get("nn.Conv2d")) == "Conv2d"
    assert title_of(Node("Tensor.flatten"), SPECS.get("Tensor.flatten")) == "flatten"
    assert title_of(Node("data.digits"), SPECS.get("data.digits")) == "Digits"
    assert title_of(Node("nn.Conv2d", name="stem"), SPECS.get("nn.Conv2d")) == "stem"
    assert title_of(Node("nn.Frobnicate"), None) == "Frobnicate"


def test_a_renamed_layer_still_says_what_it_is() -> None:
    assert build("nn.Linear", node=Node("nn.Linear", name="head")).kind_word == "Linear"
    assert build("nn.Linear", node=Node("nn.Linear", name="linear")).kind_word == ""
    assert build("optim.AdamW", node=Node("optim.AdamW", name="main")).kind_word == ""


def test_repeats_say_how_often() -> None:
    assert build("nn.Linear", node=Node("nn.Linear", repeat=Repeat(6))).copies == "×6"
    depth = Repeat(Expr("depth"))
    assert build("nn.Linear", node=Node("nn.Linear", repeat=depth)).copies == "×depth"


def test_pictures_of_data_have_room_before_they_come() -> None:
    assert build("data.digits").picture_y > 0
    assert build("data.wine").picture_y == 0


def test_an_unknown_node_keeps_the_ports_that_wires_have() -> None:
    node = Node("nn.Frobnicate")
    used = (PortPath("left"), PortPath("right"))
    made = anatomy_of(
        Use(NodeId("n"), node, None, used, ("out",), False, NOTHING, frozenset(), False)
    )
    assert list(made.inputs) == ["left", "right"]
    assert made.place(OutPort(NodeId("n"), "out")) is not None
    assert made.place(OutPort(NodeId("n"), "none")) is None


def test_an_inferred_value_leaves_the_width(qapp: QApplication) -> None:
    first = build("nn.Linear", out_features=10)
    known = build("nn.Linear", out_features=10, inferred=FrozenMap({"in_features": 512}))
    assert first.width == known.width


def test_texts_are_cut_to_their_room() -> None:
    text = "a very long name that nobody would give to a layer"
    for room in (20.0, 60.0, 200.0):
        short = fitted(text, "node_title", room)
        assert text_width(short, "node_title") <= room
        assert short.endswith("…")
    assert fitted("ReLU", "node_title", 200) == "ReLU"
