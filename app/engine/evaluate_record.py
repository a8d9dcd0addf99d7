"""What a node is evaluated with, and what is then known of it: signals, troubles, records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from app.engine.evaluate_call import Args, Value
from app.engine.evaluate_numbers import Numbers
from app.engine.evaluate_scope import Number, Scope
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Failure, Site, Source
from graph_editor.checking.gradient_flow import UNMOVED, counts
from graph_editor.checking.verdict import Severity, Status, TensorType
from graph_editor.document.model import NOTHING, Address, FrozenMap, Node, NodeId, OutPort


@dataclass(frozen=True, slots=True)
class Signal:
    """What is on a wire in each try, and the outputs ``address.port`` that made it."""

    values: tuple[Value | None, ...]
    origin: tuple[str, ...] = ()
    numbers: tuple[Numbers | None, ...] = ()
    """The numbers themselves in each try, where the drawing alone fixes them in some."""

    def number(self, index: int) -> Numbers | None:
        """Return the numbers in one try, where they are known."""
        return self.numbers[index] if self.numbers else None

    def among(self, chosen: Iterable[int]) -> Signal:
        """Return what is on the wire in some of the tries."""
        chosen = tuple(chosen)
        numbers = tuple(self.numbers[k] for k in chosen) if self.numbers else ()
        return Signal(tuple(self.values[k] for k in chosen), self.origin, numbers)


Signals = Mapping[str, Signal]
NUMBERS = "refused-numbers"
"""The code of a trouble with numbers that the drawing alone fixes; the call is else in order."""


def gradients_of(
    spec: str, args: Args, signals: Signals, learning: Collection[int]
) -> tuple[str, ...]:
    """Return the outputs ``address.port`` that a gradient goes back to from such a node.

    ``learning`` are the places of the tries that train: what is switched on in one of them alone
    has its gradient there.
    """
    if counts(spec, args):
        return ()
    moved = (s for port, s in signals.items() if (spec, port) not in UNMOVED)
    return tuple(
        o for s in moved if any(_wants_gradient(s.values[k]) for k in learning) for o in s.origin
    )


def _wants_gradient(value: Value | None) -> bool:
    return isinstance(value, TensorType) and value.requires_grad


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem that the judge itself found, or a failure that diagnosers will look at."""

    code: str
    message: str
    detail: str = ""
    port: str = ""
    argument: str = ""
    severity: Severity = "error"
    failure: Failure | None = None
    names: tuple[str, ...] = ()
    """The outputs that there are, where one is meant that there is not."""
    tried: int = 0
    """The place of the try that it was found in, where no failure says so."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one node at one address."""

    site: Site
    status: Status
    outputs: FrozenMap[str, Signal] = NOTHING
    types: FrozenMap[str, TensorType] = NOTHING
    """Output types with named sizes."""
    troubles: tuple[Trouble, ...] = ()
    weights: FrozenMap[str, tuple[int, ...]] = NOTHING
    """Shapes of its own learnable tensors by name."""
    flops: int = 0
    inferred: Args = NOTHING
    one_way: tuple[int, ...] = ()
    """The places of the tries in which torch, without a derivative, refuses to go back."""
    learns: bool = False
    """Whether it has weights that are not frozen."""
    feeds: tuple[str, ...] = ()
    """The outputs ``address.port`` whose gradients it passes on."""
    makes: bool | None = None
    """Whether it makes weights, be they another's too; None where that is not known."""
    given: Signals | None = None
    """What arrives at a call that a training step makes; None of what is no such call."""
    met: Signals | None = None
    """Of what a condition leaves out in some tries: what arrives in those where it runs."""
    at_step: Trouble | None = None
    """What torch says of an optimizer's first step, if it has a weight to step."""
    state_keys: tuple[str, ...] = ()
    """Of custom code: the names in the state of the module that it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is evaluated."""

    scope: Scope
    id: NodeId
    node: Node
    spec: Spec | None
    wires: tuple[tuple[str, OutPort], ...]
    address: Address
    extra: Mapping[str, Number] = field(default_factory=dict)
    """``i`` and ``n`` of a repeated node."""

    def names(self, index: int) -> Mapping[str, Number]:
        """Return what names mean in one try."""
        return {**self.scope.names[index], **self.extra} if self.extra else self.scope.names[index]

    def frozen(self) -> bool:
        """Return whether this node's own weights do not learn."""
        weights = self.node.weights
        if "." in self.rests or (weights is not None and weights.follows is not None):
            return True
        return any(
            a == "." or a == self.id or a.startswith(self.id + "[") for a in self.scope.frozen
        )

    @property
    def rests(self) -> tuple[Address, ...]:
        """What it says to freeze; of weights that are another's, that one alone says it."""
        weights = self.node.weights
        is_theirs = weights is not None and weights.same_as is not None
        return () if is_theirs else self.node.freeze

    def sources(self) -> FrozenMap[str, Source]:
        """Return what feeds each wired port."""
        prefix = self.scope.prefix
        found = {p: Source(Address(prefix + s.node), s.port) for p, s in self.wires}
        return FrozenMap(found)
