"""The settings of a run: what each may be, what holds without it, and which have no code yet."""

from __future__ import annotations

from dataclasses import dataclass

from graph_editor.document.model import Arg, FrozenMap, same

LARGEST_SEED = 2**32 - 1
"""The greatest that scikit-learn takes to divide data by; torch takes more."""


@dataclass(frozen=True, slots=True)
class Count:
    """A setting that is a whole number, and that every training script has."""

    default: int
    least: int
    greatest: int | None = None

    def allows(self, value: Arg) -> bool:
        """Whether a value may be said."""
        if isinstance(value, bool) or not isinstance(value, int) or value < self.least:
            return False
        return self.greatest is None or value <= self.greatest

    def text(self) -> str:
        """Return what is legal, in words."""
        if self.greatest is not None:
            return f"a whole number from {self.least} to {self.greatest}"
        return f"a whole number, {self.least} or more"


COUNTS: FrozenMap[str, Count] = FrozenMap(
    {
        "epochs": Count(10, 1),
        "seed": Count(0, 0, LARGEST_SEED),
        "batch_size": Count(64, 1),
    }
)

WITHOUT_CODE: FrozenMap[str, tuple[Arg, ...]] = FrozenMap(
    {
        "precision": (None, "float32"),
        "early_stop": (None, False, 0),
        "ema_decay": (None, False, 0, 0.0),
        "keep_best": (None, False),
        "compile": (None, False),
    }
)
"""Settings that a file may hold and no code is written for yet, by the values that say "off"."""

DEFAULTS: FrozenMap[str, Arg] = FrozenMap({name: known.default for name, known in COUNTS.items()})


def is_off(name: str, value: Arg) -> bool:
    """Whether a setting that has no code yet is switched off by its value."""
    return any(same(value, each) for each in WITHOUT_CODE[name])
