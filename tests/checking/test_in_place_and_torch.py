"""In-place layers in drawings of all kinds: the judge has an error exactly where torch stops."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
import torch

from app.engine.judge import Judge
from graph_editor.document.model import Expr, Project, Repeat
from tests.corpus.valid_sheet import Sheet, Wire, layer
from tests.engine.eager_run import all_stops

B = Expr("B")
BATCH = 4
JUDGE = Judge()
Reader = Callable[[Sheet, Wire], Wire]
RELU = layer("nn.ReLU", inplace=True)


def answers(project: Project) -> tuple[bool, bool]:
    """Return whether the judge says that an in-place layer stops torch, and whether it does."""
    verdict = JUDGE.judge(project, fixes=False, batch=BATCH)
    wrong = [d for d in verdict.diagnostics if d.severity == "error"]
    assert {d.code for d in wrong} <= {"in-place"}, wrong
    torch.manual_seed(0)
    stops = all_stops(project, BATCH)
    for stop in stops:
        assert "inplace" in stop.message or "in-place" in stop.message, stop
    return bool(wrong), bool(stops)


def ended(sheet: Sheet, wires: Iterable[Wire]) -> Project:
    """Return a drawing that classifies by all of these."""
    flat = [sheet.put("nn.Flatten", wire) for wire in wires]
    sheet.classify(sheet.put("nn.Linear", sheet.put("torch.cat", flat, dim=1), out_features=3), 3)
    return sheet.project()


def weight(sheet: Sheet, *shape: int) -> Wire:
    return sheet.put("param.tensor", shape=shape, init="normal")


LINES: dict[str, Reader] = {
    "mul by itself": lambda s, h: s.put("op.mul", h, h),
    "mul by a weight": lambda s, h: s.put("op.mul", h, weight(s, 8)),
    "mul by numbers that stay": lambda s, h: s.put("op.mul", h, s.put("torch.ones_like", h)),
    "truediv": lambda s, h: s.put("op.truediv", h, s.put("torch.exp", h)),
    "pow": lambda s, h: s.put("op.pow", h, other=2),
    "matmul": lambda s, h: s.put("op.matmul", h, weight(s, 8, 8)),
    "maximum": lambda s, h: s.put("torch.maximum", h, weight(s, 8)),
    "lerp": lambda s, h: s.put("torch.lerp", h, weight(s, 8), weight=weight(s, 8)),
    "gather": lambda s, h: s.put(
        "torch.gather", h, index=s.put("torch.argmax", h, dim=1, keepdim=True), dim=1
    ),
    "vector_norm": lambda s, h: s.put("torch.linalg.vector_norm", h, dim=1, keepdim=True),
    "cosine_similarity": lambda s, h: s.put(
        "Tensor.unsqueeze", s.put("F.cosine_similarity", h, weight(s, 8), dim=1), dim=1
    ),
    "F.linear": lambda s, h: s.put("F.linear", h, weight(s, 8, 8)),
    "Bilinear": lambda s, h: s.put("nn.Bilinear", h, h, out_features=8),
    "GRUCell": lambda s, h: s.put("nn.GRUCell", h, hidden_size=8),
    "cat": lambda s, h: s.put("torch.cat", [h, h], dim=1),
    "a part": lambda s, h: s.put("torch.sin", s.put("Tensor.unsqueeze", h, dim=1)),
}
"""What reads a row of 8 numbers."""
MAPS: dict[str, tuple[int, Reader]] = {
    "Conv3d": (3, lambda s, h: s.put("nn.Conv3d", h, out_channels=2, kernel_size=1)),
    "ConvTranspose1d": (
        1, lambda s, h: s.put("nn.ConvTranspose1d", h, out_channels=2, kernel_size=1),
    ),
    "BatchNorm3d": (3, lambda s, h: s.put("nn.BatchNorm3d", h)),
    "MaxPool2d": (2, lambda s, h: s.put("nn.MaxPool2d", h, kernel_size=2)),
    "AvgPool2d": (2, lambda s, h: s.put("nn.AvgPool2d", h, kernel_size=2)),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_beside_what_reads_a_row(name: str) -> None:
    sheet = Sheet()
    row = sheet.put("nn.Linear", sheet.input(4), out_features=8)
    first = LINES[name](sheet, row)
    said, stops = answers(ended(sheet, [first, sheet.line(row, RELU)]))
    assert said == stops
    assert stops == (name not in ("cat", "mul by numbers that stay"))


@pytest.mark.parametrize("name", MAPS)
def test_beside_what_reads_a_map(name: str) -> None:
    sheet = Sheet()
    axes, read = MAPS[name]
    conv = sheet.put(f"nn.Conv{axes}d", sheet.input(2, *(4,) * axes), out_channels=2, kernel_size=1)
    first = read(sheet, conv)
    said, stops = answers(ended(sheet, [first, sheet.line(conv, RELU)]))
    assert said == stops
    assert stops


@pytest.mark.parametrize("name", ["pow", "vector_norm", "truediv"])
def test_behind(name: str) -> None:
    sheet = Sheet()
    row = sheet.put("nn.Linear", sheet.input(4), out_features=8)
    if name == "vector_norm":
        made = sheet.put("torch.linalg.vector_norm", row, dim=1, keepdim=True)
    else:
        made = sheet.put(f"op.{name}", sheet.put("torch.exp", row), row)
    said, stops = answers(ended(sheet, [sheet.line(made, RELU)]))
    assert said == stops == (name != "truediv")


def in_a_block(*layers: object, before: str, beside: bool, copies: int = 1) -> Project:
    """Return a drawing with a block of these layers behind a node, and maybe one beside it."""
    sheet = Sheet()

    def inside(block: Sheet) -> None:
        block.out(block.line(block.entry((B, 8)), *layers), "y")  # type: ignore[arg-type]  # layers

    row = sheet.line(sheet.input(4), layer("nn.Linear", out_features=8), before)
    first = [sheet.put("nn.Linear", row, out_features=8)] if beside else []
    used = sheet.put(sheet.block("b", inside), row)
    if copies > 1:
        used = sheet.say(used, repeat=Repeat(copies))
    return ended(sheet, [*first, used])


LINEAR = layer("nn.Linear", out_features=8)
NORM = layer("nn.LayerNorm", normalized_shape=8)


@pytest.mark.parametrize(("project", "stops"), [
    (in_a_block(RELU, before="nn.GELU", beside=True), True),
    (in_a_block(RELU, before="nn.GELU", beside=False), False),
    (in_a_block(RELU, before="nn.Sigmoid", beside=False), True),
    (in_a_block(RELU, LINEAR, "nn.Sigmoid", before="nn.GELU", beside=False, copies=3), True),
    (in_a_block(RELU, LINEAR, "nn.GELU", before="nn.GELU", beside=False, copies=3), False),
])  # fmt: skip
def test_across_borders(project: Project, stops: bool) -> None:
    assert answers(project) == (stops, stops)


WAYS: dict[str, dict[str, object]] = {
    "in training": {"when": Expr("training")},
    "in evaluation": {"when": Expr("not training")},
    "in large batches": {"when": Expr("B > 100")},
    "in whole batches": {"when": Expr("B > 3")},
    "never": {"repeat": Repeat(0)},
    "once": {"repeat": Repeat(1)},
    "three times": {"repeat": Repeat(3)},
    "twice in training": {"when": Expr("training"), "repeat": Repeat(2, shared=True)},
}
"""How a layer that works in place is called."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", ["nn.Sigmoid", "nn.GELU", "nn.ReLU"])
@pytest.mark.parametrize("beside", [False, True])
def test_switched_and_repeated(way: str, before: str, beside: bool) -> None:
    sheet = Sheet()
    row = sheet.line(sheet.input(4), LINEAR, before)
    first = [sheet.put("op.mul", row, row)] if beside else []
    last = sheet.say(sheet.line(row, RELU), **WAYS[way])
    said, stops = answers(ended(sheet, [*first, last]))
    assert said == stops
    if way in ("in evaluation", "in large batches", "never"):
        assert not stops
    elif beside or before != "nn.GELU" or way in ("three times", "twice in training"):
        assert stops


def test_of_the_copies_the_first_that_stops_is_told() -> None:
    sheet = Sheet()
    last = sheet.say(sheet.line(sheet.input(4), LINEAR, RELU), repeat=Repeat(3))
    verdict = JUDGE.judge(ended(sheet, [last]), batch=BATCH)
    (found,) = [d for d in verdict.diagnostics if d.severity == "error"]
    assert found.node == f"{last.node}[1]"
    assert [fix.title for fix in found.fixes] == ["Set inplace to False"]


ONE = (
    "nn.Sigmoid", "nn.Tanh", "nn.GELU", "nn.ReLU", "nn.Identity", "nn.Dropout", "op.neg",
    "torch.exp", "torch.sin", "torch.abs", "Tensor.detach", "F.silu", "F.normalize",
    "Tensor.contiguous", "nn.Softsign", "nn.Tanhshrink",
)  # fmt: skip
TWO = ("op.mul", "op.add", "op.sub", "torch.maximum", "op.truediv", "torch.minimum")
WRITERS = ("nn.ReLU", "nn.SiLU", "nn.LeakyReLU", "nn.Dropout", "nn.ELU")
DRAWINGS = 24


def drawn(seed: int) -> Project:
    """Return a small drawing with one layer that works in place, all of which is trained."""
    chance, sheet = random.Random(seed), Sheet()
    wires = [sheet.put("nn.Linear", sheet.input(4), out_features=8)]
    unread, writer = set(wires), chance.randrange(2, 5)
    for step in range(6):
        one, other = (chance.choice(wires[-3:]) for _ in range(2))
        unread -= {one}
        if step == writer:
            made = sheet.put(chance.choice(WRITERS), one, inplace=True)
            sheet.say(made, **chance.choice(({}, {}, *WAYS.values())))
        elif chance.random() < 0.4:
            unread -= {other}
            made = sheet.put(chance.choice(TWO), one, other)
        elif chance.random() < 0.3:
            made = sheet.line(one, chance.choice((LINEAR, NORM)))
        else:
            made = sheet.put(chance.choice(ONE), one)
        wires.append(made)
        unread.add(made)
    ends = [wire for wire in wires if wire in unread]
    chance.shuffle(ends)
    return ended(sheet, ends)


def test_random_drawings() -> None:
    found = [answers(drawn(seed)) for seed in range(DRAWINGS)]
    wrong = [seed for seed, (said, stops) in enumerate(found) if said != stops]
    assert wrong == []
    stopped = sum(stops for _, stops in found)
    assert DRAWINGS // 6 < stopped < DRAWINGS - DRAWINGS // 6
