"""What the pieces of train.py share: the plan of the training and the names of its variables."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.data_source import SourceCode
from codegen.feeds import Feed
from codegen.names import distinct, fresh, slug, spec_word
from codegen.run_features import Features
from codegen.train_flow import DRAWN, Flow
from codegen.train_modules import Outside
from codegen.train_phases import Learner
from codegen.training_plan import Plan
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import BlockId, FrozenMap, Graph, Node, NodeId, Project

_OWN = """
    Any Callable F Path Report Settings argparse as_json batch batches criterion dataclass device
    epoch event evaluate fields interrupt json load_data loss lr main math model nn optimizer order
    parse_settings report result scheduler settings show shuffle signal state step sys tensor torch
    total tqdm train train_part val_part validation
    Cycle PROCESSES RANK add_up agreed best buffer checkpoint complete copy course dist done
    earlier ema follow gathered heard_by_all join_processes keeping_checkpoints kept
    leave_processes load_checkpoint os place record require_device require_same save
    save_checkpoint scaler share
    turn waited weight whole write_file load_file load_weights group param_groups apart
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


RESULTS = {
    "abs": "magnitude",
    "all": "all_true",
    "any": "any_true",
    "max": "largest",
    "min": "smallest",
    "pow": "power",
    "round": "rounded",
    "sum": "summed",
}
"""What functions give whose names mean something else in Python."""
TENSORS = ("param.tensor", "buffer.tensor")
"""Specs of what is kept from step to step and is no module."""
RESERVED = ("optimizer", "scheduler", "loss", "lr", "weights", "param_groups")
"""What is named after an optimizer where there are several."""


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
    feeds: tuple[Feed, ...]
    """The data sources, the one that sets the epoch first."""
    names: FrozenMap[str, str]
    """Variables: of the sources' tensors by source and tensor, and of nodes by id."""
    outside: Outside
    flow: Flow
    features: Features
    """What the run settings switch on."""

    @property
    def data(self) -> SourceCode:
        """The source that sets the epoch."""
        return self.feeds[0].code

    @property
    def cycled(self) -> tuple[Feed, ...]:
        """The sources that are gone round and round."""
        return self.feeds[1:]

    @property
    def trained_on(self) -> str:
        """What the data are, in words."""
        return " and ".join(feed.code.title for feed in self.feeds)

    def tensors(self, feed: Feed) -> list[str]:
        """Return the variables of a source's tensors, in order."""
        return [self.names[tensor_key(feed, tensor)] for tensor in feed.code.names]

    @property
    def graph(self) -> Graph:
        """The main graph."""
        return self.project.main.graph

    @property
    def models(self) -> tuple[str, ...]:
        """The variables in train.py of the modules that are trained."""
        found = [self.names[f"module.{n}"] for n in self.trained if self.node(n).kind != "param"]
        return (*(("model",) if self.plan.outputs else ()), *found)

    @property
    def switched(self) -> tuple[str, ...]:
        """The variables of further modules that have to be told whether they are trained."""
        trained, outside = self.trained, self.outside
        found = [n for n in self.owners if n not in trained and not outside.is_resting(n)]
        names = (self.names[f"module.{n}"] for n in found if outside.changes_with_mode(n))
        return tuple(dict.fromkeys(names))

    @property
    def owners(self) -> tuple[NodeId, ...]:
        """The nodes of the step that own a module or a tensor, in canonical order."""
        owning = [n for n in self.plan.nodes if self.node(n).kind in ("nn", "block")]
        owning += [n for n in self.plan.nodes if self.node(n).spec in TENSORS]
        order = {n: place for place, n in enumerate(self.plan.nodes)}
        owners = dict.fromkeys(
            owner_of(self.node(n), n) for n in sorted(owning, key=order.__getitem__)
        )
        variables = {self.names[f"module.{n}"]: n for n in reversed(owners)}
        found = [n for n in owners if variables[self.names[f"module.{n}"]] == n]
        return tuple(sorted(found, key=self._when_made))

    def _when_made(self, node_id: NodeId) -> tuple[bool, bool]:
        """Losses are made last, and a copy when its source is there."""
        loss = not self.outside.owns_weights(node_id)
        return loss, self.outside.follows(node_id)

    @property
    def shadows(self) -> tuple[NodeId, ...]:
        """Those of them that follow the weights of something else."""
        return tuple(n for n in self.owners if self.outside.follows(n))

    @property
    def trained(self) -> tuple[NodeId, ...]:
        """Those of them that some optimizer changes."""
        changed = {n for phase in self.plan.phases for n in self.flow.stepped(phase)}
        return tuple(n for n in self.owners if n in changed and not self.outside.is_resting(n))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of model.py that the training makes."""
        found = [self.outside.class_of(n) for n in self.owners]
        return tuple(
            dict.fromkeys([*([self.model] if self.plan.outputs else []), *filter(None, found)])
        )

    @property
    def has_weights_outside(self) -> bool:
        """Whether something outside the model has weights."""
        return any(self.outside.owns_weights(n) for n in self.owners)

    @property
    def learners(self) -> tuple[Learner, ...]:
        """The optimizers, in the order in which they act."""
        return self.plan.learners

    def kept(self, variable: str) -> str:
        """Return what is validated and saved of a module: its averaged weights, where there are."""
        if self.features.averages and variable == "model":
            return "ema"
        held = self.features.averages and not self.plan.outputs and variable in self.models
        return f'ema["{variable}"]' if held else variable

    @property
    def returned(self) -> str:
        """What ``train`` returns: the trained model, or its averaged weights."""
        return self.kept("model")

    def node(self, node_id: NodeId) -> Node:
        """Return a node of the main graph."""
        return self.graph.nodes[node_id]

    def spec(self, node_id: NodeId) -> Spec:
        """Return the spec of a node, which the plan has found to be known."""
        spec = self.lookup(self.node(node_id).spec)
        assert spec is not None
        return spec


def variable_names(
    project: Project, plan: Plan, feeds: tuple[Feed, ...], lookup: Lookup, model: str
) -> FrozenMap[str, str]:
    """Return a name for every variable of the step; metrics come last and so change no other."""
    return _Names(project, plan, lookup, {*OWN_NAMES, model}).all(feeds)


def tensor_key(feed: Feed, tensor: str) -> str:
    """Return under which key the variable of a source's tensor is found."""
    return f"data.{feed.id}.{tensor}" if feed.stem else f"data.{tensor}"


class _Names:
    """Gives out the names of train.py, each once."""

    def __init__(self, project: Project, plan: Plan, lookup: Lookup, taken: set[str]) -> None:
        self.project, self.plan, self.lookup, self.taken = project, plan, lookup, taken
        self.graph = project.main.graph
        self.names: dict[str, str] = {}
        self.modules: dict[object, str] = {}

    def all(self, feeds: tuple[Feed, ...]) -> FrozenMap[str, str]:
        """Return all names."""
        plan, names = self.plan, self.names
        if not plan.alone:
            stems = [x.stem for phase in plan.phases for x in phase.learners]
            self.taken |= {f"{stem}_{word}" for stem in stems for word in RESERVED}
        elif plan.phases[0].first.trains:
            self.taken.add("weights")
        self.taken |= {word for feed in feeds[1:] for word in (*feed.words, feed.loader)}
        for feed in feeds:
            for tensor in feed.code.names:
                stem = f"{feed.stem}_{tensor}" if feed.stem else tensor
                names[tensor_key(feed, tensor)] = self._take(stem)
        results = distinct(slug(self.graph.nodes[n].name) or "output" for n in plan.outputs)
        for node_id, word in zip(plan.outputs, results, strict=True):
            target = word in names.values()
            names[node_id] = self._take(f"predicted_{word}" if target else word)
        losses = [n for n in (*plan.before, *plan.step) if is_loss(self.lookup, self._node(n))]
        kinds = {self._likeness(owner_of(self._node(n), n)) for n in losses}
        for node_id in plan.nodes:
            self._name(node_id, alone=len(kinds) == 1 and node_id in losses)
        for learner in (x for phase in plan.phases for x in phase.learners):
            for node_id in learner.schedules[:-1]:
                node = self._node(node_id)
                word = node.spec.partition(".")[2].removesuffix("LR").removesuffix("Scheduler")
                names[node_id] = self._take(slug(node.name) or slug(word) or "inner")
        return FrozenMap(names)

    def _name(self, node_id: NodeId, alone: bool) -> None:
        node = self._node(node_id)
        word = node.spec.rpartition(".")[2]
        drawn = "noise" if node.spec in DRAWN else ""
        stem = slug(node.name) or drawn or LOSS_WORDS.get(word) or RESULTS.get(word) or slug(word)
        stem = stem or "value"
        if node.kind == "block":
            self.names[node_id] = self._value_of_block(node_id, node)
        elif node.spec in TENSORS:
            stem = slug(node.name) or ("weight" if node.kind == "param" else "buffer")
            self.names[f"module.{node_id}"] = self.names[node_id] = self._take(stem)
        elif node.kind != "nn":
            self.names[node_id] = self._take(stem)
        else:
            self._module(node_id, node, stem, alone)

    def _module(self, node_id: NodeId, node: Node, stem: str, alone: bool) -> None:
        loss = is_loss(self.lookup, node)
        stem = stem.removesuffix("_loss") if loss else stem
        key = f"module.{(owner := owner_of(node, node_id))}"
        if key not in self.names:
            likeness = self._likeness(owner)
            if likeness not in self.modules:
                module = f"{stem}_criterion" if loss else stem
                self.modules[likeness] = "criterion" if alone else self._take(module)
            self.names[key] = self.modules[likeness]
        self.names[node_id] = self._take(f"{stem}_loss" if loss else f"{stem}_value")

    def _likeness(self, owner: NodeId) -> object:
        """Return what losses have in common that are one module: they are the same function."""
        node = self.graph.nodes.get(owner)
        if node is None or not is_loss(self.lookup, node) or node.weights is not None:
            return owner
        return (node.spec, repr(sorted(node.args.items())))

    def _value_of_block(self, node_id: NodeId, node: Node) -> str:
        """Name a block's module, and return the name of what this call of it gives."""
        owner = owner_of(node, node_id)
        key = f"module.{owner}"
        block = self.project.blocks.get(BlockId(node.spec.partition(".")[2]))
        if key not in self.names:
            whose = self.graph.nodes.get(owner, node)
            title = slug(block.name) if block is not None else ""
            alone = owner == node_id and not self._is_shared(owner)
            said = slug(whose.name) if alone else ""
            self.names[key] = self._take(said or title or spec_word(node.spec))
        module = self.names[key]
        said = slug(node.name)
        outputs = block.outputs if block is not None else ()
        if block is not None and len(outputs) > 1:
            for output in outputs:
                label = slug(block.graph.nodes[output].name) or "output"
                stem = said or module
                self.names[f"port.{node_id}.{output}"] = self._take(f"{stem}_{label}")
        (result,) = outputs if len(outputs) == 1 else ("",)
        label = slug(block.graph.nodes[NodeId(result)].name) if block is not None and result else ""
        return self._take(said if said and said != module else f"{module}_{label or 'output'}")

    def _is_shared(self, owner: NodeId) -> bool:
        users = (n for n in self.plan.nodes if n != owner)
        return any(owner_of(self._node(n), n) == owner for n in users)

    def _node(self, node_id: NodeId) -> Node:
        return self.graph.nodes[node_id]

    def _take(self, stem: str) -> str:
        name = fresh(stem, self.taken)
        self.taken.add(name)
        return name


def owner_of(node: Node, node_id: NodeId) -> NodeId:
    """Return the node whose module a node calls."""
    weights = node.weights
    return weights.same_as if weights is not None and weights.same_as else node_id


def is_loss(lookup: Lookup, node: Node) -> bool:
    """Whether a node is one of torch's loss modules."""
    spec = lookup(node.spec) if node.kind == "nn" else None
    return spec is not None and spec.category == "Losses"
