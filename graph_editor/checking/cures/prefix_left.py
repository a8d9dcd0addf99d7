"""Learned rows that were put before the steps of a text, and got scores as if they were steps."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before, site_before
from graph_editor.checking.words import number, sizes
from graph_editor.document.model import Arg, Slice

CODES = ("class-target",)
LEARNED = ("param.tensor",)
SAME = ELEMENTWISE | TURNS | {"nn.Linear", "nn.TransformerEncoderLayer"}
"""What gives as many steps as it gets."""
SPREAD = frozenset(("Tensor.expand", "Tensor.repeat"))


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the scores of the steps alone, without those of the rows that were put there."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    if given is None or target is None or len(given) != 3 or len(target) != 2:
        return
    *_, join = (None, *chain_before(stopped, "input", context, SAME))
    parts = _parts(join) if join is not None else None
    if join is None or parts is None or len(parts) != 2 or sum(parts) != given[2]:
        return
    learned = [_is_learned(join, port, context) for port in ("tensors[0]", "tensors[1]")]
    if learned.count(True) != 1 or parts[learned.index(False)] != target[1]:
        return
    count, first = parts[learned.index(True)], learned[0]
    cut = Slice(count, None) if first else Slice(None, target[1])
    index: dict[str, Arg] = {"index": (Slice(), Slice(), cut)}
    end = "first" if first else "last"
    words = f"Leave the {end} {count} rows, which are learned, out of the scores"
    yield insert(stopped, "input", "op.getitem", index, words)


def _parts(join: Site) -> list[int] | None:
    """Return how many steps each part of a join along axis 1 has."""
    if join.node.spec != "torch.cat" or number(join.value("dim")) not in (1, -2):
        return None
    shapes = [sizes(join, port) for port in sorted(join.inputs)]
    found = [shape[1] for shape in shapes if shape is not None and len(shape) == 3]
    return found if len(found) == len(shapes) else None


def _is_learned(join: Site, port: str, context: Context) -> bool:
    current = site_before(join, port, context)
    while current is not None and current.node.spec in SPREAD:
        current = site_before(current, "input", context)
    return current is not None and current.node.spec in LEARNED
