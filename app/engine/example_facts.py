"""Writes what is known of the examples: their titles, what goes over their wires, their size.

The gallery is shown before there is an engine that could be asked.
"""

from __future__ import annotations

import json

from app.engine.judge import Judge
from app.examples import EXAMPLES
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Project


def ranks_of(project: Project, verdict: Verdict) -> dict[str, int]:
    """Return how many axes a tensor has, for each output that is wired in the main graph."""
    wired = {f"{source.node}.{source.port}" for source in project.main.graph.wires.values()}
    return {place: len(verdict.types[place].shape) for place in sorted(wired & {*verdict.types})}


def table() -> str:
    """Return the text of ``assets/examples/judged.json``."""
    known = {}
    for path in sorted(EXAMPLES.glob("*.netwright")):
        project = load(path).project
        verdict = Judge().judge(project, fixes=False)
        parameters = sum(verdict.parameters.values())
        known[path.stem] = {
            "title": project.main.name,
            "parameters": parameters,
            "ranks": ranks_of(project, verdict),
        }
    lines = [f" {json.dumps(name)}: {json.dumps(found)}" for name, found in known.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    print(table(), end="")  # the table is what this is started for
