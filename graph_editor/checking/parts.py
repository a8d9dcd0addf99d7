"""Losses that each take a part of one tensor, and are all refused for how that is laid out.

As where a detector cuts boxes, objects and classes out of one map: the boxes, the objects and the
classes are all right, and the axes of the map stand in a wrong order, or are of a wrong size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph_editor.checking.agreed_width import Agreed, Key
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.parts_laid_out import all_wishes, orders, other_sizes, put_in_order
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.walk import ALIKE, RESHAPES, TURNS, first_port, source_of
from graph_editor.checking.words import label, title
from graph_editor.document.model import Address, RuleId

SEVERAL = frozenset(f"torch.{name}" for name in ("split", "chunk", "unbind"))
"""Specs whose outputs are parts of what enters."""
PICKS = SEVERAL | {"op.getitem"}
LAYING = RESHAPES | TURNS | {"torch.movedim"}
"""Specs that say in which order axes stand, or how long they are."""
THROUGH = PICKS | LAYING | ALIKE | {"torch.cat", "torch.stack"}
"""Specs behind which a part of a tensor is still a part of it."""
COMPARES = ("target-does-not-fit", "class-target")
PICKED = ("torch", "index-out-of-range", "refused-argument")
"""What is said where a part is taken that is not there."""


def parts(
    found: Mapping[Key, Diagnostic],
    proposals: Mapping[Key, tuple[Proposal, ...]],  # noqa: ARG001  # one signature for all
    context: Context,
) -> Iterator[Agreed]:
    """Yield where all that take parts of one tensor, inside the model, are refused.

    The likeliest first; the last of them stands where no edit cures, if nothing is sound there.
    """
    refused = {key: told for key, told in found.items() if _is_refusal(told, context)}
    if len(refused) < 2:
        return
    ways = _Ways(context)
    before = {key: ways.before(context.sites[told.node]) for key, told in refused.items()}
    places = {address: place for place, address in enumerate(context.sites)}
    shared = {a for behind in before.values() for a in behind}
    for address in sorted(shared, key=places.__getitem__, reverse=True):
        whole = _Whole(context.sites[address], ways)
        mine = {key: refused[key] for key, known in before.items() if address in known}
        if whole.is_cut_for([context.sites[told.node] for told in mine.values()]):
            yield from _told(whole, mine)
            return


def _is_refusal(told: Diagnostic, context: Context) -> bool:
    site = context.sites.get(told.node)
    if site is None or told.severity != "error":
        return False
    return told.code in COMPARES or (told.code in PICKED and site.node.spec in PICKS)


class _Ways:
    """What the tensors of nodes are parts of; each node is asked once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[Address, dict[Address, bool]] = {}

    def before(self, site: Site) -> dict[Address, bool]:
        """Return the nodes that a node gets parts of, and whether they are cut on each way."""
        if site.address not in self._known:
            self._known[site.address] = _before(site, self.context)
        return self._known[site.address]


def _before(site: Site, context: Context) -> dict[Address, bool]:
    known: dict[Address, bool] = {}
    left = [(site, site.node.spec in PICKS)]
    while left:
        current, is_cut = left.pop()
        for port in current.sources:
            source = source_of(current, port, context)
            maker = context.sites.get(source.address) if source is not None else None
            if maker is None or maker.node.kind == "data":
                continue
            if maker.address in known and (is_cut or not known[maker.address]):
                continue
            known[maker.address] = is_cut
            if maker.node.spec in THROUGH:
                left.append((maker, is_cut or maker.node.spec in PICKS))
    return known


@dataclass(frozen=True, slots=True)
class _Whole:
    """The node whose result is cut into parts."""

    site: Site
    ways: _Ways

    @property
    def context(self) -> Context:
        """All that is known of the project."""
        return self.ways.context

    def is_cut_for(self, refused: list[Site]) -> bool:
        """Whether nodes that are refused take several parts of it, a loss among them."""
        if len(refused) < 2 or all(site.node.spec in PICKS for site in refused):
            return False
        if not all(self.ways.before(site)[self.site.address] for site in refused):
            return False
        cutting = [
            site for site in self.context.of(PICKS) if self.site.address in self.ways.before(site)
        ]
        return len(cutting) > 1 or any(site.node.spec in SEVERAL for site in cutting)

    def sound(self, refused: frozenset[Address]) -> list[Site]:
        """Return the nodes behind the parts that are not refused, and wait for none that is."""
        found = []
        for site in self.context.sites.values():
            if site.node.spec in THROUGH or site.node.kind == "io" or site.address in refused:
                continue
            before = self.ways.before(site)
            if before.get(self.site.address) and refused.isdisjoint(before):
                found.append(site)
        return found

    def laid(self) -> Site:
        """Return the last node before the parts that lays axes out or says how long they are."""
        return self.chain()[0]

    def chain(self) -> list[Site]:
        """Return what the order and the sizes of its axes come from, the last first."""
        found = [self.site]
        while found[-1].node.spec in LAYING | ALIKE:
            source = source_of(found[-1], first_port(found[-1]), self.context)
            before = self.context.sites.get(source.address) if source is not None else None
            if before is None or before.node.kind == "data" or before in found:
                break
            found.append(before)
        return [site for site in found if site.node.spec not in ALIKE] or found[-1:]


def _told(whole: _Whole, refused: Mapping[Key, Diagnostic]) -> Iterator[Agreed]:
    """Yield the one fault with other orders of axes, other sizes, and at last without a cure."""
    context, laid = whole.context, whole.laid()
    sites = [context.sites[told.node] for told in refused.values()]
    sound = whole.sound(frozenset(site.address for site in sites))
    if len(sound) >= len(sites):
        return
    turns = [site for site in whole.chain() if site.node.spec == "Tensor.permute"]
    ways = [(turn, tuple(orders(turn))) for turn in turns]
    if not turns:
        ways.append((laid, tuple(put_in_order(whole.site, context))))
    ways += [(laying, (edit,)) for laying, edit in other_sizes(whole.chain(), sites, context)]
    for site, cures in ways:
        if cures:
            yield Agreed(_fault(site, whole, refused), tuple(refused), cures)
    if not sound:
        is_sure = len(all_wishes(sites)) == 1  # of sizes, whatever their order
        sized = next((site for site in whole.chain() if site.node.spec not in TURNS), laid)
        told = _fault(sized if is_sure else laid, whole, refused)
        yield Agreed(told, tuple(refused), (), stands=True, is_sure=is_sure)


def _fault(site: Site, whole: _Whole, refused: Mapping[Key, Diagnostic]) -> Diagnostic:
    first = next(told for told in refused.values() if told.code in COMPARES)
    context = whole.context
    made = f"gives {_gives(site, context)}"
    if site is not whole.site:
        made += f", of which {label(whole.site)} makes {_gives(whole.site, context)}"
    said = [_said(context.sites[told.node]) for told in refused.values()]
    message = (
        f"{title(site)[0].upper()}{title(site)[1:]} {label(site)} {made}, and parts of that "
        f"are taken which do not fit: {'; '.join(said[:-1])}; and {said[-1]}."
    )
    victims = dict.fromkeys(v for d in refused.values() for v in (d.node, *d.victims))
    victims.pop(site.address, None)
    return Diagnostic(
        RuleId(first.code), "error", site.address, message, first.detail, "", "", tuple(victims)
    )


def _gives(site: Site, context: Context) -> str:
    made = [kind for key, kind in context.types.items() if key.startswith(f"{site.address}.")]
    return made[0].text() if made else "what is cut"


def _said(site: Site) -> str:
    if site.node.spec in PICKS:
        return f"{label(site)} takes of {site.shown(first_port(site))} what is not there"
    return f"{title(site)} {label(site)} gets {site.shown('input')} for {site.shown('target')}"
