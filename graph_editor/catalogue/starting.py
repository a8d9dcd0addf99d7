"""What a new node says at first: a guess where torch demands a value, so that it can be run."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.catalogue.library import offered
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import NOTHING, Arg, Expr, FrozenMap, Name, Project

BY_NAME: dict[str, Arg] = {
    "T_0": 10,
    "T_max": Expr("epochs"),
    "base_lr": 1e-4,
    "chunks": 2,
    "dim": 1,
    "dim0": 1,
    "dim1": 2,
    "dims": (1,),
    "dtype": Name("float32"),
    "embedding_dim": 64,
    "end": 1.0,
    "fill_value": 0.0,
    "gamma": 0.95,
    "groups": 2,
    "hidden_size": 64,
    "k": 5,
    "kernel_size": 3,
    "lr_lambda": Expr("0.95 ** epoch"),
    "max_lr": 1e-2,
    "milestones": (10,),
    "n_classes": 10,
    "cutoffs": (2, 5),
    "norm_type": 2.0,
    "nhead": 4,
    "num_classes": 10,
    "num_embeddings": 1000,
    "num_groups": 4,
    "num_heads": 4,
    "out_channels": 32,
    "out_features": 64,
    "output_size": 1,
    "padding": 1,
    "repeats": 2,
    "shape": (64,),
    "shifts": 1,
    "size": 5,
    "source": 1,
    "destination": -1,
    "split_size_or_sections": 1,
    "start": 0.0,
    "step_size": 10,
    "threshold": 0.0,
    "upscale_factor": 2,
    "downscale_factor": 2,
    "value": 0.0,
}
"""By the argument's name. What is not here stays unset, and is shown as a problem."""
BY_SPEC: dict[tuple[str, str], Arg] = {
    ("Tensor.reshape", "args"): (-1,),
    ("Tensor.view", "args"): (-1,),
    ("Tensor.unsqueeze", "dim"): 1,
    ("const.value", "value"): 1,
    ("nn.Fold", "output_size"): 8,
    ("torch.softmax", "dim"): -1,
    ("torch.logsumexp", "dim"): -1,
    ("torch.cumsum", "dim"): -1,
    ("torch.cumprod", "dim"): -1,
}
"""Where one name means different things."""
BETTER: dict[str, dict[str, Arg]] = {
    "Tensor.flatten": {"start_dim": 1},
    "torch.flatten": {"start_dim": 1},
    "torch.cat": {"dim": 1},
    "nn.Softmax": {"dim": -1},
    "nn.LogSoftmax": {"dim": -1},
    "F.softmax": {"dim": -1},
    "F.log_softmax": {"dim": -1},
    "nn.LSTM": {"batch_first": True},
    "nn.GRU": {"batch_first": True},
    "nn.RNN": {"batch_first": True},
    "nn.MultiheadAttention": {"batch_first": True},
    "nn.TransformerEncoderLayer": {"batch_first": True},
    "nn.TransformerDecoderLayer": {"batch_first": True},
    "nn.Transformer": {"batch_first": True},
}
"""Where torch's own default takes the batch for something else, or warns."""
POOLS = ("Pool1d", "Pool2d", "Pool3d", "Unpool1d", "Unpool2d", "Unpool3d")
POOL_KERNEL = 2


def starting_arguments(spec: Spec, typed: FrozenMap[str, Arg] = NOTHING) -> FrozenMap[str, Arg]:
    """Return the arguments of a new node: what was typed, and a start for what torch demands."""
    found: dict[str, Arg] = {
        a.name: value
        for a in spec.arguments
        if a.required and not a.infer and a.port is None and a.name not in typed
        if (value := _start(spec, a)) is not None
    }
    return FrozenMap({**found, **BETTER.get(spec.name, {})}).merged(typed)


def _start(spec: Spec, argument: Argument) -> Arg:
    if (spec.name, argument.name) in BY_SPEC:
        return BY_SPEC[spec.name, argument.name]
    if argument.name == "kernel_size" and spec.name.endswith(POOLS):
        return POOL_KERNEL
    if spec.kind in ("block", "code", "library"):
        return None
    if argument.type == "shape" and argument.name == "size":
        return (Expr("B"), 64) if spec.kind == "torch" else None
    return BY_NAME.get(argument.name)


def placeable(project: Project, lookup: Lookup) -> Iterator[Spec]:
    """Yield all that can be placed: blocks of the project and the library, code, the catalogue."""
    own = [f"block.{key}" for key in project.blocks] + [f"code.{key}" for key in project.code]
    yield from (spec for name in own if (spec := lookup(name)) is not None)
    yield from offered(project)
    yield from catalogue()
