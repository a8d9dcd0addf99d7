"""What wires say of sizes behind slices, shares and scales, against torch at many other sizes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from app.engine.judge import Judge
from graph_editor.document.expressions import evaluate, parse
from graph_editor.document.model import Expr, Project, Slice
from tests.checking.drawings import B
from tests.corpus.form import Layer, drawn, op
from tests.corpus.form import nn as module

H, W = Expr("H"), Expr("W")
ALL = Slice()
OTHER = ((64, 48), (51, 37), (96, 97), (45, 90), (131, 200), (77, 54))
"""Heights and widths that the judge does not try."""
Does = Callable[[Tensor], Tensor]


def image(*layers: Layer) -> Project:
    """Return layers one after another behind images of any size, with four channels."""
    entry = op("x", "io.input", {}, shape=(B, 4, H, W))
    return drawn(entry, *layers, op("out", "io.output"))


def cut(*items: Any) -> Layer:
    return op("n", "op.getitem", index=(ALL, ALL, *items))


def scaled(scale: Any) -> tuple[Layer, Does]:
    layer = op("n", "F.interpolate", scale_factor=scale)
    return layer, lambda x: functional.interpolate(x, scale_factor=scale)


def made(kind: str, **args: Any) -> tuple[Layer, Does]:
    told = dict(args)
    if kind.startswith("Conv"):
        told |= {"in_channels": 4, "out_channels": 4}
        args |= {"out_channels": 4}
    return module("n", kind, **args), lambda x: getattr(nn, kind)(**told)(x)


CASES: dict[str, tuple[Layer, Does]] = {
    "H×(W + 1)/2": (cut(ALL, Slice(None, None, 2)), lambda x: x[..., ::2]),
    "H×(W + 1)/3": (cut(ALL, Slice(1, None, 3)), lambda x: x[..., 1::3]),
    "(H - 4)/2×W": (cut(Slice(5, None, 2)), lambda x: x[:, :, 5::2]),
    "H - 1×W - 6": (cut(Slice(None, -1), Slice(2, -4)), lambda x: x[:, :, :-1, 2:-4]),
    "H - 40×W": (cut(Slice(40, None)), lambda x: x[:, :, 40:]),
    "H/2×W/3": (
        cut(Slice(None, Expr("H // 2")), Slice(None, Expr("input.shape[-1] // 3"))),
        lambda x: x[:, :, : x.shape[2] // 2, : x.shape[3] // 3],
    ),
    "3*H/2×3*W/2": scaled(1.5),
    "3*H/10×3*W/10": scaled(0.3),
    "2*H×W/2": scaled((2.0, 0.5)),
    "5*H/2×5*W/2": made("Upsample", scale_factor=2.5),
    "(H + 2)/2×(W + 2)/2": made("AvgPool2d", kernel_size=3, stride=2, padding=1, ceil_mode=True),
    "(H + 1)/2×(W + 1)/2": made("MaxPool2d", kernel_size=3, stride=2, padding=1),
    "H/5×W/5": made("MaxPool2d", kernel_size=5),
    "(H - 3)/2×(W - 3)/2": made("MaxPool2d", kernel_size=3, stride=2, dilation=2),
    "2*H×2*W": made("ConvTranspose2d", kernel_size=3, stride=2, padding=1, output_padding=1),
    "3*H + 1×3*W + 1": made("ConvTranspose2d", kernel_size=4, stride=3),
    "H×W": made("Conv2d", kernel_size=4, padding="same"),
    "(H + 30)/32×(W + 30)/32": made("Conv2d", kernel_size=2, stride=32, padding=0, dilation=1),
}


def values(text: str, height: int, width: int) -> list[int]:
    """Return the sizes that a wire says, for a height and a width."""
    parts = (parse(each.replace("/", "//")) for each in text.split("×"))
    return [int(evaluate(part, {"H": height, "W": width})) for part in parts]


@pytest.mark.parametrize(("text", "case"), CASES.items(), ids=CASES)
def test_a_size_is_told_as_torch_makes_it(text: str, case: tuple[Layer, Does]) -> None:
    layer, does = case
    verdict = Judge().judge(image(layer), fixes=False)
    assert verdict.types["n.output"].text() == f"B×4×{text}", verdict.diagnostics
    for height, width in OTHER:
        real = does(torch.zeros(1, 4, height, width)).shape
        assert values(text, height, width) == list(real[2:])


LONG = [Slice(2, 40), Slice(None, 40), Slice(-40, None), Slice(None, 10), Slice(-5, None)]


@pytest.mark.parametrize("part", [*LONG, Slice(2, 8)])
def test_a_size_that_only_large_maps_have_is_not_told(part: Slice) -> None:
    drawing = image(cut(part), module("after", "ReLU"))
    judge = Judge()
    for _ in range(2):
        verdict = judge.judge(drawing, fixes=False)
        assert verdict.diagnostics == ()
        assert [verdict.types[f"{n}.output"].text() for n in ("n", "after")] == ["B×4×?×W"] * 2


def test_a_slice_is_as_long_as_it_says_where_torch_takes_no_less() -> None:
    tall = module("tall", "Conv2d", out_channels=4, kernel_size=(5, 1))
    wide = module("wide", "Conv2d", out_channels=4, kernel_size=(1, 4))
    verdict = Judge().judge(image(cut(Slice(0, 9), Slice(-4, None)), tall, wide), fixes=False)
    assert verdict.types["n.output"].text() == "B×4×9×4"
    assert verdict.types["wide.output"].text() == "B×4×5×1"
    verdict = Judge().judge(image(cut(Slice(None, 10)), tall), fixes=False)
    assert verdict.diagnostics == ()
    assert verdict.types["n.output"].text() == "B×4×10×W"
    assert verdict.types["tall.output"].text() == "B×4×6×W"
    short = Judge().judge(image(cut(Slice(None, 1))), fixes=False)
    assert short.types["n.output"].text() == "B×4×1×W"


@pytest.mark.parametrize(
    ("count", "told"), [(2, ["(H + 1)/2", "H/2"]), (3, ["(H + 2)/3", "(H + 2)/3", "?"])]
)
def test_shares_of_a_size_are_told(count: int, told: list[str]) -> None:
    layer = op("n", "torch.chunk", chunks=count, dim=2)
    verdict = Judge().judge(image(layer, op("i", "nn.Identity", "n.chunks[0]")), fixes=False)
    shapes = [verdict.types[f"n.chunks[{place}]"].shape[2] for place in range(count)]
    assert shapes == told
    for height, _ in OTHER:
        parts = torch.zeros(height).chunk(count)
        for text, part in zip(told, parts, strict=True):
            assert text == "?" or values(text, height, 0) == [len(part)]


def test_what_arguments_say_by_names_is_told() -> None:
    layer = op("n", "Tensor.reshape", args=(B, 4, Expr("H // 4"), -1))
    assert Judge().judge(image(layer)).types["n.output"].text() == "B×4×H/4×4*W"
    flat = module("n", "Flatten", start_dim=2)
    assert Judge().judge(image(flat)).types["n.output"].text() == "B×4×H*W"


def test_deep_strides_are_no_line_and_no_constant() -> None:
    convs = [
        module(f"c{k}", "Conv2d", out_channels=4, kernel_size=3, stride=2, padding=1)
        for k in range(6)
    ]
    types = Judge().judge(image(*convs), fixes=False).types
    for depth in range(6):
        power = 2 ** (depth + 1)
        wanted = f"B×4×(H + {power - 1})/{power}×(W + {power - 1})/{power}"
        assert types[f"c{depth}.output"].text() == wanted


def test_a_spectrogram_of_any_length_is_no_constant() -> None:
    entry = op("x", "io.input", {}, shape=(B, 1, Expr("T")))
    frames = module("n", "Conv1d", out_channels=8, kernel_size=400, stride=160, padding=200)
    verdict = Judge().judge(drawn(entry, frames, op("out", "io.output")), fixes=False)
    assert verdict.types["n.output"].text() == "B×8×(T + 160)/160"


def test_what_is_joined_of_different_sizes_is_no_line_over_the_first() -> None:
    deep = module("p", "MaxPool2d", "x", kernel_size=8)
    shallow = module("q", "Conv2d", "x", out_channels=4, kernel_size=3, stride=(2, 8), padding=0)
    wide = op("w", "op.getitem", "q", index=(ALL, ALL, ALL, Slice(0, 1)))
    thin = op("t", "op.getitem", "p", index=(ALL, ALL, ALL, Slice(0, 1)))
    both = op("n", "torch.cat", {"tensors[0]": "t", "tensors[1]": "w"}, dim=2)
    verdict = Judge().judge(image(deep, shallow, wide, thin, both), fixes=False)
    assert verdict.types["n.output"].text() == "B×4×?×1"


def step(random: Random) -> tuple[Layer, Does]:
    """Return a layer that changes heights and widths, and what it does."""
    kind = random.choice(["cut", "scale", "transposed", "conv", "pool", "pad"])
    if kind == "cut":
        first, last = (
            Slice(random.choice([None, 1, 2]), random.choice([None, -1]), random.choice([1, 2, 3]))
            for _ in range(2)
        )
        a, b = (slice(part.start, part.stop, part.step) for part in (first, last))
        return cut(first, last), lambda x: x[:, :, a, b]
    if kind == "scale":
        return scaled(random.choice([0.5, 0.75, 1.5, 2.0, 0.4, (0.5, 2.0)]))
    if kind == "transposed":
        stride = random.choice([2, 3])
        more = random.choice([0, 1])
        return made("ConvTranspose2d", kernel_size=3, stride=stride, output_padding=more)
    if kind == "conv":
        kernel = random.choice([1, 2, 3])
        return made("Conv2d", kernel_size=kernel, stride=random.choice([1, 2, 3]), padding=1)
    if kind == "pool":
        args = {"kernel_size": random.choice([2, 3]), "ceil_mode": random.random() < 0.5}
        return made(random.choice(["MaxPool2d", "AvgPool2d"]), **args)
    return made("ZeroPad2d", padding=random.choice([1, (1, 0, 2, 3)]))


@pytest.mark.parametrize("seed", range(60))
def test_no_chain_is_told_wrongly(seed: int) -> None:
    random = Random(seed)
    chain = [step(random) for _ in range(random.randint(2, 4))]
    layers = [Layer(f"n{k}", each.spec, each.args) for k, (each, _) in enumerate(chain)]
    verdict = Judge().judge(image(*layers), fixes=False)
    assert not verdict.has_errors, verdict.diagnostics
    wrong = []
    for height, width in OTHER:
        tensor = torch.zeros(1, 4, height, width)
        for place, (_, does) in enumerate(chain):
            tensor = does(tensor)
            told = verdict.types[f"n{place}.output"].shape[2:]
            for text, real in zip(told, tensor.shape[2:], strict=True):
                if text != "?" and values(str(text), height, width) != [real]:
                    wrong.append((place, text, (height, width), real))
    assert wrong == []
