"""Turns troubles into diagnostics, and keeps the fixes that were tried and found to cure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count

from app.engine.evaluate_record import Record
from app.engine.judge_arguments import at_fault
from app.engine.judge_generic import PROBES, generic
from graph_editor.checking.arguments import wrong_arguments
from graph_editor.checking.explain import diagnose
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.plain_cures import plain_cures
from graph_editor.checking.verdict import Diagnostic, Fix, Severity, Status, Verdict
from graph_editor.document.files import change_to_json
from graph_editor.document.model import Address, FrozenMap, Project, RuleId

Rejudge = Callable[[Project], Verdict]

WRONG = "wrong-argument"
VAGUE = ("torch", "refused-argument")
"""What is said where nothing explains a refusal better: then no cure is known to be on its way."""
OF_BATCH = ("batch-of-one", "instance-of-one")
"""Faults of the number of samples: no fix of another fault of a node makes them."""
UNTRIED = "unknown-spec"
"""The fault of a node of which nothing else can be told: another name invents nothing there."""
STRETCHED = ("target-stretched", "difference-stretched")
"""Warnings of tensors that are stretched to one another, which torch takes and never tells."""
OF_A_WIRE = ("cycle", "unknown-output")
"""Faults of a wire: taking it away cures them, even where its port needs another one then."""


class Report:
    """The diagnostics of one verdict, merged where they are about the same fault."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.found: dict[tuple[str, str, str], Diagnostic] = {}
        self.proposals: dict[tuple[str, str, str], tuple[Proposal, ...]] = {}
        self.refused: set[Address] = set()
        """Nodes that were tried, and something was wrong with."""
        self.silent: list[Diagnosis] = []
        """The errors that only lints know of."""

    def troubles(self, record: Record, severity: Severity) -> None:
        """Add what is wrong at one node; severity is the highest that it may have here."""
        for trouble in record.troubles:
            graver = severity if trouble.severity == "error" else trouble.severity
            self.refused.add(record.site.address)
            if trouble.failure is not None:
                if wrong_arguments(trouble.failure.site):
                    continue  # a lint says so, in plainer words
                diagnosis = diagnose(trouble.failure, self.context) or self._tried(trouble.failure)
                if diagnosis is not None:
                    diagnosis = _where(diagnosis, trouble.failure)
                    self.add(diagnosis, record.site.address, trouble.detail, severity)
                    continue
                trouble = generic(trouble, trouble.failure)
            plain = Diagnostic(
                RuleId(trouble.code),
                graver,
                record.site.address,
                trouble.message,
                trouble.detail,
                trouble.port,
                trouble.argument,
            )
            key, cures = self._keep(plain), plain_cures(plain, self.context)
            if key is not None and cures:
                self.proposals[key] = cures

    def _tried(self, failure: Failure) -> Diagnosis | None:
        """Return what is said of arguments without which torch takes the call, if there are any."""
        wrong = at_fault(failure)
        return diagnose(replace(failure, at_fault=wrong), self.context) if wrong else None

    def lints(self, found: Iterable[Diagnosis]) -> None:
        """Add the silent faults of the whole project."""
        for diagnosis in found:
            highest: Severity = "warning" if self._is_taken(diagnosis) else "error"
            self.add(diagnosis, diagnosis.victim or diagnosis.node, "", highest)
            if highest == diagnosis.severity == "error":
                self.silent.append(diagnosis)

    def _is_taken(self, diagnosis: Diagnosis) -> bool:
        """Whether torch takes arguments that are called wrong: ours it never gets to see."""
        if diagnosis.code != WRONG or diagnosis.node in self.refused:
            return False
        site = self.context.sites[diagnosis.node]
        is_ours = any(w.argument.style == "pseudo" for w in wrong_arguments(site))
        return not is_ours and site.node.kind != "optim"  # of which no step is tried

    def add(self, diagnosis: Diagnosis, victim: Address, detail: str, highest: Severity) -> None:
        """Add what a diagnoser or a lint says, with its proposals."""
        severity = highest if diagnosis.severity == "error" else diagnosis.severity
        diagnostic = Diagnostic(
            RuleId(diagnosis.code),
            severity,
            diagnosis.node,
            diagnosis.message,
            detail,
            diagnosis.port,
            diagnosis.argument,
            () if victim == diagnosis.node else (victim,),
        )
        key = self._keep(diagnostic) or self._said_better(diagnostic)
        if key is not None:
            self.proposals[key] = diagnosis.proposals

    def _said_better(self, diagnostic: Diagnostic) -> tuple[str, str, str] | None:
        """Put a diagnosis in the place of a bare trouble about the same fault."""
        key = (diagnostic.code, diagnostic.node, diagnostic.argument)
        before = self.found.get(key)
        if before is None or key in self.proposals:
            return None
        self.found[key] = replace(diagnostic, victims=before.victims)
        return key

    def _keep(self, diagnostic: Diagnostic) -> tuple[str, str, str] | None:
        site = self.context.sites.get(diagnostic.node)
        silenced = site is not None and diagnostic.code in site.node.silence
        if silenced and diagnostic.severity != "error":
            return None
        key = (diagnostic.code, diagnostic.node, diagnostic.argument)
        before = self.found.get(key)
        if before is not None:
            victims = dict.fromkeys((*before.victims, *diagnostic.victims))
            self.found[key] = replace(before, victims=tuple(victims))
            return None
        twin = self._twin(diagnostic) if diagnostic.severity == "error" else None
        if twin is not None:
            victims = dict.fromkeys((*twin.victims, diagnostic.node, *diagnostic.victims))
            self.found[twin.code, twin.node, twin.argument] = replace(twin, victims=tuple(victims))
            return None
        self.found[key] = diagnostic
        return key

    def _twin(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """Return the same fault of the same node of a block, found where it is used elsewhere."""
        site = self.context.sites.get(diagnostic.node)
        if site is None or site.block == "main":
            return None
        for other in self.found.values():
            there = self.context.sites.get(other.node)
            same = (other.code, other.argument) == (diagnostic.code, diagnostic.argument)
            if same and there is not None and (there.block, there.id) == (site.block, site.id):
                return other
        return None

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was found, the gravest first."""
        grades = ("error", "warning", "info")
        return tuple(sorted(self.found.values(), key=lambda d: grades.index(d.severity)))

    def with_fixes(self, project: Project, verdict: Verdict, rejudge: Rejudge) -> Verdict:
        """Return the verdict with every proposal that cures, tried on a copy of the project."""
        cured = {
            key: tuple(_cures(project, verdict, self.found[key], proposals, rejudge))
            for key, proposals in self.proposals.items()
        }
        roots = _roots(verdict, {key: found[0].after for key, found in cured.items() if found})
        taken: set[str] = set()
        kept = []
        status: dict[Address, Status] = {}
        for diagnostic in verdict.diagnostics:
            key = _key(diagnostic)
            if key in roots:
                continue
            mine = [self.found[other] for other, root in roots.items() if root == key]
            fixes = [c.fix for c in cured.get(key, ()) if not c.leaves(map(_key, mine))]
            victims = dict.fromkeys((*diagnostic.victims, *(d.node for d in mine)))
            victims.pop(diagnostic.node, None)
            status |= {d.node: "waiting" for d in mine if d.node != diagnostic.node}
            numbered = _numbered(fixes, taken)
            kept.append(replace(diagnostic, fixes=numbered, victims=tuple(victims)))
        return replace(verdict, diagnostics=tuple(kept), status=verdict.status.merged(status))


def _where(diagnosis: Diagnosis, failure: Failure) -> Diagnosis:
    """Say that it is the validation part that is too small, where nothing else says so."""
    if failure.probe != "validation" or "validation" in diagnosis.message:
        return diagnosis
    return replace(diagnosis, message=diagnosis.message + PROBES["validation"])


Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cure:
    """A fix, and the verdict after it."""

    fix: Fix
    after: Verdict

    def leaves(self, errors: Iterable[Key]) -> bool:
        """Whether any of these is left after it."""
        return not set(map(_key, self.after.diagnostics)).isdisjoint(errors)


def _key(diagnostic: Diagnostic) -> Key:
    return (diagnostic.code, diagnostic.node, diagnostic.argument)


def _roots(verdict: Verdict, after: Mapping[Key, Verdict]) -> dict[Key, Key]:
    """Return the errors that have no root of their own, each with the one that it goes back to.

    Where the likeliest fix of an error cures another one with it, both have one root. Of two that
    cure each other, the first is the one to be told. The same fault of a node that nothing waits
    for is a warning, and counts too.
    """
    errors = [_key(d) for d in verdict.diagnostics if d.severity == "error"]
    stopped = [d for d in verdict.diagnostics if verdict.status.get(d.node) == "error"]
    idle = [_key(d) for d in stopped if d.severity == "warning"]
    cures: dict[Key, set[Key]] = {}
    for key in errors if len(errors) + len(idle) > 1 else ():
        then = after.get(key)
        left = set(map(_key, then.diagnostics)) if then is not None else {*errors, *idle}
        alike = (*errors, *(other for other in idle if other[0] == key[0]))
        cures[key] = {e for e in alike if e not in left and _is_sound(then, e[1])} - {key}
    found: dict[Key, Key] = {}
    for place, key in enumerate((*errors, *idle) if cures else ()):
        for other_place, other in enumerate(errors):
            first = other not in cures.get(key, ()) or other_place < place
            if other not in found and key in cures[other] and first:
                found[key] = other
                break
    return found


def _is_sound(verdict: Verdict | None, node: str) -> bool:
    return verdict is not None and verdict.status.get(Address(node)) in ("ok", "idle")


def _numbered(fixes: Iterable[Fix], taken: set[str]) -> tuple[Fix, ...]:
    """Return fixes whose ids nothing in taken has, and enter them there."""
    found = []
    for fix in fixes:
        names = chain([fix.id], (f"{fix.id}-{k}" for k in count(2)))
        free = next(name for name in names if name not in taken)
        taken.add(free)
        found.append(replace(fix, id=free))
    return tuple(found)


def _cures(
    project: Project,
    verdict: Verdict,
    diagnostic: Diagnostic,
    proposals: Iterable[Proposal],
    rejudge: Rejudge,
) -> Iterator[Cure]:
    """Yield the proposals after which the diagnostic is gone and no error is new.

    Where none is as good as that, those are offered that leave new errors only on nodes that were
    not judged before, because they waited behind this fault.
    """
    second: list[Cure] = []
    any_first = False
    for proposal in proposals:
        try:
            changed = proposal.edit(project)
        except (ValueError, KeyError):
            continue
        after = rejudge(changed)
        grade = _grade(verdict, after, diagnostic)
        if grade:
            fix = Fix(proposal.id, proposal.title, FrozenMap(change_to_json(project, changed)))
            if grade == 2:
                any_first = True
                yield Cure(fix, after)
            else:
                second.append(Cure(fix, after))
    if not any_first:
        yield from second


def _grade(before: Verdict, after: Verdict, cured: Diagnostic) -> int:
    """Return 2 for a cure, 1 for one that lays bare what waited behind the fault, 0 for none.

    What takes a remark away for a warning is none either, nor what has a loss compare the tensors
    of different samples in silence.
    """
    left = {(d.code, d.node, d.argument) for d in after.diagnostics}
    if (cured.code, cured.node, cured.argument) in left:
        return 0
    opened = cured.code in OF_A_WIRE and ("missing-input", cured.node) in {
        (d.code, d.node) for d in after.diagnostics
    }
    if opened:
        return 1
    touched = (cured.node, *cured.victims)
    if cured.severity == "error" and any(
        after.status.get(n) in ("error", "waiting", "unknown") for n in touched
    ):
        return int(_lays_bare_another(before, after, cured))
    graver = ("error", "warning") if cured.severity == "info" else ("error",)
    known = {(d.code, d.node) for d in before.diagnostics if d.severity in graver}
    fresh = [d for d in after.diagnostics if d.severity in graver and (d.code, d.node) not in known]
    stretched = _stretched(before, after)
    if stretched and (cured.severity != "error" or any(d.node in touched for d in stretched)):
        return 0
    fresh += stretched
    if not fresh:
        return 2
    waited = all(before.status.get(d.node, "waiting") == "waiting" for d in fresh)
    return 1 if waited else 0


def _stretched(before: Verdict, after: Verdict) -> list[Diagnostic]:
    """Return where tensors are stretched to one another, and were not before."""
    known = {(d.code, d.node) for d in before.diagnostics}
    found = [d for d in after.diagnostics if d.code in STRETCHED and d.severity != "info"]
    return [d for d in found if (d.code, d.node) not in known]


def _lays_bare_another(before: Verdict, after: Verdict, cured: Diagnostic) -> bool:
    """Whether a node has a second fault, which could not be seen behind the one that is cured.

    It must be one that the fix cannot have made: else the fix leaves the node as broken as before.
    """
    known = {_key(d) for d in before.diagnostics}
    fresh = [d for d in after.diagnostics if d.severity == "error" and _key(d) not in known]
    hidden = [d.code in OF_BATCH or (cured.code == UNTRIED and d.code not in VAGUE) for d in fresh]
    return bool(fresh) and all(hidden) and all(d.node == cured.node for d in fresh)


def safety_net(status: Mapping[Address, str], report: Report) -> None:
    """Say so where nodes wait for something and nothing says why; given those not in order."""
    waiting = [address for address, word in status.items() if word == "waiting"]
    if waiting and not report.found:
        text = "This node waits for an input that never comes."
        key = ("waiting", waiting[0], "")
        report.found[key] = Diagnostic(RuleId("waiting"), "error", waiting[0], text)
