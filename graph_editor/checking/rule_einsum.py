"""Which sums over products of truth values an ``einsum`` has to leave to a product of matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Sizes = dict[str, int]


def multiplies_matrices_of_bool(equation: str, shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether torch contracts bool tensors of these shapes by ``bmm``, which bool does not have.

    As torch does it, operands are taken in from left to right. A letter that is not kept is summed
    by ``bmm`` where both sides have more than one of it. Where one alone has, it is summed first,
    which makes whole numbers of that side; two such sides have a product. False for an equation
    that does not fit the shapes: torch says so itself.
    """
    left, arrow, kept = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    operands = [_sizes(term, shape) for term, shape in zip(terms, shapes, strict=False)]
    if not arrow:
        kept = "".join(c for c, times in Counter(left).items() if times == 1)
    summed = sorted({c for operand in operands for c in operand} - set(kept))
    wide = {c: sum(operand.get(c, 1) != 1 for operand in operands) for c in summed}
    so_far, is_whole = operands[0] if operands else {}, False
    for operand in operands[1:]:
        alone = [c for c in summed if wide[c] == 1]
        mine = [c for c in alone if so_far.get(c, 1) != 1]
        others = [c for c in alone if operand.get(c, 1) != 1]
        both = [c for c in summed if so_far.get(c, 1) != 1 and operand.get(c, 1) != 1]
        contracted = [c for c in both if wide[c] == 2]
        if contracted and not ((is_whole or mine) and others):
            return True
        is_whole = bool(is_whole or mine or others)
        wide |= {c: wide[c] - 1 for c in both} | dict.fromkeys((*mine, *others), 0)
        done = dict.fromkeys((*mine, *others), 1)
        letters = so_far.keys() | operand.keys()
        so_far = {c: max(so_far.get(c, 1), operand.get(c, 1)) for c in letters} | done
    return False


def _sizes(term: str, shape: tuple[int, ...]) -> Sizes:
    """Return the size of each letter; what dots stand for is kept, and left out here."""
    before, dots, after = term.partition("...")
    if not dots:
        return dict(zip(before, shape, strict=False))
    ending = shape[len(shape) - len(after) :]
    return dict(zip(before, shape, strict=False)) | dict(zip(after, ending, strict=False))
