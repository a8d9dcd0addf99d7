"""Which numbers a run may be given: beyond them PyTorch, scikit-learn or the system gives up."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

THREADS_PER_CORE = 4
MANY = 2**31 - 1
LIMITS: Mapping[str, tuple[int, int, str]] = {
    "seed": (0, 2**32 - 1, "scikit-learn takes no other"),
    "epochs": (1, MANY, ""),
    "batch_size": (1, MANY, "a batch that is larger than the data already holds all of it"),
    "checkpoint_every": (1, MANY, ""),
    "patience": (1, MANY, ""),
    "threads": (
        1,
        THREADS_PER_CORE * (os.cpu_count() or 1),
        f"{THREADS_PER_CORE} for each core of this machine; more only wait for each other",
    ),
}
"""The least and the most of each setting, and why."""


def out_of_range(settings: Mapping[str, object]) -> str:
    """Return in plain words which setting cannot be, with the way out, else ""."""
    for name, value in settings.items():
        if isinstance(value, float) and not math.isfinite(value):
            return f"The setting {name} is not a finite number. Choose another."
        low, high, why = LIMITS.get(name, (0, 0, ""))
        if high and isinstance(value, int) and not low <= value <= high:
            reason = f" ({why})" if why and value > high else ""
            shown = str(value) if abs(value) < 10**15 else f"a number of {_digits(value)} digits"
            option = name.replace("_", "-")
            return (
                f"The setting {name} is {shown}, but must lie from {low} to {high}{reason}. "
                f"Choose another with --{option}, or in the run settings."
            )
    return ""


def _digits(value: int) -> int:
    """Count without writing the number out, which Python refuses for very long ones."""
    return int(abs(value).bit_length() * math.log10(2)) + 1
