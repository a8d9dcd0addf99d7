"""Classes of an edited text that nothing uses any more: their blocks stay in the drawing."""

from __future__ import annotations

import ast
from dataclasses import replace

from codegen.reading.members import ReadModel
from codegen.reading.problems import Problem
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import FrozenMap, Project


def without_spare(old: ReadModel, new: ReadModel, text: str) -> ReadModel:
    """Return what was read without the classes that the edit leaves unused.

    One that was used before is a remark; one that is new is a problem: it would be lost.
    """
    if MAIN not in new.classes or MAIN not in old.classes:
        return new
    before = {old.classes[key] for key in _used(old.project)}
    there = set(old.classes.values())
    used = _used(new.project)
    spare = {
        key: name
        for key, name in new.classes.items()
        if key not in used and (name in before or name not in there)
    }
    if not spare:
        return new
    lines = {n.name: n.lineno for n in ast.parse(text).body if isinstance(n, ast.ClassDef)}
    remarks, problems = list(new.remarks), list(new.problems)
    for name in spare.values():
        if name in there:
            words = f"nothing uses {name} now: its block stays, and is not written"
            remarks.append(Problem(lines.get(name, 1), 1, words))
        else:
            words = f"nothing uses {name}: call it in forward, or leave it out"
            problems.append(Problem(lines.get(name, 1), 1, words))
    blocks = {k: b for k, b in new.project.blocks.items() if k not in spare}
    return replace(
        new,
        project=replace(new.project, blocks=FrozenMap(blocks)),
        classes=FrozenMap({k: n for k, n in new.classes.items() if k not in spare}),
        attributes={at: word for at, word in new.attributes.items() if at[0] not in spare},
        variables={at: word for at, word in new.variables.items() if at[0] not in spare},
        spare=frozenset(spare.values()),
        remarks=tuple(remarks),
        problems=tuple(problems),
    )


def _used(project: Project) -> set[str]:
    """Return the graphs that the main graph needs, itself among them."""
    found: set[str] = set()
    pending = [MAIN]
    while pending:
        key = str(pending.pop())
        if key not in found:
            found.add(key)
            nodes = project.block(key).graph.nodes.values()
            pending += [n.spec.removeprefix("block.") for n in nodes if n.kind == "block"]
    return found
