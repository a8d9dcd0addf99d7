"""Sizes behind strides are told as they are: held against torch at sizes that were never tried."""

from __future__ import annotations

from random import Random

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from app.engine.symbolic_term import Term
from graph_editor.document.expressions import evaluate, parse
from graph_editor.document.model import Arg, Expr
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing

SIZES = (Expr("H"), Expr("W"))
MODULES = {
    "nn.Conv2d": lambda a: nn.Conv2d(4, 4, **{k: v for k, v in a.items() if k != "out_channels"}),
    "nn.MaxPool2d": lambda a: nn.MaxPool2d(**a),
    "nn.AvgPool2d": lambda a: nn.AvgPool2d(**a),
    "nn.Upsample": lambda a: nn.Upsample(**a),
    "nn.ZeroPad2d": lambda a: nn.ZeroPad2d(**a),
}


def test_a_term_reads_as_one_writes_it() -> None:
    half = Term("H").stepped(0, 2)
    assert half is not None
    assert half.text() == "H/2"
    assert half.scaled(1, 3).text() == "(H + 6)/2"
    assert half.scaled(2, -1).text() == "2*(H/2) - 1"
    assert Term("H", -4).text() == "H - 4"
    assert Term("H", 1).scaled(3, 0).text() == "3*(H + 1)"
    assert half.scaled(2, 0).stepped(0, 2) == half
    assert half.scaled(2, 0).stepped(0, 3) is None


def test_wires_say_halves_of_named_sizes() -> None:
    conv: dict[str, Arg] = {"out_channels": 64, "kernel_size": 3, "padding": 1}
    layers = (("conv", "nn.Conv2d", conv), ("pool", "nn.MaxPool2d", {"kernel_size": 2}))
    verdict = Judge().judge(drawing(*layers, ("g", "nn.AdaptiveAvgPool2d", {"output_size": 1}),
                                    FLAT, HEAD, x=(B, 3, *SIZES)))  # fmt: skip
    assert verdict.types["pool.output"].text() == "B×64×H/2×W/2"
    assert verdict.types["g.output"].text() == "B×64×1×1"


def layer(random: Random, place: int) -> Layer:
    """Return a layer that changes heights and widths."""
    kernel = random.choice([1, 2, 3, 4, (3, 2)])
    least = min(kernel) if isinstance(kernel, tuple) else kernel
    args: dict[str, Arg] = {"kernel_size": kernel, "stride": random.choice([1, 2, 2, 3, (2, 1)])}
    match random.choice(["Conv2d", "Conv2d", "MaxPool2d", "AvgPool2d", "Upsample", "ZeroPad2d"]):
        case "Conv2d":
            args |= {"out_channels": 4, "padding": random.randrange(3)}
            args |= {"dilation": random.choice([1, 1, 2])}
            return f"n{place}", "nn.Conv2d", args
        case "Upsample":
            return f"n{place}", "nn.Upsample", {"scale_factor": random.choice([2, 2, 0.5, 0.25])}
        case "ZeroPad2d":
            return f"n{place}", "nn.ZeroPad2d", {"padding": random.choice([1, (1, 2, 0, 1)])}
        case pool:
            args |= {"padding": random.randint(0, least // 2)}
            args |= {"ceil_mode": True} if random.random() < 0.3 else {}
            return f"n{place}", f"nn.{pool}", args


@pytest.mark.parametrize("seed", range(40))
def test_what_is_told_holds_for_other_sizes(seed: int) -> None:
    random = Random(seed)
    layers = [layer(random, place) for place in range(random.randint(1, 4))]
    last = ("g", "nn.AdaptiveAvgPool2d", {"output_size": 1})
    verdict = Judge().judge(drawing(*layers, last, FLAT, HEAD, x=(B, 4, *SIZES)))
    if verdict.has_errors:
        pytest.skip("this chain is too long for small images")
    wrong, checked = [], 0
    for height, width in ((64, 48), (51, 37), (96, 97), (45, 90)):
        tensor = torch.zeros(1, 4, height, width)
        for name, spec, args in layers:
            tensor = MODULES[spec](args)(tensor)
            told = verdict.types[f"{name}.output"].shape[2:]
            if "?" in told:
                break  # what follows may look like another size in all tries
            for text, true in zip(told, tensor.shape[2:], strict=True):
                # a number was the same at the two sizes that were tried; no more is said of it
                if isinstance(text, str):
                    told_at = evaluate(parse(text.replace("/", "//")), {"H": height, "W": width})
                    checked += 1
                    if told_at != true:
                        wrong.append((name, spec, args, text, (height, width), true))
    assert wrong == []
    assert checked or any(args.get("ceil_mode") for _, _, args in layers)


@pytest.mark.parametrize("pools", [3, 4, 5, 6])
def test_deep_poolings_are_no_constant(pools: int) -> None:
    names = [f"p{place}" for place in range(pools)]
    layers = [(name, "nn.MaxPool2d", {"kernel_size": 2}) for name in names]
    verdict = Judge().judge(drawing(*layers, FLAT, HEAD, x=(B, 3, *SIZES)))
    assert verdict.types[f"{names[-1]}.output"].text() == f"B×3×H/{2**pools}×W/{2**pools}"
    assert [(d.code, d.node) for d in verdict.diagnostics] == [("varying-length", "flat")]


def test_a_size_that_nobody_gave_is_never_too_small_for_a_kernel() -> None:
    conv: dict[str, Arg] = {"out_channels": 8, "kernel_size": 80, "stride": 4}
    pool = ("pool", "nn.AdaptiveAvgPool1d", {"output_size": 1})
    verdict = Judge().judge(
        drawing(("c", "nn.Conv1d", conv), pool, FLAT, HEAD, x=(B, 1, Expr("T")))
    )
    assert verdict.diagnostics == ()
    assert verdict.types["c.output"].text() == "B×8×(T - 76)/4"
