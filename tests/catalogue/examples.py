"""A least legal use of every spec: arguments, and what stands at the input ports.

An input is a shape (random numbers in 0..1), or ``Whole(high, shape)`` for whole numbers below
high, ``Mask(shape)`` for true and false, ``Signs(shape)`` for 1 and -1, or a plain number.
"""

from dataclasses import dataclass, field
from typing import Any

from graph_editor.document.model import Expr

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Whole:
    """Whole numbers 0 .. high - 1."""

    high: int
    shape: Shape


@dataclass(frozen=True)
class Mask:
    """True and false in turn."""

    shape: Shape


@dataclass(frozen=True)
class Signs:
    """1 and -1 in turn."""

    shape: Shape


@dataclass(frozen=True)
class Example:
    """Arguments and inputs by port path, in the order of the ports."""

    args: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)


def one(*shape: int, **args: Any) -> Example:
    return Example(args, {"input": shape})


def loss(shape: Shape, target: Any, **args: Any) -> Example:
    return Example(args, {"input": shape, "target": target})


SIGNAL, IMAGE, VOLUME = (2, 4, 8), (2, 4, 8, 8), (2, 4, 8, 8, 8)
BY_RANK = {1: SIGNAL, 2: IMAGE, 3: VOLUME}
PLAIN = (
    "AlphaDropout CELU Dropout ELU FeatureAlphaDropout Flatten GELU GLU Hardshrink Hardsigmoid "
    "Hardswish Hardtanh Identity LeakyReLU LogSigmoid Mish PReLU RReLU ReLU ReLU6 SELU SiLU "
    "Sigmoid Softmax2d Softplus Softshrink Softsign Tanh Tanhshrink"
)

MODULES: dict[str, Example] = {name: one(*IMAGE) for name in PLAIN.split()}
for rank, shape in BY_RANK.items():
    MODULES |= {
        f"AdaptiveAvgPool{rank}d": one(*shape, output_size=2),
        f"AdaptiveMaxPool{rank}d": one(*shape, output_size=2),
        f"AvgPool{rank}d": one(*shape, kernel_size=2),
        f"BatchNorm{rank}d": one(*shape, num_features=4),
        f"CircularPad{rank}d": one(*shape, padding=1),
        f"ConstantPad{rank}d": one(*shape, padding=1, value=0.5),
        f"Conv{rank}d": one(*shape, in_channels=4, out_channels=6, kernel_size=3),
        f"ConvTranspose{rank}d": one(*shape, in_channels=4, out_channels=6, kernel_size=3),
        f"Dropout{rank}d": one(*shape),
        f"InstanceNorm{rank}d": one(*shape, num_features=4),
        f"LPPool{rank}d": one(*shape, norm_type=2.0, kernel_size=2),
        f"MaxPool{rank}d": one(*shape, kernel_size=2),
        f"MaxUnpool{rank}d": Example(
            {"kernel_size": 2},
            {"input": shape[:2] + (1,) * rank, "indices": Whole(2, shape[:2] + (1,) * rank)},
        ),
        f"ReflectionPad{rank}d": one(*shape, padding=1),
        f"ReplicationPad{rank}d": one(*shape, padding=1),
        f"ZeroPad{rank}d": one(*shape, padding=1),
    }
MODULES |= {
    "AdaptiveLogSoftmaxWithLoss": Example(
        {"in_features": 8, "n_classes": 10, "cutoffs": (4,)},
        {"input_": (3, 8), "target_": Whole(10, (3,))},
    ),
    "BCELoss": loss((3, 2), (3, 2)),
    "BCEWithLogitsLoss": loss((3, 2), (3, 2)),
    "Bilinear": Example(
        {"in1_features": 3, "in2_features": 4, "out_features": 5},
        {"input1": (2, 3), "input2": (2, 4)},
    ),
    "CTCLoss": Example(
        {},
        {
            "log_probs": (6, 2, 5),
            "targets": Whole(4, (2, 3)),
            "input_lengths": Whole(1, (2,)),
            "target_lengths": Whole(1, (2,)),
        },
    ),
    "ChannelShuffle": one(*IMAGE, groups=2),
    "CosineEmbeddingLoss": Example({}, {"input1": (3, 4), "input2": (3, 4), "target": Signs((3,))}),
    "CosineSimilarity": Example({}, {"x1": (3, 4), "x2": (3, 4)}),
    "CrossEntropyLoss": loss((3, 4), Whole(4, (3,))),
    "CrossMapLRN2d": one(*IMAGE, size=2),
    "Embedding": Example({"num_embeddings": 5, "embedding_dim": 3}, {"input": Whole(5, (2, 4))}),
    "EmbeddingBag": Example({"num_embeddings": 5, "embedding_dim": 3}, {"input": Whole(5, (2, 4))}),
    "Fold": one(2, 16, 9, output_size=(4, 4), kernel_size=2),
    "FractionalMaxPool2d": one(*IMAGE, kernel_size=2, output_size=3),
    "FractionalMaxPool3d": one(*VOLUME, kernel_size=2, output_size=3),
    "GRU": one(2, 5, 3, input_size=3, hidden_size=4),
    "GRUCell": one(2, 3, input_size=3, hidden_size=4),
    "GaussianNLLLoss": Example({}, {"input": (3, 2), "target": (3, 2), "var": (3, 2)}),
    "GroupNorm": one(*IMAGE, num_groups=2, num_channels=4),
    "HingeEmbeddingLoss": loss((3,), Signs((3,))),
    "HuberLoss": loss((3, 2), (3, 2)),
    "KLDivLoss": loss((3, 2), (3, 2), reduction="batchmean"),
    "L1Loss": loss((3, 2), (3, 2)),
    "LSTM": one(2, 5, 3, input_size=3, hidden_size=4),
    "LSTMCell": one(2, 3, input_size=3, hidden_size=4),
    "LayerNorm": one(2, 5, 3, normalized_shape=3),
    "Linear": one(2, 3, in_features=3, out_features=4),
    "LinearCrossEntropyLoss": loss((3, 4), Whole(5, (3,)), in_features=4, num_classes=5),
    "LocalResponseNorm": one(*IMAGE, size=2),
    "LogSoftmax": one(2, 3, dim=1),
    "MSELoss": loss((3, 2), (3, 2)),
    "MarginRankingLoss": Example({}, {"input1": (3,), "input2": (3,), "target": Signs((3,))}),
    "MultiLabelMarginLoss": loss((2, 4), Whole(4, (2, 4))),
    "MultiLabelSoftMarginLoss": loss((2, 4), (2, 4)),
    "MultiMarginLoss": loss((3, 4), Whole(4, (3,))),
    "MultiheadAttention": Example(
        {"embed_dim": 4, "num_heads": 2},
        {"query": (5, 2, 4), "key": (6, 2, 4), "value": (6, 2, 4)},
    ),
    "NLLLoss": loss((3, 4), Whole(4, (3,))),
    "PairwiseDistance": Example({}, {"x1": (3, 4), "x2": (3, 4)}),
    "PixelShuffle": one(*IMAGE, upscale_factor=2),
    "PixelUnshuffle": one(*IMAGE, downscale_factor=2),
    "PoissonNLLLoss": Example({}, {"input": (3, 2), "target": (3, 2)}),
    "RMSNorm": Example({"normalized_shape": 3}, {"x": (2, 5, 3)}),
    "RNN": one(2, 5, 3, input_size=3, hidden_size=4),
    "RNNCell": one(2, 3, input_size=3, hidden_size=4),
    "SmoothL1Loss": loss((3, 2), (3, 2)),
    "SoftMarginLoss": loss((3, 2), Signs((3, 2))),
    "Softmax": one(2, 3, dim=1),
    "Softmin": one(2, 3, dim=1),
    "SyncBatchNorm": one(*IMAGE, num_features=4),
    "Threshold": one(2, 3, threshold=0.5, value=0.0),
    "Transformer": Example(
        {
            "d_model": 8,
            "nhead": 2,
            "num_encoder_layers": 1,
            "num_decoder_layers": 1,
            "dim_feedforward": 8,
            "batch_first": True,
        },
        {"src": (2, 5, 8), "tgt": (2, 4, 8)},
    ),
    "TransformerDecoderLayer": Example(
        {"d_model": 8, "nhead": 2, "dim_feedforward": 8}, {"tgt": (4, 2, 8), "memory": (5, 2, 8)}
    ),
    "TransformerEncoderLayer": Example(
        {"d_model": 8, "nhead": 2, "dim_feedforward": 8}, {"src": (5, 2, 8)}
    ),
    "TripletMarginLoss": Example({}, {"anchor": (3, 4), "positive": (3, 4), "negative": (3, 4)}),
    "TripletMarginWithDistanceLoss": Example(
        {}, {"anchor": (3, 4), "positive": (3, 4), "negative": (3, 4)}
    ),
    "Unflatten": one(2, 6, dim=1, unflattened_size=(2, 3)),
    "Unfold": one(*IMAGE, kernel_size=2),
    "Upsample": one(*IMAGE, scale_factor=2.0),
    "UpsamplingBilinear2d": one(*IMAGE, scale_factor=2.0),
    "UpsamplingNearest2d": one(*IMAGE, scale_factor=2.0),
}
MODULES = {f"nn.{name}": example for name, example in MODULES.items()}

VARIANTS: list[tuple[str, Example]] = [
    *(
        (f"nn.{room}{rank}d", one(*BY_RANK[rank], return_indices=True, **size))
        for room, size in (("MaxPool", {"kernel_size": 2}), ("AdaptiveMaxPool", {"output_size": 2}))
        for rank in BY_RANK
    ),
    ("nn.FractionalMaxPool2d", one(*IMAGE, kernel_size=2, output_size=3, return_indices=True)),
    ("nn.FractionalMaxPool3d", one(*VOLUME, kernel_size=2, output_size=3, return_indices=True)),
    (
        "nn.MultiheadAttention",
        Example(
            {"embed_dim": 4, "num_heads": 2, "need_weights": False},
            {"query": (5, 2, 4), "key": (6, 2, 4), "value": (6, 2, 4)},
        ),
    ),
    ("torch.max", one(2, 3, dim=0)),
    ("torch.min", one(2, 3, dim=1)),
    ("nn.LSTM", Example(
        {"input_size": 3, "hidden_size": 4},
        {"input": (2, 5, 3), "hx[0]": (1, 5, 4), "hx[1]": (1, 5, 4)},
    )),
    ("nn.LSTM", one(2, 5, 3, input_size=3, hidden_size=4, num_layers=2, bidirectional=True)),
    ("op.add", Example({"other": 2}, {"input": (2, 3)})),
    ("op.sub", Example({"input": 1.0}, {"other": (2, 3)})),
    ("torch.clamp", one(2, 3, min=0.25)),
]  # fmt: skip
"""Uses whose ports are not those of the least use."""

OPTIMIZERS: dict[str, dict[str, Any]] = {"SGD": {"lr": 0.1}}
SCHEDULERS: dict[str, dict[str, Any]] = {
    "CosineAnnealingLR": {"T_max": 4},
    "CosineAnnealingWarmRestarts": {"T_0": 4},
    "CyclicLR": {"base_lr": 0.01, "max_lr": 0.1},
    "ExponentialLR": {"gamma": 0.9},
    "LambdaLR": {"lr_lambda": Expr("0.95 ** epoch")},
    "MultiStepLR": {"milestones": (2, 4)},
    "MultiplicativeLR": {"lr_lambda": Expr("1 - 0.1 / epoch")},
    "OneCycleLR": {"max_lr": 0.1, "total_steps": 10_000},
    "SequentialLR": {"milestones": (2,)},
    "StepLR": {"step_size": 2},
}
"""What torch demands beside the parameters or what is wired; others need nothing."""
