"""An in-place layer that writes over what another node still needs.

What it does: looks, at each layer with `inplace=True`, at what made its input and at what else
reads it.

Why it matters: torch keeps some values for the way back, and stops in the first step of training
where one was written over. What reads the same wire later gets the new values without a word.

Example: `Sigmoid → ReLU(inplace=True)`; or a sum of `x` and `ReLU(inplace=True)` of the same `x`.
Better: `inplace=False`, which costs the memory of one more tensor.

Fix: sets `inplace` to False.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import first_step, reached_from_losses
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.shared_memory import (
    chain_in_memory,
    keeps,
    order_of_calls,
    outputs_in_memory,
)
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import first_port
from graph_editor.checking.words import label, product, sizes, title
from graph_editor.document.model import Address


def _named(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{prefix}.{name}" for name in names.split())


CODE = "in-place"
WRITERS = _named(
    "nn",
    "CELU ELU Hardsigmoid Hardswish Hardtanh LeakyReLU Mish RReLU ReLU ReLU6 SELU SiLU Threshold "
    "Dropout Dropout1d Dropout2d Dropout3d",
)
"""Layers that write over their input with ``inplace``; AlphaDropout has it and makes a copy."""
BATCHED = {"nn.Dropout1d": 3, "nn.Dropout3d": 5}
"""At another number of axes these turn what arrives in place, and back, even where p is 0."""
UNMINDFUL = "nn.Threshold"
"""The one of them that torch lets write where one number stands for several."""
_PART = "which shares its memory with other parts"
PARTS = _named("torch", "chunk split unbind")
REFUSED = {
    **dict.fromkeys(("param.tensor", "param.of"), "a weight that learns"),
    **dict.fromkeys(PARTS, _PART),
}
"""Specs over whose result torch lets nothing write where a gradient goes back to it."""
UNTOUCHABLE = frozenset(REFUSED) | {"Tensor.expand"}
"""Specs whose results torch may refuse to have written over."""


def _found(site: Site, context: Context) -> Iterator[Told]:
    """Yield an in-place layer that spoils what another node needs.

    What is switched off in a step of training is no call there, to which nothing arrives; of one
    that is repeated, each copy is a call.
    """
    if not _writes(site):
        return
    source = context.calls.arriving(site.address).get("input") if context.calls else None
    if source is None:
        return
    chain = tuple(chain_in_memory(source, context))
    found = _refused(site, chain, context)
    reader = _reads_a_part(site, chain, context) if found is None else None
    if reader is not None:
        found = "error", _of_parts(context.sites[reader])
    found = found or _spoils(site, chain, context)
    if found is not None:
        severity, words = found
        victim = context.fixed(first_step) if words.endswith(STOPS) else reader or Address("")
        message = f"{title(site)} {label(site)} works in place: {words}."
        fixes = (set_to(site, "inplace", False),)
        told = Diagnosis(CODE, severity, site.address, message, "inplace", "input", fixes, victim)
        yield from of(site, [told])


def _gravest(found: Sequence[Told], context: Context) -> Iterable[Diagnosis]:
    """Return what is said of each node once, of its copies the one that stops torch."""
    return once(sorted(found, key=lambda told: told[1].severity != "error"), context)


check = PerSubject(WRITERS, _found, _gravest)


def _writes(site: Site) -> bool:
    return site.value("inplace") is True and (site.value("p") != 0 or turns(site))


def turns(site: Site) -> bool:
    """Whether a layer turns what arrives, in place if at all, even where it drops nothing."""
    given, rank = site.inputs.get("input"), BATCHED.get(site.node.spec, 0)
    return rank > 0 and given is not None and len(given.shape) != rank


STOPS = "which torch needs unchanged on the way back, so that training stops in the first step"
Said = tuple[Severity, str]


def _refused(site: Site, chain: Iterable[str], context: Context) -> Said | None:
    """Return what is said where torch lets nothing write over what arrives."""
    for key in chain:
        maker = context.sites.get(Address(key.partition(".")[0]))
        if maker is None or (maker.node.spec in WRITERS and _writes(maker)):
            return None  # if anything, that one is refused
        reason = _untouchable(maker, site)
        if reason:
            kind = maker.spec.title if maker.node.kind == "param" and maker.spec else title(maker)
            what = f"what {kind} {label(maker)} gave"
            return "error", f"torch refuses to write over {what}, {reason}"
    return None


def _untouchable(maker: Site, site: Site) -> str:
    """Return why torch refuses at once to write over what a node gave, or ""."""
    before, given = sizes(maker, first_port(maker)), sizes(site, "input")
    if maker.node.spec == "Tensor.expand":
        repeats = before is not None and given is not None and product(given) > product(before)
        refused = repeats and site.node.spec != UNMINDFUL
        return "in which one number stands for several" if refused else ""
    kind = site.inputs.get("input")
    return REFUSED.get(maker.node.spec, "") if kind is not None and kind.requires_grad else ""


def _reads_a_part(site: Site, chain: Sequence[str], context: Context) -> Address | None:
    """Return the first node that computes with a part whose whole was written over before.

    torch looks for the way back of such a part, and refuses. What gives no gradient on does not
    ask for it, nor what gives the same tensor.
    """
    order = context.fixed(order_of_calls)
    own = order.places.get(site.address)
    if own is None:
        return None
    outputs = outputs_in_memory(chain[-1:], context)
    result = outputs_in_memory([f"{site.address}.output"], context)
    later: list[tuple[int, Address]] = []
    for key in outputs - result:
        maker = Address(key.partition(".")[0])
        spec = context.sites[maker].node.spec if maker in context.sites else ""
        made = context.types.get(key)
        if spec not in PARTS or made is None or not made.requires_grad:
            continue
        if order.places.get(maker, own) >= own:
            continue
        readings = order.readings.get(key, ())
        later += [(at, reader) for at, reader, _ in readings if at > own]
    return next((r for _, r in sorted(later) if _computes(r, outputs, context)), None)


def _computes(reader: Address, outputs: Collection[str], context: Context) -> bool:
    """Whether a node gives numbers of its own, through which gradients go back."""
    mine = [key for key in context.types if key.rpartition(".")[0] == reader]
    return any(context.types[key].requires_grad and key not in outputs for key in mine)


def _of_parts(reader: Site) -> str:
    return (
        f"it writes over a tensor that was taken apart before, and {title(reader)} {label(reader)} "
        "computes with one of the parts after it: torch refuses that"
    )


def _spoils(site: Site, chain: Sequence[str], context: Context) -> Said | None:
    """Return what is said where others need what is written over, unchanged or at all."""
    order = context.fixed(order_of_calls)
    own = order.places.get(site.address)
    if own is None:
        return None
    outputs = outputs_in_memory(chain[-1:], context)
    readings = sorted(each for key in outputs for each in order.readings.get(key, ()))
    makers = dict.fromkeys(Address(key.partition(".")[0]) for key in chain)
    before = dict.fromkeys((*makers, *(reader for place, reader, _ in readings if place < own)))
    reached = context.fixed(reached_from_losses)
    for address in before:
        if not keeps(address, outputs, context):
            continue
        place = order.places.get(address, own)
        read_later = any(
            at > place and reader in reached and _wants(context.sites[reader], port)
            for at, reader, port in readings
        )
        # what is read behind a layer in place is its result, whichever wire it comes by
        if address in reached or (read_later and _writes(context.sites[address])):
            other = context.sites[address]
            verb = "gave" if address in makers else "reads too"
            return "error", f"it writes over what {title(other)} {label(other)} {verb}, {STOPS}"
    if site.value("p") == 0:
        return None  # what it writes is what was there
    result = outputs_in_memory([f"{site.address}.output"], context)
    later = sorted(
        (key != chain[0], place, address)
        for key in outputs - result
        for place, address, _ in order.readings.get(key, ())
        if place > own
    )
    if later:
        by_another, _, address = later[0]
        return "warning", _changed(context.sites[address], not by_another)
    return None


def _wants(reader: Site, port: str) -> bool:
    """Whether a gradient goes back from a port."""
    given = reader.inputs.get(port)
    return given is not None and given.requires_grad


def _changed(other: Site, same_wire: bool) -> str:
    what = "the same wire" if same_wire else "the same memory by another wire"
    return (
        f"it writes over its input, so that {title(other)} {label(other)}, which reads {what} "
        "after it, gets its result instead of what is drawn"
    )
