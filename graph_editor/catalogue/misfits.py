"""What is likely wrong with a wire while it is still in the hand, said from dtypes and ranks alone.

This never forbids anything: torch judges the wire once it is there.
"""

from __future__ import annotations

from graph_editor.catalogue.ports import Port
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Expr

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64", "complex64", "complex128"})
WHOLE = frozenset({"int8", "int16", "int32", "int64", "uint8", "bool"})
WEIGHTED = ("Linear", "Bilinear", "Conv", "BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm",
            "RMSNorm", "LSTM", "GRU", "RNN", "MultiheadAttention", "Transformer",
            "PReLU")  # fmt: skip
"""Beginnings of the names of layers whose weights are float32."""
LOOKUPS = ("Embedding", "EmbeddingBag")
SPATIAL = ("Conv", "MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "BatchNorm",
           "InstanceNorm", "Dropout", "LPPool", "ReflectionPad", "ReplicationPad", "ZeroPad",
           "CircularPad", "ConstantPad")  # fmt: skip
SCORED = ("CrossEntropyLoss", "NLLLoss", "LinearCrossEntropyLoss", "MultiMarginLoss", "BCELoss",
          "BCEWithLogitsLoss")  # fmt: skip
"""Losses whose input is a score for each class, never a whole number."""
AXES = {"1d": (2, 3, "B×C×L"), "2d": (3, 4, "B×C×H×W"), "3d": (4, 5, "B×C×D×H×W")}
"""Ending of a layer's name -> ranks without and with a batch, and the shape in letters."""


def misfit(spec: Spec, port: Port, dtype: str, rank: int | None, what: str = "") -> str:
    """Return why a tensor likely does not fit a port, as one sentence; empty where it may.

    Args:
        spec: the node's.
        port: where the wire would end.
        dtype: of the tensor; empty where it is not known.
        rank: its number of axes; None where it is not known.
        what: what the values are, in a word: ``labels``.

    """
    if port.kind != "tensor" or port.path.endswith("target"):
        return ""
    if spec.kind in ("block", "library"):
        return _declared_misfit(spec, port, dtype, rank, what)
    if spec.kind != "nn":
        return ""
    name = spec.name.removeprefix("nn.")
    return _dtype_misfit(name, spec.title, dtype, what) or _rank_misfit(name, spec.title, rank)


def _dtype_misfit(name: str, title: str, dtype: str, what: str) -> str:
    if name in LOOKUPS and dtype in FLOATS:
        return f"{title} takes whole numbers; these are {dtype} {what or 'values'}"
    if (name.startswith(WEIGHTED) or name in SCORED) and dtype in WHOLE:
        return f"{title} takes float32; these are {dtype} {what or 'values'}"
    return ""


def _rank_misfit(name: str, title: str, rank: int | None) -> str:
    if rank is None or not name.startswith(SPATIAL) or name[-2:] not in AXES:
        return ""
    fewest, most, letters = AXES[name[-2:]]
    fewest = most if name.startswith(("BatchNorm2d", "BatchNorm3d")) else fewest
    if fewest <= rank <= most:
        return ""
    return f"{title} takes {letters}; a tensor of {_axes(rank)} arrives"


def _declared_misfit(spec: Spec, port: Port, dtype: str, rank: int | None, what: str) -> str:
    """Return what speaks against a tensor by the shape and dtype that a block's input declares."""
    said = spec.types.get(port.path)
    if said is None:
        return ""
    if (said.dtype in FLOATS and dtype in WHOLE) or (said.dtype in WHOLE and dtype in FLOATS):
        return f"{spec.title} takes {said.dtype}; these are {dtype} {what or 'values'}"
    if rank is None or rank == len(said.shape):
        return ""
    letters = "×".join(dim.text if isinstance(dim, Expr) else str(dim) for dim in said.shape)
    return f"{spec.title} takes {letters or 'a scalar'}; a tensor of {_axes(rank)} arrives"


def _axes(rank: int) -> str:
    return "1 axis" if rank == 1 else f"{rank} axes"
