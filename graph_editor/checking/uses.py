"""Several calls with the weights of one layer that all bring another width than it was made for.

Each of them is as the others are, so that the call for which the layer was made is the one led
astray, as where the first of three towers leaves a layer out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph_editor.checking.agreed_width import CODES, Agreed, Key
from graph_editor.checking.failure import Context, Proposal, Site, Source
from graph_editor.checking.gradient_flow import leading_to
from graph_editor.checking.proposals import connect
from graph_editor.checking.verdict import Diagnostic, TensorType
from graph_editor.checking.walk import first_port
from graph_editor.checking.words import label, title
from graph_editor.document.model import Address, NodeId


def uses(
    found: Mapping[Key, Diagnostic],
    proposals: Mapping[Key, tuple[Proposal, ...]],  # noqa: ARG001  # one signature for all
    context: Context,
) -> Iterator[Agreed]:
    """Yield where two or more calls, and all that a layer has but the first, are refused alike."""
    refused: dict[Address, dict[Key, Site]] = {}
    for key, told in found.items():
        site = context.sites.get(told.node)
        owner = _owner(site, context) if site is not None else None
        if site is not None and owner is not None and told.code in CODES:
            refused.setdefault(owner.address, {})[key] = site
    for address, calls in refused.items():
        owner = context.sites[address]
        brought = {site.on_wire(first_port(site)) for site in calls.values()}
        if len(calls) < 2 or len(brought) > 1 or first_port(owner) not in owner.inputs:
            continue
        if len(calls) == len(_calls(owner, context)):
            cures = tuple(_led(owner, list(calls.values()), context))
            yield Agreed(_told(owner, calls, found), tuple(calls), cures, stands=True)


def _owner(site: Site, context: Context) -> Site | None:
    """Return the layer whose weights a call in the same graph has."""
    weights = site.node.weights
    if weights is None or weights.same_as is None:
        return None
    around = site.address.rpartition("/")[0]
    return context.sites.get(Address(f"{around}/{weights.same_as}" if around else weights.same_as))


def _calls(owner: Site, context: Context) -> list[NodeId]:
    """Return the other nodes with a layer's weights."""
    nodes = context.project.block(owner.block).graph.nodes.items()
    return [id_ for id_, node in nodes if node.weights and node.weights.same_as == owner.id]


def _told(owner: Site, calls: Mapping[Key, Site], found: Mapping[Key, Diagnostic]) -> Diagnostic:
    first = found[next(iter(calls))]
    *others, last = [label(site) for site in calls.values()]
    brought = next(iter(calls.values()))
    message = (
        f"{title(owner)} {label(owner)} is made for what it gets, "
        f"{owner.shown(first_port(owner))}, and {', '.join(others)} and {last}, which have its "
        f"weights, all bring {brought.shown(first_port(brought))}."
    )
    victims = dict.fromkeys(v for key in calls for v in (found[key].node, *found[key].victims))
    return Diagnostic(
        first.code, "error", owner.address, message, first.detail, first_port(owner), "",
        tuple(v for v in victims if v != owner.address),
    )  # fmt: skip


def _led(owner: Site, calls: list[Site], context: Context) -> Iterator[Proposal]:
    """Yield to lead to the layer what gives the same as what leads to the other calls.

    It has to be the only one of that kind that nothing else of them reads.
    """
    makers = [_maker(site, context) for site in calls]
    kinds = {maker.node.spec for maker in makers if maker is not None}
    if None in makers or len(kinds) > 1:
        return
    wanted = calls[0].on_wire(first_port(calls[0]))
    behind = leading_to(calls, context)
    fitting = [
        site
        for site in context.of(kinds)
        if site.block == owner.block
        and site.address not in behind
        and owner.address not in leading_to([site], context)
        and _same(context.types.get(f"{site.address}.output"), wanted)
    ]
    if len(fitting) == 1:
        (one,) = fitting
        port = first_port(owner)
        yield connect(owner, port, one.id, "output", f"Lead {label(one)} to {label(owner)}")


def _maker(site: Site, context: Context) -> Site | None:
    source: Source | None = site.sources.get(first_port(site))
    return context.sites.get(source.address) if source is not None else None


def _same(made: TensorType | None, wanted: TensorType) -> bool:
    return made is not None and (made.shape, made.dtype) == (wanted.shape, wanted.dtype)
