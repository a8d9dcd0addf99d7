"""Diagnosers never blame a call that torch accepts, and never break, whatever they are handed."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.execute import CannotExecute, call, construct
from graph_editor.catalogue.load import catalogue
from graph_editor.checking import cures, diagnosers
from graph_editor.checking.explain import lint, modules_of
from graph_editor.checking.failure import Context, Failure, Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Address, Arg, FrozenMap, Node, NodeId, Project

SIZE = st.sampled_from([1, 2, 3, 4, 6])
SHAPE = st.lists(SIZE, min_size=0, max_size=5).map(tuple)
SMALL = st.sampled_from([1, 2, 3])
DTYPES = st.sampled_from(["float32", "float32", "float32", "float64", "int64", "bool"])
ASKED = st.lists(st.sampled_from([-1, 1, 2, 3, 4, 6]), min_size=1, max_size=3).map(tuple)
PLAIN = (
    "op.add op.sub op.matmul torch.bmm torch.maximum nn.GELU nn.ReLU nn.CrossEntropyLoss "
    "nn.NLLLoss nn.MSELoss nn.L1Loss nn.BCELoss nn.BCEWithLogitsLoss nn.HuberLoss "
    "nn.SoftMarginLoss nn.KLDivLoss F.embedding"
)
FIELDS: dict[str, dict[str, st.SearchStrategy[Arg]]] = {
    "nn.Linear": {"in_features": SIZE, "out_features": SIZE},
    "nn.LayerNorm": {"normalized_shape": SIZE},
    "nn.GroupNorm": {"num_groups": SMALL, "num_channels": SIZE},
    "nn.LSTM": {"input_size": SIZE, "hidden_size": SIZE},
    "nn.GRUCell": {"input_size": SIZE, "hidden_size": SIZE},
    "nn.TransformerEncoderLayer": {"d_model": SIZE, "nhead": SMALL, "dim_feedforward": SIZE},
    "nn.MultiheadAttention": {"embed_dim": SIZE, "num_heads": SMALL},
    "nn.Embedding": {"num_embeddings": st.just(9), "embedding_dim": SIZE},
    "nn.Softmax": {"dim": st.integers(-3, 3)},
    "Tensor.view": {"args": ASKED},
    "Tensor.reshape": {"args": ASKED},
    **{f"nn.BatchNorm{n}d": {"num_features": SIZE} for n in (1, 2, 3)},
    **{f"nn.InstanceNorm{n}d": {"num_features": SIZE, "affine": st.booleans()} for n in (1, 2)},
    **{
        f"nn.{family}{n}d": {
            "in_channels": SIZE, "out_channels": SIZE, "kernel_size": SMALL,
            "padding": st.sampled_from([0, 1]), "dilation": SMALL, "groups": SMALL,
        }
        for family in ("Conv", "ConvTranspose") for n in (1, 2)
    },
    **{
        f"nn.{family}{n}d": {"kernel_size": SMALL, "padding": st.sampled_from([0, 1, 2])}
        for family in ("MaxPool", "AvgPool") for n in (1, 2)
    },
    **{name: {} for name in PLAIN.split()},
    "nn.RMSNorm": {"normalized_shape": SIZE},
    "torch.cat": {"dim": st.integers(-2, 2)},
    "torch.stack": {"dim": st.integers(-2, 2)},
}  # fmt: skip
PORTS = {"torch.cat": ("tensors[0]", "tensors[1]"), "torch.stack": ("tensors[0]", "tensors[1]")}


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Draw a spec, arguments and shapes that fit about as often as not."""
    name = draw(st.sampled_from(sorted(FIELDS)))
    spec = catalogue().get(name)
    assert spec is not None
    args = {key: draw(value) for key, value in FIELDS[name].items()}
    required = [a.name for a in spec.arguments if a.stage == "call" and a.port and a.required]
    ports = PORTS.get(name, tuple(required))
    first = draw(SHAPE)
    shapes = [
        first,
        *(draw(st.one_of(st.just(first), st.just(first[:1]), SHAPE)) for _ in ports[1:]),
    ]
    types = {p: TensorType(s, draw(DTYPES)) for p, s in zip(ports, shapes, strict=True)}
    address = Address("n")
    return Site(address, "main", NodeId("n"), Node(name), spec, FrozenMap(args), FrozenMap(types))


def accepted(site: Site) -> bool:
    """Whether eager torch on the processor takes the call."""
    assert site.spec is not None
    try:
        values: dict[str, Any] = {
            port: torch.zeros(t.shape, dtype=getattr(torch, t.dtype))  # type: ignore[arg-type]  # numbers
            for port, t in site.inputs.items()
        }
        call(site.spec, construct(site.spec, site.args), site.args, values)
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, CannotExecute):
        return False
    return True


@settings(max_examples=800, deadline=None)
@given(sites())
def test_a_call_that_torch_accepts_is_never_blamed(site: Site) -> None:
    context = Context(Project(), catalogue().get, FrozenMap({site.address: site}))
    found = [m.diagnose(Failure(site, ""), context) for m in modules_of(diagnosers)]
    said = [d.message for d in found if d is not None]
    lint(context)
    if said:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert not accepted(site), said


@settings(max_examples=300, deadline=None)
@given(sites())
def test_every_message_shows_the_shape_or_the_number_at_fault(site: Site) -> None:
    context = Context(Project(), catalogue().get, FrozenMap({site.address: site}))
    for module in modules_of(diagnosers):
        found = module.diagnose(Failure(site, ""), context)
        if found is not None:
            shapes = [t.text() for t in site.inputs.values()]
            numbers = [str(v) for v in site.args.values()]
            assert any(part in found.message for part in (*shapes, *numbers)), found.message
            assert found.message.endswith(".")
            assert "None" not in found.message


@settings(max_examples=300, deadline=None)
@given(sites())
def test_no_cure_breaks_whatever_torch_stops_at(site: Site) -> None:
    named = {
        port: replace(kind, shape=tuple("B" if size == 4 else size for size in kind.shape))
        for port, kind in site.inputs.items()
    }
    site = replace(site, symbolic=FrozenMap(named))
    context = Context(Project(), catalogue().get, FrozenMap({site.address: site}))
    for module in modules_of(cures):
        assert all(proposal.title for proposal in module.cures(site, context))
