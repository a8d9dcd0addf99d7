"""Memory that the judge takes for a network of 70 billion parameters.

A decoder of the size and form of the well-known one: 80 layers, 8,192 wide, 64 heads of which 8
are for keys and values, 128,256 tokens. Once it is drawn flat, with every node on the main graph,
once as a block that is repeated 80 times, once with a fault; each with a loss and an optimizer, and
judged by an engine that has judged something small before. Prints one JSON line per figure:
``ours`` is the most that the engine's process held meanwhile above what it held before, in MB, and
``anchor`` what the weights themselves would take, in MB.

Run as ``python -m benchmarks.large_graph``. Linux alone says how much a process held at most.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from app.engine.client import Engine
from benchmarks.recheck import Drawing, edited
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Block,
    Expr,
    FrozenMap,
    Graph,
    Name,
    Node,
    NodeId,
    Project,
    Repeat,
)

LAYERS, WIDTH, HEADS, KEYS, INNER, TOKENS = 80, 8192, 64, 8, 28672, 128_256
LENGTH, BATCH = 4096, 1
HEAD = WIDTH // HEADS
WEIGHTS = 70_553_706_496
"""Of the model that this one is drawn after, as its makers' files have it."""
GOAL = 200


def layer(drawing: Drawing, mark: str, given: str) -> str:
    """Add one layer: attention, then a gated network, each beside a shortcut."""
    add = drawing.add
    normed = add(f"norm1{mark}", "nn.RMSNorm", {"x": given}, normalized_shape=(WIDTH,))
    heads = {}
    for name, count in (("query", HEADS), ("key", KEYS), ("value", KEYS)):
        flat = linear(drawing, f"{name}{mark}", normed, WIDTH, count * HEAD)
        split = {"dim": 2, "unflattened_size": (count, HEAD)}
        apart = add(f"{name}_split{mark}", "nn.Unflatten", {"input": flat}, **split)
        turned = {"dim0": 1, "dim1": 2}
        heads[name] = add(f"{name}_heads{mark}", "Tensor.transpose", {"input": apart}, **turned)
    attend = {"is_causal": True, "enable_gqa": True}
    mixed = add(f"attend{mark}", "F.scaled_dot_product_attention", heads, **attend)
    back = add(f"back{mark}", "Tensor.transpose", {"input": mixed}, dim0=1, dim1=2)
    flat = add(f"join{mark}", "nn.Flatten", {"input": back}, start_dim=2)
    shown = linear(drawing, f"out{mark}", flat, WIDTH, WIDTH)
    middle = add(f"add1{mark}", "op.add", {"input": given, "other": shown})
    normed = add(f"norm2{mark}", "nn.RMSNorm", {"x": middle}, normalized_shape=(WIDTH,))
    gate = linear(drawing, f"gate{mark}", normed, WIDTH, INNER)
    gate = add(f"silu{mark}", "nn.SiLU", {"input": gate})
    up = linear(drawing, f"up{mark}", normed, WIDTH, INNER)
    both = add(f"mul{mark}", "op.mul", {"input": gate, "other": up})
    down = linear(drawing, f"down{mark}", both, INNER, WIDTH)
    return add(f"add2{mark}", "op.add", {"input": middle, "other": down})


def linear(drawing: Drawing, name: str, given: str, before: int, after: int) -> str:
    """Add a layer without bias."""
    sizes = {"in_features": before, "out_features": after, "bias": False}
    return drawing.add(name, "nn.Linear", {"input": given}, **sizes)


def begun() -> tuple[Drawing, str]:
    """Return a drawing of tokens that are looked up in a table."""
    drawing = Drawing()
    drawing.add("x", "io.input", {}, shape=(Expr("B"), LENGTH), dtype=Name("int64"))
    sizes = {"num_embeddings": TOKENS, "embedding_dim": WIDTH}
    return drawing, drawing.add("table", "nn.Embedding", {"input": "x"}, **sizes)


def ended(drawing: Drawing, last: str) -> None:
    """Add the end of the model: scores for every token, and what is learned from them."""
    last = drawing.add("norm", "nn.RMSNorm", {"x": last}, normalized_shape=(WIDTH,))
    last = linear(drawing, "head", last, WIDTH, TOKENS)
    drawing.add("y", "io.output", {"input": last})
    scores = drawing.add("scores", "Tensor.flatten", {"input": "y"}, start_dim=0, end_dim=1)
    drawing.add("target", "io.input", {}, shape=(Expr("B"), LENGTH), dtype=Name("int64"))
    target = drawing.add("wanted", "Tensor.flatten", {"input": "target"})
    drawing.add("loss", "nn.CrossEntropyLoss", {"input": scores, "target": target})
    drawing.add("adam", "optim.AdamW", {"losses[0]": "loss"})


def flat() -> Project:
    """Return the network with every node on the main graph."""
    drawing, last = begun()
    for index in range(LAYERS):
        last = layer(drawing, f"_{index}", last)
    ended(drawing, last)
    return finished(drawing)


def repeated() -> Project:
    """Return the network with its layer as a block that is repeated."""
    inside = Drawing()
    inside.add("x", "io.input", {}, shape=(Expr("B"), LENGTH, WIDTH))
    inside.add("output", "io.output", {"input": layer(inside, "", "x")})
    drawing, last = begun()
    drawing.add("layers", "block.layer", {"x": last})
    again = Node("block.layer", repeat=Repeat(LAYERS))
    drawing.nodes[NodeId("layers")] = again
    ended(drawing, "layers")
    graph = Graph(FrozenMap(inside.nodes), FrozenMap(inside.wires))
    block = Block(graph, "Layer", (), (NodeId("x"),), (NodeId("output"),))
    return finished(drawing).with_block("layer", block)


def wrong(project: Project) -> Project:
    """Return the flat network with a fault in its middle, whose cures are then tried."""
    return edited(project, "query_40", "in_features", WIDTH + 1)


def finished(drawing: Drawing) -> Project:
    """Return the project drawn."""
    graph = Graph(FrozenMap(drawing.nodes), FrozenMap(drawing.wires))
    main = Block(graph, "Main", (), (NodeId("x"), NodeId("target")), (NodeId("y"),))
    return Project(main, run=FrozenMap({"batch_size": BATCH}))


def held(pid: int | None, field: str) -> float:
    """Return the MB that a process holds (VmRSS) or held at most (VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def judged(project: Project) -> tuple[Verdict, float, float]:
    """Return the verdict of a warm engine, what it took of memory in MB, and of time in s."""
    small = Drawing()
    small.add("x", "io.input", {}, shape=(Expr("B"), 8))
    small.add("y", "io.output", {"input": linear(small, "layer", "x", 8, 8)})
    with Engine("judge") as engine:
        engine.judge(small.project())
        before = held(engine.pid, "VmRSS")
        start = time.perf_counter()
        verdict = engine.judge(project)
        took = time.perf_counter() - start
        return verdict, held(engine.pid, "VmHWM") - before, took


def main() -> None:
    """Measure and print."""
    drawings = {"flat": flat(), "repeated": repeated(), "flat with a fault": wrong(flat())}
    for name, project in drawings.items():
        verdict, memory, took = judged(project)
        errors = [d for d in verdict.diagnostics if d.severity == "error"]
        weights = sum(verdict.parameters.values())
        assert [bool(d.fixes) for d in errors] == [True] * ("fault" in name), errors
        assert errors or weights == WEIGHTS, weights
        nodes = len(project.main.graph.nodes)
        print(json.dumps({
            "name": f"judging {WEIGHTS / 1e9:.1f} billion weights, {name}, {nodes} nodes",
            "ours": round(memory, 1), "anchor": round(WEIGHTS * 4 / 1e6),
            "ratio": memory / (WEIGHTS * 4 / 1e6), "goal": GOAL, "seconds": round(took, 2),
        }))  # fmt: skip


if __name__ == "__main__":
    main()
