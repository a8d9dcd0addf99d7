"""One parameter that two modules share: the statements at the end of a constructor."""

from __future__ import annotations

from codegen.model_addresses import parameter_path
from codegen.model_class import ClassPlan
from codegen.model_members import first_of
from codegen.model_plan import Planner
from codegen.statements import Line, assign
from codegen.written import CannotWrite


def ties(planner: Planner, plan: ClassPlan) -> list[Line]:
    """Return ``self.head.weight = self.embed.weight`` for every tie of a graph, in one order.

    Raises CannotWrite for a side that is no parameter in this class.
    """
    places = {node: place for place, node in enumerate(plan.order)}
    written = plan.graph.ties
    found = []
    for target in sorted(written, key=lambda t: (places.get(first_of(t), 0), t)):
        blame = plan.address(first_of(target))
        sides = []
        for side in (target, written[target]):
            path = parameter_path(planner, plan, side, "tied to", blame)
            if path is None:
                feature = f"tied to {side}, which is not in the model"
                if side == target:
                    feature = f"{side} is tied, but {first_of(side)} is not in the model"
                raise CannotWrite(blame, feature, "Connect it, or remove the tie.")
            sides.append(path)
        found.append(assign(sides[0], sides[1], blame, "tied"))
    return found
