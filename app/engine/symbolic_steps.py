"""Sizes behind strides and poolings: ``H/2``, ``(H + 1)/2``, ``2*(H/4)``, each rounded down.

Two sizes tell a line, and no more. What is behind a stride is no line: ``H/2`` of 13 is 6. So the
nodes that stride say by how much, and what they say is held against every size that was tried.
A floor of a floor is one floor: ⌊(⌊(n + a)/b⌋ + c)/d⌋ = ⌊(n + a + b·c)/(b·d)⌋ for whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg

UNKNOWN = "?"
Sizes = tuple[int, ...]
"""One size, as it was in each try."""
_SLIDING = {
    f"nn.{name}{n}d": n for name in ("Conv", "MaxPool", "AvgPool", "LPPool") for n in (1, 2, 3)
}
_UNSHUFFLED = "nn.PixelUnshuffle"
_RESIZED = ("nn.Upsample", "F.interpolate")


@dataclass(frozen=True, slots=True)
class Term:
    """``factor * ⌊(name + offset) / divisor⌋ + more``."""

    name: str
    offset: int = 0
    divisor: int = 1
    factor: int = 1
    more: int = 0

    def text(self) -> str:
        """Return the term as it stands on a wire."""
        inner = _plus(self.name, self.offset)
        if self.divisor > 1:
            inner = f"({inner})/{self.divisor}" if self.offset else f"{inner}/{self.divisor}"
            inner = inner if self.factor == 1 else f"{self.factor}*({inner})"
        elif self.factor > 1:
            inner = f"{self.factor}*({inner})" if self.offset else f"{self.factor}*{inner}"
        return _plus(inner, self.more)

    def stepped(self, offset: int, step: int) -> Term | None:
        """Return ``⌊(this + offset) / step⌋``, where that is a term."""
        if self.factor > 1 or self.more:
            return None
        return Term(self.name, self.offset + offset * self.divisor, self.divisor * step)

    def scaled(self, factor: int, more: int) -> Term:
        """Return ``factor * this + more``."""
        if factor == 1 and self.factor == 1 and not self.more:
            return Term(self.name, self.offset + more * self.divisor, self.divisor)
        return Term(
            self.name, self.offset, self.divisor, self.factor * factor, self.more * factor + more
        )


def _plus(text: str, number: int) -> str:
    return text if not number else f"{text} {'+' if number > 0 else '-'} {abs(number)}"


class Steps:
    """The sizes that are known as terms, by what they were in each try."""

    def __init__(self) -> None:
        self._known: dict[Sizes, Term] = {}
        self._lost: set[Sizes] = set()
        self._kept: set[Sizes] = set()

    def keep(self, sizes: Sizes) -> None:
        """Say that a size has a name of its own, so that it does not follow from others."""
        self._kept.add(sizes)

    def enter(self, sizes: Sizes, term: Term) -> None:
        """Say what a size is."""
        self._known.setdefault(sizes, term)

    def lose(self, sizes: Sizes) -> str:
        """Say that nobody knows what a size is, so that nothing is guessed of what follows."""
        self._lost.add(sizes)
        return UNKNOWN

    def text(self, sizes: Sizes) -> str | None:
        """Return what a size is, where it is known, or known to be unknown."""
        term = self._known.get(sizes)
        return term.text() if term else UNKNOWN if sizes in self._lost else None

    def learn(
        self,
        spec: Spec,
        args: Mapping[str, Arg],
        given: tuple[TensorType, ...],
        made: tuple[TensorType, ...],
    ) -> None:
        """See which sizes of a result follow from those of the input, axis by axis from the end.

        Where two ways led to the same sizes in all tries, the last one is told.
        """
        rank = min(len(kind.shape) for kind in (*given, *made))
        for axis in range(-rank, 0):
            before, after = (tuple(int(k.shape[axis]) for k in kinds) for kinds in (given, made))
            term = self._known.get(before)
            if after == before or after in self._kept or len(set(after)) == 1:
                continue
            if term is None:
                if before in self._lost:
                    self._lost.add(after)
                continue
            found = _line(term, before, after) or _step(term, before, after, spec, args, axis)
            if found is not None:
                self._known[after] = found
            else:
                self._lost.add(after)


def _line(term: Term, before: Sizes, after: Sizes) -> Term | None:
    """Return the term of sizes that are a line over others."""
    far = next(k for k, size in enumerate(before) if size != before[0])
    factor, rest = divmod(after[far] - after[0], before[far] - before[0])
    more = after[0] - factor * before[0]
    if rest or factor < 1 or [factor * size + more for size in before] != list(after):
        return None
    return term.scaled(factor, more)


def _step(
    term: Term, before: Sizes, after: Sizes, spec: Spec, args: Mapping[str, Arg], axis: int
) -> Term | None:
    """Return the term of sizes behind a node that strides."""
    stride = _stride(spec, args, axis)
    if stride is None:
        return None
    offset, step = stride
    fits = [(size + offset) // step for size in before] == list(after)
    return term.stepped(offset, step) if fits else None


def _stride(spec: Spec, args: Mapping[str, Arg], axis: int) -> tuple[int, int] | None:
    """Return ``offset`` and ``step`` of ``⌊(size + offset) / step⌋`` along an axis from the end.

    The formula is that of torch's documentation of Conv2d and MaxPool2d.
    """
    if spec.name == _UNSHUFFLED:
        step = args.get("downscale_factor")
        return (0, step) if isinstance(step, int) and step > 0 and axis >= -2 else None
    if spec.name in _RESIZED:
        scale = args.get("scale_factor")
        part = round(1 / scale) if isinstance(scale, float) and 0 < scale < 1 else 0
        return (0, part) if part and scale == 1 / part else None
    count = _SLIDING.get(spec.name, 0)
    if axis < -count:
        return None

    def along(name: str, absent: int | None) -> int | None:
        argument = spec.argument(name)
        value = args.get(name, argument.default if argument else None)
        if isinstance(value, tuple) and len(value) == count:
            value = value[axis]
        return value if isinstance(value, int) else absent if value is None else None

    kernel = along("kernel_size", None)
    step = along("stride", kernel)
    padding, dilation = along("padding", 0), along("dilation", 1)
    if kernel is None or padding is None or dilation is None or not step or step < 1:
        return None
    reach, up = dilation * (kernel - 1) + 1, 0
    if args.get("ceil_mode") is True:
        if step + padding > reach:
            return None  # a last window that would begin in the padding is left out
        up = step - 1
    return 2 * padding - reach + step + up, step
