"""What the drawing says of a model that is asked: pictures, sequences that go on, codes, noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.train_nodes import targets_of
from codegen.train_parts import Parts, owner_of
from graph_editor.catalogue.order import incoming
from graph_editor.catalogue.spec import PortType
from graph_editor.checking.verdict import Dim, TensorType, Verdict
from graph_editor.document.model import BlockId, InPort, NodeId, OutPort, PortPath, Project

BATCH = "B"
COLOURS = (1, 3)
NOISE = {
    "torch.randn": "torch.randn",
    "torch.randn_like": "torch.randn",
    "torch.rand": "torch.rand",
    "torch.rand_like": "torch.rand",
}
"""How the noise of a training is drawn elsewhere."""


def input_type(project: Project, verdict: Verdict, node: NodeId) -> TensorType:
    """Return an input's type as the judge saw it, else as it was declared."""
    known = verdict.types.get(f"{node}.output")
    if known is not None:
        return known
    declared = project.main.graph.nodes[node].args.get("shape")
    dims = declared if isinstance(declared, tuple) else (None, None)
    return TensorType(tuple(d if isinstance(d, int) else "?" for d in dims))


def declared(parts: Parts, port: OutPort | None) -> PortType | None:
    """Return what the data source says of one of its ports, if that is what a port is."""
    if port is None or port.node != parts.plan.source:
        return None
    return parts.spec(parts.plan.source).types.get(port.port)


def is_image(shape: Iterable[Dim | object]) -> bool:
    """Whether a tensor has the axes of images, of one colour or three."""
    sizes = list(shape)
    return len(sizes) == 4 and sizes[1] in COLOURS


def is_picture(said: PortType | None) -> bool:
    """Whether the values of a port of the data are images in 0..1."""
    return said is not None and (said.low, said.high) == (0, 1) and is_image(said.shape)


@dataclass(frozen=True, slots=True)
class Continued:
    """An input that holds what an output says one place earlier, so that it can go on."""

    input: NodeId
    output: NodeId
    axis: int
    """Where the output's classes are."""
    length: int
    """The places of a sequence in training."""
    is_named: bool
    """Whether the input may have any length."""


def sequence_of(
    parts: Parts, output: NodeId, axis: int, target: OutPort | None, inputs: Iterable[NodeId]
) -> Continued | None:
    """Return the input of which an output says what comes next, if there is one."""
    read = parts.data.follows.get(target.port, "") if target is not None else ""
    for node, port in zip(inputs, parts.plan.feeds, strict=False):
        if read and port == OutPort(parts.plan.source, read):
            known = parts.verdict.types.get(f"{node}.output", TensorType(()))
            length = known.shape[1] if len(known.shape) == 2 else None
            shape = parts.node(node).args.get("shape")
            named = isinstance(shape, tuple) and not isinstance(shape[-1], int)
            if isinstance(length, int):
                return Continued(node, output, axis, length, named)
    return None


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a model that learns to draw: where noise takes the place of what was read."""

    size: int
    steps: tuple[NodeId, ...]
    """The modules that make an output of it, each of what the one before gives."""
    output: NodeId


def code_of(parts: Parts) -> Code | None:
    """Return the code that a model draws by chance from a mean and a spread that it shows.

    That is a node that is random inside and reads two outputs of the model, from which on a chain
    of modules leads to a further output.
    """
    graph, plan, wires = parts.graph, parts.plan, incoming(parts.graph)
    shown = set(plan.results)
    for node in sorted(plan.model):
        given = list(wires[node].values())
        if len(given) < 2 or not set(given) <= shown or not _is_random(parts, node):
            continue
        known = next((t for p, t in parts.verdict.types.items() if p.startswith(f"{node}.")), None)
        size = known.shape[1] if known is not None and len(known.shape) == 2 else None
        for output in plan.outputs:
            steps = _chain(parts, graph.wires[InPort(output, PortPath("input"))].node, node)
            if steps and isinstance(size, int):
                return Code(size, steps, output)
    return None


def _is_random(parts: Parts, node: NodeId) -> bool:
    block = parts.project.blocks.get(BlockId(parts.node(node).spec.partition(".")[2]))
    inside = block.graph.nodes.values() if block is not None else ()
    return any(n.spec in NOISE for n in inside)


def _chain(parts: Parts, last: NodeId, first: NodeId) -> tuple[NodeId, ...]:
    """Return the modules from behind first to last, where each reads but the one before."""
    wires, found, at = incoming(parts.graph), [], last
    while at != first:
        sources = list(wires[at].values())
        if parts.node(at).kind not in ("nn", "block") or len(sources) != 1:
            return ()
        found.append(at)
        at = sources[0].node
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Draws:
    """A module that makes samples of noise, and of labels where it is told what to make."""

    node: NodeId
    noise: dict[str, tuple[str, tuple[int, ...]]]
    """Of each input that is noise: the function and the sizes."""
    labels: dict[str, tuple[OutPort, int]]
    """Of each input that is a label: the port of the data, and how many classes there are."""
    inputs: tuple[str, ...]
    """All inputs in the order of forward."""
    port: OutPort
    """What it gives."""
    variable: str


def draws_of(parts: Parts) -> Draws | None:
    """Return the trained module that makes something of noise alone, or of noise and labels."""
    for node in parts.trained:
        if parts.node(node).kind == "block" and (found := _drawing(parts, node)) is not None:
            return found
    return None


def _drawing(parts: Parts, node: NodeId) -> Draws | None:
    called = next(n for n in parts.plan.nodes if owner_of(parts.node(n), n) == node)
    inner = parts.outside.planner.plans[parts.node(node).spec.partition(".")[2]]
    noise, labels = {}, {}
    for argument, port in zip(inner.signature, inner.inputs(), strict=False):
        source = parts.graph.wires.get(InPort(called, PortPath(port)))
        if source is None:
            return None
        source = parts.plan.shown.get(source, source)
        known = parts.verdict.types.get(f"{source.node}.{source.port}")
        said, maker = declared(parts, source), NOISE.get(parts.node(source.node).spec, "")
        sizes = [size for size in known.shape if isinstance(size, int)] if known else []
        if maker and known is not None and (BATCH, *sizes) == known.shape:
            noise[argument.name] = maker, tuple(sizes)
        elif said is not None and said.classes and len(said.shape) == 1:
            labels[argument.name] = source, said.classes
        else:
            return None
    types = parts.verdict.types
    ports = [key.rpartition(".")[2] for key in types if key.rpartition(".")[0] == called]
    _, variables = targets_of(parts, called, {OutPort(called, p): 1 for p in ports})
    if len(variables) != 1 or not noise:
        return None
    ((given, variable),) = variables.items()
    names = tuple(a.name for a in inner.signature)
    return Draws(node, noise, labels, names, given, variable.text)
