"""A dropout that leaves nothing, or nearly nothing.

What it does: finds dropouts of 1, after which only zeros are left, and of 0.9 and more.

Why it matters: the number is the share that is dropped, not the share that is kept, nor a percent.
What comes after such a dropout learns from next to nothing, and no error says so.

Example: `Dropout(p=1)`, `Dropout(p=0.9)` where 9 of 10 values were to be kept.
Better: `Dropout(p=0.1)`.

Fix: the default, or the rest to 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.words import label, number, title, value
from graph_editor.document.model import Expr

CODE = "dropout-percent"
MUCH = 0.9
_DROPOUTS = "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout"
_RECURRENT = ("nn.LSTM", "nn.GRU", "nn.RNN")
_TRANSFORMERS = "MultiheadAttention Transformer TransformerEncoderLayer TransformerDecoderLayer"
SHARES = {
    **{f"nn.{name}": "p" for name in _DROPOUTS.split()},
    **{f"nn.{name}": "dropout" for name in _TRANSFORMERS.split()},
    **dict.fromkeys(_RECURRENT, "dropout"),
    "F.dropout": "p",
    "F.scaled_dot_product_attention": "dropout_p",
}
"""The argument that says which share is dropped."""


def _found(site: Site, _: Context) -> Iterator[Diagnosis]:
    """Yield a dropout that drops nearly all, or all."""
    name = SHARES[site.node.spec]
    share = site.value(name)
    if isinstance(share, bool) or not isinstance(share, int | float) or not MUCH <= share <= 1:
        return
    if not _drops(site):
        return
    said = f"{name} of {title(site)} {label(site)} is {value(share)}, the share that is dropped: "
    if share == 1:
        message = f"{said}in training only zeros are left."
        proposal = reset(site, name)
    else:
        kept = round(1 - share, 6)
        message = (
            f"{said}in training {kept:.4g} of the values are left. For the reverse, say {kept:.4g}."
        )
        proposal = set_to(site, name, kept)
    proposals = () if isinstance(site.node.args.get(name), Expr) else (proposal,)
    yield Diagnosis(
        CODE, "warning" if share == 1 else "info", site.address, message, name, "", proposals
    )


def _drops(site: Site) -> bool:
    """Whether the share has any effect: a recurrent layer drops between its layers only."""
    if site.node.spec in _RECURRENT:
        return (number(site.value("num_layers")) or 1) > 1
    return site.value("training") is not False


check = PerSubject(SHARES, _found)
