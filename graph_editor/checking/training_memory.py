"""How much memory a training will take: a range, since libraries take room of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Arg, At, BlockId, Node, NodeId, Project

FLOAT = 4
"""Bytes of a weight, of its gradient and of each number that an optimizer keeps of it."""
SPARE = 0.3
"""The share that allocators and libraries may take on top."""
STATES = {
    "optim.ASGD": 1, "optim.Adadelta": 2, "optim.Adagrad": 1, "optim.Adam": 2, "optim.AdamW": 2,
    "optim.Adamax": 2, "optim.LBFGS": 3, "optim.Muon": 1, "optim.NAdam": 2, "optim.RAdam": 2,
    "optim.RMSprop": 1, "optim.Rprop": 2, "optim.SparseAdam": 2,
}  # fmt: skip
"""Numbers that an optimizer keeps of each weight, without its options; 0 of those not named."""
OPTIONS = ("momentum", "amsgrad", "centered")
"""What costs one number more where it is on: the average of steps, the largest, the mean."""
ALWAYS = ("optim.Muon", "optim.NAdam")
"""Optimizers whose options are counted already."""
ALIKE = 0.9
"""Of nodes that take so much of the most, the first is named: it makes what the others read."""
HISTORY = 100
"""Steps that LBFGS remembers unless told otherwise, with two numbers for each."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes between which the memory of a training is expected, and what it consists of."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    high: int
    moment: int = 0
    """Bytes of activations and of what passes that are there at once while one node runs."""
    passing: int = 0
    """Bytes that the fullest node is given and gives, and that nobody keeps."""
    standing: int = 0
    """Those of them that are there for any batch."""
    inner: int = 0
    """Bytes that come and go inside of a node: how many depends on the device."""
    largest: Address = Address("")  # noqa: RUF009  # a string
    """The node that takes most by itself."""
    alone: int = 0
    """The lower end of that node."""
    unjudged: int = 0
    """How many nodes may take more, of which nothing is known; the upper end is none then."""

    @property
    def low(self) -> int:
        """Bytes that are surely needed at once.

        All activations are there before the first gradient is, and all gradients after the last
        activation has been given up; in between there may be more, and need not be. What a node
        is given and gives is there while it runs, though nobody may keep it.
        """
        return self.weights + self.optimizer + max(self.gradients, self.activations, self.moment)

    @property
    def together(self) -> int:
        """Bytes of all parts, as if they were there at once."""
        return self.weights + self.gradients + self.optimizer + self.activations


def training_memory(
    project: Project, verdict: Verdict, nodes: Mapping[Address, Range] | None = None
) -> Range:
    """Return the range for a drawing with its optimizers and its batch size.

    ``nodes`` are those of ``node_memory``, where they are known already.

    The upper end is all parts together and the most that passes, 30 %, and the room for the
    gradient of the largest activations, or of the most that passes and grows with the batch.
    """
    parts = node_memory(project, verdict) if nodes is None else nodes
    return replace(together(parts.values()), unjudged=unjudged(verdict))


def node_memory(project: Project, verdict: Verdict) -> dict[Address, Range]:
    """Return the range for each node that has weights or fills memory, by itself.

    Its upper end adds 30 % and the room for the gradient of its activations, so that the upper
    ends of all nodes together are more than that of the whole: not all gradients are there at once.
    """
    optimizers = [node for node in project.main.graph.nodes.values() if node.kind == "optim"]
    found = {}
    counts = (verdict.passing, verdict.activations, verdict.parameters)
    for address in dict.fromkeys(chain(*counts)):
        passing, activations, count = (each.get(address, 0) for each in counts)
        learning = 0 if not count or is_frozen(project, address) else count
        kept = sum(states(each) for each in optimizers if learning and _trains(each, address))
        sizes = (FLOAT * count, FLOAT * learning, FLOAT * learning * kept)
        inner = verdict.inner.get(address, 0)
        high = round((sum(sizes) + activations + passing + inner) * (1 + SPARE))
        standing, moment = verdict.standing.get(address, 0), activations + passing
        high += max(activations, passing - standing)
        alone = sizes[0] + sizes[2] + max(sizes[1], moment)
        found[address] = Range(
            *sizes, activations, high, moment, passing, standing, inner, address, alone
        )
    return found


def unjudged(verdict: Verdict) -> int:
    """Return how many nodes are in error, wait or are unknown, so that their cost is not known.

    Copies of a repeat are one; what is in a block that is not judged is not counted again.
    """
    unsound = (a for a, word in verdict.status.items() if word not in ("ok", "idle"))
    paths = {tuple(paths_of(address)) for address in unsound}
    doubtful = {path[-1] for path in paths}
    return sum(doubtful.isdisjoint(path[:-1]) for path in paths)


def count_of_nodes(count: int) -> str:
    """Return ``1 node is`` or ``6 nodes are``."""
    return f"{count:,} node{' is' if count == 1 else 's are'}"


def memory_of(nodes: Mapping[Address, Range], *addresses: str) -> Range:
    """Return the range for some nodes with all that is below them; a repeat means all copies."""
    wanted = set(addresses)
    return together(each for key, each in nodes.items() if not wanted.isdisjoint(paths_of(key)))


def paths_of(address: str) -> Iterator[str]:
    """Yield the addresses above one, and itself, without the numbers of copies."""
    path = ""
    for step in address.split("/"):
        path = f"{path}/{step.partition('[')[0]}".lstrip("/")
        yield path


def together(parts: Iterable[Range]) -> Range:
    """Return the range for several nodes: the largest of their gradients is there at a time."""
    each = list(parts)
    if not each:
        return Range(0, 0, 0, 0, 0)
    sizes = (
        sum(part.weights for part in each),
        sum(part.gradients for part in each),
        sum(part.optimizer for part in each),
        sum(part.activations for part in each),
    )
    fullest = max(each, key=lambda part: part.passing + part.inner)
    workspace = max(max(part.activations, part.passing - part.standing) for part in each)
    high = round((sum(sizes) + fullest.passing + fullest.inner) * (1 + SPARE)) + workspace
    most = max(part.alone for part in each)
    largest = next(part for part in each if part.alone >= ALIKE * most)
    moment = max(part.moment for part in each)
    passes = (fullest.passing, fullest.standing, fullest.inner)
    return Range(*sizes, high, moment, *passes, largest.largest, largest.alone)


def states(optimizer: Node) -> int:
    """Return how many numbers an optimizer keeps of each weight."""
    count = STATES.get(optimizer.spec, 0)
    if optimizer.spec == "optim.LBFGS":
        history = optimizer.args.get("history_size", HISTORY)
        return count + 2 * (history if isinstance(history, int) else HISTORY)
    if optimizer.spec in ALWAYS:
        return count
    return count + sum(_is_on(optimizer.args.get(name)) for name in OPTIONS)


def _is_on(value: Arg) -> bool:
    return isinstance(value, bool | int | float) and bool(value)


def _trains(optimizer: Node, address: Address) -> bool:
    """Whether an optimizer is meant for the weights at an address."""
    named = optimizer.args.get("trains")
    items = named if isinstance(named, tuple) else (named,)
    wanted = [str(a.address) if isinstance(a, At) else str(a) for a in items if a is not None]
    return not wanted or "." in wanted or _covers(wanted, address)


def _covers(addresses: Iterable[str], address: str) -> bool:
    """Whether an address is one of these, or lies below one; a repeat means all its copies."""
    return any(address == a or address.startswith((f"{a}/", f"{a}[")) for a in addresses)


def is_frozen(project: Project, address: Address) -> bool:
    """Return whether the weights at an address rest: its node, or one above it, says so."""
    graph, steps = project.main.graph, str(address).split("/")
    for depth, step in enumerate(steps):
        node = graph.nodes.get(NodeId(step.partition("[")[0]))
        if node is None:
            return False
        follows = node.weights is not None and node.weights.follows is not None
        below = "/".join(steps[depth + 1 :])
        if follows or "." in node.freeze or (below and _covers(map(str, node.freeze), below)):
            return True
        block = project.blocks.get(BlockId(node.spec.partition(".")[2]))
        if node.kind != "block" or block is None:
            return False
        graph = block.graph
    return False


def range_in_units(need: Range) -> str:
    """Return a range as short as it can be said: ``2.0–3.1 MiB``, ``188–399 KiB``.

    Where some nodes are not judged there is no upper end: ``at least 2.0 MiB``.
    """
    if need.unjudged:
        return f"at least {in_units(need.low)}"
    low, high = in_units(need.low, whole_from=100), in_units(need.high, whole_from=100)
    (number, unit), other = low.split(" "), high.split(" ")[1]
    return f"{number if unit == other else low}–{high}"


def in_units(size: float, whole_from: float = 1024) -> str:
    """Return a number of bytes as a person reads it; from a number on without a decimal."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    place = 0
    while size >= 1024 and place < len(units) - 1:
        size, place = size / 1024, place + 1
    is_whole = place == 0 or size >= whole_from
    return f"{size:,.0f} {units[place]}" if is_whole else f"{size:,.1f} {units[place]}"
