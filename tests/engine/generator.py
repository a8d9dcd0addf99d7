"""Draws random graphs from the whole catalogue; torch itself, never the judge, guides the drawing.

A graph grows node by node (``generator_growth.py``). Most graphs are drawn to be sound; in the
others one step is looked for that torch refuses, and the drawing goes on behind it as if nothing
had happened. A loss, an optimizer, a schedule and a metric are laid on; then parts of it are made
into blocks, repeated, switched and frozen (``generator_structure.py``).
"""

from __future__ import annotations

import contextlib
import warnings
from random import Random

import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.catalogue.examples import MODULES, OPTIMIZERS, SCHEDULERS
from tests.engine.generator_arguments import arguments_for
from tests.engine.generator_ground import BATCH, Draft, Output, Refused, spec_named
from tests.engine.generator_growth import Growth, learns
from tests.engine.generator_structure import structured

SAMPLES = (16, 18, 20, 256)
"""Numbers of samples, four fifths of which make last batches of 1, 2, none and 1."""
LOSSES = [e for e in MODULES.items() if e[0].endswith("Loss")]
MAKERS = sorted(spec.name for spec in catalogue() if spec.kind == "optim")
LENIENT = [name for name in MAKERS if name not in ("optim.Muon", "optim.SparseAdam")]
"""Those that take all weights and gradients."""
FULLY = ("optim.Muon", "optim.Muon", "optim.SGD", "optim.Adam")
"""Some that take the gradients of a matrix."""
SPARSELY = ("optim.SparseAdam", "optim.SparseAdam", "optim.SGD", "optim.Adagrad")
"""Those that take gradients of rows that were looked up."""
SCHEDULES = sorted(spec.name for spec in catalogue() if spec.kind == "lr_scheduler")
METRICS = sorted(spec.name for spec in catalogue() if spec.kind == "metric")
PARTS = ("lr_scheduler.LinearLR", "lr_scheduler.ConstantLR", "lr_scheduler.PolynomialLR")
TURNS = {"int": ((1, 2, 5), (0, -1)), "float": ((0.5, 0.1), (1.5, -1.0))}
ALTERNATE = (0.0, 0.1, 0.5, 1.0, -1.0, 2.0)


class Drawing(Growth):
    """One graph, and what it is trained with."""

    # --- the end -------------------------------------------------------------------------------

    def finish(self, want_refusal: bool) -> None:
        """Lay a loss, an optimizer and now and then a schedule on the graph, and outputs."""
        loss = self._loss(want_refusal and self.random.random() < 0.5)
        if loss is not None:
            made = self._id("o")
            maker = self.random.choice(MAKERS if self.random.random() < 0.4 else LENIENT)
            if self.looks_up and self.random.random() < 0.8:
                maker = self.random.choice(SPARSELY if self.is_sparse else FULLY)
            args = dict(OPTIMIZERS.get(maker.partition(".")[2], {}))
            if want_refusal or self.random.random() < 0.3:
                spec = spec_named(maker)
                names = [a for a in spec.arguments if a.type == "float" and a.style != "pseudo"]
                args[self.random.choice(names).name] = self.random.choice(
                    ALTERNATE if want_refusal else ALTERNATE[1:3]
                )
            if self.random.random() < 0.25:
                switches = [a for a in spec_named(maker).arguments if a.type == "bool"]
                for switch in self.random.choices(switches, k=self.random.randint(1, 2)):
                    args[switch.name] = True
            self.nodes[made] = Node(maker, args=FrozenMap(args))
            self.wires[InPort(made, PortPath("losses[0]"))] = loss.port
            self.used.add(loss.port)
            self._shown(loss)
            if self.random.random() < 0.3:
                self._schedule(made, loss, want_refusal)
            if self.random.random() < 0.25:
                self._metric(loss)
        for output in reversed(self.outputs):
            is_shown = output.port.node in self._needed() or output.port.node == "data"
            if not is_shown and isinstance(output.values[0], torch.Tensor):
                self._output(output.port)

    def _schedule(self, optimizer: NodeId, loss: Output, wild: bool) -> None:
        """Lay a schedule on an optimizer, or one that consists of two others."""
        name = self.random.choice(SCHEDULES)
        args = dict(SCHEDULERS.get(name.partition(".")[2], {}))
        own = [a for a in spec_named(name).arguments if a.type in ("int", "float", "size")]
        own = [a for a in own if a.stage == "constructor" and a.style != "pseudo"]
        if own and self.random.random() < (0.6 if wild else 0.3):
            changed = self.random.choice(own)
            likely, odd = TURNS["float" if changed.type == "float" else "int"]
            args[changed.name] = self.random.choice((*likely, *odd) if wild else likely)
        id_ = self._id("s")
        self.nodes[id_] = Node(name, args=FrozenMap(args))
        source = OutPort(optimizer, "optimizer")
        if name != "lr_scheduler.ChainedScheduler" or self.random.random() < 0.5:
            self.wires[InPort(id_, PortPath("optimizer"))] = source
        if name.endswith(("SequentialLR", "ChainedScheduler")):
            for index in range(self.random.choice([1, 2, 2, 2, 3]) if wild else 2):
                part = self._id("s")
                self.nodes[part] = Node(self.random.choice(PARTS))
                self.wires[InPort(part, PortPath("optimizer"))] = source
                held = InPort(id_, PortPath(f"schedulers[{index}]"))
                self.wires[held] = OutPort(part, "scheduler")
        if name.endswith("Plateau") and self.random.random() < 0.4:
            watched = self._any() if wild and self.random.random() < 0.3 else loss
            self.wires[InPort(id_, PortPath("metrics"))] = watched.port

    def _metric(self, loss: Output) -> None:
        """Measure what a loss is computed from, or something like it."""
        sources = [s for t, s in self.wires.items() if t.node == loss.port.node]
        found = sources[:2] if len(sources) > 1 else [self._any().port, self._any().port]
        id_ = self._id("m")
        name, args = self.random.choice(METRICS), dict[str, Arg]()
        if name == "metric.top_k_accuracy" and self.random.random() < 0.7:
            args["k"] = self.random.choice((1, 2))
        self.nodes[id_] = Node(name, args=FrozenMap(args))
        for path, source in zip(("input", "target"), found, strict=True):
            self.wires[InPort(id_, PortPath(path))] = source

    def _needed(self) -> set[NodeId]:
        """Return what outputs and optimizers depend on; nothing else counts."""
        sources: dict[NodeId, list[NodeId]] = {}
        for target, source in self.wires.items():
            sources.setdefault(target.node, []).append(source.node)
        ends = ("io.output", "optim", "lr_scheduler", "metric")
        left = [n for n, node in self.nodes.items() if node.spec.startswith(ends)]
        found: set[NodeId] = set()
        while left:
            node = left.pop()
            found.add(node)
            left += [s for s in sources.get(node, ()) if s not in found]
        return found

    def _output(self, port: OutPort) -> None:
        id_ = self._id("y")
        self.nodes[id_] = Node("io.output")
        self.wires[InPort(id_, PortPath("input"))] = port

    def _shown(self, loss: Output) -> None:
        """Let what a loss is computed from be an output of the model."""
        sources = [s for t, s in self.wires.items() if t.node == loss.port.node]
        source = sources[0] if sources else loss.port
        shown = {s for t, s in self.wires.items() if self.nodes[t.node].spec == "io.output"}
        if source not in shown and self.nodes.get(source.node, Node("data")).kind != "data":
            self._output(source)

    def _loss(self, any_shape: bool) -> Output | None:
        """Return something to minimise: a single number that weights lead to, made if need be."""
        if not any(map(learns, self.outputs)):
            with contextlib.suppress(Refused):  # what it gives is too large
                self._learn()
        learning = [o for o in self.outputs if learns(o)]
        if any_shape and learning:
            return self.random.choice(learning)
        for _ in range(12):
            self.draft = Draft()
            name, example = self.random.choice(LOSSES)
            try:
                inputs, known = self._inputs(example, is_loose=False, must_learn=True)
                self._squeeze(name, inputs)
                spec = spec_named(name)
                args = arguments_for(self.random, spec, example.args, known, (), (), wild=False)
                args.pop("reduction", None)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    is_taken = self._place(spec, args, inputs)
            except Refused:
                continue
            made = self.draft.outputs[-1]
            is_empty = not any(map(learns, inputs.values())) and self.random.random() < 0.95
            if is_taken and not made.dims and learns(made) and not is_empty:
                self._commit()
                return made
        scalars = [o for o in learning if not o.dims]
        return scalars[-1] if scalars else None

    def _learn(self) -> None:
        """Lay a layer with weights on something."""
        floats = [o for o in self.outputs if o.dtype == torch.float32 and o.dims]
        self.draft = Draft()
        if floats and self._place(
            spec_named("nn.Linear"), {"out_features": 4}, {"input": self.random.choice(floats)}
        ):
            self._commit()

    def project(self) -> Project:
        """Return the graph as a project."""
        nodes = dict(self.nodes)
        if self.ports:
            args: dict[str, Arg] = {
                "ports": FrozenMap(self.ports),
                "samples": self.random.choice(SAMPLES),
            }
            if self.classes:
                args["classes"] = FrozenMap(self.classes)
            nodes[NodeId("data")] = Node("data.random", args=FrozenMap(args))
        return structured(self.random, nodes, self.wires, self.outputs, self.made)


def draw(seed: int) -> Project:
    """Return the project that a seed stands for."""
    return drawn(Random(seed))


def drawn(random: Random) -> Project:
    """Return a project that is made of random choices alone."""
    drawing = Drawing(random)
    if random.random() < 0.05:
        with contextlib.suppress(Refused):  # the data are given, and hold no labels
            drawing.look_up()
    steps = random.randint(3, 9)
    refused_at = random.randint(1, steps) if random.random() < 0.38 else -1
    for step in range(steps):
        drawing.grow(want_refusal=step == refused_at)
    drawing.finish(want_refusal=steps == refused_at)
    return drawing.project()


__all__ = ["BATCH", "draw", "drawn"]
