"""The metrics of a drawing as expressions over whole tensors, by the name of their spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.emit import Expression, attribute, call, number, operation
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import Arg, Block, NodeId

Metric = Callable[[Expression, Expression, Mapping[str, Arg]], Expression]
COUNTS = ("accuracy", "binary_accuracy", "top_k_accuracy")
"""Metrics that count what is right."""
MEANS = (*COUNTS, "mae", "mse")
"""Metrics of all data that are the mean of those of its batches, weighted by their sizes."""
GROWING = (*COUNTS, "r2")
"""Metrics of which more is better; of all others less is."""


def write_metric(
    main: Block, node_id: NodeId, given: Expression, target: Expression, lookup: Lookup
) -> Expression:
    """Return a metric of predictions against targets, a scalar tensor. Raises CannotWrite."""
    node = main.graph.nodes[node_id]
    rule, spec = METRICS.get(node.spec), lookup(node.spec)
    if rule is None or spec is None:
        known = ", ".join(METRICS)
        raise CannotWrite(node_id, f"the metric {node.spec} has no code yet", f"Use {known}")
    defaults = {argument.name: argument.default for argument in spec.arguments}
    return rule(given, target, {**defaults, **node.args})


def metric_names(main: Block, metrics: tuple[NodeId, ...]) -> dict[NodeId, str]:
    """Return what events call each metric, after ``val_``: its kind, and a number if needed."""
    names: dict[NodeId, str] = {}
    for node_id in metrics:
        stem = main.graph.nodes[node_id].spec.partition(".")[2]
        taken = sum(n == stem or n.rpartition("_")[0] == stem for n in names.values())
        names[node_id] = f"{stem}_{taken + 1}" if taken else stem
    return names


def is_mean(main: Block, node_id: NodeId) -> bool:
    """Whether a metric of an epoch can be summed up from those of its batches."""
    return main.graph.nodes[node_id].spec.partition(".")[2] in MEANS


def is_count(main: Block, node_id: NodeId) -> bool:
    """Whether a metric counts what is right, so that no gradient passes it."""
    return main.graph.nodes[node_id].spec.partition(".")[2] in COUNTS


def _method(value: Expression, method: str, **keywords: int) -> Expression:
    return call(attribute(value, method), (), {k: number(v) for k, v in keywords.items()})


def _mean(value: Expression) -> Expression:
    return _method(value, "mean")


def _accuracy(given: Expression, target: Expression, args: Mapping[str, Arg]) -> Expression:
    axis = args["class_dim"]
    assert isinstance(axis, int)
    right = operation("==", _method(given, "argmax", dim=axis), target)
    return _mean(_method(right, "float"))


def _binary_accuracy(given: Expression, target: Expression, args: Mapping[str, Arg]) -> Expression:
    threshold = args["threshold"]
    assert isinstance(threshold, int | float)
    said = operation(">", given, number(threshold))
    right = operation("==", said, operation(">", target, number(0.5)))
    return _mean(_method(right, "float"))


def _top_k(given: Expression, target: Expression, args: Mapping[str, Arg]) -> Expression:
    best = args["k"]
    assert isinstance(best, int)
    top = attribute(call(attribute(given, "topk"), [number(best)], {"dim": number(1)}), "indices")
    hit = operation("==", top, call(attribute(target, "unsqueeze"), [number(1)]))
    return _mean(_method(_method(hit, "any", dim=1), "float"))


def _error(given: Expression, target: Expression) -> Expression:
    return operation("-", given, target)


def _mae(given: Expression, target: Expression, _: Mapping[str, Arg]) -> Expression:
    return _mean(_method(_error(given, target), "abs"))


def _mse(given: Expression, target: Expression, _: Mapping[str, Arg]) -> Expression:
    return _mean(_method(_error(given, target), "square"))


def _rmse(given: Expression, target: Expression, args: Mapping[str, Arg]) -> Expression:
    return _method(_mse(given, target, args), "sqrt")


def _r2(given: Expression, target: Expression, _: Mapping[str, Arg]) -> Expression:
    left = _method(_method(_error(given, target), "square"), "sum")
    spread = operation("-", target, _method(target, "mean", dim=0))
    return operation(
        "-", number(1), operation("/", left, _method(_method(spread, "square"), "sum"))
    )


METRICS: dict[str, Metric] = {
    "metric.accuracy": _accuracy,
    "metric.binary_accuracy": _binary_accuracy,
    "metric.top_k_accuracy": _top_k,
    "metric.mae": _mae,
    "metric.mse": _mse,
    "metric.rmse": _rmse,
    "metric.r2": _r2,
}
