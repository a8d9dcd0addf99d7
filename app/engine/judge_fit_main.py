"""Says what is ``auto`` in the main graph in terms of its own parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.engine.evaluate import Evaluator
from app.engine.evaluate_call import Args, Caller
from app.engine.evaluate_record import Record
from app.engine.judge_environment import Environment
from app.engine.judge_fit import CHANGES, ENOUGH
from app.engine.judge_formula import formula
from app.engine.judge_numbers import numbers_in
from app.engine.judge_state import State
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import NOTHING, Address, Arg, Expr, FrozenMap, Project

Numbers = Mapping[str, Args]
"""What was inferred, and sizes at the ends of blocks, by address without copies."""


class MainFitter:
    """Judges the main graph with other parameters; what it finds is kept for the next revision."""

    def __init__(self, runs_code: bool = False) -> None:
        """Prepare one; ``runs_code`` says whether the project's custom code may run."""
        self._caller = Caller()
        self._caller.runs_code = runs_code
        self._states: dict[Environment, State] = {}

    def fit(
        self,
        project: Project,
        lookup: Lookup,
        environment: Environment,
        records: Mapping[Address, Record],
    ) -> dict[str, Args]:
        """Return ``main/address`` -> number -> an Expr, where one depends on main's parameters.

        ``environment`` and ``records`` are those of the parameters' defaults. What is inside a
        block is named as well: an instance may be told of it.
        """
        tried = list(self._varied(project, lookup, environment))
        if not tried:
            return {}
        result: dict[str, Args] = {}
        for address, args in numbers_in(records).items():
            found: dict[str, Arg] = {}
            for name, value in args.items():
                known = [(p, i.get(address, NOTHING).get(name)) for p, i in tried]
                seen = [(environment.parameters, value), *known]
                said = formula([(p, v) for p, v in seen if isinstance(v, int)])
                if isinstance(said, Expr):
                    found[name] = said
            if found:
                result[f"main/{address}"] = FrozenMap(found)
        return result

    def _varied(
        self, project: Project, lookup: Lookup, environment: Environment
    ) -> Iterator[tuple[Args, Numbers]]:
        """Yield other parameters, one changed at a time, and what is inferred with them."""
        before, self._states = self._states, {}
        for parameter in project.main.parameters:
            value, enough = environment.parameters.get(parameter.name), ENOUGH
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            for times, more in CHANGES:
                changed = value * times + more
                if changed == value or not enough:
                    continue
                parameters = environment.parameters.set(parameter.name, changed)
                other = replace(environment, parameters=parameters, last=None, entries=())
                known = before.get(other)
                state = known.copy() if known else State(other)
                state.update(
                    project,
                    Evaluator(project, lookup, self._caller, state.sites, alike=state.alike),
                )
                self._states[other] = state
                enough -= "error" not in state.status.values()
                yield parameters, numbers_in(state.records)
