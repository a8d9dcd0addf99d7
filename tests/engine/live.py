"""The memory that a training really takes on the processor: bytes of all tensors that live."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from codegen.project import generate
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Project

STEPS = 2
"""The first step makes the optimizer's numbers, the second has them from the beginning."""


class Live(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's base has no types
    """Counts the bytes of storages that were made inside of it and are still there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as above
        self.peak = 0
        self._there: dict[int, tuple[Any, int]] = {}
        self._foreign: dict[int, Any] = {}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation, and look at what lives then."""
        for given in _tensors((args, kwargs)):
            self._know(given, self._foreign)
        result = func(*args, **(kwargs or {}))
        for made in _tensors(result):
            self._know(made, None)
        gone = [key for key, (ref, _) in self._there.items() if ref.expired()]
        for key in gone:
            del self._there[key]
        self.peak = max(self.peak, sum(size for _, size in self._there.values()))
        return result

    def _know(self, tensor: torch.Tensor, foreign: dict[int, Any] | None) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        outside = self._foreign.get(key)
        if outside is not None and not outside.expired():
            return
        known = self._there.get(key)
        if known is not None and not known[0].expired():
            self._there[key] = (known[0], storage.nbytes())
        elif foreign is not None:
            foreign[key] = _weak(storage)
        else:
            self._there[key] = (_weak(storage), storage.nbytes())


def _weak(storage: torch.UntypedStorage) -> Any:
    return StorageWeakRef(storage)  # type: ignore[no-untyped-call]  # torch's has no types


def _tensors(values: object) -> Iterator[torch.Tensor]:
    return (leaf for leaf in tree_leaves(values) if isinstance(leaf, torch.Tensor))


def peak_of_training(project: Project, verdict: Verdict, batch: int) -> int:
    """Return the bytes that the written code takes at most in two steps, without the data."""
    held = zeros(project, verdict, STEPS * batch)
    with _written(project, verdict, held) as train, Live() as live:
        train.train(train.Settings(device="cpu"), lambda event: _is_enough(event))
    return live.peak


def _is_enough(event: Mapping[str, Any]) -> bool:
    return event["event"] == "step" and event["step"] >= STEPS


def zeros(project: Project, verdict: Verdict, samples: int) -> tuple[torch.Tensor, ...]:
    """Return zeros for each output of the data source, for so many samples."""
    key, node = next((k, n) for k, n in project.main.graph.nodes.items() if n.kind == "data")
    spec = specs_of(project)(node.spec)
    assert spec is not None
    found = []
    for port in output_ports(spec, node):
        kind = verdict.types[f"{key}.{port}"]
        shape = (samples, *(int(size) for size in kind.shape[1:]))
        found.append(torch.zeros(shape, dtype=getattr(torch, kind.dtype)))
    return tuple(found)


@contextmanager
def _written(project: Project, verdict: Verdict, held: tuple[torch.Tensor, ...]) -> Iterator[Any]:
    """Write model and training, and import the latter; its data are ``held``."""
    made = generate(project, specs_of(project), verdict)
    stub: Any = ModuleType("data")
    stub.load_data = lambda _: (held, tuple(tensor[:2] for tensor in held))
    names = ("data", "model", "train")
    before = {name: sys.modules.get(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        sys.modules["data"] = stub
        try:
            for name in names[1:]:
                path = Path(folder, f"{name}.py")
                path.write_text(made.files[f"{name}.py"].text, encoding="utf-8")
                spec = importlib.util.spec_from_file_location(name, path)
                assert spec is not None
                assert spec.loader is not None
                sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(sys.modules[name])
            yield sys.modules["train"]
        finally:
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module
