"""One fault that several nodes stumble over, and the one edit that cures them all."""

from __future__ import annotations

from pathlib import Path

from graph_editor.document.files import load
from graph_editor.document.model import Name, Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    conv,
    drawn,
    flat,
    linear,
    net,
    nn,
    op,
    relu,
    saying,
    several,
    two,
)

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
ADAM = op("adam", "optim.AdamW", {"losses[0]": "l1", "losses[1]": "l2"})


def example(name: str) -> Project:
    """Return an example as it is."""
    return load(EXAMPLES / f"{name}.netwright").project


def text_cnn(turn: Layer | None, channels: int) -> Project:
    """Return three convolutions along a text whose words are vectors of 8 numbers."""
    layers = [nn("embed", "Embedding", num_embeddings=50, embedding_dim=8)]
    layers += [turn] if turn is not None else []
    for k in (2, 3, 4):
        at = turn.name if turn is not None else "embed"
        args = {"in_channels": channels, "out_channels": 6, "kernel_size": k}
        layers += [nn(f"c{k}", "Conv1d", at, **args), relu(f"r{k}")]
        layers += [op(f"top{k}", "torch.amax", dim=2)]
    joined = op("cat", "torch.cat", several("top2", "top3", "top4"), dim=1)
    return net(*layers, joined, linear("head", 4), x=(B, 20), tokens=50, classes=4)


def queries(width: int, *wanted: int) -> Project:
    """Return attention by hand, whose three projections say what they take."""
    q, k, v = (linear(n, 8, "embed", in_features=w) for n, w in zip("qkv", wanted, strict=True))
    return net(
        linear("embed", width), q, k, v,
        op("turn", "Tensor.transpose", "k", dim0=1, dim1=2),
        op("scores", "op.matmul", two("q", "turn")), nn("soft", "Softmax", dim=-1),
        op("heads", "op.matmul", two("soft", "v")), op("mean", "torch.mean", dim=1),
        linear("head", 4), x=nets.SERIES, classes=4,
    )  # fmt: skip


def places(scores: str, place: str, wide: int = 4) -> Project:
    """Return a network that tells shapes and their places, given what reaches each loss."""
    source = op("data", "data.shape_places")
    return drawn(
        source, op("x", "io.input", "data.image", shape=(B, 1, 24, 24), dtype=Name("float32")),
        conv("conv", 8), relu("relu"), nn("pool", "AdaptiveAvgPool2d", output_size=4), flat(),
        linear("kind", wide, "flat"), linear("place", 2, "flat"),
        op("o1", "io.output", "kind"), op("o2", "io.output", "place"),
        nn("l1", "CrossEntropyLoss", {"input": scores, "target": "data.label"}),
        nn("l2", "MSELoss", {"input": place, "target": "data.place"}), ADAM,
    )  # fmt: skip


def two_heads(width: int, *wanted: int) -> Project:
    """Return a body with two heads that say how much they take."""
    shapes = {"x": nets.TABLE, "y": (B,), "z": (B, 1)}
    one, other = (
        linear(f"h{at}", out, "relu", in_features=w)
        for at, (w, out) in enumerate(zip(wanted, (4, 1), strict=True), 1)
    )
    return drawn(
        op("data", "data.random", ports=shapes, classes={"y": 4}, samples=40),
        op("x", "io.input", "data.x", shape=nets.TABLE), linear("body", width), relu("relu"),
        one, other, op("o1", "io.output", "h1"), op("o2", "io.output", "h2"),
        nn("l1", "CrossEntropyLoss", {"input": "o1", "target": "data.y"}),
        nn("l2", "MSELoss", {"input": "o2", "target": "data.z"}), ADAM,
    )  # fmt: skip


def shortcut(*branch: Layer) -> Project:
    """Return a branch that is added to what it got."""
    return net(conv("stem", 8), relu("start"), *branch, op("add", "op.add", two(branch[-1].name,
               "start")), nn("pool", "AdaptiveAvgPool2d", output_size=1), flat(),
               linear("head", 4), x=nets.RGB, classes=4)  # fmt: skip


TURN = op("turn", "Tensor.transpose", dim0=1, dim1=2)
CASES = [
    # --- one width for all that read it --------------------------------------------------------
    Broken("words-half-as-wide", "conv-in-channels", "embed", ("8", "16", "“c2”, “c3” and “c4”"),
           "Set embedding_dim of “embed” to 16", text_cnn(TURN, 16)),
    Broken("three-projections-wider", "linear-in-features", "embed", ("12", "16"),
           "Set out_features of “embed” to 16", queries(12, 16, 16, 16)),
    Broken("two-heads-wider", "linear-in-features", "body", ("16", "32", "“h1” and “h2”"),
           "Set out_features of “body” to 32", two_heads(16, 32, 32)),
    # --- through the borders of blocks ---------------------------------------------------------
    Broken("stem-of-a-dense-net", "input-shape", "dense1[0]", ("16 is not 19",),
           "Set out_channels of “stem” to 16",
           saying(example("densenet"), "stem", out_channels=19)),
    Broken("text-turned-by-the-batch", "batch-axis", "turned", ("32×20×B", "“pairs”"),
           "Set dim0 to 1 and dim1 to 2", saying(example("text_cnn"), "turned", dim0=0)),
    # --- wires that were crossed ---------------------------------------------------------------
    Broken("kinds-and-places-crossed", "crossed-losses", "l1", ("B×2", "B×4"),
           "Swap the inputs of “l1” and “l2”", places("o2", "o1"),
           leads=("l1.input", "l2.input")),
    Broken("parity-for-scores", "swapped-target", "loss", ("B int64", "B×2 float32"),
           "Swap input and target",
           drawn(op("data", "data.digits"),
                 op("x", "io.input", "data.image", shape=(B, 1, 8, 8)), flat(),
                 linear("head", 2), op("out", "io.output"),
                 op("odd", "op.mod", "data.label", other=2),
                 nn("loss", "CrossEntropyLoss", {"input": "odd", "target": "out"}),
                 op("adam", "optim.AdamW", {"losses[0]": "loss"}))),
    # --- maps ----------------------------------------------------------------------------------
    Broken("kernel-of-four-in-a-shortcut", "shapes-do-not-broadcast", "add", ("15", "16"),
           "Set kernel_size of “c2” to 3",
           shortcut(nn("c2", "Conv2d", out_channels=8, kernel_size=4, padding=1), relu("r2"))),
    Broken("channels-not-laid-out", "shapes-do-not-broadcast", "add",
           ("B×4×16×16", "B×1×32×32"), "Lay the channels of input out as maps of 32×32",
           drawn(op("data", "data.image_pairs"),
                 op("x", "io.input", "data.small", shape=(B, 1, 16, 16)), conv("conv", 16),
                 relu("relu"), conv("fine", 4),
                 nn("up", "Upsample", "x", scale_factor=2),
                 op("add", "op.add", two("fine", "up")), op("out", "io.output"),
                 nn("loss", "MSELoss", {"input": "out", "target": "data.large"}),
                 op("adam", "optim.AdamW", {"losses[0]": "loss"}))),
    Broken("three-masks-by-yes-and-no", "target-does-not-fit", "loss", ("B×1×32×32", "B×32×32"),
           "Use CrossEntropyLoss instead, and set out_channels of “each” to 3",
           drawn(op("data", "data.shape_masks"),
                 op("x", "io.input", "data.image", shape=(B, 1, 32, 32)), conv("conv", 8),
                 relu("relu"), conv("each", 1, 1), op("out", "io.output"),
                 nn("loss", "BCEWithLogitsLoss", {"input": "out", "target": "data.mask"}),
                 op("adam", "optim.AdamW", {"losses[0]": "loss"})), changes=("loss",)),
]  # fmt: skip
