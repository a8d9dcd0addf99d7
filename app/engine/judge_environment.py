"""The sizes, tries and settings that all nodes of a project are judged with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.engine.evaluate_scope import Number
from app.engine.symbolic import BATCH, bare_name, free_values, literals
from graph_editor.catalogue.batch import batch_of, samples_to_train, samples_to_validate
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.run_settings import COUNTS
from graph_editor.catalogue.spec import PortType
from graph_editor.document.model import (
    Arg,
    Block,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    PortPath,
    Project,
)

Entries = tuple[tuple[NodeId, Node], ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """What all nodes are judged with: sizes, tries and settings."""

    sizes: FrozenMap[str, int]
    free: frozenset[str]
    """Names of sizes that nothing fixes; they got values for the tries."""
    last: int | None
    parameters: FrozenMap[str, Arg]
    epochs: int
    validated: int | None = None
    """The size of the validation part, where that is known and smaller than a batch."""
    entries: Entries = field(default=(), compare=False)
    """The nodes through which values enter the main graph."""

    @property
    def batch(self) -> int | None:
        """The batch size, where there is one."""
        return self.sizes.get(BATCH)

    @staticmethod
    def of(
        project: Project,
        batch: int | None,
        sizes: Mapping[str, int] | None,
        candidates: Iterable[int],
    ) -> Environment:
        """Return the environment of a project; candidates are values for sizes that are free."""
        parameters = {p.name: p.default for p in project.main.parameters if p.default is not None}
        given = {n: s for n, s in (sizes or {}).items() if n not in parameters}
        count = batch or batch_of(project)
        entries = _entries(project.main)
        names = _names(project.main, entries) - parameters.keys()
        known = {BATCH: count} if BATCH in names else {}
        known |= {n: given[n] for n in names if n in given}
        free = names - known.keys()
        if free:
            taken = {*literals(project), *known.values()}
            known |= free_values(free, taken, tuple(candidates))
        epochs = project.run.get("epochs")
        return Environment(
            FrozenMap(known),
            frozenset(free),
            _last_batch(project, count) if BATCH in known else None,
            FrozenMap(parameters),
            epochs if isinstance(epochs, int) and epochs > 0 else COUNTS["epochs"].default,
            _validated(project, count) if BATCH in known else None,
            entries,
        )

    def facts(self) -> FrozenMap[str, PortType]:
        """Return what data sources say of their ports."""
        found: dict[str, PortType] = {}
        for id_, node in self.entries:
            spec = catalogue().get(node.spec)
            if spec is not None and spec.kind == "data":
                found |= {f"{id_}.{p}": t for p, t in port_types(spec, node).items()}
        return FrozenMap(found)

    def names(self, sizes: Mapping[str, int]) -> dict[str, Number]:
        """Return what names mean in the main graph in one try."""
        numbers = {n: a for n, a in self.parameters.items() if isinstance(a, int | float)}
        return {"epochs": self.epochs, "epoch": 1, "step": 1, **numbers, **sizes}


def _entries(main: Block) -> Entries:
    """Return the nodes through which values enter the main graph."""
    starts = ("data.", "io.input")
    return tuple(item for item in main.graph.nodes.items() if item[1].spec.startswith(starts))


def _names(main: Block, entries: Entries) -> set[str]:
    """Return the sizes that data sources and unwired inputs of the main graph name."""
    found: set[str] = set()
    for id_, node in entries:
        if node.spec != "io.input":
            spec = catalogue().get(node.spec)
            own = {n for n, a in node.args.items() if isinstance(a, int)}
            shapes = [t.shape for t in port_types(spec, node).values()] if spec else []
            found |= {n for shape in shapes for n in _bare(shape) if n not in own}
        elif InPort(id_, PortPath("input")) not in main.graph.wires:
            found |= set(_bare(node.args.get("shape")))
    return found


def _bare(shape: Arg) -> Iterator[str]:
    for dim in shape if isinstance(shape, tuple) else ():
        name = bare_name(dim)
        if name is not None:
            yield name


def _last_batch(project: Project, batch: int) -> int | None:
    """Return the size of an epoch's last batch, where the first source says how many it has."""
    there = samples_to_train(project)
    return there % batch or None if there else None


def _validated(project: Project, batch: int) -> int | None:
    """Return the size of the validation part, which is evaluated at once, if a batch is larger."""
    there = samples_to_validate(project)
    return there if there and there < batch else None
