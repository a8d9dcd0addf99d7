"""The built-in examples: where their files are, and what is known of them beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[1] / "assets" / "examples"
JUDGED = "judged.json"
"""Beside the examples: their titles, what goes over their wires, how many parameters they have."""


@cache
def judged_in(folder: Path = EXAMPLES) -> Mapping[str, Mapping[str, Any]]:
    """Return what ``app.engine.example_facts`` found out; nothing where that is not there."""
    try:
        found: dict[str, Mapping[str, Any]] = json.loads((folder / JUDGED).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def title_of(stem: str) -> str:
    """Return what an example is called: ``ResNet-18`` of resnet18."""
    return str(judged_in().get(stem, {}).get("title", stem))
