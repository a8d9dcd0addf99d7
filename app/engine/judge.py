"""Judges a project: what is on every wire, what is wrong and what would cure it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from app.engine.evaluate import Cancelled, Evaluator
from app.engine.evaluate_call import Caller
from app.engine.evaluate_sites import Sites
from app.engine.fixed_numbers import work_out
from app.engine.judge_counts import counted_faults
from app.engine.judge_environment import Environment
from app.engine.judge_fit import Fitter, instances_of
from app.engine.judge_fit_main import MainFitter
from app.engine.judge_gradients import gradient_troubles
from app.engine.judge_late import Late, late_faults
from app.engine.judge_ranges import range_troubles
from app.engine.judge_refused import refused_numbers, without_numbers
from app.engine.judge_report import Report, safety_net
from app.engine.judge_small import held_to
from app.engine.judge_state import State
from app.engine.judge_stop import Among, first_stop, weights_are_known
from app.engine.judge_trial import Judged
from app.engine.memory import UNCOUNTED, Counted, KeptCalls, Memory
from app.engine.symbolic import HUGE, LARGE, SMALL, TINY, Probe
from app.engine.table import Table
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.as_one import as_one
from graph_editor.checking.explain import lints_of
from graph_editor.checking.failure import Context
from graph_editor.checking.gradient_flow import cuts
from graph_editor.checking.verdict import Severity, Status, Verdict
from graph_editor.document.model import NOTHING, Address, Arg, FrozenMap, Project

__all__ = ["Cancelled", "Judge"]


class Judge:
    """Gives verdicts; what one call finds out is remembered for the next."""

    def __init__(self, trusts: Callable[[Project], bool] = lambda _: False) -> None:
        """Prepare one; ``trusts`` says whether a project's custom code may run."""
        self._trusts = trusts
        self._code: object = None
        """The custom code that the last verdict was on, and whether it was trusted."""
        self._caller = Caller()
        self._fit_caller = Caller()
        self._state: State | None = None
        self._asked: object = None
        """The batch and the sizes that the last verdict was asked for with."""
        self._fits: dict[object, Mapping[str, FrozenMap[str, Arg]]] = {}
        self._main_fitter = MainFitter()
        self._memory = Memory(self._caller)

    def judge(
        self,
        project: Project,
        revision: int = 0,
        *,
        batch: int | None = None,
        sizes: Mapping[str, int] | None = None,
        fixes: bool = True,
        cancelled: Callable[[], bool] = lambda: False,
        shapes_first: Callable[[Verdict], None] | None = None,
    ) -> Verdict:
        """Return the verdict on a project.

        Args:
            project: what is judged.
            revision: returned in the verdict.
            batch: the batch size, if not the one of the project's run settings.
            sizes: values of named sizes that nothing in the project fixes.
            fixes: whether proposals are tried.
            cancelled: asked before every node.
            shapes_first: given the verdict before fixes are tried.

        Raises:
            Cancelled: if ``cancelled`` says so.

        """
        self._look_at_code(project)
        before = self._caller.executed
        state, verdict, report = self._attempts(project, batch, sizes, cancelled)
        verdict = replace(verdict, revision=revision, evaluated=self._caller.executed - before)
        self._state = state
        if not fixes or not report.may_be_mended:
            return as_one(verdict, report.context)
        if shapes_first is not None:
            shapes_first(as_one(verdict, report.context))

        def again(changed: Project) -> Judged:
            _, then, told = self._attempts(changed, batch, sizes, cancelled, trial=True)
            return Judged(then, told.proposals)

        done = report.with_fixes(project, verdict, again)
        done = as_one(done, report.context)
        return replace(done, evaluated=self._caller.executed - before)

    def _look_at_code(self, project: Project) -> None:
        """Forget what was known where the custom code is another, or newly trusted or not."""
        runs = self._trusts(project)
        self._caller.runs_code = self._fit_caller.runs_code = runs
        if (project.code, runs) != self._code:
            self._code, self._state, self._asked = (project.code, runs), None, None
            self._fits.clear()
            self._main_fitter = MainFitter(runs)

    def _attempts(
        self,
        project: Project,
        batch: int | None,
        sizes: Mapping[str, int] | None,
        cancelled: Callable[[], bool],
        trial: bool = False,
    ) -> tuple[State, Verdict, Report]:
        """Judge with ever larger values of free sizes; the first without error wins.

        Where there is none, the one that leads furthest does: a map may only have been too small.
        Of several without, the one that leaves least doubt of how sizes follow from each other is
        told: a small one may not grow where larger ones do, or look like another.
        """
        best: tuple[State, Verdict, Report] | None = None
        sound: list[tuple[State, Verdict, Report]] = []
        base, asked = self._state, (batch, FrozenMap(sizes or {}))
        if base is not None and self._asked == asked and base.small_change(project) is not None:
            return self._once(project, base.environment, cancelled, trial)
        if not trial:
            self._asked = asked
        for candidates in (SMALL, LARGE, HUGE):
            environment = Environment.of(project, batch, sizes, candidates)
            found = self._once(project, environment, cancelled, trial)
            faulty, doubts = found[1].has_errors, found[0].sites.doubts
            if not environment.free or not (faulty or doubts):
                sound = sound if faulty else [*sound, found]
                told = self._least_doubted(sound, trial) if sound else found
                if trial or not (environment.free and sound and found[0].sites.is_cut):
                    return told
                return self._held_below(project, told, asked, cancelled)
            if not faulty:
                sound.append(found)
            if best is None or found[0].sound > best[0].sound:
                best = found
        assert best is not None
        return self._least_doubted(sound, trial) if sound else best

    def _least_doubted(
        self, sound: list[tuple[State, Verdict, Report]], trial: bool
    ) -> tuple[State, Verdict, Report]:
        """Return the one that leaves least doubt, the first of several, held to those before."""
        best = min(sound, key=lambda found: found[0].sites.doubts)
        verdict = held_to(best[1], [found[1] for found in sound[: sound.index(best)]])
        if verdict is not best[1] and not trial:
            self._asked = None  # the next edit, too, is held to them
        return best[0], verdict, best[2]

    def _held_below(
        self,
        project: Project,
        found: tuple[State, Verdict, Report],
        asked: tuple[int | None, FrozenMap[str, int]],
        cancelled: Callable[[], bool],
    ) -> tuple[State, Verdict, Report]:
        """Hold the numbers that slices give to what comes of tiny free sizes, if torch takes those.

        ``x[:, :10]`` is 10 long where ``x`` is long enough, and no number where it is not.
        """
        tiny = Environment.of(project, *asked, TINY)
        below = self._once(project, tiny, cancelled, trial=True)[1]
        verdict = found[1] if below.has_errors else held_to(found[1], [below])
        if verdict is not found[1]:
            self._asked = None  # the next edit, too, is held to them
        return found[0], verdict, found[2]

    def _once(
        self,
        project: Project,
        environment: Environment,
        cancelled: Callable[[], bool],
        trial: bool,
    ) -> tuple[State, Verdict, Report]:
        """Judge once; a trial of a fix is not asked how inferred numbers depend on parameters."""
        lookup = specs_of(project)
        base = self._state
        if base is not None and base.environment == environment:
            state = base.copy()
            state.environment = environment  # what its sources say is no part of the comparison
        else:
            state = State(environment)
        evaluator = Evaluator(project, lookup, self._caller, state.sites, cancelled, state.alike)
        state.update(project, evaluator)
        context = self._context(project, state)

        def among(tried: tuple[Probe, ...]) -> tuple[State, Context]:
            other = State(environment)
            other.sites = Sites(tried)
            evaluator = Evaluator(
                project, lookup, self._caller, other.sites, cancelled, other.alike
            )
            other.update(project, evaluator)
            return other, self._context(project, other)

        late = (
            *late_faults(state, context, lambda probe: among((probe,))[1]),
            *counted_faults(state, context, lambda probe: among((probe,))),
        )
        report, status = self._reported(state, context, late)
        stop = self._stop(state, context, report, status, among, late)
        counted = UNCOUNTED if trial else self._counted(state, context)
        verdict = Verdict(
            0,
            context.types,
            state.inferred.frozen(),
            NOTHING if trial else FrozenMap(self._fitted(project, evaluator, state)),
            state.parameters.frozen(),
            state.flops.frozen(),
            status.frozen(),
            report.diagnostics(),
            activations=counted.kept,
            passing=counted.passing,
            standing=counted.standing,
            inner=counted.inner,
            state_keys=state.state_keys.frozen(),
            stop=stop,
        )
        return state, verdict, report

    def _context(self, project: Project, state: State) -> Context:
        """Return what checks are told of a project."""
        lookup, environment = specs_of(project), state.environment
        return Context(
            project,
            lookup,
            state.sites_by_address.frozen(),
            state.types.frozen(),
            environment.facts(),
            state.regions(project, lookup),
            environment.batch,
            environment.last,
            state.makes.frozen(),
            state.kept,
            KeptCalls(self._memory, state.records, any(p.training for p in state.sites.tried)),
            work_out,
        )

    def _stop(
        self,
        state: State,
        context: Context,
        report: Report,
        status: Table[Address, Status],
        among: Among,
        late: Sequence[Late],
    ) -> Address:
        """Return where torch stops first, if it does; what is only seen there is reported."""
        wrong = next((d for d in report.diagnostics() if d.severity == "error"), None)
        if wrong is None:
            return Address("")
        found = first_stop(state, context, report.silent, among, late)
        for record, trouble in found.gradients:
            report.troubles(replace(record, troubles=(trouble,)), "error")
        for diagnosis in found.lints:
            report.add(diagnosis, diagnosis.victim or diagnosis.node, "", "error")
            self._mark(status, "error", diagnosis.node, ())
        return found.at or (wrong.victims or (wrong.node,))[0]  # torch never gets to see it

    def _counted(self, state: State, context: Context) -> Counted:
        steps = state.plan.steps if state.plan is not None else ()
        ends = context.regions.model or context.regions.step
        idle = frozenset(context.regions.idle if ends else ())
        return self._memory.counted(state.outcomes, steps, idle, state.touched)

    def _reported(
        self, state: State, context: Context, late: Iterable[Late]
    ) -> tuple[Report, Table[Address, Status]]:
        report = Report(context)
        idle = frozenset(context.regions.idle)
        ends = bool(context.regions.model or context.regions.step)
        places = state.plan.place if state.plan is not None else None
        for id_ in sorted(state.troubled, key=places):
            gravest: Severity = "warning" if id_ in idle and ends else "error"
            for record in state.outcomes[id_].records:
                report.troubles(without_numbers(record), gravest)
        at_fault = {*(node for _, node, _ in report.found), *state.unsound.frozen()}
        refused = {key[1] for key, d in report.found.items() if d.severity == "error"}
        known = weights_are_known(state, {*refused, *state.unsound.frozen()})
        found, state.lints = lints_of(context, state.lints, state.touched)
        report.lints(found)  # first: of two words on the same fault, a lint's has fixes
        if known:
            model = context.regions.model
            told = {layer.address for cut in cuts(context) for layer in cut.layers}
            told |= {d.victim for d in found if d.code == "batch-dependence" and d.victim}
            for record, trouble in state.gradients(lambda r: list(gradient_troubles(r, model))):
                if record.site.address in told:
                    continue  # the lint says so at the node that is the reason
                if at_fault and trouble.severity != "error":
                    continue  # a gradient may come by way of what is at fault
                report.troubles(replace(record, troubles=(trouble,)), "error")
        for record, trouble in range_troubles(context, state.records, state.sites.tried):
            report.troubles(replace(record, troubles=(trouble,)), "error")
        for _, diagnosis in late:
            report.add(diagnosis, diagnosis.victim or diagnosis.node, "", "error")
        here = [n for n in sorted(state.troubled, key=places) if n not in idle or not ends]
        met = (record for n in here for record in state.outcomes[n].records)
        said = [*report.found.values()]
        for record, trouble in refused_numbers(met, state.sites.tried, said, context):
            report.troubles(replace(record, troubles=(trouble,)), "error")
        safety_net(state.unsound, report)
        status = state.status.copy()
        for id_ in idle if ends else ():
            for record in state.outcomes[id_].records:
                if record.status == "ok":
                    status[record.site.address] = "idle"
        for diagnostic in report.found.values():
            self._mark(status, diagnostic.severity, diagnostic.node, diagnostic.victims)
        return report, status

    def _mark(
        self,
        status: Table[Address, Status],
        severity: Severity,
        node: Address,
        victims: tuple[Address, ...],
    ) -> None:
        """Let the one node at fault be red, and those where torch raised because of it wait."""
        if severity != "error":
            return
        for victim in victims:
            if status.get(victim) == "error":
                status[victim] = "waiting"
        if status.get(node, "unknown") != "unknown":
            status[node] = "error"

    def _fitted(
        self, project: Project, evaluator: Evaluator, state: State
    ) -> dict[str, FrozenMap[str, Arg]]:
        """Return what auto parameters are in terms of blocks' parameters, and of main's."""
        found = self._main_fitter.fit(project, evaluator.lookup, state.environment, state.records)
        if not project.blocks:
            return found
        for key, instances in instances_of(state.records).items():
            seen = (key, project.blocks, tuple((i.parameters, i.numbers) for i in instances))
            if seen not in self._fits:
                if len(self._fits) > 500:
                    self._fits.clear()
                fitter = Fitter(project, evaluator.lookup, self._fit_caller)
                self._fits[seen] = fitter.fit(key, instances)
            found |= self._fits[seen]
        return found
