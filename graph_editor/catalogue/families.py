"""The ten families by which nodes are coloured and grouped, from a spec's kind and category."""

from __future__ import annotations

from typing import Literal, TypeAlias

from graph_editor.catalogue.spec import Spec

Family: TypeAlias = Literal[
    "data", "layer", "act", "norm", "op", "loss", "opt", "metric", "block", "code"
]
FAMILIES: dict[Family, str] = {
    "data": "Data",
    "layer": "Layers",
    "act": "Activations",
    "norm": "Normalisation",
    "op": "Tensor ops",
    "loss": "Losses",
    "opt": "Optimizers · schedules",
    "metric": "Metrics",
    "block": "Blocks",
    "code": "Custom code",
}
"""Families in the order of the palette, with their headings."""
BY_KIND: dict[str, Family] = {
    "data": "data",
    "io": "data",
    "transform": "data",
    "optim": "opt",
    "lr_scheduler": "opt",
    "metric": "metric",
    "block": "block",
    "library": "block",
    "code": "code",
    "param": "layer",
    "buffer": "layer",
}
BY_CATEGORY: dict[str, Family] = {
    "Activations": "act",
    "Normalisation": "norm",
    "Losses": "loss",
}


def family_of(spec: Spec | None, kind: str = "") -> Family:
    """Return the family of a spec; of an unknown one, what its kind says."""
    if spec is None:
        return BY_KIND.get(kind, "code" if kind not in ("nn", "torch") else "layer")
    if spec.kind in BY_KIND:
        return BY_KIND[spec.kind]
    if spec.category in BY_CATEGORY:
        return BY_CATEGORY[spec.category]
    return "layer" if spec.kind == "nn" else "op"
