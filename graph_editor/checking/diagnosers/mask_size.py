"""A mask that is made for another number of queries or keys than attention gets.

What it does: compares the last two sizes of a mask with the lengths of the sequences, those of a
padding mask with samples and keys, and how many heads a mask is for with those of the queries.

Why it matters: a mask says of each query which keys it may look at, so that it has a row for each
query and a column for each key.

Example: a causal mask of `16×16` where the sequences have 12 steps.
Better: a mask of `12×12`, or of `T×T` where the length has a name.

Fix: sets the sizes where the mask is made, repeats masks of samples for each head, leads a mask of
padding to the port where it belongs, sets how many heads a table gives a bias for, puts its heads
before its queries, or lets a decoder's memory and target change places.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.swapped_memory import PORTS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import argument_of, made, maker_of, resized
from graph_editor.checking.proposals import insert, move_input, set_width, swap_inputs
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "mask-size"
RANK = 31  # after widths that do not fit
SQUARE = {
    "F.scaled_dot_product_attention": {"attn_mask": ("query", "key")},
    "nn.MultiheadAttention": {"attn_mask": ("query", "key")},
    "nn.TransformerEncoderLayer": {"src_mask": ("src", "src")},
    "nn.TransformerDecoderLayer": {"tgt_mask": ("tgt", "tgt"), "memory_mask": ("tgt", "memory")},
    "nn.Transformer": {
        "src_mask": ("src", "src"),
        "tgt_mask": ("tgt", "tgt"),
        "memory_mask": ("tgt", "src"),
    },
}
"""The masks of each layer, with the ports of those who look and of those who are looked at."""
PADDING = {
    "nn.MultiheadAttention": {"key_padding_mask": "key"},
    "nn.TransformerEncoderLayer": {"src_key_padding_mask": "src"},
    "nn.TransformerDecoderLayer": {
        "tgt_key_padding_mask": "tgt",
        "memory_key_padding_mask": "memory",
    },
    "nn.Transformer": {
        "src_key_padding_mask": "src",
        "tgt_key_padding_mask": "tgt",
        "memory_key_padding_mask": "src",
    },
}
"""The masks that have one row for each sample, with the ports of what they cover."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame what makes the first mask that does not fit, or the layer where that is not known."""
    site = failure.site
    for port, wanted, why in _masks(site):
        arriving = sizes(site, port)
        numbers = _numbers(site, port, wanted)
        if arriving is None or numbers is None or len(arriving) < len(wanted):
            continue
        stretched = site.node.spec.startswith("F.")  # where an axis of 1 will do
        bad = [
            axis - len(wanted)
            for axis, (size, goal) in enumerate(zip(arriving[-len(wanted) :], numbers, strict=True))
            if size != goal and not (stretched and size == 1)
        ]
        if bad:
            return _diagnosis(site, port, wanted, bad, why, context)
        if stretched and len(arriving) == 4:
            found = _of_heads(site, port, arriving, context)
            if found is not None:
                return found
        if len(arriving) == 3 and len(wanted) == 2 and port in SQUARE.get(site.node.spec, {}):
            found = _for_each_head(site, port, arriving[0])
            if found is not None:
                return found
    return None


def _of_padding(site: Site, port: str) -> Iterator[Proposal]:
    """Propose the port of padding for a mask that has a row for each sample and not each query."""
    mask = site.on_wire(port).shape
    if port not in SQUARE.get(site.node.spec, {}) or site.inputs[port].dtype != "bool":
        return
    for other, seen in PADDING.get(site.node.spec, {}).items():
        if other not in site.sources and mask == (_samples(site, seen), _steps(site, seen)):
            yield move_input(site, port, other, f"Lead the mask to {other}")


def _for_each_head(site: Site, port: str, count: int) -> Diagnosis | None:
    """Speak of masks of samples where there has to be one for each head of each sample."""
    looking = SQUARE[site.node.spec][port][0]
    arriving, samples = sizes(site, looking), _samples(site, looking)
    heads = number(site.value("num_heads")) or number(site.value("nhead"))
    if arriving is None or heads is None or samples is None or len(arriving) != 3:
        return None
    batch = arriving[0 if site.value("batch_first") else 1]
    if count == batch * heads:
        return None
    message = (
        f"{title(site)} {label(site)} needs a mask for each of {heads} heads of each sample, "
        f"{heads}*{samples} in a row, and {site.shown(port)} arrives at {port}."
    )
    args: dict[str, Arg] = {"repeats": heads, "dim": 0}
    words = f"Repeat each mask for the {heads} heads"
    fix = insert(site, port, "torch.repeat_interleave", args, words)
    fixes = (fix,) if count == batch else ()
    return Diagnosis(CODE, "error", site.address, message, "", port, fixes)


def _of_heads(
    site: Site, port: str, arriving: tuple[int, ...], context: Context
) -> Diagnosis | None:
    """Speak of a mask, or a bias, of other heads than the queries have."""
    looking = SQUARE[site.node.spec][port][0]
    queries = sizes(site, looking)
    if queries is None or len(queries) != 4 or arriving[1] in (1, queries[1]):
        return None
    message = (
        f"{title(site)} {label(site)} gets {site.shown(looking)} at {looking}, with {queries[1]} "
        f"heads, and {site.shown(port)} at {port}, with {arriving[1]}: it needs one for all heads, "
        "or one for each of them."
    )
    maker = width_before(site, port, -3, context)
    if maker is None:
        return Diagnosis(CODE, "error", site.address, message, "", port)
    layer, argument = maker
    message = f"{argument} of {title(layer)} {label(layer)} is {arriving[1]}. {message}"
    fixes = (set_width(maker, queries[1], context),)
    return Diagnosis(CODE, "error", layer.address, message, argument, "", fixes)


def _heads_last(site: Site, port: str) -> Iterator[Proposal]:
    """Propose to turn a bias whose heads stand last, as a table of places gives them."""
    mask = sizes(site, port)
    if port not in SQUARE.get(site.node.spec, {}) or mask is None:
        return
    looking, seen = (sizes(site, each) for each in SQUARE[site.node.spec][port])
    if looking is None or seen is None or len(looking) != 4 or len(seen) != 4:
        return
    rank, turned = len(mask), (mask[-1], *mask[-3:-1])
    if rank in (3, 4) and turned == (looking[1], looking[2], seen[2]):
        order: dict[str, Arg] = {"args": (*range(rank - 3), rank - 1, rank - 3, rank - 2)}
        words = f"Put the heads of {port} before its queries"
        yield insert(site, port, "Tensor.permute", order, words)


def _masks(site: Site) -> Iterator[tuple[str, tuple[Dim, ...], str]]:
    """Yield each mask with the sizes that it has to have, and what they are."""
    for port, (looking, seen) in SQUARE.get(site.node.spec, {}).items():
        rows, columns = _steps(site, looking), _steps(site, seen)
        if port in site.inputs and rows is not None and columns is not None:
            yield port, (rows, columns), f"a row for each of {rows} queries, a column for each of "
    for port, seen in PADDING.get(site.node.spec, {}).items():
        columns, samples = _steps(site, seen), _samples(site, seen)
        if port in site.inputs and columns is not None and samples is not None:
            yield (
                port,
                (samples, columns),
                f"a row for each of {samples} samples, a column for each of ",
            )


def _axis(site: Site, rank: int) -> int | None:
    """Return the axis of the steps of a sequence; None where there is none."""
    if site.node.spec.startswith("F."):
        return rank - 2 if rank >= 2 else None
    return {2: 0, 3: 1 if site.value("batch_first") else 0}.get(rank)


def _steps(site: Site, port: str) -> Dim | None:
    known = site.symbolic.get(port) or site.inputs.get(port)
    axis = _axis(site, len(known.shape)) if known is not None else None
    return known.shape[axis] if known is not None and axis is not None else None


def _samples(site: Site, port: str) -> Dim | None:
    known = site.symbolic.get(port) or site.inputs.get(port)
    if known is None or len(known.shape) != 3:
        return None
    return known.shape[0 if site.value("batch_first") else 1]


def _numbers(site: Site, mask: str, wanted: tuple[Dim, ...]) -> tuple[int, ...] | None:
    """Return the sizes that a mask has to have in this try, where sizes have names."""
    square = SQUARE.get(site.node.spec, {}).get(mask)
    found = []
    if square is not None:
        ports = [(p, _axis(site, len(site.inputs[p].shape))) for p in square]
    else:
        seen = PADDING[site.node.spec][mask]
        steps = _axis(site, 3)
        ports = [(seen, None if steps is None else 1 - steps), (seen, steps)]
    for port, axis in ports:
        arriving = sizes(site, port)
        if arriving is None or axis is None:
            return None
        found.append(arriving[axis])
    return tuple(found) if len(found) == len(wanted) else None


def _diagnosis(
    site: Site, port: str, wanted: tuple[Dim, ...], bad: list[int], why: str, context: Context
) -> Diagnosis:
    traced = {axis: maker_of(site, port, axis, context) for axis in range(-len(wanted), 0)}
    found = [traced[axis] for axis in bad]
    makers = {each[0].address: each[0] for each in found if each is not None}
    needs = f"{title(site)} {label(site)} needs {shape(wanted)} at {port}: {why}{wanted[-1]} keys."
    if len(makers) != 1 or None in found:
        message = f"{needs} {site.shown(port)} arrives."
        fixes = (*_of_padding(site, port), *_heads_last(site, port))
        return Diagnosis(CODE, "error", site.address, message, "", port, fixes)
    (maker,) = makers.values()
    goals = {place[1]: wanted[axis] for axis in bad if (place := traced[axis]) is not None}
    proposal = resized(maker, goals, context)
    message = f"{label(maker)} makes a mask of {made(maker, context)}, and {needs}"
    fixes = (*((proposal,) if proposal is not None else ()), *_exchanged(site, port))
    return Diagnosis(CODE, "error", maker.address, message, argument_of(maker), "", fixes)


def _exchanged(site: Site, port: str) -> Iterator[Proposal]:
    """Propose to exchange the inputs of a decoder, where its mask is as long as its memory."""
    pair = PORTS.get(site.node.spec, ())
    mask = site.on_wire(port).shape[-2:]
    if port == "tgt_mask" and pair and mask == (_steps(site, pair[1]),) * 2:
        yield swap_inputs(
            site, *pair, f"Let {pair[0]} and {pair[1]} of {label(site)} change places"
        )
