"""A verdict is what eager torch does on the processor: no false alarm, no false all-clear."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app.engine.evaluate_plan import Plan
from app.engine.evaluate_scope import concrete_all
from app.engine.execute import call, construct, flatten_outputs
from app.engine.judge import Judge
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import Project
from tests.engine.drawings import node, project

JUDGE = Judge()
BATCH = 4


def run_eagerly(drawn: Project, batch: int, inferred: Any) -> dict[str, tuple[int, ...]]:
    """Return the shapes that eager torch gives on the processor. Raises what torch raises."""
    graph, seen = drawn.main.graph, dict[str, Any]()
    for id_, wires in Plan.of(drawn.main, catalogue().get).steps:
        entry = graph.nodes[id_]
        if entry.spec == "io.input":
            dims = [batch if not isinstance(d, int) else d for d in entry.args["shape"]]
            seen[f"{id_}.output"] = torch.zeros(dims)
            continue
        spec = catalogue().get(entry.spec)
        args = concrete_all(entry.args.merged(inferred.get(id_, {})), {"B": batch})
        inputs = {port: seen[f"{s.node}.{s.port}"] for port, s in wires}
        target = construct(spec, args)
        result = call(spec, target, args, inputs)
        for port, value in flatten_outputs(spec, entry, result).items():
            seen[f"{id_}.{port}"] = value
    return {key: tuple(value.shape) for key, value in seen.items()}


def infer_eagerly(drawn: Project, batch: int) -> dict[str, tuple[int, ...]] | None:
    """Return eager shapes, or None where torch refuses."""
    verdict = JUDGE.judge(drawn, batch=BATCH, fixes=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return run_eagerly(drawn, batch, verdict.inferred)
        except Exception:  # whatever torch refuses with
            return None


SMALL = st.integers(1, 6)
AXIS = st.integers(-3, 3)
CUTS = [{"$slice": cut} for cut in ([None] * 3, [None, 3, None], [1, None, 2], [-2, None, None])]


def nodes_of(spec: str, **arguments: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return nodes of a spec; each argument is a strategy, or a value."""
    drawn = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in arguments.items()}
    return st.fixed_dictionaries(drawn).map(lambda args: node(spec, **args))


UNARY = st.one_of(
    nodes_of("nn.Linear", out_features=SMALL),
    nodes_of("nn.Linear", out_features=SMALL, in_features=st.sampled_from([4, 6])),
    nodes_of("nn.Conv2d", out_channels=SMALL, kernel_size=SMALL, stride=SMALL, padding=SMALL),
    nodes_of("nn.Conv1d", in_channels=SMALL, out_channels=3, kernel_size=SMALL),
    nodes_of("nn.MaxPool2d", kernel_size=SMALL, padding=st.integers(0, 2)),
    nodes_of("nn.AvgPool2d", kernel_size=SMALL),
    st.sampled_from(["nn.BatchNorm2d", "nn.BatchNorm1d", "nn.ReLU", "nn.Flatten"]).map(node),
    nodes_of("nn.LayerNorm", normalized_shape=SMALL),
    nodes_of("Tensor.flatten", start_dim=AXIS, end_dim=AXIS),
    nodes_of("Tensor.permute", args=st.integers(2, 4).flatmap(lambda n: st.permutations(range(n)))),
    nodes_of("Tensor.reshape", args=st.lists(st.sampled_from([-1, 1, 2, 3, 4, 8, 24]), min_size=1)),
    nodes_of("Tensor.view", args=st.lists(st.sampled_from([-1, 1, 2, 3, 4, 8, 24]), min_size=1)),
    nodes_of("op.getitem", index=st.lists(st.sampled_from(CUTS), min_size=1, max_size=3)),
    nodes_of("Tensor.transpose", dim0=AXIS, dim1=AXIS),
    nodes_of("Tensor.squeeze"),
    nodes_of("Tensor.squeeze", dim=AXIS),
    nodes_of("torch.mean", dim=AXIS, keepdim=st.booleans()),
    nodes_of("torch.chunk", dim=AXIS, chunks=st.integers(1, 3)),
)
JOINS = ("op.add", "op.mul", "op.matmul", "torch.cat0", "torch.cat1", "torch.bmm")
BINARY = st.sampled_from(JOINS)
SHAPE = st.sampled_from([(4,), (6,), (3, 4), (3, 8, 8), (2, 5, 5), (1, 6, 6), (4, 4)])


@st.composite
def drawings(draw: st.DrawFn) -> Project:
    """Draw a small network of which about half are legal."""
    nodes = {"x": node("io.input", shape=["=B", *draw(SHAPE)])}
    outs = ["x.output"]
    if draw(st.booleans()):
        nodes["z"] = node("io.input", shape=["=B", *draw(SHAPE)])
        outs.append("z.output")
    for index in range(draw(st.integers(1, 4))):
        id_, last = f"n{index}", outs[-1]
        if draw(st.integers(0, 3)):
            made = draw(UNARY)
            first = "input"
            nodes[id_] = {**made, "in": {first: last}}
            outs.append(f"{id_}.chunks[0]" if made["spec"] == "torch.chunk" else f"{id_}.output")
            continue
        kind, other = draw(BINARY), draw(st.sampled_from(outs))
        if kind.startswith("torch.cat"):
            fed = {"tensors[0]": last, "tensors[1]": other}
            nodes[id_] = node("torch.cat", fed, dim=int(kind[-1]))
        else:
            second = "mat2" if kind == "torch.bmm" else "other"
            nodes[id_] = node(kind, {"input": last, second: other})
        outs.append(f"{id_}.output")
    nodes["y"] = node("io.output", outs[-1])
    return project(nodes)


@seed(20240)
@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(drawings())
def test_a_verdict_is_what_torch_does(drawn: Project) -> None:
    verdict = JUDGE.judge(drawn, batch=BATCH, fixes=False)
    here, next_ = infer_eagerly(drawn, BATCH), infer_eagerly(drawn, BATCH + 1)
    assert (not verdict.has_errors) == (here is not None and next_ is not None), (
        verdict.diagnostics, here, next_)  # fmt: skip
    if here is None or next_ is None:
        return
    for key, shape in here.items():
        said = verdict.types[key].shape
        for batch, true in ((BATCH, shape), (BATCH + 1, next_[key])):
            told = tuple(d if isinstance(d, int) else eval_dim(d, batch) for d in said)
            assert told == true, key


def eval_dim(text: str, batch: int) -> int:
    from graph_editor.document.expressions import evaluate, parse

    return int(evaluate(parse(text), {"B": batch}))


def test_both_kinds_of_drawing_are_drawn() -> None:
    verdicts: list[bool] = []

    @seed(20240)
    @settings(max_examples=100, deadline=None, database=None)
    @given(drawings())
    def look(drawn: Project) -> None:
        verdicts.append(JUDGE.judge(drawn, batch=BATCH, fixes=False).has_errors)

    look()
    assert 15 < sum(verdicts) < len(verdicts) - 15


@pytest.mark.parametrize("batch", [5, 64])
def test_a_fixed_batch_size_is_caught_though_it_works(batch: int) -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 3, 4]),
        "v": node("Tensor.view", "x", args=[batch, -1]),
        "y": node("io.output", "v"),
    }
    drawn = project(nodes)
    verdict = JUDGE.judge(drawn, batch=batch)
    assert infer_eagerly(drawn, batch) is not None
    assert verdict.has_errors
    assert verdict.status["v"] == "error"
