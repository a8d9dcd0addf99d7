"""Holds generated modules against the drawings run directly: ``python -m tests.codegen.proof``.

``--graphs N --seed S`` draws, judges and writes the graphs of N seeds from S on. Their modules are
imported, 200 at a time, by a process that has only the folder of the files and the packages on its
path (``proof_runner.py``); the same drawings are run here by the interpreter. Weights at the start,
results, and gradients have to be the same bits, at two batch sizes, in training and evaluation;
gradients may differ by 1e-6 of their size where a value of the drawing is used more than once.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import torch

from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from codegen.model import ModelText, write_model
from codegen.written import CannotWrite
from graph_editor.catalogue.order import canonical_order
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import (
    FrozenMap,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.codegen.proof_runner import attempt, copied
from tests.engine.eager import names_of
from tests.engine.eager_nodes import port_types, sourced, spec_of
from tests.engine.generator import BATCH, Drawing

AT_ONCE = 200
"""How many modules one process imports."""
RUNNER = Path(__file__).with_name("proof_runner.py")
SIZES = {"T": 5, "S": 7, "N": 3}
"""Sizes beside the batch that a drawing may name."""
MOST = 4_000_000
"""How many numbers a tensor may have, without its batch."""
VERSIONS = re.compile(r"is at version \d+; expected version \d+ instead")
CLOSE = 1e-6
"""How far gradients may lie apart, of their size, where a value is used more than once."""


def sound(seed: int) -> Project:
    """Return a random project drawn to be sound, with an input before whatever data feed."""
    random = Random(seed)
    drawing = Drawing(random)
    for _ in range(random.randint(3, 9)):
        drawing.grow(want_refusal=False)
    drawing.finish(want_refusal=False)
    return bordered(drawing.project())


def bordered(project: Project) -> Project:
    """Return a project in which what its outputs depend on takes data through input nodes."""
    main = project.main
    nodes, wires = dict(main.graph.nodes), dict(main.graph.wires)
    ends = [n for n, node in nodes.items() if node.spec == "io.output"]
    inside = set(canonical_order(main.graph, ends, specs_of(project)))
    made: list[NodeId] = []
    for target, source in list(wires.items()):
        node = nodes.get(source.node)
        if node is None or node.kind != "data" or target.node not in inside:
            continue
        input_ = NodeId(f"in_{source.node}_{source.port}")
        if input_ not in made:
            made.append(input_)
            kind = port_types(spec_of(node), node)[source.port]
            args = FrozenMap({"shape": kind.shape, "dtype": Name(kind.dtype)})
            nodes[input_] = Node("io.input", args=args)
            wires[InPort(input_, PortPath("input"))] = source
        wires[target] = OutPort(input_, "output")
    graph = replace(main.graph, nodes=FrozenMap(nodes), wires=FrozenMap(wires))
    return replace(project, main=replace(main, graph=graph, inputs=(*main.inputs, *made)))


@dataclass(frozen=True, slots=True)
class Case:
    """One drawing that was written, with what its inputs are given."""

    module: str
    project: Project
    verdict: Verdict
    text: ModelText
    batches: tuple[tuple[Any, ...], ...]


@dataclass
class Findings:
    """What became of the graphs of a search."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, module: str, found: str) -> None:
        """Count a case, and keep its fault."""
        self.counts["fault" if found else "same"] += 1
        if found:
            self.faults.append(f"{module}: {found}")
            print(self.faults[-1], file=sys.stderr, flush=True)


def prepared(seed: int, judge: Judge, findings: Findings) -> Case | None:
    """Return the case of a seed; None for a drawing with errors, or one that has no code."""
    return case_of(sound(seed), seed, judge, findings)


def case_of(project: Project, seed: int, judge: Judge, findings: Findings) -> Case | None:
    """Return the case of a drawing; None for one with errors, or one that has no code."""
    verdict = judge.judge(project, fixes=False)
    if verdict.has_errors:
        findings.counts["illegal"] += 1
        return None
    if any(map(is_large, verdict.types.values())):
        findings.counts["too large to run"] += 1
        return None
    try:
        text = write_model(project, specs_of(project), verdict)
    except CannotWrite as refusal:
        findings.counts["refused"] += 1
        findings.counts[f"refused: {refusal.feature}"] += 1
        return None
    if not text.class_name:
        findings.counts["no model"] += 1
        return None
    batches = tuple(given(project, text, batch, seed) for batch in (BATCH, BATCH + 1))
    return Case(f"graph_{seed}", project, verdict, text, batches)


def is_large(known: TensorType) -> bool:
    """Whether a tensor would take more memory than a test should have."""
    return math.prod(size for size in known.shape if isinstance(size, int)) > MOST


def given(project: Project, text: ModelText, batch: int, seed: int) -> tuple[Any, ...]:
    """Return values for the inputs of the model, from the ranges that the data declare."""
    torch.manual_seed(seed)
    graph = project.main.graph
    names: dict[str, Any] = {n: SIZES.get(n, 4) for n in names_of(project.main)}
    names |= {"B": batch, **{p.name: p.default for p in project.main.parameters}}
    data = {n: sourced(node, names) for n, node in graph.nodes.items() if node.kind == "data"}
    values = []
    for _, node in text.inputs:
        source = graph.wires.get(InPort(node, PortPath("input")))
        found = sourced(graph.nodes[node], names)["output"] if source is None else None
        values.append(data[source.node][source.port] if source is not None else found)
    return tuple(values)


def run_apart(cases: Iterable[Case], folder: Path) -> dict[str, Any]:
    """Write the modules of cases into a folder, and return what a process there makes of them."""
    listed = []
    for case in cases:
        (folder / f"{case.module}.py").write_text(case.text.source.text, encoding="utf-8")
        listed.append({"module": case.module, "class": case.text.class_name})
    (folder / "cases.json").write_text(json.dumps(listed), encoding="utf-8")
    torch.save({c.module: [list(b) for b in c.batches] for c in cases}, folder / "inputs.pt")
    packages = sysconfig.get_path("purelib")
    command = [sys.executable, "-I", "-S", str(RUNNER), str(folder), packages]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ended with {done.returncode}: {done.stderr[-4000:]}")
    results: dict[str, Any] = torch.load(folder / "results.pt", weights_only=True)
    return results


def compared(case: Case, theirs: Mapping[str, Any], counts: Counter[str] | None = None) -> str:
    """Return the first difference between a drawing run here and its module run apart, or "".

    ``counts`` learns of gradients that are close, and not the same bits.
    """
    closeness = Closeness(is_shared(case.project))
    direct = Interpreter(case.project, case.verdict, 0)
    places = {
        key: f"{at}.{name}" if name else at for key, (at, name) in case.text.state_map.items()
    }
    found = _states(places, theirs["start"], copied(torch, direct.module.state_dict()), "start")
    runs = iter(theirs["runs"])
    for place, values in enumerate(case.batches):
        for training in (True, False):
            direct.module.train(training)
            torch.manual_seed(1)
            arriving = {n: _kept(v) for (_, n), v in zip(case.text.inputs, values, strict=True)}
            mine = attempt(torch, direct.module, lambda a=arriving: _forward(case, direct, a))
            other = next(runs)
            where = f"batch {place}, {training=}"
            found = found or _said(mine["said"], other["said"], where)
            found = found or _results(mine["results"], other["results"], where)
            if not mine["said"]:
                pair = other["gradients"], mine["gradients"]
                found = found or _gradients(places, *pair, where, closeness)
    if counts is not None and closeness.is_used:
        counts["same, but for last digits of gradients"] += 1
    return found or _states(places, theirs["end"], copied(torch, direct.module.state_dict()), "end")


def _forward(case: Case, direct: Interpreter, inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    results = direct.forward(inputs)
    return tuple(results[n] for _, n in case.text.outputs)


def _said(mine: str, theirs: str, where: str) -> str:
    """Compare what torch said, but for how often a tensor was written to while it was made."""
    if VERSIONS.sub("", mine) == VERSIONS.sub("", theirs):
        return ""
    return f"{where}: {theirs or 'nothing'} is said for {mine or 'nothing'}"


def _kept(value: Any) -> Any:
    return value.clone() if torch.is_tensor(value) else value


def _states(
    places: Mapping[str, str], theirs: Mapping[str, Any], mine: Mapping[str, Any], when: str
) -> str:
    if set(places) != set(theirs) or set(places.values()) != set(mine):
        return f"{when}: the state map has other keys"
    for key, place in places.items():
        if not equal(theirs[key], mine[place]):
            return f"{when}: {key} is not {place}"
    return ""


def _results(mine: tuple[Any, ...], theirs: list[Any], where: str) -> str:
    if len(mine) != len(theirs):
        return f"{where}: {len(theirs)} results for {len(mine)}"
    for index, (own, other) in enumerate(zip(mine, theirs, strict=True)):
        if not equal(own, other):
            return f"{where}: result {index} differs"
    return ""


def _gradients(
    places: Mapping[str, str],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    where: str,
    closeness: Closeness,
) -> str:
    for key, place in places.items():
        if key not in theirs:
            continue
        if theirs[key][0] != mine[place][0]:
            return f"{where}: {key} learns in one of them alone"
        own, other = mine[place][1], theirs[key][1]
        if (own is None) != (other is None):
            return f"{where}: {key} has a gradient in one of them alone"
        if own is not None and not equal(own, other) and not closeness.allows(own, other):
            return f"{where}: the gradient of {key} differs"
    return ""


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same bits, but for those of what is not a number."""
    if not (torch.is_tensor(one) and torch.is_tensor(other)):
        return type(one) is type(other) and bool(one == other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.is_complex():
        one, other = (
            torch.view_as_real(one.resolve_conj()),
            torch.view_as_real(other.resolve_conj()),
        )
    alike = (one == other) & (torch.signbit(one) == torch.signbit(other))
    return bool((alike | ((one != one) & (other != other))).all())


def is_shared(project: Project) -> bool:
    """Whether a value is used more than once: by two wires, calls, copies or ties."""
    for block in (project.main, *project.blocks.values()):
        graph = block.graph
        uses = Counter(graph.wires.values())
        if graph.ties or max(uses.values(), default=0) > 1:
            return True
        for node in graph.nodes.values():
            if node.repeat is not None and node.repeat.shared:
                return True
            if node.weights is not None and node.weights.same_as is not None:
                return True
    return False


@dataclass
class Closeness:
    """Whether gradients may differ in their last digits, and whether some did."""

    is_allowed: bool
    is_used: bool = False

    def allows(self, one: torch.Tensor, other: torch.Tensor) -> bool:
        """Whether two gradients that are not the same bits may pass."""
        largest = CLOSE * float(one.abs().max())
        is_close = torch.allclose(one, other, rtol=CLOSE, atol=largest, equal_nan=True)
        self.is_used |= self.is_allowed and is_close
        return self.is_allowed and is_close


def search(seeds: Iterable[int]) -> Findings:
    """Compare the drawings of seeds, and return what was found."""
    findings, judge = Findings(), Judge()
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd arguments are what it is about
        _search(seeds, judge, findings)
    return findings


def _search(seeds: Iterable[int], judge: Judge, findings: Findings) -> None:
    for portion in _portions(seeds, AT_ONCE):
        cases = [c for seed in portion if (c := prepared(seed, judge, findings)) is not None]
        apart = ran(cases, findings)
        for case in cases:
            if case.module in apart:
                found = compared(case, apart[case.module], findings.counts)
                findings.add(case.module, found)
        print(f"up to {portion[-1]}: {dict(findings.counts)}", file=sys.stderr, flush=True)


def ran(cases: list[Case], findings: Findings) -> dict[str, Any]:
    """Return what processes of their own make of cases; one that brings them down is named."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run_apart(cases, Path(folder))
    except RuntimeError as error:
        if len(cases) == 1:
            findings.add(cases[0].module, str(error))
            return {}
        middle = len(cases) // 2
        return ran(cases[:middle], findings) | ran(cases[middle:], findings)


def _portions(seeds: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = list(seeds)
    while rest:
        yield rest[:size]
        del rest[:size]


def main() -> int:
    """Search as the command line says, print what was found, and return 1 if that is a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--graphs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    findings = search(range(asked.seed, asked.seed + asked.graphs))
    for word, count in findings.counts.most_common():
        print(f"{count:6} {word}")
    print(*findings.faults, sep="\n")
    return int(bool(findings.faults))


if __name__ == "__main__":
    sys.exit(main())
