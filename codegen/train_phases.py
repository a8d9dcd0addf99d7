"""The phases of a training step: which optimizers act, in what order, on which losses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.names import distinct, slug, spec_word
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup, Regions, canonical_order, incoming
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Block,
    BlockId,
    Expr,
    NodeId,
    OutPort,
    Project,
    same,
)


@dataclass(frozen=True, slots=True)
class Learner:
    """An optimizer, what it trains, and its schedule."""

    node: NodeId
    stem: str
    """What its variables and settings begin with; empty where it is the only one."""
    trains: tuple[Address, ...]
    """What it trains; empty for the whole model, which is ``.`` where something is beside it."""
    schedules: tuple[NodeId, ...]
    """The schedulers that others hold, each before the one that holds it, and that one last."""

    @property
    def scheduler(self) -> NodeId | None:
        """The scheduler that the training steps, if there is one."""
        return self.schedules[-1] if self.schedules else None

    def called(self, word: str) -> str:
        """Return a variable or a setting of this optimizer: ``lr`` or ``critic_lr``."""
        return f"{self.stem}_{word}" if self.stem else word


@dataclass(frozen=True, slots=True)
class Phase:
    """A turn within a step: its losses become one, which optimizers make smaller together."""

    learners: tuple[Learner, ...]
    losses: tuple[OutPort, ...]
    weights: tuple[float | Expr, ...]
    """One factor per loss; empty where none are given."""
    loss: str
    """The variable of the whole loss."""
    every: bool
    """Whether it comes only every so many steps."""
    accumulate: bool
    """Whether the gradients of several batches add up to one step."""

    @property
    def first(self) -> Learner:
        """The optimizer that names the phase."""
        return self.learners[0]


def phases_of(
    project: Project, parts: Regions, optimizers: tuple[NodeId, ...], lookup: Lookup
) -> tuple[Phase, ...]:
    """Return the phases in their order. Raises CannotWrite.

    Optimizers of the same order whose losses are the same share a phase, and its backward pass.
    """
    main, nodes = project.main, project.main.graph.nodes
    schedules = _schedules(main, parts, optimizers, lookup)
    stems = [""] if len(optimizers) == 1 else distinct(_stem(project, n) for n in optimizers)
    groups: list[list[Learner]] = []
    for node, stem in zip(optimizers, stems, strict=True):
        learner = Learner(node, stem, _trained(main, node), schedules[node])
        twin = next((g for g in groups if _together(main, g[0].node, node)), None)
        if twin is None:
            groups.append([learner])
        else:
            twin.append(learner)
    found = []
    for group in groups:
        first, losses = group[0], _losses(main, group[0].node)
        args = nodes[first.node].args
        found.append(
            Phase(
                tuple(group),
                losses,
                _weights(main, first.node, losses),
                first.called("loss") if len(groups) > 1 else "loss",
                _count(first.node, "every", args.get("every")) > 1,
                _count(first.node, "accumulate", args.get("accumulate")) > 1,
            )
        )
    if all(phase.every for phase in found):
        raise CannotWrite(
            found[0].first.node,
            "no optimizer acts in every step",
            "Remove every from one, or use accumulate",
        )
    return tuple(found)


def _count(node: NodeId, name: str, value: Arg) -> int:
    if value is None:
        return 1
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise CannotWrite(node, f"{name} is not a count", "Give 1 or more")
    return value


TOGETHER = ("order", "every", "accumulate", "loss_weights")


def _together(main: Block, one: NodeId, other: NodeId) -> bool:
    """Whether two optimizers act on the same loss at the same time."""
    first, second = (main.graph.nodes[n].args for n in (one, other))
    alike = all(same(first.get(name), second.get(name)) for name in TOGETHER)
    return alike and _losses(main, one) == _losses(main, other)


def _stem(project: Project, optimizer: NodeId) -> str:
    """Return what an optimizer is called: by its label, else by the first thing that it trains."""
    nodes = project.main.graph.nodes
    said = slug(nodes[optimizer].name).removesuffix("_optimizer").removesuffix("_step")
    if said and said != "optimizer":
        return said
    trained = _trained(project.main, optimizer)
    part = nodes.get(NodeId(trained[0].split("/")[0].partition("[")[0])) if trained else None
    if part is None:
        return "model"
    block = project.blocks.get(BlockId(part.spec.partition(".")[2]))
    title = block.name if block is not None else "weight" if part.kind == "param" else ""
    return slug(part.name) or slug(title) or spec_word(part.spec)


def _trained(main: Block, optimizer: NodeId) -> tuple[Address, ...]:
    given = main.graph.nodes[optimizer].args.get("trains")
    if given is None:
        return ()
    listed = given if isinstance(given, tuple) else (given,)
    found = [item.address for item in listed if isinstance(item, At)]
    if len(found) < len(listed):
        raise CannotWrite(
            optimizer, "trains does not name parts of the drawing", "Choose its nodes"
        )
    return () if set(found) == {"."} else tuple(dict.fromkeys(found))


def _schedules(
    main: Block, parts: Regions, optimizers: Iterable[NodeId], lookup: Lookup
) -> dict[NodeId, tuple[NodeId, ...]]:
    """Return the schedulers of each optimizer, those that others hold first."""
    nodes, wires = main.graph.nodes, incoming(main.graph)
    found = [n for n in parts.step if nodes[n].kind == "lr_scheduler"]
    held = {s.node for n in found for p, s in wires[n].items() if p.startswith("schedulers[")}
    schedules: dict[NodeId, tuple[NodeId, ...]] = dict.fromkeys(optimizers, ())
    for root in (n for n in found if n not in held):
        order = canonical_order(main.graph, [root], lookup)
        own = next((n for n in order if nodes[n].kind == "optim"), None)
        if own is None:
            own = next(iter(schedules))
        if schedules[own]:
            raise CannotWrite(
                root,
                "several schedulers of one optimizer are not supported",
                "Keep one, or wire them into a ChainedScheduler or a SequentialLR",
            )
        schedules[own] = tuple(n for n in order if nodes[n].kind == "lr_scheduler")
    lost = [n for n in found if not any(n in order for order in schedules.values())]
    if lost:
        raise CannotWrite(lost[0], "these schedulers hold each other in a circle", "Remove a wire")
    return schedules


def _losses(main: Block, optimizer: NodeId) -> tuple[OutPort, ...]:
    wires = incoming(main.graph)[optimizer]
    found = sorted((int(p[7:-1]), source) for p, source in wires.items() if p.startswith("losses["))
    if not found:
        raise CannotWrite(optimizer, "the optimizer has no loss", "Wire a loss into it")
    return tuple(source for _, source in found)


def _weights(
    main: Block, optimizer: NodeId, losses: tuple[OutPort, ...]
) -> tuple[float | Expr, ...]:
    given: Arg = main.graph.nodes[optimizer].args.get("loss_weights")
    if given is None:
        return ()
    values = given if isinstance(given, tuple) else (given,)
    if len(values) != len(losses):
        raise CannotWrite(
            optimizer,
            f"loss_weights has {len(values)} factors for {len(losses)} losses",
            "Give one number for each loss",
        )
    known = [v for v in values if isinstance(v, int | float | Expr) and not isinstance(v, bool)]
    if len(known) != len(values):
        raise CannotWrite(
            optimizer, "loss_weights has what is no number", "Give numbers or expressions"
        )
    return tuple(known)
