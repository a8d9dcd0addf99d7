"""A batch that is cut into parts, where the features of each sample were meant.

What it does: where a loss, an operator, a view or a Linear layer is refused, looks for a `chunk` or
`split` along axis 0 before it, and whether the whole batch is what the node needs.

Why it matters: `chunk` and `split` go along axis 0 unless `dim` says otherwise, and axis 0 holds
the samples. Queries, keys and values, or a gate and what it gates, are parts of the features.

Example: `Linear(24, 72) → chunk(3)` of `B×12×24`: each part holds a third of the samples.
Better: `chunk(3, dim=-1)`, three parts `B×12×24`.

Fix: sets `dim` to an axis of the sample.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.diagnosers.picks_sample import THROUGH
from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ALIKE, chain_before, first_port
from graph_editor.checking.words import holds_batch, label, number, product, shape, sizes, title

CODE = "batch-cut"
RANK = 14
CUTS = ("torch.chunk", "torch.split")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the cut behind which a node gets some of the samples and needs them all."""
    site = failure.site
    if site.node.spec in CUTS and failure.phase == "forward" and _is_of_batch(site):
        return _of_itself(site)
    for port, other in _ports(site):
        maker = _cut_before(site, port, context)
        if maker is not None and _needs_all(site, (port, other), maker, context):
            return _diagnosis(failure, (port, other), maker)
    return None


def _ports(site: Site) -> Iterator[tuple[str, str]]:
    """Yield what may come from a cut, each with what it meets; the latter is empty for none."""
    if site.node.spec in (*VIEWS, "nn.Linear"):
        yield "input", ""
    pairs = pairs_of(site)
    if site.node.spec.endswith("Loss") and {"input", "target"} <= site.inputs.keys():
        pairs = (*pairs, ("input", "target"))
    for one, other in pairs:
        yield one, other
        yield other, one


def _cut_before(site: Site, port: str, context: Context) -> Site | None:
    """Return the cut of a batch that a port's samples come from."""
    for maker in chain_before(site, port, context, THROUGH | ALIKE | {"Tensor.unsqueeze"}):
        if maker.node.spec in CUTS:
            return maker if _is_of_batch(maker) and maker.node.when is None else None
    return None


def _is_of_batch(maker: Site) -> bool:
    """Whether a cut goes along the axis of the samples, and there is another one."""
    known = maker.symbolic.get(first_port(maker))
    if known is None or len(known.shape) < 2 or not holds_batch(known.shape[0]):
        return False
    return number(maker.value("dim")) in (0, -len(known.shape))


def _needs_all(site: Site, ports: tuple[str, str], maker: Site, context: Context) -> bool:
    """Whether what the node needs shows that no samples were to be left out."""
    here, whole = sizes(site, ports[0]), sizes(maker, first_port(maker))
    if not here or not whole:
        return False
    if not ports[1]:
        between = list(chain_before(site, ports[0], context))
        straight = bool(between) and between[-1].address == maker.address
        return straight and any(_takes(site, here, part) for part in _parts(maker, whole))
    there = sizes(site, ports[1])
    if not there or here[0] == there[0]:
        return False
    mine, other = maker.symbolic[first_port(maker)], site.symbolic.get(ports[1])
    alike = _cut_before(site, ports[1], context)
    met = other is not None and other.shape[:1] == mine.shape[:1]
    return met or (alike is not None and alike.address == maker.address)


def _parts(maker: Site, whole: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the shapes of the parts if another axis were cut into as many."""
    count = number(maker.value("chunks")) or number(maker.value("outputs")) or 1
    for axis in range(1, len(whole)):
        if whole[axis] % count == 0:
            yield (*whole[:axis], whole[axis] // count, *whole[axis + 1 :])


def _takes(site: Site, here: tuple[int, ...], part: tuple[int, ...]) -> bool:
    """Whether a view or a layer would take such a part of all samples."""
    if site.node.spec == "nn.Linear":
        return part[-1] == number(site.value("in_features")) != here[-1]
    said = site.value("args")
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    asked = [number(item) or 0 for item in items] if isinstance(items, tuple) else []
    each = product(asked[1:])
    return len(asked) > 1 and each == product(part[1:]) != product(here[1:])


def _diagnosis(failure: Failure, ports: tuple[str, str], maker: Site) -> Diagnosis:
    site = failure.site
    here, whole = sizes(site, ports[0]) or (), sizes(maker, first_port(maker)) or ()
    of = f"{here[0]} of {whole[0]} samples" if failure.probe == "batch" else "in another batch"
    message = (
        f"{_does(maker)}: each part holds some of the samples. {label(site)} behind it gets "
        f"{shape(here)}, {of}. Cut the features of each sample."
    )
    found = tuple(_proposals(maker, -1 if site.node.spec in VIEWS else None))
    return Diagnosis(CODE, "error", maker.address, message, "dim", first_port(maker), found)


def _of_itself(site: Site) -> Diagnosis:
    """Speak of a cut that does not give as many parts as the node has outputs."""
    whole = sizes(site, first_port(site)) or ("?",)
    count = number(site.value("chunks")) or number(site.value("outputs"))
    message = (
        f"{_does(site)}: {whole[0]} samples do not give the {count} parts that it has outputs "
        "for. Cut the features of each sample."
    )
    found = tuple(_proposals(site, None))
    return Diagnosis(CODE, "error", site.address, message, "dim", first_port(site), found)


def _does(maker: Site) -> str:
    unsaid = "" if "dim" in maker.node.args else " (its dim is not said)"
    return (
        f"{title(maker).capitalize()} {label(maker)} cuts axis 0 of "
        f"{maker.shown(first_port(maker))}{unsaid}, which is the batch"
    )


def _proposals(maker: Site, only: int | None) -> Iterator[Proposal]:
    """Yield other axes to cut; a view behind it would mix features with places for most."""
    rank = len(maker.inputs[first_port(maker)].shape)
    for axis in (1,) if rank in (2, 4) else (-1, 1):
        if only in (axis, axis - rank, None):
            yield set_to(maker, "dim", axis)
