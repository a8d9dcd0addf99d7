"""A repeat that repeats the samples, and was to repeat what is in each of them.

What it does: where a node is refused, looks before it for a repeat whose second number of three
falls to the axis of the samples, or whose number stands one axis too early.

Why it matters: torch lines the numbers up from the last axis and puts an axis that is missing in
front: the code of a sample is not laid beside itself, the samples are.

Example: `h.repeat(1, 20, 1)` of `B×8`: `1×20*B×8`.
Better: `h.unsqueeze(1).repeat(1, 20, 1)`: `B×20×8`.

Fix: adds the axis of size 1 that is meant, or moves the number to it.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.walk import ELEMENTWISE, WIDTHS, chain_before
from graph_editor.checking.words import axes, holds_batch, label, number, shape, title, value
from graph_editor.document.model import Arg

CODE = "samples-repeated"
RANK = 12
REPEAT = "Tensor.repeat"
THROUGH = ELEMENTWISE | frozenset(WIDTHS) | {"io.output", "torch.cat"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the repeat behind which a node gets so many times the samples."""
    site = failure.site
    found = (repeated(site, port, context) for port in site.sources)
    return next((each for each in found if each is not None), None)


def repeated(site: Site, port: str, context: Context) -> Diagnosis | None:
    """Return what is wrong with a repeat before a port, if anything is."""
    for maker in chain_before(site, port, context, THROUGH):
        if maker.node.spec == REPEAT and (found := _diagnosis(maker, site, context)) is not None:
            return found
    return None


def _diagnosis(repeat: Site, site: Site, context: Context) -> Diagnosis | None:
    known, said = repeat.symbolic.get("input"), _said(repeat)
    made = context.types.get(f"{repeat.address}.output")
    if known is None or made is None or not known.shape or not holds_batch(known.shape[0]):
        return None
    start = f"{title(repeat)} {label(repeat)} is told {value(said)}"
    end = f"so that the samples are repeated: {made.text()}, for {title(site)} {label(site)}."
    times = [number(each) or 0 for each in said[:2]]
    lacking = len(said) - len(known.shape)
    if lacking == 1 and times[0] == 1 and times[1] > 1:
        row = shape((known.shape[0], 1, *known.shape[1:]))
        message = (
            f"{start}, {len(said)} numbers, and {known.text()} arrives, which has "
            f"{axes(len(known.shape))}. The one that is missing comes first, {end} As {row} each "
            "sample is repeated by itself."
        )
        words = "Add an axis of size 1 before it, as axis 1"
        fix = insert(repeat, "input", "Tensor.unsqueeze", {"dim": 1}, words)
    elif not lacking and len(said) > 1 and times[0] > times[1] == known.shape[1] == 1:
        message = f"{start}, and {known.text()} arrives: the first number is for axis 0, {end}"
        fix = set_to(repeat, "args", (said[1], said[0], *said[2:]))
    else:
        return None
    return Diagnosis(CODE, "error", repeat.address, message, "args", "", (fix,), site.address)


def _said(repeat: Site) -> tuple[Arg, ...]:
    said = repeat.value("args")
    inner = said[0] if isinstance(said, tuple) and len(said) == 1 else said
    return inner if isinstance(inner, tuple) else (said if isinstance(said, tuple) else ())
