"""Inputs for an export: samples of them at any batch size, and the sizes that are left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from codegen.model import ModelText
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Dim, TensorType, Verdict
from graph_editor.document import expressions
from graph_editor.document.model import InPort, NodeId, PortPath, Project

BATCH = "B"
FLAT, TALL = 8, 32
"""Sizes for axes that have only a name: of rows and sequences, and of pictures."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a model: its name, its type, and how large its whole numbers may be."""

    name: str
    type: TensorType
    most: int

    @property
    def dynamic(self) -> dict[int, Any]:
        """Which axes are left open, by the names of their sizes."""
        return {
            axis: size if size.isidentifier() else torch.export.Dim.AUTO
            for axis, size in enumerate(self.type.shape)
            if isinstance(size, str)
        }

    def sample(self, batch: int, more: int) -> torch.Tensor:
        """Return made-up values, the same ones each time; named sizes are larger by ``more``."""
        shape = [self._size(dim, batch, more) for dim in self.type.shape]
        generator = torch.Generator().manual_seed(batch)
        dtype: torch.dtype = getattr(torch, self.type.dtype)
        if dtype.is_floating_point or dtype.is_complex:
            return torch.randn(shape, generator=generator, dtype=dtype)
        if dtype == torch.bool:
            return torch.rand(shape, generator=generator) < 0.5
        return torch.randint(self.most + 1, shape, generator=generator, dtype=dtype)

    def _size(self, dim: Dim, batch: int, more: int) -> int:
        if isinstance(dim, int):
            return dim
        side = (TALL if len(self.type.shape) > 3 else FLAT) + more
        try:
            tree = expressions.parse(dim)
            names = dict.fromkeys(expressions.names(tree), side)
            return int(expressions.evaluate(tree, {**names, BATCH: batch}))
        except (expressions.ExpressionError, ValueError):
            return side


def inputs_of(project: Project, verdict: Verdict, text: ModelText) -> tuple[Input, ...]:
    """Return the inputs of a model that are not left out, in the order of ``forward``."""
    nodes = project.main.graph.nodes
    wanted = [(n, i) for n, i in text.inputs if nodes[i].args.get("optional") is not True]
    return tuple(
        Input(name, verdict.types[f"{node}.output"], _most(project, node)) for name, node in wanted
    )


def _most(project: Project, node: NodeId) -> int:
    """Return the largest whole number that the data feeds into an input; 0 where it is unknown."""
    source = project.main.graph.wires.get(InPort(node, PortPath("input")))
    origin = project.main.graph.nodes.get(source.node) if source is not None else None
    spec = catalogue().get(origin.spec) if origin is not None else None
    if source is None or origin is None or spec is None or spec.kind != "data":
        return 0
    known = port_types(spec, origin).get(source.port)
    if known is None:
        return 0
    if known.classes is not None:
        return max(0, known.classes - 1)
    return int(known.high) if known.high is not None and known.high > 0 else 0
