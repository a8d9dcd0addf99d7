"""Takes into a drawing what a person edited in its text.

``merge`` is what the window and the command line call. Both texts are read; the one before links
what was read to the drawing, and what differs between the two is carried over. Ids, names,
positions, frames and all that leaves no trace in code stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from codegen.reading.carry import Carried, Carrier
from codegen.reading.freezing import STATISTICS
from codegen.reading.isomorphism import pair
from codegen.reading.matching import matched
from codegen.reading.members import ReadModel
from codegen.reading.model import class_names, read_model
from codegen.reading.naming import main_class, renamed, with_attributes, with_names
from codegen.reading.nearby import placed
from codegen.reading.problems import NotRead, Problem
from codegen.reading.sayable import unsayable
from codegen.reading.spare import without_spare
from graph_editor.catalogue.order import Lookup
from graph_editor.document.edits import EditError
from graph_editor.document.ids import IdSource
from graph_editor.document.model import NodeId, Project


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of an edited text."""

    project: Project
    """The drawing that says it; the one that was given where there are problems."""
    changes: tuple[str, ...] = ()
    """What is new, in plain words; nothing where the text says what the drawing says."""
    problems: tuple[Problem, ...] = ()
    """What was not understood, by line. Then nothing was changed."""
    remarks: tuple[Problem, ...] = ()
    """What has no place in the drawing and is left out."""
    stated: tuple[tuple[str, NodeId, str], ...] = ()
    """Graph, node and argument that the text gives a number, which inference might find too."""


def merge(
    project: Project, specs: Lookup, before: str, after: str, ids: IdSource | None = None
) -> Merged:
    """Return the drawing with what was edited in its model.py.

    Args:
        project: the drawing that ``before`` was written from.
        specs: finds what the catalogue has.
        before: the text as it was written.
        after: the text as it was edited.
        ids: where ids of new nodes come from; that of the session, so that files can be merged.

    """
    if before == after:
        return Merged(project)
    main = main_class(project)
    old = read_model(before, specs, main, project.code)
    link = pair(project, old.project)
    if old.problems or link.difference:
        words = old.problems[0].words if old.problems else link.difference
        return Merged(project, problems=(Problem(1, 1, f"the text before is not read: {words}"),))
    drawn = frozenset(old.classes.values())
    new = read_model(after, specs, _main_after(main, old, after), project.code, drawn)
    new = new if new.problems else without_spare(old, new, after)
    if new.problems:
        return Merged(project, problems=new.problems)
    if _say_the_same(old, new):
        return Merged(project, remarks=new.remarks)
    try:
        carrier = Carrier(project, link, old, new, matched(old, new), ids or IdSource(after))
        made = carrier.run()
        made.project = _named(made, carrier, old, new, specs)
        made.project = placed(made.project, made.fresh)
    except NotRead as reason:
        return Merged(project, problems=(reason.problem,))
    except EditError as reason:
        return Merged(project, problems=(at_first_edit(before, after, str(reason)),))
    difference = pair(made.project, new.project).difference
    if difference:
        return Merged(project, problems=(at_first_edit(before, after, difference),))
    problems = unsayable(project, made.project, new, made.keys, made.nodes)
    if problems:
        return Merged(project, problems=problems)
    return Merged(made.project, tuple(made.changes), remarks=new.remarks, stated=tuple(made.stated))


def at_first_edit(before: str, after: str, words: str) -> Problem:
    """Return a problem of the whole edit at the first line that was edited."""
    lines, old = after.split("\n"), before.split("\n")
    pairs = enumerate(zip(lines, old, strict=False), 1)
    line = next((number for number, (new, was) in pairs if new != was), min(len(lines), len(old)))
    return Problem(line, 1, f"this cannot be drawn: {words}")


def _say_the_same(old: ReadModel, new: ReadModel) -> bool:
    """Whether two texts are of one drawing, in which every layer stands where it stood.

    Two layers that are alike may change places: then the drawings are as one, but for their names.
    """
    if (old.classes, old.attributes, old.variables) != (new.classes, new.attributes, new.variables):
        return False
    found = pair(old.project, new.project)
    return not found.difference and all(
        old.attributes.get((key, node)) == new.attributes.get((found.graphs[key], other))
        and _unseen(old, key, node) == _unseen(new, found.graphs[key], other)
        for (key, node), other in found.nodes.items()
    )


def _unseen(read: ReadModel, key: str, node: NodeId) -> object:
    """Return what pairing does not look at: an input's name, and whether statistics stay."""
    found = read.project.block(key).graph.nodes[node]
    name = found.name if found.spec == "io.input" else ""
    return name, found.args.get(STATISTICS, found.extra.get(STATISTICS))


def _main_after(main: str, old: ReadModel, after: str) -> str | None:
    """Return the main graph's class in the edited text, where it was renamed too."""
    if not main:
        return ""
    names = class_names(after, old.project.code)
    if main in names:
        return main
    fresh = [name for name in names if name not in old.classes.values()]
    return fresh[-1] if len(fresh) == 1 else None


def _named(
    made: Carried, carrier: Carrier, old: ReadModel, new: ReadModel, specs: Lookup
) -> Project:
    """Name the nodes of which the edited text says another name."""
    was, now = with_names(old, specs), with_names(new, specs)
    project = made.project
    for (key, node), home in made.nodes.items():
        name = now.block(key).graph.nodes[node].name
        match = carrier.matching.nodes.get((key, node))
        before = ""
        if match is not None:
            before = was.block(carrier.matching.graphs[key]).graph.nodes[match].name
        drawn = project.block(made.keys[key]).graph.nodes[home].name
        is_fresh = match is None and drawn != name
        if (match is not None and name != before and drawn != name) or is_fresh:
            project = renamed(project, made.keys[key], home, name)
            if match is not None:
                words = f"is called {name}" if name else "has no name of its own any more"
                made.changes.append(f"{drawn or before or home} {words}")
    wanted = {
        (made.keys[key], made.nodes[key, node]): attribute
        for (key, node), attribute in new.attributes.items()
    }
    return with_attributes(project, wanted)
