"""Turns troubles into diagnostics, and keeps the fixes that were tried and found to cure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import chain, count

from app.engine.evaluate_record import Record, Trouble
from app.engine.judge_arguments import at_fault
from app.engine.judge_generic import PROBES, generic
from app.engine.judge_trial import Cure, Key, Rejudge, Trial, by_others_left, key_of, roots
from graph_editor.checking.agreed_width import Agreed, agreed
from graph_editor.checking.alike import alike
from graph_editor.checking.arguments import wrong_arguments
from graph_editor.checking.explain import diagnose
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.further_cures import further, with_more
from graph_editor.checking.made_rows import rows
from graph_editor.checking.once import told_once
from graph_editor.checking.one_cause import cause
from graph_editor.checking.parts import parts
from graph_editor.checking.plain_cures import plain_cures
from graph_editor.checking.uses import uses
from graph_editor.checking.verdict import Diagnostic, Fix, Severity, Status, Verdict
from graph_editor.document.model import Address, Project, RuleId

WRONG = "wrong-argument"
RESIZES = "Resize "
"""How a fix begins that brings maps to one size, whatever made them differ: the last to be tried.
"""
SAID_BY = {
    "time-first": ("no-steps", "steps-first", "samples-differ", "batch-for-steps"),
    "axes-not-turned": ("recurrent-input", "conv-in-channels"),
}
"""Warnings that tell the cause of errors which tell it too, and have fixes for what follows."""


class Report:
    """The diagnostics of one verdict, merged where they are about the same fault."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.found: dict[tuple[str, str, str], Diagnostic] = {}
        self.proposals: dict[tuple[str, str, str], tuple[Proposal, ...]] = {}
        self.refused: set[Address] = set()
        """Nodes that were tried, and something was wrong with."""
        self.causes: dict[Hashable, Diagnosis] = {}
        """The first diagnosis of each cause that several nodes may be refused for."""
        self.silent: list[Diagnosis] = []
        """The errors that only lints know of."""

    def troubles(self, record: Record, severity: Severity) -> None:
        """Add what is wrong at one node; severity is the highest that it may have here."""
        for trouble in record.troubles:
            graver = severity if trouble.severity == "error" else trouble.severity
            self.refused.add(record.site.address)
            if trouble.failure is None and self._is_told_at_border(trouble, record.site, severity):
                continue
            if trouble.failure is not None:
                if wrong_arguments(trouble.failure.site):
                    self._stops_at_them(record.site.address, severity)
                    continue  # a lint says so, in plainer words
                diagnosis = diagnose(trouble.failure, self.context) or self._tried(trouble.failure)
                if diagnosis is not None:
                    diagnosis = with_more(
                        _where(diagnosis, trouble.failure), trouble.failure.site, self.context
                    )
                    if not self._is_said_of(diagnosis, record.site, severity):
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
            key = self._keep(plain)
            cures = plain_cures(plain, self.context) + further(
                plain.code, record.site, self.context
            )
            if key is not None and cures:
                self.proposals[key] = cures

    def _stops_at_them(self, node: Address, severity: Severity) -> None:
        """Let what a lint has said of a node's arguments be as grave as torch's refusal."""
        for key, said in self.found.items():
            if said.code == WRONG and node in (said.node, *said.victims):
                self.found[key] = replace(said, severity=severity)

    def _is_told_at_border(self, trouble: Trouble, site: Site, severity: Severity) -> bool:
        """Tell of what a block refuses at its border, where a diagnoser knows who is at fault."""
        if trouble.code != "input-shape" or site.node.kind != "block":
            return False
        failure = Failure(site, trouble.message, port=trouble.port)
        diagnosis = diagnose(failure, self.context)
        if diagnosis is not None:
            self.add(with_more(diagnosis, site, self.context), site.address, "", severity)
        return diagnosis is not None

    def _is_said_of(self, diagnosis: Diagnosis, site: Site, severity: Severity) -> bool:
        """Whether an earlier node was refused the same, which has this one for a victim then."""
        if diagnosis.node != site.address:
            return False
        shared = cause(diagnosis.code, site, self.context)
        known = (severity, shared)
        first = self.causes.setdefault(known, diagnosis) if shared is not None else diagnosis
        key = (first.code, first.node, first.argument)
        before = self.found.get(key)
        if first.node == site.address or before is None:
            return False
        victims = dict.fromkeys((*before.victims, site.address))
        self.found[key] = replace(before, victims=tuple(victims))
        return True

    def _tried(self, failure: Failure) -> Diagnosis | None:
        """Return what is said of arguments without which torch takes the call, if there are any."""
        wrong = at_fault(failure)
        return diagnose(replace(failure, at_fault=wrong), self.context) if wrong else None

    def lints(self, found: Iterable[Diagnosis]) -> None:
        """Add the silent faults of the whole project."""
        for diagnosis in told_once(found):
            if self._is_said(diagnosis):
                continue
            highest: Severity = "warning" if self._is_taken(diagnosis) else "error"
            diagnosis = with_more(
                diagnosis, self.context.sites.get(diagnosis.victim or diagnosis.node), self.context
            )
            self.add(diagnosis, diagnosis.victim or diagnosis.node, "", highest)
            if highest == diagnosis.severity == "error":
                self.silent.append(diagnosis)

    def _is_said(self, diagnosis: Diagnosis) -> bool:
        """Whether an error of the same node says what a warning would."""
        graver = SAID_BY.get(diagnosis.code, ())
        return any(node == diagnosis.node and code in graver for code, node, _ in self.found)

    def _is_taken(self, diagnosis: Diagnosis) -> bool:
        """Whether torch takes arguments that are called wrong: ours it never gets to see."""
        stopped = diagnosis.victim or diagnosis.node
        if diagnosis.code != WRONG or stopped in self.refused:
            return False
        site = self.context.sites[stopped]
        return not any(w.argument.style == "pseudo" for w in wrong_arguments(site))

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
            is_graver = before.severity != "error" and diagnostic.severity == "error"
            kept = diagnostic if is_graver else before
            self.found[key] = replace(kept, victims=tuple(victims))
            return key if is_graver else None
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

    @property
    def may_be_mended(self) -> bool:
        """Whether an edit is proposed for a fault, or several of them may be of one root."""
        errors = sum(d.severity == "error" for d in self.found.values())
        return any(self.proposals.values()) or errors > 1

    def with_fixes(self, project: Project, verdict: Verdict, rejudge: Rejudge) -> Verdict:
        """Return the verdict with every proposal that cures, tried on a copy of the project."""
        trial = Trial(project, verdict, rejudge)
        tried = {key: trial.cures(self.found[key], some) for key, some in self.proposals.items()}
        cured = {key: by_others_left(key, found) for key, found in tried.items()}
        root_of = roots(verdict, {key: found[0].after for key, found in cured.items() if found})
        for key, diagnostic in self.found.items():
            if diagnostic.severity == "error" and not cured.get(key) and key not in root_of:
                cured[key] = trial.cures(diagnostic, self._of_others(diagnostic))
        shared, one_for = self._shared(trial, root_of, {key for key, some in cured.items() if some})
        cured |= {key_of(each.told): found for each, found in shared}
        taken: set[str] = set()
        kept = []
        status: dict[Address, Status] = {}
        for diagnostic in dict.fromkeys(one_for.get(key_of(d), d) for d in verdict.diagnostics):
            key = key_of(diagnostic)
            if key in root_of:
                continue
            mine = [self.found[other] for other, root in root_of.items() if root == key]
            fixes = [c.fix for c in cured.get(key, ()) if not c.leaves(map(key_of, mine))]
            fixes.sort(key=lambda fix: fix.title.startswith(RESIZES))  # it may hide what is wrong
            victims = dict.fromkeys((*diagnostic.victims, *(d.node for d in mine)))
            victims.pop(diagnostic.node, None)
            status |= {d.node: "waiting" for d in mine if d.node != diagnostic.node}
            if diagnostic in one_for.values():
                status |= dict.fromkeys(diagnostic.victims, "waiting")
            if diagnostic in one_for.values() or any(diagnostic.node in d.victims for d in mine):
                status[diagnostic.node] = "error"
            numbered = _numbered(fixes, taken)
            kept.append(replace(diagnostic, fixes=numbered, victims=tuple(victims)))
        return replace(verdict, diagnostics=tuple(kept), status=verdict.status.merged(status))

    def _shared(
        self, trial: Trial, root_of: Mapping[Key, Key], cured: Set[Key]
    ) -> tuple[list[tuple[Agreed, tuple[Cure, ...]]], dict[Key, Diagnostic]]:
        """Return the faults of several nodes that one edit cures, and no less, or that none cures.

        Beside them the one that is told in the place of each.
        """
        tied = {*root_of, *root_of.values()}
        kept: list[tuple[Agreed, tuple[Cure, ...]]] = []
        for find in (agreed, alike, parts, uses, rows):
            for each in find(self.found, self.proposals, self.context):
                cures = trial.cures(each.told, each.cures) if tied.isdisjoint(each.of) else ()
                whole = tuple(cure for cure in cures if trial.is_whole(each, cure))
                alone = each.stands and (each.is_sure or cured.isdisjoint(each.of))
                if whole or (alone and tied.isdisjoint(each.of)):
                    kept.append((each, whole))
                    tied |= set(each.of)
        return kept, {key: each.told for each, _ in kept for key in each.of}

    def _of_others(self, diagnostic: Diagnostic) -> Iterator[Proposal]:
        """Yield what is proposed for other faults of a node: one of them may be the root of it."""
        for key, proposals in self.proposals.items():
            if key != key_of(diagnostic) and key[1] == diagnostic.node:
                yield from proposals


def _where(diagnosis: Diagnosis, failure: Failure) -> Diagnosis:
    """Say that it is the validation part that is too small, where nothing else says so."""
    if failure.probe != "validation" or "validation" in diagnosis.message:
        return diagnosis
    return replace(diagnosis, message=diagnosis.message + PROBES["validation"])


def _numbered(fixes: Iterable[Fix], taken: set[str]) -> tuple[Fix, ...]:
    """Return fixes whose ids nothing in taken has, and enter them there."""
    found = []
    for fix in fixes:
        names = chain([fix.id], (f"{fix.id}-{k}" for k in count(2)))
        free = next(name for name in names if name not in taken)
        taken.add(free)
        found.append(replace(fix, id=free))
    return tuple(found)


def safety_net(status: Mapping[Address, str], report: Report) -> None:
    """Say so where nodes wait for something and nothing says why; given those not in order."""
    waiting = [address for address, word in status.items() if word == "waiting"]
    if waiting and not report.found:
        text = "This node waits for an input that never comes."
        key = ("waiting", waiting[0], "")
        report.found[key] = Diagnostic(RuleId("waiting"), "error", waiting[0], text)
