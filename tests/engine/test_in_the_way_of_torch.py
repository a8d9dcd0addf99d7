"""What can be asked for at any size is judged at any size: nothing is made, nothing waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine.client import Engine
from tests.engine.drawings import chain, node, project

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="how much memory a process held at most is read from /proc"
)
MOST = 64
"""Megabytes that one judgement may add to the most that the engine ever held."""
IMAGE = ("=B", 3, 32, 32)
HUGE = 10**9
Steps = dict[str, Any]

FED: list[tuple[str, Steps, tuple[Any, ...], tuple[object, ...]]] = [
    ("nn.Linear", {"out_features": 200_000}, ("=B", 200_000), ("B", 200_000)),
    ("nn.LSTM", {"hidden_size": 100_000}, (4, "=B", 8), (4, "B", 100_000)),
    ("nn.GRU", {"hidden_size": 8, "batch_first": True}, ("=B", 10**6, 8), ("B", 10**6, 8)),
    ("nn.Upsample", {"scale_factor": 10**6}, IMAGE, ("B", 3, 32 * 10**6, 32 * 10**6)),
    (
        "nn.Upsample",
        {"scale_factor": 10**6, "mode": "bicubic"},
        IMAGE,
        ("B", 3, 32 * 10**6, 32 * 10**6),
    ),
    ("nn.AdaptiveAvgPool2d", {"output_size": 10**6}, IMAGE, ("B", 3, 10**6, 10**6)),
    ("nn.AdaptiveMaxPool2d", {"output_size": 10**5}, IMAGE, ("B", 3, 10**5, 10**5)),
    (
        "nn.Conv2d",
        {"out_channels": 10**6, "kernel_size": 101},
        ("=B", 3, 101, 101),
        ("B", 10**6, 1, 1),
    ),
    (
        "nn.ConvTranspose2d",
        {"out_channels": 10**4, "kernel_size": 3, "stride": 10**4},
        IMAGE,
        ("B", 10**4, 310_003, 310_003),
    ),
    ("nn.Unfold", {"kernel_size": 3, "padding": 10**4}, IMAGE, ("B", 27, 401_200_900)),
    ("nn.ZeroPad2d", {"padding": 10**7}, IMAGE, ("B", 3, 20_000_032, 20_000_032)),
    (
        "nn.PixelShuffle",
        {"upscale_factor": 10**6},
        ("=B", 10**12, 2, 2),
        ("B", 1, 2 * 10**6, 2 * 10**6),
    ),
    ("nn.LocalResponseNorm", {"size": HUGE}, IMAGE, ("B", 3, 32, 32)),
    ("Tensor.repeat", {"args": [10**6, 10**6, 1, 1]}, IMAGE, ("1000000*B", 3 * 10**6, 32, 32)),
    ("Tensor.expand", {"args": [10**6, "=B", 3, 32, 32]}, IMAGE, (10**6, "B", 3, 32, 32)),
    ("torch.repeat_interleave", {"repeats": HUGE, "dim": 1}, IMAGE, ("B", 3 * HUGE, 32, 32)),
]
ALONE: list[tuple[str, Steps, tuple[object, ...]]] = [
    ("torch.arange", {"end": 10**12}, (10**12,)),
    ("torch.linspace", {"start": 0, "end": 1, "steps": 10**12}, (10**12,)),
    ("torch.randn", {"size": [10**6, 10**6]}, (10**6, 10**6)),
    ("torch.zeros", {"size": [10**6, 10**6]}, (10**6, 10**6)),
    ("torch.eye", {"n": 10**7}, (10**7, 10**7)),
    ("param.tensor", {"shape": [10**6, 10**6], "init": "normal"}, (10**6, 10**6)),
    ("buffer.tensor", {"shape": [10**6, 10**6]}, (10**6, 10**6)),
]
INDEXED: list[tuple[str, str, Steps, tuple[object, ...]]] = [
    ("F.one_hot", "tensor", {"num_classes": HUGE}, ("B", 4, HUGE)),
    ("nn.Embedding", "input", {"num_embeddings": 10**10, "embedding_dim": 4096}, ("B", 4, 4096)),
    ("nn.EmbeddingBag", "input", {"num_embeddings": 10**8, "embedding_dim": 4096}, ("B", 4096)),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("judge") as found:
        found.judge(project(chain(node("nn.Linear", out_features=7))))
        yield found


def most(pid: int | None) -> int:
    """Return the megabytes that a process ever held."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def is_judged(engine: Engine, nodes: Steps, shape: tuple[object, ...]) -> None:
    pid, before = engine.pid, most(engine.pid)
    verdict = engine.judge(project(nodes))
    assert engine.pid == pid, "the engine went on"
    assert not verdict.has_errors, verdict.diagnostics
    assert verdict.types["y.output"].shape == shape
    assert most(pid) - before < MOST


@pytest.mark.parametrize(("spec", "args", "given", "shape"), FED)
def test_a_layer_of_any_size_is_judged(
    engine: Engine, spec: str, args: Steps, given: tuple[Any, ...], shape: tuple[object, ...]
) -> None:
    is_judged(engine, chain(node(spec, **args), shape=given), shape)


@pytest.mark.parametrize(("spec", "args", "shape"), ALONE)
def test_a_tensor_of_any_size_is_judged(
    engine: Engine, spec: str, args: Steps, shape: tuple[object, ...]
) -> None:
    is_judged(engine, {"n": node(spec, **args), "y": node("io.output", "n")}, shape)


@pytest.mark.parametrize(("spec", "port", "args", "shape"), INDEXED)
def test_any_number_of_classes_is_judged(
    engine: Engine, spec: str, port: str, args: Steps, shape: tuple[object, ...]
) -> None:
    entry = node("io.input", shape=["=B", 4], dtype={"$name": "int64"})
    nodes = {"x": entry, "n": node(spec, {port: "x"}, **args), "y": node("io.output", "n")}
    is_judged(engine, nodes, shape)


@pytest.mark.parametrize(
    ("spec", "args", "given"),
    [
        ("nn.Linear", {"in_features": 200_000, "out_features": 200_000}, ("=B", 7)),
        ("nn.Linear", {"in_features": 200_000, "out_features": 200_000.5}, ("=B", 7)),
        ("nn.Embedding", {"num_embeddings": 10**8, "embedding_dim": 4096, "padding_idx": HUGE}, ()),
        (
            "nn.Conv2d",
            {"in_channels": 3, "out_channels": 10**7, "kernel_size": 3, "groups": 7},
            IMAGE,
        ),
    ],
)
def test_what_is_refused_is_not_made_on_the_processor_instead(
    engine: Engine, spec: str, args: Steps, given: tuple[Any, ...]
) -> None:
    pid, before = engine.pid, most(engine.pid)
    assert engine.judge(project(chain(node(spec, **args), shape=given))).has_errors
    assert engine.pid == pid
    assert most(pid) - before < MOST


def test_seventy_billion_weights_are_judged_in_little_memory(engine: Engine) -> None:
    width, inner = 8192, 28_672
    steps = [node("nn.Linear", out_features=inner), node("nn.SiLU")]
    layer = {"nodes": chain(*steps, node("nn.Linear", out_features=width), shape=("=B", width))}
    flat = [
        node("nn.Linear", out_features=inner if index % 2 else width) for index in range(2 * 75)
    ]
    nodes = chain(node("block.layer", {"x": "x"}, repeat={"count": 75}), *flat, shape=("=B", width))
    nodes["n1"]["in"] = {"input": "n0.y"}
    nodes |= {"sum": node("torch.mean", "y"), "adam": node("optim.AdamW", {"losses[0]": "sum"})}
    pid, before = engine.pid, most(engine.pid)
    verdict = engine.judge(project(nodes, {"layer": layer}))
    assert not verdict.has_errors, verdict.diagnostics
    assert sum(verdict.parameters.values()) > 70e9
    assert engine.pid == pid
    assert most(pid) - before < 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "args", "given"),
    [
        ("nn.LSTM", {"input_size": 8, "hidden_size": 8, "num_layers": 100_000}, (4, "=B", 8)),
        ("torch.unbind", {"outputs": 10**6}, (10**6, 3)),
        ("torch.chunk", {"chunks": 10**7}, (10**7, 3)),
    ],
)
def test_what_is_made_piece_by_piece_is_stopped(
    engine: Engine, spec: str, args: Steps, given: tuple[Any, ...]
) -> None:
    nodes = chain(node(spec, **args), shape=given)
    nodes["z"] = node("nn.Flatten", "x")
    del nodes["y"]
    verdict = engine.judge(project(nodes))
    assert [d.node for d in verdict.diagnostics if d.code in ("too-long", "too-much-memory")] == [
        "n0"
    ]
    assert "z.output" in verdict.types
