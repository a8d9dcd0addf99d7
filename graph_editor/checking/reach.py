"""How far what weights have made may go: ends that it nears, where simple operations decide them.

It is not said where two tensors hang on the same layer, for they may make up for one another: a
hard decision whose gradient is that of a soft one adds a score and takes it off again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.raw_scores import RAW
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import POOLS, TRANSPARENT, first_port, source_of
from graph_editor.document.model import Address, Arg

_MOST = 64
"""So many nodes are looked at at most."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The ends of values, and what they hang on."""

    low: float
    high: float
    leaves: frozenset[Address] = frozenset()
    """The layers and data whose values these are, as simple operations have changed them."""
    is_learned: bool = False
    """Whether there are weights among them."""

    @property
    def is_free(self) -> bool:
        """Whether values may be as low and as high as any."""
        return self.low == -math.inf and self.high == math.inf

    @property
    def is_point(self) -> bool:
        """Whether it is one number that is typed."""
        return self.low == self.high and not self.leaves


_NORMS = frozenset(
    {f"nn.{name}Norm{n}d" for name in ("Batch", "Instance") for n in (1, 2, 3)}
    | {"nn.LayerNorm", "nn.GroupNorm"}
)
_TABLES = frozenset({"nn.Embedding", "nn.EmbeddingBag"})
_FREE = RAW | _NORMS | _TABLES | {"nn.TransformerEncoderLayer", "nn.TransformerDecoderLayer"}
_FREE |= {"nn.MultiheadAttention", "param.tensor"}
"""Specs with weights whose values have any size and both signs."""
_COSINES = frozenset({"nn.CosineSimilarity", "F.cosine_similarity"})
_RECURRENT = frozenset({"nn.LSTM", "nn.GRU", "nn.RNN"})
_HANDING = frozenset(
    {f"torch.{name}" for name in ("flip", "roll", "movedim", "repeat_interleave")}
    | {f"torch.{name}" for name in ("chunk", "split", "unbind")}
    | {"Tensor.expand", "Tensor.repeat", "op.getitem"}
)
_KEEPING = (
    TRANSPARENT
    | _HANDING
    | {pool for pool in POOLS if "LPPool" not in pool}
    | {"F.interpolate", "nn.UpsamplingNearest2d", "nn.UpsamplingBilinear2d"}
    | {"nn.PixelShuffle", "nn.ChannelShuffle", "torch.mean", "torch.diagonal"}
)
"""Specs whose values lie between those of their input."""
EXPONENTIAL = "torch.exp"
_VALUES = frozenset({"torch.max", "torch.min", "torch.sort", "torch.topk"})
_OF_ALL = frozenset({"torch.amax", "torch.amin", "torch.gather", "torch.index_select"})
_IF_FREE = frozenset({"torch.sum", "torch.cumsum", *(f"nn.Dropout{n}" for n in ("", "1d", "2d"))})
_IF_FREE |= {"nn.Dropout3d", "F.dropout"}
"""Specs that may widen ends, of which only values without ends are followed."""
_JOINING = frozenset({"torch.cat", "torch.stack"})
_PRODUCTS = frozenset({"op.matmul", "torch.bmm"})
_DISTANCES = frozenset({"nn.PairwiseDistance", "F.pairwise_distance", "torch.cdist"})
_SHARES = frozenset({"nn.Softmax", "nn.Softmax2d", "nn.Softmin", "F.softmax", "torch.softmax"})
_LOGARITHMS = frozenset({"nn.LogSoftmax", "F.log_softmax", "nn.LogSigmoid"})
_WRITERS = ("nn.Hardsigmoid", "nn.Hardtanh")
_RISING: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("nn.ReLU", "torch.relu", "F.relu"), lambda value: max(value, 0.0)),
    "nn.ReLU6": lambda value: min(max(value, 0.0), 6.0),
    "nn.Hardsigmoid": lambda value: min(max(value / 6 + 0.5, 0.0), 1.0),
    **dict.fromkeys(("nn.Sigmoid", "torch.sigmoid"), lambda value: (1 + math.tanh(value / 2)) / 2),
    **dict.fromkeys(("nn.Tanh", "torch.tanh"), math.tanh),
}
"""Functions that never fall, so that ends go to ends."""
_LOWEST = {"nn.GELU": -0.17, "F.gelu": -0.17, "nn.SiLU": -0.28, "F.silu": -0.28}
_LOWEST |= {"nn.Softplus": 0.0, "F.softplus": 0.0, "nn.LeakyReLU": -math.inf}
_LOWEST |= {"F.leaky_relu": -math.inf, EXPONENTIAL: 0.0}
"""What the values of a function do not fall below, where any number may enter it."""


def reach_at(site: Site, port: str, context: Context) -> Reach | None:
    """Return how far what arrives at a port goes; None where that is not known."""
    if context.fixed(_has_setitem) or any(s.value("inplace") for s in context.of(_WRITERS)):
        return None  # values are written over after they were made
    return _Walk(context).at(site, port)


def _has_setitem(context: Context) -> bool:
    return any(True for _ in context.of(("op.setitem",)))


@dataclass
class _Walk:
    """A walk back, over so many nodes at most."""

    context: Context
    left: int = _MOST

    def at(self, site: Site, port: str) -> Reach | None:
        """Return the reach of what arrives at a port, be it a wire or a typed number."""
        source = source_of(site, port, self.context)
        if source is None:
            return _point(site.value(port))
        facts, maker = self.context.facts.get(source.key), self.context.sites.get(source.address)
        if facts is not None:
            ends = (facts.low, facts.high)
            low, high = (-math.inf, math.inf) if None in ends else ends
            return Reach(low or 0.0, high or 0.0, frozenset({source.address}))
        self.left -= 1
        if maker is None or self.left < 0 or maker.node.repeat is not None:
            return None
        return self.made(maker, source) if is_run(maker, self.context) else None

    def made(self, maker: Site, source: Source) -> Reach | None:
        """Return the reach of what a node gives."""
        spec = maker.node.spec
        if spec in _FREE or spec in _COSINES or spec in _RECURRENT:
            return _of_layer(maker, source)
        if spec == "const.value":
            return _point(maker.value("value"))
        if spec in ("op.add", "op.sub", "op.mul", "op.truediv") or spec in _PRODUCTS:
            return self.of_two(maker)
        if spec in _JOINING:
            return self.joined(maker)
        if spec == "torch.einsum":
            found = self.joined(maker)
            return found if found is not None and self._are_apart(maker) else None
        if spec in _DISTANCES:
            found = self.joined(maker)
            return None if found is None else replace(found, low=0.0)
        before = self.at(maker, first_port(maker))
        return None if before is None else _after(maker, source, before)

    def of_two(self, maker: Site) -> Reach | None:
        """Return the reach of a sum, a difference, a product or a quotient."""
        ports = ("input", "mat2") if maker.node.spec == "torch.bmm" else ("input", "other")
        one, other = (self.at(maker, port) for port in ports)
        if one is None or other is None:
            known = one or other
            is_mixed = known is not None and known.is_free and known.is_learned
            return known if is_mixed and maker.node.spec in _PRODUCTS else None
        if other.is_point or one.is_point:
            return _moved(maker.node.spec, one, other)
        both = replace(one, low=-math.inf, high=math.inf)
        both = replace(both, leaves=one.leaves | other.leaves)
        both = replace(both, is_learned=one.is_learned or other.is_learned)
        is_certain = any(side.is_free and side.is_learned for side in (one, other))
        apart = not one.leaves & other.leaves
        if maker.node.spec in _PRODUCTS:
            return both if (one.is_free and other.is_free) or (is_certain and apart) else None
        return both if is_certain and apart and maker.node.spec != "op.truediv" else None

    def joined(self, maker: Site) -> Reach | None:
        """Return the reach of tensors that are put together, if none of them has ends."""
        found = [self.at(maker, port) for port in maker.sources]
        known = [reach for reach in found if reach is not None and reach.is_free]
        if not known or len(known) < len(found):
            return None
        leaves = frozenset(leaf for reach in known for leaf in reach.leaves)
        return Reach(-math.inf, math.inf, leaves, all(reach.is_learned for reach in known))

    def _are_apart(self, maker: Site) -> bool:
        """Whether the tensors of a product hang on different layers: else it may be a square."""
        found = [self.at(maker, port) for port in maker.sources]
        leaves = [leaf for reach in found if reach is not None for leaf in reach.leaves]
        return len(leaves) == len(set(leaves))


def _point(value: Arg) -> Reach | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Reach(float(value), float(value))


def _of_layer(maker: Site, source: Source) -> Reach | None:
    spec, own = maker.node.spec, frozenset({maker.address})
    if spec in _TABLES and maker.node.weights:
        return None  # a table that is loaded may hold shares
    if spec in _RECURRENT and (maker.value("proj_size") or source.port == "c_n"):
        return None
    if source.port == "attn_output_weights" or (spec == "param.tensor" and _rests(maker)):
        return None
    if spec in _FREE:
        return Reach(-math.inf, math.inf, own, is_learned=True)
    if maker.value("nonlinearity") == "relu":
        return Reach(0.0, math.inf, own, is_learned=True)
    return Reach(-1.0, 1.0, own, is_learned=True)


def _rests(parameter: Site) -> bool:
    """Whether a parameter stays as it was made, or is made by somebody else."""
    return bool(parameter.node.freeze or parameter.node.weights)


def _moved(spec: str, one: Reach, other: Reach) -> Reach | None:
    """Return the reach after a typed number was added, taken off or multiplied by."""
    number, kept = (other.low, one) if other.is_point else (one.low, other)
    ends = (kept.low, kept.high)
    if spec == "op.add":
        ends = (kept.low + number, kept.high + number)
    elif spec == "op.sub" and kept is one:
        ends = (kept.low - number, kept.high - number)
    elif spec == "op.sub":
        ends = (number - kept.high, number - kept.low)
    elif spec in ("op.mul", "op.truediv") and number and (spec == "op.mul" or kept is one):
        ends = (ends[0] * number, ends[1] * number) if spec == "op.mul" else (
            ends[0] / number, ends[1] / number)  # fmt: skip
    else:
        return None
    return replace(kept, low=min(ends), high=max(ends))


def _after(maker: Site, source: Source, before: Reach) -> Reach | None:
    """Return the reach after a node with one input."""
    spec = maker.node.spec
    if spec in _KEEPING or spec in _OF_ALL or (spec in _VALUES and source.port == "values"):
        return before
    if spec in _VALUES and source.port == "output":
        return before if "other" not in maker.sources else None
    if spec in _IF_FREE or spec in _LOWEST:
        low = _LOWEST.get(spec, -math.inf)
        return replace(before, low=low) if before.is_free else None
    if spec in _SHARES:
        return replace(before, low=0.0, high=1.0)
    if spec in _LOGARITHMS:
        return replace(before, low=-math.inf, high=0.0)
    if spec in _RISING:
        rising = _RISING[spec]
        return replace(before, low=rising(before.low), high=rising(before.high))
    if spec == "op.neg":
        return replace(before, low=-before.high, high=-before.low)
    cutting = {"torch.clamp": ("min", "max"), "nn.Hardtanh": ("min_val", "max_val")}.get(spec)
    return _cut(maker, before, *cutting) if cutting else None


def _cut(maker: Site, before: Reach, lower: str, upper: str) -> Reach | None:
    values = [maker.value(lower), maker.value(upper)]
    if any(name in maker.sources for name in (lower, upper)):
        return None
    ends = [_point(value) for value in values]
    if any(end is None and value is not None for end, value in zip(ends, values, strict=True)):
        return None
    low = ends[0].low if ends[0] else -math.inf
    high = ends[1].low if ends[1] else math.inf
    reach = (min(max(end, low), high) for end in (before.low, before.high))
    first, last = reach
    return replace(before, low=first, high=last)
