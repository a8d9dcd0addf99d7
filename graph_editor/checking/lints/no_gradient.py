"""A node that no gradient passes, between layers and the only way from them to a loss.

What it does: goes back from every loss as gradients do, and looks where they stop: at `argmax`, a
comparison, a conversion to whole numbers, `detach`, or a function of steps such as `sign`.

Why it matters: torch accepts all of these, and the layers before them learn nothing. The gradient
of a function of steps is 0; whole numbers have none at all.

Example: `Linear → sign → Linear → CrossEntropyLoss`: the first layer stays as it was made.
Better: `Linear → tanh → Linear → CrossEntropyLoss`.

Fix: switches the node off, puts a smooth function in its place, or leads the scores past a choice.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.choice_into_loss import before_choice
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.gradient_flow import Cut, cuts
from graph_editor.checking.proposals import replace_spec, skip
from graph_editor.checking.verdict import Severity
from graph_editor.checking.words import label, title

CODE = "no-gradient"
RANK = 5
LISTED = 3
"""So many layers are named; of more only the number is told."""
_REMOVABLE = ("detach", "long", "to", "type_as", "bool", "sign", "round", "floor", "ceil")
_SMOOTH = {"torch.sign": "torch.tanh", "torch.bernoulli": "torch.sigmoid"}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every node that cuts layers off from all losses."""
    yield from filter(None, (_diagnosis(cut, context) for cut in cuts(context) if not cut.aside))


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where an optimizer is refused because no gradient passes a node before its loss."""
    if failure.site.node.kind != "optim" or failure.phase != "rule":
        return None
    cut = next((c for c in cuts(context) if failure.site.address in c.starved), None)
    return _diagnosis(cut, context) if cut is not None else None


def _diagnosis(cut: Cut, context: Context) -> Diagnosis | None:
    """Return the diagnosis of a cut; None where each layer behind it is told to be silent."""
    layers = [s for s in cut.layers if CODE not in s.node.silence]
    if not layers and not cut.starved:
        return None
    severity: Severity = "error" if cut.starved else "warning"
    message = _message(cut, layers or list(cut.layers))
    proposals = (*_proposals(cut.site), *before_choice(cut.site, context))
    return Diagnosis(CODE, severity, cut.site.address, message, "", "", proposals)


def _message(cut: Cut, layers: list[Site]) -> str:
    site, count = cut.site, len(layers)
    names = f" ({', '.join(map(label, layers))})" if count <= LISTED else ""
    which = f"{count} layers before it{names} get no gradient from any loss and never change"
    if count == 1:
        which = f"1 layer before it{names} gets no gradient from any loss and never changes"
    end = "; torch refuses to train by a loss without one." if cut.starved else "."
    return f"{title(site)} {label(site)} passes no gradient: {cut.reason}. {which}{end}"


def _proposals(site: Site) -> Iterator[Proposal]:
    smooth = _SMOOTH.get(site.node.spec)
    if smooth is not None:
        yield replace_spec(site, smooth)
    if site.node.spec.rpartition(".")[2] in _REMOVABLE:
        yield skip(site)
