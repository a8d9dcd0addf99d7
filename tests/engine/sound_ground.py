"""What graphs of sound patterns stand on: a sheet, chance, and wires whose sizes are known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.corpus.valid_sheet import Sheet, Wire

ACTIVATIONS = ("ReLU", "GELU", "SiLU", "Tanh", "LeakyReLU", "ELU", "Mish", "Hardswish", "Softplus")


@dataclass(frozen=True)
class Flow:
    """What is on a wire, and its sizes without the batch.

    One size for rows, two for sequences (steps, features), three for images (channels first).
    """

    wire: Wire
    dims: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many values a sample has."""
        product = 1
        for dim in self.dims:
            product *= dim
        return product


class Ground:
    """A sheet, chance, and parts that are put down on it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.sheet = Sheet(samples=self.random.choice((18, 23, 27, 40)))  # a last one of 2, or none

    def size(self, low: int = 2, high: int = 9) -> int:
        """Return a size."""
        return self.random.randint(low, high)

    def one_in(self, count: int) -> bool:
        """Return true one time in so many."""
        return self.random.randrange(count) == 0

    def put(self, flow: Flow, spec: str, dims: tuple[int, ...] | None = None, **args: Any) -> Flow:
        """Put a layer behind a flow."""
        wire = self.sheet.put(spec, flow.wire, **args)
        return Flow(wire, flow.dims if dims is None else dims)

    def act(self, flow: Flow) -> Flow:
        """Put a function that bends behind a flow, and now and then a dropout."""
        flow = self.put(flow, f"nn.{self.random.choice(ACTIVATIONS)}")
        if not self.one_in(5):
            return flow
        return self.put(flow, "nn.Dropout", p=self.random.choice((0.1, 0.5)))
