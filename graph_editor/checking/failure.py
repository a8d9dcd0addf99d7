"""What the judge hands to diagnosers and lints, and what they hand back: plain frozen values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from graph_editor.catalogue.order import Lookup, Regions
from graph_editor.catalogue.spec import PortType, Spec
from graph_editor.checking.bounds import Wrong
from graph_editor.checking.switched import is_off
from graph_editor.checking.verdict import Severity, TensorType
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    Project,
)

Phase: TypeAlias = Literal["construct", "forward", "backward", "rule", "circle", "dangling"]
Found = TypeVar("Found")
Probe: TypeAlias = Literal["batch", "next_batch", "last_batch", "validation", "sizes"]
"""What the call was tried with: the user's batch, one more, the last smaller one, a validation part
that is smaller than a batch, other sizes."""


@dataclass(frozen=True, slots=True)
class Source:
    """The output port that feeds an input, by address from the main graph downwards."""

    address: Address
    port: str

    @property
    def key(self) -> str:
        """``address.port``, as types are keyed."""
        return f"{self.address}.{self.port}"


@dataclass(frozen=True, slots=True)
class Site:
    """One use of a node: where it stands, and what was known of it when it was evaluated."""

    address: Address
    """``conv`` or ``stage1/conv1`` or ``blocks[2]/conv1``."""
    block: str
    """Key of the block in which the node is drawn: ``main`` or a block's id. Edits go there."""
    id: NodeId
    """The node's key in that block's graph."""
    node: Node
    spec: Spec | None
    args: FrozenMap[str, Arg] = NOTHING
    """Arguments after expressions and inference: literals only. Absent: the spec's default."""
    inputs: FrozenMap[str, TensorType] = NOTHING
    """Types by input port, every dim a number. Ports that do not carry tensors are left out."""
    sources: FrozenMap[str, Source] = NOTHING
    """What feeds each wired input port; the node directly before, within the same graph.

    A port of an ``io.input`` inside a block has no source here: ``walk.source_of`` steps out.
    """
    symbolic: FrozenMap[str, TensorType] = NOTHING
    """The same types with named sizes (``B×16×8×8``), where known."""
    inferred: frozenset[str] = frozenset()
    """Names of arguments that are ``auto`` here: found from what arrives, not set by the user."""

    def value(self, name: str) -> Arg:
        """Return an argument's concrete value, or the spec's default."""
        if name in self.args:
            return self.args[name]
        argument = self.spec.argument(name) if self.spec else None
        return argument.default if argument else None

    def on_wire(self, port: str) -> TensorType:
        """Return what stands on a wire, or what arrives in a try in which that has other axes."""
        given, known = self.inputs[port], self.symbolic.get(port)
        return known if known is not None and len(known.shape) == len(given.shape) else given

    def shown(self, port: str) -> str:
        """Return the shape at an input port as it stands on the wire."""
        known = self.symbolic.get(port) or self.inputs.get(port)
        return known.text() if known else "nothing"


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that torch (or a rule, where torch's ``meta`` is too kind) refused."""

    site: Site
    message: str
    """torch's own words, or the rule's. Shown as detail; diagnosers never look into it."""
    phase: Phase = "forward"
    training: bool = True
    probe: Probe = "batch"
    port: str = ""
    """The port whose wire closes a circle, or comes from an output that does not exist."""
    also: tuple[InPort, ...] = ()
    """Further wires, of the same graph, that close circles with the same nodes in them."""
    has: tuple[str, ...] = ()
    """The outputs that there are where that wire comes from."""
    at_fault: tuple[Wrong, ...] = ()
    """Arguments without which torch takes the call, found by trying."""


WorkOut: TypeAlias = Callable[
    [Sequence[tuple[Site, Mapping[str, Source]]], Source], tuple[float, float] | None
]


class Retained(Protocol):
    """What torch keeps of one call until its gradients are computed, by the names of its ports."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The input ports whose memory it keeps."""

    @property
    def results(self) -> tuple[str, ...]:
        """The output ports whose memory it keeps, where that is new."""

    @property
    def views(self) -> FrozenMap[str, str]:
        """Output port -> the input port in whose memory it lies, or ``weight``."""

    @property
    def shared(self) -> FrozenMap[str, str]:
        """Output port -> the earlier output port in whose memory it lies."""


class Calls(Protocol):
    """The calls of a training step, by address; torch is asked only of those looked at."""

    def arriving(self, address: Address) -> Mapping[str, str]:
        """Return by port which output ``address.port`` of a call arrives, through all borders."""

    def retained(self, address: Address) -> Retained | None:
        """Return what is kept of a call; None of what is no call of a training step."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that was known of the project when something failed, or when all was evaluated."""

    project: Project
    lookup: Lookup
    sites: FrozenMap[Address, Site] = NOTHING
    """Every node that was reached, block instances and io nodes too, in order of evaluation."""
    types: FrozenMap[str, TensorType] = NOTHING
    """Output types by ``address.port``, with named sizes where known."""
    facts: FrozenMap[str, PortType] = NOTHING
    """What data sources say of their ports, by ``address.port``: ranges, numbers of classes."""
    regions: Regions = field(default_factory=lambda: Regions((), (), (), ()))
    """The parts of the main graph."""
    batch: int | None = None
    """The user's batch size, where there is one."""
    last_batch: int | None = None
    """The size of the last, smaller batch of an epoch, where it is known."""
    makes: FrozenMap[Address, bool] = NOTHING
    """Whether a node makes weights, be they another's too; absent where that is not known."""
    kept: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    """What was found out before, and stays through changes of arguments alone."""
    calls: Calls | None = field(default=None, repr=False, compare=False)
    """What torch keeps of each call. Who asks looks at the node's site too, so that it is noted."""
    work_out: WorkOut | None = field(default=None, repr=False, compare=False)
    """Returns the ends of an output that these calls make, and no others: each a node with the
    outputs that arrive at its ports."""

    def of(self, specs: Container[str]) -> Iterator[Site]:
        """Yield the sites of nodes of these specs that are not off: every lint asks for few."""
        for spec, found in self.fixed(_by_spec).items():
            if spec in specs:
                yield from (self.sites[address] for address in found)

    def fixed(self, find: Callable[..., Found], *given: Any) -> Found:
        """Return what ``find(context, *given)`` says, remembered while only arguments change.

        It may hang on wires, specs, owners of weights, and on which outputs want gradients.
        """
        key = (find, *given)
        if key not in self.kept:
            self.kept[key] = find(self, *given)
        found: Found = self.kept[key]
        return found


def _by_spec(context: Context) -> dict[str, list[Address]]:
    found: dict[str, list[Address]] = {}
    for address, site in context.sites.items():
        if is_off(site.node):
            continue  # it does nothing, so that nothing is wrong with it
        found.setdefault(site.node.spec, []).append(address)
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit that may cure; offered only after it was applied to a copy and re-checked."""

    id: str
    title: str
    """What it does, as a button says it: ``Set in_features to 512``."""
    edit: Callable[[Project], Project]
    """Raises ValueError (or KeyError) where it does not apply."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One problem in plain words, placed on the node at fault."""

    code: str
    severity: Severity
    node: Address
    message: str
    argument: str = ""
    port: str = ""
    proposals: tuple[Proposal, ...] = ()
    victim: Address = Address("")  # noqa: RUF009  # a string
    """Where torch stops because of it, if that is another node and only the numbers decide it."""
