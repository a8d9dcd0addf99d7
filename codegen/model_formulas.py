"""Inferred parameters of a class in the words of others, as they are in all of its instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graph_editor.document.model import Arg

MOST = 8
"""How often a parameter may be added."""
Values = Mapping[str, Sequence[Arg]]
"""Names of parameters, with their value in each instance."""


def formula_of(values: Sequence[Arg], known: Values, parameters: Values) -> str:
    """Return what values are made of in every instance: ``in_channels + 2 * growth``, or nothing.

    ``known`` are inferred parameters that came before, to which others may be added: so the sizes
    of what lies beside each other grow.
    """
    if not _numbers(values):
        return ""
    for text, made in _candidates(known, parameters):
        if made == list(values):
            return text
    return ""


def _candidates(known: Values, parameters: Values) -> Iterator[tuple[str, list[int]]]:
    """Yield formulas, the plainest first, with their value in each instance."""
    given = {n: v for n, each in parameters.items() if (v := _numbers(each))}
    inferred = {n: v for n, each in known.items() if (v := _numbers(each))}
    for name, each in inferred.items():
        for times in range(1, MOST + 1):
            for more, added in given.items():
                text = more if times == 1 else f"{times} * {more}"
                sums = [a + times * b for a, b in zip(each, added, strict=True)]
                yield f"{name} + {text}", sums


def _numbers(values: Sequence[Arg]) -> list[int]:
    """Return values that are all whole numbers above 1; none where one is something else."""
    found = [v for v in values if isinstance(v, int) and not isinstance(v, bool) and v > 1]
    return found if len(found) == len(values) else []
