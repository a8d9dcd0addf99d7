"""Raw scores in a loss that takes probabilities, or their logarithms.

What it does: walks back from the input of an NLLLoss or a BCELoss to a layer that gives raw scores.

Why it matters: NLLLoss takes log-probabilities; of raw scores it makes a number that falls without
end and means nothing. BCELoss takes numbers between 0 and 1 and stops the run at any other.

Example: `Linear → NLLLoss`, `Linear → BCELoss`.
Better: `Linear → CrossEntropyLoss`, `Linear → BCEWithLogitsLoss`.

Fix: uses the loss that takes scores, or inserts LogSoftmax or Sigmoid.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.proposals import insert, replace_spec
from graph_editor.checking.walk import TRANSPARENT, WIDTHS, chain_before
from graph_editor.checking.words import label, title
from graph_editor.document.model import Arg

CODE = "logits-into-probability-loss"
RAW = frozenset(WIDTHS) - {"nn.Embedding", "nn.LSTM", "nn.GRU", "nn.RNN"}
BENT = {"nn.ReLU", "nn.LeakyReLU", "nn.GELU", "nn.Tanh"}
WRONG = {
    "nn.NLLLoss": RAW | BENT | {"nn.Softmax", "torch.softmax", "F.softmax"},
    "nn.BCELoss": RAW,
}
INSTEAD = {"nn.NLLLoss": "nn.CrossEntropyLoss", "nn.BCELoss": "nn.BCEWithLogitsLoss"}
MISSING: dict[str, tuple[str, dict[str, Arg], str]] = {
    "nn.NLLLoss": ("nn.LogSoftmax", {"dim": 1}, "log-probabilities"),
    "nn.BCELoss": ("nn.Sigmoid", {}, "numbers between 0 and 1"),
}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every loss of this kind that raw scores enter."""
    for site in context.of(WRONG):
        *_, maker = (None, *chain_before(site, "input", context, TRANSPARENT))
        if maker is not None and maker.node.spec in WRONG[site.node.spec]:
            yield _diagnosis(site, maker)


def _diagnosis(site: Site, maker: Site) -> Diagnosis:
    spec, args, takes = MISSING[site.node.spec]
    insertion = insert(site, "input", spec, args, f"Insert {spec.rpartition('.')[2]} before it")
    instead = replace_spec(site, INSTEAD[site.node.spec])
    softmax = "oftmax" in maker.node.spec
    message = (
        f"{title(site)} {label(site)} takes {takes}, and {title(maker)} {label(maker)} gives "
        f"{'probabilities' if softmax else 'raw scores'} ({site.shown('input')})."
    )
    proposals: tuple[Proposal, ...] = (instead, insertion)
    if softmax:
        logarithm = "F.log_softmax" if maker.node.spec == "F.softmax" else "nn.LogSoftmax"
        proposals = (replace_spec(maker, logarithm),)
    return Diagnosis(CODE, "warning", site.address, message, "", "input", proposals)
