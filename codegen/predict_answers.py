"""What each output of a model says to a person: classes, chances or plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from codegen.emit import Expression, attribute, call, number, operation
from graph_editor.catalogue.order import Lookup, Wires, incoming, regions
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Graph, NodeId, OutPort, PortPath, Project

Kind: TypeAlias = Literal[
    "scores", "logarithms", "chance", "score of yes", "best", "numbers", "match"
]
KINDS: dict[str, Kind] = {
    "nn.CrossEntropyLoss": "scores",
    "F.cross_entropy": "scores",
    "nn.NLLLoss": "logarithms",
    "F.nll_loss": "logarithms",
    "nn.BCEWithLogitsLoss": "score of yes",
    "F.binary_cross_entropy_with_logits": "score of yes",
    "nn.MultiLabelSoftMarginLoss": "score of yes",
    "F.multilabel_soft_margin_loss": "score of yes",
    "nn.BCELoss": "chance",
    "F.binary_cross_entropy": "chance",
    "nn.MultiMarginLoss": "best",
    "F.multi_margin_loss": "best",
    "metric.accuracy": "best",
    "metric.top_k_accuracy": "best",
}
"""What a loss, or else a metric, takes its input for; the first that reads an output decides."""
SOFTMAX = ("torch.softmax", "F.softmax", "torch.log_softmax", "F.log_softmax")
"""What makes chances of scores within a step."""
PAIRS = ("B", "B")
"""The shape of the scores of all samples of one input for all of another."""
TRIPLETS = ("nn.TripletMarginLoss", "F.triplet_margin_loss")
"""What wants the first of three vectors close to the second and far from the third."""
OF_CLASSES = ("scores", "logarithms", "best")
SAME_VALUES = (
    "Tensor.contiguous",
    "Tensor.flatten",
    "Tensor.movedim",
    "Tensor.permute",
    "Tensor.reshape",
    "Tensor.squeeze",
    "Tensor.transpose",
    "Tensor.unsqueeze",
    "Tensor.view",
    "op.getitem",
    "torch.flatten",
    "torch.movedim",
    "torch.permute",
    "torch.reshape",
    "torch.squeeze",
    "torch.transpose",
    "torch.unsqueeze",
)
"""What only lays numbers out in another way."""
INPUT, TARGET = PortPath("input"), PortPath("target")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an output is read."""

    kind: Kind = "numbers"
    axis: int = 1
    """Where its classes are, if it has some."""
    target: OutPort | None = None
    """Where that comes from which it is to be."""


def answers_of(
    project: Project, lookup: Lookup, verdict: Verdict, outputs: Iterable[NodeId]
) -> dict[NodeId, Answer]:
    """Return how each output of the main graph is read, by the losses and metrics behind it."""
    graph, step = project.main.graph, regions(project.main, lookup).step
    wires = incoming(graph)
    return {output: _answer(graph, wires, verdict, output, step) for output in outputs}


def _answer(
    graph: Graph, wires: Wires, verdict: Verdict, output: NodeId, step: Iterable[NodeId]
) -> Answer:
    order = list(KINDS)
    readers = _readers(graph, wires, output, step)
    for reader in sorted(
        (n for n in readers if graph.nodes[n].spec in KINDS),
        key=lambda n: order.index(graph.nodes[n].spec),
    ):
        kind, target = KINDS[graph.nodes[reader].spec], wires[reader].get(TARGET)
        if kind not in OF_CLASSES:
            return Answer(kind, target=target)
        given = verdict.types.get(f"{output}.output")
        if given is not None and given.shape == PAIRS and kind == "scores":
            return Answer("match")
        axis = _class_axis(given, _type(verdict, wires[reader][INPUT]))
        labels = _type(verdict, target)
        if axis is not None and labels is not None and labels.dtype.startswith("int"):
            scores = any(graph.nodes[n].spec in SOFTMAX for n in readers)
            return Answer("scores" if kind == "best" and scores else kind, axis, target)
    targets = [wires[n][TARGET] for n in readers if TARGET in wires[n]]
    return Answer(target=targets[0] if targets else None)


def triplet_of(project: Project, lookup: Lookup, outputs: Iterable[NodeId]) -> tuple[NodeId, ...]:
    """Return the three outputs of which a loss asks how far they are apart; none without."""
    graph, step = project.main.graph, regions(project.main, lookup).step
    wires = incoming(graph)
    shown = {port: n for n in outputs for port in (wires[n].get(INPUT), OutPort(n, "output"))}
    for node in step:
        if graph.nodes[node].spec in TRIPLETS:
            ports = [wires[node].get(PortPath(p)) for p in ("anchor", "positive", "negative")]
            if all(port in shown for port in ports):
                return tuple(shown[port] for port in ports)
    return ()


def _readers(graph: Graph, wires: Wires, output: NodeId, step: Iterable[NodeId]) -> list[NodeId]:
    """Return what reads an output, as it is or laid out in another way, in canonical order."""
    reached = {OutPort(output, "output"), wires[output].get(INPUT)}
    found = []
    for node in step:
        if wires[node].get(INPUT) in reached:
            if graph.nodes[node].spec in SAME_VALUES:
                reached.add(OutPort(node, "output"))
            else:
                found.append(node)
    return found


def _type(verdict: Verdict, port: OutPort | None) -> TensorType | None:
    return verdict.types.get(f"{port.node}.{port.port}") if port is not None else None


def _class_axis(given: TensorType | None, read: TensorType | None) -> int | None:
    """Return the axis of an output that a loss takes for its classes; None where it is unclear."""
    if given is None or read is None or len(read.shape) < 2:
        return None
    count = read.shape[1]
    if not isinstance(count, int):
        return None
    if given.shape == read.shape:
        return 1
    places = [axis for axis, size in enumerate(given.shape) if size == count]
    return places[-1] if places else None


Read = Callable[[Expression, int], list[tuple[str, Expression]]]


def _best(scores: Expression, axis: int) -> list[tuple[str, Expression]]:
    return [_class(scores, axis), ("score", _over(scores, "amax", axis))]


def _class(scores: Expression, axis: int) -> tuple[str, Expression]:
    return ("class", _over(scores, "argmax", axis))


def _over(value: Expression, method: str, axis: int) -> Expression:
    return call(attribute(value, method), (), {"dim": number(axis)})


def _scores(scores: Expression, axis: int) -> list[tuple[str, Expression]]:
    chances = _over(scores, "softmax", axis)
    return [_class(scores, axis), ("probability", _over(chances, "amax", axis))]


def _logarithms(values: Expression, axis: int) -> list[tuple[str, Expression]]:
    chances = call(attribute(values, "exp"))
    return [_class(values, axis), ("probability", _over(chances, "amax", axis))]


def _match(scores: Expression, axis: int) -> list[tuple[str, Expression]]:
    return [("match", _over(scores, "argmax", axis)), *_scores(scores, axis)[1:]]


def _score_of_yes(score: Expression, _: int) -> list[tuple[str, Expression]]:
    chance = call(attribute(score, "sigmoid"))
    return [("yes", operation(">", score, number(0))), ("probability", chance)]


def _chance(chance: Expression, _: int) -> list[tuple[str, Expression]]:
    return [("yes", operation(">", chance, number(0.5))), ("probability", chance)]


def _numbers(values: Expression, _: int) -> list[tuple[str, Expression]]:
    return [("prediction", values)]


READ: dict[Kind, Read] = {
    "scores": _scores,
    "logarithms": _logarithms,
    "score of yes": _score_of_yes,
    "chance": _chance,
    "best": _best,
    "match": _match,
    "numbers": _numbers,
}
