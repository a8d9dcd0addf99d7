"""The axis of the samples, joined, stacked, summed up or moved on its way through the network.

What it does: where a loss gets another number of rows than there are samples, a Linear layer one
number, or a layer that works on rows (Linear, LayerNorm, attention, a recurrent one) the samples
along its last axis, or a convolution, a norm of channels or a block that wants them first has them
elsewhere, walks back to the node that changed axis 0: a `cat` or `stack` along it, a mean or sum
over it, a `repeat_interleave` along it, a `transpose`, `permute` or `movedim` that moved it.

Why it matters: axis 0 holds the samples of a batch. What joins or sums up samples mixes them, and
in the end there is no longer one prediction for each.

Example: `torch.cat([a, b])` of two `B×8`: `2*B×8`, since `dim` is 0 unless it is said.
Better: `torch.cat([a, b], dim=1)`, which is `B×16`.

Fix: sets `dim` to an axis of the sample, or switches off what moved the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from graph_editor.checking.diagnosers.steps_first import LAYERS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import followed
from graph_editor.checking.proposals import insert, replace_spec, set_to, skip, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import (
    ELEMENTWISE,
    FLATTENING,
    POOLS,
    TURNS,
    WIDTHS,
    before_turn,
    chain_before,
)
from graph_editor.checking.words import holds_batch, label, number, shape, title, value
from graph_editor.document.model import Address, Arg, Expr, FrozenMap, NodeId

CODE = "batch-axis"
RANK = 13
THROUGH = ELEMENTWISE | POOLS | FLATTENING | (frozenset(WIDTHS) - {"nn.RNN", "nn.LSTM", "nn.GRU"})
JOINS = frozenset({"torch.cat", "torch.stack"})
_REDUCTIONS = "mean sum amax amin max min prod std var logsumexp"
REDUCTIONS = frozenset(f"torch.{name}" for name in _REDUCTIONS.split())
CONVOLUTIONS = frozenset(f"nn.Conv{n}d" for n in (1, 2, 3))
CHOICES = frozenset(("torch.argmax", "torch.argmin"))
MOVES = TURNS | {"torch.movedim"}
NORMS = ("nn.BatchNorm", "nn.InstanceNorm", "nn.GroupNorm", "nn.PReLU")
"""How the specs begin that have weights for each place of axis 1."""
REPEATED = "torch.repeat_interleave"
ROWS = {
    "nn.Linear": "row for each sample",
    "nn.LayerNorm": "row for each sample",
    **dict.fromkeys(("nn.RNN", "nn.LSTM", "nn.GRU"), "row of features for each step"),
    "nn.MultiheadAttention": "row of features for each step",
}
"""What layers need along the last axis, in words."""
Shape = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node behind which axis 0 no longer holds the samples."""
    site = _as_input(failure.site, failure.port, context)
    if not _misses_samples(site):
        return None
    maker = changer(site, context)
    if maker is None:
        return None
    message = f"{said_of(maker, context)}. {_reaches(site)}"
    found = tuple(cures(maker, context))
    argument = "dim" if maker.node.spec in JOINS | REDUCTIONS | {REPEATED} else ""
    return Diagnosis(CODE, "error", maker.address, message, argument, "", found)


def _as_input(site: Site, port: str, context: Context) -> Site:
    """Return a use of a block that refuses a port, or attention, as if it had one input alone."""
    is_attention = site.node.spec == "nn.MultiheadAttention"
    port = "query" if is_attention else port
    if not is_attention and (site.node.kind != "block" or not _wants_samples(site, port, context)):
        return site
    known, source = site.symbolic.get(port), site.sources.get(port)
    if known is None or source is None:
        return site
    return replace(site, symbolic=FrozenMap({"input": known}), sources=FrozenMap({"input": source}))


def _wants_samples(site: Site, port: str, context: Context) -> bool:
    """Whether a block declares the samples to be the first axis of a port."""
    block = context.project.block(site.node.spec.partition(".")[2])
    entry = block.graph.nodes.get(NodeId(port))
    shape = entry.args.get("shape") if entry is not None else None
    first = shape[0] if isinstance(shape, tuple) and shape else None
    parameters = {parameter.name for parameter in block.parameters}
    return isinstance(first, Expr) and first.text.strip() == "B" and "B" not in parameters


def _misses_samples(site: Site) -> bool:
    """Whether what arrives cannot have the samples along axis 0, as this node needs them."""
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if given is None:
        return False
    if site.node.spec.endswith("Loss"):
        labelled = target is not None and target.shape and holds_batch(target.shape[0])
        return bool(labelled) and target is not None and given.shape[:1] != target.shape[:1]
    if site.node.spec in CONVOLUTIONS or site.node.kind == "block":
        return any(map(holds_batch, given.shape)) and not holds_batch(given.shape[0])
    if site.node.spec.startswith(NORMS):
        return holds_batch((*given.shape, 1, 1)[1]) and not holds_batch(given.shape[0])
    if site.node.spec not in ROWS:
        return False
    return not given.shape or (holds_batch(given.shape[-1]) and not holds_batch(given.shape[0]))


def changer(site: Site, context: Context) -> Site | None:
    """Return the node before an input at which axis 0 ceased to be that of the samples."""
    target = site.symbolic.get("target")
    for maker in chain_before(site, "input", context, THROUGH):
        arriving = samples(maker)
        if not arriving or (target is not None and arriving[0] != target.shape[0]):
            continue
        if any(changes(maker, arriving) for changes in CHANGES):
            return None if takes_samples_for_steps(maker, context) else maker
    return None


def samples(site: Site) -> Shape:
    """Return the shape that arrives, where its axis 0 is that of the samples; else none."""
    many = {k.shape for p, k in site.symbolic.items() if p.startswith("tensors[")}
    one = site.symbolic.get("input")
    if not many:
        many = {one.shape} if one is not None else set()
    held = all(each and holds_batch(each[0]) for each in many)
    return min(many, key=str) if many and held else ()


def takes_samples_for_steps(maker: Site, context: Context) -> bool:
    """Whether a layer before it has batch_first False: that is told of the layer."""
    before = list(chain_before(maker, "input", context))
    return bool(before) and before[-1].node.spec in LAYERS and not before[-1].value("batch_first")


def _joins(site: Site, arriving: Shape) -> bool:
    dim = number(site.value("dim"))
    rank = len(arriving) + (site.node.spec == "torch.stack")
    return site.node.spec in JOINS and dim in (0, -rank)


def reduces(site: Site, arriving: Shape) -> bool:
    """Whether a node sums up over axis 0, be it among others."""
    if site.node.spec not in REDUCTIONS | CHOICES:
        return False
    said = site.value("dim")
    axes = said if isinstance(said, tuple) else (said,)
    return axes in ((), (None,)) or bool({0, -len(arriving)} & {number(axis) for axis in axes})


def _turns(site: Site, arriving: Shape) -> bool:
    rank = len(arriving)
    if site.node.spec == "torch.movedim":
        moved, place = site.value("source"), site.value("destination")
        return moved in (0, -rank) and number(place) not in (None, 0, -rank)
    return site.node.spec in TURNS and before_turn(site, -rank) not in (0, -rank)


def _repeats(site: Site, arriving: Shape) -> bool:
    """Whether a node gives each sample several times, in a row."""
    return site.node.spec == REPEATED and number(site.value("dim")) in (0, -len(arriving))


CHANGES: tuple[Callable[[Site, Shape], bool], ...] = (_joins, reduces, _turns, _repeats)


def said_of(maker: Site, context: Context) -> str:
    """Say what a node does to the axis of the samples."""
    arriving, spec = shape(samples(maker)), maker.node.spec
    known = context.types.get(f"{maker.address}.output")
    comes = f": {known.text()} comes out" if known is not None and known.shape else ""
    unsaid = "" if "dim" in maker.node.args else " (its dim is not said)"
    name = f"{title(maker).capitalize()} {label(maker)}"
    if spec in JOINS:
        count = sum(port.startswith("tensors[") for port in maker.symbolic)
        does = "puts" if spec == "torch.cat" else "stacks"
        what = f"{count} tensors {arriving} one behind the other along axis 0"
        return f"{name} {does} {what}{unsaid}, which is the batch{comes}"
    if spec == REPEATED:
        what = f"each sample of {arriving} {value(maker.value('repeats'))} times along axis 0"
        return f"{name} gives {what}, which is the batch{comes}"
    if spec in REDUCTIONS | CHOICES:
        what = "all axes" if unsaid else "axis 0"
        comes = comes or ": one number comes out"
        return f"{name} goes over {what} of {arriving}{unsaid}, and axis 0 is the batch{comes}"
    return f"{name} moves the batch, axis 0 of {arriving}, to another place{comes}"


def _reaches(site: Site) -> str:
    name = label(site) if site.node.kind == "block" else f"{title(site)} {label(site)}"
    if site.node.spec in ROWS:
        return f"{name} needs a {ROWS[site.node.spec]}."
    if not site.node.spec.endswith("Loss"):
        return f"{name} needs the samples first, and {site.shown('input')} arrives."
    return (
        f"In the end {site.shown('input')} reaches {name}, and its target {site.shown('target')} "
        "has a place for each sample."
    )


def cures(maker: Site, context: Context) -> Iterator[Proposal]:
    """Yield what leaves the axis of the samples as it is."""
    arriving = samples(maker)
    if maker.node.spec in MOVES:
        yield from _turned(maker, len(arriving))
    elif maker.node.spec == REPEATED:
        yield skip(maker)
        if len(arriving) > 1:
            yield from followed(set_to(maker, "dim", 1), maker, context)
    elif maker.node.spec == "torch.stack":
        yield from _stacked(maker, context)
    elif maker.node.spec == "torch.cat":
        for axis in (1, -1)[: 2 if len(arriving) == 3 else 1]:
            yield from followed(set_to(maker, "dim", axis), maker, context)
    else:
        yield from _reduced(maker, len(arriving))


def _turned(maker: Site, rank: int) -> Iterator[Proposal]:
    yield skip(maker)
    if rank < 3:
        return
    if maker.node.spec == "Tensor.permute":
        order = [before_turn(maker, axis) + rank for axis in range(-rank, 0)]
        kept = (0, *(axis for axis in order if axis))
        if kept != tuple(range(rank)):
            yield set_to(maker, "args", kept)
    elif maker.node.spec in TURNS:
        words = "Set dim0 to 1 and dim1 to 2"
        yield together(set_to(maker, "dim0", 1), set_to(maker, "dim1", 2), title=words)


def _stacked(maker: Site, context: Context) -> Iterator[Proposal]:
    way = set_to(maker, "dim", 1)
    yield from followed(way, maker, context)
    wires = context.project.block(maker.block).graph.wires
    readers = [target for target, source in wires.items() if source.node == maker.id]
    parent = maker.address.rpartition("/")[0]
    if len(readers) == 1:
        here, port = readers[0].node, str(readers[0].port)
        reader = context.sites.get(Address(f"{parent}/{here}" if parent else here))
        if reader is not None:
            flat = insert(reader, port, "nn.Flatten", {}, "")
            yield together(way, flat, title=f"{way.title}, and flatten what comes of it")
    along = together(replace_spec(maker, "torch.cat"), way, title="Use cat along axis 1 instead")
    yield from followed(along, maker, context)


def _reduced(maker: Site, rank: int) -> Iterator[Proposal]:
    said = maker.value("dim")
    rest: tuple[Arg, ...] = ()
    if isinstance(said, tuple):
        rest = tuple(axis for axis in said if axis not in (0, -rank))
    if rest:
        yield set_to(maker, "dim", rest)
        return
    if rank > 3:
        yield set_to(maker, "dim", tuple(range(2, rank)))
    if rank > 2:
        yield set_to(maker, "dim", 1)
        return
    yield skip(maker)
    if not maker.value("keepdim"):
        yield set_to(maker, "dim", 1)
    kept = (set_to(maker, "dim", 1), set_to(maker, "keepdim", True))
    yield together(*kept, title="Set dim to 1 and keepdim to True")
