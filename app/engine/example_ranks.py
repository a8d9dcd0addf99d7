"""Writes the table of what goes over the wires of the examples, for their pictures.

The gallery is shown before there is an engine that could be asked.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Project

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"


def ranks_of(project: Project, verdict: Verdict) -> dict[str, int]:
    """Return how many axes a tensor has, for each output that is wired in the main graph."""
    wired = {f"{source.node}.{source.port}" for source in project.main.graph.wires.values()}
    return {place: len(verdict.types[place].shape) for place in sorted(wired & {*verdict.types})}


def table() -> str:
    """Return the text of ``assets/examples/ranks.json``."""
    ranks = {}
    for path in sorted(EXAMPLES.glob("*.netwright")):
        project = load(path).project
        ranks[path.stem] = ranks_of(project, Judge().judge(project, fixes=False))
    lines = [f" {json.dumps(name)}: {json.dumps(found)}" for name, found in ranks.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    print(table(), end="")  # the table is what this is started for
