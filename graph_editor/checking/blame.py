"""Says of a node's arguments what they are, what they have to be, and what would cure them."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.bounds import Wrong
from graph_editor.checking.failure import Diagnosis, Proposal, Site
from graph_editor.checking.proposals import let_infer, reset, set_to, together
from graph_editor.checking.words import label, value
from graph_editor.document.model import Expr

WIDTHS = ("out_features", "out_channels", "hidden_size", "embedding_dim")
"""Arguments that say how much a layer gives, which only the user can know."""


def blamed(site: Site, wrong: tuple[Wrong, ...], code: str) -> Diagnosis:
    """Return the diagnosis of a node's wrong arguments."""
    sentences = (_sentence(site, w) for w in wrong)
    message = f"{label(site)}: {' '.join(sentences)}"
    first = wrong[0].argument.name
    proposals = tuple(_proposals(site, wrong))
    return Diagnosis(code, "error", site.address, message, first, "", proposals)


def _sentence(site: Site, wrong: Wrong) -> str:
    name = wrong.argument.name
    written = site.node.args.get(name, wrong.said)
    shown = value(wrong.said)
    if isinstance(written, Expr):
        shown = f"{written.text}, that is {shown},"
    if wrong.legal and not (isinstance(wrong.said, str) and repr(wrong.said) in wrong.legal):
        return f"{name} is {shown} and has to be {wrong.legal}."
    return f"{name} cannot be {shown} here."


def _proposals(site: Site, wrong: tuple[Wrong, ...]) -> Iterator[Proposal]:
    found = [_proposal(site, w) for w in wrong]
    known = [proposal for proposal in found if proposal is not None]
    if len(known) < len(found):
        return
    if len(known) == 1:
        yield known[0]
        return
    title = " and ".join([known[0].title, *(p.title[0].lower() + p.title[1:] for p in known[1:])])
    yield together(*known, title=title)


def _proposal(site: Site, wrong: Wrong) -> Proposal | None:
    argument = wrong.argument
    if isinstance(site.node.args.get(argument.name), Expr):
        return None
    if argument.name in WIDTHS and wrong.better == 1:
        return None  # legal, and never what was meant
    if wrong.better is not None:
        return set_to(site, argument.name, wrong.better)
    if argument.infer:
        return let_infer(site, argument.name)
    return None if argument.required else reset(site, argument.name)
