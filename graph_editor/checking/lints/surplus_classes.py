"""A network that gives more scores than the data has classes.

What it does: compares the scores that enter a loss, one row for each sample, with what the data
source says of its labels. It does not speak where the loss weighs as many classes itself, nor
where the last layer is loaded, frozen or shared, nor of scores that a product makes. Where no layer
decides how many scores there are (behind a norm, a sum or a join), the last layer is missing.

Why it matters: no sample ever has the classes that are too many. Weights are spent on learning that
they never occur; mostly the number was left over from other data.

Example: `Linear(64, 1000) → CrossEntropyLoss` on digits, which have 10 classes.
Better: `Linear(64, 10)`.

Fix: sets the width of the last layer to the number of classes, or inserts such a layer.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.class_target import labels_for
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.class_count import LOSSES
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.walk import FLATTENING, POOLS, chain_before, facts_of, width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import Address, Expr

CODE = "more-classes-than-labels"
_NORMS = "BatchNorm1d BatchNorm2d LayerNorm RMSNorm GroupNorm"
_BODIES = "GRU LSTM RNN EmbeddingBag MultiheadAttention TransformerEncoderLayer TransformerEncoder"
_TORCH = "op.add op.getitem torch.cat torch.mean torch.amax Tensor.mean Tensor.amax"
BODIES = POOLS | {f"nn.{n}" for n in f"{_NORMS} {_BODIES}".split()} | set(_TORCH.split())
"""What gives features for a last layer, and is none itself."""
PASSING = FLATTENING | {"io.output", "nn.Dropout", "nn.ReLU", "nn.GELU", "Tensor.squeeze"}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every last layer that is wider than every loss that its scores go to has classes."""
    readers: dict[Address, list[Site]] = {}
    makers: dict[Address, tuple[Site, str]] = {}
    for site in context.of(LOSSES):
        logits = sizes(site, "input")
        made = width_before(site, "input", 1 if len(logits) > 1 else 0, context) if logits else None
        if made is None and logits and len(logits) == 2:
            yield from _headless(site, context)
        if made is not None:
            makers[made[0].address] = made
            readers.setdefault(made[0].address, []).append(site)
    for address, (maker, argument) in makers.items():
        classes = [_classes(site, context) for site in readers[address]]
        known = [count for count in classes if count is not None]
        loss = readers[address][0]
        if len(known) == len(classes) and max(known) < _scores(loss) and _is_own(maker, context):
            yield _diagnosis(loss, maker, argument, max(known))


def _headless(loss: Site, context: Context) -> Iterator[Diagnosis]:
    """Yield a loss that is given features: no layer has brought them to as many as classes."""
    classes, scores, place = _classes(loss, context), _scores(loss), loss
    if classes is None or classes >= scores:
        return
    for maker in chain_before(loss, "input", context, PASSING):
        if maker.node.spec == "io.output" and maker.block == loss.block:
            place = maker  # what is given out, and measured, is to be the scores, too
        if maker.node.spec in BODIES and _is_own(maker, context):
            message = (
                f"{title(loss)} {label(loss)} gets {scores} numbers for each sample "
                f"({loss.shown('input')}) as they come from {title(maker)} {label(maker)}, and the "
                f"labels name {classes} classes, 0 to {classes - 1}: a last layer, from {scores} "
                f"numbers to {classes} scores, is missing."
            )
            words = f"Insert a Linear({scores}, {classes})"
            fix = insert(place, "input", "nn.Linear", {"out_features": classes}, words)
            yield Diagnosis(CODE, "info", maker.address, message, "", "", (fix,))
            return


def _scores(loss: Site) -> int:
    return (sizes(loss, "input") or (0,))[-1]


def _classes(loss: Site, context: Context) -> int | None:
    """Return how many classes the labels of a loss have, one label for each row of scores."""
    logits, target = sizes(loss, "input"), sizes(loss, "target")
    if not logits or len(logits) > 2 or target != labels_for(logits):
        return None
    if "weight" in loss.sources or loss.value("weight") is not None:
        return None
    facts = facts_of(loss, "target", context)
    return facts.classes if facts else None


def _is_own(maker: Site, context: Context) -> bool:
    """Whether the width of the last layer is free: nothing loads, freezes or shares its weights."""
    parts = maker.address.split("/")
    around = (context.sites.get(Address("/".join(parts[:n]))) for n in range(1, len(parts) + 1))
    return not any(s is not None and (s.node.freeze or s.node.weights) for s in around)


def _diagnosis(loss: Site, maker: Site, argument: str, classes: int) -> Diagnosis:
    scores = _scores(loss)
    message = (
        f"{title(maker)} {label(maker)} gives {scores} scores for each sample "
        f"({loss.shown('input')}), and the labels of {title(loss)} {label(loss)} name {classes} "
        f"classes, 0 to {classes - 1}: {scores - classes} of the scores can never be right."
    )
    written = maker.node.args.get(argument)
    own = () if isinstance(written, Expr) else (set_to(maker, argument, classes),)
    return Diagnosis(CODE, "info", maker.address, message, argument, "", own)
