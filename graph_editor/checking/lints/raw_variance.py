"""A variance that a layer gives as it is: nothing keeps it above 0.

What it does: walks back from `var` of a GaussianNLLLoss to a layer that gives negative numbers too.

Why it matters: torch stops at the first negative variance, which fresh weights give for about every
second number.

Example: `Linear → var of GaussianNLLLoss`.
Better: `Linear → Softplus → var of GaussianNLLLoss`.

Fix: inserts a Softplus, or an exponential.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "raw-variance"
RAW = ("nn.Linear", "nn.Conv1d", "nn.Conv2d", "nn.Conv3d", "nn.Bilinear")
BENT = ("nn.Tanh", "torch.tanh", "nn.LeakyReLU", "nn.GELU", "nn.ELU", "nn.SiLU", "nn.LogSigmoid")


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    *_, maker = (None, *chain_before(site, "var", context, TRANSPARENT))
    if maker is None or maker.node.spec not in RAW + BENT:
        return
    message = (
        f"{title(site)} {label(site)} takes a variance, and {title(maker)} {label(maker)} gives "
        f"negative numbers too ({site.shown('var')}): torch stops at the first one."
    )
    proposals = (
        insert(site, "var", "nn.Softplus", {}, "Insert Softplus before var"),
        insert(site, "var", "torch.exp", {}, "Insert exp before var"),
    )
    yield Diagnosis(CODE, "warning", site.address, message, "", "var", proposals)


check = PerSubject(("nn.GaussianNLLLoss",), _find)
