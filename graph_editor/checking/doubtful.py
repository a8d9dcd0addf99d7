"""What an edit puts in that makes all sizes fit, whether it is meant or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.verdict import Verdict
from graph_editor.checking.walk import TURNS
from graph_editor.checking.words import holds_batch
from graph_editor.document.edits import keys_of
from graph_editor.document.model import Arg, Graph, Node, NodeId, OutPort, Project

PICKING = ("op.getitem",)
TOGETHER = ("torch.mean", "torch.sum", "torch.amax", "Tensor.mean", "Tensor.sum")
LAYERS = ("nn.Linear", *(f"nn.Conv{n}d" for n in (1, 2, 3)))
RESIZING = ("F.interpolate", "nn.Upsample")
PRODUCTS = ("op.matmul", "torch.bmm")
JOINS = ("torch.cat", "torch.stack", "torch.where", "torch.maximum", "torch.minimum")
"""What takes several tensors of one order, beside the operators."""


def doubts(before: Graph, after: Graph) -> Iterator[str]:
    """Yield why what an edit adds may not be what is meant.

    Each of these makes sizes fit at any place: a number of steps that is wrong since two branches
    were put one behind the other is cut as well as one that is wrong since a text was shifted.
    """
    for key, node in after.nodes.items():
        if key not in before.nodes:
            yield from _of_new(key, node, before, after)


def _of_new(key: NodeId, node: Node, before: Graph, after: Graph) -> Iterator[str]:
    if node.spec in PICKING:
        yield "it leaves values out"
    elif node.spec in TOGETHER:
        yield "it makes one value of several"
    elif node.spec in LAYERS:
        yield "it adds a layer with weights of its own"
    elif node.spec in RESIZING:
        yield "it makes a map of another size"
    elif node.spec in TURNS and any(_is_join(each) for each in _readers(key, before, after)):
        yield "it turns one of several tensors to the sizes of the others"


def _is_join(node: Node) -> bool:
    operator = node.spec.startswith("op.") and node.spec not in (*PRODUCTS, *PICKING)
    return operator or node.spec in JOINS


def _readers(key: NodeId, before: Graph, after: Graph) -> list[Node]:
    """Return the nodes of the user's that read a new node."""
    ends = [target.node for target, source in after.wires.items() if source.node == key]
    return [after.nodes[end] for end in ends if end in before.nodes]


def is_guess(before: Project, after: Project) -> bool:
    """Whether an edit puts in what makes sizes fit at any place."""
    blocks = (key for key in keys_of(before) if key in keys_of(after))
    return any(any(doubts(before.block(k).graph, after.block(k).graph)) for k in blocks)


def is_choice(before: Project, one: Project, other: Project) -> bool:
    """Whether two edits say other values for the same arguments, and do nothing else."""
    first, second = _said(before, one), _said(before, other)
    return first is not None and second is not None and first.keys() == second.keys() != set()


def _said(before: Project, after: Project) -> dict[tuple[str, NodeId, str], Arg] | None:
    """Return the arguments that an edit says anew; None where it does more than that."""
    found: dict[tuple[str, NodeId, str], Arg] = {}
    for key in keys_of(after):
        if key not in keys_of(before):
            return None
        old, new = before.block(key).graph, after.block(key).graph
        if old.wires != new.wires or old.nodes.keys() != new.nodes.keys():
            return None
        for id_, node in new.nodes.items():
            former = old.nodes[id_]
            if node != former and replace(node, args=former.args) != former:
                return None
            changed = (n for n, v in node.args.items() if former.args.get(n) != v)
            found |= {(key, id_, name): node.args[name] for name in changed}
    return found


def turned_samples(before: Project, after: Project, verdict: Verdict) -> str:
    """Return why an edit moves the samples where rows meet columns; empty where it does not.

    Behind such a turn the samples are summed up, which torch takes at a single size of the batch.
    """
    for key in keys_of(before):
        old, new = before.block(key).graph, after.block(key).graph
        for id_ in new.nodes.keys() - old.nodes.keys():
            node = new.nodes[id_]
            readers = _readers(id_, old, new)
            is_factor = node.spec in TURNS and any(each.spec in PRODUCTS for each in readers)
            shapes = _arriving(new, id_, verdict) if is_factor else ()
            if any(_moves_batch(node, each) for each in shapes):
                return "it lays the samples across"
    return ""


def _arriving(graph: Graph, id_: NodeId, verdict: Verdict) -> Iterator[tuple[object, ...]]:
    for target, source in graph.wires.items():
        if target.node == id_:
            yield from _types(source, verdict)


def _types(source: OutPort, verdict: Verdict) -> Iterator[tuple[object, ...]]:
    end = f"{source.node}.{source.port}"
    for key, known in verdict.types.items():
        if key == end or key.endswith(f"/{end}"):
            yield tuple(known.shape)


def _moves_batch(node: Node, shape: tuple[object, ...]) -> bool:
    """Whether a turn moves an axis that holds the samples."""
    rank, args = len(shape), node.args
    held = {n for n, size in enumerate(shape) if isinstance(size, str) and holds_batch(size)}
    if node.spec == "Tensor.transpose":
        ends: tuple[Arg, ...] = (args.get("dim0"), args.get("dim1"))
        return any(isinstance(end, int) and rank and end % rank in held for end in ends)
    order = args.get("args")
    moved = enumerate(order) if isinstance(order, tuple) else ()
    return any(isinstance(old, int) and old != new and old in held for new, old in moved)
