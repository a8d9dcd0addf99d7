"""What a value is for, read from what becomes of it: queries of attention, results, positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from codegen.model_class import ClassPlan, base_name
from codegen.names import slug
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import NodeId, OutPort, PortPath

SHAPING = frozenset(
    f"Tensor.{word}"
    for word in ("view", "reshape", "transpose", "permute", "unsqueeze", "contiguous", "flatten")
) | frozenset(("nn.Unflatten", "nn.Linear", "torch.transpose", "torch.permute"))
"""What may stand between a value and the attention that it is made for."""
MASKING = frozenset(
    ("Tensor.bool", "Tensor.to", "Tensor.float", "op.invert", "op.eq", "op.ne", "op.lt", "op.gt")
) | frozenset(f"{kind}.{word}" for kind in ("Tensor", "torch") for word in (
    "logical_not", "triu", "tril", "unsqueeze", "view", "expand", "transpose", "masked_fill",
))  # fmt: skip
"""What may stand between a value and the mask that it becomes."""
ATTENTION = ("F.scaled_dot_product_attention", "nn.MultiheadAttention")
LETTERS = {"query": "q", "key": "k", "value": "v"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
WORDS = {
    "F.scaled_dot_product_attention": "attention",
    "torch.arange": "positions",
    "torch.rand": "noise",
    "torch.rand_like": "noise",
    "torch.randn": "noise",
    "torch.randn_like": "noise",
}
"""What some functions give; what others give is called y, and then z."""
NAMELESS = ("op", "Tensor", "torch", "F", "const")
FARTHEST = 8
MUTE = ("", "in", "input", "out", "output", "value")
"""Names of a block's inputs and outputs that do not say what they are."""
JOINS = ("op.matmul", "torch.cat", "torch.matmul", "torch.stack")


def role_of(plan: ClassPlan, port: OutPort) -> str:
    """Return what an output is for: ``q`` of an attention, or the name of a result; or nothing."""
    return _letter(plan, port) or _mask(plan, port) or _result(plan, port)


def wanted_as(plan: ClassPlan, port: OutPort, inner: Callable[[NodeId], ClassPlan]) -> str:
    """Return what the one block that reads an output calls it; empty where it says no more."""
    readers = plan.readers.get(port, ())
    if len(readers) != 1 or plan.node(readers[0][0]).kind != "block":
        return ""
    return called_inside(*readers[0], inner)


def called_inside(node: NodeId, path: PortPath, inner: Callable[[NodeId], ClassPlan]) -> str:
    """Return what a block calls one of its inputs; empty where that says no more."""
    return _telling(inner(node).node(NodeId(path)).name)


def given_as(plan: ClassPlan, node: NodeId, inner: Callable[[NodeId], ClassPlan]) -> str:
    """Return what a block calls its one result; empty if it says no more, or is used twice."""
    uses = [n for n in plan.order if plan.node(n).spec == plan.node(node).spec]
    outputs = inner(node).outputs()
    return _telling(inner(node).node(outputs[0]).name) if len(outputs) == len(uses) == 1 else ""


def _telling(name: str) -> str:
    word = slug(name)
    return "" if word in MUTE or len(word) == 1 else word


def is_joined(plan: ClassPlan, port: OutPort) -> bool:
    """Whether an output is only put beside others, turned perhaps: each deserves its name then."""
    for _ in range(FARTHEST):
        readers = plan.readers.get(port, ())
        if len(readers) != 1:
            return False
        reader = readers[0][0]
        if plan.node(reader).spec in JOINS:
            return len(plan.wires[reader]) > 1
        if plan.node(reader).kind != "Tensor" or plan.node(reader).spec not in SHAPING:
            return False
        port = OutPort(reader, "output")
    return False


def _letter(plan: ClassPlan, port: OutPort) -> str:
    """Return ``q``, ``k`` or ``v`` for what only becomes that part of one attention."""
    for node, path in _becomes(plan, port):
        spec = plan.node(node).spec
        if spec in ATTENTION:
            return LETTERS.get(path, "") if _apart(plan, node) else ""
        if spec not in SHAPING or plan.node(node).repeat is not None:
            return ""
    return ""


def _mask(plan: ClassPlan, port: OutPort) -> str:
    """Return ``mask`` for what only becomes the mask of something, turned into bools perhaps."""
    for node, path in _becomes(plan, port):
        if path.endswith("mask"):
            return "mask"
        if plan.node(node).spec not in MASKING:
            return ""
    return ""


def _becomes(plan: ClassPlan, port: OutPort) -> Iterator[tuple[NodeId, PortPath]]:
    """Yield the one reader of an output, the one reader of its result, and so on."""
    for _ in range(FARTHEST):
        readers = plan.readers.get(port, ())
        if len(readers) != 1 or plan.uses[port] != 1:
            return
        yield readers[0]
        port = OutPort(readers[0][0], "output")


def are_positions(plan: ClassPlan, node: NodeId) -> bool:
    """Whether a node is an embedding of places that are counted, not of words that come in."""
    if plan.node(node).spec != "nn.Embedding":
        return False
    sources = [plan.origin(source) for source in plan.wires[node].values()]
    return any(s is not None and plan.node(s.node).spec == "torch.arange" for s in sources)


def _apart(plan: ClassPlan, node: NodeId) -> bool:
    """Whether an attention is given three values, not one thrice."""
    sources = [plan.origin(plan.wires[node].get(PortPath(path))) for path in LETTERS]
    return len(set(sources)) == len(sources)


def _result(plan: ClassPlan, port: OutPort) -> str:
    """Return the name that the user has given to the one result that an output is."""
    found = [n for n, _ in plan.readers.get(port, ()) if plan.node(n).spec == "io.output"]
    return slug(plan.node(found[0]).name) if len(found) == 1 else ""


def weight_word(plan: ClassPlan, node: NodeId, spec: Spec | None) -> str:
    """Return what the attribute of an owning node is called, before numbering."""
    found = plan.node(node)
    if not found.name and are_positions(plan, node):
        return "position_embedding"
    if found.name or found.spec not in ("param.tensor", "buffer.tensor"):
        return base_name(found, spec)
    if found.kind == "buffer":
        return "buffer"
    readers = plan.readers.get(OutPort(node, "output"), ())
    while len(readers) == 1 and plan.node(readers[0][0]).spec == "op.getitem":
        readers = plan.readers.get(OutPort(readers[0][0], "output"), ())
    for reader, path in readers:
        sources = [plan.origin(source) for source in plan.wires[reader].values()]
        words = [plan.node(s.node).spec for s in sources if s is not None]
        if plan.node(reader).spec == "op.add" and "nn.Embedding" in words:
            return "position_embedding"
        if path == "weight" or plan.node(reader).spec in ("op.matmul", "torch.matmul"):
            return "weight"
    return "parameter"


def is_slice_of_weight(plan: ClassPlan, port: OutPort) -> bool:
    """Whether an output is a part of a weight, which is the same whenever it is taken."""
    if plan.node(port.node).spec != "op.getitem" or len(plan.wires[port.node]) != 1:
        return False
    source = plan.origin(next(iter(plan.wires[port.node].values())))
    return source is not None and plan.node(source.node).kind in ("param", "buffer")
