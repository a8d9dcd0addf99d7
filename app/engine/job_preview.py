"""The job ``preview``: what a data source really gives, by executing the generated data.py."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from codegen.data import source_code, write_data
from graph_editor.document.atomic import atomic_write
from graph_editor.document.files import loads
from graph_editor.document.model import Address, NodeId

PARTS = ("train", "validation")
SAMPLES, CLASSES = 4, 100


def run(message: Mapping[str, Any], tell: Callable[[float, str], None]) -> object:
    """Return, for each part and port of a data node, shape, dtype, range, classes and samples.

    The message holds ``project`` (the text of a project file), ``node`` (a data node of the main
    graph), and, if wanted, ``seed`` (0) and ``samples`` (4).

    Raises FileProblem, KeyError (no such node) and CannotWrite (a source without code).
    """
    project = loads(str(message["project"])).project
    address = Address(str(message["node"]))
    node = project.main.graph.nodes[NodeId(address)]
    ports = tuple(source_code(address, node).tensors)
    text = write_data(project.main.name, address, node).text
    tell(0.2, "Reading the data")
    parts = _load_data(text, int(message.get("seed", 0)))
    count = int(message.get("samples", SAMPLES))
    return {
        part: {port: describe(tensor, count) for port, tensor in zip(ports, tensors, strict=True)}
        for part, tensors in zip(PARTS, parts, strict=True)
    }


def describe(tensor: torch.Tensor, count: int = SAMPLES) -> dict[str, Any]:
    """Return what a person wants to know of a tensor (N, ...): its first samples among it."""
    found: dict[str, Any] = {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "first": tensor[:count].tolist(),
    }
    if tensor.numel():
        found |= {"low": tensor.min().item(), "high": tensor.max().item()}
    if tensor.dim() == 1 and not tensor.is_floating_point():
        labels, counts = torch.unique(tensor, return_counts=True)
        if len(labels) <= CLASSES:
            found["classes"] = dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True))
    return found


def _load_data(text: str, seed: int) -> tuple[tuple[torch.Tensor, ...], ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.py"
        atomic_write(path, text)
        spec = importlib.util.spec_from_file_location("previewed_data", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        parts: tuple[tuple[torch.Tensor, ...], ...] = module.load_data(seed)
    return parts
