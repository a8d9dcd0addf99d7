"""An einsum whose equation does not fit what it is given.

What it does: reads the equation, and compares letters with axes: each tensor needs a letter for
each of its axes, and a letter has one size wherever it stands.

Why it matters: the letters say which axes are multiplied with one another, and which are
summed over.

Example: `"bi,oj->bo"` of `B×16` and `10×16`, where `i` and `j` are meant to be one.
Better: `"bi,oi->bo"`.

Fix: the order of letters that fits, letters for axes that have none, the size of a layer before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import put_first, set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import axes, label, sizes
from graph_editor.checking.words import shape as shown
from graph_editor.document.model import Arg

CODE = "einsum-equation"
RANK = 30
DOTS = "..."
FREE = "tsnmkhw"
"""Letters that may be given to axes without any, in this order."""
MOST = 5
"""Letters of a tensor whose orders are all tried."""
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak of the first thing in the equation that does not fit."""
    site, said = failure.site, failure.site.value("args")
    if site.node.spec != "torch.einsum":
        return None
    if "args[0]" in site.inputs:
        return _no_equation(site)
    if not isinstance(said, tuple) or not said or not isinstance(said[0], str):
        return None
    equation = said[0].replace(" ", "")
    terms = equation.partition("->")[0].split(",")
    ports = [f"args[{place}]" for place in range(1, len(terms) + 1)]
    shapes = [sizes(site, port) for port in ports]
    if len(site.inputs) != len(terms):
        return _of(
            site, f"its equation {said[0]!r} is for {len(terms)} tensor{'s' * (len(terms) != 1)}, "
            f"and {len(site.inputs)} {'arrives' if len(site.inputs) == 1 else 'arrive'}"
        )  # fmt: skip
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    return (
        _counted(site, equation, list(zip(ports, terms, known, strict=True)))
        or _measured(site, equation, list(zip(ports, terms, known, strict=True)), context)
        or _behind_dots(site, equation, list(zip(ports, terms, known, strict=True)))
        or _resulting(site, equation)
    )


Uses = list[tuple[str, str, Shape]]
"""Of each tensor: its port, its letters and its shape."""


def _of(site: Site, reason: str, port: str = "", fixes: tuple[Proposal, ...] = ()) -> Diagnosis:
    message = f"Einsum {label(site)}: {reason}."
    return Diagnosis(CODE, "error", site.address, message, "args", port, fixes)


def _no_equation(site: Site) -> Diagnosis:
    """Speak of a tensor that stands where the equation belongs."""
    said = site.node.args.get("args")
    equation = said[0] if isinstance(said, tuple) and said and isinstance(said[0], str) else ""
    words = f" It hides the equation {equation!r}." if equation else ""
    fixes = (put_first(site, "args", equation, "Lead the wires to args[1] and on"),)
    message = (
        f"Einsum {label(site)}: its first argument has to be the equation, such as 'bi,ij->bj', "
        f"and the tensor {site.shown('args[0]')} stands there. Tensors begin at args[1].{words}"
    )
    kept = fixes if equation else ()
    return Diagnosis(CODE, "error", site.address, message, "", "args[0]", kept)


def _counted(site: Site, equation: str, uses: Uses) -> Diagnosis | None:
    """Speak where a tensor has more or fewer axes than letters."""
    for port, term, shape in uses:
        letters = term.replace(DOTS, "")
        fits = len(letters) <= len(shape) if DOTS in term else len(letters) == len(shape)
        if not fits:
            many = f"{len(letters)} letter{'s' * (len(letters) != 1)}"
            reason = (
                f"{term!r} of its equation {equation!r} has {many}, and the tensor at {port} has "
                f"{axes(len(shape))} ({site.shown(port)}): each axis needs a letter"
            )
            return _of(site, reason, port, tuple(_lettered(site, equation, uses, port)))
    return None


def _lettered(site: Site, equation: str, uses: Uses, port: str) -> Iterator[Proposal]:
    """Yield the equation with a letter, or else dots, for the axes behind the batch without any."""
    terms = {here: term for here, term, _ in uses}
    lacking = {here: len(shape) - len(term) for here, term, shape in uses}
    _, arrow, result = equation.partition("->")
    if not arrow or DOTS in equation or not terms[port] or lacking[port] < 1:
        return
    first = terms[port][0]
    free = [letter for letter in FREE if letter not in equation][: lacking[port]]
    if len(free) < lacking[port] or first not in result:
        return
    more = first + "".join(free)
    new = [term.replace(first, more, 1) if here == port else term for here, term in terms.items()]
    yield _written(site, f"{','.join(new)}->{result.replace(first, more, 1)}")


def _written(site: Site, equation: str) -> Proposal:
    said = site.node.args["args"]
    args: tuple[Arg, ...] = (equation, *(said[1:] if isinstance(said, tuple) else ()))
    return set_to(site, "args", args, title=f"Write the equation as '{equation}'")


def _sizes_of(term: str, shape: Shape) -> Iterator[tuple[str, int, int]]:
    """Yield each letter with its axis, counted from the end, and its size."""
    front, dots, back = term.partition(DOTS)
    for place, letter in enumerate(front):
        yield letter, place - len(shape), shape[place]
    for place, letter in enumerate(back if dots else ""):
        yield letter, place - len(back), shape[place - len(back)]


def _clash(uses: Uses) -> tuple[str, str, int, str, int] | None:
    """Return a letter of two sizes: the letter, and twice a port and its axis."""
    found: dict[str, tuple[str, int, int]] = {}
    for port, term, shape in uses:
        mine: dict[str, tuple[int, int]] = {}
        for letter, axis, size in _sizes_of(term, shape):
            twin, same = mine.setdefault(letter, (axis, size))
            if size != same:  # within one tensor nothing is stretched
                return letter, port, twin, port, axis
            before = found.setdefault(letter, (port, axis, size))
            if before[2] == 1:
                found[letter] = (port, axis, size)
            elif size not in (1, before[2]):
                return letter, before[0], before[1], port, axis
    return None


def _measured(site: Site, equation: str, uses: Uses, context: Context) -> Diagnosis | None:
    """Speak where a letter stands for axes of two sizes."""
    clash = _clash(uses)
    if clash is None:
        return None
    letter, one, first, other, second = clash
    shapes = {port: shape for port, _, shape in uses}
    reason = (
        f"the letter {letter} of its equation {equation!r} is {shapes[one][first]} at {one} "
        f"({site.shown(one)}) and {shapes[other][second]} at {other} ({site.shown(other)}); a "
        "letter has one size"
    )
    fixes = [*_reordered(site, equation, uses)]
    for port, axis, goal in (
        (other, second, shapes[one][first]),
        (one, first, shapes[other][second]),
    ):
        made = maker_of(site, port, axis, context)
        width = width_before(site, port, axis, context)
        proposal = resized(made[0], {made[1]: goal}, context) if made is not None else None
        fixes += [] if proposal is None else [proposal]
        fixes += [] if width is None else [set_width(width, goal, context)]
    return _of(site, reason, other, tuple(fixes))


def _behind_dots(site: Site, equation: str, uses: Uses) -> Diagnosis | None:
    """Speak where the axes that dots stand for cannot be stretched to one another."""
    found: list[tuple[str, Shape]] = []
    for port, term, shape in uses:
        if DOTS not in term:
            continue
        front, _, back = term.partition(DOTS)
        mine = shape[len(front) : len(shape) - len(back)]
        for other, theirs in found:
            if clashes(theirs, mine):
                reason = (
                    f"the dots of its equation {equation!r} stand for {shown(theirs)} at {other} "
                    f"({site.shown(other)}) and for {shown(mine)} at {port} ({site.shown(port)}), "
                    "which do not fit"
                )
                return _of(site, reason, port)
        found.append((port, mine))
    return None


def _reordered(site: Site, equation: str, uses: Uses) -> Iterator[Proposal]:
    """Yield the equation with the letters of one tensor in an order that fits."""
    _, arrow, result = equation.partition("->")
    for place, (port, term, shape) in reversed(list(enumerate(uses))):
        if DOTS in term or len(term) > MOST:
            continue
        for order in permutations(term):
            changed = [*uses]
            changed[place] = (port, "".join(order), shape)
            if "".join(order) != term and _clash(changed) is None:
                yield _written(site, ",".join(t for _, t, _ in changed) + arrow + result)
                return


def _resulting(site: Site, equation: str) -> Diagnosis | None:
    """Speak where the result names a letter that no tensor has, or one twice."""
    before, _, result = equation.partition("->")
    letters = result.replace(DOTS, "")
    for letter in letters:
        if letter not in before:
            return _of(
                site, f"its equation {equation!r} has {letter} in the result, which no tensor has"
            )
        if letters.count(letter) > 1:
            return _of(site, f"its equation {equation!r} has {letter} twice in the result")
    return None
