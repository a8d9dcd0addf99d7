"""What a random graph stands on: its nodes and wires, sources of any shape, and trying a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
)
from tests.catalogue.examples import Mask, Signs, Whole
from tests.engine.eager_nodes import built, computed, drawn_tensor
from tests.engine.generator_arguments import Dims, dims_of, expressed

BATCH = 4
SIZES = (BATCH, BATCH + 1)
LARGEST = 20_000
ODD = ("float64", "int64", "bool", "int32", "uint8", "float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class Output:
    """What is on an output port at each batch size, and the range of whole numbers there."""

    port: OutPort
    values: tuple[Any, ...]
    high: int = 0
    """For labels: how many there are."""

    @property
    def dims(self) -> Dims:
        """Its sizes, at each batch size."""
        return dims_of(self.values)

    @property
    def dtype(self) -> Any:
        """Its dtype, or int for a single size."""
        return self.values[0].dtype if isinstance(self.values[0], torch.Tensor) else int


@dataclass
class Draft:
    """Nodes that are not part of the graph yet."""

    nodes: dict[NodeId, Node] = field(default_factory=dict)
    wires: dict[InPort, OutPort] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    ports: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """Nothing fits here, for whatever reason."""


class Ground:
    """A graph so far, and a draft of what comes next."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[InPort, OutPort] = {}
        self.outputs: list[Output] = []
        self.used: set[OutPort] = set()
        self.ports: dict[str, Any] = {}
        self.classes: dict[str, int] = {}
        self.count = 0
        self.draft = Draft()
        torch.manual_seed(seed)

    # --- sources -------------------------------------------------------------------------------

    def _source(self, wanted: Any, dims: Dims) -> Output:
        """Return a new source of a shape: an input, data, or a learnable tensor."""
        shape = tuple(map(expressed, dims))
        if any(dim is None for dim in shape):
            raise Refused
        if isinstance(wanted, Whole):
            return self._data(shape, dims, wanted.high)
        if isinstance(wanted, Mask):
            made = self._float(shape, dims)
            self._place(spec_named("Tensor.bool"), {}, {"input": made})
            return self.draft.outputs[-1]
        if isinstance(wanted, Signs):
            made = self._float(shape, dims)
            self._place(spec_named("torch.sign"), {}, {"input": made})
            return self.draft.outputs[-1]
        return self._float(shape, dims)

    def _float(self, shape: tuple[Arg, ...], dims: Dims) -> Output:
        roll = self.random.random()
        if roll < 0.15 and all(isinstance(dim, int) for dim in shape):
            init = self.random.choice(["normal", "ones", "zeros"])
            if self._place(spec_named("param.tensor"), {"shape": shape, "init": init}, {}):
                return self.draft.outputs[-1]
        if roll < 0.4:
            return self._data(shape, dims, 0)
        dtype = self.random.choice(ODD) if self.random.random() < 0.1 else "float32"
        values = tuple(
            drawn_tensor(tuple(d[k] for d in dims), dtype, None, None) for k in range(len(SIZES))
        )
        id_ = self._id("x")
        args: dict[str, Arg] = {"shape": shape}
        if dtype != "float32":
            args["dtype"] = Name(dtype)
        self.draft.nodes[id_] = Node("io.input", args=FrozenMap(args))
        self.draft.outputs.append(Output(OutPort(id_, "output"), values))
        return self.draft.outputs[-1]

    def _data(self, shape: tuple[Arg, ...], dims: Dims, high: int) -> Output:
        port = f"p{len(self.ports) + len(self.draft.ports)}"
        self.draft.ports[port] = shape
        dtype, last = ("int64", float(high - 1)) if high else ("float32", None)
        if high:
            self.draft.classes[port] = high
        values = tuple(
            drawn_tensor(tuple(d[k] for d in dims), dtype, 0.0 if high else None, last)
            for k in range(len(SIZES))
        )
        self.draft.outputs.append(Output(OutPort(NodeId("data"), port), values, high))
        return self.draft.outputs[-1]

    def _size(self) -> Output:
        """Return a whole number: the size of an axis of something."""
        sizes = [o for o in self.outputs if o.dtype is int]
        if sizes and self.random.random() < 0.6:
            return self.random.choice(sizes)
        shaped = [o for o in self.outputs if o.dims]
        if not shaped:
            raise Refused
        of = self.random.choice(shaped)
        self._place(spec_named("Tensor.size"), {"dim": self.random.randrange(len(of.dims))},
                    {"input": of})  # fmt: skip
        return self.draft.outputs[-1]

    # --- placing -------------------------------------------------------------------------------

    def _id(self, letter: str) -> NodeId:
        self.count += 1
        return NodeId(f"{letter}{self.count}")

    def _place(self, spec: Spec, args: Mapping[str, Arg], inputs: Mapping[str, Output]) -> bool:
        """Draft a node and try it at every batch size; return whether torch takes it."""
        id_ = self._id("n")
        node = Node(spec.name, args=FrozenMap(dict(args)))
        self.draft.nodes[id_] = node
        for path, source in inputs.items():
            self.draft.wires[InPort(id_, PortPath(path))] = source.port
        try:
            results = _results(spec, node, inputs)
        except Exception:  # torch raises what it likes
            given = next(iter(inputs.values()), None)
            values = given.values if given is not None and given.dims else (torch.zeros(1),) * 2
            self.draft.outputs.append(Output(OutPort(id_, _first_port(spec, node)), values))
            return False
        for port in results[0]:
            values = tuple(r[port] for r in results)
            if any(isinstance(v, torch.Tensor) and v.numel() > LARGEST for v in values):
                raise Refused
            self.draft.outputs.append(Output(OutPort(id_, port), values))
        return True

    def _commit(self) -> None:
        draft = self.draft
        self.nodes |= draft.nodes
        self.wires |= draft.wires
        self.ports |= draft.ports
        self.classes |= draft.classes
        self.used |= set(draft.wires.values())
        self.outputs += draft.outputs


def _results(spec: Spec, node: Node, inputs: Mapping[str, Output]) -> list[dict[str, Any]]:
    target, results = None, []
    for k, size in enumerate(SIZES):
        arrived = {path: source.values[k] for path, source in inputs.items()}
        if k == 0 and node.kind in ("nn", "param", "buffer"):
            target = built(spec, node, arrived, {"B": size})
        results.append(computed(spec, node, target, arrived, {"B": size}))
    return results


def spec_named(name: str) -> Spec:
    found = catalogue().get(name)
    assert found is not None, name
    return found


def _first_port(spec: Spec, node: Node) -> str:
    return next(iter(output_ports(spec, node)), "output")
