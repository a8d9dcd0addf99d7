"""What the field above the list of runs understands: words, and ``lr > 0.003``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

from app.session.run_tracked import TrackedRun
from app.session.run_words import state_words

COMPARISON = re.compile(r"([A-Za-z_]\w*)\s*(<=|>=|!=|<|>|=)\s*(\S+)")
OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # floats are compared
    ">": operator.gt,  # type: ignore[dict-item]
    "<=": operator.le,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "=": operator.eq,
    "!=": operator.ne,
}


def matches(run: TrackedRun, text: str) -> bool:
    """Whether a run fits all words and comparisons of a text; of an empty one, every run."""
    for name, sign, value in COMPARISON.findall(text):
        if not _compares(run, name, sign, value):
            return False
    words = COMPARISON.sub(" ", text).lower().split()
    hay = f"{run.label} {run.folder.name} {state_words(run.status)} {_settings(run)}".lower()
    return all(word in hay for word in words)


def _compares(run: TrackedRun, name: str, sign: str, value: str) -> bool:
    found: object = run.settings.get(name)
    if found is None:
        number = run.value(name)
        found = None if math.isnan(number) else number
    if found is None:
        return False
    try:
        return OPERATORS[sign](float(str(found)), float(value))
    except ValueError:
        same = str(found).lower() == value.lower()
        return same if sign == "=" else not same if sign == "!=" else False


def _settings(run: TrackedRun) -> str:
    return " ".join(f"{name}={value}" for name, value in run.settings.items())
