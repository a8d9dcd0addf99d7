"""Further data sources in train.py: each step takes as many of their samples as of the first."""

from __future__ import annotations

from codegen.emit import Comprehension, Expression
from codegen.statements import Line, assign, word
from codegen.train_parts import Parts
from graph_editor.document.model import Address

CYCLE = '''\
class Cycle:
    """The places of samples that begin anew, in another order, whenever they come to an end."""

    def __init__(self, samples: int, seed: int) -> None:
        self.samples = samples
        self.shuffle = torch.Generator().manual_seed(seed)
        self.rest = torch.empty(0, dtype=torch.int64)

    def take(self, count: int) -> torch.Tensor:
        """Return the next places."""
        while len(self.rest) < count:
            again = torch.randperm(self.samples, generator=self.shuffle)
            self.rest = torch.cat([self.rest, again])
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken
'''
KEPT = '''
    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return what is left of this turn, and what the next ones follow from."""
        return {"rest": self.rest, "shuffle": self.shuffle.get_state()}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from there."""
        self.rest = state["rest"]
        self.shuffle.set_state(state["shuffle"])
'''


def functions(parts: Parts) -> list[str]:
    """Return the class that goes round samples, as fixed text."""
    return [CYCLE + KEPT * bool(parts.features.checkpoint)] if parts.cycled else []


def loaded(parts: Parts) -> list[Line]:
    """Return what reads further sources; with too few samples to validate with, some come again."""
    lines: list[Line] = []
    for place, feed in enumerate(parts.cycled, 1):
        node, tensors, stem = Address(feed.id), parts.tensors(feed), feed.stem
        unpacked = ", ".join(tensors) if len(tensors) > 1 else f"({tensors[0]},)"
        there = _each("()", "tensor.to(device)", f"{stem}_train")
        again = _each("[]", "tensor[turn % len(tensor)].to(device)", f"{stem}_val")
        lines += [
            word(f"{stem}_train, {stem}_val = {feed.loader}(settings.seed)", node),
            assign(unpacked, there, node),
            word(f"{feed.cycle} = Cycle(len({tensors[0]}), settings.seed + {place})", node),
            Line("validation += ", again, "", "", node),
        ]
    return [word("turn = torch.arange(len(validation[0]))"), *lines] if lines else []


def _each(brackets: str, value: str, parts: str) -> Expression:
    return Comprehension(brackets, [Expression(value), Expression(f"for tensor in {parts}")])


def started(parts: Parts) -> list[Line]:
    """Return the entries of the start for where each further source stands."""
    if not parts.features.checkpoint:
        return []
    return [word(f'"{feed.cycle}": {feed.cycle},', Address(feed.id)) for feed in parts.cycled]


def taken(parts: Parts) -> list[Line]:
    """Return what takes the samples of a step."""
    return [
        word(f"{feed.batch} = {feed.cycle}.take(len(batch)).to(device)", Address(feed.id))
        for feed in parts.cycled
    ]
