"""What a random graph stands on: its nodes and wires, sources of any shape, and trying a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import torch

from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import (
    Arg,
    Expr,
    FrozenMap,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
)
from tests.catalogue.examples import Mask, Signs, Whole
from tests.engine.eager import NAMED, STEP
from tests.engine.eager_nodes import MADE, built, computed, drawn_tensor, sourced
from tests.engine.generator_arguments import Dims, dims_of, expressed

BATCH = 4
TRANSFORMS: tuple[tuple[str, dict[str, Arg]], ...] = (
    ("transform.normalize", {"std": 2.0}),
    ("transform.standardize", {}),
)
SETS = sorted(spec.name for spec in catalogue() if spec.kind == "data")
SETS.remove("data.random")
LARGEST = 20_000
BY_LABEL = "nn.AdaptiveLogSoftmaxWithLoss"
"""Of its weights those learn that the labels ask for; which these are, data leave open."""
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
    made: Any = None


class Refused(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """Nothing fits here, for whatever reason."""


class Ground:
    """A graph so far, and a draft of what comes next."""

    def __init__(self, random: Random) -> None:
        self.random = random
        base = {"B": BATCH}
        if random.random() < 0.35:
            name = random.choice(sorted(NAMED))
            base[name] = NAMED[name]
        steps = {name: 1 if name == "B" else STEP for name in base}
        self.tried = (base, *({**base, name: base[name] + steps[name]} for name in base))
        """What sizes are named, and their values in each try."""
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[InPort, OutPort] = {}
        self.outputs: list[Output] = []
        self.used: set[OutPort] = set()
        self.counted: set[OutPort] = set()
        self.ports: dict[str, Any] = {}
        self.classes: dict[str, int] = {}
        self.count = 0
        self.looks_up = self.is_sparse = False
        """Whether rows that are looked up are all that learns, and have gradients of their own."""
        self.is_given = False
        """Whether the data are one of the sets that come with the program."""
        self.draft = Draft()
        self.made: dict[NodeId, Any] = {}
        """What nodes own."""
        torch.manual_seed(random.getrandbits(32))
        if random.random() < 0.12:
            self._given()

    def _said(self, dims: Dims) -> tuple[int | Expr | None, ...]:
        """Return sizes as a drawing says them."""
        return tuple(expressed(dim, self.tried) for dim in dims)

    # --- sources -------------------------------------------------------------------------------

    def _given(self) -> None:
        """Begin with one of the sets of data that come with the program."""
        self.is_given, id_ = True, NodeId("data")
        node = self.nodes[id_] = Node(self.random.choice(SETS))
        tried = [sourced(node, names) for names in self.tried]
        for port, kind in port_types(spec_named(node.spec), node).items():
            values = tuple(found[port] for found in tried)
            self.outputs.append(Output(OutPort(id_, port), values, kind.classes or 0))

    def _source(self, wanted: Any, dims: Dims) -> Output:
        """Return a new source of a shape: an input, data, or a learnable tensor."""
        shape = self._said(dims)
        if any(dim is None for dim in shape):
            raise Refused
        if isinstance(wanted, Whole):
            if dims and self.random.random() < 0.2:
                return self._counted(dims, wanted.high)
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
            is_buffer = init != "normal" and self.random.random() < 0.4
            spec = "buffer.tensor" if is_buffer else "param.tensor"
            if self._place(spec_named(spec), {"shape": shape, "init": init}, {}):
                return self.draft.outputs[-1]
        if roll < 0.4 and not self.is_given:
            return self._data(shape, dims, 0)
        dtype = self.random.choice(ODD) if self.random.random() < 0.1 else "float32"
        values = tuple(
            drawn_tensor(tuple(d[k] for d in dims), dtype, None, None)
            for k in range(len(self.tried))
        )
        id_ = self._id("x")
        args: dict[str, Arg] = {"shape": shape}
        if dtype != "float32":
            args["dtype"] = Name(dtype)
        self.draft.nodes[id_] = Node("io.input", args=FrozenMap(args))
        self.draft.outputs.append(Output(OutPort(id_, "output"), values))
        return self.draft.outputs[-1]

    def _data(self, shape: tuple[Arg, ...], dims: Dims, high: int) -> Output:
        if self.is_given:
            raise Refused
        port = f"p{len(self.ports) + len(self.draft.ports)}"
        self.draft.ports[port] = shape
        dtype, last = ("int64", float(high - 1)) if high else ("float32", None)
        if high:
            self.draft.classes[port] = high
        values = tuple(
            drawn_tensor(tuple(d[k] for d in dims), dtype, 0.0 if high else None, last)
            for k in range(len(self.tried))
        )
        made = Output(OutPort(NodeId("data"), port), values, high)
        self.draft.outputs.append(made)
        if not high and self.random.random() < 0.1:
            name, args = self.random.choice(TRANSFORMS)
            self._place(spec_named(name), args, {"input": made})
        return self.draft.outputs[-1]

    def _counted(self, dims: Dims, high: int) -> Output:
        """Return places that are counted along an axis, of which the last may be one too many."""
        axis = self.random.choice([k for k, dim in enumerate(dims) if len(set(dim)) > 1] or [0])
        start = self.random.choice((0, 0, 0, 1))
        last = start + max(dims[axis]) - 1
        (end,) = self._said((tuple(size + start for size in dims[axis]),))
        if end is None or any(len(set(dim)) > 1 for k, dim in enumerate(dims) if k != axis):
            raise Refused
        self._also("torch.arange", {"start": start, "end": end} if start else {"end": end})
        if last >= high and self.random.random() < 0.7:
            self._also(*self.random.choice((("op.mod", {"other": high}),
                                            ("torch.clamp", {"max": high - 1}))))  # fmt: skip
        elif self.random.random() < 0.3:
            self._also("torch.flip", {"dims": (0,)})
        sizes = tuple(dim[0] if k != axis else 1 for k, dim in enumerate(dims))
        if len(dims) > 1:
            self._also(
                "Tensor.view", {"args": tuple(-1 if k == axis else 1 for k in range(len(dims)))}
            )
            if set(sizes) != {1}:
                self._also("Tensor.repeat", {"args": sizes})
        self.draft.outputs[-1] = replace(self.draft.outputs[-1], high=high)
        self.counted.add(self.draft.outputs[-1].port)
        return self.draft.outputs[-1]

    def _also(self, name: str, args: dict[str, Arg]) -> None:
        """Draft a node behind the last one; raise Refused where torch does not take it."""
        spec, last = spec_named(name), self.draft.outputs[-1:]
        given = {} if name == "torch.arange" else dict(zip(("input",), last, strict=True))
        if not self._place(spec, args, given):
            raise Refused

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
        if spec.name == BY_LABEL and any(given.port in self.counted for given in inputs.values()):
            raise Refused
        id_ = self._id("n")
        node = Node(spec.name, args=FrozenMap(dict(args)))
        self.draft.nodes[id_] = node
        for path, source in inputs.items():
            self.draft.wires[InPort(id_, PortPath(path))] = source.port
        try:
            results = self._results(spec, node, inputs)
        except Exception:  # torch raises what it likes
            given = next(iter(inputs.values()), None)
            nothing = (torch.zeros(1),) * len(self.tried)
            values = given.values if given is not None and given.dims else nothing
            self.draft.outputs.append(Output(OutPort(id_, _first_port(spec, node)), values))
            return False
        for port in results[0]:
            values = tuple(r[port] for r in results)
            if any(isinstance(v, torch.Tensor) and v.numel() > LARGEST for v in values):
                raise Refused
            self.draft.outputs.append(Output(OutPort(id_, port), values))
        self.made[id_] = self.draft.made
        return True

    def _results(
        self, spec: Spec, node: Node, inputs: Mapping[str, Output]
    ) -> list[dict[str, Any]]:
        target, results = None, []
        for k, names in enumerate(self.tried):
            arrived = {path: source.values[k] for path, source in inputs.items()}
            if k == 0 and node.kind in MADE:
                target = built(spec, node, arrived, names)
            results.append(computed(spec, node, target, arrived, names))
        self.draft.made = target
        return results

    def _commit(self) -> None:
        draft = self.draft
        self.nodes |= draft.nodes
        self.wires |= draft.wires
        self.ports |= draft.ports
        self.classes |= draft.classes
        self.used |= set(draft.wires.values())
        self.outputs += draft.outputs


def spec_named(name: str) -> Spec:
    found = catalogue().get(name)
    assert found is not None, name
    return found


def _first_port(spec: Spec, node: Node) -> str:
    return next(iter(output_ports(spec, node)), "output")
