"""Weights of a run or of a file, put into the model that the drawing is now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from app.engine.refused_export import RefusedExport
from app.training.folder import STATE_MAP, WEIGHTS
from codegen.model import ModelText

MOST = 3
"""So many names of weights are said."""


def load_weights(model: nn.Module, text: ModelText, place: Path) -> int:
    """Load a file of weights, or those of a run's folder; return how many there are.

    What a run's weights are called may have changed since: they are known by their nodes. Raises
    RefusedExport where they do not fit.
    """
    file = place / WEIGHTS if place.is_dir() else place
    state = _read(file)
    state = _renamed(state, text, file.parent / STATE_MAP)
    present = model.state_dict()
    missing = [name for name in present if name not in state]
    surplus = [name for name in state if name not in present]
    if missing or surplus:
        words = _names(missing, surplus)
        raise RefusedExport(f"The weights in {file} are not of this model: {words}")
    for name, value in state.items():
        if value.shape != present[name].shape:
            found, wanted = tuple(value.shape), tuple(present[name].shape)
            words = f"{name} is {found} there and {wanted} in the drawing"
            raise RefusedExport(f"The weights in {file} are not of this model: {words}.")
    model.load_state_dict(state)
    return len(state)


def _read(file: Path) -> dict[str, torch.Tensor]:
    if not file.is_file():
        raise RefusedExport(f"There are no weights in {file}.")
    try:
        state: Any = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise RefusedExport(f"{file} cannot be read as a file of weights.") from error
    if not isinstance(state, Mapping) or not all(map(torch.is_tensor, state.values())):
        raise RefusedExport(f"{file} holds something else than the weights of a model.")
    return {str(name): value for name, value in state.items()}


def _renamed(
    state: dict[str, torch.Tensor], text: ModelText, map_file: Path
) -> dict[str, torch.Tensor]:
    """Return a run's weights under the names that their nodes have in the drawing now."""
    try:
        known = json.loads(map_file.read_text(encoding="utf-8"))["state"]
        before = {n: (str(each["node"]), str(each["parameter"])) for n, each in known.items()}
    except (OSError, ValueError, LookupError, TypeError):
        return state
    now = {(str(at), what): name for name, (at, what) in text.state_map.items()}
    return {now.get(before.get(name, ("", "")), name): value for name, value in state.items()}


def _names(missing: list[str], surplus: list[str]) -> str:
    parts = [
        f"{word} {', '.join(names[:MOST])}{' and more' if len(names) > MOST else ''}"
        for word, names in (("it lacks", missing), ("it has also", surplus))
        if names
    ]
    return f"{'; '.join(parts)}."
