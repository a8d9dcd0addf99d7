"""Features that are divided by their length along the batch, before a layer that classifies them.

What it does: finds an `F.normalize` whose `dim` is the batch, of which nothing but Linear layers
reads, be it past activations or dropouts. It does not speak where features meet one another behind
it, as in losses that compare samples, nor where another axis is the batch too.

Why it matters: `dim` is the axis along which the squares are added up. Along the batch each feature
is divided by its length over all samples, so that what is said of a sample hangs on which others
happen to stand in its batch, and on how many they are. Of one sample alone only signs are left.

Example: `F.normalize(dim=0) → Linear` on `B×8`.
Better: `F.normalize(dim=1)`, which makes each sample's features of length 1.

Fix: sets `dim` to 1, or to the last axis.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.readers import readers_behind
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import AS_THEY_STAND
from graph_editor.checking.words import holds_batch, label, number, title

CODE = "normalize-over-batch"
_BETWEEN = (
    "nn.ReLU nn.GELU nn.SiLU nn.Tanh nn.LeakyReLU nn.Dropout F.dropout F.relu F.gelu torch.relu"
)
THROUGH = AS_THEY_STAND | frozenset(_BETWEEN.split())
"""Specs behind which features still are what they were, each by itself."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    arriving, dim = site.symbolic.get("input"), number(site.value("dim"))
    rank = len(arriving.shape) if arriving is not None else 0
    if arriving is None or dim is None or rank < 2 or not -rank <= dim < rank:
        return
    others = [size for axis, size in enumerate(arriving.shape) if axis != dim % rank]
    if not holds_batch(arriving.shape[dim]) or any(map(holds_batch, others)):
        return
    if arriving.shape[-1] == 1 or not is_run(site, context) or site.node.repeat is not None:
        return
    readers = readers_behind(site, context, THROUGH)
    if readers and all(reader and reader.node.spec == "nn.Linear" for reader, _ in readers):
        yield from of(site, [_diagnosis(site, rank)])


def _diagnosis(site: Site, rank: int) -> Diagnosis:
    message = (
        f"dim of {title(site)} {label(site)} is {site.value('dim')}, the batch of "
        f"{site.shown('input')}: each feature is divided by its length over all samples, so that "
        "what is said of one sample hangs on the others."
    )
    proposals = (set_to(site, "dim", 1 if rank == 2 else -1),)
    return Diagnosis(CODE, "warning", site.address, message, "dim", "", proposals)


check = PerSubject(frozenset({"F.normalize"}), _find, once)
