"""Draws random graphs from the whole catalogue; torch itself, never the judge, guides the drawing.

A graph grows node by node. Each node is tried on real tensors at two batch sizes, so that what is
on every wire is known. Most graphs are drawn to be sound; in the others one step is looked for
that torch refuses, and the drawing goes on behind it as if nothing had happened.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import (
    Arg,
    Block,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.catalogue.examples import MODULES, OPTIMIZERS, VARIANTS, Example, Mask, Signs, Whole
from tests.catalogue.operation_examples import OPERATIONS
from tests.engine.generator_arguments import arguments_for
from tests.engine.generator_ground import BATCH, SIZES, Draft, Ground, Output, Refused, spec_named

SAMPLES = (16, 18, 20, 256)
"""Numbers of samples, four fifths of which make last batches of 1, 2, none and 1."""
ENTRIES = [e for e in (*MODULES.items(), *OPERATIONS.items(), *VARIANTS) if e[0] != "const.value"]
FAMILIES = ["nn", "torch", "F", "Tensor", "op", "const", "join", "join", "join"]
LOSSES = [e for e in MODULES.items() if e[0].endswith("Loss")]
MAKERS = sorted(spec.name for spec in catalogue() if spec.kind == "optim")
LENIENT = [name for name in MAKERS if name not in ("optim.Muon", "optim.SparseAdam")]
"""Those that take all weights and gradients."""
SCHEDULES = {
    "lr_scheduler.StepLR": {"step_size": (2, 0, 1)},
    "lr_scheduler.ExponentialLR": {"gamma": (0.9, 2.0)},
    "lr_scheduler.CosineAnnealingLR": {"T_max": (4, 1)},
}
ALTERNATE = (0.0, 0.1, 0.5, 1.0, -1.0, 2.0)


class Drawing(Ground):
    """One graph that grows."""

    # --- steps ---------------------------------------------------------------------------------

    def grow(self, want_refusal: bool) -> bool:
        """Add one node that torch takes, or else one that it refuses; return whether one was."""
        for _ in range(30 if want_refusal else 12):
            self.draft = Draft()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    is_taken = self._try(want_refusal)
            except Refused:
                continue
            if is_taken != want_refusal:
                self._commit()
                return True
        return False

    def _try(self, wild: bool) -> bool:
        """Draft one node; return whether torch takes it."""
        name, example = self._entry()
        spec = catalogue().get(name)
        assert spec is not None
        is_loose = self.random.random() < (0.5 if wild else 0.2)
        inputs, known = self._inputs(example, is_loose)
        first = next(iter(inputs.values())).dims if inputs else ()
        args = arguments_for(self.random, spec, example.args, known, first, wild)
        return self._place(spec, args, inputs)

    def _entry(self) -> tuple[str, Example]:
        family = self.random.choice(FAMILIES)
        if family == "join":
            return self.random.choice([e for e in ENTRIES if len(e[1].inputs) > 1])
        return self.random.choice([e for e in ENTRIES if e[0].startswith(family + ".")])

    def _inputs(
        self, example: Example, is_loose: bool, must_learn: bool = False
    ) -> tuple[dict[str, Output], dict[int, tuple[int, ...]]]:
        """Return what feeds each port, and what the example's sizes stand for."""
        found: dict[str, Output] = {}
        known: dict[int, tuple[int, ...]] = {}
        for path, wanted in example.inputs.items():
            if is_loose and self.outputs and isinstance(wanted, tuple | Whole | Mask | Signs):
                found[path] = self._any()
            elif isinstance(wanted, int):
                found[path] = self._size()
            elif not found:
                found[path] = self._first(wanted, must_learn)
            else:
                found[path] = self._partner(wanted, known)
            shape = getattr(wanted, "shape", wanted)
            if isinstance(shape, tuple):
                for size, dim in zip(shape, found[path].dims, strict=False):
                    known.setdefault(size, dim)
            if isinstance(wanted, Whole) and found[path].high:
                known.setdefault(wanted.high, (found[path].high,) * len(SIZES))
        return found, known

    def _any(self) -> Output:
        recent = self.outputs[-4:]
        return self.random.choice(recent if self.random.random() < 0.6 else self.outputs)

    def _first(self, wanted: Any, must_learn: bool) -> Output:
        """Return an output that may stand where the example has something of this kind."""
        any_kind = self.random.random() < 0.1
        ranked = [o for o in self._everything() if _rank(o, wanted)]
        fits = [o for o in ranked if any_kind or _is_kind(o, wanted)]
        if must_learn:
            fits = [o for o in fits if _learns(o)] or fits
        unused = [o for o in fits if o.port not in self.used]
        if fits and self.random.random() < 0.9:
            return self.random.choice(unused or fits)
        bent = self._bent(wanted)
        if bent is not None:
            return bent
        return self._source(wanted, tuple(map(_own_size, self._varied(wanted))))

    def _varied(self, wanted: Any) -> tuple[int | None, ...]:
        """Return an example's sizes, the first of which is now and then the batch (None)."""
        shape = getattr(wanted, "shape", wanted)
        if not shape or self.random.random() < 0.15:
            return tuple(shape)
        return (None, *shape[1:])

    def _bent(self, wanted: Any) -> Output | None:
        """Return an output brought to the wanted rank, and to floats, by a node of its own."""
        shape = getattr(wanted, "shape", wanted)
        floats = [o for o in self.outputs if o.dtype == torch.float32 and o.dims]
        if not isinstance(wanted, tuple) or not floats or self.random.random() < 0.3:
            return None
        chosen = self.random.choice(floats[-5:])
        rank = len(chosen.dims)
        if rank > len(shape) > 0:
            spec, args = "Tensor.flatten", {"start_dim": len(shape) - 1}
        elif rank < len(shape):
            spec, args = "Tensor.unsqueeze", {"dim": self.random.randint(0, rank)}
        else:
            return None
        if not self._place(spec_named(spec), args, {"input": chosen}):
            return None
        made = self.draft.outputs[-1]
        return made if len(made.dims) == len(shape) else None

    def _partner(self, wanted: Any, known: Mapping[int, tuple[int, ...]]) -> Output:
        """Return an output of the shape that the first input and the example ask for."""
        shape = getattr(wanted, "shape", wanted)
        dims = tuple(known.get(size, _own_size(size)) for size in shape)
        if isinstance(wanted, Whole):
            high = known.get(wanted.high, _own_size(wanted.high))
            if len(set(high)) > 1 or high[0] < 1:
                raise Refused
            wanted = replace(wanted, high=high[0])
        fits = [
            o
            for o in self.outputs
            if o.dims == dims
            and _is_kind(o, wanted)
            and (not isinstance(wanted, Whole) or o.high == wanted.high)
        ]
        if fits and self.random.random() < 0.8:
            return self.random.choice(fits)
        return self._source(wanted, dims)

    def _everything(self) -> list[Output]:
        return [*self.outputs, *self.draft.outputs]

    # --- the end -------------------------------------------------------------------------------

    def finish(self, want_refusal: bool) -> None:
        """Lay a loss, an optimizer and now and then a schedule on the graph, and outputs."""
        loss = self._loss(want_refusal and self.random.random() < 0.5)
        if loss is not None:
            made = self._id("o")
            maker = self.random.choice(MAKERS if self.random.random() < 0.4 else LENIENT)
            args = dict(OPTIMIZERS.get(maker.partition(".")[2], {}))
            if want_refusal or self.random.random() < 0.3:
                spec = spec_named(maker)
                names = [a for a in spec.arguments if a.type == "float" and a.style != "pseudo"]
                args[self.random.choice(names).name] = self.random.choice(
                    ALTERNATE if want_refusal else ALTERNATE[1:3]
                )
            self.nodes[made] = Node(maker, args=FrozenMap(args))
            self.wires[InPort(made, PortPath("losses[0]"))] = loss.port
            self.used.add(loss.port)
            self._shown(loss)
            if self.random.random() < 0.3:
                name = self.random.choice(sorted(SCHEDULES))
                given = {k: self.random.choice(v) for k, v in SCHEDULES[name].items()}
                id_ = self._id("s")
                self.nodes[id_] = Node(name, args=FrozenMap(given))
                self.wires[InPort(id_, PortPath("optimizer"))] = OutPort(made, "optimizer")
        for output in reversed(self.outputs):
            is_shown = output.port.node in self._needed() or output.port.node == "data"
            if not is_shown and isinstance(output.values[0], torch.Tensor):
                self._output(output.port)

    def _needed(self) -> set[NodeId]:
        """Return what outputs and optimizers depend on; nothing else counts."""
        sources: dict[NodeId, list[NodeId]] = {}
        for target, source in self.wires.items():
            sources.setdefault(target.node, []).append(source.node)
        ends = ("io.output", "optim", "lr_scheduler")
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
        if not any(map(_learns, self.outputs)):
            self._learn()
        learning = [o for o in self.outputs if _learns(o)]
        if any_shape and learning:
            return self.random.choice(learning)
        for _ in range(12):
            self.draft = Draft()
            name, example = self.random.choice(LOSSES)
            try:
                inputs, known = self._inputs(example, is_loose=False, must_learn=True)
                spec = spec_named(name)
                args = arguments_for(self.random, spec, example.args, known, (), wild=False)
                args.pop("reduction", None)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    is_taken = self._place(spec, args, inputs)
            except Refused:
                continue
            made = self.draft.outputs[-1]
            is_empty = not any(map(_learns, inputs.values())) and self.random.random() < 0.95
            if is_taken and not made.dims and _learns(made) and not is_empty:
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
        ends = {
            spec: tuple(n for n, node in nodes.items() if node.spec == spec)
            for spec in ("io.input", "io.output")
        }
        graph = Graph(FrozenMap(nodes), FrozenMap(self.wires))
        main = Block(graph, "Main", (), ends["io.input"], ends["io.output"])
        return Project(main, run=FrozenMap({"batch_size": BATCH}))


def _own_size(size: int | None) -> tuple[int, ...]:
    return SIZES if size is None else (size,) * len(SIZES)


def _learns(output: Output) -> bool:
    value = output.values[0]
    return isinstance(value, torch.Tensor) and value.requires_grad


def _rank(output: Output, wanted: Any) -> bool:
    return len(output.dims) == len(getattr(wanted, "shape", wanted))


def _is_kind(output: Output, wanted: Any) -> bool:
    if isinstance(wanted, Whole):
        return output.high > 0
    if isinstance(wanted, Mask):
        return bool(output.dtype == torch.bool)
    return bool(output.dtype == torch.float32)


def draw(seed: int) -> Project:
    """Return the project that a seed stands for."""
    drawing = Drawing(seed)
    random = drawing.random
    steps = random.randint(3, 9)
    refused_at = random.randint(1, steps) if random.random() < 0.42 else -1
    for step in range(steps):
        drawing.grow(want_refusal=step == refused_at)
    drawing.finish(want_refusal=steps == refused_at)
    return drawing.project()


__all__ = ["BATCH", "draw"]
