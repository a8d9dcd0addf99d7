"""Small drawings and the run of generated files, for the tests of the training code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from codegen.written import Written
from graph_editor.document.model import (
    Arg,
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"
B = Expr("B")
Drawn = tuple[str, Mapping[str, Arg], Mapping[str, str]]
"""A node's spec, its arguments, and its wires: port -> ``node`` or ``node.port``."""


def graph(nodes: Mapping[str, Drawn]) -> Graph:
    """Return a graph from a compact table; its output nodes are named by their keys."""
    wires = {}
    for key, (_, _, inputs) in nodes.items():
        for port, source in inputs.items():
            node, _, out = source.partition(".")
            wires[InPort(NodeId(key), PortPath(port))] = OutPort(NodeId(node), out or "output")
    made = {
        NodeId(key): Node(spec, name=key if spec == "io.output" else "", args=FrozenMap(args))
        for key, (spec, args, _) in nodes.items()
    }
    return Graph(FrozenMap(made), FrozenMap(wires))


SIMPLE: Mapping[str, Drawn] = {
    "wine": ("data.wine", {}, {}),
    "x": ("io.input", {"shape": (B, 13)}, {"input": "wine.x"}),
    "head": ("nn.Linear", {"in_features": 13, "out_features": 3}, {"input": "x"}),
    "logits": ("io.output", {}, {"input": "head"}),
    "loss": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "wine.label"}),
    "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
}
"""A linear classifier of wines with nothing switched on."""


def project(nodes: Mapping[str, Drawn], **run: Arg) -> Project:
    """Return a project whose main graph is drawn so."""
    main = Block(
        graph(nodes),
        "Small",
        inputs=tuple(NodeId(k) for k, drawn in nodes.items() if drawn[0] == "io.input"),
        outputs=tuple(NodeId(k) for k, drawn in nodes.items() if drawn[0] == "io.output"),
    )
    return Project(main, run=FrozenMap(run))


def simple(**changes: Drawn) -> Project:
    """Return the simple drawing with some nodes added or replaced."""
    return project({**SIMPLE, **changes})


def executed(text: str, name: str = "generated") -> ModuleType:
    """Return the module that a generated file makes, without writing it to disk."""
    module = ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102  # our own text
    return module


@contextmanager
def imported(written: Written) -> Iterator[ModuleType]:
    """Make the files of an export importable and hand over its train module."""
    before = {name: sys.modules.get(name) for name in ("data", "model", "train")}
    try:
        for name in before:
            text = written.files[f"{name}.py"].text
            module = ModuleType(name)
            module.__file__ = str(EXAMPLES / f"{name}.py")  # beside the weights of templates
            sys.modules[name] = module
            exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102  # our own text
        yield sys.modules["train"]
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


class Recorder:
    """A report that keeps every number, and may ask for a stop after some steps."""

    def __init__(self, stop_after: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self.start: dict[str, Any] = {}
        self.stop_after = stop_after

    def __call__(self, event: dict[str, Any]) -> bool:
        """Keep an event."""
        if event["event"] == "start":
            self.start = event
            return False
        numbers = {k: v.item() if hasattr(v, "item") else v for k, v in event.items()}
        self.events.append(numbers)
        return event["event"] == "step" and event["step"] == self.stop_after
