"""A copy that follows weights which it cannot take, or in a way in which it gets nowhere.

What it does: compares a node that follows another (an average of its weights, or a copy every so
many steps) with that one, kind and arguments, and looks at `decay` and `every`.

Why it matters: the copy's weights become `decay * own + (1 - decay) * other`, number by number. For
other shapes there is no such sum; with a `decay` of 1 nothing ever changes, and beyond 0 and 1 the
weights grow without end. `step % every` cannot be asked for 0.

Example: a teacher with 5 outputs that follows a student with 4; `decay: 99`.
Better: a teacher made as the student is; `decay: 0.99`.

Fix: the argument as the other one has it; a share between 0 and 1; every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.counted import typed
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import clear, set_to
from graph_editor.checking.verdict import Severity
from graph_editor.checking.words import label, title, value
from graph_editor.document.edits import nodes, projects
from graph_editor.document.model import Address, Graph, Project, Weights

CODE = "unlike-follower"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    weights = site.node.weights
    if weights is None or weights.follows is None:
        return
    around, address = site.address.rpartition("/")[0], weights.follows
    if address.partition("/")[0] == site.id:
        told = f"{title(site)} {label(site)} follows its own weights: choose those of another node."
        yield _told(site, "follows", told, clear(site, "follows"))
        return
    leader = context.sites.get(Address(f"{around}/{address}" if around else address))
    if leader is not None:
        yield from _unlike(site, leader)
    yield from _number(site, weights)


def _unlike(site: Site, leader: Site) -> Iterator[Diagnosis]:
    """Speak of the first thing in which a copy is made otherwise than what it follows."""
    if leader.node.spec != site.node.spec:
        told = (
            f"{title(site)} {label(site)} follows the weights of {title(leader)} {label(leader)}: "
            "only another one of its own kind has weights of the same shapes."
        )
        yield _told(site, "follows", told, clear(site, "follows"))
        return
    for argument in site.spec.arguments if site.spec is not None else ():
        mine, theirs = site.value(argument.name), leader.value(argument.name)
        if argument.stage == "constructor" and mine != theirs:
            told = (
                f"{argument.name} of {title(site)} {label(site)} is {value(mine)}, and of "
                f"{label(leader)}, whose weights it follows, {value(theirs)}: they have to be made "
                "alike."
            )
            fixes = (set_to(site, argument.name, theirs),) if theirs is not None else ()
            yield _told(site, argument.name, told, *fixes)
            return


def _number(site: Site, weights: Weights) -> Iterator[Diagnosis]:
    decay, every = typed(weights.decay), typed(weights.every)
    name = f"{title(site)} {label(site)}"
    if decay is not None and not 0 <= decay < 1:
        why = "nothing ever changes" if decay == 1 else "its weights grow without end"
        told = (
            f"decay of {name} is {value(weights.decay)}, the share of itself that it keeps: {why}."
        )
        share = decay / 100 if 1 < decay < 100 else 0.99
        fix = _set(site, f"Set decay to {share:g}", replace(weights, decay=share))
        yield _told(site, "decay", told, fix, severity="warning")
    if every is not None and every < 1:
        told = f"every of {name} is {value(weights.every)}: it is 1 for every step, or more."
        yield _told(site, "every", told, _set(site, "Set every to 1", replace(weights, every=1)))


def _set(site: Site, words: str, weights: Weights) -> Proposal:
    def edit(graph: Graph) -> Graph:
        return nodes.set_weights(graph, site.id, weights)

    def on_project(project: Project) -> Project:
        return projects.in_block(project, site.block, edit)

    return Proposal(f"{site.address}:{words.lower().replace(' ', '-')}", words, on_project)


def _told(
    site: Site, field: str, message: str, *fixes: Proposal, severity: Severity = "error"
) -> Diagnosis:
    return Diagnosis(CODE, severity, site.address, message, field, "", fixes)


check = PerSubject(None, _find)
