"""One run as the window knows it: where it is, how it stands, and its numbers so far."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.session.run_numbers import RunNumbers
from app.session.run_words import moment_words
from app.training.folder import CONFIG, PROJECT, Setting, read_object
from app.training.history import Run, read_run
from app.training.status import RunStatus
from codegen.train_metrics import metric_names
from codegen.train_phases import Phase
from codegen.training_plan import training_plan
from codegen.written import CannotWrite
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.order import Lookup, incoming
from graph_editor.catalogue.run_settings import DEFAULTS
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import FileProblem, load
from graph_editor.document.model import Arg, NodeId, Project

PARAMETERS = re.compile(r"^- ([\d,]+) parameters$", re.MULTILINE)
"""The line of a run's own readme that tells the size of its model."""
COMBINING = ("op", "torch", "Tensor")
"""Kinds of nodes that make one number of several."""
POINTS = 200
"""Of a curve on a node at most."""
Curve = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """Which nodes of the main graph show a run's numbers."""

    losses: Mapping[NodeId, str] = field(default_factory=dict)
    """What events call the loss of each loss node's phase, after ``train_`` and ``val_``."""
    summed: frozenset[NodeId] = frozenset()
    """Loss nodes that are one of several terms, or weighted: the curve is that of the sum."""
    metrics: Mapping[NodeId, str] = field(default_factory=dict)
    """What events call each metric, after ``val_``."""
    rates: Mapping[NodeId, str] = field(default_factory=dict)
    """What events call the rate that each scheduler sets."""


@dataclass(eq=False)
class TrackedRun:
    """A run that is followed or shown. It is the same object for as long as the window lives."""

    folder: Path
    name: str
    created: float
    """Unix time."""
    settings: Mapping[str, Setting]
    status: RunStatus
    colour: int = 0
    """Which of the theme's run colours it has, for life."""
    batch_size: int = 0
    seed: int = 0
    parameters: int = 0
    """Learnable elements of the model; 0 where they are not known."""
    project_file: str = ""
    """Where the project's file was, or would be."""
    marks: Marks = field(default_factory=Marks)
    nodes: frozenset[NodeId] = frozenset()
    """Of its drawing's main graph."""
    problem: str = ""
    last: Mapping[str, object] = field(default_factory=dict)
    """The record of the last whole epoch, before the numbers are read."""
    numbers: RunNumbers = field(default_factory=RunNumbers)

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return not self.status.ended

    @property
    def label(self) -> str:
        """What it is called beside others of its name: ``digits_cnn 14:02:11``."""
        return f"{self.name} {moment_words(self.created, seconds=True)}"

    @property
    def step(self) -> int:
        """Steps so far, as far as anything tells."""
        read = int(self.numbers.step[-1]) if self.numbers.step else 0
        return max(read, self.status.step)

    @property
    def steps(self) -> int:
        """Steps of the whole plan; 0 where they are not known yet."""
        return self.status.epochs * self.status.batches

    @property
    def steps_per_epoch(self) -> float:
        """Steps of one epoch; 1 where nothing tells."""
        if self.status.batches:
            return float(self.status.batches)
        numbers = self.numbers
        if numbers.epoch and numbers.epoch[-1] > 0 < numbers.epoch_step[-1]:
            return numbers.epoch_step[-1] / numbers.epoch[-1]
        return 1.0

    @property
    def progress(self) -> float:
        """Share of the plan that is done, 0 to 1."""
        if self.status.state == "finished":
            return 1.0
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    @property
    def samples_per_second(self) -> float:
        """How many samples are trained on in a second, of late; NaN where that is not known."""
        return self.numbers.steps_per_second() * self.batch_size if self.batch_size else math.nan

    @property
    def seconds_left(self) -> float:
        """How long the rest will take at the pace of late; NaN where that is not known."""
        return self.numbers.seconds_left(self.steps) if self.steps else math.nan

    def value(self, name: str) -> float:
        """Return the last value of an epoch's number, read or told by the list; else NaN."""
        found = self.numbers.last(name)
        told = self.last.get(name)
        if math.isnan(found) and isinstance(told, int | float):
            return float(told)
        return found

    def curve(self, name: str = "loss") -> tuple[Curve, Curve]:
        """Return a training and validation loss for a node: of epochs, at first of steps."""
        epochs = self.numbers.epochs
        train, validation = epochs.get(f"train_{name}", ()), epochs.get(f"val_{name}", ())
        if len(train) < 3 and name == "loss":
            train = self.numbers.loss
        return _thin(train), _thin(validation)


def tracked(run: Run) -> TrackedRun:
    """Return what a run's folder tells of it, without its numbers. Reads files, never raises."""
    try:
        project_file = str(read_object(run.folder / CONFIG).get("project", ""))
    except (OSError, ValueError):
        project_file = ""
    project = _project(run.folder)
    size, seed = (run.settings.get(name, _said(project, name)) for name in ("batch_size", "seed"))
    return TrackedRun(
        run.folder,
        run.name,
        run.created,
        run.settings,
        run.status,
        batch_size=size if isinstance(size, int) else 0,
        seed=seed if isinstance(seed, int) else 0,
        parameters=parameters_in(run.folder),
        project_file=project_file,
        marks=marks_of(project, specs_of(project)) if project is not None else Marks(),
        nodes=frozenset(project.main.graph.nodes) if project is not None else frozenset(),
        problem=run.problem,
        last=run.last,
    )


def read_tracked(folder: Path) -> TrackedRun:
    """Read one run's folder. Never raises."""
    return tracked(read_run(folder))


def marks_of(project: Project, lookup: Lookup) -> Marks:
    """Return which nodes show the numbers of a project's run."""
    try:
        plan = training_plan(project, lookup)
    except CannotWrite:
        return Marks()
    steady = [phase for phase in plan.phases if not phase.every]
    losses: dict[NodeId, str] = {}
    summed: set[NodeId] = set()
    for phase in steady:
        terms = _terms(project, lookup, phase)
        losses |= {node: phase.loss if len(steady) > 1 else "loss" for node in terms}
        if len(terms) > 1 or phase.weights:
            summed |= terms
    first, *others = plan.learners
    named = [(first, "lr"), *((learner, learner.called("lr")) for learner in others)]
    rates = {each.scheduler: name for each, name in named if each.scheduler is not None}
    names = metric_names(project.main, plan.metrics)
    return Marks(losses, frozenset(summed), names, rates)


def _terms(project: Project, lookup: Lookup, phase: Phase) -> set[NodeId]:
    """Return the loss nodes that a phase's loss is made of, those behind a sum or product too."""
    graph = project.main.graph
    found: set[NodeId] = set()
    waiting = [port.node for port in phase.losses]
    wires = incoming(graph)
    while waiting:
        node = waiting.pop()
        spec = lookup(graph.nodes[node].spec)
        kind = graph.nodes[node].kind
        if family_of(spec, kind) == "loss":
            found.add(node)
        elif kind in COMBINING:
            waiting += [source.node for source in wires[node].values()]
    return found


def parameters_in(folder: Path) -> int:
    """Return the model's learnable elements as the run's readme says them; 0 where it does not."""
    try:
        found = PARAMETERS.search((folder / "README.md").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return int(found[1].replace(",", "")) if found else 0


def _project(folder: Path) -> Project | None:
    try:
        return load(folder / PROJECT).project
    except FileProblem:
        return None


def _said(project: Project | None, name: str) -> Arg:
    """Return a setting of the run as the project says it, or its default."""
    return project.run.get(name, DEFAULTS[name]) if project is not None else DEFAULTS[name]


def _thin(values: Sequence[float]) -> Curve:
    """Return the last value and some at equal distances before it, oldest first."""
    step = -(-len(values) // POINTS) or 1
    kept = values[len(values) - 1 :: -step] if values else ()
    return tuple(value for value in reversed(kept) if math.isfinite(value))
