"""Notes what a check reads of a project, so that it is asked again when that has changed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import FrozenMap

K = TypeVar("K", bound=str)
V = TypeVar("V")


@dataclass(slots=True)
class Reads:
    """What was read since it was last cleared."""

    addresses: set[str] = field(default_factory=set)
    specs: list[Container[str]] = field(default_factory=list)
    everything: bool = False

    def clear(self) -> None:
        """Forget what was read."""
        self.addresses, self.specs, self.everything = set(), [], False


class WatchedMap(FrozenMap[K, V]):
    """A map by address, or by ``address.port``, that notes which addresses were asked for."""

    __slots__ = ("_inner", "_reads")
    _inner: FrozenMap[K, V]
    _reads: Reads

    @staticmethod
    def over(inner: FrozenMap[K, V], reads: Reads) -> FrozenMap[K, V]:
        """Return a watched view of a map."""
        made: WatchedMap[K, V] = WatchedMap.__new__(WatchedMap)
        object.__setattr__(made, "_inner", inner)
        object.__setattr__(made, "_reads", reads)
        object.__setattr__(made, "_hash", None)
        return made

    @property
    def _items(self) -> dict[K, V]:  # type: ignore[override]  # read by all that asks for more
        self._reads.everything = True
        return self._inner._items

    def __getitem__(self, key: K, /) -> V:
        self._reads.addresses.add(key.partition(".")[0])
        return self._inner[key]

    def get(self, key: K, /, default: Any = None) -> Any:
        """Return the value of key, or default."""
        self._reads.addresses.add(key.partition(".")[0])
        return self._inner.get(key, default)

    def __contains__(self, key: object) -> bool:
        self._reads.addresses.add(str(key).partition(".")[0])
        return key in self._inner

    def __len__(self) -> int:
        return len(self._inner)  # as long as a change is small, it stays


@dataclass(frozen=True, slots=True)
class Watched(Context):
    """A context that notes what is read of its nodes."""

    inner: Context | None = None
    reads: Reads = field(default_factory=Reads)

    @staticmethod
    def over(context: Context) -> Watched:
        """Return a watched view of a context."""
        reads = Reads()
        return Watched(
            context.project,
            context.lookup,
            WatchedMap.over(context.sites, reads),
            WatchedMap.over(context.types, reads),
            context.facts,
            context.regions,
            context.batch,
            context.last_batch,
            WatchedMap.over(context.makes, reads),
            context.kept,
            context.calls,
            context.work_out,
            inner=context,
            reads=reads,
        )

    def of(self, specs: Container[str]) -> Iterator[Site]:
        """Yield the sites of nodes of these specs."""
        assert self.inner is not None
        self.reads.specs.append(specs)
        return self.inner.of(specs)

    def fixed(self, find: Callable[..., V], *given: Any) -> V:
        """Return what find says, which no small change has a part in."""
        assert self.inner is not None
        return self.inner.fixed(find, *given)
