"""Compares the judge with eager torch on random graphs: ``python -m tests.engine.differential``.

``--graphs N --seed S`` judges and runs the graphs of N seeds from S on, prints how often each spec
stood in a legal and in an illegal one, and writes every disagreement as a project file to study.
``--processes N`` shares the seeds out; what is printed does not depend on it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch

from app.engine.judge import Judge
from graph_editor.catalogue.load import catalogue
from graph_editor.checking import explain
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.engine.eager import NAMED, Stop
from tests.engine.eager_run import all_stops
from tests.engine.eager_values import mild_stops
from tests.engine.generator import BATCH, draw
from tests.engine.upstream import before

DISAGREEING = ("false accept", "false reject", "wrong blame", "wrong stop", "crash")
UNDECIDED = ("depends-on-data", "custom-code", "unknown-spec")
"""What the judge says where it does not give a verdict at all."""
UNWRITTEN = ("unlike-follower",)
"""What is refused where code is written, and never gets to be run."""
LABELLED = (
    "nn.CTCLoss",
    "nn.CrossEntropyLoss",
    "nn.NLLLoss",
    "nn.MultiMarginLoss",
    "nn.LinearCrossEntropyLoss",
    "nn.AdaptiveLogSoftmaxWithLoss",
    "nn.Embedding",
    "nn.EmbeddingBag",
    "F.one_hot",
)
"""What takes labels, the range of which the data declare."""
PLACED = {
    **dict.fromkeys(("nn.Embedding", "nn.EmbeddingBag", "F.embedding"), "input"),
    **dict.fromkeys(("torch.gather", "torch.index_select", "torch.scatter"), "index"),
    **dict.fromkeys(("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss"), "target"),
    **dict.fromkeys(("op.getitem", "op.setitem"), "index"),
    **dict.fromkeys(("op.floordiv", "op.mod", "op.pow"), "other"),
    **dict.fromkeys(("F.one_hot", "torch.bernoulli"), ""),
}
"""What takes places, divisors or chances, and the port where they arrive: any, if none is named."""
FIXED = ("torch", "Tensor", "F", "op", "const")
"""Kinds of nodes that give the same numbers in every step, where such alone arrive there."""
CHANCE = ("torch.rand", "torch.rand_like", "torch.randn", "torch.randn_like", "torch.randint",
          "torch.bernoulli", "F.dropout")  # fmt: skip
HANDING = ("op.getitem", "torch.chunk", "torch.flip", "torch.roll", "torch.split", "torch.unbind")
"""What hands labels on, all or some."""
PORTION = 100
"""How many graphs one judge sees."""
AT_ONCE = 40
"""How many portions go to the same processes; then new ones begin, with memory of their own."""
explain.STRICT = True


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
    mild: tuple[Stop, ...] = ()
    """Where torch would have stopped for milder numbers, where others were refused."""
    doubted: frozenset[str] = frozenset()
    """The nodes that refused numbers."""

    @property
    def stop(self) -> Stop | None:
        """Where torch stopped first."""
        return self.stops[0] if self.stops else None

    @property
    def refused(self) -> list[Diagnostic]:
        """What the judge says that torch stops for, and not the writing of code before it."""
        errors = [d for d in self.verdict.diagnostics if d.severity == "error"]
        return [d for d in errors if d.code not in UNWRITTEN]

    @property
    def word(self) -> str:
        """One word on how the two compare."""
        refused = self.refused
        if self.crash:
            return "crash"
        is_undecided = any(d.code in UNDECIDED for d in self.verdict.diagnostics)
        found = self._compared(self.stops)
        if found != "agreed" and any(stop.by_value for stop in self.stops):
            return self._by_value(is_undecided)
        return "undecided" if is_undecided and not refused else found

    def _compared(self, stops: tuple[Stop, ...]) -> str:
        """Return the word for the case that torch stops there."""
        refused = {str(d.node) for d in self.refused}
        if bool(refused) != bool(stops):
            return "false reject" if refused else "false accept"
        if stops and not self._upstream(stops[0].node, refused):
            return "wrong blame"
        return "wrong stop" if stops and stops[0].node != self.verdict.stop else "agreed"

    def _by_value(self, is_undecided: bool) -> str:
        """Return the word where numbers decide at some node, and the judge says something else.

        It may know those that a source declares, and then stops at that very node; or it knows
        none of them, and then says what torch says of milder numbers.
        """
        blamed = {str(d.node) for d in self.refused}
        if blamed and self.verdict.stop in self.doubted:
            return "agreed" if self._upstream(str(self.verdict.stop), blamed) else "wrong blame"
        stops = [stop.node for stop in self.stops if stop.by_value]
        if not blamed and any(self._is_declared(n) or self._is_fixed(n) for n in stops):
            return "false accept"
        if not blamed and is_undecided:
            return "undecided"
        found = self._compared(tuple(stop for stop in self.mild if not stop.by_value))
        return "value" if found == "agreed" and not blamed else found

    def _is_declared(self, node: str) -> bool:
        """Whether labels of the data arrive where they are taken for labels, all or some."""
        graph = self.project.main.graph
        if node not in graph.nodes or graph.nodes[node].spec not in LABELLED:
            return False
        data = graph.nodes.get(NodeId("data"))
        classes = data.args.get("classes", {}) if data is not None else {}
        left = [s for t, s in graph.wires.items() if t.node == node]
        while left:
            source = left.pop()
            if source.node == "data" and source.port in classes:
                return True
            feeding = [s for t, s in graph.wires.items() if t.node == source.node]
            node = graph.nodes[source.node]
            whole = node.repeat is None and node.when is None and len(feeding) == 1
            if node.spec == "io.input" or (whole and node.spec in HANDING):
                left += feeding
        return False

    def _is_fixed(self, node: str) -> bool:
        """Whether the drawing alone says which places are asked for there."""
        graph = self.project.main.graph
        if node not in graph.nodes or graph.nodes[node].spec not in PLACED:
            return False
        port = PLACED[graph.nodes[node].spec]
        arriving = [(t.port, s.node) for t, s in graph.wires.items() if t.node == node]
        left = [source for at, source in arriving if at.startswith(port)]
        seen = set(left)
        while left:
            at = left.pop()
            made = graph.nodes[at]
            if made.kind not in FIXED or made.spec in CHANCE:
                return False
            feeding = {s.node for t, s in graph.wires.items() if t.node == at} - seen
            left += feeding
            seen |= feeding
        return bool(seen)

    def _upstream(self, node: str, blamed: set[str]) -> bool:
        """Whether one of the blamed nodes is a node, lies before it, or inside one that does."""
        sources = set(before(self.project, node))
        plain = {re.sub(r"\[\d+\]", "", at) for at in sources}
        return any(
            at in sources or any(up == part for part in _prefixes(at) for up in plain)
            for at in blamed
        ) or any(self._writes_over(at, sources) for at in blamed)

    def _writes_over(self, at: str, sources: Collection[str]) -> bool:
        """Whether a blamed node changes in place what comes from one of the sources.

        One that calls the layer of another works as that one does.
        """
        blocks = (self.project.main, *self.project.blocks.values())
        last = NodeId(re.sub(r"\[\d+\]", "", at).rpartition("/")[2])
        found = [b.graph.nodes[last] for b in blocks if last in b.graph.nodes]
        owners = [n.weights.same_as for n in found if n.weights and n.weights.same_as]
        found += [b.graph.nodes[o] for b in blocks for o in owners if o in b.graph.nodes]
        is_writer = any(node.args.get("inplace") is True for node in found)
        return is_writer and not set(before(self.project, at)).isdisjoint(sources)

    def _spec(self, address: str) -> str:
        last = re.sub(r"\[\d+\]", "", address).rpartition("/")[2]
        blocks = (self.project.main, *self.project.blocks.values())
        found = [b.graph.nodes[NodeId(last)].spec for b in blocks if last in b.graph.nodes]
        return found[-1] if found else ""

    def text(self) -> str:
        """Return what a person needs to know to study a disagreement."""
        spec = self._spec(self.stop.node) if self.stop else ""
        said = [
            f"{d.node} ({self._spec(d.node)}) {d.code}: {d.message} [{d.detail}]"
            for d in self.verdict.diagnostics
            if d.severity == "error"
        ]
        torch_says = f"{self.stop.node} ({spec}) {self.stop}" if self.stop else "fine"
        judge_says = self.crash or (said and f"stop {self.verdict.stop}: {said}") or "fine"
        return f"{self.word}: seed {self.seed}\n  torch: {torch_says}\n  judge: {judge_says}"


def _prefixes(address: str) -> Iterator[str]:
    """Yield a node's address and those of the blocks around it, without numbers of copies."""
    steps = re.sub(r"\[\d+\]", "", address).split("/")
    yield from ("/".join(steps[: k + 1]) for k in range(len(steps)))


def compare(judge: Judge, seed: int) -> Comparison:
    """Draw, judge and run the graph of a seed."""
    return compare_project(judge, draw(seed), seed)


def compare_project(judge: Judge, project: Project, seed: int = 0) -> Comparison:
    """Judge and run a project."""
    stops, mild, doubted = all_stops(project, BATCH, seed), (), frozenset[str]()
    if any(stop.by_value for stop in stops):
        mild, doubted = mild_stops(project, BATCH, seed)
    try:
        verdict = judge.judge(project, batch=BATCH, sizes=NAMED, fixes=False)
    except Exception:  # a judge that breaks is a disagreement too
        return Comparison(seed, project, Verdict(), stops, traceback.format_exc())
    return Comparison(seed, project, verdict, stops, "", mild, doubted)


def comparisons(first: int, count: int) -> Iterator[Comparison]:
    """Yield the comparisons of so many seeds."""
    for start, size in portions(first, count):
        judge = Judge()  # what it remembers grows
        yield from (compare(judge, seed) for seed in range(start, start + size))


def portions(first: int, count: int, each: int = PORTION) -> list[tuple[int, int]]:
    """Return the seeds in portions, each of which one judge sees: the first and how many."""
    end = first + count
    return [(start, min(each, end - start)) for start in range(first, end, each)]


def joins(project: Project) -> tuple[int, int]:
    """Return how many nodes join wires: all of them, and those that are part of a model."""
    found = [
        block.graph.nodes[id_]
        for block in (project.main, *project.blocks.values())
        for id_, wires in Counter(t.node for t in block.graph.wires).items()
        if wires > 1
    ]
    ends = ("optim", "lr_scheduler", "metric")
    inner = [n for n in found if n.kind not in ends and not n.spec.endswith("Loss")]
    return len(found), len(inner)


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of one comparison; it can go from process to process."""

    seed: int
    word: str
    refused: bool
    legal: bool
    specs: frozenset[str]
    nodes: int
    joins: tuple[int, int]
    """Nodes that two wires or more end in: all, and those that are no loss, metric or step."""
    text: str = ""
    project: str = ""

    @staticmethod
    def of(found: Comparison) -> Line:
        """Return what is kept of a comparison; all of it where the two disagree."""
        blocks = (found.project.main, *found.project.blocks.values())
        specs = frozenset(n.spec for block in blocks for n in block.graph.nodes.values())
        said = found.word in DISAGREEING
        return Line(
            found.seed,
            found.word,
            found.verdict.has_errors,
            found.stop is None,
            specs,
            sum(len(block.graph.nodes) for block in blocks),
            joins(found.project),
            found.text() if said else "",
            dumps(found.project) if said else "",
        )


def portion(start: int, size: int) -> list[Line]:
    """Return what came of one portion of the seeds."""
    torch.set_num_threads(1)
    return [Line.of(found) for found in comparisons(start, size)]


def lines(first: int, count: int, processes: int, each: int = PORTION) -> Iterator[Line]:
    """Yield what came of so many seeds, in their order, whatever the number of processes."""
    parts = portions(first, count, each)
    if processes == 1:
        for start, size in parts:
            yield from portion(start, size)
        return
    for some in (parts[k : k + AT_ONCE] for k in range(0, len(parts), AT_ONCE)):
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            for done in pool.map(portion, *zip(*some, strict=True)):
                yield from done


@dataclass
class Tally:
    """What many comparisons come to."""

    words: Counter[str] = field(default_factory=Counter)
    legal: Counter[str] = field(default_factory=Counter)
    illegal: Counter[str] = field(default_factory=Counter)
    sizes: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each graph its nodes, its joins, and those of them that are no losses or metrics."""
    digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    def add(self, line: Line) -> None:
        """Count one comparison."""
        self.words[line.word] += 1
        self.words["legal"] += line.legal
        self.sizes.append((line.nodes, *line.joins))
        (self.legal if line.legal else self.illegal).update(line.specs)
        self.digest.update(f"{line.seed} {line.refused} {line.legal}\n".encode())

    def middle(self) -> str:
        """Return how large the graph in the middle is."""
        nodes, all_joins, inner = map(median, zip(*self.sizes, strict=True))
        return f"{nodes:g} nodes, {all_joins:g} joins, {inner:g} of them no loss or metric"

    def specs(self) -> Iterator[str]:
        """Yield how often each spec stood in a legal and in an illegal graph."""
        for spec in sorted(s.name for s in catalogue()):
            yield f"{spec:40} {self.legal[spec]:6} legal {self.illegal[spec]:6} illegal"


def main(arguments: list[str] | None = None) -> int:
    """Compare, print counts, and return 1 where the two disagreed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=None, help="the first; the clock if not said")
    parser.add_argument("--processes", type=int, default=1, help="how many work at the same time")
    parser.add_argument("--out", type=Path, default=Path("disagreements"))
    parser.add_argument("--specs", action="store_true", help="print counts per spec")
    said = parser.parse_args(arguments)
    first = int(time.time()) * 1000 if said.seed is None else said.seed
    tally = Tally()
    for line in lines(first, said.graphs, said.processes):
        tally.add(line)
        if line.text:
            said.out.mkdir(parents=True, exist_ok=True)
            name = f"{line.word.replace(' ', '_')}_{line.seed}.netwright"
            (said.out / name).write_text(line.project, encoding="utf-8")
            print(line.text, flush=True)
        if (line.seed - first) % 1000 == 999:
            print(f"{line.seed - first + 1} graphs", file=sys.stderr, flush=True)
    if said.specs:
        print(*tally.specs(), sep="\n")
    print(f"the graph in the middle has {tally.middle()}")
    last = first + said.graphs - 1
    print(f"seeds {first} to {last}: {dict(tally.words)}; digest {tally.digest.hexdigest()}")
    return int(any(tally.words[w] for w in DISAGREEING))


if __name__ == "__main__":
    sys.exit(main())
