"""Texts that would like to become code, and a drawing that has text wherever a file may have some.

``python -m tests.codegen.hostile`` puts every text into every place and prints what became of them.
Each payload raises an audit event of its own if it is ever executed.
"""

from __future__ import annotations

import copy
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import FileProblem, loads

EVENT = "netwright.owned"
PAYLOADS = (
    f"__import__('sys').audit('{EVENT}')",
    f"exec(\"import sys; sys.audit('{EVENT}')\")",
    f'eval(\'__import__("sys").audit("{EVENT}")\')',
    f"(lambda: __import__('sys').audit('{EVENT}'))()",
    f"[s.audit('{EVENT}') for s in [__import__('sys')]]",
    f"getattr(__import__('sys'), 'audit')('{EVENT}')",
    f"import sys; sys.audit('{EVENT}')",
)
"""What would be noticed if it ran."""
LONG = (
    *("x" * 99, "x" * 100, "x" * 5_000, "x " * 3_000, "\n" * 300, "(" * 300, "[" * 500 + "]" * 500),
    *("-" * 400 + "1", "1" + "+1" * 400, "9" * 400),
)
DECORATED = (
    *(
        "{}",
        "{}2",
        "_{}",
        "{}_",
        " {}",
        "{}()",
        "{}.x",
        "={}",
        "self.{}",
        "{} = 0",
        "{}\n",
        "del {}",
    ),
    *('{}"', "{}'", "{}#", "{}[0]", "{}:", "@{}", "{}=1", "__{}__"),
)
"""Forms of names that mean something where they would land."""
HERE = Path(__file__).parent


@cache
def texts() -> tuple[str, ...]:
    """Return the corpus: every payload in every break, the words by themselves and decorated."""
    kept = json.loads((HERE / "hostile_texts.json").read_text(encoding="utf-8"))
    broken = [way.format(payload) for way in kept["breaks"] for payload in PAYLOADS]
    words = [form.format(word) for word in kept["words"] for form in DECORATED]
    found = tuple(dict.fromkeys((*broken, *words, *kept["odd"], *LONG)))
    assert len(found) >= 2_000
    return found


@cache
def project() -> dict[str, Any]:
    """Return a project with a node of every kind that is written, and text wherever it can have."""
    kept: dict[str, Any] = json.loads((HERE / "hostile.netwright").read_text(encoding="utf-8"))
    return kept


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the file form where a text stands."""

    path: tuple[str | int, ...]
    is_key: bool = False
    """Whether the text is a name in an object, not a value."""

    @property
    def name(self) -> str:
        """What the place is called in a report."""
        return ".".join(map(str, self.path)) + (" (key)" if self.is_key else "")


KEPT = ("format", "format_version", "min_reader")
"""What makes it a file of ours."""
_GRAMMAR = """
    $at $name $slice args at blocks bends code colour default doc frames freeze in inputs layout
    main name nodes notes outputs parameters repeat run silence spec text ties title type when
"""
GRAMMAR = frozenset(_GRAMMAR.split())
"""The file form's own words, where they stand for themselves."""


@cache
def places() -> tuple[Place, ...]:
    """Return every place of the project: each text, and each key that a person can choose."""
    return tuple(places_of(project(), ()))


def places_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every place below a value of a file."""
    if isinstance(value, str):
        yield Place(path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not path and key in KEPT:
                continue
            if path and key not in GRAMMAR:
                yield Place((*path, key), is_key=True)
            yield from places_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places_of(inner, (*path, index))


def with_text(place: Place, text: str, start: dict[str, Any] | None = None) -> str:
    """Return the project's file, or that of another one, with a text in a place."""
    whole = copy.deepcopy(start or project())
    held = whole
    for step in place.path[:-1]:
        held = held[step]  # type: ignore[index]  # a path of the project
    last = place.path[-1]
    if place.is_key:
        moved = {(text if key == last else key): inner for key, inner in held.items()}
        held.clear()
        held.update(moved)
    else:
        held[last] = text  # type: ignore[index]  # as above
    return json.dumps(whole)


@dataclass
class Outcome:
    """What became of the texts."""

    counts: Counter[str] = field(default_factory=Counter)
    per_place: Counter[str] = field(default_factory=Counter)
    executed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tried(place: Place, text: str, verdict: Verdict, outcome: Outcome) -> None:
    """Open, write and import the project with a text in a place; count what became of it."""
    outcome.per_place[place.name] += 1
    HEARD.clear()
    try:
        project = loads(with_text(place, text)).project
        written = generate(project, specs_of(project), verdict)
    except FileProblem:
        outcome.counts["refused by the reader"] += 1
    except CannotWrite:
        outcome.counts["refused by the writer"] += 1
    else:
        outcome.counts["written"] += 1
        for file, source in written.files.items():
            if file.endswith(".py"):
                which = f"{place.name} <- {text[:80]!r}"
                compiled(file, source.text, which, outcome, runs=file == "model.py")
    if HEARD:
        outcome.executed.append(f"{place.name} <- {text[:80]!r}")


def compiled(file: str, text: str, which: str, outcome: Outcome, *, runs: bool) -> None:
    """Compile a file, and run it as an import would if it is one that others import."""
    try:
        code = compile(text.encode(), file, "exec")
    except (SyntaxError, ValueError) as error:
        outcome.broken.append(f"{which}: {error}")
        return
    if runs:
        module = ModuleType("model")
        exec(code, module.__dict__)  # noqa: S102  # whether this runs a payload is the question


HEARD: list[str] = []


@cache
def listen() -> None:
    """Note from now on every payload that runs; a process cannot stop listening."""
    sys.addaudithook(lambda event, _: HEARD.append(event) if event == EVENT else None)


def spread(
    each: int, seed: int = 0, where: Sequence[Place] | None = None
) -> Iterator[tuple[Place, str]]:
    """Yield some texts for every place, so that all places together have all texts."""
    random = Random(seed)
    shuffled = list(texts())
    random.shuffle(shuffled)
    turning = itertools.cycle(shuffled)
    for place in where or places():
        for _ in range(each):
            yield place, next(turning)


def verdict() -> Verdict:
    """Return what the judge says of the project as it is."""
    return Judge().judge(loads(json.dumps(project())).project)


def main() -> int:
    """Put every text into every place, print what became of them, and return 1 for a fault."""
    listen()
    known, outcome = verdict(), Outcome()
    for place in places():
        for text in texts():
            tried(place, text, known, outcome)
    print(f"{len(texts()):,} texts in each of {len(places()):,} places: {dict(outcome.counts)}")
    print(*outcome.executed, *outcome.broken, sep="\n")
    return int(bool(outcome.executed or outcome.broken))


if __name__ == "__main__":
    sys.exit(main())
