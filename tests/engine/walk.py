"""Draws, for every spec of the catalogue, a whole training that uses it: data, model, loss, step.

A spec's least use (``tests/catalogue``) says what stands at its ports. It is drawn in a few ways,
and the first that eager torch takes is the legal one; the judge is never asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import PortType, Spec
from graph_editor.document.model import (
    Arg,
    At,
    Block,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.catalogue.examples import (
    MODULES,
    OPTIMIZERS,
    SCHEDULERS,
    Example,
    Mask,
    Signs,
    Whole,
    one,
)
from tests.catalogue.operation_examples import OPERATIONS
from tests.engine.eager_run import run_eagerly

BATCH = 4
B = Expr("B")
SPECS = sorted(spec.name for spec in catalogue())


@dataclass(frozen=True)
class Odd:
    """Numbers of a shape and of a dtype that is seldom met."""

    shape: tuple[int, ...]
    dtype: str
    high: int = 0
    """Of labels: how many there are."""


@dataclass(frozen=True)
class Turned:
    """Numbers of a shape whose first two axes are then exchanged."""

    shape: tuple[int, ...]


COMPOSED = ("lr_scheduler.ChainedScheduler", "lr_scheduler.SequentialLR")
EXAMPLES = {**MODULES, **OPERATIONS, "const.value": Example({"value": 3})}
EXAMPLES |= {
    "param.tensor": Example({"shape": (3, 2), "init": "normal"}),
    "buffer.tensor": Example({"shape": (3, 2), "init": "ones"}),
    "param.of": Example({"of": At("linear")}),
    "transform.normalize": Example({"mean": 0.5, "std": 2.0}, {"input": (2, 4)}),
    "transform.standardize": Example({}, {"input": (2, 3)}),
}
LABELS = {"input": (2, 3), "target": Whole(3, (2,))}
NUMBERS = {"input": (2, 2), "target": (2, 2)}
EXAMPLES |= {
    "metric.accuracy": Example({}, LABELS),
    "metric.top_k_accuracy": Example({"k": 2}, LABELS),
    **{
        f"metric.{n}": Example({}, NUMBERS) for n in ("binary_accuracy", "mae", "mse", "r2", "rmse")
    },
}
USED = NodeId("used")
"""The node that a drawing is about, where it has no name of its own."""
NAMED = {"io.input": "x", "io.output": "y", "data": "data", "optim.SGD": "optimizer"}


WITH_WEIGHTS = ("nn.AdaptiveLogSoftmaxWithLoss", "nn.LinearCrossEntropyLoss")
"""Losses that have to stand in the model."""
OWN = {
    "Tensor.expand": one(2, 1, args=(-1, 3)),
    "torch.split": Example(
        {"split_size_or_sections": 2, "outputs": 3, "dim": 1}, {"tensor": (2, 6)}
    ),
    "torch.unbind": one(2, 3, dim=1, outputs=3),
    "nn.CTCLoss": Example(
        {},
        {
            "log_probs": Turned((2, 6, 5)),
            "targets": Whole(4, (2, 3)),
            "input_lengths": Whole(1, (2,)),
            "target_lengths": Whole(1, (2,)),
        },
    ),
}
"""Uses with a first axis that may be the batch, where the least one has none."""


@dataclass
class Training:
    """A training that grows: whatever is learned goes through ``scale``."""

    is_through: bool
    """Whether gradients go back through the node that it is about."""
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    wires: dict[InPort, OutPort] = field(default_factory=dict)
    ports: dict[str, Arg] = field(default_factory=dict)
    classes: dict[str, Arg] = field(default_factory=dict)

    def add(
        self, name: str, spec: str, wires: Mapping[str, OutPort] | None = None, **args: Arg
    ) -> OutPort:
        """Add a node; return its first output."""
        id_ = NodeId(name)
        self.nodes[id_] = Node(spec, args=FrozenMap(args))
        for path, source in (wires or {}).items():
            self.wires[InPort(id_, PortPath(path))] = source
        found = catalogue().get(spec)
        assert found is not None, spec
        return OutPort(id_, next(iter(output_ports(found, self.nodes[id_])), "output"))

    def data(self, name: str, shape: tuple[int, ...], classes: int = 0) -> OutPort:
        """Return a port of the data; its first axis is the batch."""
        self.ports[name] = (B, *shape[1:])
        if classes:
            self.classes[name] = classes
        return OutPort(NodeId("data"), name)

    def given(self, name: str, wanted: Any, is_model: bool, first: int) -> OutPort:
        """Return what an example asks for at a port, by way of an input of the model or not."""
        if isinstance(wanted, int):
            return self.add(name, "const.value", value=wanted)
        shape = getattr(wanted, "shape", wanted)
        if not getattr(wanted, "high", 0) and (not shape or shape[0] != first):
            return self.add(name, "param.tensor", shape=shape, init="normal")
        high = wanted.high if isinstance(wanted, Whole | Odd) else 0
        found = self.data(name, shape, high)
        if is_model:
            dtype = {"dtype": Name("int64")} if high else {}
            found = self.add(
                f"in_{name}", "io.input", {"input": found}, shape=(B, *shape[1:]), **dtype
            )
        if isinstance(wanted, Mask):
            return self.add(f"mask_{name}", "op.gt", {"input": found}, other=0)
        if isinstance(wanted, Signs):
            return self.add(f"signs_{name}", "torch.sign", {"input": found})
        if isinstance(wanted, Odd):
            return self.add(f"odd_{name}", "Tensor.to", {"input": found}, dtype=Name(wanted.dtype))
        if isinstance(wanted, Turned):
            found = self.add(f"t_{name}", "Tensor.transpose", {"input": found}, dim0=0, dim1=1)
        return found if high else self.between(name, found, self.is_through and is_model)

    def between(self, name: str, source: OutPort, is_through: bool) -> OutPort:
        """Return numbers between 0 and 1, which are learned where gradients are to go through."""
        if is_through:
            scale = {"input": source, "other": OutPort(NodeId("scale"), "output")}
            source = self.add(f"scaled_{name}", "op.mul", scale)
        return self.add(f"between_{name}", "torch.sigmoid", {"input": source})

    def shown(self, name: str, source: OutPort) -> OutPort:
        return self.add(name, "io.output", {"input": source})

    def number(self, name: str, source: OutPort) -> OutPort:
        """Return a tensor as one number."""
        real = self.add(f"float_{name}", "Tensor.float", {"input": source})
        return self.add(f"mean_{name}", "torch.mean", {"input": real})

    def trained(self, *losses: OutPort, maker: str = "optim.SGD", **args: Arg) -> OutPort:
        """Lay an optimizer on the sum of losses; return what a schedule is wired to."""
        total = losses[0]
        for index, loss in enumerate(losses[1:]):
            total = self.add(f"sum{index}", "op.add", {"input": total, "other": loss})
        name = USED if maker != "optim.SGD" else "optimizer"
        return self.add(name, maker, {"losses[0]": total}, **args)

    def project(self) -> Project:
        """Return the drawing as it stands."""
        if NodeId("data") not in self.nodes:
            ports = FrozenMap(self.ports or {"unused": (B, 1)})
            self.add(
                "data", "data.random", ports=ports, classes=FrozenMap(self.classes), samples=10
            )
        ends = [
            tuple(n for n, v in self.nodes.items() if v.spec == spec)
            for spec in ("io.input", "io.output")
        ]
        main = Block(Graph(FrozenMap(self.nodes), FrozenMap(self.wires)), "Main", (), *ends)
        return Project(main, run=FrozenMap({"batch_size": BATCH, "epochs": 1}))


def drawn(spec: Spec, example: Example, is_through: bool, is_model: bool) -> Project:
    """Return a training in which a spec is used like its example, in the model or in the step."""
    made = Training(is_through)
    scale = made.add("scale", "param.tensor", shape=(1,), init="ones")
    anchor = made.add("anchor", "io.input", {"input": made.data("anchor", (1, 1))}, shape=(B, 1))
    shown = made.shown("shown", made.add("held", "op.mul", {"input": anchor, "other": scale}))
    shapes = [getattr(w, "shape", w) for w in example.inputs.values() if not isinstance(w, int)]
    first = shapes[0][0] if shapes else 0
    wires: dict[str, OutPort] = {}
    entries = example.inputs.items() if spec.kind != "transform" else ()
    for index, (path, wanted) in enumerate(entries):
        wires[path] = made.given(f"p{index}", wanted, is_model or index == 0, first)
        if not is_model and index == 0:
            wires[path] = made.shown("prediction", wires[path])
    if spec.kind == "transform":
        wanted = example.inputs["input"]
        high = wanted.high if isinstance(wanted, Whole) else 0
        wires = {"input": made.data("p0", getattr(wanted, "shape", wanted), high)}
    if spec.name == "param.of":
        feature = made.given("p0", (2, 3), is_model=True, first=2)
        linear = made.add("linear", "nn.Linear", {"input": feature}, out_features=2)
        made.shown("prediction", linear)
    made.add(USED, spec.name, wires, **example.args)
    numbers = [made.number("scale", shown)]
    for port in output_ports(spec, made.nodes[USED]):
        name, source = port.replace("[", "_").replace("]", ""), OutPort(USED, port)
        if spec.kind == "metric":
            continue
        if spec.kind == "transform":
            source = made.add("transformed", "io.input", {"input": source})
        if spec.yields == "size":
            source = made.add("sized", "torch.ones", {"size[0]": source}, size=(Hole(),))
        source = made.shown(f"y_{name}", source) if is_model else source
        numbers.append(made.number(name, source))
    made.trained(*numbers)
    return made.project()


def regression(maker: str, example: Example) -> tuple[Training, OutPort]:
    """Return a linear regression, and its optimizer."""
    made = Training(is_through=False)
    x = made.add("x", "io.input", {"input": made.data("x", (1, 3))}, shape=(B, 3))
    linear = made.add("linear", "nn.Linear", {"input": x}, out_features=1, bias=False)
    if maker == "optim.SparseAdam":
        linear = sparse(made)
    target = made.data("target", (1, 1))
    wires = {"input": made.shown("y", linear), "target": target}
    return made, made.trained(made.add("loss", "nn.MSELoss", wires), maker=maker, **example.args)


def sparse(made: Training) -> OutPort:
    """Return what an embedding with sparse gradients makes of labels."""
    words = made.data("words", (1,), 5)
    found = made.add("in_words", "io.input", {"input": words}, shape=(B,), dtype=Name("int64"))
    more: dict[str, Arg] = {"num_embeddings": 5, "embedding_dim": 1, "sparse": True}
    return made.add("embedding", "nn.Embedding", {"input": found}, **more)


def scheduled(name: str, example: Example, is_one: bool = True) -> Project:
    """Return a linear regression under a schedule; its parts may belong to two optimizers."""
    made, optimizer = regression("optim.SGD", Example({"momentum": 0.9}))
    wires = {"optimizer": optimizer}
    if name in COMPOSED:
        first = optimizer
        if not is_one:
            loss = {t.port: s for t, s in made.wires.items() if t.node == optimizer.node}
            first = made.add("other", "optim.SGD", loss)
        for index, part in enumerate(("LinearLR", "ConstantLR")):
            own = {"optimizer": optimizer if index else first}
            wires[f"schedulers[{index}]"] = made.add(f"part{index}", f"lr_scheduler.{part}", own)
    made.add(USED, name, wires, **example.args)
    return made.project()


def supplied(spec: Spec, example: Example) -> Project:
    """Return a training on a data source."""
    made = Training(is_through=False)
    made.add(USED, spec.name, **example.args)
    made.nodes[NodeId("data")] = made.nodes.pop(USED)
    types = port_types(spec, made.nodes[NodeId("data")])
    (first, kind), (second, about) = list(types.items())[:2]
    wide = len(about.shape) - (not about.classes)
    if len(types) > 2 or wide > 1 or about.shape[1:] not in ((), (1,)) or kind.dtype != "float32":
        return averaged(made, first, kind)
    x = made.add("x", "io.input", {"input": OutPort(NodeId("data"), first)}, shape=kind.shape)
    flat = made.add("flat", "nn.Flatten", {"input": x})
    linear = made.add("linear", "nn.Linear", {"input": flat}, out_features=about.classes or 1)
    loss = "nn.CrossEntropyLoss" if about.classes else "nn.MSELoss"
    wires = {"input": made.shown("y", linear), "target": OutPort(NodeId("data"), second)}
    made.trained(made.add("loss", loss, wires))
    return made.project()


def averaged(made: Training, port: str, kind: PortType) -> Project:
    """Return a training that makes the mean of a layer on a source's first port small."""
    x = made.add(
        "x",
        "io.input",
        {"input": OutPort(NodeId("data"), port)},
        shape=kind.shape,
        dtype=Name(kind.dtype),
    )
    if kind.dtype != "float32":
        x = made.add("floats", "Tensor.float", {"input": x})
    is_row = len(kind.shape) == 1
    spec, args = ("Tensor.unsqueeze", {"dim": 1}) if is_row else ("nn.Flatten", {})
    flat = made.add("flat", spec, {"input": x}, **args)
    linear = made.add("linear", "nn.Linear", {"input": flat}, out_features=1)
    made.trained(made.add("mean", "torch.mean", {"input": made.shown("y", linear)}))
    return made.project()


def ways(name: str, example: Example) -> Iterator[Project]:
    """Yield the drawings in which a spec is used like an example, the best first."""
    spec = catalogue().specs[name]
    if spec.kind == "data":
        yield supplied(spec, example)
    elif spec.kind in ("optim", "io"):
        maker = name if spec.kind == "optim" else "optim.SGD"
        yield regression(maker, example)[0].project()
    elif spec.kind == "lr_scheduler":
        yield scheduled(name, example)
    else:
        is_step = spec.kind == "metric" or (name.endswith("Loss") and name not in WITH_WEIGHTS)
        for is_through in (True, False) if spec.kind != "metric" else (False,):
            yield drawn(spec, example, is_through, not is_step)


def example_of(name: str) -> Example:
    """Return the least use of a spec."""
    kind, _, short = name.partition(".")
    if kind in ("optim", "lr_scheduler"):
        table = OPTIMIZERS if kind == "optim" else SCHEDULERS
        return Example(table.get(short, {}))
    return OWN.get(name) or EXAMPLES.get(name, Example())


def used(name: str) -> str:
    """Return the node that a drawing with a spec is about."""
    return NAMED.get(name) or NAMED.get(name.partition(".")[0], USED)


@cache
def legal(name: str) -> Project:
    """Return a training with a spec that eager torch takes."""
    for project in ways(name, example_of(name)):
        if run_eagerly(project, BATCH) is None:
            return project
    raise LookupError(f"torch takes none of the drawings of {name}")
