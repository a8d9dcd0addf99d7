"""How many samples the parts of a data source hold, counted as the written data.py does."""

from __future__ import annotations

import math
from dataclasses import dataclass

from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, FrozenMap, Node

SMALL_SHARE = 1e-9
PARTS = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Parts:
    """The numbers of samples to train on and to validate with; the rest is kept aside."""

    train: int
    val: int


def argument_of(spec: Spec, node: Node, name: str) -> Arg:
    """Return an argument of a source, or its default."""
    argument = spec.argument(name)
    return node.args.get(name, argument.default if argument else None)


def samples_of(spec: Spec, node: Node) -> int | None:
    """Return how many samples a source has, where that is known without reading it."""
    said = argument_of(spec, node, "samples")
    count = spec.facts.get("samples") if said is None else said
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def shares_of(spec: Spec, node: Node) -> FrozenMap[str, float] | None:
    """Return the shares of a source's parts; None where they are no such thing."""
    split = argument_of(spec, node, "split")
    if not isinstance(split, FrozenMap) or not {"train", "val"} <= set(split) <= set(PARTS):
        return None
    shares = {p: float(s) for p, s in split.items() if isinstance(s, float) and 0 < s < 1}
    fits = len(shares) == len(split) and sum(shares.values()) <= 1 + SMALL_SHARE
    return FrozenMap(shares) if fits else None


def parts_of(spec: Spec, node: Node) -> Parts | None:
    """Return the sizes of a source's parts, where they are known.

    A source that draws as many samples as it is asked for is cut at rounded places; the samples of
    all others go to scikit-learn's ``train_test_split``, which rounds the part held out up and the
    part trained on down.
    """
    samples, shares = samples_of(spec, node), shares_of(spec, node)
    if samples is None or shares is None:
        return None
    train, val = shares["train"], shares["val"]
    if spec.argument("samples") is not None:
        first, last = round(samples * train), min(round(samples * (train + val)), samples)
        return Parts(first, last - first)
    held = math.ceil(samples * val)
    whole = 1 - train - val <= SMALL_SHARE
    return Parts(samples - held if whole else math.floor(samples * train), held)
