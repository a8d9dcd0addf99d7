"""Which tensors may meet in one call, by the devices that they lie on.

No drawing can say today that a node has a device of its own, so that the judge meets only one.
"""

from __future__ import annotations

from graph_editor.checking.rules import Call, RuleFailure
from graph_editor.checking.verdict import TensorType

BROADCAST_FIRST = frozenset({
    "nn.L1Loss", "nn.MSELoss", "nn.SmoothL1Loss", "nn.HuberLoss", "nn.CosineSimilarity",
    "F.cosine_similarity",
})  # fmt: skip
"""Stretch a single number to the shape of the rest, which makes it a tensor like any other."""


def one_device(call: Call) -> RuleFailure | None:
    """Refuse tensors of two devices in one call; what may come from elsewhere is left out."""
    if call.spec.name == "Tensor.type_as":  # which is there to go from one to the other
        return None
    placed = {p: t.device for p, t in call.types.items() if not _may_be_elsewhere(call, p, t)}
    if len(set(placed.values())) <= 1:
        return None
    (first, here), *others = placed.items()
    port, there = next((p, d) for p, d in others if d != here)
    names = f"{first} is on {here or 'the run’s device'}, {port} on {there or 'the run’s device'}"
    return RuleFailure(f"{call.spec.title} got tensors on two devices: {names}", port)


def _may_be_elsewhere(call: Call, port: str, given: TensorType) -> bool:
    """Whether torch takes this tensor from a device that is not the others'."""
    name = call.spec.name
    if name == "op.setitem" and port == "value":  # it is copied, but where tensors say the places
        return not any(p.startswith("index") for p in call.types)
    if given.device != "cpu":
        return False
    if name in ("op.getitem", "op.setitem") and port.startswith("index"):
        return True
    stretched = name in BROADCAST_FIRST and any(t.shape for t in call.types.values())
    return not given.shape and not stretched
