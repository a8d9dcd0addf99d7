"""A logarithm or a root of what a layer gives, half of which is below 0.

What it does: walks back from `log`, `sqrt` and `rsqrt`, from the input of a PoissonNLLLoss without
`log_input` and from the target of a KLDivLoss without `log_target`, past typed numbers, to a layer
with fresh weights that are trained. It does not speak where what comes out is mended.

Why it matters: the logarithm or the root of a negative number is nan. One nan makes the loss nan,
and after one step all weights. Torch says nothing.

Example: `Linear → log`; `KLDivLoss(log_softmax(student), teacher)` with raw scores of the teacher.
Better: `Linear → Softplus → log`; `KLDivLoss(log_softmax(student), softmax(teacher))`.

Fix: inserts a Softplus, or a softmax before the target; sets `log_input`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.raw_scores import RAW
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title
from graph_editor.document.model import Address

CODE = "negative-before-log"
PORTS = {
    "torch.log": "input",
    "torch.sqrt": "input",
    "torch.rsqrt": "input",
    "nn.PoissonNLLLoss": "input",
    "nn.KLDivLoss": "target",
}
"""Specs, and the port of which a logarithm or a root is taken."""
SETTING = {"nn.PoissonNLLLoss": "log_input", "nn.KLDivLoss": "log_target"}
"""What says that a loss gets logarithms already."""
STRETCHING = frozenset({"op.mul", "op.truediv"})
SHIFTING = frozenset({"op.add", "op.sub"})
LITTLE = 0.01
"""A number up to here is added to keep off 0, and keeps nothing above it."""
MENDING = ("torch.where", "Tensor.masked_fill", "torch.isnan")


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    port = PORTS[site.node.spec]
    setting = SETTING.get(site.node.spec)
    if port not in site.inputs or (setting and site.value(setting) is not False):
        return
    maker = _layer_before(site, port, context)
    if maker is None or _is_mended(site, context):
        return
    message = (
        f"{title(site)} {label(site)} takes {_taken(site)} of {port} ({site.shown(port)}), and "
        f"about half of what {title(maker)} {label(maker)} gives is below 0: that is nan, and the "
        "loss with it."
    )
    proposals = tuple(_proposals(site, port, setting))
    yield Diagnosis(CODE, "warning", site.address, message, "", port, proposals)


def _taken(site: Site) -> str:
    return "the root" if "sqrt" in site.node.spec else "the logarithm"


def _layer_before(site: Site, port: str, context: Context) -> Site | None:
    """Return the layer of which a logarithm is taken; None where anything may keep it above 0."""
    for maker in chain_before(site, port, context, TRANSPARENT | STRETCHING | SHIFTING):
        if not is_run(maker, context) or maker.node.repeat is not None:
            return None
        if maker.node.spec in RAW:
            return maker if _is_fresh(maker, context) else None
        if maker.node.spec in STRETCHING | SHIFTING and not _is_typed(maker):
            return None
    return None


def _is_typed(maker: Site) -> bool:
    """Whether numbers below 0 come out where such come in, or the other way round."""
    number = maker.value("other")
    if "other" in maker.sources or isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return number != 0 if maker.node.spec in STRETCHING else abs(number) <= LITTLE


def _is_fresh(maker: Site, context: Context) -> bool:
    """Whether weights begin with numbers of both signs; a filter bank that is loaded need not."""
    return bool(context.makes.get(maker.address)) and not any(
        around is not None and around.node.weights is not None for around in _around(maker, context)
    )


def _around(maker: Site, context: Context) -> Iterator[Site | None]:
    parts = maker.address.split("/")
    yield from (context.sites.get(Address("/".join(parts[:n]))) for n in range(1, len(parts) + 1))


def _is_mended(site: Site, context: Context) -> bool:
    """Whether something that reads the result may put other numbers in the place of nan."""
    around = site.address.removesuffix(site.id)
    for target, source in context.project.block(site.block).graph.wires.items():
        reader = context.sites.get(Address(f"{around}{target.node}"))
        if source.node == site.id and (reader is None or reader.node.spec in MENDING):
            return True
    return False


def _proposals(site: Site, port: str, setting: str | None) -> Iterator[Proposal]:
    if setting == "log_target":
        yield insert(site, port, "F.softmax", {"dim": -1}, f"Make shares of {port} with a softmax")
        return
    if setting is not None:
        yield set_to(site, setting, True)
    yield insert(site, port, "nn.Softplus", {}, f"Insert Softplus before {port}")


check = PerSubject(PORTS, _find)
