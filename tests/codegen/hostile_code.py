"""Texts that would like to run, wherever custom code has some: its names, its ports, its body.

The project is opened, judged and written without trust, and what is written is compiled; where the
text is no part of the code itself, the model is imported too. Started as a command
(``python -m tests.codegen.hostile_code``) it puts every text into every place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import FileProblem, loads
from tests.codegen.hostile import (
    HEARD,
    Outcome,
    Place,
    compiled,
    listen,
    places_of,
    texts,
    with_text,
)

FUNCTION = """\
\"\"\"What the piece is about.\"\"\"
import math

LIMIT = "limit"


def shift(x, by: float = 1.0, mode: str = "plain"):
    \"\"\"What the function does.\"\"\"
    # a remark
    return x + by * math.pi if mode == "plain" else x

"""
CLASS = """\
from torch import nn


class Gate(nn.Module):
    \"\"\"What the class does.\"\"\"

    def __init__(self, size: int = 4, mode: str = "plain") -> None:
        super().__init__()
        self.layer = nn.Linear(size, size)
        self.mode = mode

    def forward(self, x):
        return self.layer(x)
"""


@cache
def project() -> dict[str, Any]:
    """Return a project with custom code in the model, in a block, and for a loss."""
    mode = {"name": "mode", "type": "str", "default": "plain", "doc": "How it is done."}
    nodes: dict[str, Any] = {
        "x": {"spec": "io.input", "args": {"shape": ["=B", 4]}},
        "moved": {
            "spec": "code.shift",
            "name": "Moved",
            "args": {"mode": "plain", "by": 2.0},
            "in": {"x": "x.output"},
        },
        "inner": {"spec": "block.part", "in": {"x": "moved.y"}},
        "out": {"spec": "io.output", "in": {"input": "inner.y"}},
    }
    inside = {
        "x": {"spec": "io.input", "args": {"shape": ["=B", 4]}},
        "gate": {"spec": "code.gate", "args": {"mode": "plain"}, "in": {"x": "x.output"}},
        "y": {"spec": "io.output", "in": {"input": "gate.z"}},
    }
    size = {"name": "size", "type": "int", "default": 4}
    by = {"name": "by", "type": "float", "default": 1.0}
    return {
        "format": "netwright",
        "format_version": 1,
        "min_reader": 1,
        "blocks": {"part": {"name": "Part", "inputs": ["x"], "outputs": ["y"], "nodes": inside}},
        "code": {
            "gate": {
                "text": CLASS.splitlines(),
                "inputs": ["x"],
                "outputs": ["z"],
                "parameters": [size, mode],
            },
            "shift": {
                "text": FUNCTION.splitlines(),
                "inputs": ["x"],
                "outputs": ["y"],
                "parameters": [by, mode],
            },
        },
        "main": {"name": "Coded", "inputs": ["x"], "outputs": ["out"], "nodes": nodes},
    }


@cache
def places() -> tuple[Place, ...]:
    """Return every place of the project where custom code has a text, or a node of it has."""
    return tuple(p for p in places_of(project()) if p.path[0] == "code" or _is_used(p))


def _is_used(place: Place) -> bool:
    return any(name in place.path for name in ("moved", "gate"))


def is_body(place: Place) -> bool:
    """Whether a text in a place is a part of the code, which a person may run after trusting it."""
    return place.path[2:3] == ("text",)


def tried(place: Place, text: str, judge: Judge, outcome: Outcome) -> None:
    """Open, judge and write the project with a text in a place; count what became of it."""
    outcome.per_place[place.name] += 1
    HEARD.clear()
    which = f"{place.name} <- {text[:80]!r}"
    try:
        drawn = loads(with_text(place, text, project())).project
        written = generate(drawn, specs_of(drawn), judge.judge(drawn))
    except FileProblem:
        outcome.counts["refused by the reader"] += 1
    except CannotWrite:
        outcome.counts["refused by the writer"] += 1
    else:
        outcome.counts["written"] += 1
        for file, source in written.files.items():
            if file.endswith(".py"):
                runs = file == "model.py" and not is_body(place)
                compiled(file, source.text, which, outcome, runs=runs)
    if HEARD:
        outcome.executed.append(which)


def untrusting() -> Judge:
    """Return a judge that nobody has told to run any code."""
    return Judge(lambda _: False)


def all_texts() -> Iterator[tuple[Place, str]]:
    """Yield every text for every place."""
    for place in places():
        for text in texts():
            yield place, text


def main() -> int:
    """Put every text into every place, print what became of them, and return 1 for a fault."""
    listen()
    judge, outcome = untrusting(), Outcome()
    for place, text in all_texts():
        tried(place, text, judge, outcome)
    print(f"{len(texts()):,} texts in each of {len(places()):,} places: {dict(outcome.counts)}")
    print(*outcome.executed, *outcome.broken, sep="\n")
    return int(bool(outcome.executed or outcome.broken))


if __name__ == "__main__":
    sys.exit(main())
