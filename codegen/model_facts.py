"""What the writer asks of a verdict, and which statement of the code rests on each answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias, TypeVar, cast

from graph_editor.checking.copies import first_copies, plain
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Arg, NodeId, same

Place: TypeAlias = "tuple[str, NodeId] | None"
"""Block key and node of the constructor's statement that asks; None for the plan of the classes."""
Question: TypeAlias = tuple[str, str, str]
"""Name of the method that answers, and what it is given."""
Found = TypeVar("Found")


class Facts:
    """Answers from one verdict; each is noted under the place that asks at the time."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.place: Place = None
        self.asked: dict[Place, dict[Question, object]] = {}

    @cached_property
    def _inferred(self) -> Mapping[str, Mapping[str, Arg]]:
        return _of_first_copies(self.verdict.inferred)

    @cached_property
    def _varying(self) -> frozenset[tuple[str, str]]:
        """The inferred parameters, by plain address, that are another in every copy."""
        found: dict[tuple[str, str], Arg] = {}
        varying = set()
        for address, known in self.verdict.inferred.items():
            for name, value in known.items() if "[" in address else ():
                key = (plain(address), name)
                if not same(found.setdefault(key, value), value):
                    varying.add(key)
        return frozenset(varying)

    @cached_property
    def _resized(self) -> frozenset[tuple[str, str]]:
        """The sizes, by plain port, that are another in every copy."""
        found: dict[str, tuple[object, ...]] = {}
        varying = set()
        for port, known in self.verdict.types.items():
            first = found.setdefault(plain(port), known.shape) if "[" in port else known.shape
            pairs = enumerate(zip(first, known.shape, strict=False))
            varying |= {(plain(port), f"shape[{axis}]") for axis, (a, b) in pairs if a != b}
        return frozenset(varying)

    @cached_property
    def _types(self) -> Mapping[str, TensorType]:
        return _of_first_copies(self.verdict.types)

    def answer(self, question: Question) -> object:
        """Return the answer without noting it."""
        kind, where, argument = question
        if kind == "shape":
            found = self._types.get(plain(where))
            return tuple(d if isinstance(d, int) else -1 for d in found.shape) if found else ()
        if kind == "varies":
            place = (plain(where), argument)
            return place in (self._resized if argument.startswith("shape[") else self._varying)
        if kind == "inferred":
            known = self._inferred.get(plain(where))
        else:
            known = self.verdict.block_inferred.get(where)
        return known.get(argument) if known is not None else None

    def ask(self, kind: str, where: str, argument: str = "") -> object:
        """Return the answer and note it."""
        question = (kind, where, argument)
        answer = self.answer(question)
        self.asked.setdefault(self.place, {})[question] = answer
        return answer

    def of_block(self, key: str, path: str, argument: str) -> Arg:
        """Return what a number below a block is in the block's words, or None."""
        return cast(Arg, self.ask("block_inferred", f"{key}/{plain(path)}", argument))

    def changed(self, before: Facts) -> set[Place]:
        """Return the places whose answers have changed since before."""
        if self.verdict is before.verdict:
            return set()
        return {
            place
            for place, asked in before.asked.items()
            if not all(same(self.answer(question), found) for question, found in asked.items())
        }


def _of_first_copies(found: Mapping[Any, Found]) -> Mapping[str, Found]:
    """Return entries by plain address; most drawings have no copies to be told apart."""
    return first_copies(found) if "[" in "".join(found) else found
