"""A softmax before a cross entropy, which has one of its own.

What it does: walks back from the input of a CrossEntropyLoss to a softmax or log-softmax, to
several that are joined or averaged, or to exponentials that are divided by their sum; past an
index, a mean or a resize too. Behind a softmax, a typed factor of 3 at most, a typed number that is
added, or a clamp do not hide it.

Why it matters: the loss takes scores and makes probabilities of them itself. Made twice they are
nearly equal for all classes; training is slow and stops short. Nothing fails. (A log-softmax along
the classes is only superfluous: the second one changes nothing. One that is off in training spoils
the loss of validation alone.)

Example: `Linear → Softmax → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: switches the softmax off; takes the logarithm of one that is drawn by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.averages import averaged
from graph_editor.checking.by_hand import is_softmax
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.handed_on import MIXED
from graph_editor.checking.proposals import insert, skip, together
from graph_editor.checking.switched import is_off_in_training
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import (
    RESHAPES,
    TRANSPARENT,
    TURNS,
    before_turn,
    chain_before,
    use_around,
)
from graph_editor.checking.words import either, label, number, title
from graph_editor.document.model import Address

CODE = "softmax-before-cross-entropy"
SOFTMAX = frozenset({"nn.Softmax", "nn.Softmax2d", "torch.softmax", "F.softmax"})
JOINING = ("torch.cat", "torch.stack")
_MOST = 3.0
"""So far at most goes a sum of shares that still flattens the scores."""
HARM = "flattens the scores and slows training"
HARM_OF_CHECKS = "flattens the scores for the loss of validation alone, as it is off in training"
HARM_OF_MANY = "flatten the scores and slow training"
_MOST_STEPS = 8
CLAMP = "torch.clamp"
"""A step behind a softmax that scores are better off without, too."""
LOG_SOFTMAX = frozenset({"nn.LogSoftmax", "F.log_softmax"})


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every softmax that only a cross entropy reads."""
    for site in context.of(("nn.CrossEntropyLoss",)):
        makers = [*chain_before(site, "input", context, TRANSPARENT | MIXED)]
        if not makers:
            continue
        *between, maker = makers
        is_plain = all(passed.node.spec in TRANSPARENT for passed in between)
        if maker.node.spec in SOFTMAX or (is_plain and maker.node.spec in LOG_SOFTMAX):
            yield _diagnosis(site, maker, context)
        elif maker.node.spec in JOINING:
            yield from _of_several(site, maker, context)
        elif is_plain and is_softmax(maker, context):
            message = _message(site, f"{label(maker)}, a softmax by hand,", HARM)
            proposals = (
                insert(site, "input", "torch.log", {}, f"Insert log before {label(site)}"),
            )
            yield Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)
        else:
            several = averaged(site, "input", SOFTMAX, context, _MOST)
            yield from _told(site, several, f"put together by {label(maker)},")
            yield from _behind_steps(site, context)


def _message(site: Site, who: str, effect: str) -> str:
    return (
        f"{title(site)} {label(site)} has a softmax of its own ({site.shown('input')} "
        f"arrives): {who} before it {effect}."
    )


def _effect(maker: Site, context: Context) -> str:
    """Return what a softmax does that is there at all times, or in evaluation alone."""
    uses = (maker, use_around(maker, context))
    is_off = any(use is not None and is_off_in_training(use.node) for use in uses)
    return HARM_OF_CHECKS if is_off else HARM


def _diagnosis(site: Site, maker: Site, context: Context) -> Diagnosis:
    harmless = maker.node.spec in LOG_SOFTMAX and _is_of_classes(site, maker, context)
    effect = "does nothing" if harmless else _effect(maker, context)
    if maker.node.spec in LOG_SOFTMAX and not harmless:
        dim = maker.value("dim")
        effect = f"makes shares along axis {dim} of {maker.shown('input')}, and not of the classes"
    message = _message(site, f"{title(maker)} {label(maker)}", effect)
    severity: Severity = "info" if harmless else "warning"
    proposals = () if maker.node.when is not None else (skip(maker),)
    return Diagnosis(CODE, severity, maker.address, message, "", "", proposals)


def _is_of_classes(site: Site, maker: Site, context: Context) -> bool:
    """Whether a log-softmax goes along the axis that the loss takes for the classes, or may."""
    rank, known = len(site.inputs["input"].shape), maker.inputs.get("input")
    axis, dim = (1 if rank > 1 else 0) - rank, number(maker.value("dim"))
    for passed in chain_before(site, "input", context, TRANSPARENT):
        if passed is maker:
            break
        if passed.node.spec in TURNS:
            axis = before_turn(passed, axis)
        elif passed.node.spec in RESHAPES:
            return True  # which lays them out anew
    if known is None or not known.shape or dim is None or not axis:
        return True
    return dim % len(known.shape) == axis % len(known.shape)


def _behind_steps(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of a softmax whose shares are multiplied, moved, cut off or dropped on the way."""
    steps: list[Site] = []
    factor: float | None = 1.0
    maker = site
    while factor is not None and factor <= _MOST and len(steps) <= _MOST_STEPS:
        *_, before = (None, *chain_before(maker, "input", context, TRANSPARENT | MIXED))
        if before is None:
            return
        maker = before
        if maker.node.spec in SOFTMAX:
            yield _of_changed(site, maker, steps, _effect(maker, context))
            return
        times = _times(maker)
        factor = None if times is None else factor * times
        steps.append(maker)


def _times(step: Site) -> float | None:
    """Return by what a step multiplies differences of shares at most; None if that is not known."""
    spec, said = step.node.spec, step.value("other")
    if not step.sources.keys() <= {"input"} or step.node.when is not None or step.node.repeat:
        return None
    if spec == CLAMP:
        return None if step.value("min") == 0 else 1.0  # at 0, another lint speaks
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    if spec in ("op.add", "op.sub"):
        return 1.0
    if spec not in ("op.mul", "op.truediv") or said <= 0:
        return None
    return float(said) if spec == "op.mul" else 1 / said


def _of_changed(site: Site, maker: Site, steps: list[Site], effect: str) -> Diagnosis:
    names = either([label(step) for step in reversed(steps)]).replace(" or ", " and ")
    who = f"{title(maker)} {label(maker)}"
    message = _message(site, who, f"{effect}, and behind {names} they are flat still")
    off = [maker, *(step for step in reversed(steps) if step.node.spec == CLAMP)]
    names = either([label(each) for each in off]).replace(" or ", " and ")
    first, *others = map(skip, off)
    switched = together(first, *others, title=f"Switch {names} off")
    proposals = () if maker.node.when is not None else (switched,)
    return Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)


def _of_several(site: Site, joined: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of scores that are joined of several softmaxes, and of nothing else."""
    yield from _told(site, alike(joined, SOFTMAX, context), f"joined by {label(joined)},")


def _told(site: Site, makers: list[Site], how: str) -> Iterator[Diagnosis]:
    if not makers:
        return
    names = either([label(maker) for maker in makers]).replace(" or ", " and ")
    message = _message(site, f"{names}, {how}", HARM_OF_MANY)
    together_ = together(*map(skip, makers), title=f"Switch {names} off")
    yield Diagnosis(CODE, "warning", makers[0].address, message, "", "", (together_,))


def alike(
    joined: Site,
    specs: frozenset[str],
    context: Context,
    through: frozenset[str] = TRANSPARENT | MIXED,
) -> list[Site]:
    """Return the nodes of these specs that a node joins the results of; none if there are others.

    Nodes of ``through`` may stand between: a mean, an index, a resize.
    """
    found: dict[Address, Site] = {}
    for port in joined.sources:
        *_, maker = (None, *chain_before(joined, port, context, through))
        if maker is None or maker.node.spec not in specs:
            return []
        found[maker.address] = maker
    return list(found.values())
