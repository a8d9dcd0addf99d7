"""What the pieces of train.py share: the plan of the training and the names of its variables."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.data_source import SourceCode
from codegen.names import distinct, fresh, slug
from codegen.training_plan import Plan
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import FrozenMap, Graph, Node, NodeId, Project

_OWN = """
    Any Callable F Path Report Settings argparse as_json batch batches criterion dataclass device
    epoch event evaluate fields interrupt json load_data loss lr main math model nn optimizer order
    parse_settings report result scheduler settings show shuffle signal state step sys tensor torch
    total tqdm train train_part val_part validation
"""
OWN_NAMES = frozenset(_OWN.split())
"""The names that train.py always uses, whatever is drawn."""

LOSS_WORDS = {
    "BCELoss": "bce",
    "BCEWithLogitsLoss": "bce",
    "CTCLoss": "ctc",
    "GaussianNLLLoss": "gaussian_nll",
    "KLDivLoss": "kl",
    "L1Loss": "l1",
    "MSELoss": "mse",
    "NLLLoss": "nll",
    "PoissonNLLLoss": "poisson_nll",
}
"""What losses are called whose names are abbreviations."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the writers of train.py's pieces read."""

    project: Project
    lookup: Lookup
    verdict: Verdict
    plan: Plan
    model: str
    """The name of the model's class."""
    title: str
    data: SourceCode
    names: FrozenMap[str, str]
    """Variables: of the source's tensors by port, and of nodes by id."""

    @property
    def graph(self) -> Graph:
        """The main graph."""
        return self.project.main.graph

    @property
    def models(self) -> tuple[str, ...]:
        """The variables in train.py of the modules that are trained."""
        return ("model",)

    def node(self, node_id: NodeId) -> Node:
        """Return a node of the main graph."""
        return self.graph.nodes[node_id]

    def spec(self, node_id: NodeId) -> Spec:
        """Return the spec of a node, which the plan has found to be known."""
        spec = self.lookup(self.node(node_id).spec)
        assert spec is not None
        return spec


def variable_names(
    project: Project, plan: Plan, data: SourceCode, lookup: Lookup, model: str
) -> FrozenMap[str, str]:
    """Return a name for every variable of the step; metrics come last and so change no other."""
    taken = {*OWN_NAMES, model}
    names: dict[str, str] = {}
    for tensor in data.names:
        names[f"data.{tensor}"] = _taken(tensor, taken)
    graph = project.main.graph
    results = distinct(slug(graph.nodes[n].name) or "output" for n in plan.outputs)
    for node_id, word in zip(plan.outputs, results, strict=True):
        names[node_id] = _taken(word, taken)
    losses = [n for n in plan.step if is_loss(lookup, graph.nodes[n])]
    modules = list(dict.fromkeys(owner_of(graph.nodes[n], n) for n in losses))
    for node_id in (*plan.step, *plan.watched):
        node = graph.nodes[node_id]
        word = node.spec.rpartition(".")[2]
        stem = slug(node.name) or LOSS_WORDS.get(word) or slug(word) or "value"
        if node.kind != "nn":
            names[node_id] = _taken(stem, taken)
            continue
        loss = is_loss(lookup, node)
        stem = stem.removesuffix("_loss") if loss else stem
        module = f"{stem}_criterion" if loss else stem
        alone = loss and modules == [owner_of(node, node_id)]
        if f"module.{(owner := owner_of(node, node_id))}" not in names:
            names[f"module.{owner}"] = "criterion" if alone else _taken(module, taken)
        names[node_id] = _taken(f"{stem}_loss" if loss else f"{stem}_value", taken)
    for node_id in plan.schedules[:-1]:
        node = graph.nodes[node_id]
        word = node.spec.partition(".")[2].removesuffix("LR").removesuffix("Scheduler")
        names[node_id] = _taken(slug(node.name) or slug(word) or "inner", taken)
    return FrozenMap(names)


def owner_of(node: Node, node_id: NodeId) -> NodeId:
    """Return the node whose module a node calls."""
    weights = node.weights
    return weights.same_as if weights is not None and weights.same_as else node_id


def is_loss(lookup: Lookup, node: Node) -> bool:
    """Whether a node is one of torch's loss modules."""
    spec = lookup(node.spec) if node.kind == "nn" else None
    return spec is not None and spec.category == "Losses"


def _taken(stem: str, used: set[str]) -> str:
    name = fresh(stem, used)
    used.add(name)
    return name
