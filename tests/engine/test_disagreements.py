"""What random graphs once found the judge and torch to disagree on, each as small as it can be."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.rule_table import RULES
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()


def image(*shape: int, **more: Any) -> dict[str, Any]:
    return node("io.input", shape=["=B", *shape], **more)


def name(text: str) -> dict[str, str]:
    return {"$name": text}


def trained(maker: str, wire: str, **nodes: Any) -> dict[str, Any]:
    """Return nodes that end in the mean of something and an optimizer."""
    return {
        **nodes,
        "y": node("io.output", wire),
        "loss": node("torch.mean", wire),
        "o": node(f"optim.{maker}", {"losses[0]": "loss"}),
    }


def through(shape: tuple[int, ...], spec: str, **args: Any) -> dict[str, Any]:
    return {"x": image(*shape), "n": node(spec, "x", **args), "y": node("io.output", "n")}


def through_bytes(size: list[int]) -> dict[str, Any]:
    args = {"size": size, "mode": "bilinear", "antialias": True}
    return {
        "x": node("io.input", shape=["=B", 3, 8, 8], dtype=name("uint8")),
        "n": node("F.interpolate", "x", **args),
        "y": node("io.output", "n"),
    }


def made(spec: str, **args: Any) -> dict[str, Any]:
    return {"n": node(spec, **args), "y": node("io.output", "n")}


def heads(*shape: int, turn: bool = False, dropout_p: float = -0.5, **more: str) -> dict[str, Any]:
    """Return attention of heads to themselves, which may be seen through an axis turned."""
    x = image(*(shape or (3, 5, 5)))
    fed = dict.fromkeys(("query", "key", "value"), "t" if turn else "x")
    return {
        "x": x,
        "t": node("Tensor.transpose", "x", dim0=2, dim1=3) if turn else node("torch.relu", "x"),
        "m": node("const.tensor", value=[[0.0] * 5] * 5),
        "n": node("F.scaled_dot_product_attention", {**fed, **more}, dropout_p=dropout_p),
        "y": node("io.output", "n"),
    }


def triple(spec: str, odd: str) -> dict[str, Any]:
    return {
        "x": image(4),
        "b": image(4, dtype=name(odd)),
        "n": node(spec, {"anchor": "x", "positive": "b", "negative": "x"}),
        "y": node("io.output", "n"),
    }


def looked_up(maker: str, spec: str = "nn.Embedding", **more: Any) -> dict[str, Any]:
    """Return rows that are looked up with sparse gradients, and an optimizer set in some way."""
    sizes = ["=B"] if spec == "nn.Embedding" else ["=B", 2]
    nodes = {
        "d": node("data.random", ports={"p": sizes}, classes={"p": 5}),
        "n": node(spec, "d.p", num_embeddings=5, embedding_dim=3, sparse=True),
    }
    found = trained(maker, "n", **nodes)
    return found | {"o": node(f"optim.{maker}", {"losses[0]": "loss"}, **more)}


def set_so(maker: str, **more: Any) -> dict[str, Any]:
    """Return a layer and an optimizer that is set in some way."""
    found = trained(maker, "n", x=image(3), n=node("nn.Linear", "x", out_features=2))
    return found | {"o": node(f"optim.{maker}", {"losses[0]": "loss"}, **more)}


_DENSE = "Adam AdamW Adamax NAdam RAdam RMSprop Rprop ASGD Adadelta Adafactor Muon"
DENSE = tuple(_DENSE.split())
"""Optimizers that take no sparse gradients."""

REFUSED: dict[str, dict[str, Any]] = {
    **{f"sparse gradients for {maker}": looked_up(maker) for maker in DENSE},
    "weights that rest with their owner, which is off for good": {
        "d": node("data.random", ports={"p": ["=B", 4], "t": ["=B"]}, classes={"t": 4}),
        "own": node("nn.Linear", "d.p", out_features=4, when="=1 > 2", freeze=["."]),
        "n": node("nn.Linear", "d.p", weights={"same_as": "own"}),
        "y": node("io.output", "n"),
        "y2": node("io.output", "own"),
        "loss": node("nn.CrossEntropyLoss", {"input": "n", "target": "d.t"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "more best scores than there are": {
        "d": node("data.random", ports={"p": ["=B", 3], "t": ["=B"]}, classes={"t": 4}),
        "l": node("nn.Linear", "d.p", out_features=4),
        "y": node("io.output", "l"),
        "loss": node("nn.CrossEntropyLoss", {"input": "l", "target": "d.t"}),
        "m": node("metric.top_k_accuracy", {"input": "l", "target": "d.t"}, k=5),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "sparse gradients of bags": looked_up("Adam", "nn.EmbeddingBag"),
    "sparse gradients beside a decay": looked_up("SGD", weight_decay=0.1),
    "sparse gradients beside a decay, for Adagrad": looked_up("Adagrad", weight_decay=0.1),
    "sparse gradients for steps in one kernel": looked_up("SGD", fused=True),
    "a step that is to be derived": set_so("SGD", differentiable=True),
    "a step of Adam that is to be derived": set_so("Adam", differentiable=True),
    "a step that is to be recorded, on a processor": set_so("Adam", capturable=True),
    "truth values that a loss takes away": {
        "x": image(3),
        "b": image(3, dtype=name("bool")),
        "n": node("nn.PoissonNLLLoss", {"input": "x", "target": "b"}, full=True),
        "y": node("io.output", "n"),
    },
    "rates that are true or false": {
        "x": image(3),
        "b": image(3, dtype=name("bool")),
        "n": node("nn.PoissonNLLLoss", {"input": "b", "target": "x"}, log_input=False),
        "y": node("io.output", "n"),
    },
    "truth values multiplied over a batch": {
        "x": image(4, dtype=name("bool")),
        "n": node("torch.einsum", {"args[1]": "x", "args[2]": "x"}, args=["ij,kj->ik", "=?", "=?"]),
        "y": node("io.output", "n"),
    },
    "a label for a single sample without an axis, on the way back": {
        "d": node("data.random", ports={"p": [4], "t": [1]}, classes={"t": 3}),
        "l": node("nn.Linear", "d.p", out_features=3),
        "y": node("io.output", "l"),
        "loss": node("nn.NLLLoss", {"input": "l", "target": "d.t"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "fewer scores than labels in evaluation alone": {
        "x": image(3),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 4}),
        "l": node("nn.Linear", "x", out_features=4, when="=training"),
        "y": node("io.output", "l"),
        "loss": node("nn.CrossEntropyLoss", {"input": "l", "target": "d.p"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "normalization over a single channel, on the way back": trained(
        "SGD",
        "n",
        x=image(2, 3, 3),
        c=node("nn.Conv2d", "x", out_channels=2, kernel_size=1),
        n=node("nn.CrossMapLRN2d", "c", size=1),
    ),
    "what is on in evaluation alone and does not fit there": {
        "x": image(3),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 10}),
        "l": node("nn.Linear", "x", out_features=4, when="=not training"),
        "y": node("io.output", "l"),
        "loss": node(
            "nn.AdaptiveLogSoftmaxWithLoss",
            {"input_": "l", "target_": "d.p"},
            cutoffs=[4],
            n_classes=10,
        ),
        "o": node("optim.Adadelta", {"losses[0]": "loss.loss"}),
    },
    "bool into a triplet loss": triple("nn.TripletMarginWithDistanceLoss", "bool"),
    "frozen weights that are no matrix, for Muon": trained(
        "Muon",
        "l",
        x=image(3, 6, 6),
        c={**node("nn.Conv2d", "x", out_channels=2, kernel_size=3), "freeze": ["."]},
        f=node("nn.Flatten", "c"),
        l=node("nn.Linear", "f", out_features=3, bias=False),
    ),
    "a second call of frozen weights, and nothing else": trained(
        "SGD",
        "b",
        x=image(4),
        a={**node("nn.Linear", "x", out_features=4), "freeze": ["."]},
        b={**node("nn.Linear", "a"), "weights": {"same_as": "a"}},
    ),
    "even steps of bool": made("torch.linspace", start=0.0, end=1.0, steps=5, dtype=name("bool")),
    "random whole numbers of rand": made("torch.rand", size=[2, 3], dtype=name("int64")),
    "random whole numbers of randn": made("torch.randn", size=[2, 3], dtype=name("int32")),
    "a range of bool": made("torch.arange", end=4, dtype=name("bool")),
    "sort over no axis": {
        "x": image(3),
        "n": node("torch.sort", "x", dim=-3),
        "y": node("io.output", "n.values"),
    },
    "argsort over no axis": through((3,), "torch.argsort", dim=2),
    "eps of zero": through((4, 8), "nn.BatchNorm1d", eps=0.0),
    "two kernel sizes on one axis": through(
        (4, 8), "nn.Conv1d", out_channels=6, kernel_size=[3, 1]
    ),
    "three strides on two axes": through(
        (4, 8, 8), "nn.Conv2d", out_channels=6, kernel_size=3, stride=[1, 1, 1]
    ),
    "three dilations on two axes": through(
        (4, 8, 8), "nn.ConvTranspose2d", out_channels=6, kernel_size=3, dilation=[2, 1, 1]
    ),
    "an index of two axes": {
        "x": image(3),
        "d": node("data.random", ports={"p": ["=B", 2]}, classes={"p": 3}),
        "n": node("torch.index_select", {"input": "x", "index": "d.p"}, dim=1),
        "y": node("io.output", "n"),
    },
    "bool made larger": {
        "x": image(4, 8, 8, dtype=name("bool")),
        "n": node("nn.UpsamplingBilinear2d", "x", scale_factor=2.0),
        "y": node("io.output", "n"),
    },
    "whole numbers unpooled": {
        "x": node("io.input", shape=[2, 4, 1], dtype=name("int32")),
        "i": node("torch.zeros", size=[2, 4, 1], dtype=name("int64")),
        "n": node("nn.MaxUnpool1d", {"input": "x", "indices": "i"}, kernel_size=2),
        "y": node("io.output", "n"),
    },
    "float64 into a loss with weights": {
        "x": image(4, dtype=name("float64")),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 5}),
        "n": node("nn.LinearCrossEntropyLoss", {"input": "x", "target": "d.p"}, num_classes=5),
        "y": node("io.output", "n"),
    },
    "a mirrored pad of bool": {
        "x": image(3, dtype=name("bool")),
        "n": node("F.pad", "x", pad=[1, 1], mode="reflect"),
        "y": node("io.output", "n"),
    },
    "less than nothing in bytes": {
        "x": image(3, dtype=name("uint8")),
        "n": node("nn.Threshold", "x", threshold=-1.0, value=0.0),
        "y": node("io.output", "n"),
    },
    "bytes padded with -1": {
        "x": image(3, dtype=name("uint8")),
        "n": node("F.pad", "x", pad=[1, 1], value=-1.0),
        "y": node("io.output", "n"),
    },
    "bytes filled with -1": {
        "x": image(3, dtype=name("uint8")),
        "n": node("torch.full_like", "x", fill_value=-1.0),
        "y": node("io.output", "n"),
    },
    "windows of a negative padding": through((4, 8, 8), "nn.Unfold", kernel_size=2, padding=-1),
    "attention of heads that drops less than nothing": heads(),
    "attention behind a mask that drops less than nothing": heads(attn_mask="m"),
    "attention that drops less than nothing": {
        "x": image(2, 4),
        "n": node(
            "nn.MultiheadAttention",
            {"query": "x", "key": "x", "value": "x"},
            num_heads=2,
            dropout=-0.5,
            need_weights=False,
        ),
        "y": node("io.output", "n.attn_output"),
    },
    "float64 into a norm of several processes": {
        "x": image(2, dtype=name("float64")),
        "n": node("nn.SyncBatchNorm", "x"),
        "y": node("io.output", "n"),
    },
    "bool into a loss without a soft middle": {
        "x": image(3),
        "b": image(3, dtype=name("bool")),
        "n": node("nn.SmoothL1Loss", {"input": "b", "target": "x"}, beta=0.0),
        "y": node("io.output", "n"),
    },
    "lerp between two dtypes": {
        "x": image(3),
        "e": image(3, dtype=name("bool")),
        "n": node("torch.lerp", {"input": "x", "end": "e"}, weight=0.5),
        "y": node("io.output", "n"),
    },
    "floor division before a loss": trained(
        "SGD",
        "f",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        f=node("op.floordiv", "n", other=2),
    ),
    "two layers in place beside a wire that is read later": {
        "x": image(3),
        "n": node("nn.Linear", "x", out_features=2),
        "e": node("nn.ELU", "n", inplace=True),
        "f": node("nn.ELU", "n", inplace=True),
        "u": node("io.output", "e"),
        "v": node("io.output", "f"),
        "y": node("io.output", "n"),
        "loss": node("torch.mean", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "bools to a negative power": {
        "x": image(3, dtype=name("bool")),
        "n": node("op.pow", "x", other=-1),
        "y": node("io.output", "n"),
    },
    "bools divided by nothing": {
        "x": image(3, dtype=name("bool")),
        "n": node("op.mod", "x", other=0),
        "y": node("io.output", "n"),
    },
    "a module called again with another width": {
        "x": image(3),
        "z": node("io.input", shape=["=B", 5]),
        "n": node("nn.Linear", "x", out_features=2),
        "again": node("nn.Linear", "z", in_features=5, weights={"same_as": "n"}),
        "y": node("io.output", "n"),
        "y2": node("io.output", "again"),
    },
    "antialias along a line": {
        "x": node("io.input", shape=["=B", 3, 8]),
        "n": node("F.interpolate", "x", scale_factor=2.0, mode="linear", antialias=True),
        "y": node("io.output", "n"),
    },
    "channels that only another batch has": {
        "x": node("io.input", shape=["=B", 5]),
        "u": node("Tensor.unsqueeze", "x", dim=0),
        "n": node("nn.Conv1d", "u", out_channels=7, kernel_size=1, when="=B > 4"),
        "y": node("io.output", "n"),
    },
    "one pixel of bytes in three colours": through_bytes([1, 1]),
    "bytes of a length that goes by a name, resized in a way that knows no corners": {
        "d": node("data.random", ports={"p": ["=B", 1, "=T", 5]}, samples=20),
        "b": node("Tensor.to", "d.p", dtype=name("uint8")),
        "n": node("F.interpolate", "b", scale_factor=2.0, antialias=True, align_corners=True),
        "y": node("io.output", "n"),
    },
    "a size where a loss needs a tensor": {
        "d": node("data.digit_strings"),
        "s": node("Tensor.size", "d.target", dim=1),
        "n": node("nn.MSELoss", {"input": "s", "target": "s"}),
        "y": node("io.output", "n"),
    },
    "a margin below 0 from bytes": {
        "x": image(3),
        "b": node("Tensor.to", "x", dtype=name("uint8")),
        "n": node(
            "nn.HingeEmbeddingLoss", {"input": "b", "target": "x"}, margin=-1.0, reduction="none"
        ),
        "y": node("io.output", "n"),
    },
    "a margin too large for float16": {
        "x": image(3, dtype=name("float16")),
        "n": node("nn.HingeEmbeddingLoss", {"input": "x", "target": "x"}, margin=1e5),
        "y": node("io.output", "n"),
    },
    "what a norm of order 0 is told is changed in place": trained(
        "SGD",
        "loss0",
        x=image(3),
        s=node("torch.sqrt", "x"),
        n=node("nn.GRUCell", "s", hidden_size=4),
        first=node("io.output", "n"),
        t=node("nn.Threshold", "s", threshold=0.5, value=0.0, inplace=True),
        z=node("io.output", "t"),
        loss0=node(
            "nn.TripletMarginLoss", {"anchor": "n", "positive": "n", "negative": "n"}, p=0.0
        ),
    ),
    "what is rounded later is changed in place": trained(
        "SGD",
        "r",
        x=image(3),
        n=node("nn.Linear", "x", out_features=4),
        s=node("torch.sigmoid", "n"),
        t=node("nn.ReLU", "s", inplace=True),
        r=node("torch.round", "t"),
    ),
    "an embedding that scales rows which were read before": trained(
        "SGD",
        "sum",
        d=node("data.random", ports={"t": ["=B", 5], "p": ["=B", 4]}, classes={"t": 10}),
        e=node("nn.Embedding", "d.t", num_embeddings=10, embedding_dim=4, max_norm=1.0),
        first=node("nn.Linear", "d.p", out_features=4),
        w=node("param.of", of={"$at": "e"}, parameter="weight"),
        read=node("F.linear", {"input": "first", "weight": "w"}),
        one=node("torch.mean", "read"),
        two=node("torch.mean", "e"),
        sum=node("op.add", {"input": "one", "other": "two"}),
    ),
    "floor division behind a norm of order 0": trained(
        "SGD",
        "loss0",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        f=node("op.floordiv", "n", other=2),
        loss0=node(
            "nn.TripletMarginLoss", {"anchor": "f", "positive": "f", "negative": "f"}, p=0.0
        ),
    ),
    "floor division in training alone": trained(
        "SGD",
        "f",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        f=node("op.floordiv", "n", other=2, when="=training"),
    ),
    "dense gradients for sparse Adam": trained(
        "SparseAdam", "n", x=image(3), n=node("nn.Linear", "x", out_features=2)
    ),
    "biases for Muon": trained("Muon", "n", x=image(3), n=node("nn.Linear", "x", out_features=2)),
    "two dtypes into a loss on the way back": {
        "w": node("param.tensor", shape=[3, 2]),
        "t": node("io.input", shape=[3, 2], dtype=name("float64")),
        "loss": node("nn.HuberLoss", {"input": "w", "target": "t"}),
        "y": node("io.output", "w"),
        "o": node("optim.Adam", {"losses[0]": "loss"}),
    },
    "weights to the power of bool": trained(
        "Adam",
        "p",
        w=node("param.tensor", shape=[3, 2]),
        t=node("io.input", shape=[3, 2], dtype=name("bool")),
        p=node("op.pow", {"input": "w", "other": "t"}),
    ),
    "bool as the signs of a margin": {
        "w": node("param.tensor", shape=[3, 2]),
        "t": node("io.input", shape=[3, 2], dtype=name("bool")),
        "loss": node("nn.SoftMarginLoss", {"input": "w", "target": "t"}),
        "y": node("io.output", "w"),
        "o": node("optim.Adam", {"losses[0]": "loss"}),
    },
    "a copy that shares weights of another width": {
        "x": image(3),
        "n": node("nn.Linear", "x", out_features=4, repeat={"count": 2, "shared": True}),
        "y": node("io.output", "n"),
    },
    "one module called with another width": {
        "x": image(3),
        "z": image(5),
        "n": node("nn.Linear", "x", out_features=4),
        "m": node("nn.Linear", "z", weights={"same_as": "n"}),
        "y": node("io.output", "n"),
        "w": node("io.output", "m"),
    },
    "rows of different lengths": made("const.tensor", value=[[1, 2], [3]]),
    "a measure of bool": {
        "x": image(3, dtype=name("bool")),
        "t": image(3),
        "m": node("metric.mse", {"input": "x", "target": "t"}),
        "y": node("io.output", "x"),
    },
    "an output padding below 0": through(
        (4, 8, 8), "nn.ConvTranspose2d", out_channels=6, kernel_size=3, output_padding=-1
    ),
    "a schedule of momentum without any": trained(
        "Adagrad",
        "n",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        s=node("lr_scheduler.CyclicLR", {"optimizer": "o.optimizer"}, base_lr=0.01, max_lr=0.1),
    ),
    "a schedule of no steps": trained(
        "SGD",
        "n",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        s=node("lr_scheduler.StepLR", {"optimizer": "o.optimizer"}, step_size=0),
    ),
    "a gradient through nothing": trained(
        "SGD",
        "p",
        x=image(4, 8),
        n=node("nn.Conv1d", "x", out_channels=4, kernel_size=3),
        p=node("nn.AdaptiveAvgPool1d", "n", output_size=0),
    ),
    "a gradient through what is left over of a scatter": trained(
        "SGD",
        "n",
        x=image(3),
        d=node("data.random", ports={"p": ["=B", 2]}, classes={"p": 3}),
        w=node("nn.Linear", "x", out_features=3),
        n=node("torch.scatter", {"input": "x", "index": "d.p", "src": "w"}, dim=1),
    ),
    "labels that a one_hot has no place for": {
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 9}),
        "n": node("F.one_hot", {"tensor": "d.p"}, num_classes=5),
        "y": node("io.output", "n"),
    },
    "a node that is only wrong where it is on": {
        "x": image(3),
        "n": node("Tensor.view", "x", args=[5, 3], when="=B == 4"),
        "y": node("io.output", "n"),
    },
}
TAKEN: dict[str, dict[str, Any]] = {
    "attention without heads that drops less than nothing": heads(6, 8),
    "attention of turned heads that drops less than nothing": heads(turn=True),
    "attention of heads that drops nothing": heads(dropout_p=0.0),
    **{f"sparse gradients for {m}": looked_up(m) for m in ("SGD", "Adagrad", "SparseAdam")},
    "sparse gradients with a momentum": looked_up("SGD", momentum=0.9, nesterov=True),
    "sparse gradients of weights that are used elsewhere": {
        **looked_up("Adam"),
        "w": node("param.of", of={"$at": "n"}),
        "h": node("op.add", {"input": "w", "other": "w"}),
        "loss": node("nn.MSELoss", {"input": "n", "target": "n"}),
        "more": node("torch.mean", "h"),
        "o": node("optim.Adam", {"losses[0]": "loss", "losses[1]": "more"}),
    },
    "a last class that is ignored, and has no score in evaluation": {
        "x": image(3),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 4}),
        "l": node("nn.Linear", "x", out_features=4, when="=training"),
        "y": node("io.output", "l"),
        "loss": node("nn.CrossEntropyLoss", {"input": "l", "target": "d.p"}, ignore_index=3),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "steps in one kernel": set_so("Adam", fused=True),
    "steps over all weights at once": set_so("AdamW", foreach=True),
    "matrices for Muon": trained(
        "Muon", "n", x=image(3), n=node("nn.Linear", "x", out_features=2, bias=False)
    ),
    "floor division that nothing is trained through": trained(
        "SGD",
        "n",
        x=image(3),
        f=node("op.floordiv", "x", other=2),
        n=node("nn.Linear", "f", out_features=2),
    ),
    "an embedding that scales rows which are read later": trained(
        "SGD",
        "sum",
        d=node("data.random", ports={"t": ["=B", 5], "p": ["=B", 4]}, classes={"t": 10}),
        e=node("nn.Embedding", "d.t", num_embeddings=10, embedding_dim=4, max_norm=1.0),
        first=node("nn.Linear", "d.p", out_features=4),
        w=node("param.of", of={"$at": "e"}, parameter="weight"),
        read=node("F.linear", {"input": "first", "weight": "w"}),
        one=node("torch.mean", "read"),
        two=node("torch.mean", "e"),
        sum=node("op.add", {"input": "two", "other": "one"}),
    ),
    "a layer in place beside a wire that is read later": {
        "x": image(3),
        "n": node("nn.Linear", "x", out_features=2),
        "e": node("nn.ELU", "n", inplace=True),
        "u": node("io.output", "e"),
        "y": node("io.output", "n"),
        "loss": node("torch.mean", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "channels of one group, which are copied, and what enters is changed later": {
        "d": node("data.random", ports={"p": ["=B", 4, 2, 2]}, samples=20),
        "a": node("nn.Mish", "d.p", inplace=True),
        "s": node("nn.ChannelShuffle", "a", groups=1),
        "f": node("Tensor.flatten", "s", start_dim=1),
        "n": node("nn.Linear", "f", out_features=2),
        "b": node("nn.Mish", "d.p", inplace=True),
        "y": node("io.output", "n"),
        "z": node("io.output", "b"),
        "loss": node("torch.mean", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "a threshold in place where one number stands for several": {
        "x": image(1),
        "e": node("Tensor.expand", "x", args=[-1, 3]),
        "t": node("nn.Threshold", "e", threshold=0.5, value=0.0, inplace=True),
        "y": node("io.output", "t"),
    },
    "data that is made chances in place before a loss of chances": {
        "d": node("data.random", ports={"p": ["=B", 4]}, samples=20),
        "n": node("nn.Hardsigmoid", "d.p", inplace=True),
        "l": node("nn.BCELoss", {"input": "d.p", "target": "n"}, reduction="none"),
        "y": node("io.output", "l"),
    },
    "places that are held above 0 in place before they are looked up": {
        "d": node("data.random", ports={"p": ["=B", 4]}, samples=20),
        "a": node("torch.arange", end=4),
        "s": node("op.sub", "a", other=2),
        "r": node("nn.ReLU", "s", inplace=True),
        "c": node("op.add", {"input": "d.p", "other": "r"}),
        "e": node("nn.Embedding", "s", num_embeddings=4, embedding_dim=2),
        "u": node("io.output", "c"),
        "y": node("io.output", "e"),
    },
    "a column of bytes in three colours": through_bytes([2, 1]),
    "a margin that bytes hold": {
        "x": image(3),
        "b": node("Tensor.to", "x", dtype=name("uint8")),
        "n": node(
            "nn.HingeEmbeddingLoss", {"input": "b", "target": "x"}, margin=255.0, reduction="none"
        ),
        "y": node("io.output", "n"),
    },
    "floor division left out while training": trained(
        "SGD",
        "f",
        x=image(3),
        n=node("nn.Linear", "x", out_features=2),
        f=node("op.floordiv", "n", other=2, when="=not training"),
    ),
    "a single even step of bool": made(
        "torch.linspace", start=0.5, end=1.0, steps=1, dtype=name("bool")
    ),
    "whole numbers pooled with their places": {
        "x": image(4, dtype=name("int64")),
        "n": node("nn.MaxPool1d", "x", kernel_size=2, return_indices=True),
        "y": node("io.output", "n"),
    },
    "a whole number below nothing in bytes": {
        "x": image(3, dtype=name("uint8")),
        "n": node("op.setitem", "x", index=0, value=-1),
        "y": node("io.output", "n"),
    },
    "two dtypes into a loss that nothing learns from": {
        "x": image(3),
        "t": image(3, dtype=name("float64")),
        "n": node("nn.HuberLoss", {"input": "x", "target": "t"}),
        "y": node("io.output", "n"),
    },
    "whole numbers of which none is dropped": {
        "x": image(4, dtype=name("int64")),
        "n": node("nn.Dropout", "x", p=0.0),
        "y": node("io.output", "n"),
    },
    "one sample and a list of one label": {
        "x": node("io.input", shape=[3]),
        "d": node("data.random", ports={"p": [1]}, classes={"p": 3}),
        "n": node("nn.CrossEntropyLoss", {"input": "x", "target": "d.p"}),
        "y": node("io.output", "n"),
    },
    "one stride for two axes": through(
        (4, 8, 8), "nn.Conv2d", out_channels=6, kernel_size=3, stride=[2]
    ),
    "a node that would only be wrong where it is off": {
        "x": image(3),
        "n": node("Tensor.view", "x", args=[4, 3], when="=B == 4"),
        "y": node("io.output", "n"),
    },
    "a switched off node of several outputs": {
        "x": image(3),
        "n": node("torch.unbind", "x", outputs=3, when="=1 > 2"),
        "y": node("io.output", "n.chunks[0]"),
    },
    "whole numbers unpooled to nothing": {
        "x": node("io.input", shape=[2, 4, 1], dtype=name("int32")),
        "i": node("torch.zeros", size=[2, 4, 1], dtype=name("int64")),
        "n": node("nn.MaxUnpool1d", {"input": "x", "indices": "i"}, kernel_size=2, padding=1),
        "y": node("io.output", "n"),
    },
    "bytes as labels": {
        "x": image(4),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 4}),
        "b": node("Tensor.to", "d.p", dtype=name("uint8")),
        "n": node("nn.CrossEntropyLoss", {"input": "x", "target": "b"}),
        "y": node("io.output", "n"),
    },
    "bytes as a condition": {
        "x": image(4),
        "c": image(4, dtype=name("uint8")),
        "n": node("torch.where", {"condition": "c", "input": "x"}, other=0.0),
        "y": node("io.output", "n"),
    },
    "a label for a sample without an axis, in a loss with weights": {
        "x": node("io.input", shape=[3]),
        "d": node("data.random", ports={"p": [1]}, classes={"p": 5}),
        "n": node(
            "nn.LinearCrossEntropyLoss",
            {"input": "x", "target": "d.p"},
            in_features=3,
            num_classes=5,
        ),
        "y": node("io.output", "n"),
    },
    "truth values multiplied where there is one of each": {
        "x": node("io.input", shape=[1, 1], dtype=name("bool")),
        "n": node("torch.einsum", {"args[1]": "x", "args[2]": "x"}, args=["ij,jk->ik", "=?", "=?"]),
        "y": node("io.output", "n"),
    },
    "bytes between two limits that are not negative": through(
        (3,), "nn.Hardtanh", min_val=0.1, max_val=1.0
    )
    | {"x": image(3, dtype=name("uint8"))},
    "a step by a distance that only counts": {
        "x": image(3),
        "l": node("nn.Linear", "x", out_features=4),
        "y": node("io.output", "l"),
        "loss": node(
            "nn.TripletMarginLoss", {"anchor": "l", "positive": "l", "negative": "l"}, p=0.0
        ),
        "o": node("optim.SparseAdam", {"losses[0]": "loss"}),
    },
    "a loss of a float64 target, which is float32 all the same": {
        "x": image(2),
        "t": image(2, dtype=name("float64")),
        "d": node("data.random", ports={"p": ["=B"]}, classes={"p": 10}),
        "h": node("nn.HuberLoss", {"input": "x", "target": "t"}, reduction="none"),
        "n": node(
            "nn.AdaptiveLogSoftmaxWithLoss",
            {"input_": "h", "target_": "d.p"},
            in_features=2,
            cutoffs=[4],
            n_classes=10,
        ),
        "y": node("io.output", "n.loss"),
    },
    "half floats normalized across channels": through((4, 8), "nn.LocalResponseNorm", size=2)
    | {"x": image(4, 8, dtype=name("float16"))},
    "whole numbers averaged to nothing": through((4, 8), "nn.AdaptiveAvgPool1d", output_size=0)
    | {"x": image(4, 8, dtype=name("int32"))},
    "a floor division that is done not once": {
        "x": image(3),
        "l": node("nn.Linear", "x", out_features=3),
        "f": node("op.floordiv", {"input": "l"}, other=2, repeat={"count": 0}),
        "y": node("io.output", "f"),
        "loss": node("torch.mean", "f"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "a floor division that is only compared": {
        "x": image(3),
        "l": node("nn.Linear", "x", out_features=3),
        "f": node("op.floordiv", {"input": "l"}, other=2),
        "y": node("io.output", "l"),
        "loss": node("nn.HingeEmbeddingLoss", {"input": "l", "target": "f"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "a layer without outputs": through((3,), "nn.Linear", out_features=0),
    "a momentum beyond sense": through((4, 8), "nn.BatchNorm1d", momentum=25.0),
    "a step that moves nothing, of weights that rest": {
        "x": image(3),
        "n": node("nn.Linear", "x", out_features=2, freeze=["."]),
        "y": node("io.output", "n"),
        "w": node("param.tensor", shape=[2], init="ones"),
        "loss": node("nn.MSELoss", {"input": "w", "target": "w"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "a step that trains nothing of the model": {
        "x": image(3),
        "n": node("nn.Linear", "x", out_features=2),
        "y": node("io.output", "n"),
        "w": node("nn.Linear", "x", out_features=2),
        "loss": node("torch.mean", "w"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
}

PLANTED = {
    "nn.UpsamplingBilinear2d": "bool made larger",
    "nn.Conv1d": "two kernel sizes on one axis",
    "torch.sort": "sort over no axis",
    "torch.index_select": "an index of two axes",
    "nn.Threshold": "less than nothing in bytes",
    "nn.LinearCrossEntropyLoss": "float64 into a loss with weights",
}
"""A rule of each family (dtypes, sizes, axes, ranks, numbers, weights), and what it is for."""


@pytest.mark.parametrize("spec", PLANTED)
def test_a_fault_planted_in_the_rules_is_found(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RULES, spec)
    found = compare_project(Judge(), project(REFUSED[PLANTED[spec]]))
    assert found.word == "false accept", found.text()


@pytest.mark.parametrize("case", REFUSED)
def test_both_refuse(case: str) -> None:
    found = compare_project(JUDGE, project(REFUSED[case]))
    assert found.stops, "torch takes it"
    assert "unknown-output" not in {d.code for d in found.verdict.diagnostics}
    assert found.word == "agreed", found.text()


@pytest.mark.parametrize("case", TAKEN)
def test_both_accept(case: str) -> None:
    found = compare_project(JUDGE, project(TAKEN[case]))
    assert not found.stops, found.stops
    assert found.word == "agreed", found.text()


def test_a_sigmoid_that_is_off_before_a_loss_of_probabilities_is_named() -> None:
    nodes = {
        "d": node("data.random", ports={"p": [2, 3]}, samples=20),
        "w": node("param.tensor", shape=[2, 3], init="normal"),
        "m": node("op.mul", {"input": "w", "other": "d.p"}),
        "l": node("nn.LogSigmoid", "m"),
        "s": node("torch.sigmoid", "l", when="=False"),
        "t": node("torch.sigmoid", "m"),
        "n": node("nn.BCELoss", {"input": "s", "target": "t"}),
        "y": node("io.output", "s"),
        "o": node("optim.SGD", {"losses[0]": "n"}),
    }
    found = compare_project(JUDGE, project(nodes))
    assert found.word == "value", found.text()
    assert "logits-into-probability-loss" in {d.code for d in found.verdict.diagnostics}


@pytest.mark.parametrize("spec", ["torch.bmm", "op.matmul"])
@pytest.mark.parametrize("dtypes", list(product(("float32", "float64", "int64", "bool"), repeat=2)))
@pytest.mark.parametrize("sizes", [((2, 4, 0), (2, 0, 5)), ((2, 0, 3), (2, 3, 5))])
def test_a_product_of_nothing_takes_any_dtypes(
    spec: str, dtypes: tuple[str, str], sizes: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    second = "mat2" if spec == "torch.bmm" else "other"
    drawing = {
        name: node("io.input", shape=list(shape), dtype={"$name": dtype})
        for name, shape, dtype in zip("xz", sizes, dtypes, strict=True)
    }
    drawing["n"] = node(spec, {"input": "x", second: "z"})
    drawing["y"] = node("io.output", "n")
    found = compare_project(JUDGE, project(drawing))
    assert (found.word, found.stop) == ("agreed", None), found.text()
    assert found.verdict.types["n.output"].dtype == dtypes[1]
