"""Makes the sites of nodes, and the types of signals with named sizes."""

from __future__ import annotations

from app.engine.evaluate_arguments import shapes_of
from app.engine.evaluate_call import Args, Value
from app.engine.evaluate_record import Place, Signal, Signals
from app.engine.symbolic import Probe, symbolic
from app.engine.symbolic_said import said
from app.engine.symbolic_steps import Given, Steps
from app.engine.symbolic_term import Term
from graph_editor.checking.failure import Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, FrozenMap


class Sites:
    """Makes sites and symbolic types, remembering the latter by what was seen."""

    def __init__(self, tried: tuple[Probe, ...]) -> None:
        self.tried = tried
        self._steps = Steps()
        self.learning = tuple(k for k, probe in enumerate(tried) if probe.training)
        """The places of the tries that train."""
        self.is_varied = any(probe.name == "sizes" for probe in tried)
        self._seen: dict[tuple[Value | None, ...], TensorType | None] = {}

    def symbolic(self, values: tuple[Value | None, ...]) -> TensorType | None:
        """Return a signal's type with named sizes, or None where it is no tensor."""
        if values in self._seen:
            return self._seen[values]
        types = tuple(v for v in values if isinstance(v, TensorType))
        whole = types and len(types) == len(values)
        found = symbolic(types, self.tried, self._steps) if whole else None
        if not self.is_varied:  # else what is known of steps may be more the next time
            self._seen[values] = found
        return found

    def forget(self) -> None:
        """Forget how sizes follow from each other."""
        self._steps = Steps()

    @property
    def doubts(self) -> int:
        """How often one cannot see how a size follows from another, by those that are tried."""
        return self._steps.doubts

    @property
    def is_cut(self) -> bool:
        """Whether a slice gives a number that smaller sizes than those that are tried do not."""
        return self._steps.is_cut

    def term(self, sizes: tuple[int, ...]) -> Term | None:
        """Return what a size is, by what it was in each training try, where that is known."""
        return self._steps.term(sizes)

    def learn(self, place: Place, args: Args, signals: Signals, outputs: Signals) -> None:
        """See how sizes of results follow from those of the inputs, where some are named."""
        if not self.is_varied or not signals:
            return
        first, *others = (self._kinds(signal) for signal in signals.values())
        if not first:
            return
        assert place.spec is not None
        given = Given(place.spec, args, first, [kinds for kinds in others if kinds])
        told = self._told(place, signals)
        for port, signal in outputs.items():
            made = self._kinds(signal)
            if made:
                self._steps.learn(given, made, port, told)

    def _kinds(self, signal: Signal) -> tuple[TensorType, ...]:
        """Return the types of a signal in the tries that count; none where they have other axes."""
        seen = [signal.values[k] for k in self.learning]
        kinds = tuple(v for v in seen if isinstance(v, TensorType))
        alike = len({len(kind.shape) for kind in kinds}) == 1
        return kinds if alike and len(kinds) == len(seen) else ()

    def _told(self, place: Place, signals: Signals) -> list[tuple[int, ...]]:
        """Return the sizes that a node's arguments say by names, and enter what they are."""
        names = tuple(place.names(k) for k in self.learning)
        shapes = tuple(shapes_of(signals, k) for k in self.learning)
        found = []
        for sizes, term in said(place.node.args, names, shapes, self._steps.term):
            self._steps.enter(sizes, term)
            found.append(sizes)
        return found

    def types(self, signals: Signals) -> FrozenMap[str, TensorType]:
        """Return the types of signals with named sizes; what is no tensor is left out."""
        found = {port: self.symbolic(signal.values) for port, signal in signals.items()}
        return FrozenMap({port: kind for port, kind in found.items() if kind is not None})

    def site(
        self,
        place: Place,
        signals: Signals,
        args: Args = NOTHING,
        inferred: Args = NOTHING,
        index: int = 0,
    ) -> Site:
        """Return the site of a node as it was in one try."""
        seen = {p: s.values[index] for p, s in signals.items()}
        return Site(
            place.address,
            place.scope.block,
            place.id,
            place.node,
            place.spec,
            args.merged(inferred),
            FrozenMap({p: t for p, t in seen.items() if isinstance(t, TensorType)}),
            place.sources(),
            self.types(signals),
            frozenset(inferred),
        )
