"""A layer for sequences that takes the batch for their steps, told by what comes of it.

What it does: where a loss gets another number of predictions than there are labels, looks for an
RNN, LSTM, GRU or transformer layer before it with `batch_first=False` that a batch enters with the
samples first.

Why it matters: the layer takes the samples for steps. What it gives has one row for each step, and
the loss finds no prediction for each sample.

Example: `Embedding → LSTM → output[-1] → Linear` on `B×9`: 9 predictions.
Better: `LSTM(batch_first=True)` and `output[:, -1]`; or the steps put first before the LSTM.

Fix: puts the steps first before the layer, or sets `batch_first` to True, with the index of the
last step to match.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, sizes, title
from graph_editor.document.model import Slice

CODE = "steps-first"
RANK = 22  # after what is said of the layers between
LAYERS = {
    **dict.fromkeys(("nn.RNN", "nn.LSTM", "nn.GRU"), "input"),
    "nn.TransformerEncoderLayer": "src",
}
"""The port of the sequence, by layer."""
PICKS = frozenset(("op.getitem", "torch.mean", "nn.Linear", "torch.sum", "torch.amax"))


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the recurrent layer behind which a loss gets a prediction for each step."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if not site.node.spec.endswith("Loss") or not given or not target or given[0] == target[0]:
        return None
    between: list[Site] = []
    for maker in chain_before(site, "input", context, ELEMENTWISE | PICKS):
        port = LAYERS.get(maker.node.spec, "")
        known = maker.symbolic.get(port)
        if known is None:
            between.append(maker)
            continue
        if maker.value("batch_first") or len(known.shape) != 3 or not holds_batch(known.shape[0]):
            return None
        message = (
            f"{title(maker)} {label(maker)} has batch_first False, so that it takes axis 0 of "
            f"{known.text()} for the steps of a sequence, and that is the batch. In the end "
            f"{site.shown('input')} reaches {title(site)} {label(site)}, {given[0]} predictions "
            f"where target {site.shown('target')} has one label for each sample."
        )
        found = tuple(_proposals(maker, between))
        return Diagnosis(CODE, "error", maker.address, message, "batch_first", port, found)
    return None


def _proposals(layer: Site, between: list[Site]) -> Iterator[Proposal]:
    told = set_to(layer, "batch_first", True)
    yield told
    for site in [s for s in between if s.node.spec in PICKS - {"nn.Linear"}][-1:]:
        name = "index" if site.node.spec == "op.getitem" else "dim"
        said = site.node.args.get(name)
        if isinstance(said, int) and (name == "index" or said == 0):
            to = (Slice(), said) if name == "index" else 1
            other = set_to(site, name, to, of=label(site))
            words = f"{told.title}, and {other.title[0].lower()}{other.title[1:]}"
            yield together(told, other, title=words)
    words = f"Put the steps first before {label(layer)}: B×T×N becomes T×B×N"
    port = LAYERS[layer.node.spec]
    yield insert(layer, port, "Tensor.transpose", {"dim0": 0, "dim1": 1}, words)
