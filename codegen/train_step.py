"""The step from data to losses as statements: the model's call, and what is drawn about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from codegen.emit import Expression, call, name, operation, tuple_of
from codegen.literals import NoLiteral, written
from codegen.names import fresh
from codegen.statements import Line, assign
from codegen.train_flow import DRAWN
from codegen.train_metrics import metric_names, write_metric
from codegen.train_nodes import Place, known_in, targets_of, write_node
from codegen.train_parts import OWN_NAMES, Parts, tensor_key
from codegen.train_phases import Phase
from codegen.written import CannotWrite
from graph_editor.catalogue.order import incoming, sources_in_order
from graph_editor.catalogue.ports import output_ports
from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Address, Expr, NodeId, OutPort, PortPath, same

SHORT = 40
"""Up to so many columns a value that is used once is written where it is used."""


class StepWriter:
    """Writes the statements of one step, with the data as given expressions."""

    def __init__(
        self,
        parts: Parts,
        data: Callable[[str, str], Expression],
        ends: tuple[NodeId, ...],
        place: Place,
    ) -> None:
        self.parts = parts
        self.place = place
        self.lines: list[Line] = []
        self.wires = incoming(parts.graph)
        self.values: dict[OutPort, Expression] = {}
        self.read: set[str] = set()
        """The variables of the data that the statements read."""
        self.made: dict[OutPort, int] = {}
        """In which phase a value was computed."""
        self.phase = 0
        self.factors: list[str] = []
        """Variables of the factors of losses."""
        self.tensors = {
            OutPort(feed.id, port): parts.names[tensor_key(feed, tensor)]
            for feed in parts.feeds
            for port, tensor in feed.code.tensors.items()
        }
        """The variables of the data, by the ports of their sources."""
        batches = {feed.id: feed.batch for feed in parts.feeds}
        self.given = {port: data(t, batches[port.node]) for port, t in self.tensors.items()}
        """The data, by the ports of their sources."""
        self.values |= self.given
        self.uses = self._count(ends)

    def _count(self, ends: tuple[NodeId, ...]) -> Counter[OutPort]:
        """Count how often each port is used by the nodes of this step."""
        plan = self.parts.plan
        inner = (*plan.before, *plan.step)
        optimizers = [phase.first.node for phase in plan.phases]
        nodes = (*inner, *[n for n in (*ends, *optimizers) if n not in inner])
        found = Counter(self.source(p) for n in nodes for p in self.wires[n].values())
        if ends:
            further = (p for n in plan.watched for p in self.wires[n].values())
            found.update(p for p in map(self.source, further) if p not in found)
        found.update(plan.feeds)
        return found

    def source(self, port: OutPort) -> OutPort:
        """Return the port that stands for this one outside the model."""
        plan = self.parts.plan
        while port in plan.shown:
            port = plan.shown[port]
        if port in plan.results:
            return OutPort(plan.results[port], "output")
        return port

    # --- what is computed ----------------------------------------------------------------------

    def put_phase(self, place: int, phase: Phase) -> None:
        """Add what one phase computes anew, and its whole loss."""
        self.phase = place
        wanted = self._wanted([self.source(port) for port in phase.losses])
        final = self._final(phase)
        for node_id in self.parts.plan.before:
            if node_id in wanted:
                self.put_node(node_id, final, phase)
        if any(n in wanted for n in self.parts.plan.outputs):
            self.call_model(wanted)
        for node_id in self.parts.plan.step:
            if node_id in wanted:
                self.put_node(node_id, final, phase)
        self._put_loss(phase)

    def put_all(self, nodes: Iterable[NodeId]) -> None:
        """Add further nodes that have no value yet, in order."""
        for node_id in nodes:
            if not self._known(node_id):
                self.put_node(node_id, None, None)

    def _known(self, node_id: NodeId) -> bool:
        return any(port.node == node_id for port in self.values)

    def _wanted(self, roots: list[OutPort]) -> set[NodeId]:
        """Return the nodes to compute for roots: those without a value that still holds."""
        found: set[NodeId] = set()
        pending = list(roots)
        while pending:
            port = pending.pop()
            if port.node in found or (port in self.values and not self._is_stale(port)):
                continue
            found.add(port.node)
            if port.node in self.parts.plan.outputs:
                pending += [self.source(feed) for feed in self.parts.plan.feeds]
            elif port.node not in self.parts.plan.model:
                pending += [self.source(p) for p in self._read(port.node)]
        return found

    def _read(self, node_id: NodeId) -> list[OutPort]:
        """Return the ports that a node reads in the mode that is written."""
        if self._acts(node_id):
            return list(self.wires[node_id].values())
        return [port for _, port in self._ordered(node_id)[:1]]

    def _ordered(self, node_id: NodeId) -> list[tuple[PortPath, OutPort]]:
        wires = self.wires[node_id]
        return sources_in_order(self.parts.graph, node_id, wires, self.parts.lookup)

    def _is_stale(self, port: OutPort) -> bool:
        """Whether an optimizer has changed a weight beneath a value since it was computed."""
        since = self.made.get(port)
        if since is None or since == self.phase or self.parts.node(port.node).spec in DRAWN:
            return False
        flow, phases = self.parts.flow, self.parts.plan.phases[since : self.phase]
        return any(flow.stepped(phase) & flow.beneath(port.node) for phase in phases)

    def keep(self) -> tuple[dict[OutPort, Expression], dict[OutPort, int]]:
        """Return the values that are known now, to go back to."""
        return dict(self.values), dict(self.made)

    def go_back(self, kept: tuple[dict[OutPort, Expression], dict[OutPort, int]]) -> None:
        """Forget what was computed since: it was so in some steps only."""
        self.values, self.made = kept

    # --- the statements ------------------------------------------------------------------------

    def call_model(self, wanted: Iterable[NodeId] | None = None) -> None:
        """Add the call of the model, which binds its outputs."""
        plan, parts = self.parts.plan, self.parts
        results = [OutPort(node, "output") for node in plan.outputs]
        again = any(port in self.values for port in results)
        bound = [p for p in results if self.uses[p] and (not again or p.node in (wanted or ()))]
        values = [self.value(port, plan.outputs[0]) for port in plan.feeds]
        for port in bound if again else results:
            self._bind(port, name(parts.names[port.node]))
        targets = [self.values[p] if p in bound else name("_") for p in results]
        self.lines.append(
            assign(
                tuple_of(targets, bare=True) if len(targets) > 1 else targets[0],
                call(name("model"), values),
                Address(plan.outputs[0]),
            )
        )

    def _bind(self, port: OutPort, value: Expression) -> None:
        self.values[port], self.made[port] = value, self.phase

    def value(self, port: OutPort, user: NodeId) -> Expression:
        """Return the expression for a port that a node of the step uses. Raises CannotWrite."""
        source = self.source(port)
        if source in self.tensors:
            self.read.add(self.tensors[source])
        if source in self.values:
            return self.values[source]
        if source.node in self.parts.plan.sources:
            ports = ", ".join(port.port for port in self.given if port.node == source.node)
            feature = f"{source.port} is read, which this source does not give"
            raise CannotWrite(source.node, feature, f"Wire one of {ports}")
        label = self.parts.node(source.node).name or source.node
        raise CannotWrite(
            user,
            f"it uses {label} from inside the model, which is no output of it",
            f"Add an output node after {label}",
        )

    def put_node(self, node_id: NodeId, final: NodeId | None, phase: Phase | None) -> None:
        """Add a node; final is the one that becomes the loss of the phase."""
        if not self._acts(node_id):
            self._pass(node_id, final, phase)
            return
        value = self._length(node_id)
        if value is None:
            inputs = {p: self.value(s, node_id) for p, s in self.wires[node_id].items()}
            value = write_node(self.parts, node_id, inputs, self.place)
        first = OutPort(node_id, self._port(node_id))
        if node_id == final and phase is not None:
            self.lines.append(assign(phase.loss, value, Address(node_id)))
            self._bind(first, name(phase.loss))
        elif self._stays_inside(node_id, value):
            self._bind(OutPort(node_id, self._port(node_id)), value)
        else:
            target, found = targets_of(self.parts, node_id, self.uses)
            for port, variable in found.items():
                self._bind(port, variable)
            self.lines.append(assign(target, value, Address(node_id)))

    def _length(self, node_id: NodeId) -> Expression | None:
        """Return the number of samples, where that is what a node asks of the data."""
        node = self.parts.node(node_id)
        if node.spec != "Tensor.size" or not same(node.args.get("dim"), 0):
            return None
        asked = [self.source(port).node for port in self.wires[node_id].values()]
        is_of_data = len(asked) == 1 and asked[0] in self.parts.plan.sources
        return self.place.names["B"] if is_of_data else None

    def _acts(self, node_id: NodeId) -> bool:
        """Whether a node does anything in the mode that is written. Raises CannotWrite."""
        when = self.parts.node(node_id).when
        if when is None:
            return True
        try:
            return bool(evaluate(parse(when.text), {"training": self.place.training}))
        except ExpressionError as problem:
            raise CannotWrite(node_id, f"when: {problem}", "Ask for training alone") from None

    def _pass(self, node_id: NodeId, final: NodeId | None, phase: Phase | None) -> None:
        """Let a node's first input through."""
        ordered = self._ordered(node_id)
        if not ordered:
            raise CannotWrite(node_id, "it lets nothing through", "Wire a tensor into it")
        value = self.value(ordered[0][1], node_id)
        if node_id == final and phase is not None:
            self.lines.append(assign(phase.loss, value, Address(node_id)))
            value = name(phase.loss)
        self._bind(OutPort(node_id, self._port(node_id)), value)

    def _port(self, node_id: NodeId) -> str:
        return output_ports(self.parts.spec(node_id), self.parts.node(node_id))[0]

    def _stays_inside(self, node_id: NodeId, value: Expression) -> bool:
        node = self.parts.node(node_id)
        once = self.uses[OutPort(node_id, self._port(node_id))] == 1
        if node.kind in ("param", "buffer") or node.spec == "const.value":
            return True
        return once and len(value.text) <= SHORT and self._is_light(node_id)

    def _is_light(self, node_id: NodeId) -> bool:
        """Whether a value is clear where it is used: a method, an operator, a constant tensor."""
        node = self.parts.node(node_id)
        if node.kind in ("Tensor", "op", "const"):
            return True
        return self.parts.spec(node_id).category == "Creation" and node.spec not in DRAWN

    def _final(self, phase: Phase) -> NodeId | None:
        """Return the node whose value is the whole loss of a phase."""
        if len(phase.losses) > 1 or set(phase.weights) - {1}:
            return None
        node_id, plan = phase.losses[0].node, self.parts.plan
        shared = sum(phase.losses == other.losses for other in plan.phases) > 1
        return node_id if node_id in (*plan.before, *plan.step) and not shared else None

    def _put_loss(self, phase: Phase) -> None:
        """Add the weighted sum of a phase's losses, unless it has its name already."""
        user = phase.first.node
        terms = [self.value(port, user) for port in phase.losses]
        if phase.weights:
            pairs = zip(phase.weights, terms, strict=True)
            terms = [t if w == 1 else operation("*", self._factor(user, w, t), t) for w, t in pairs]
        total = terms[0]
        for term in terms[1:]:
            total = operation("+", total, term)
        if total.text != phase.loss:
            self.lines.append(assign(phase.loss, total, Address(user)))

    def _factor(self, user: NodeId, weight: float | Expr, term: Expression) -> Expression:
        """Return the factor of a loss: a number, or a variable for what changes with time."""
        try:
            value = written(weight, known_in(self.parts, self.place, {}))
        except NoLiteral as problem:
            raise CannotWrite(
                user, f"loss_weights: {problem}", "Use epoch, step and epochs"
            ) from None
        if not isinstance(weight, Expr) or value.simple:
            return value
        stem = term.text.removesuffix("_loss") if term.text.isidentifier() else "loss"
        variable = fresh(f"{stem}_weight", {*OWN_NAMES, *self.parts.names.values(), *self.factors})
        self.factors.append(variable)
        self.lines.append(assign(variable, value, Address(user)))
        return name(variable)

    # --- metrics -------------------------------------------------------------------------------

    def put_metrics(self) -> dict[str, str]:
        """Add every metric; return what events call it, and its variable."""
        watched = self.parts.plan.watched
        outputs = [OutPort(n, "output") for n in self.parts.plan.outputs]
        if outputs and not any(port in self.values for port in outputs):
            self.put_all(self.parts.plan.before)
            self.call_model()
        self.put_all(watched)
        return {label: self.put_metric(node_id, label) for node_id, label in self.metrics().items()}

    def metrics(self) -> dict[NodeId, str]:
        """Return the metrics, and what events call each after ``train_`` or ``val_``."""
        return metric_names(self.parts.project.main, self.parts.plan.metrics)

    def has_at_hand(self, node_id: NodeId) -> bool:
        """Whether the step has computed all that a metric looks at, so that it costs no more."""
        sources = [self.source(port) for port in self.wires[node_id].values()]
        kept = (*self.uses, *self.given)
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
