"""What may be asked of a model in its tests, as far as the drawing tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codegen.train_flow import DRAWN
from graph_editor.catalogue.order import Lookup, incoming
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Block, BlockId, Node, NodeId, Project

BATCH = "B"
BY_CHANCE = frozenset(
    {
        *DRAWN,
        *("torch.randint_like", "torch.randperm", "torch.normal", "torch.multinomial"),
        *("torch.poisson", "F.dropout", "F.dropout1d", "F.dropout2d", "F.dropout3d"),
        *("F.alpha_dropout", "F.feature_alpha_dropout", "F.gumbel_softmax", "F.rrelu"),
        *("nn.FractionalMaxPool2d", "nn.FractionalMaxPool3d"),
    }
)
"""Specs that give something else each time, in evaluation mode too."""
NOT_CALLED = ("nn.MultiheadAttention", "nn.Transformer", "param.of")
"""How specs begin that read the weights of a module that they do not call."""
AXES = ("dim", "dims", "dim0", "dim1", "axis", "start_dim")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model, or a block that is one, promises in evaluation mode."""

    steady: bool
    """Whether it gives the same for the same, each time."""
    apart: bool
    """Whether each sample is answered for itself, whatever else is in the batch."""
    calls_all: bool
    """Whether training calls every module, rather than read its weights."""


def facts_of(
    project: Project,
    lookup: Lookup,
    verdict: Verdict,
    nodes: Iterable[NodeId],
    results: Iterable[TensorType | None],
) -> Facts:
    """Return what nodes of the main graph promise, which give results."""
    inside = list(_within(project, verdict, project.main, nodes, ""))
    unknown = any(node.kind in ("code", "call") for node, _ in inside)
    steady = not unknown and not any(node.spec in BY_CHANCE for node, _ in inside)
    mixes = any(is_mixing or _is_across(node, lookup) for node, is_mixing in inside)
    alone = all(k is not None and _batches(k) == 1 and k.shape[0] == BATCH for k in results)
    reads = any(node.spec.startswith(NOT_CALLED) for node, _ in inside)
    by_mode = any(node.when is not None and "training" in node.when.text for node, _ in inside)
    calls_all = not (unknown or reads or by_mode)
    return Facts(steady, steady and alone and not mixes, calls_all)


def _within(
    project: Project, verdict: Verdict, block: Block, nodes: Iterable[NodeId], above: str
) -> Iterator[tuple[Node, bool]]:
    """Yield all nodes that are computed in evaluation mode, and whether each loses the batch."""
    wires = incoming(block.graph)
    for node_id in nodes:
        node, address = block.graph.nodes[node_id], f"{above}{node_id}"
        if node.when is not None and node.when.text.strip() == "training":
            continue
        given = (verdict.types.get(f"{above}{s.node}.{s.port}") for s in wires[node_id].values())
        made = verdict.types.get(f"{address}.output")
        has_batch = any(known is not None and _batches(known) for known in given)
        yield node, made is not None and (_batches(made) > 1 or (has_batch and not _batches(made)))
        inner = project.blocks.get(BlockId(node.spec.partition(".")[2]))
        if node.kind == "block" and inner is not None:
            yield from _within(project, verdict, inner, inner.graph.nodes, f"{address}/")


def _batches(known: TensorType) -> int:
    """Return how many axes of a tensor grow with the batch."""
    return sum(bool(re.search(rf"\b{BATCH}\b", str(size))) for size in known.shape)


def _is_across(node: Node, lookup: Lookup) -> bool:
    """Whether a node works along the first axis, which is the batch's."""
    spec = lookup(node.spec)
    for argument in spec.arguments if spec is not None else ():
        value = node.args.get(argument.name, argument.default)
        if argument.name in AXES and (0 in value if isinstance(value, tuple) else value == 0):
            return value is not False
        if argument.name == "batch_first" and value is not True:
            return True
    return False
