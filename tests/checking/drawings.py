"""Small drawings with random data, a chain of layers, a loss and an optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.engine.judge import Judge
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.files import apply_change
from graph_editor.document.model import (
    NOTHING,
    Arg,
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

B = Expr("B")
Args = Mapping[str, Arg]
Layer = tuple[str, str, Args]
BATCHES: FrozenMap[str, Arg] = FrozenMap({"batch_size": 16})
RGB: tuple[Arg, ...] = (B, 3, 32, 32)
FLAT: Layer = ("flat", "nn.Flatten", {})
HEAD: Layer = ("head", "nn.Linear", {"out_features": 10})
"""The last layers of most drawings: ten numbers a row."""


def _dtypes(**given: str) -> FrozenMap[str, Arg]:
    return FrozenMap({port: Name(dtype) for port, dtype in given.items() if dtype != "float32"})


def _classes(count: int | None) -> FrozenMap[str, Arg]:
    return FrozenMap({} if count is None else {"y": count})


def drawing(
    *layers: Layer,
    x: tuple[Arg, ...] = RGB,
    y: tuple[Arg, ...] = (B,),
    loss: str = "nn.CrossEntropyLoss",
    classes: int | None = 10,
    x_dtype: str = "float32",
    y_dtype: str = "float32",
    wires: Mapping[str, str] = NOTHING,
    run: Args = BATCHES,
) -> Project:
    """Return a project: data, the layers one after another, a loss and an optimizer.

    ``wires`` go from ``node.port`` (fed) to ``node.port`` (feeding); a node that occurs there as
    fed gets no wire from the layer before.
    """
    data: dict[str, Arg] = {
        "ports": FrozenMap({"x": x, "y": y}),
        "dtypes": _dtypes(x=x_dtype, y=y_dtype),
        "classes": _classes(classes),
    }
    nodes = {"data": Node("data.random", args=FrozenMap(data))}
    entry: dict[str, Arg] = {"shape": x, "dtype": Name(x_dtype)}
    nodes["x"] = Node("io.input", args=FrozenMap(entry))
    joined = {"x.input": "data.x"}
    fed = {target.partition(".")[0] for target in wires}
    before = "x"
    for name, spec, args in layers:
        nodes[name] = Node(spec, args=FrozenMap(args))
        if name not in fed:
            joined[f"{name}.input"] = f"{before}.output"
        before = name
    nodes |= {"out": Node("io.output"), "loss": Node(loss), "adam": Node("optim.AdamW")}
    joined |= {"out.input": f"{before}.output", "loss.input": "out.output"}
    joined |= {"loss.target": "data.y", "adam.losses[0]": "loss.output", **wires}
    return project(nodes, joined, run)


def project(nodes: Mapping[str, Node], wires: Mapping[str, str], run: Args) -> Project:
    """Return a project of one graph; wires are written ``fed.port`` -> ``feeding.port``."""
    graph = Graph(
        FrozenMap({NodeId(name): node for name, node in nodes.items()}),
        FrozenMap({_in(target): _out(source) for target, source in wires.items()}),
    )
    ends = {"inputs": "io.input", "outputs": "io.output"}
    order = {k: tuple(n for n in graph.nodes if graph.nodes[n].spec == s) for k, s in ends.items()}
    return Project(
        Block(graph, "Main", inputs=order["inputs"], outputs=order["outputs"]), run=FrozenMap(run)
    )


def _in(text: str) -> InPort:
    node, _, port = text.partition(".")
    return InPort(NodeId(node), PortPath(port))


def _out(text: str) -> OutPort:
    node, _, port = text.partition(".")
    return OutPort(NodeId(node), port)


def with_node(project: Project, name: str, **changes: object) -> Project:
    """Return the project with fields of a node of the main graph changed."""
    graph = project.main.graph
    node = replace(graph.nodes[NodeId(name)], **changes)  # type: ignore[arg-type]  # fields by name
    main = replace(project.main, graph=replace(graph, nodes=graph.nodes.set(NodeId(name), node)))
    return project.with_block("main", main)


JUDGE = Judge()
"""One judge for all tests: it remembers what it executed."""


def judged(project: Project) -> Verdict:
    return JUDGE.judge(project)


def codes(verdict: Verdict) -> list[str]:
    return [d.code for d in verdict.diagnostics]


def one(verdict: Verdict, code: str) -> Diagnostic:
    """Return the only diagnostic of a code; fail with all that there are."""
    found = [d for d in verdict.diagnostics if d.code == code]
    said = [f"{d.code} at {d.node}: {d.message} [{d.detail}]" for d in verdict.diagnostics]
    assert len(found) == 1, f"{code} {len(found)} times; there is:\n" + "\n".join(said)
    return found[0]


def cured(project: Project, diagnostic: Diagnostic, title: str) -> Verdict:
    """Return the verdict after the fix with that title."""
    titles = {fix.title: fix for fix in diagnostic.fixes}
    assert title in titles, f"{title!r} is none of {list(titles)}"
    return judged(apply_change(project, dict(titles[title].patch)))


def errors(verdict: Verdict) -> Iterable[str]:
    return [
        f"{d.code} at {d.node}: {d.message}" for d in verdict.diagnostics if d.severity == "error"
    ]
