"""An optimizer that nothing tells what to lower: the only loss there is, or the one that fits."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.class_target import labels_for
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import connect, free_id
from graph_editor.checking.rules import FLOATS
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import Graph, InPort, Node, NodeId, OutPort, PortPath, Project

CODES = ("missing-input", "loss-not-scalar")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield a wire from the only loss, or where there is none the one that data and output name."""
    if stopped.node.kind != "optim" or len(stopped.sources) > 1:
        return
    port = next(iter(stopped.sources), "losses[0]")
    graph = context.project.block(stopped.block).graph
    losses = [id_ for id_, node in graph.nodes.items() if node.spec.endswith("Loss")]
    if len(losses) == 1 and not stopped.sources:
        yield connect(stopped, port, losses[0], "output", f"Connect {losses[0]} to {port}")
    if not losses:
        yield from _new_loss(stopped, port, graph, context)


def _new_loss(stopped: Site, port: str, graph: Graph, context: Context) -> Iterator[Proposal]:
    """Propose a loss of the only output, and of the only data that nothing reads."""
    ends = [id_ for id_, node in graph.nodes.items() if node.spec == "io.output"]
    read = set(graph.wires.values())
    sources = {id_ for id_, node in graph.nodes.items() if node.kind == "data"}
    given = [
        OutPort(NodeId(n), PortPath(p)) for n, _, p in (k.rpartition(".") for k in context.types)
    ]
    free = [out for out in given if out.node in sources and out not in read]
    if len(ends) != 1 or len(free) != 1:
        return
    scores, target = OutPort(ends[0], PortPath("output")), free[0]
    spec = _fitting(scores, target, context)
    if spec:
        yield _added(InPort(stopped.id, PortPath(port)), stopped, spec, scores, target)


def _fitting(scores: OutPort, target: OutPort, context: Context) -> str:
    """Return the loss that takes an output and a target, by what is known of both."""
    given = context.types.get(f"{scores.node}.{scores.port}")
    wanted = context.types.get(f"{target.node}.{target.port}")
    facts = context.facts.get(f"{target.node}.{target.port}")
    if given is None or wanted is None or given.dtype not in FLOATS:
        return ""
    if facts is not None and facts.classes is not None:
        fits = len(given.shape) > 1 and labels_for(given.shape) == wanted.shape  # type: ignore[arg-type]  # names are sizes too
        enough = fits and isinstance(given.shape[1], int) and given.shape[1] >= facts.classes
        return "nn.CrossEntropyLoss" if enough and wanted.dtype == "int64" else ""
    return "nn.MSELoss" if given.shape == wanted.shape and wanted.dtype == given.dtype else ""


def _added(into: InPort, stopped: Site, spec: str, scores: OutPort, target: OutPort) -> Proposal:
    title = spec.rpartition(".")[2]

    def edit(graph: Graph) -> Graph:
        new = free_id(graph, "loss")
        graph = nodes.add_node(graph, new, Node(spec))
        graph = wires.connect(graph, scores, InPort(new, PortPath("input")))
        graph = wires.connect(graph, target, InPort(new, PortPath("target")))
        return wires.connect(graph, OutPort(new, PortPath("output")), into)

    def on_project(project: Project) -> Project:
        return projects.in_block(project, stopped.block, edit)

    words = f"Add a {title} of {scores.node} and {target.node}.{target.port}, and lower it"
    return Proposal(f"{stopped.address}:add-{title}", words, on_project)
