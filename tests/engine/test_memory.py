"""Activation memory as the judge says it, against what autograd really keeps on the processor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.execute import call, construct, flatten_outputs, named
from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from app.engine.memory_call import kept
from app.engine.strides import type_of_tensor
from graph_editor.catalogue.order import canonical_order, incoming, regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load
from graph_editor.document.model import Arg, Expr, FrozenMap, NodeId, OutPort, Project
from tests.catalogue.examples import Example
from tests.engine.drawings import chain, node, project
from tests.engine.test_catalogue_modules import CASES, filled, spec_of, tensor_of
from tests.first_examples import TEMPLATES

BESIDE = {"gan", "conditional_gan", "distillation"}
"""Templates with networks beside the model, which the step calls in turn and not at once."""
EXAMPLES = [path for path in TEMPLATES if path.stem not in BESIDE]
JUDGE = Judge()
BATCH = 64
CLOSE = 0.05


class Counter:
    """Counts the bytes of all memory that autograd keeps and that is no weight."""

    def __init__(self) -> None:
        self.saved: list[torch.Tensor] = []

    def bytes(self, weights: list[torch.Tensor]) -> int:
        """Return the bytes, each memory once."""
        known = {t.untyped_storage().data_ptr() for t in weights}
        found = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in self.saved}
        return sum(n for place, n in found.items() if place not in known)

    def __enter__(self) -> Counter:
        """Begin to count."""

        def pack(tensor: torch.Tensor) -> torch.Tensor:
            self.saved.append(tensor)
            return tensor

        self._hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
        self._hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop counting."""
        self._hooks.__exit__(*error)


def real_bytes(drawn: Project, verdict: Verdict) -> int:
    """Return what a forward pass in training of model and losses keeps, done with real numbers."""
    made = Interpreter(drawn, verdict)
    graph, lookup = drawn.main.graph, specs_of(drawn)
    parts, wires = regions(drawn.main, lookup), incoming(graph)
    values: dict[OutPort, Any] = {}
    for id_, each in graph.nodes.items():
        if each.kind == "data":
            found = {k: t for k, t in verdict.types.items() if k.startswith(f"{id_}.")}
            values |= {OutPort(id_, k.partition(".")[2]): numbers(t) for k, t in found.items()}
    inputs = {}
    for id_ in (n for n in parts.model if graph.nodes[n].spec == "io.input"):
        fed = list(wires[id_].values())
        inputs[id_] = values[fed[0]] if fed else numbers(verdict.types[f"{id_}.output"])
    modules: list[nn.Module] = [made.module.train()]
    with Counter() as counter:
        given = made.forward({str(n): value for n, value in inputs.items()})
        values |= {OutPort(NodeId(n), "output"): value for n, value in given.items()}
        for id_ in canonical_order(graph, parts.step, lookup):
            each = graph.nodes[id_]
            spec = lookup(each.spec)
            if id_ in parts.model or each.kind in ("data", "metric", "optim", "lr_scheduler", "io"):
                continue
            assert spec is not None
            modules.append(construct(spec, each.args) or nn.Identity())
            arrived = {str(p): values[s] for p, s in wires[id_].items()}
            results = flatten_outputs(spec, each, call(spec, modules[-1], each.args, arrived))
            values |= {OutPort(id_, port): value for port, value in results.items()}
    return counter.bytes([t for m in modules for t in (*m.parameters(), *m.buffers())])


def numbers(kind: TensorType) -> torch.Tensor:
    """Return a tensor of a type; class numbers are zeros."""
    shape = [BATCH if size == "B" else int(size) for size in kind.shape]
    return torch.zeros(shape, dtype=named(kind.dtype))


def compared(drawn: Project, within: float = CLOSE) -> int:
    """Judge and run a drawing; return the real bytes, which are near those that the judge says."""
    drawn = replace(drawn, run=drawn.run.set("batch_size", BATCH))
    verdict = JUDGE.judge(drawn, fixes=False)
    assert not verdict.has_errors, verdict.diagnostics
    real = real_bytes(drawn, verdict)
    assert sum(verdict.activations.values()) == pytest.approx(real, rel=within)
    return real


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_bytes_of_an_example_are_those_that_autograd_keeps(path: Path) -> None:
    assert compared(load(path).project) > 0


WIDE = node("nn.Linear", out_features=8)
DRAWN: Mapping[str, Project] = {
    "two readers of one output": project(
        {
            **chain(node("nn.Linear", out_features=8)),
            "a": node("nn.Linear", "n0", out_features=4),
            "b": node("nn.Sigmoid", "a"),
            "y2": node("io.output", "b"),
        }
    ),
    "two tensors of one type": project(
        {
            **chain(node("nn.Linear", out_features=8)),
            "a": node("nn.Linear", "x", out_features=8),
            "p": node("op.mul", {"input": "n0", "other": "a"}),
            "square": node("op.mul", {"input": "p", "other": "p"}),
            "y": node("io.output", "square"),
        }
    ),
    "a weight as a value": project(
        {
            **chain(node("nn.Linear", out_features=8)),
            "w": node("param.of", of={"$at": "n0"}, parameter="bias"),
            "p": node("op.mul", {"input": "n0", "other": "w"}),
            "y": node("io.output", "p"),
        }
    ),
    "views": project(
        chain(
            node("nn.Linear", out_features=12),
            node("Tensor.reshape", args=["=B", 3, 4]),
            node("Tensor.transpose", dim0=1, dim1=2),
            node("nn.Linear", out_features=5),
            node("nn.Flatten"),
            node("nn.Linear", out_features=5),
        )
    ),
    "in place": project(chain(node("nn.Linear", out_features=8), node("nn.ReLU", inplace=True))),
    "frozen": project(
        chain(
            node("nn.Linear", out_features=8, freeze=["."]),
            node("nn.ReLU"),
            node("nn.Linear", out_features=8),
            node("nn.Linear", out_features=8, freeze=["."]),
            node("nn.Tanh"),
        )
    ),
    "copies": project(
        chain(
            node("nn.Linear", out_features=8, repeat={"count": 3}),
            node("nn.Tanh", repeat={"count": 2, "shared": True}),
        )
    ),
    "only while training": project(
        chain(
            node("nn.Linear", out_features=8),
            node("nn.Sigmoid", when="=training"),
            node("nn.Tanh", when="=not training"),
            node("nn.Linear", out_features=8),
        )
    ),
    "blocks": project(
        {
            **chain(
                {"spec": "block.two", "in": {"x": "x.output"}},
                {"spec": "block.two", "in": {"x": "n0.y"}},
                {"spec": "block.two", "in": {"x": "n1.y"}, "repeat": {"count": 2}},
            ),
            "y": node("io.output", "n2.y"),
        },
        {"two": {"nodes": {**chain(WIDE, node("nn.GELU"))}}},
    ),
    "attention": project(
        {
            "x": node("io.input", shape=["=B", 6, 8]),
            "mix": node(
                "nn.MultiheadAttention",
                {"query": "x", "key": "x", "value": "x"},
                embed_dim=8,
                num_heads=2,
                batch_first=True,
            ),
            "fast": node(
                "nn.TransformerEncoderLayer",
                {"src": "mix.attn_output"},
                d_model=8,
                nhead=2,
                dropout=0.0,
                dim_feedforward=16,
                batch_first=True,
            ),
            "slow": node(
                "nn.TransformerEncoderLayer",
                {"src": "fast.output"},
                d_model=8,
                nhead=2,
                dim_feedforward=16,
                batch_first=True,
            ),
            "y": node("io.output", "slow"),
        }
    ),
    "recurrence": project(
        {
            "x": node("io.input", shape=["=B", 6, 8]),
            "a": node("nn.LSTM", "x", hidden_size=16, bidirectional=True, batch_first=True),
            "b": node("nn.GRU", "a", hidden_size=16, num_layers=2, batch_first=True),
            "c": node("nn.RNN", "b", hidden_size=16, batch_first=True),
            "y": node("io.output", "c"),
        }
    ),
    "queries that share keys": project(
        {
            "x": node("io.input", shape=["=B", 6, 8]),
            **{
                f"{name}{step}": each
                for name, heads in {"query": 4, "key": 2, "value": 2}.items()
                for step, each in enumerate(
                    (
                        node("nn.Linear", "x", out_features=4 * heads),
                        node("Tensor.unflatten", f"{name}0", dim=-1, sizes=[heads, 4]),
                        node("Tensor.transpose", f"{name}1", dim0=1, dim1=2),
                    )
                )
            },
            "mix": node(
                "F.scaled_dot_product_attention",
                {name: f"{name}2" for name in ("query", "key", "value")},
                enable_gqa=True,
                is_causal=True,
            ),
            "y": node("io.output", "mix"),
        }
    ),
    "alignments": project(
        {
            "d": node(
                "data.random",
                ports={"x": ["=B", 9, 6], "t": ["=B", 4], "n": ["=B"]},
                classes={"t": 5, "n": 2},
            ),
            "x": node("io.input", {"input": "d.x"}, shape=["=B", 9, 6]),
            "a": node("nn.Linear", "x", out_features=5),
            "b": node("Tensor.transpose", "a", dim0=0, dim1=1),
            "c": node("F.log_softmax", "b", dim=-1),
            "y": node("io.output", "c"),
            "steps": node("torch.full_like", "d.n", fill_value=9),
            "labels": node("torch.full_like", "d.n", fill_value=4),
            "loss": node(
                "nn.CTCLoss",
                {
                    "log_probs": "y",
                    "targets": "d.t",
                    "input_lengths": "steps",
                    "target_lengths": "labels",
                },
            ),
            "o": node("optim.SGD", {"losses[0]": "loss"}),
        }
    ),
    "cells over slices": project(
        {
            "x": node("io.input", shape=["=B", 3, 6]),
            "parts": node("torch.unbind", "x", dim=1, outputs=3),
            "a": node("nn.GRUCell", {"input": "parts.chunks[0]"}, hidden_size=8),
            "b": node("nn.GRUCell", {"input": "parts.chunks[1]", "hx": "a.output"}, hidden_size=8),
            "c": node("nn.GRUCell", {"input": "parts.chunks[2]", "hx": "b.output"}, hidden_size=8),
            "y": node("io.output", "c"),
        }
    ),
    **{
        f"bags, {mode}": project(
            {
                "x": node("io.input", shape=["=B", 7], dtype={"$name": "int64"}),
                "bags": node("nn.EmbeddingBag", "x", num_embeddings=50, embedding_dim=16, **more),
                "y": node("io.output", "bags"),
            }
        )
        for mode, more in {
            "mean": {},
            "sum": {"mode": "sum", "padding_idx": 49},
            "max": {"mode": "max"},
            "sparse": {"sparse": True, "max_norm": 1.0},
        }.items()
    },
}


LONG = project(
    {
        "x": node("io.input", shape=["=B", 90, 8]),
        "a": node("nn.LSTM", "x", hidden_size=32, num_layers=2, batch_first=True),
        "b": node("nn.GRU", "a", hidden_size=16, batch_first=True),
        "y": node("io.output", "b"),
    }
)


def test_a_long_sequence_is_measured_over_a_few_steps() -> None:
    compared(LONG)


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_what_is_shared_left_out_or_frozen_is_counted_as_it_is_kept(drawn: Project) -> None:
    compared(drawn, within=0)


@pytest.mark.parametrize("width", [6, 9])
def test_slices_of_other_data_are_counted_as_from_the_beginning(width: int) -> None:
    """All of them keep the memory of the whole, which no call has made."""
    judge, before = Judge(), DRAWN["cells over slices"]
    judge.judge(before, fixes=False)
    shape = (Expr("B"), 3, width)
    after = in_block(before, "main", lambda g: set_argument(g, NodeId("x"), "shape", shape))
    found = judge.judge(after, fixes=False).activations
    assert found == Judge().judge(after, fixes=False).activations


OTHERWISE = {
    "nn.AdaptiveLogSoftmaxWithLoss",  # what it keeps depends on the targets' values
    "nn.SoftMarginLoss",  # wants targets without gradients
    "nn.SyncBatchNorm",  # needs several processes
}


@pytest.mark.parametrize(("name", "example"), CASES, ids=[name for name, _ in CASES])
def test_one_call_keeps_on_the_processor_what_was_measured(name: str, example: Example) -> None:
    if name in OTHERWISE:
        pytest.skip("torch itself does otherwise here")
    args = filled(spec_of(name), example)
    given = {port: tensor_of(value) for port, value in example.inputs.items()}
    for port, value in given.items():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            given[port] = value.requires_grad_().clone()
    if name == "nn.CTCLoss":  # by these goes what it keeps
        given["input_lengths"].fill_(given["log_probs"].shape[0])
        given["target_lengths"].fill_(given["targets"].shape[1])
    compare_call(name, args, given)


@pytest.mark.parametrize("labels", [(3, 4), (12,), (13,)])
def test_labels_of_a_sequence_in_rows_or_in_one_row(labels: tuple[int, ...]) -> None:
    count = labels[0] if len(labels) == 1 else 12
    given = {
        "log_probs": torch.zeros(7, 3, 5, requires_grad=True).log_softmax(-1),
        "targets": torch.ones(labels, dtype=torch.int64),
        "input_lengths": torch.full((3,), 7),
        "target_lengths": torch.tensor([count - 8, 4, 4]),
    }
    compare_call("nn.CTCLoss", FrozenMap({}), given)


@pytest.mark.parametrize("laid", ["batch first", "steps first", "turned", "part of a row"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("name", ["nn.RNN", "nn.GRU"])
def test_each_direction_keeps_a_copy_of_steps_that_lie_apart(
    name: str, both: bool, layers: int, laid: str
) -> None:
    args = {"input_size": 6, "hidden_size": 5, "num_layers": layers, "bidirectional": both}
    wide = torch.zeros(3, 4, 8, requires_grad=True).clone()
    given = {
        "batch first": lambda: torch.zeros(3, 7, 6, requires_grad=True).clone(),
        "steps first": lambda: torch.zeros(7, 3, 6, requires_grad=True).clone(),
        "turned": lambda: torch.zeros(3, 7, 6, requires_grad=True).clone().transpose(0, 1),
        "part of a row": lambda: wide[..., :6],
    }[laid]()
    compare_call(name, FrozenMap({**args, "batch_first": laid == "batch first"}), {"input": given})


def compare_call(name: str, args: FrozenMap[str, Arg], given: dict[str, Any]) -> None:
    """Hold what is said that a call keeps against what it keeps on the processor."""
    spec = spec_of(name)
    types = {p: type_of_tensor(v) if isinstance(v, torch.Tensor) else v for p, v in given.items()}
    found = kept(spec, construct(spec, args, "cpu"), args, FrozenMap(types))
    real = construct(spec, args, "cpu")
    weights: list[torch.Tensor] = []
    if isinstance(real, nn.Module):
        weights = [*real.train().parameters(), *real.buffers()]
    with Counter() as counter:
        result = call(spec, real, args, given)
    assert result is not None
    tensors = [given[port] for port in found.inputs]
    said = sum(t.untyped_storage().nbytes() for t in tensors)
    said += found.own + sum(found.sizes[port] for port in found.results)
    assert counter.bytes(weights) == said
