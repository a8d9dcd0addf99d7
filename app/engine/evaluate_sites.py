"""Makes the sites of nodes, and the types of signals with named sizes."""

from __future__ import annotations

from app.engine.evaluate_call import Args, Value
from app.engine.evaluate_record import Place, Signals
from app.engine.symbolic import Probe, symbolic
from app.engine.symbolic_steps import Steps
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, FrozenMap


class Sites:
    """Makes sites and symbolic types, remembering the latter by what was seen."""

    def __init__(self, tried: tuple[Probe, ...]) -> None:
        self.tried = tried
        self._steps = Steps()
        self._learning = [k for k, probe in enumerate(tried) if probe.training]
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

    def learn(self, spec: Spec, args: Args, signals: Signals, outputs: Signals) -> None:
        """See how sizes of results follow from those of the first input, where some are named."""
        given = next(iter(signals.values()), None)
        if given is None or not self.is_varied:
            return
        for made in outputs.values():
            pairs = [(given.values[k], made.values[k]) for k in self._learning]
            kinds = [p for p in pairs if all(isinstance(v, TensorType) for v in p)]
            if kinds and len(kinds) == len(pairs):
                before, after = zip(*kinds, strict=True)
                self._steps.learn(spec, args, before, after)

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
