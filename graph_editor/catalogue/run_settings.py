"""The settings of a run: what each may be, and what holds without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Switch:
    """A feature that a training script has only where its setting switches it on."""

    off: tuple[Arg, ...]
    """What says that it is not wanted; a setting that is not there says so, too."""
    is_legal: Callable[[Arg], bool]
    words: str
    """What is legal, beside what is off."""

    def is_off(self, value: Arg) -> bool:
        """Whether a value says that the feature is not wanted."""
        return any(same(value, each) for each in self.off)

    def allows(self, value: Arg) -> bool:
        """Whether a value may be said."""
        return self.is_off(value) or self.is_legal(value)

    def text(self) -> str:
        """Return what is legal, in words."""
        return self.words


def is_count(value: Arg) -> bool:
    """Whether a value is a whole number, 1 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_early_stop(value: Arg) -> bool:
    if not isinstance(value, Mapping):
        return is_count(value)
    known = set(value) <= {"metric", "patience"} and isinstance(value.get("metric", ""), str)
    return known and is_count(value.get("patience"))


def _is_share(value: Arg) -> bool:
    return isinstance(value, float) and 0 < value < 1


NOT_SAID: tuple[Arg, ...] = (None, False)
SWITCHES: FrozenMap[str, Switch] = FrozenMap(
    {
        "precision": Switch(
            (None, "float32"),
            lambda value: value in ("bf16", "fp16"),
            "'float32', 'bf16' or 'fp16'",
        ),
        "early_stop": Switch(
            (*NOT_SAID, 0),
            _is_early_stop,
            "a number of epochs, or a table of patience (a number of epochs) and metric",
        ),
        "keep_best": Switch(
            NOT_SAID,
            lambda value: value is True or (isinstance(value, str) and value != ""),
            "true, or the name of a metric such as 'val_loss'",
        ),
        "ema_decay": Switch((*NOT_SAID, 0, 0.0), _is_share, "a number between 0 and 1"),
        "checkpoint": Switch((*NOT_SAID, 0), is_count, "a number of batches, 1 or more"),
        "compile": Switch(NOT_SAID, lambda value: value is True, "true or false"),
        "ddp": Switch(NOT_SAID, lambda value: value is True, "true or false"),
    }
)
"""Settings that switch a feature of the training script on, in the order in which they are told."""

SHAPES = "shape_comments"
LOOKS: FrozenMap[str, Switch] = FrozenMap(
    {SHAPES: Switch((None, True), lambda value: value is False, "true or false")}
)
"""Settings of how the code looks; no number depends on them."""


def shows_shapes(run: Mapping[str, Arg]) -> bool:
    """Whether the lines of the main class end in the shapes of what they compute."""
    return run.get(SHAPES) is not False


DEFAULTS: FrozenMap[str, Arg] = FrozenMap({name: known.default for name, known in COUNTS.items()})
