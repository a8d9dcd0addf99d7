"""Which fixes may be applied together without being looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.catalogue.families import Family, family_of
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.doubtful import doubts, turned_samples
from graph_editor.checking.switched import is_off
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.changes import Change
from graph_editor.document.edits import keys_of
from graph_editor.document.model import Graph, Node, NodeId, OutPort, Project, same

KEPT: tuple[Family, ...] = ("data", "loss", "opt", "metric")
"""What a safe fix leaves as it is: it decides what is learned from what, and how."""
CALLED = {
    "data": "data",
    "loss": "a loss",
    "opt": "an optimizer or a schedule",
    "metric": "a metric",
}
ROUNDING = ("Tensor.long", "Tensor.bool")
"""What a fix may insert that keeps whole numbers alone."""
REMARK = "it is a remark: a matter of taste"


def why_not_safe(before: Project, after: Project, lookup: Lookup) -> str:
    """Return why an edit is not safe, as ``it takes a node away``; empty where it is.

    A safe edit takes nothing away: every node stays, and every wire brings what it brought, at
    most through nodes that the edit adds. Data, losses, metrics, optimizers, schedules and run
    settings stay as they are. Of all other nodes it changes arguments alone, or puts a layer of
    the same group, told the same, in a layer's place. What it adds leaves no values out and brings
    no weights of its own, so that it fits only where it is meant.
    """
    change = Change(before, after)
    if change.run:
        return "it changes the run settings"
    if change.blocks.added or change.blocks.removed or change.code:
        return "it adds or takes away a block or code"
    for key in keys_of(before):
        if key in change.graphs:
            if change.graphs[key].interface:
                return "it changes what a block takes or gives"
            reason = _reason(before.block(key).graph, after.block(key).graph, lookup)
            if reason:
                return reason
    return ""


def _reason(before: Graph, after: Graph, lookup: Lookup) -> str:
    if any(after.ties.get(name) != owner for name, owner in before.ties.items()):
        return "it takes a tie of two weights away"
    found = (
        *_node_reasons(before, after, lookup),
        *_wire_reasons(before, after),
        *doubts(before, after),
    )
    return next(iter(found), "")


def _node_reasons(before: Graph, after: Graph, lookup: Lookup) -> Iterator[str]:
    for key, new in after.nodes.items():
        old = before.nodes.get(key)
        if old is new or old == new:
            continue
        family = family_of(lookup(new.spec), new.kind)
        if old is None:
            if family in KEPT:
                yield f"it adds {CALLED[family]}"
            continue
        former = family_of(lookup(old.spec), old.kind)
        if family in KEPT or former in KEPT:
            yield f"it changes {CALLED[former if former in KEPT else family]}"
        elif is_off(new) and not is_off(old):
            yield "it switches a node off"
        elif not _is_same_use(old, new):
            yield "it changes more of a node than its parameters"
        elif old.spec != new.spec and not _is_swap(old, new, lookup):
            yield f"it puts something else in the place of {old.spec.rpartition('.')[2]}"
    if before.nodes.keys() - after.nodes.keys():
        yield "it takes a node away"


def _is_same_use(old: Node, new: Node) -> bool:
    return replace(new, spec=old.spec, args=old.args) == old


def _is_swap(old: Node, new: Node, lookup: Lookup) -> bool:
    """Whether one layer stands for another of its group, with all that the old one was told."""
    first, second = lookup(old.spec), lookup(new.spec)
    alike = first is not None and second is not None and first.category == second.category
    return alike and all(n in new.args and same(new.args[n], v) for n, v in old.args.items())


def _wire_reasons(before: Graph, after: Graph) -> Iterator[str]:
    for target, source in before.wires.items():
        now = after.wires.get(target)
        if now == source:
            continue
        if now is None:
            yield "it takes a wire away"
        elif before.nodes[target.node].kind == "optim":
            yield "it changes what an optimizer lowers"
        elif not _brings(after, now, source, before):
            yield "it leads a wire elsewhere"
    for target, source in after.wires.items():
        if target in before.wires:
            continue
        if target.node in before.nodes and source.node in before.nodes:
            yield "it draws a wire between nodes of yours"


def _brings(after: Graph, start: OutPort, wanted: OutPort, before: Graph) -> bool:
    """Whether an output hands on another one, through nodes alone that were not there before."""
    ends: dict[NodeId, list[OutPort]] = {}
    for target, source in after.wires.items():
        ends.setdefault(target.node, []).append(source)
    waiting, seen = [start], {start}
    while waiting:
        port = waiting.pop()
        if port == wanted:
            return True
        if port.node in before.nodes:
            continue
        fresh = [source for source in ends.get(port.node, ()) if source not in seen]
        seen.update(fresh)
        waiting += fresh
    return False


def why_not_cured(before: Verdict, after: Verdict, problem: Diagnostic) -> str:
    """Return why an edit is no cure, going by the verdicts around it; empty where it is.

    What had to wait for the problem could not be judged before: an error there is new to us, and no
    fault of the edit, and so is one that was behind another. A warning where the edit is looked
    for, or of a node that was judged, comes with the edit.
    """
    if _key(problem) in map(_key, after.diagnostics):
        return "it does not cure it as the drawing is now"
    known = set(map(_key, before.diagnostics))
    victims = (problem.node, *problem.victims)
    for each in after.diagnostics:
        if each.severity == "info" or _key(each) in known:
            continue
        judged = before.status.get(each.node, "waiting") not in ("waiting", "unknown")
        if judged or (each.severity == "warning" and each.node in victims):
            return f"it brings another problem: {each.message}"
    return ""


def why_not_kept(before: Project, after: Project, verdict: Verdict) -> str:
    """Return why values do not get through an edit, going by the verdict on it; empty if they do.

    A float that is made a whole number loses what stands behind its point: scores or measurements
    are no labels, and stop the training as such, or teach nothing.
    """
    for key in keys_of(after):
        graph = after.block(key).graph
        known = before.block(key).graph.nodes if key in keys_of(before) else {}
        for target, source in graph.wires.items():
            node = graph.nodes[target.node]
            if node.spec not in ROUNDING or target.node in known:
                continue
            end = f"{source.node}.{source.port}"
            kinds = [t for k, t in verdict.types.items() if k == end or k.endswith(f"/{end}")]
            if any("float" in kind.dtype for kind in kinds):
                return "it makes whole numbers of what may be none"
    return turned_samples(before, after, verdict)


def errors_of(verdict: Verdict) -> int:
    """Return how many errors a verdict has."""
    return sum(each.severity == "error" for each in verdict.diagnostics)


def _key(problem: Diagnostic) -> tuple[str, str, str]:
    return (problem.code, problem.node, problem.argument)
