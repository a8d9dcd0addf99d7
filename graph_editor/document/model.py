"""The values that a project is made of: immutable, and compared with their types."""

from __future__ import annotations

import math
from collections.abc import (
    Collection,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    ValuesView,
)
from dataclasses import dataclass, fields
from typing import Any, NewType, TypeAlias, TypeVar, overload

NodeId = NewType("NodeId", str)
"""A node's key in its graph: ``[a-z][a-z0-9_]{0,39}``; a rename never changes it."""
BlockId = NewType("BlockId", str)
Address = NewType("Address", str)
"""Node ids from one graph downwards: ``body/layer1/blocks[2]/conv1``; ``.`` is the node itself."""
PortPath = NewType("PortPath", str)
"""A port's place in the argument tree: ``input``, ``tensors[1]``, ``index[1].stop``."""
RuleId = NewType("RuleId", str)

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)
Default = TypeVar("Default")


def same(left: object, right: object) -> bool:
    """Whether two values are equal and of equal types all the way down: 1, 1.0 and True differ."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return left == right


LARGE, FEW, STEPS = 64, 64, 16
"""Of maps of so many keys it is remembered what they were made of, where at most so many keys
were changed, for so many steps."""


class FrozenMap(Mapping[K, V_co]):
    """An immutable, hashable mapping that keeps its order but compares without regard to it.

    A large one that was made of another remembers in which keys, so that the two are compared at
    once, however large they are.
    """

    __slots__ = ("_hash", "_items", "_mark", "_trail")
    _items: dict[K, V_co]
    _hash: int | None
    _mark: object
    """What other maps know this one by; only there once another was made of it."""
    _trail: tuple[tuple[object, tuple[K, ...]], ...]
    """The marks of maps that this one comes from, and the keys in which it may differ from each."""

    def __init__(self, items: Mapping[K, V_co] | Iterable[tuple[K, V_co]] = (), /) -> None:
        source = items._items if isinstance(items, FrozenMap) else items
        object.__setattr__(self, "_items", dict(source))
        object.__setattr__(self, "_hash", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"FrozenMap is immutable: cannot set {name}")

    def __getitem__(self, key: K, /) -> V_co:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def keys(self) -> KeysView[K]:
        """Return a view of the keys."""
        return self._items.keys()

    def values(self) -> ValuesView[V_co]:
        """Return a view of the values."""
        return self._items.values()

    def items(self) -> ItemsView[K, V_co]:
        """Return a view of the entries."""
        return self._items.items()

    def thawed(self) -> dict[K, V_co]:
        """Return a dictionary of one's own; much faster than ``dict(...)``, which hashes anew."""
        return self._items.copy()

    @overload
    def get(self, key: K, /) -> V_co | None: ...
    @overload
    def get(self, key: K, /, default: V_co | Default) -> V_co | Default: ...
    def get(self, key: K, /, default: Any = None) -> Any:
        """Return the value of key, or default."""
        return self._items.get(key, default)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, FrozenMap):
            return NotImplemented
        mine, theirs = self._items, other._items
        return len(mine) == len(theirs) and all(
            key in theirs and same(value, theirs[key]) for key, value in mine.items()
        )

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset(self._items.items())))
        assert self._hash is not None
        return self._hash

    def __repr__(self) -> str:
        return f"FrozenMap({self._items!r})"

    def __reduce__(self) -> tuple[type, tuple[dict[K, V_co]]]:
        return (FrozenMap, (self._items,))

    def set(self, key: K, value: V_co) -> FrozenMap[K, V_co]:  # type: ignore[misc]  # returns a new map
        """Return a copy in which key has value."""
        items = self._items.copy()
        items[key] = value
        return self._following(items, (key,))

    def merged(self, other: Mapping[K, V_co]) -> FrozenMap[K, V_co]:
        """Return a copy in which the entries of other win."""
        items = self._items.copy()
        items.update(other._items if isinstance(other, FrozenMap) else other)
        return self._following(items, other)

    def without(self, *keys: K) -> FrozenMap[K, V_co]:
        """Return a copy that lacks keys; absent ones are no error."""
        items = self._items.copy()
        for key in keys:
            items.pop(key, None)
        return self._following(items, keys)

    def changed_from(self, before: FrozenMap[K, V_co]) -> list[K]:
        """Return the keys whose values are not the very objects that before has, in order."""
        if self is before:
            return []
        old = before._items.get
        few = self._relation(before)
        if few is None:
            return [key for key, value in self._items.items() if old(key, MISSING) is not value]
        mine = self._items
        fresh = {k for k in few if k in mine and old(k, MISSING) is not mine[k]}
        return list(fresh) if len(fresh) < 2 else [k for k in mine if k in fresh]

    def _relation(self, other: FrozenMap[K, V_co]) -> Collection[K] | None:
        """Return the keys in which the two may differ; None where they have no known ancestor."""
        mine = {id(mark): keys for mark, keys in self._ancestors()}
        for mark, keys in other._ancestors():
            if id(mark) in mine:
                return {*mine[id(mark)], *keys}
        return None

    def _ancestors(self) -> Iterator[tuple[object, tuple[K, ...]]]:
        """Yield the marks of this map and of those that it was made of, with the keys changed."""
        mark = getattr(self, "_mark", None)
        if mark is not None:
            yield mark, ()
        yield from getattr(self, "_trail", ())

    def _following(self, items: dict[K, V_co], keys: Collection[K]) -> FrozenMap[K, V_co]:
        """Return a map that differs from this one in these keys at most."""
        made = self._owning(items)
        if len(items) >= LARGE and len(keys) <= FEW:
            mark = getattr(self, "_mark", None)
            if mark is None:
                mark = object()
                object.__setattr__(self, "_mark", mark)
            trail = [(mark, tuple(keys))]
            for ancestor, earlier in getattr(self, "_trail", ())[: STEPS - 1]:
                together = tuple(dict.fromkeys((*earlier, *keys)))
                if len(together) > FEW:
                    break
                trail.append((ancestor, together))
            object.__setattr__(made, "_trail", tuple(trail))
        return made

    @classmethod
    def _owning(cls, items: dict[K, V_co]) -> FrozenMap[K, V_co]:
        """Return a map over a dictionary that nobody else holds, without copying it."""
        made = cls.__new__(cls)
        object.__setattr__(made, "_items", items)
        object.__setattr__(made, "_hash", None)
        return made


MISSING: Any = object()
NOTHING: FrozenMap[Any, Any] = FrozenMap()


class Value:
    """Base of all values: equality compares every field with its type."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))  # type: ignore[arg-type]  # every subclass is a dataclass

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in fields(self)))  # type: ignore[arg-type]  # as above


@dataclass(frozen=True, slots=True, eq=False)
class Expr(Value):
    """Text in the small grammar of ``expressions.py``; file form ``"=4 * dim"``."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Hole(Value):
    """A place inside an argument that a wire fills; file form ``"=?"``."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice(Value):
    """A Python slice inside an index; file form ``{"$slice": [start, stop, step]}``."""

    start: Arg = None
    stop: Arg = None
    step: Arg = None


@dataclass(frozen=True, slots=True, eq=False)
class Name(Value):
    """A torch name that is no literal (a dtype, ``...``); file form ``{"$name": "float32"}``."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class At(Value):
    """A mention of another node, not of its value; file form ``{"$at": "encoder/embed"}``."""

    address: Address


Arg: TypeAlias = (
    "bool | int | float | str | Expr | Hole | Slice | Name | At"
    " | tuple[Arg, ...] | FrozenMap[str, Arg] | None"
)
"""An argument: a tree of literals, expressions, holes and names."""


@dataclass(frozen=True, slots=True)
class OutPort:
    """A node's output: a leaf name of its output tree (``output``, ``h_n``, ``chunks[2]``)."""

    node: NodeId
    port: str


@dataclass(frozen=True, slots=True)
class InPort:
    """A node's input: a place in its argument tree."""

    node: NodeId
    port: PortPath


@dataclass(frozen=True, slots=True, eq=False)
class Repeat(Value):
    """``count`` copies of a node in a chain; ``over`` and ``stack`` are reserved for the scan."""

    count: int | Expr
    shared: bool = False
    over: FrozenMap[str, int] = NOTHING
    stack: FrozenMap[str, int] = NOTHING
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Weights(Value):
    """Where a node's weights come from, and whether another node owns or leads them."""

    same_as: NodeId | None = None
    follows: Address | None = None
    decay: float | Expr = 0.0
    every: int | Expr = 1
    start: str | None = None
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Node(Value):
    """One use of a spec. The part of ``spec`` before the dot is the node's kind."""

    spec: str
    name: str = ""
    args: FrozenMap[str, Arg] = NOTHING
    when: Expr | None = None
    repeat: Repeat | None = None
    weights: Weights | None = None
    freeze: tuple[Address, ...] = ()
    silence: tuple[RuleId, ...] = ()
    extra: FrozenMap[str, object] = NOTHING

    @property
    def kind(self) -> str:
        """The part of the spec's name before its first dot: ``nn``, ``op``, ``io``, ``block``."""
        return self.spec.partition(".")[0]


@dataclass(frozen=True, slots=True, eq=False)
class Graph(Value):
    """Nodes and wires of one level. A wire is keyed by the input it feeds."""

    nodes: FrozenMap[NodeId, Node] = NOTHING
    wires: FrozenMap[InPort, OutPort] = NOTHING
    ties: FrozenMap[str, str] = NOTHING
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Value):
    """A parameter of a block or of custom code; ``type`` is int, float, bool or str."""

    name: str
    type: str
    default: Arg = None
    doc: str = ""
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Block(Value):
    """A graph with an interface and parameters: one ``nn.Module`` class; main is one too."""

    graph: Graph = Graph()
    name: str = ""
    parameters: tuple[Parameter, ...] = ()
    inputs: tuple[NodeId, ...] = ()
    outputs: tuple[NodeId, ...] = ()
    doc: str = ""
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Code(Value):
    """Custom code; its text runs only after the user has trusted it."""

    text: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    extra: FrozenMap[str, object] = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Project(Value):
    """One ``.netwright`` file."""

    main: Block = Block()
    blocks: FrozenMap[BlockId, Block] = NOTHING
    code: FrozenMap[str, Code] = NOTHING
    run: FrozenMap[str, Arg] = NOTHING
    layout: FrozenMap[str, object] = NOTHING
    extra: FrozenMap[str, object] = NOTHING

    def block(self, key: str) -> Block:
        """Return the main block for ``main``, else the block with that id. Raises KeyError."""
        return self.main if key == "main" else self.blocks[BlockId(key)]

    def with_block(self, key: str, block: Block) -> Project:
        """Return a copy in which the block called key is replaced or added."""
        changed = {f.name: getattr(self, f.name) for f in fields(self)}
        if key == "main":
            changed["main"] = block
        else:
            changed["blocks"] = self.blocks.set(BlockId(key), block)
        return Project(**changed)
