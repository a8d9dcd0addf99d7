"""Masks of attention that hide nothing, or all."""

from __future__ import annotations

from itertools import pairwise

from graph_editor.document.model import NOTHING, Arg, FrozenMap, Name, Node, Project
from tests.checking.drawings import FLAT, HEAD, Args, B, Layer, drawing
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

STEPS: tuple[Arg, ...] = (B, 20, 32)
HEADS, SHOWN, ENCODER = (
    "nn.MultiheadAttention",
    "F.scaled_dot_product_attention",
    "nn.TransformerEncoderLayer",
)
GIVEN: dict[str, tuple[Args, tuple[str, ...], str, str]] = {
    HEADS: (
        {"num_heads": 4, "batch_first": True},
        ("query", "key", "value"),
        "attn_output",
        "attn_mask",
    ),
    SHOWN: ({}, ("query", "key", "value"), "output", "attn_mask"),
    ENCODER: ({"nhead": 4, "batch_first": True}, ("src",), "output", "src_mask"),
}


def masked(*layers: Layer, spec: str = HEADS, ones: Args = NOTHING, **args: Arg) -> Project:
    """Return attention with a mask made of 20×20 ones by these layers."""
    own, ports, given, mask = GIVEN[spec]
    wires = {f"see.{port}": "x.output" for port in ports} | {"flat.input": f"see.{given}"}
    made = drawing(("see", spec, {**own, **args}), FLAT, HEAD, x=STEPS, wires=wires)
    nodes = {"ones": Node("torch.ones", args=FrozenMap({"size": (20, 20), **ones}))}
    nodes |= {name: Node(kind, args=FrozenMap(said)) for name, kind, said in layers}
    joined = {f"{new}.input": f"{old}.output" for old, new in pairwise(nodes)}
    return more(made, nodes, {**joined, f"see.{mask}": f"{[*nodes][-1]}.output"})


def upper(diagonal: int) -> Layer:
    return ("cut", "torch.triu", {"diagonal": diagonal})


def lower(diagonal: int = 0) -> Layer:
    return ("cut", "torch.tril", {"diagonal": diagonal})


AS_BOOL: Layer = ("as_bool", "Tensor.bool", {})
TURNED: Layer = ("turned", "op.invert", {})
BOOL = {"dtype": Name("bool")}
CHANGE = "Let true and false of {} change places"
CASES = [
    Case("mask-hides-nothing", "warning", "see", ("attn_mask of MultiheadAttention “see”", "20×20"),
         ("Convert attn_mask to bool",), masked(upper(1))),
    Case("mask-hides-nothing", "warning", "see", ("hides where it is False",),
         ("Convert attn_mask to bool",), masked(lower(), spec=SHOWN)),
    Case("mask-hides-nothing", "warning", "see", ("hides where it is True",), (), masked(lower())),
    Case("mask-hides-nothing", "warning", "see", ("src_mask of TransformerEncoderLayer “see”",),
         ("Convert src_mask to bool",), masked(upper(1), spec=ENCODER)),
    Case("mask-hides-all", "warning", "see",
         ("MultiheadAttention “see” hides where attn_mask is True", "last of its 20 rows",
          "tril with diagonal 0"),
         (CHANGE.format("attn_mask"),), masked(lower(), AS_BOOL)),
    Case("mask-hides-all", "warning", "see", ("the first of its 20 rows", "triu with diagonal 0"),
         ("Set diagonal to 1",), masked(upper(0), AS_BOOL)),
    Case("mask-hides-all", "warning", "see", ("where attn_mask is False", "last of its 20 rows"),
         (CHANGE.format("attn_mask"),), masked(upper(1), AS_BOOL, spec=SHOWN)),
    Case("mask-hides-all", "warning", "see", ("the first", "diagonal -1"), ("Set diagonal to 0",),
         masked(AS_BOOL, lower(-1), spec=SHOWN)),
    Case("mask-hides-all", "warning", "see", ("src_mask", "the last"),
         (CHANGE.format("src_mask"),), masked(lower(), spec=ENCODER, ones=BOOL)),
]  # fmt: skip
NEAR: list[Near] = [
    ("mask-hides-nothing", masked(upper(1), AS_BOOL)),
    ("mask-hides-nothing", masked(lower(), AS_BOOL, spec=SHOWN)),
    ("mask-hides-nothing", masked(upper(1), ("far", "op.mul", {"other": -1e9}))),
    ("mask-hides-nothing", masked(upper(1), ("far", "op.mul", {"other": -1e4}), spec=SHOWN)),
    ("mask-hides-nothing", masked(lower(), ("log", "torch.log", {}))),
    # nothing is cut off, and so nothing is meant to be hidden
    ("mask-hides-nothing", masked()),
    ("mask-hides-nothing", masked(upper(-19))),
    ("mask-hides-nothing", masked(lower(19), spec=SHOWN)),
    # the mask is but a hint of what torch does by itself
    ("mask-hides-nothing", masked(upper(1), is_causal=True, need_weights=False)),
    ("mask-hides-all", masked(upper(1), AS_BOOL)),
    ("mask-hides-all", masked(lower(), AS_BOOL, spec=SHOWN)),
    ("mask-hides-all", masked(lower(), AS_BOOL, TURNED)),
    ("mask-hides-all", masked(upper(1), AS_BOOL, TURNED, spec=SHOWN)),
    # each step sees itself and those after it, or those just before: unusual, but not blind
    ("mask-hides-all", masked(lower(-1), AS_BOOL)),
    ("mask-hides-all", masked(upper(0), AS_BOOL, spec=SHOWN)),
    # there is always one more key to see
    ("mask-hides-all", masked(lower(), AS_BOOL, add_zero_attn=True)),
    ("mask-hides-all", masked(upper(0), AS_BOOL, add_bias_kv=True)),
    ("mask-hides-all", masked(lower()), "mask-hides-nothing"),
]  # fmt: skip
