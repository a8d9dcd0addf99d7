"""Compares the judge with eager torch on random graphs: ``python -m tests.engine.differential``.

``--graphs N --seed S`` judges and runs the graphs of N seeds from S on, prints how often each spec
stood in a legal and in an illegal one, and writes every disagreement as a project file to study.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from app.engine.judge import Judge
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import save
from graph_editor.document.model import Project
from tests.engine.eager import Stop, all_stops
from tests.engine.generator import BATCH, draw

DISAGREEING = ("false accept", "false reject", "wrong blame", "crash")
UNDECIDED = ("depends-on-data", "custom-code", "unknown-spec")
"""What the judge says where it does not give a verdict at all."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the judge and torch say of one drawing."""

    seed: int
    project: Project
    verdict: Verdict
    stops: tuple[Stop, ...]
    """Where torch stopped, in each try in which it did."""
    crash: str = ""
    """What the judge itself broke with."""

    @property
    def stop(self) -> Stop | None:
        """Where torch stopped first."""
        return self.stops[0] if self.stops else None

    @property
    def word(self) -> str:
        """One word on how the two compare."""
        refused = [d for d in self.verdict.diagnostics if d.severity == "error"]
        if self.crash:
            return "crash"
        if any(stop.by_value for stop in self.stops):
            return "value"
        if not refused and any(d.code in UNDECIDED for d in self.verdict.diagnostics):
            return "undecided"
        if bool(refused) != (self.stop is not None):
            return "false reject" if refused else "false accept"
        blamed = {str(d.node) for d in refused}
        if self.stops and not any(self._upstream(stop.node, blamed) for stop in self.stops):
            return "wrong blame"
        return "agreed"

    def _upstream(self, node: str, blamed: set[str]) -> bool:
        """Whether one of the blamed nodes is a node or lies before it."""
        wires = self.project.main.graph.wires
        seen, left = {node}, [node]
        while left:
            current = left.pop()
            fresh = {str(s.node) for t, s in wires.items() if t.node == current} - seen
            seen |= fresh
            left += fresh
        return bool(seen & blamed)

    def text(self) -> str:
        """Return what a person needs to know to study a disagreement."""
        nodes = self.project.main.graph.nodes
        spec = nodes[self.stop.node].spec if self.stop else ""
        said = [
            f"{d.node} ({nodes[d.node].spec if d.node in nodes else ''}) {d.code}: {d.message} "
            f"[{d.detail}]"
            for d in self.verdict.diagnostics
            if d.severity == "error"
        ]
        torch_says = f"{self.stop.node} ({spec}) {self.stop}" if self.stop else "fine"
        judge_says = self.crash or said or "fine"
        return f"{self.word}: seed {self.seed}\n  torch: {torch_says}\n  judge: {judge_says}"


def compare(judge: Judge, seed: int) -> Comparison:
    """Draw, judge and run the graph of a seed."""
    return compare_project(judge, draw(seed), seed)


def compare_project(judge: Judge, project: Project, seed: int = 0) -> Comparison:
    """Judge and run a project."""
    stops = all_stops(project, BATCH, seed)
    try:
        verdict = judge.judge(project, batch=BATCH, fixes=False)
    except Exception:  # a judge that breaks is a disagreement too
        return Comparison(seed, project, Verdict(), stops, traceback.format_exc())
    return Comparison(seed, project, verdict, stops)


def comparisons(first: int, count: int) -> Iterator[Comparison]:
    """Yield the comparisons of so many seeds."""
    judge = Judge()
    for index in range(count):
        if index % 500 == 499:
            judge = Judge()  # what it remembers grows
        yield compare(judge, first + index)


def main(arguments: list[str] | None = None) -> int:
    """Compare, print counts, and return 1 where the two disagreed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=None, help="the first; the clock if not said")
    parser.add_argument("--out", type=Path, default=Path("disagreements"))
    parser.add_argument("--specs", action="store_true", help="print counts per spec")
    said = parser.parse_args(arguments)
    torch.set_num_threads(1)
    first = int(time.time()) * 1000 if said.seed is None else said.seed
    words: Counter[str] = Counter()
    legal: Counter[str] = Counter()
    illegal: Counter[str] = Counter()
    digest = hashlib.blake2b(digest_size=8)
    for found in comparisons(first, said.graphs):
        words[found.word] += 1
        words["legal"] += found.stop is None
        specs = {node.spec for node in found.project.main.graph.nodes.values()}
        (legal if found.stop is None else illegal).update(specs)
        digest.update(f"{found.seed} {found.verdict.has_errors} {found.stop is None}\n".encode())
        if found.word in DISAGREEING:
            said.out.mkdir(parents=True, exist_ok=True)
            save(said.out / f"{found.word.replace(' ', '_')}_{found.seed}.netwright", found.project)
            print(found.text(), flush=True)
    if said.specs:
        for spec in sorted(s.name for s in catalogue()):
            print(f"{spec:40} {legal[spec]:6} legal {illegal[spec]:6} illegal")
    print(f"seeds {first} to {first + said.graphs - 1}: {dict(words)}; digest {digest.hexdigest()}")
    return int(any(words[w] for w in DISAGREEING))


if __name__ == "__main__":
    sys.exit(main())
