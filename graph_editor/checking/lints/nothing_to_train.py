"""An optimizer that has no weights to train.

What it does: looks for weights that are not frozen among what an optimizer trains.

Why it matters: torch refuses an optimizer without parameters when training starts.

Example: a network of ReLU and pooling alone; or one in which every layer is frozen.
Better: at least one layer with weights, or one that is not frozen.

Where layers are frozen that an optimizer names, and others learn, torch goes on and its steps
change nothing: that is a warning.

Fix: unfreezes what is frozen, or takes what has no weights out of `trains`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import together, unfreeze, without_address
from graph_editor.checking.trained import freezer, is_trained, trained_by
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import WIDTHS
from graph_editor.checking.words import label

CODE = "nothing-to-train"
_MORE = (
    "RNNCell LSTMCell GRUCell MultiheadAttention Transformer TransformerEncoderLayer "
    "TransformerDecoderLayer EmbeddingBag PReLU AdaptiveLogSoftmaxWithLoss "
    "LinearCrossEntropyLoss"
)
OWNERS = frozenset(WIDTHS) | {f"nn.{name}" for name in _MORE.split()}
AFFINE = {
    **{f"nn.BatchNorm{n}d": "affine" for n in (1, 2, 3)},
    **{f"nn.InstanceNorm{n}d": "affine" for n in (1, 2, 3)},
    "nn.SyncBatchNorm": "affine",
    "nn.GroupNorm": "affine",
    "nn.LayerNorm": "elementwise_affine",
    "nn.RMSNorm": "elementwise_affine",
}


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every optimizer that would get no parameters."""
    specs = {site.node.spec for site in context.sites.values()}
    kinds = {spec.partition(".")[0] for spec in specs}
    if "optim" not in kinds or kinds & {"code", "call"}:  # what custom code owns is not known here
        return
    owners = [site for site in context.sites.values() if _owns_weights(site)]
    for site in context.sites.values():
        if site.node.kind != "optim":
            continue
        meant = [o for o in owners if is_trained(o, site)]
        frozen = [o for o in meant if freezer(o, context) is not None]
        if owners and not meant:
            yield _without_weights(site)
        elif len(frozen) == len(meant):
            learning = any(freezer(o, context) is None for o in owners)
            yield _diagnosis(site, frozen, "warning" if learning else "error", context)


def _without_weights(site: Site) -> Diagnosis:
    """Tell that none of the nodes that an optimizer names has weights, while others do."""
    named = trained_by(site)
    names = " and ".join(f"“{address}”" for address in named)
    has = "has" if len(named) == 1 else "have"
    message = f"{label(site)} has nothing to train: trains names {names}, which {has} no weights."
    parts = [without_address(site, "trains", address) for address in named]
    fix = parts[0] if len(parts) == 1 else together(parts[0], *parts[1:], title="Remove trains")
    return Diagnosis(CODE, "error", site.address, message, "", "", (fix,))


def _diagnosis(site: Site, frozen: list[Site], severity: Severity, context: Context) -> Diagnosis:
    if not frozen:
        message = f"{label(site)} has nothing to train: there is no layer with weights."
        return Diagnosis(CODE, "error", site.address, message)
    count = len(frozen)
    kind = "with weights" if severity == "error" else "that it trains"
    which = f"the only layer {kind} is" if count == 1 else f"all {count} layers {kind} are"
    message = f"{label(site)} has nothing to train: {which} frozen."
    freezers = {f.address: f for o in frozen if (f := freezer(o, context)) is not None}
    proposals = tuple(unfreeze(f, f"Unfreeze {label(f)}") for f in freezers.values())
    return Diagnosis(CODE, severity, site.address, message, "", "", proposals)


def _owns_weights(site: Site) -> bool:
    if site.node.spec == "param.tensor" or site.node.spec in OWNERS:
        return True
    switch = AFFINE.get(site.node.spec)
    return switch is not None and bool(site.value(switch))
