"""Says of a node's arguments what they are, what they have to be, and what would cure them."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.bounds import Wrong
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.proposals import let_infer, reset, set_to, together
from graph_editor.checking.usual import USUAL
from graph_editor.checking.walk import use_around
from graph_editor.checking.words import label, title, value
from graph_editor.document.model import Arg, Expr

WIDTHS = ("out_features", "out_channels", "hidden_size", "embedding_dim")
"""Arguments that say how much a layer gives, which only the user can know."""
STEPS: dict[str, tuple[Arg, ...]] = {"stride": (1, 2), "kernel_size": (1, 3)}
"""What stands most often where somebody says 0."""


def blamed(site: Site, wrong: tuple[Wrong, ...], code: str, context: Context) -> Diagnosis:
    """Return the diagnosis of a node's wrong arguments.

    Where one is a parameter of the block around it, and its use says a number for that, this is
    the node at fault.
    """
    if len(wrong) == 1 and (handed := _handed(site, wrong[0], context)) is not None:
        return _of_use(site, wrong[0], *handed, code)
    sentences = (_sentence(site, w) for w in wrong)
    message = f"{label(site)}: {' '.join(sentences)}"
    first = wrong[0].argument.name
    proposals = tuple(_proposals(site, wrong))
    return Diagnosis(code, "error", site.address, message, first, "", proposals)


def _handed(site: Site, wrong: Wrong, context: Context) -> tuple[Site, str] | None:
    """Return the use of a block that hands a wrong number in, and the parameter.

    A use that hands on what it is handed itself is passed over.
    """
    here, written = site, site.node.args.get(wrong.argument.name)
    while isinstance(written, Expr):
        name, use = written.text.strip(), use_around(here, context)
        known = {parameter.name for parameter in context.project.block(here.block).parameters}
        if use is None or name not in known:
            return None
        here, written = use, use.node.args.get(name)
        if written == wrong.said:
            return here, name
    return None


def _of_use(site: Site, wrong: Wrong, use: Site, name: str, code: str) -> Diagnosis:
    legal = f"has to be {wrong.legal}" if wrong.legal else "cannot be that"
    message = (
        f"{name} of {label(use)} is {value(wrong.said)}, and {wrong.argument.name} of "
        f"{title(site)} {label(site)} in it, which it says, {legal}."
    )
    fixes = tuple(set_to(use, name, each) for each in _near(wrong))
    return Diagnosis(code, "error", use.address, message, name, "", fixes, site.address)


def _near(wrong: Wrong) -> list[Arg]:
    """Return legal numbers in the place of a wrong one, the likeliest first."""
    name, said = wrong.argument.name, wrong.said
    whole = said if isinstance(said, int) and not isinstance(said, bool) else None
    if wrong.argument.type not in ("int", "size", "sizes"):
        whole = None
    if whole is not None and whole < 0 and "dim" not in name:
        return [-whole]  # a sign too much
    if name in WIDTHS and wrong.better in (None, 1):
        return list(USUAL[name]) if whole == 0 else []  # 1 is legal, and never what was meant
    found: list[Arg] = [] if wrong.better is None else [wrong.better]
    return list(dict.fromkeys([*found, *STEPS.get(name, ())])) if whole == 0 else found


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
    if len(wrong) == 1:
        yield from _singly(site, wrong[0])
        return
    found = [next(_singly(site, w), None) for w in wrong]
    known = [proposal for proposal in found if proposal is not None]
    if len(known) == len(found):
        title = " and ".join(
            [known[0].title, *(p.title[0].lower() + p.title[1:] for p in known[1:])]
        )
        yield together(*known, title=title)


def _singly(site: Site, wrong: Wrong) -> Iterator[Proposal]:
    """Yield what may be in the place of one wrong argument."""
    argument = wrong.argument
    if isinstance(site.node.args.get(argument.name), Expr):
        return
    near = _near(wrong)
    if wrong.better is None and argument.infer:
        yield let_infer(site, argument.name)
    elif wrong.better is None and not argument.required:
        yield reset(site, argument.name)
        near = [each for each in near if each != argument.default]
    yield from (set_to(site, argument.name, each) for each in near)
