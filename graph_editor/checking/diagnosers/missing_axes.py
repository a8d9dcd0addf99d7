"""An axis that what arrives does not have, or an order of axes that is none.

What it does: compares `dim` (`dim0`, `dim1`, `start_dim`, `end_dim`) with the number of axes that
arrive, and the order that `permute` is given with all of them.

Why it matters: axes are counted from 0, or from -1 backwards, so that `B×C×H×W` has 0 to 3.

Example: `x.permute(0, 2, 1)` of `B×C×H×W`, `torch.mean(x, dim=3)` of `B×T×D`.
Better: `x.permute(0, 2, 3, 1)`, `torch.mean(x, dim=-1)`.

Fix: the last axis, or an order with all axes in it; an order that forgets the batch is that of a
sample's axes, or none is needed; of maps that are one place high, that axis is dropped first.
"""

from __future__ import annotations

from collections import Counter

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to, skip
from graph_editor.checking.words import axes, label, number, sizes, title, value

CODE = "no-such-axis"
RANK = 45  # after those that know more of the node than its axes
NAMES = ("dim", "dim0", "dim1", "start_dim", "end_dim")
GROWING = ("Tensor.unsqueeze", "torch.unsqueeze", "torch.stack")
"""Specs whose axis is one of the result, which has one more."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where an argument names an axis that is not there."""
    site, arriving = failure.site, sizes(failure.site, "input")
    if arriving is None or failure.phase != "forward":
        return None
    if site.node.spec == "Tensor.permute":
        return _permuted(site, arriving)
    rank = len(arriving) + (site.node.spec in GROWING)
    for name in NAMES:
        said = site.args.get(name)
        wanted = said if isinstance(said, tuple) else (said,)
        numbers = [n for n in map(number, wanted) if n is not None]
        bad = [n for n in numbers if not -rank <= n < rank]
        if bad and rank:
            places = f"0 to {rank - 1}, or -1 to {-rank} from the end"
            if rank > len(arriving):
                places = f"a new one may stand at {places}"
            message = (
                f"{name} of {title(site)} {label(site)} is {value(said)}, and "
                f"{site.shown('input')} arrives, which has {axes(len(arriving))}: {places}."
            )
            fixed = tuple(-1 if n in bad else n for n in numbers)
            proposals = (set_to(site, name, fixed if isinstance(said, tuple) else -1),)
            return Diagnosis(CODE, "error", site.address, message, name, "input", proposals)
    return None


def _permuted(site: Site, arriving: tuple[int, ...]) -> Diagnosis | None:
    rank = len(arriving)
    said = site.value("args")
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    order = [number(item) for item in items] if isinstance(items, tuple) else []
    known = [n for n in order if n is not None]
    if len(known) < len(order):
        return None
    places = [n % rank if -rank <= n < rank else None for n in known] if rank else []
    kept = list(dict.fromkeys(n for n in places if n is not None))
    twice = [n for n, times in Counter(places).items() if times > 1 and n is not None]
    if len(known) == rank == len(kept):
        return None
    reason = f"axis {twice[0]} stands in it twice" if twice else f"it names {len(known)}"
    message = (
        f"{title(site)} {label(site)} puts the axes into the order {value(tuple(known))}, and "
        f"{site.shown('input')} arrives, which has {axes(rank)}, 0 to {rank - 1}: {reason}. Each "
        "has to be named once."
    )
    left = [n for n in range(rank) if n not in kept]
    told = set_to(site, "args", (*kept, *left))
    proposals: tuple[Proposal, ...] = (told,)
    if left == [rank - 1] and known[0] != 0:  # an order for one sample, without the batch
        ahead = (0, *(n + 1 for n in kept))
        proposals = (skip(site), set_to(site, "args", ahead))
    ones = [axis for axis in range(2, rank - 1) if arriving[axis] == 1]
    if len(ones) == 1 and kept == known and set(known) == {*range(rank - 1)}:
        words = f"Drop axis {ones[0]}, of size 1, before {label(site)}"
        proposals = (insert(site, "input", "Tensor.squeeze", {"dim": ones[0]}, words),)
    return Diagnosis(CODE, "error", site.address, message, "args", "input", proposals)
