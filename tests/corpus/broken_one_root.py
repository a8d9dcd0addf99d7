"""Broken graphs in which several nodes are refused, and one other node is the reason of all."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, NodeId, Project, Slice, Weights
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    conv,
    drawn,
    lacking,
    linear,
    net,
    nn,
    op,
    relu,
    several,
    two,
    wired,
)

ADAM = op("adam", "optim.Adam", {"losses[0]": "lb", "losses[1]": "lo", "losses[2]": "lc"})
ALL = Name("...")
RGB = (B, 3, 32, 32)


def detector(
    order: tuple[int, ...] = (0, 1, 3, 4, 2), anchors: int = 2, places: int = 4
) -> Project:
    """Return boxes, objects and classes cut out of one map, each with a loss of its own."""
    cells = (B, 2, places, places)
    targets: dict[str, Any] = {"box": (*cells, 4), "ob": cells, "c": cells}
    return drawn(
        op("data", "data.random", ports={"x": RGB, **targets}, classes={"c": 3, "ob": 2},
           samples=40),
        op("x", "io.input", "data.x", shape=RGB),
        conv("c1", 8, stride=2), relu("r1"), conv("c2", 16, stride=2), relu("r2"),
        conv("c3", 16, stride=2), relu("r3"), conv("head", anchors * 8, 1),
        op("view", "Tensor.view", args=(B, anchors, 8, 4, 4)),
        op("turn", "Tensor.permute", args=order),
        op("xy", "op.getitem", index=(ALL, Slice(0, 2))), op("middle", "torch.sigmoid"),
        op("wh", "op.getitem", "turn", index=(ALL, Slice(2, 4))), op("sides", "torch.exp"),
        op("box", "torch.cat", several("middle", "sides"), dim=-1), op("o1", "io.output"),
        op("there", "op.getitem", "turn", index=(ALL, 4)), op("o2", "io.output"),
        op("kind", "op.getitem", "turn", index=(ALL, Slice(5, None))),
        op("second", "Tensor.permute", args=(0, 4, 1, 2, 3)), op("o3", "io.output"),
        nn("lb", "MSELoss", {"input": "o1", "target": "data.box"}),
        op("yes", "Tensor.float", "data.ob"),
        nn("lo", "BCEWithLogitsLoss", {"input": "o2", "target": "yes"}),
        nn("lc", "CrossEntropyLoss", {"input": "o3", "target": "data.c"}), ADAM,
    )  # fmt: skip


def halves(one: tuple[Any, ...], other: tuple[Any, ...], width: int = 8) -> Project:
    """Return two halves of one layer, given what each is compared with."""
    return drawn(
        op("data", "data.random", ports={"x": nets.TABLE, "y": one, "z": other}, samples=40),
        op("x", "io.input", "data.x", shape=nets.TABLE), linear("body", 16), relu("relu"),
        linear("both", width), op("cut", "torch.chunk", chunks=2, dim=-1),
        op("o1", "io.output", "cut.chunks[0]"), op("o2", "io.output", "cut.chunks[1]"),
        nn("l1", "MSELoss", {"input": "o1", "target": "data.y"}),
        nn("l2", "MSELoss", {"input": "o2", "target": "data.z"}),
        op("adam", "optim.Adam", {"losses[0]": "l1", "losses[1]": "l2"}),
    )  # fmt: skip


def triplet(**led: str) -> Project:
    """Return one tower for three rows, with wires led anew as ``led`` says."""

    def call(row: str) -> list[Layer]:
        first, second = (Weights(same_as=NodeId(name)) for name in ("a1", "a2"))
        return [
            Layer(f"{row}1", "nn.Linear", {}, f"data.{row}", {"weights": first}), relu(f"{row}r"),
            Layer(f"{row}2", "nn.Linear", {}, f"{row}r", {"weights": second}),
        ]  # fmt: skip

    made = drawn(
        op("data", "data.random", ports=dict.fromkeys("apn", nets.TABLE), samples=40),
        op("x", "io.input", "data.a", shape=nets.TABLE),
        linear("a1", 16), relu("ar"), linear("a2", 8), op("out", "io.output"),
        *call("p"), *call("n"),
        nn("loss", "TripletMarginLoss", {"anchor": "out", "positive": "p2", "negative": "n2"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}),
    )  # fmt: skip
    return wired(made, **led)


def messages(places: int, *, added: bool = True) -> Project:
    """Return what nodes of a graph send each other, given for how many there is a place."""
    wide = [
        op("u", "Tensor.unsqueeze", "data.to", dim=-1),
        op("to", "Tensor.expand", args=(-1, -1, 8)),
    ]
    kept = [op("add", "op.add", two("sum", "own"))] if added else []
    return drawn(
        op("data", "data.random", ports={"x": (B, 9, 6), "to": (B, 9), "y": (B,)},
           classes={"to": 9, "y": 3}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 9, 6)), linear("own", 8), *wide,
        op("none", "torch.zeros", {}, size=(B, places, 8)),
        op("sum", "torch.scatter", {"input": "none", "index": "to", "src": "own"}, dim=1), *kept,
        op("mean", "torch.mean", dim=1), linear("head", 3), op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}),
    )  # fmt: skip


def deep_and_wide(loss: str = "BCEWithLogitsLoss", **last: Any) -> Project:
    """Return a score that is a sum over features and one of a layer, given the end of both."""
    ends = [op("flat", "Tensor.squeeze", "add", dim=1)] if loss.startswith("BCE") else []
    return net(
        linear("wide", 8, "x"), op("square", "op.pow", other=2),
        op("sum", "torch.sum", **{"dim": 1, **last}), op("half", "op.mul", other=0.5),
        linear("deep", 16, "x"), relu("relu"), linear("one", 1),
        op("add", "op.add", two("half", "one")), *ends,
        x=nets.TABLE, y=(B,) if ends else (B, 1), loss=loss,
    )  # fmt: skip


def queries(count: int, kinds: int = 7, boxes: int = 7) -> Project:
    """Return a decoder of learned queries, given how many there are of these and of targets."""
    sizes = {"d_model": 16, "nhead": 2, "dim_feedforward": 32, "batch_first": True}
    return drawn(
        op("data", "data.random", ports={"x": (B, 20, 6), "kind": (B, kinds), "box": (B, boxes, 4)},
           classes={"kind": 5}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 20, 6)), linear("seen", 16),
        op("ask", "param.tensor", shape=(1, count, 16), init="normal"),
        op("each", "Tensor.expand", "ask", args=(B, -1, -1)),
        nn("read", "TransformerDecoderLayer", {"tgt": "each", "memory": "seen"}, **sizes),
        linear("score", 5, "read"), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        op("o1", "io.output"),
        linear("corner", 4, "read"), nn("unit", "Sigmoid"), op("o2", "io.output"),
        nn("l1", "CrossEntropyLoss", {"input": "o1", "target": "data.kind"}),
        nn("l2", "L1Loss", {"input": "o2", "target": "data.box"}),
        op("adam", "optim.Adam", {"losses[0]": "l1", "losses[1]": "l2"}),
    )  # fmt: skip


CASES = [
    # --- parts of one map ----------------------------------------------------------------------
    Broken("detector-with-samples-second", "target-does-not-fit", "turn",
           ("2×B×4×4×8", "“lb” gets 2×B×4×4×4 for B×2×4×4×4", "“lo”", "“lc”"),
           "Set args to (0, 1, 3, 4, 2)", detector((1, 0, 3, 4, 2))),
    Broken("detector-with-parts-in-the-middle", "target-does-not-fit", "turn",
           ("“there” takes of B×2×4×8×4", "“lb”", "“lc”"), "Set args to (0, 1, 3, 4, 2)",
           detector((0, 1, 4, 2, 3))),
    Broken("detector-with-anchors-last", "target-does-not-fit", "turn", ("B×4×4×2×8", "B×2×4×4"),
           "Set args to (0, 1, 3, 4, 2)", detector((0, 3, 4, 1, 2))),
    Broken("detector-without-a-turn", "target-does-not-fit", "view", ("B×2×8×4×4", "“there”"),
           "Insert permute(0, 1, 3, 4, 2) behind “view”", lacking(detector(), "turn")),
    Broken("detector-of-three-anchors", "target-does-not-fit", "view",
           ("B×3×8×4×4", "“turn” makes B×3×4×4×8", "B×3×4×4 for B×2×4×4"),
           "Set out_channels of “head” to 16, and args of “view” to (B, 2, 8, 4, 4)",
           detector(anchors=3)),
    Broken("detector-of-a-coarse-map", "target-does-not-fit", "view",
           ("B×2×8×4×4", "B×2×4×4 for B×2×8×8"), "", detector(places=8)),
    Broken("halves-of-five", "target-does-not-fit", "both", ("B×8", "“l1” gets B×4 for B×5"),
           "Set out_features of “both” to 10", halves((B, 5), (B, 5))),
    Broken("halves-of-five-and-six", "target-does-not-fit", "both", ("B×8", "B×4 for B×6"), "",
           halves((B, 5), (B, 6))),
    # --- calls of one layer --------------------------------------------------------------------
    Broken("anchor-past-its-layer", "linear-in-features", "a2",
           ("what it gets, B×13", "“p2” and “n2”", "B×16"), "Lead “ar” to “a2”",
           triplet(a2__input="x"), leads=("a2.input",), beside=("reaches-no-loss",)),
    # --- what is made too small ----------------------------------------------------------------
    Broken("messages-for-a-node-less", "made-size", "none", ("B×8×8", "B×9×8", "“add”"),
           "Set size of “none” to (B, 9, 8)", messages(8)),
    Broken("messages-to-a-node-that-is-none", "index-past-the-end", "sum", ("0 to 7", "0 to 8"),
           "Set size of “none” to (B, 9, 8)", messages(8, added=False)),
    Broken("queries-for-more-than-there-are", "made-size", "ask",
           ("1×8×16", "“l1” gets B×5×8 for B×7", "“l2” gets B×8×4 for B×7×4"),
           "Set shape of “ask” to (1, 7, 16)", queries(8)),
    # --- each sample with each -----------------------------------------------------------------
    Broken("wide-part-without-its-axis", "column-meets-row", "add",
           ("B×1 as other and B as input", "B×B", "its target is B"),
           "Set keepdim of “sum” to True", deep_and_wide(), beside=("batch-dependence",)),
    Broken("deep-part-beside-a-row", "column-meets-row", "add", ("B×1 as other", "target is B."),
           "Drop axis 1 of other", lacking(deep_and_wide(), "flat")),
]  # fmt: skip
