"""One layer whose width none of those behind it takes, where all of these agree on another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.walk import WIDTHS
from graph_editor.checking.words import label, title
from graph_editor.document.model import Address

CODES = (
    "conv-in-channels",
    "linear-in-features",
    "norm-num-features",
    "recurrent-input",
    "input-shape",
)
"""What is said of a layer, or a block, that takes another width than arrives."""
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Agreed:
    """The faults of several nodes told as one, and what may cure all of them."""

    told: Diagnostic
    of: tuple[Key, ...]
    cures: tuple[Proposal, ...]
    stands: bool = False
    """Whether it is told without a cure too, where the faults by themselves have none."""
    is_sure: bool = False
    """Whether it is told then too where they have some: what cures one of them leaves the rest."""


def agreed(
    found: Mapping[Key, Diagnostic], proposals: Mapping[Key, tuple[Proposal, ...]], context: Context
) -> Iterator[Agreed]:
    """Yield where all readers that refuse a width propose the same one for the layer before."""
    wanted: dict[tuple[Site, str], dict[str, dict[Key, Proposal]]] = {}
    for key, diagnostic in found.items():
        if diagnostic.code not in CODES or diagnostic.severity != "error":
            continue
        for proposal in proposals.get(key, ()):
            address, _, action = proposal.id.partition(":")
            maker = context.sites.get(Address(address))
            argument = WIDTHS.get(maker.node.spec, ("", 0))[0] if maker is not None else ""
            if maker is not None and argument and action.startswith(f"set-{argument}-"):
                size = action.removeprefix(f"set-{argument}-")
                wanted.setdefault((maker, argument), {}).setdefault(size, {})[key] = proposal
    for (maker, argument), sizes in wanted.items():
        for size, readers in sizes.items() if len(sizes) == 1 else ():
            if len(readers) > 1:
                yield _one(maker, argument, size, {k: found[k] for k in readers}, readers, context)


def _one(
    maker: Site,
    argument: str,
    size: str,
    faults: Mapping[Key, Diagnostic],
    cures: Mapping[Key, Proposal],
    context: Context,
) -> Agreed:
    nodes = tuple(dict.fromkeys(d.node for d in faults.values()))
    names = [label(context.sites[node]) for node in nodes]
    message = (
        f"{argument} of {title(maker)} {label(maker)} is {maker.value(argument)}, and "
        f"{', '.join(names[:-1])} and {names[-1]}, which get what it gives, all take {size}."
    )
    first = next(iter(faults.values()))
    victims = (*nodes, *(v for d in faults.values() for v in d.victims))
    told = Diagnostic(
        first.code, "error", maker.address, message, first.detail, "", argument,
        tuple(dict.fromkeys(v for v in victims if v != maker.address)),
    )  # fmt: skip
    return Agreed(told, tuple(faults), tuple(cures.values())[:1])
