"""Processor time of verdicts in a warm engine: a residual network, and a transformer.

Run as ``python -m benchmarks.verdict``. A warm engine has judged the digits example, and neither of
these graphs. Prints one JSON line for each figure; ``anchor`` is what ``torchinfo.summary`` takes
for the same residual network, or the same work in a smaller graph.
"""

from __future__ import annotations

import gc
import json
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torchinfo import summary

from app.engine.evaluate import Evaluator
from app.engine.judge import Judge
from app.engine.judge_state import State
from benchmarks import recheck
from benchmarks.recheck import Drawing, edited, seconds
from graph_editor.document.files import load
from graph_editor.document.model import (
    Expr,
    FrozenMap,
    InPort,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

EXAMPLE = Path(__file__).parents[1] / "assets/examples/digits_cnn.netwright"
ROUNDS = 7
LAYERS, WIDTH, HEADS, STEPS = 19, 64, 4, 32
IMAGES, SENTENCES = (Expr("B"), 3, 32, 32), (Expr("B"), STEPS, WIDTH)


def transformer() -> Project:
    """Return a transformer of 200 nodes, layer after layer: attention and two Linear layers."""
    drawing = Drawing()
    drawing.add("x", "io.input", {}, shape=(Expr("B"), STEPS, WIDTH))
    last = drawing.add("embed", "nn.Linear", {"input": "x"}, out_features=WIDTH)
    for layer in range(LAYERS):
        last = _attention(drawing, layer, last)
        norm = drawing.add(f"norm{layer}", "nn.LayerNorm", {"input": last}, normalized_shape=WIDTH)
        wide = drawing.add(f"wide{layer}", "nn.Linear", {"input": norm}, out_features=4 * WIDTH)
        gelu = drawing.add(f"gelu{layer}", "nn.GELU", {"input": wide})
        back = drawing.add(f"back{layer}", "nn.Linear", {"input": gelu}, out_features=WIDTH)
        last = drawing.add(f"sum{layer}", "op.add", {"input": last, "other": back})
    while len(drawing.nodes) < 198:
        last = drawing.add(f"z{len(drawing.nodes)}", "nn.Identity", {"input": last})
    last = drawing.add("head", "nn.Linear", {"input": last}, out_features=100)
    drawing.add("y", "io.output", {"input": last})
    return drawing.project()


def _attention(drawing: Drawing, layer: int, last: str) -> str:
    """Add a norm, attention with its own projections, and the sum with what came in."""
    norm = drawing.add(f"first{layer}", "nn.LayerNorm", {"input": last}, normalized_shape=WIDTH)
    joined = {"query": norm, "key": norm, "value": norm}
    options = {"num_heads": HEADS, "batch_first": True, "need_weights": False}
    name = f"attention{layer}"
    made = drawing.add(name, "nn.MultiheadAttention", joined, embed_dim=WIDTH, **options)
    drop = drawing.add(f"drop{layer}", "nn.Dropout", {"input": f"{made}.attn_output"})
    same = drawing.add(f"same{layer}", "nn.Identity", {"input": drop})
    return drawing.add(f"join{layer}", "op.add", {"input": last, "other": same})


def trained(project: Project, entry: tuple[object, ...], target: tuple[object, ...]) -> Project:
    """Return a project with data, a loss and an optimizer around what it had."""
    drawing = Drawing()
    drawing.nodes, drawing.wires = (
        project.main.graph.nodes.thawed(),
        project.main.graph.wires.thawed(),
    )
    if "flat" in drawing.nodes:
        drawing.add("wide", "nn.Linear", {"input": "flat"}, out_features=WIDTH)
        drawing.add("bend", "nn.ReLU", {"input": "wide"})
        drawing.add("head", "nn.Linear", {"input": "bend"}, out_features=10)
    drawing.add("data", "data.random", {}, ports=FrozenMap({"x": entry, "y": target}))
    drawing.wires[InPort(NodeId("x"), PortPath("input"))] = OutPort(NodeId("data"), "x")
    drawing.add("loss", "nn.MSELoss", {"input": "y", "target": "data.y"})
    drawing.add("optimizer", "optim.AdamW", {"losses[0]": "loss"})
    return drawing.project()


class Clock:
    """Adds up the time until every wire has its shape."""

    def __init__(self) -> None:
        self.spent = 0.0
        update = State.update

        def timed(state: State, project: Project, evaluator: Evaluator) -> None:
            self.spent += seconds(partial(update, state, project, evaluator))

        State.update = timed  # type: ignore[assignment, method-assign]  # as long as this runs

    def measured(self, work: Callable[[], object]) -> tuple[float, float]:
        """Return the time until the shapes are there, and the time of the whole."""
        gc.collect()
        gc.freeze()  # as the engine does
        self.spent = 0.0
        whole = seconds(work)
        return self.spent, whole


def tell(name: str, ours: float, anchor: float, goal: float) -> None:
    """Print a figure."""
    found = {"name": name, "ours": ours, "anchor": anchor, "ratio": ours / anchor, "goal": goal}
    print(json.dumps(found))


def warm() -> Judge:
    """Return a judge that has judged the example."""
    judge = Judge()
    judge.judge(load(EXAMPLE).project)
    return judge


def cold(clock: Clock, project: Project) -> tuple[Judge, float, float]:
    """Return a judge that knows a project, and the medians of what it took in one that did not."""
    found = []
    for _ in range(ROUNDS):
        judge = warm()
        found.append(clock.measured(partial(judge.judge, project)))
    return judge, *(statistics.median(kind) for kind in zip(*found, strict=True))


def one_by_one(
    clock: Clock, judge: Judge, project: Project, edit: Callable[[Project, int], Project]
) -> tuple[float, float, int]:
    """Return the medians for edits one after another, and the most operations executed."""
    found, most = [], 0
    for turn in range(2 * ROUNDS):
        project = edit(project, turn)
        verdicts = []

        def again(project: Project = project) -> None:
            verdicts.append(judge.judge(project))  # noqa: B023  # called at once

        found.append(clock.measured(again))
        most = max(most, verdicts[0].evaluated)
    shapes, whole = (statistics.median(kind) for kind in zip(*found, strict=True))
    return shapes, whole, most


def in_turns(clock: Clock, *projects: Project) -> list[float]:
    """Return the medians for the same edits in several projects, measured in turns."""
    judges, found = [Judge() for _ in projects], [list[float]() for _ in projects]
    for judge, project in zip(judges, projects, strict=True):
        judge.judge(project)
    for turn in range(6 * ROUNDS):
        projects = tuple(middle(project, turn) for project in projects)
        for place, judge in enumerate(judges):
            work = partial(judge.judge, projects[place])
            found[place].append(clock.measured(work)[1])
    return [statistics.median(times) for times in found]


def middle(project: Project, turn: int) -> Project:
    """Change what changes no shape, in the middle."""
    return edited(project, "b50", "eps", 1e-5 * (turn + 2))


def end(project: Project, turn: int) -> Project:
    """Change a width near the output."""
    return edited(project, "wide", "out_features", 11 + turn)


def start(project: Project, turn: int) -> Project:
    """Change the size of the images, and so every shape."""
    entry, target = (Expr("B"), 3, 40 + 2 * turn, 40 + 2 * turn), (Expr("B"), 10)
    ports = FrozenMap({"x": entry, "y": target})
    return edited(edited(project, "data", "ports", ports), "x", "shape", entry)


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    clock = Clock()
    recheck.NODES = 994  # and five around it
    project, module = recheck.drawn()
    project = trained(project, IMAGES, (Expr("B"), 10))
    run = partial(summary, module, (recheck.BATCH, 3, 32, 32), verbose=0, device="cpu")
    anchor = statistics.median(seconds(run) for _ in range(3))
    judge, shapes, whole = cold(clock, project)
    nodes = len(project.main.graph.nodes)
    tell(f"shapes of {nodes} nodes, cold, s", shapes, anchor, 0.060)
    tell(f"verdict on {nodes} nodes, cold, s", whole, anchor, 0.150)
    _, small, most = one_by_one(clock, judge, project, middle)
    tell(f"verdict on {nodes} nodes after an edit, warm, s", small, anchor, 0.008)
    tell("operations executed for it: one node in four tries", most, 4, 1)
    _, near, most = one_by_one(clock, judge, project, end)
    tell("edit near the output, s", near, anchor, 0.002)
    tell("operations executed for it: three nodes in three tries", most, 9, 1)
    sizes, _, _ = one_by_one(clock, judge, project, start)
    tell("shapes after another size of the input, s", sizes, anchor, 0.040)
    recheck.NODES = 9_983
    large = trained(recheck.drawn()[0], IMAGES, (Expr("B"), 10))
    few, many = in_turns(clock, project, large)
    tell("the same edit in ten times as many nodes, against this", many, few, 1.1)
    _, shapes, whole = cold(clock, trained(transformer(), SENTENCES, (Expr("B"), STEPS, 100)))
    tell("shapes of a transformer of 200 nodes, cold, s", shapes, anchor, 0.150)
    tell("verdict on a transformer of 200 nodes, cold, s", whole, anchor, 0.400)


if __name__ == "__main__":
    main()
