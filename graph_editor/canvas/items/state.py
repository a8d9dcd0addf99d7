"""What a node's look depends on beside its build, and what all items of a scene share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple, TypeAlias

from graph_editor.canvas.anatomy import Anatomy, Place
from graph_editor.canvas.findings import PortFacts, Sample
from graph_editor.canvas.items.texts import Texts
from graph_editor.canvas.paints import Paints

FULL_FROM, FAR_BELOW = 0.6, 0.35
"""Zooms between the levels of detail."""
NO_CURVES: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


class NodeState(NamedTuple):
    """The state of one node."""

    is_selected: bool = False
    is_hovered: bool = False
    status: str = ""
    """ok, error, waiting, unknown or idle."""
    severity: str = ""
    """The gravest of its problems: error, warning, info."""
    faulty: frozenset[str] = frozenset()
    """Arguments at fault."""
    is_muted: bool = False
    is_frozen: bool = False
    is_tied: bool = False
    parameters: int = 0
    value: str = ""
    """The last value of a metric."""
    progress: float | None = None


USUAL = NodeState()


Facts: TypeAlias = tuple[PortFacts | None, ...]
"""What is known of each port of a build, first of the inputs, then of the outputs."""
NO_FACTS: Facts = ()


@lru_cache(maxsize=4096)
def alike_known(facts: Facts) -> Facts:
    """Return the same object for equal facts: the nodes of a stage all hand on one shape."""
    return facts


@lru_cache(maxsize=4096)
def alike(state: NodeState) -> NodeState:
    """Return the same object for equal states: most nodes of a large graph are in one of few."""
    return state


class Scope:
    """What the items of one scene share: the theme's paints, the detail, the wire in the hand."""

    def __init__(self, paints: Paints) -> None:
        self.paints = paints
        self.zoom = 1.0
        self.has_wire = False
        """Whether a wire is in the hand, so that quiet ports are shown."""
        self.lit: object = None
        """The port under the wire in the hand."""

    @property
    def is_full(self) -> bool:
        """Whether nodes show all that is in them."""
        return self.zoom >= FULL_FROM

    @property
    def is_far(self) -> bool:
        """Whether the overview stands for all nodes."""
        return self.zoom < FAR_BELOW


class Shown:
    """All that is painted of one node."""

    __slots__ = ("anatomy", "curves", "facts", "samples", "scope", "state", "texts")

    def __init__(self, anatomy: Anatomy, scope: Scope) -> None:
        self.anatomy = anatomy
        self.scope = scope
        self.state = USUAL
        self.facts = NO_FACTS
        self.samples: tuple[Sample, ...] = ()
        self.curves = NO_CURVES
        self.texts: Texts | None = None
        """Laid out when they are painted first; None again where build or state changes."""

    def ports(self) -> Iterator[tuple[Place, PortFacts | None]]:
        """Return each of the build's ports with what is known of it."""
        places = chain(self.anatomy.inputs.values(), self.anatomy.outputs.values())
        return zip(places, self.facts or repeat(None), strict=False)

    def known(self, place: Place) -> PortFacts | None:
        """Return what is known of one of the build's ports."""
        return next((facts for one, facts in self.ports() if one is place), None)
