"""Texts that would like to become code, and drawings that have text wherever a file may have some.

``python -m tests.codegen.hostile`` puts every text into every place and prints what became of them.
Each payload raises an audit event of its own if it is ever executed.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from app.engine.judge import Judge
from codegen import generate
from codegen.exporters import exporter
from codegen.project_files import REQUIREMENTS
from codegen.written import CannotWrite, Written
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


DRAWINGS = {
    "model": (HERE / "hostile.netwright", ()),
    "training": (HERE / "hostile_training.netwright", ()),
    "shadow": (HERE.parent / "projects" / "ema_teacher.netwright", ("main", "nodes", "teacher")),
}
"""Drawings by name, and the part whose text is tried. Together they have nodes of every kind."""


@cache
def project(drawing: str) -> dict[str, Any]:
    """Return a drawing as its file has it."""
    kept: dict[str, Any] = json.loads(DRAWINGS[drawing][0].read_text(encoding="utf-8"))
    return kept


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the file form of a drawing where a text stands."""

    drawing: str
    path: tuple[str | int, ...]
    is_key: bool = False
    """Whether the text is a name in an object, not a value."""

    @property
    def name(self) -> str:
        """What the place is called in a report."""
        return ".".join(map(str, (self.drawing, *self.path))) + (" (key)" if self.is_key else "")


KEPT = ("format", "format_version", "min_reader")
"""What makes it a file of ours."""
CODE = "text"
"""What holds the lines of custom code: these are meant to be code, and run once trusted."""
_GRAMMAR = """
    $at $name $slice args at blocks bends code colour default doc frames freeze in inputs layout
    main name nodes notes outputs parameters repeat run silence spec text ties title type when
"""
GRAMMAR = frozenset(_GRAMMAR.split())
"""The file form's own words, where they stand for themselves."""


@cache
def places() -> tuple[Place, ...]:
    """Return every place of the drawings: each text, and each key that a person can choose."""
    found = []
    for drawing, (_, part) in DRAWINGS.items():
        whole = _places(drawing, project(drawing), ())
        found += [place for place in whole if place.path[: len(part)] == part]
    return tuple(found)


def _places(drawing: str, value: Any, path: tuple[str | int, ...]) -> Iterator[Place]:
    if isinstance(value, str):
        yield Place(drawing, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if (not path and key in KEPT) or (path[:1] == ("code",) and key == CODE):
                continue
            if path and key not in GRAMMAR:
                yield Place(drawing, (*path, key), is_key=True)
            yield from _places(drawing, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(drawing, inner, (*path, index))


def with_text(place: Place, text: str) -> str:
    """Return the file of a drawing with a text in a place."""
    return with_text_in((place,), text)


def with_text_in(some: tuple[Place, ...], text: str) -> str:
    """Return the file of a drawing with a text in some of its places; none of them is a key."""
    whole = project(some[0].drawing)
    for place in some:
        whole = _changed(whole, place, text)
    return json.dumps(whole)


def _changed(held: Any, place: Place, text: str, depth: int = 0) -> Any:
    """Return a copy of what holds a place, with the text there."""
    step, is_last = place.path[depth], depth == len(place.path) - 1
    if is_last and place.is_key:
        return {(text if key == step else key): inner for key, inner in held.items()}
    changed = copy.copy(held)
    changed[step] = text if is_last else _changed(held[step], place, text, depth + 1)
    return changed


@dataclass
class Outcome:
    """What became of the texts."""

    counts: Counter[str] = field(default_factory=Counter)
    per_place: Counter[str] = field(default_factory=Counter)
    executed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tried(place: Place, text: str, outcome: Outcome) -> None:
    """Open, write and import a drawing with a text in a place; count what became of it."""
    outcome.per_place[place.name] += 1
    outcome.counts[_tried((place,), text, outcome)] += 1


def tried_at_once(some: tuple[Place, ...], text: str, outcome: Outcome) -> None:
    """Try a text in places of one drawing at the same time; one by one where it is refused."""
    found = _tried(some, text, outcome)
    if found != WRITTEN:
        for place in some:
            tried(place, text, outcome)
        return
    outcome.counts[found] += len(some)
    outcome.per_place.update(place.name for place in some)


WRITTEN = "written"


def _tried(some: tuple[Place, ...], text: str, outcome: Outcome) -> str:
    HEARD.clear()
    which = f"{some[0].name} <- {text[:80]!r}"
    found = WRITTEN
    try:
        project = loads(with_text_in(some, text)).project
        written = generate(project, specs_of(project), verdict(some[0].drawing))
    except FileProblem:
        found = "refused by the reader"
    except CannotWrite:
        found = "refused by the writer"
    else:
        outcome.broken += [f"{which}: {fault}" for fault in faults(written)]
    if HEARD:
        outcome.executed.append(which)
    return found


MODULES = {
    "model.py": "model",
    "data.py": "data",
    "train.py": "train",
    "predict.py": "predict",
    "tests/test_model.py": "test_model",
}
"""Files that can be imported, each after those that it needs."""


def faults(written: Written) -> Iterator[str]:
    """Compile what was written, and import it; yield what goes wrong."""
    texts = {
        name: written.files[file].text for file, name in MODULES.items() if file in written.files
    }
    if "train" in texts:
        with contextlib.suppress(CannotWrite):  # two things of one name
            texts["alone"] = next(iter(exporter("single_file").texts(written).values()))
    for name, text in texts.items():
        yield from _imported(name, text)
    for name in texts:
        sys.modules.pop(name, None)
    listed = written.files["requirements.txt"].text.splitlines()
    yield from (f"{line!r} is required" for line in listed if line not in REQUIREMENTS.values())


def _imported(name: str, text: str) -> Iterator[str]:
    module, fault = import_once(name, text)
    sys.modules[name] = module
    if fault:
        yield fault


@lru_cache(maxsize=64)
def import_once(name: str, text: str) -> tuple[ModuleType, str]:
    """Import a text as a module; most of a project's files are the same as those before."""
    sys.modules[name] = module = ModuleType(name)
    try:
        code = compile(text.encode(), name, "exec")
        exec(code, module.__dict__)  # noqa: S102  # whether this runs a payload is the question
    except Exception as error:
        return module, f"{name}: {type(error).__name__}: {error}"
    return module, ""


HEARD: list[str] = []


@cache
def listen() -> None:
    """Note from now on every payload that runs; a process cannot stop listening."""
    sys.addaudithook(lambda event, _: HEARD.append(event) if event == EVENT else None)


def spread(
    each: int, among: Iterable[tuple[Place, ...]], seed: int = 0
) -> Iterator[tuple[tuple[Place, ...], str]]:
    """Yield some texts for every portion of places, so that all together have all texts."""
    random = Random(seed)
    shuffled = list(texts())
    random.shuffle(shuffled)
    turning = itertools.cycle(shuffled)
    for some in among:
        for _ in range(each):
            yield some, next(turning)


@cache
def verdict(drawing: str) -> Verdict:
    """Return what the judge says of a drawing as it is; its custom code is ours, and trusted."""
    return Judge(lambda _: True).judge(loads(json.dumps(project(drawing))).project)


LABELS = ("name", "doc", "title", "text")
"""What only tells a person something. Nothing of it is refused."""


def portions() -> list[tuple[Place, ...]]:
    """Return the places of each kind of node, the labels of a drawing at once.

    Of several nodes of one spec the first counts; what a key or a wire may say is the same in all.
    """
    kinds: dict[object, Place] = {}
    labels: dict[str, list[Place]] = {}
    for place in places():
        if place.path[-1] in LABELS and not place.is_key and "parameters" not in place.path:
            labels.setdefault(place.drawing, []).append(place)
        else:
            kinds.setdefault(_kind(place), place)
    return [*map(tuple, labels.values()), *((place,) for place in kinds.values())]


def _kind(place: Place) -> object:
    """Return the same for places of the same sort in nodes of the same spec."""
    if "nodes" not in place.path[:-1] or place.path[0] == "layout":
        return place
    at = place.path.index("nodes") + 1
    held: Any = project(place.drawing)
    for step in place.path[: at + 1]:
        held = held[step]
    return held["spec"], place.path[at + 1 :], place.is_key


def main() -> int:
    """Put every text into every kind of place, print what became of them; return 1 for a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", type=int, default=0, help="which part of the places, from 0")
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--after", type=int, default=0, help="how many places are left out")
    asked = parser.parse_args()
    listen()
    outcome = Outcome()
    for some in portions()[asked.after :][asked.part :: asked.parts]:
        for text in texts():
            tried_at_once(some, text, outcome)
        print(f"{some[0].name}: {dict(outcome.counts)}", file=sys.stderr, flush=True)
        print(*outcome.executed, *outcome.broken, sep="\n", file=sys.stderr, flush=True)
    known = f"{len(texts()):,} texts in each of {len(outcome.per_place):,} places"
    print(f"{known}: {dict(outcome.counts)}")
    print(*outcome.executed, *outcome.broken, sep="\n")
    return int(bool(outcome.executed or outcome.broken))


if __name__ == "__main__":
    sys.exit(main())
