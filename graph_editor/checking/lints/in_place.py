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

from collections.abc import Iterator

from graph_editor.catalogue.order import canonical_order
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import reached_from_losses
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.trained import freezer
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import chain_before, first_port
from graph_editor.checking.words import label, product, sizes, title
from graph_editor.document.model import Address, Block, NodeId, OutPort


def _named(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{prefix}.{name}" for name in names.split())


CODE = "in-place"
WRITERS = _named(
    "nn",
    "CELU ELU Hardsigmoid Hardswish Hardtanh LeakyReLU Mish RReLU ReLU ReLU6 SELU SiLU Threshold "
    "Dropout Dropout1d Dropout2d Dropout3d",
)
"""Layers that write over their input with ``inplace``; AlphaDropout has it and makes a copy."""
RESULT_KEPT = (
    _named("nn", "ReLU Sigmoid Tanh Softmax Softmax2d Softmin LogSoftmax LSTM")
    | _named("torch", "exp relu rsqrt sqrt sigmoid tanh softmax logsumexp std prod cumprod")
    | _named("torch", "amax amin")
    | _named("F", "relu softmax log_softmax")
)
"""Specs of whose result torch needs the values on the way back."""
RESULT_KEPT_IN_PLACE = _named("nn", "CELU ELU LeakyReLU RReLU SELU")
"""The same, where these work in place."""
INPUT_KEPT = (
    _named("nn", "CELU ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid")
    | _named("nn", "Mish PReLU ReLU6 RReLU SELU SiLU Softplus Softshrink Softsign Threshold")
    | _named("nn", "BatchNorm1d BatchNorm2d GroupNorm InstanceNorm2d LayerNorm RMSNorm")
    | _named("torch", "abs cos erf log log1p sin square clamp logsumexp std var prod cumprod")
    | _named("torch", "amax amin")
    | _named("F", "gelu silu leaky_relu softplus normalize")
)
"""Specs of whose input torch needs the values on the way back."""
INPUT_KEPT_TO_LEARN = _named("nn", "Linear Conv1d Conv2d ConvTranspose2d")
"""The same, where their weights learn."""
_PART = "which shares its memory with other parts"
REFUSED = {
    "param.tensor": "a weight that learns",
    **{f"torch.{name}": _PART for name in ("chunk", "split", "unbind")},
}
"""Specs over whose result torch lets nothing write where a gradient goes back to it."""
VIEWS = _named("Tensor", "view squeeze unsqueeze transpose permute") | {"nn.Identity"}
"""Specs whose result lies where their input does."""
Readers = dict[OutPort, list[NodeId]]
"""Which nodes of a graph read each output, in the order in which they do."""


def _found(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Yield an in-place layer that spoils what another node needs."""
    if not _writes(site):
        return
    found = _made_before(site, context) or _read_beside(site, context)
    if found is not None:
        severity, words = found
        message = f"{title(site)} {label(site)} works in place: {words}."
        fixes = (set_to(site, "inplace", False),)
        yield Diagnosis(CODE, severity, site.address, message, "inplace", "input", fixes)


check = PerSubject(WRITERS, _found)


def _writes(site: Site) -> bool:
    plain = site.node.when is None and site.node.repeat is None
    return plain and site.value("inplace") is True and site.value("p") != 0


STOPS = "which torch needs unchanged on the way back, so that training stops in the first step"


def _made_before(site: Site, context: Context) -> tuple[Severity, str] | None:
    """Return what is said where the values written over are needed by what made them."""
    maker = next(reversed([*chain_before(site, "input", context, VIEWS)]), None)
    if maker is None:
        return None
    reason = _untouchable(maker, site)
    if reason:
        return (
            "error",
            f"torch refuses to write over what {title(maker)} {label(maker)} gave, {reason}",
        )
    kept = maker.node.spec in RESULT_KEPT and maker.node.when is None
    kept = kept or (maker.node.spec in RESULT_KEPT_IN_PLACE and _writes(maker))
    if not kept or not (_wants_gradient(maker) or context.makes.get(maker.address)):
        return None
    if not {site.address, maker.address} <= context.fixed(reached_from_losses):
        return None
    return "error", f"it writes over what {title(maker)} {label(maker)} gave, {STOPS}"


def _untouchable(maker: Site, site: Site) -> str:
    """Return why torch refuses at once to write over what a node gave, or ""."""
    before, given = sizes(maker, first_port(maker)), sizes(site, "input")
    if maker.node.spec == "Tensor.expand":
        repeats = before is not None and given is not None and product(given) > product(before)
        return "in which one number stands for several" if repeats else ""
    kind = site.inputs.get("input")
    return REFUSED.get(maker.node.spec, "") if kind is not None and kind.requires_grad else ""


def _wants_gradient(site: Site) -> bool:
    return any(kind.requires_grad for kind in site.inputs.values())


def _readers(context: Context, key: str) -> Readers:
    order: tuple[NodeId, ...] = (*context.regions.model, *context.regions.step)
    block: Block = context.project.main
    if key != "main":
        block = next(b for name, b in context.project.blocks.items() if str(name) == key)
        order = canonical_order(block.graph, block.outputs, context.lookup)
    places = {node: index for index, node in enumerate(order)}
    found: Readers = {}
    for target, source in block.graph.wires.items():
        if target.node in places:
            found.setdefault(source, []).append(target.node)
    return {source: sorted(nodes, key=places.__getitem__) for source, nodes in found.items()}


def _read_beside(site: Site, context: Context) -> tuple[Severity, str] | None:
    """Return what is said where another node reads the wire that is written over."""
    source = site.sources.get("input")
    if source is None:
        return None
    prefix = site.address.removesuffix(site.id)
    port = OutPort(NodeId(source.address.removeprefix(prefix)), source.port)
    order = context.fixed(_readers, site.block).get(port, [])
    if len(order) < 2:
        return None
    place = order.index(site.id) if site.id in order else len(order)
    others = [context.sites.get(Address(prefix + node)) for node in order]
    for other in filter(None, others[:place]):
        if _keeps_input(other, context) and other.address in context.fixed(reached_from_losses):
            return "error", f"it writes over what {title(other)} {label(other)} reads too, {STOPS}"
    for other in filter(None, others[place + 1 :]):
        if other.node.kind not in ("io", "block"):
            return "warning", (
                f"it writes over its input, so that {title(other)} {label(other)}, which reads the "
                "same wire after it, gets its result instead of what is drawn"
            )
    return None


def _keeps_input(site: Site, context: Context) -> bool:
    if site.node.when is not None or site.node.repeat is not None:
        return False
    if site.node.spec in INPUT_KEPT_TO_LEARN:
        return freezer(site, context) is None
    return site.node.spec in INPUT_KEPT and _wants_gradient(site)
