"""A small judge for tests: runs a drawing once on real tensors and notes what it infers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from app.engine.interpret import Frame, Interpreter, _shapes_of
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document import expressions
from graph_editor.document.model import Arg, Expr, FrozenMap, NodeId, Project


class Probe(Interpreter):
    """Builds each module when its first input arrives."""

    def __init__(self, project: Project) -> None:
        self.found: dict[str, dict[str, Arg]] = {}
        self.seen: dict[str, TensorType] = {}
        self.arriving: Mapping[str, Any] = {}
        super().__init__(project, Verdict(), 0, specs_of(project))

    def _build(self, frame: Frame, node: NodeId) -> None:
        pass

    def _tie(self, frame: Frame) -> None:
        pass

    def _freeze(self, frame: Frame) -> None:
        pass

    def _inferred(self, at: str, argument: str) -> Any:
        frame, _, node = at.rpartition("/")
        spec = self.lookup(self.frames[frame].node(NodeId(node.partition("[")[0])).spec)
        text = next(a.infer for a in spec.arguments if a.name == argument)
        if not text:
            return None
        value = expressions.evaluate(expressions.parse(text), {}, _shapes_of(self.arriving))
        self.found.setdefault(at, {})[argument] = value
        return value

    def _run(self, frame: Frame, inputs: Mapping[str, Any]) -> dict[str, Any]:
        for node, value in inputs.items():
            if isinstance(value, torch.Tensor):
                self._note(frame.address(f"{node}.output"), value)
        return super()._run(frame, inputs)

    def _note(self, port: str, value: torch.Tensor) -> None:
        dtype = str(value.dtype).removeprefix("torch.")
        self.seen[port] = TensorType(tuple(value.shape), dtype)

    def _call(
        self, frame: Frame, node: NodeId, spec: Spec, arrived: Any, copy: Any, inside: Any
    ) -> Any:
        owner = frame.owner(node)
        at = frame.address(owner) + ("" if copy is None else f"[{copy}]")
        if at not in self.owned and at not in self.frames:
            self.arriving = arrived
            if spec.kind in ("nn", "param", "buffer", "block") and spec.name != "param.of":
                self._own(frame, owner, at, inside)
        found = super()._call(frame, node, spec, arrived, copy, inside)
        for port, value in found.items():
            if isinstance(value, torch.Tensor):
                self._note(f"{frame.address(node)}.{port}", value)
        return found


def verdict_of(project: Project, inputs: Mapping[str, Any]) -> Verdict:
    """Return what one run of the drawing shows."""
    probe = Probe(project)
    with torch.no_grad():
        outputs = probe.forward(inputs)
    for node, value in {**inputs, **outputs}.items():
        if isinstance(value, torch.Tensor):
            dtype = str(value.dtype).removeprefix("torch.")
            probe.seen[f"{node}.output"] = TensorType(tuple(value.shape), dtype)
    return Verdict(
        types=FrozenMap(probe.seen),
        inferred=FrozenMap({k: FrozenMap(v) for k, v in probe.found.items()}),  # type: ignore[misc]  # addresses
        block_inferred=FrozenMap(_in_blocks(project, probe)),
    )


def _in_blocks(project: Project, probe: Probe) -> dict[str, FrozenMap[str, Arg]]:
    """Return the parameter that each inferred value equals in all instances, else their number."""
    seen: dict[str, dict[str, list[tuple[Frame, Arg]]]] = {}
    for at, values in probe.found.items():
        parent, _, node = at.rpartition("/")
        frame = probe.frames[parent]
        key = next((k for k, b in project.blocks.items() if b is frame.block), None)
        if key is not None:
            for name, value in values.items():
                place = seen.setdefault(f"{key}/{node.partition('[')[0]}", {})
                place.setdefault(name, []).append((frame, value))
    found: dict[str, dict[str, Arg]] = {}
    for place, names in seen.items():
        for name, pairs in names.items():
            settled = _settled(pairs)
            if settled is not None:
                found.setdefault(place, {})[name] = settled
    return {place: FrozenMap(values) for place, values in found.items()}


def _settled(pairs: list[tuple[Frame, Arg]]) -> Arg:
    for parameter in pairs[0][0].parameters:
        if all(frame.parameters[parameter] == value for frame, value in pairs):
            return Expr(parameter)
    values = {value for _, value in pairs}
    return values.pop() if len(values) == 1 else None
