"""How far numbers go that weights have made, on the way to a loss that takes probabilities."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.engine.judge import Judge
from graph_editor.document.model import Hole, Slice
from tests.corpus.real import stops
from tests.corpus.valid_sheet import Sheet, Wire

CODE = "logits-into-probability-loss"
FIRST = (Slice(), 0)
EACH = ("bi,bi->b", Hole(), Hole())
"""What makes a product of each two rows."""


def scores(s: Sheet, count: int = 1) -> Wire:
    """Return so many scores of a small network."""
    hidden = s.put("nn.ReLU", s.put("nn.Linear", s.input(8), out_features=16))
    return s.put("nn.Linear", hidden, out_features=count)


def sigmoid(s: Sheet, count: int = 1) -> Wire:
    """Return the same as numbers between 0 and 1."""
    return s.put("nn.Sigmoid", scores(s, count))


def image(s: Sheet) -> Wire:
    """Return a map of scores."""
    return s.put("nn.Conv2d", s.input(1, 8, 8), out_channels=1, kernel_size=1)


def table(s: Sheet) -> Wire:
    """Return rows of an embedding."""
    return s.put("nn.Embedding", s.input(classes=30), num_embeddings=30, embedding_dim=4)


def cosine(s: Sheet) -> Wire:
    """Return how alike two rows are."""
    return s.put("nn.CosineSimilarity", scores(s, 4), scores(s, 4))


def straight_through(s: Sheet) -> Wire:
    """Return hard decisions with the gradients of soft ones."""
    raw = scores(s)
    hard = s.put("torch.round", s.put("nn.Sigmoid", raw))
    return s.put("op.add", raw, s.put("Tensor.detach", s.put("op.sub", hard, raw)))


def blended(s: Sheet) -> Wire:
    """Return the same by what is taken off: nothing here has no ends."""
    soft = sigmoid(s)
    return s.put("op.sub", soft, s.put("op.mul", soft, sigmoid(s)))


def squared(s: Sheet) -> list[Wire]:
    """Return the same rows twice."""
    rows = scores(s, 4)
    return [rows, rows]


def dot(s: Sheet) -> Wire:
    """Return the dot products of rows of two tables."""
    return s.put("torch.sum", s.put("op.mul", table(s), table(s)), dim=1)


def turned_against(s: Sheet) -> Wire:
    """Return scores that a matrix of the data mixes, as a graph's neighbours do."""
    drawn = s.input(9, 9)
    degrees = s.put("torch.linalg.vector_norm", drawn, dim=2, keepdim=True)
    mixing = s.put("op.truediv", drawn, degrees)
    return s.put("op.matmul", mixing, s.put("nn.Linear", s.input(9, 5), out_features=1))


def weighed(s: Sheet) -> Wire:
    """Return numbers of the data times a weight that is learned."""
    return s.put("op.matmul", s.input(8), s.put("param.tensor", shape=(8, 1), init="normal"))


def attended(s: Sheet, port: str = "attn_output") -> Wire:
    """Return what attention gives of rows of a table."""
    rows = s.put("nn.Embedding", s.input(5, classes=30), num_embeddings=30, embedding_dim=4)
    heads = {"num_heads": 2, "batch_first": True, "need_weights": port != "attn_output"}
    return Wire(s.put("nn.MultiheadAttention", rows, rows, rows, **heads).node, port)


RAW: dict[str, Callable[[Sheet], Wire]] = {
    "index": lambda s: s.put("op.getitem", scores(s), index=FIRST),
    "sum": lambda s: s.put("torch.sum", scores(s, 4), dim=1),
    "mean": lambda s: s.put("torch.mean", scores(s, 4), dim=1),
    "factor": lambda s: s.put("op.mul", scores(s), other=2.0),
    "two heads": lambda s: s.put("op.add", scores(s), scores(s)),
    "norm": lambda s: s.put("nn.BatchNorm1d", scores(s)),
    "dropout": lambda s: s.put("nn.Dropout", scores(s)),
    "resize": lambda s: s.put("nn.Upsample", image(s), scale_factor=2),
    "interpolate": lambda s: s.put("F.interpolate", image(s), scale_factor=2),
    "dot product": dot,
    "mixed rows": turned_against,
    "a weight of its own": weighed,
    "attention": attended,
    "einsum": lambda s: s.put("torch.einsum", scores(s, 4), scores(s, 4), args=EACH),
    "distance": lambda s: s.put("nn.PairwiseDistance", scores(s, 4), scores(s, 4)),
    "cosine": cosine,
    "from -1 to 1": lambda s: s.put("torch.mean", s.put("torch.tanh", scores(s, 4)), dim=1),
    "twice": lambda s: s.put("op.mul", sigmoid(s), other=2.0),
}
SOUND: dict[str, Callable[[Sheet], Wire]] = {
    "index": lambda s: s.put("op.getitem", sigmoid(s), index=FIRST),
    "mean": lambda s: s.put("torch.mean", sigmoid(s, 4), dim=1),
    "resize": lambda s: s.put("nn.Upsample", s.put("nn.Sigmoid", image(s)), scale_factor=2),
    "half of tanh": lambda s: s.put(
        "op.truediv", s.put("op.add", s.put("torch.tanh", scores(s)), other=1), other=2
    ),
    "half of cosine": lambda s: s.put("op.mul", s.put("op.add", cosine(s), other=1.0), other=0.5),
    "the rest": lambda s: s.put("op.sub", s.put("const.value", value=1), sigmoid(s)),
    "bounds": lambda s: s.put("torch.clamp", cosine(s), min=0, max=1),
    "share": lambda s: s.put("op.getitem", s.put("nn.Softmax", scores(s, 2), dim=1), index=FIRST),
    "sixth": lambda s: s.put("op.truediv", s.put("nn.ReLU6", scores(s)), other=6),
    "of two": blended,
    "attention's shares": lambda s: attended(s, "attn_output_weights"),
    "shares of shares": lambda s: s.put(
        "torch.einsum", s.put("nn.Softmax", scores(s, 4), dim=1), sigmoid(s, 4), args=EACH
    ),
    "a length by its square": lambda s: s.put(
        "torch.exp", s.put("op.neg", s.put("torch.einsum", *squared(s), args=EACH))
    ),
    "straight through": straight_through,
}


def drawn(draw: Callable[[Sheet], Wire], loss: str = "nn.BCELoss") -> Sheet:
    """Return a training in which what is drawn is held against zeros and ones, or shares."""
    sheet = Sheet(50)
    given = sheet.out(draw(sheet))
    target = sheet.put("torch.round", sheet.put("torch.rand_like", given))
    sheet.loss(loss, given, target)
    return sheet


@pytest.mark.parametrize("case", RAW)
def test_numbers_that_leave_0_and_1_are_named(case: str) -> None:
    found = [d for d in Judge().judge(drawn(RAW[case]).project()).diagnostics if d.code == CODE]
    assert [d.severity for d in found] == ["warning"]
    assert found[0].fixes


@pytest.mark.parametrize("case", SOUND)
def test_numbers_between_0_and_1_are_left_alone(case: str) -> None:
    made = drawn(SOUND[case]).project()
    assert not stops(made, 8)
    assert CODE not in {d.code for d in Judge().judge(made, fixes=False).diagnostics}


def test_logarithms_by_hand_are_left_alone() -> None:
    def draw(s: Sheet) -> Wire:
        raw = scores(s, 4)
        return s.put("op.sub", raw, s.put("torch.logsumexp", raw, dim=1, keepdim=True))

    made = drawn(draw, "nn.KLDivLoss").project()
    assert CODE not in {d.code for d in Judge().judge(made, fixes=False).diagnostics}
