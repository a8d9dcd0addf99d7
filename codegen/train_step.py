"""The step from data to loss as statements: the model's call, and what is drawn after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from codegen.emit import Expression, call, name, number, operation, tuple_of
from codegen.statements import Line, assign
from codegen.train_metrics import metric_names, write_metric
from codegen.train_nodes import targets_of, write_node
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.catalogue.order import incoming
from graph_editor.document.model import Address, NodeId, OutPort

SHORT = 40
"""Up to so many columns a value that is used once is written where it is used."""


class StepWriter:
    """Writes the statements of one forward step, with the data as given expressions."""

    def __init__(
        self, parts: Parts, data: Callable[[str], Expression], ends: Iterable[NodeId]
    ) -> None:
        self.parts = parts
        self.lines: list[Line] = []
        self.wires = incoming(parts.graph)
        self.values: dict[OutPort, Expression] = {}
        plan = parts.plan
        for port, tensor in parts.data.tensors.items():
            variable = parts.names[f"data.{tensor}"]
            self.values[OutPort(plan.source, port)] = data(variable)
        self.uses = self._count((*ends, plan.optimizer))

    def _count(self, ends: Sequence[NodeId]) -> Counter[OutPort]:
        """Count how often each port is used by the nodes of this step."""
        plan = self.parts.plan
        nodes = (*plan.step, *[n for n in ends if n in plan.watched or n not in plan.step])
        found = Counter(self._source(p) for n in nodes for p in self.wires[n].values())
        found.update(plan.feeds)
        return found

    def _source(self, port: OutPort) -> OutPort:
        """Return the port that stands for this one outside the model. Raises CannotWrite."""
        plan = self.parts.plan
        if port in plan.shown:
            return plan.shown[port]
        if port in plan.results:
            return OutPort(plan.results[port], "output")
        return port

    def call_model(self) -> None:
        """Add the call of the model, which binds its outputs."""
        plan, parts = self.parts.plan, self.parts
        results = [OutPort(node, "output") for node in plan.outputs]
        for node, port in zip(plan.outputs, results, strict=True):
            self.values[port] = name(parts.names[node])
        targets = [self.values[p] if self.uses[p] else name("_") for p in results]
        for port in plan.feeds:
            if port not in self.values:
                ports = ", ".join(parts.data.tensors)
                feature = f"{port.port} is read, which this source does not give"
                raise CannotWrite(plan.source, feature, f"Wire one of {ports}")
        value = call(name("model"), [self.values[port] for port in plan.feeds])
        self.lines.append(
            assign(
                tuple_of(targets, bare=True) if len(targets) > 1 else targets[0],
                value,
                Address(plan.outputs[0]),
            )
        )

    def value(self, port: OutPort, user: NodeId) -> Expression:
        """Return the expression for a port that a node of the step uses. Raises CannotWrite."""
        source = self._source(port)
        if source not in self.values:
            label = self.parts.node(source.node).name or source.node
            raise CannotWrite(
                user,
                f"it uses {label} from inside the model, which is no output of it",
                f"Add an output node after {label}",
            )
        return self.values[source]

    def put_nodes(self, nodes: Iterable[NodeId], final: NodeId | None) -> None:
        """Add the nodes between model and losses; final is the one that becomes ``loss``."""
        for node_id in nodes:
            inputs = {p: self.value(s, node_id) for p, s in self.wires[node_id].items()}
            value = write_node(self.parts, node_id, inputs)
            first = OutPort(node_id, "output")
            if node_id == final:
                self.lines.append(assign("loss", value, Address(node_id)))
                self.values[first] = name("loss")
            elif self._stays_inside(node_id, value):
                self.values[first] = value
            else:
                target, found = targets_of(self.parts, node_id, self.uses)
                self.values |= found
                self.lines.append(assign(target, value, Address(node_id)))

    def _stays_inside(self, node_id: NodeId, value: Expression) -> bool:
        kind = self.parts.node(node_id).kind
        once = self.uses[OutPort(node_id, "output")] == 1
        return kind == "const" or (kind in ("Tensor", "op") and once and len(value.text) <= SHORT)

    def put_loss(self) -> None:
        """Add the nodes that the losses need, and their weighted sum as ``loss``."""
        plan = self.parts.plan
        final = None if len(plan.losses) > 1 or set(plan.weights) - {1} else plan.losses[0].node
        self.put_nodes(plan.step, final if final in plan.step else None)
        terms = [self.value(port, plan.optimizer) for port in plan.losses]
        if plan.weights:
            pairs = zip(plan.weights, terms, strict=True)
            terms = [t if w == 1 else operation("*", number(w), t) for w, t in pairs]
        total = terms[0]
        for term in terms[1:]:
            total = operation("+", total, term)
        if total.text != "loss":
            self.lines.append(assign("loss", total, Address(plan.optimizer)))

    def put_metrics(self) -> dict[str, str]:
        """Add every metric; return what events call it, and its variable."""
        self.put_nodes(self.parts.plan.watched, None)
        return {label: self.put_metric(node_id, label) for node_id, label in self.metrics().items()}

    def metrics(self) -> dict[NodeId, str]:
        """Return the metrics, and what events call each after ``train_`` or ``val_``."""
        return metric_names(self.parts.project.main, self.parts.plan.metrics)

    def has_at_hand(self, node_id: NodeId) -> bool:
        """Whether the step has computed all that a metric looks at, so that it costs no more."""
        sources = [self._source(port) for port in self.wires[node_id].values()]
        kept = (*self.uses, *(OutPort(self.parts.plan.source, p) for p in self.parts.data.tensors))
        return all(source in self.values and source in kept for source in sources)

    def put_metric(self, node_id: NodeId, label: str) -> str:
        """Add one metric, and return its variable. Raises CannotWrite."""
        parts = self.parts
        wires = {str(port): source for port, source in self.wires[node_id].items()}
        for port in ("input", "target"):
            if port not in wires:
                raise CannotWrite(node_id, f"{port} is not connected", "Connect it")
        given, target = (self.value(wires[p], node_id) for p in ("input", "target"))
        value = write_metric(parts.project.main, node_id, given, target, parts.lookup)
        variable = label if label not in parts.names.values() else f"{label}_metric"
        self.lines.append(assign(variable, value, Address(node_id)))
        return variable
