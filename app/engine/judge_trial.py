"""Tries proposed edits on copies of a project, and keeps those that cure and bring nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from graph_editor.checking.agreed_width import Agreed
from graph_editor.checking.copies import plain
from graph_editor.checking.doubtful import is_guess
from graph_editor.checking.failure import Proposal
from graph_editor.checking.learned_targets import learns_targets
from graph_editor.checking.proposals import together
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.files import change_to_json
from graph_editor.document.model import Address, FrozenMap, Project

VAGUE = ("torch", "refused-argument")
"""What is said where nothing explains a refusal better: then no cure is known to be on its way."""
OF_BATCH = ("batch-of-one", "instance-of-one")
"""Faults of the number of samples: no fix of another fault of a node makes them."""
OF_VALUES = "target-range"
"""The fault of what data hold: no edit of a shape makes it."""
LOST = ("missing-input", "unknown-output")
"""Faults of a wire that leads from no output any more."""
UNTRIED = "unknown-spec"
"""The fault of a node of which nothing else can be told: another name invents nothing there."""
STRETCHED = ("target-stretched", "difference-stretched")
"""Warnings of tensors that are stretched to one another, which torch takes and never tells."""
MIXED = "axes-mixed"
"""The warning of values that are laid out anew in a wrong order: sizes fit only by luck then."""
OF_A_WIRE = ("cycle", "unknown-output")
"""Faults of a wire: taking it away cures them, even where its port needs another one then."""
FOLLOWING = 2
"""How many edits are tried at most against a warning that a fix lays bare or brings with it."""
FURTHER = 3
"""How many faults behind one another are gone through at most, to see whether each has a cure."""
UNFINISHED = 3
"""How many edits are tried at most together with another one, where none cures by itself."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a copy, and what may cure it there."""

    verdict: Verdict
    proposals: Mapping[Key, tuple[Proposal, ...]]


Rejudge = Callable[[Project], Judged]


@dataclass(frozen=True, slots=True)
class Cure:
    """A fix, and the verdict after it."""

    fix: Fix
    after: Verdict

    def leaves(self, errors: Iterable[Key]) -> bool:
        """Whether any of these is left after it."""
        return not set(map(key_of, self.after.diagnostics)).isdisjoint(errors)


def key_of(diagnostic: Diagnostic) -> Key:
    """Return by what a diagnostic is told from the others of its verdict."""
    return (diagnostic.code, diagnostic.node, diagnostic.argument)


def by_others_left(key: Key, cures: Iterable[Cure]) -> tuple[Cure, ...]:
    """Return the cures of an error with those first that mend errors of other kinds with it."""

    def left(cure: Cure) -> int:
        return sum(d.severity == "error" and d.code != key[0] for d in cure.after.diagnostics)

    return tuple(sorted(cures, key=left))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A proposal on a copy: 2 for a cure, 1 for what is offered only where there is none."""

    proposal: Proposal
    changed: Project
    after: Judged
    grade: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A project with its verdict, and how a changed copy is judged."""

    project: Project
    verdict: Verdict
    rejudge: Rejudge

    def cures(self, problem: Diagnostic, proposals: Iterable[Proposal]) -> tuple[Cure, ...]:
        """Return the proposals after which the problem is gone and no error is new.

        Where none is as good as that, those are offered that bring a warning, or lay errors bare
        of nodes that waited behind this fault, if there is a way on to where no error is left.
        """
        tried: list[_Tried] = []
        listed = tuple(proposals)
        for each in (self._clean(problem, proposal) for proposal in listed):
            if each is not None and all(each.changed != other.changed for other in tried):
                tried.append(each)
        if not tried and problem.severity == "error":
            tried += filter(None, (self._finished(problem, p) for p in listed[:UNFINISHED]))
        best = [each for each in tried if each.grade == 2]
        best = best or [each for each in tried if self._leads_on(problem, each)]
        return tuple(map(self._cure, self._plainest(problem, best)))

    def is_whole(self, told: Agreed, found: Cure) -> bool:
        """Whether an edit by itself cures all faults told as one, and brings no other error."""
        if found.fix.title not in {cure.title for cure in told.cures}:
            return False  # another edit had to mend what this one breaks
        known = set(map(key_of, self.verdict.diagnostics))
        left = {key_of(d) for d in found.after.diagnostics if d.severity == "error"}
        return left <= known and left.isdisjoint(told.of)

    def _leads_on(self, problem: Diagnostic, tried: _Tried) -> bool:
        """Whether what a fix lays bare is another fault, and not its own doing.

        Then there is an edit that cures it, and no guess as one that cuts, averages or resizes.
        """
        if problem.code in OF_A_WIRE or problem.severity != "error":
            return True
        fresh = self._fresh(tried.after)
        if any(d.code in LOST for d in fresh) or (fresh and is_guess(self.project, tried.changed)):
            return False
        return self._ends_well(problem, tried.changed, tried.after, FURTHER)

    def _fresh(self, judged: Judged) -> list[Diagnostic]:
        """Return the errors that a fix may have made."""
        known = set(map(key_of, self.verdict.diagnostics))
        errors = [d for d in judged.verdict.diagnostics if d.severity == "error"]
        return [d for d in errors if key_of(d) not in known and not _is_of_data(d)]

    def _ends_well(self, problem: Diagnostic, project: Project, judged: Judged, left: int) -> bool:
        """Whether edits lead on to where no error is left, without the first one coming back."""
        fresh = self._fresh(judged)
        for proposal in judged.proposals.get(key_of(fresh[0]), ())[:FOLLOWING] if fresh else ():
            try:
                changed = proposal.edit(project)
            except (ValueError, KeyError):
                continue
            if left == 0 or is_guess(project, changed):
                continue
            after = self.rejudge(changed)
            said = set(map(key_of, after.verdict.diagnostics))
            is_gone = said.isdisjoint((key_of(fresh[0]), key_of(problem)))
            if is_gone and self._ends_well(problem, changed, after, left - 1):
                return True
        return not fresh

    def _cure(self, tried: _Tried) -> Cure:
        patch = FrozenMap(change_to_json(self.project, tried.changed))
        return Cure(Fix(tried.proposal.id, tried.proposal.title, patch), tried.after.verdict)

    def _clean(self, problem: Diagnostic, proposal: Proposal) -> _Tried | None:
        """Try a proposal, with another one behind it where it brings a warning by itself.

        A fix of a warning that only brings another one is none; an error is graver than that.
        """
        tried = self._tried(problem, proposal)
        brought = self._brought(tried.after) if tried is not None else []
        if tried is None or not brought:
            return tried
        rest = replace(tried, grade=1) if problem.severity == "error" else None
        return next(self._both(problem, tried, brought[0]), rest)

    def _finished(self, problem: Diagnostic, proposal: Proposal) -> _Tried | None:
        """Try a proposal that makes one other error together with what cures that.

        A layer that is to give more numbers may need the next one to follow.
        """
        try:
            changed = proposal.edit(self.project)
        except (ValueError, KeyError):
            return None
        after = self.rejudge(changed)
        known = set(map(key_of, self.verdict.diagnostics))
        errors = [d for d in after.verdict.diagnostics if d.severity == "error"]
        fresh = [d for d in errors if key_of(d) not in known]
        if len(fresh) != 1 or key_of(problem) in map(key_of, errors):
            return None
        return next(self._both(problem, _Tried(proposal, changed, after, 0), fresh[0]), None)

    def _both(self, problem: Diagnostic, first: _Tried, fresh: Diagnostic) -> Iterator[_Tried]:
        """Yield a proposal together with what cures something new: those that bring nothing.

        What the second edit changes is neither data nor a loss but the one at fault.
        """
        for other in first.after.proposals.get(key_of(fresh), ())[:FOLLOWING]:
            words = f"{first.proposal.title}, and {other.title[:1].lower()}{other.title[1:]}"
            joined = together(first.proposal, other, title=words)
            again = _takes_back(other.id, first.proposal.id)
            both = self._tried(problem, other if again else joined)
            if both is None or both.grade < 2 or self._brought(both.after):
                continue
            if _keeps_ends(first.changed, both.changed, problem.node):
                yield both

    def _brought(self, after: Judged) -> list[Diagnostic]:
        """Return the warnings that a fix brings: of nodes of its own, or that were sound."""
        fresh = _fresh_warnings(self.verdict, after.verdict)
        return [d for d in fresh if self.verdict.status.get(d.node, "ok") in ("ok", "idle")]

    def _plainest(self, problem: Diagnostic, tried: list[_Tried]) -> list[_Tried]:
        """Return those that leave the fewest new warnings at the fault itself.

        One that stands there after each of them was there all along, and could not be seen.
        """
        left = [_fresh_warnings(self.verdict, each.after.verdict) for each in tried]
        counts = [sum(d.node == problem.node for d in some) for some in left]
        return [each for each, count in zip(tried, counts, strict=True) if count == min(counts)]

    def _tried(self, problem: Diagnostic, proposal: Proposal) -> _Tried | None:
        """Return what becomes of the problem by a proposal; None where that does not cure it."""
        try:
            changed = proposal.edit(self.project)
        except (ValueError, KeyError):
            return None
        if learns_targets(self.project, changed):
            return None
        after = self.rejudge(changed)
        grade = _grade(self.verdict, after.verdict, problem)
        return _Tried(proposal, changed, after, grade) if grade else None


def _takes_back(other: str, first: str) -> bool:
    """Whether an edit switches off, or says anew, what the edit before it has set."""
    node, _, action = other.partition(":")
    before = [part.partition(":") for part in first.split("+")]
    theirs = [act for address, _, act in before if address == node and act.startswith("set-")]
    return any(action == "skip" or action.split("-")[:2] == act.split("-")[:2] for act in theirs)


def _keeps_ends(before: Project, after: Project, fault: Address) -> bool:
    """Whether an edit leaves all data, and all losses, as they are, but for the node at fault."""
    old, new = before.main.graph.nodes, after.main.graph.nodes
    ends = [n for n, node in old.items() if node.kind == "data" or node.spec.endswith("Loss")]
    return all(new.get(n) == old[n] or str(n) == str(fault) for n in ends)


def roots(verdict: Verdict, after: Mapping[Key, Verdict]) -> dict[Key, Key]:
    """Return the errors that have no root of their own, each with the one that it goes back to.

    Where the likeliest fix of an error cures another one with it, both have one root. Of two that
    cure each other, the first is the one to be told. The same fault of a node that nothing waits
    for is a warning, and counts too.
    """
    errors = [key_of(d) for d in verdict.diagnostics if d.severity == "error"]
    stopped = [d for d in verdict.diagnostics if verdict.status.get(d.node) == "error"]
    idle = [key_of(d) for d in stopped if d.severity == "warning"]
    cures: dict[Key, set[Key]] = {}
    for key in errors if len(errors) + len(idle) > 1 else ():
        then = after.get(key)
        left = set(map(key_of, then.diagnostics)) if then is not None else {*errors, *idle}
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


def _grade(before: Verdict, after: Verdict, cured: Diagnostic) -> int:
    """Return 2 for a cure, 1 for one that lays bare what waited behind the fault, 0 for none.

    What takes a remark away for a warning is none either, nor what has a loss compare the tensors
    of different samples in silence, nor what only moves the fault to another copy of the node.
    """
    left = set(map(key_of, after.diagnostics))
    if key_of(cured) in left or _is_moved(before, after, cured):
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
    if any(d.code == MIXED for d in _fresh_warnings(before, after)):
        return 0
    fresh += stretched
    if not fresh:
        return 2
    return int(all(_waited(before, d, touched) for d in fresh))


def _is_moved(before: Verdict, after: Verdict, cured: Diagnostic) -> bool:
    """Whether a fault stands at another copy of the same repeated node, and did not before."""
    known = {key_of(d) for d in before.diagnostics}
    copies = [d for d in after.diagnostics if d.code == cured.code and key_of(d) not in known]
    return any(d.node != cured.node and plain(d.node) == plain(cured.node) for d in copies)


def _waited(before: Verdict, fresh: Diagnostic, touched: tuple[Address, ...]) -> bool:
    """Whether something new is of a node that waited, or of one that such a node stumbles over."""
    waiting = [before.status.get(n, "waiting") == "waiting" for n in (fresh.node, *fresh.victims)]
    return waiting[0] or (len(waiting) > 1 and all(waiting[1:]) and fresh.node not in touched)


def _stretched(before: Verdict, after: Verdict) -> list[Diagnostic]:
    """Return where tensors are stretched to one another, and were not before."""
    return [d for d in _fresh_warnings(before, after) if d.code in STRETCHED]


def _fresh_warnings(before: Verdict, after: Verdict) -> list[Diagnostic]:
    known = {(d.code, d.node) for d in before.diagnostics}
    warned = [d for d in after.diagnostics if d.severity == "warning"]
    return [d for d in warned if (d.code, d.node) not in known]


def _lays_bare_another(before: Verdict, after: Verdict, cured: Diagnostic) -> bool:
    """Whether a node has a second fault, which could not be seen behind the one that is cured.

    It must be one that the fix cannot have made: else the fix leaves the node as broken as before.
    """
    known = {key_of(d) for d in before.diagnostics}
    fresh = [d for d in after.diagnostics if d.severity == "error" and key_of(d) not in known]
    there = all(d.node == cured.node or cured.node in d.victims for d in fresh)
    return bool(fresh) and there and all(_is_apart(d, cured) for d in fresh)


def _is_of_data(problem: Diagnostic) -> bool:
    """Whether a fault is one of what data hold, or of how many samples: no fix makes it."""
    return problem.code in (*OF_BATCH, OF_VALUES)


def _is_apart(fresh: Diagnostic, cured: Diagnostic) -> bool:
    """Whether no edit that cures the one fault makes the other."""
    if _is_of_data(fresh):
        return True
    return cured.code == UNTRIED and fresh.code not in VAGUE
