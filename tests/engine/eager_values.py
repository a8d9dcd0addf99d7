"""Runs a drawing as if no number in it were ever refused, where numbers of the same kind pass.

A drawn number may lie where a call does not take it, as a raw score in a ``BCELoss`` or a position
past an end. What torch says of shapes, dtypes and gradients behind that call shows only once the
call has passed: there it is given mild numbers of the same shapes and dtypes instead.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from itertools import product
from typing import Any

import torch

from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Node, Project
from tests.engine.eager import Stop, tries
from tests.engine.eager_nodes import Names, computed
from tests.engine.eager_run import Execution

MILD = (0.5, 1.0, 0.0)
"""Numbers that are taken almost everywhere: one for probabilities, a count and a position."""


class Mild(Execution):
    """A drawing that is run with mild numbers wherever others are refused."""

    doubted: set[str]
    """The nodes that were given such numbers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.doubted = set()

    def _called(
        self,
        places: tuple[str, str],
        spec: Spec,
        node: Node,
        arrived: dict[str, Any],
        names: Names,
    ) -> dict[str, Any]:
        """Return what a call gives, if need be for milder numbers. Raises what torch raises."""
        at, own = places
        try:
            return super()._called(places, spec, node, arrived, names)
        except Exception as error:
            if not Stop(at, "forward", "", f"{type(error).__name__}: {error}").by_value:
                raise
            target = self.targets.get(own)
            found = _mildly(spec, node, target, arrived, names)
            if found is None:
                raise
            self.doubted.add(at)
            return found


def _mildly(
    spec: Spec, node: Node, target: Any, arrived: Mapping[str, Any], names: Names
) -> dict[str, Any] | None:
    """Return what a call gives for the first numbers that it takes, None where it takes none.

    Truths are kept, unless all numbers fail with them: what is false may be divided by.
    """
    for is_kept, number in product((True, False), MILD):
        try:
            given = {port: _made_mild(value, number, is_kept) for port, value in arrived.items()}
            return computed(spec, node, target, given, names)
        except Exception:  # torch raises what it likes; other numbers may pass
            continue
    return None


def _made_mild(value: Any, number: float, is_kept: bool) -> Any:
    """Return a tensor of one number that depends on all that the given one depends on.

    It stays in its memory, unseen by autograd: others may write over that.
    """
    if not isinstance(value, torch.Tensor):
        return value
    if value.dtype == torch.bool:
        return value if is_kept else torch.ones_like(value)
    if not value.is_floating_point():
        return torch.full_like(value, int(number))
    try:
        value.data.fill_(number)
    except RuntimeError:  # one number in memory stands for several
        mask = torch.ones_like(value, dtype=torch.bool)
        return torch.where(mask, number, value).to(value.dtype)
    return value


def mild_stops(
    project: Project, batch: int, seed: int = 0
) -> tuple[tuple[Stop, ...], frozenset[str]]:
    """Return where torch stops whatever the numbers are, and the nodes that they decide."""
    torch.manual_seed(seed)
    run = Mild(project)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stops = tuple(stop for how in tries(project, batch) if (stop := run.once(how)))
    final = {stop.node for stop in stops if stop.by_value}
    return stops, frozenset(run.doubted | final)
