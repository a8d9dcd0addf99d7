"""Layers that take the samples for steps, and copies that follow what is made otherwise."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Address, Project, Weights
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import drawn, having, linear, net, nn, op, saying, several, two

WORDS = nn("table", "Embedding", num_embeddings=40, embedding_dim=16)
ENDS = (op("mean", "torch.mean", dim=1), linear("fc", 3))


def masked(spec: str, *ports: str, **args: Any) -> Project:
    """Return an attention over words in which each sees only those before it."""
    fed = dict.fromkeys(ports, "table")
    mask = "attn_mask" if spec == "MultiheadAttention" else "src_mask"
    seen: dict[str, Any] = {**fed, mask: "later"}
    layers = (
        WORDS, op("ones", "torch.ones", {}, size=(12, 12)), op("upper", "torch.triu", diagonal=1),
        op("later", "Tensor.bool"), nn("mix", spec, seen, **args),
    )  # fmt: skip
    attended = "mix.attn_output" if spec == "MultiheadAttention" else "mix.output"
    ends = (op("mean", "torch.mean", attended, dim=1), linear("fc", 3))
    return net(*layers, *ends, x=(B, 12), tokens=40, classes=3)


def answering() -> Project:
    """Return a recurrence that begins with what another one has read."""
    return net(
        nn("table", "Embedding", num_embeddings=40, embedding_dim=16),
        nn("reads", "GRU", "table", hidden_size=8),
        nn("says", "GRU", {"input": "table", "hx": "reads.h_n"}, hidden_size=8, batch_first=True),
        op("mean", "torch.mean", "says.output", dim=1), linear("fc", 3),
        x=(B, 12), tokens=40, classes=3,
    )  # fmt: skip


def taught(**args: Any) -> Project:
    """Return a network beside a slow copy of its first layer."""
    made = net(
        linear("quick", 8, "x"), linear("slow", 8, "x"),
        op("still", "Tensor.detach", "slow"),
        op("both", "torch.cat", several("quick", "still"), dim=1), nn("act", "ReLU"),
        linear("fc", 3), x=nets.TABLE, classes=3,
    )  # fmt: skip
    follows = Weights(follows=Address("quick"), decay=0.99)
    return having(saying(made, "slow", **args) if args else made, "slow", weights=follows)


def told_twice() -> Project:
    """Return a recurrence with two heads, of classes and of numbers, that get every step."""
    return drawn(
        op("data", "data.random", {}, ports={"x": nets.SERIES, "y": (B,), "z": (B, 2)},
           classes={"y": 4}),
        op("x", "io.input", "data.x", shape=nets.SERIES),
        nn("rnn", "GRU", hidden_size=8, batch_first=True),
        linear("kind", 4, "rnn.output"), op("out", "io.output"),
        linear("place", 2, "rnn.output"), op("where", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        nn("apart", "MSELoss", {"input": "where", "target": "data.z"}),
        op("both", "op.add", two("loss", "apart")),
        op("adam", "optim.AdamW", {"losses[0]": "both"}),
    )  # fmt: skip


ENCODER: dict[str, Any] = {"d_model": 16, "nhead": 4, "dim_feedforward": 32}
CASES = [
    Broken("causal-over-the-samples", "batch-for-steps", "mix", ("B×12×16", "12×12", "src_mask"),
           "Set batch_first to True", masked("TransformerEncoderLayer", "src", **ENCODER)),
    Broken("queries-of-other-samples", "batch-for-steps", "mix", ("B×12×16", "attn_mask"),
           "Set batch_first to True",
           masked("MultiheadAttention", "query", "key", "value", embed_dim=16, num_heads=4)),
    Broken("read-across-the-samples", "batch-for-steps", "reads", ("GRU “says”", "1×12×8"),
           "Set batch_first to True", answering()),
    Broken("two-heads-of-all-steps", "steps-left", "kind", ("all 7 steps", "B×7×4"),
           "Take the last step before “kind” and “place”", told_twice()),
    Broken("teacher-of-another-width", "unlike-follower", "slow", ("7", "“quick”", "8"),
           "Set out_features to 8", taught(out_features=7), by_torch=False),
]  # fmt: skip
