"""The most memory that lives at once while something is called: tensors that come and go."""

from __future__ import annotations

from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode


class Peak(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's base has no types
    """Counts the bytes of memory that was made inside of it and is still there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as above
        self.most = 0
        self._there: dict[int, tuple[Any, int]] = {}
        """A memory and its bytes, by its place."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation, and count what is there after it."""
        result = func(*args, **(kwargs or {}))
        given = {_place(each) for each in args if isinstance(each, torch.Tensor)}
        made = result if isinstance(result, tuple | list) else (result,)
        fresh = [t for t in made if isinstance(t, torch.Tensor) and _place(t) not in given]
        if fresh:
            self._there = {k: v for k, v in self._there.items() if not v[0].expired()}
            for tensor in fresh:
                memory = tensor.untyped_storage()
                self._there[memory._cdata] = _weak(memory), memory.nbytes()
            self.most = max(self.most, sum(size for _, size in self._there.values()))
        return result


def _place(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _weak(memory: torch.UntypedStorage) -> Any:
    return StorageWeakRef(memory)  # type: ignore[no-untyped-call]  # torch's has no types
