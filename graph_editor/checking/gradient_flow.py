"""Where gradients stop on their way back from the losses, and which weights lie behind that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.switched import is_off
from graph_editor.checking.trained import freezer, is_trained
from graph_editor.checking.walk import site_before, source_of
from graph_editor.document.model import Address, Arg, At, Block


def _named(reason: str, prefix: str, names: str) -> dict[str, str]:
    return dict.fromkeys((f"{prefix}.{name}" for name in names.split()), reason)


_WHOLE = "what it gives are places, which are whole numbers"
_TRUTH = "what it gives is true or false"
_STEPS = "where its input changes a little, its result stays the same or jumps"
_SHAPE = "it takes the shape of its input and none of its values"
_DTYPE = "{} has none"
FLAT = {
    **_named(_STEPS, "torch", "sign round floor ceil"),
    **_named("what it gives is drawn at random", "torch", "bernoulli"),
}
"""Specs whose gradient is 0 everywhere, with the reason."""
STOPS = {
    **_named("that is what detach is for", "Tensor", "detach"),
    **_named(_WHOLE, "torch", "argmax argmin argsort topk sort"),
    **_named(_DTYPE, "Tensor", "long bool to type_as"),
    **_named(_TRUTH, "op", "eq ne lt le gt ge"),
    **_named(_TRUTH, "torch", "all any isnan"),
    **_named(_SHAPE, "torch", "zeros_like ones_like full_like rand_like randn_like"),
}
"""Specs that have results without a gradient, with the reason; torch says where that is so."""
UNMOVED = frozenset({
    ("nn.CosineEmbeddingLoss", "target"),
    ("nn.HingeEmbeddingLoss", "target"),
    ("Tensor.type_as", "other"),
})  # fmt: skip
"""Inputs that are only compared, or asked for their dtype: no gradient goes back there."""
LEADS = {("nn.MultiheadAttention", "value"): "attn_output"}
"""Inputs that are part of one output alone: from the others no gradient goes back there."""
PARTED = frozenset(spec for spec, _ in LEADS)
COUNTS = {
    "nn.PairwiseDistance": "p",
    "nn.TripletMarginLoss": "p",
    "torch.linalg.vector_norm": "ord",
}
"""Norms by the argument that is their order: that of order 0 counts numbers, without a gradient."""
_COUNT = "a norm of order 0 counts the numbers that are not 0, and has no gradient"


Stops: TypeAlias = Callable[[Site, str, Context], bool]
"""Whether the way back from an output ends at its node."""


def counts(spec: str, args: Mapping[str, Arg]) -> bool:
    """Whether a node only counts numbers, so that it passes no gradient."""
    return spec in COUNTS and args.get(COUNTS[spec], 2) == 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A node that no gradient passes, and the layers that get one from nowhere else."""

    site: Site
    reason: str
    layers: tuple[Site, ...]
    starved: tuple[Address, ...] = ()
    """The optimizers that torch refuses because of it: their loss gets no gradient at all."""
    aside: bool = False
    """Whether it is no such node, but the last layer of a branch that leads to no loss at all."""


_CUTTING = frozenset(FLAT) | frozenset(STOPS) | frozenset(COUNTS)


def cuts(context: Context) -> tuple[Cut, ...]:
    """Return the nodes that cut layers off from every loss, the nearest to a loss first.

    A layer behind several of them is told at the first only. After them come the last layers of
    branches that lead to no loss at all.
    """
    if context.fixed(_is_unfinished):
        return ()  # what waits for another node may be a way for gradients too
    branches = (tuple(context.sites[a] for a in branch) for branch in context.fixed(_aside))
    aside = tuple(Cut(branch[0], "", branch, aside=True) for branch in branches)
    if not any(_stops(s, port, context) for s in context.of(_CUTTING) for port in _made(s)):
        return aside
    return (*_cuts(context), *aside)


def _is_unfinished(context: Context) -> bool:
    return any(Address(name) not in context.sites for name in context.project.main.graph.nodes)


def _cuts(context: Context) -> Iterator[Cut]:
    optimizers = _optimizers(context)
    reached, met = _reached(optimizers, context)
    met = _amiss_first(met, optimizers, context)
    shared, claimed = in_more_places(context), _claimed(reached, met, context)
    for site in met:
        behind, _ = _reached([site], context, stops=None)
        fresh = [s for a, s in behind.items() if claimed.get(a) == site.address]
        layers = tuple(s for s in fresh if _learns(s, optimizers, shared, context))
        if layers and site.address not in reached and site.node.spec in _CUTTING:
            starved = tuple(_starved(site, optimizers, context))
            yield Cut(site, _reason(site, context), layers, starved)


def _amiss_first(met: list[Site], optimizers: list[Site], context: Context) -> list[Site]:
    """Return those first at which a loss stops on its way to layers that its optimizer trains.

    The ``detach`` before a critic that learns is meant: it is the generator's own loss that has to
    come to the generator.
    """
    amiss: set[Address] = set()
    for optimizer in optimizers if len(met) > 1 and len(optimizers) > 1 else ():
        for site in _reached([optimizer], context)[1]:
            behind, _ = _reached([site], context, stops=None)
            makers = (s for a, s in behind.items() if context.makes.get(a))
            if any(_trains(optimizer, maker, context) for maker in makers):
                amiss.add(site.address)
    return sorted(met, key=lambda site: site.address not in amiss)


def _claimed(
    reached: Iterable[Address], met: Iterable[Site], context: Context
) -> dict[Address, Address]:
    """Return for each node behind those at which gradients stop the one that is told of it.

    That is the one without which a gradient would come there: of ``zeros_like`` of a critic, and a
    ``detach`` before the critic, the second. Only what lies behind several, one behind the other,
    is told at the first.
    """
    claimed: dict[Address, Address] = dict.fromkeys(reached, Address(""))
    for stops in (_stops, None):
        for site in met:
            for address in _reached([site], context, stops=stops)[0]:
                claimed.setdefault(address, site.address)
    return claimed


def _aside(context: Context) -> tuple[tuple[Address, ...], ...]:
    """Return the layers of each branch that leads to no loss, those that come last first."""
    optimizers = _optimizers(context)
    if not optimizers or not all(o.sources for o in optimizers):
        return ()
    before, _ = _reached(optimizers, context, stops=None)
    idle = frozenset(context.regions.idle)
    outside = {
        a: s
        for a, s in context.sites.items()
        if a not in before and context.makes.get(a) and _top(a) not in idle
    }
    if not outside:
        return ()
    shared = in_more_places(context)
    apart = {a: s for a, s in outside.items() if _learns(s, optimizers, shared, context)}
    if not any(_learns(s, optimizers, shared, context) for s in before.values()):
        return ()  # there is nothing to train at all, and that is told
    branches, told = [], set[Address]()
    for site in reversed(apart.values()):
        if site.address not in told:
            behind, _ = _reached([site], context, stops=None)
            branches.append(tuple(a for a in behind if a in apart and a not in told))
            told |= behind.keys()
    return tuple(branches)


def wants_gradient(site: Site) -> bool:
    """Return whether a node gets anything that a gradient can go back to."""
    return any(kind.requires_grad for kind in site.inputs.values())


def reached_from_losses(context: Context) -> frozenset[Address]:
    """Return the nodes that torch goes back to from the losses of all optimizers.

    It also goes back through what makes every gradient 0.
    """
    return frozenset(_reached(_optimizers(context), context, _ends)[0])


def passed_over(context: Context) -> frozenset[tuple[Address, str]]:
    """Return the inputs, by node and port, that no gradient goes back to from what is used of it.

    Of an attention whose weights alone are used that is the value.
    """
    seen, _, outputs = _followed(_optimizers(context), context, _ends)
    return frozenset(
        (address, port)
        for (spec, port), output in LEADS.items()
        for address, site in seen.items()
        if site.node.spec == spec and outputs.isdisjoint({(address, output), (address, "")})
    )


def first_step(context: Context) -> Address:
    """Return the optimizer that goes its step first, as the drawing has them; "" without any."""
    places = {id_: place for place, id_ in enumerate(context.regions.step)}
    found = [(places.get(o.id, 0), o.address) for o in _optimizers(context)]
    return min(found, default=(0, Address("")))[1]


def leading_to(sites: Iterable[Site], context: Context) -> frozenset[Address]:
    """Return these nodes and all that their values come from."""
    return frozenset(_reached(sites, context, None)[0])


def _optimizers(context: Context) -> list[Site]:
    return [s for s in context.sites.values() if s.node.kind == "optim"]


def _made(site: Site) -> Iterable[str]:
    return output_ports(site.spec, site.node) if site.spec else ()


def _stops(site: Site, port: str, context: Context) -> bool:
    """Whether a gradient that comes to an output goes no further, although it could before it."""
    if not wants_gradient(site) or is_off(site.node):
        return False
    if counts(site.node.spec, site.args):
        return True
    made = context.types.get(f"{site.address}.{port}")
    return made is not None and (site.node.spec in FLAT or not made.requires_grad)


def _ends(site: Site, port: str, context: Context) -> bool:
    """Whether torch goes no further back from an output, although it could before it."""
    if not wants_gradient(site) or is_off(site.node):
        return False
    made = context.types.get(f"{site.address}.{port}")
    return made is not None and not made.requires_grad


def _reached(
    starts: Iterable[Site], context: Context, stops: Stops | None = _stops
) -> tuple[dict[Address, Site], list[Site]]:
    """Return the nodes that gradients come to from these, and those at which they stop.

    Without ``stops`` all that values come from is reached. What stands in a block that is repeated
    counts as reached with the block.
    """
    seen, met, _ = _followed(starts, context, stops)
    return seen, met


def _followed(
    starts: Iterable[Site], context: Context, stops: Stops | None
) -> tuple[dict[Address, Site], list[Site], set[tuple[Address, str]]]:
    """Return what is reached, what it stops at, and by which outputs ("" is all) it is entered.

    Outputs are told apart only of what has inputs that are part of one of them alone.
    """
    seen: dict[Address, Site] = {}
    met: dict[Address, Site] = {}
    entered = set[tuple[Address, str]]()
    ahead = [(site, "") for site in starts]
    for site, output in ahead:
        entry = (site.address, output if site.node.spec in PARTED else "")
        if entry in entered:
            continue
        entered.add(entry)
        seen[site.address] = site
        ahead += ((below, "") for below in _below(site, context))
        for port in site.sources:
            led = is_led_to(site.node.spec, port, output) and not _is_only_asked(
                site, port, context
            )
            if stops is not None and not led:
                continue
            source = source_of(site, port, context)
            maker = context.sites.get(source.address) if source else None
            if source is None or maker is None or _is_size(maker):
                continue
            if stops is not None and stops(maker, source.port, context):
                met[maker.address] = maker
            else:
                ahead.append((maker, source.port))
    return seen, list(met.values()), entered


def _is_only_asked(site: Site, port: str, context: Context) -> bool:
    """Whether all that reads an input of a block, inside, only compares it or takes its dtype."""
    if site.node.kind != "block":
        return False
    graph = context.project.block(site.node.spec.partition(".")[2]).graph
    ends = [target for target, source in graph.wires.items() if source.node == port]
    return bool(ends) and all((graph.nodes[t.node].spec, str(t.port)) in UNMOVED for t in ends)


def is_led_to(spec: str, port: str, output: str) -> bool:
    """Whether a gradient that comes to an output ("" is any) goes on to an input."""
    return (spec, port) not in UNMOVED and output in ("", LEADS.get((spec, port), output))


def _is_size(site: Site) -> bool:
    """Whether a node gives a size, which is no tensor and knows no gradient."""
    return site.spec is not None and site.spec.yields == "size"


def _below(site: Site, context: Context) -> Iterator[Site]:
    """Yield the copies of a repeated node, and all that stands in them."""
    if site.node.kind == "block" or site.node.repeat is not None:
        inside = (f"{site.address}/", f"{site.address}[")
        yield from (s for a, s in context.sites.items() if a.startswith(inside))


def _learns(
    site: Site, optimizers: Iterable[Site], shared: frozenset[Address], context: Context
) -> bool:
    """Whether a node has weights of its own alone that some optimizer is to change."""
    if not context.makes.get(site.address) or freezer(site, context) is not None:
        return False
    weights = site.node.weights
    if weights is not None and weights.follows is not None:
        return False
    if any(site.address == a or site.address.startswith((f"{a}/", f"{a}[")) for a in shared):
        return False
    return any(_trains(o, site, context) for o in optimizers)


def _trains(optimizer: Site, layer: Site, context: Context) -> bool:
    model = context.regions.model
    if optimizer.node.args.get("trains") is not None:
        return is_trained(layer, optimizer)
    return not model or layer.address.partition("/")[0].partition("[")[0] in model


def in_more_places(context: Context) -> frozenset[Address]:
    """Return the nodes whose weights are used in more places than one."""
    names = {(block, _top(t)) for block, t in _tied(context)}
    return frozenset(s.address for s in context.sites.values() if (s.block, str(s.id)) in names)


def _tied(context: Context) -> Iterator[tuple[str, str]]:
    """Yield the block and the address in it of every weight that another place uses too."""
    for site in context.sites.values():
        weights, of = site.node.weights, site.node.args.get("of")
        if weights is not None and weights.same_as is not None:
            yield site.block, site.id
            yield site.block, weights.same_as
        if isinstance(of, At):
            yield site.block, of.address
    blocks: dict[str, Block] = {"main": context.project.main}
    blocks |= {str(key): block for key, block in context.project.blocks.items()}
    for key, block in blocks.items():
        for pair in block.graph.ties.items():
            yield from ((key, side) for side in pair)


def _top(address: str) -> str:
    return address.partition(".")[0].partition("/")[0].partition("[")[0]


def _starved(site: Site, optimizers: Iterable[Site], context: Context) -> Iterator[Address]:
    """Yield the optimizers one of whose losses has no gradient because of a node."""
    for optimizer in optimizers:
        for port, loss in optimizer.inputs.items():
            maker = site_before(optimizer, port, context)
            if loss.requires_grad or maker is None:
                continue
            if site.address in _reached([maker], context, stops=None)[0]:
                yield optimizer.address
                break


def _reason(site: Site, context: Context) -> str:
    made = context.types.get(f"{site.address}.output")
    if site.node.spec in COUNTS:
        return _COUNT
    words = FLAT.get(site.node.spec) or STOPS[site.node.spec]
    return words.format(made.dtype if made else "")
