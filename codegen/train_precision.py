"""Mixed precision in train.py: the forward pass in bf16 or fp16, and the scaling of fp16."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.emit import Expression
from codegen.statements import Line, Statement, branch, within, word
from codegen.train_parts import Parts
from codegen.train_phases import Phase
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import Address, NodeId, Project

DTYPES = {"bf16": "torch.bfloat16", "fp16": "torch.float16"}
UNSAFE = ("nn.BCELoss", "F.binary_cross_entropy")
"""Losses of probabilities, which autocast refuses to compute from rounded ones."""
ON_CUDA_ALONE = 'sys.exit("fp16 needs a CUDA device: choose --device cuda, or draw bf16.")'


def check_scaling(phases: Sequence[Phase]) -> None:
    """Raise CannotWrite where gradients of one scale would be added to those of another."""
    late = [phase for phase in phases if phase.accumulate]
    if late and len(phases) > 1:
        raise CannotWrite(
            late[0].first.node,
            "fp16 with an optimizer that accumulates beside another one",
            "Use bf16, or remove accumulate",
        )


def check_precision(project: Project, nodes: tuple[NodeId, ...], lookup: Lookup) -> None:
    """Raise CannotWrite for a step that cannot be computed in the precision that is said."""
    for node_id in nodes:
        spec = lookup(project.main.graph.nodes[node_id].spec)
        if spec is not None and spec.name in UNSAFE:
            raise CannotWrite(
                node_id,
                f"{spec.title} cannot be computed from numbers of reduced precision",
                "Use BCEWithLogitsLoss on what comes before the sigmoid, or float32",
            )


def require_device(parts: Parts) -> list[Statement]:
    """Return what ends a training on a device that cannot do it."""
    if not parts.features.scales:
        return []
    return [branch(Expression('device.type != "cuda"'), [word(ON_CUDA_ALONE)])]


def prepared(parts: Parts) -> list[Statement]:
    """Return what the precision needs before the first batch."""
    return [word("scaler = torch.amp.GradScaler(device.type)")] if parts.features.scales else []


def rounded(parts: Parts, device: str, forward: Sequence[Statement]) -> list[Statement]:
    """Return a forward pass on a device, given as an expression, in the precision asked for."""
    if not parts.features.precision or not forward:
        return list(forward)
    dtype = DTYPES[parts.features.precision]
    return [within(Expression(f"torch.autocast({device}.type, dtype={dtype})"), forward)]


def stepped(parts: Parts, node: Address, optimizer: str = "optimizer") -> list[Line]:
    """Return the step of an optimizer; the scaler leaves it out where a gradient overflowed."""
    if not parts.features.scales:
        return [word(f"{optimizer}.step()", node)]
    return [word(f"scaler.step({optimizer})", node)]


def updated(parts: Parts) -> list[Line]:
    """Return what adapts the scale, once all optimizers of a phase have stepped."""
    return [word("scaler.update()")] if parts.features.scales else []
