"""Convolutions along a sequence that leave steps out, where each step has a label."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import ELEMENTWISE, POOLS, TURNS, chain_before
from graph_editor.checking.words import label, per_axis, sizes

CODES = ("class-target",)
LAYER = "nn.Conv1d"


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the paddings and strides with which all convolutions before a loss keep the steps."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    if given is None or target is None or len(given) != 3 or len(target) != 2:
        return
    steps: list[tuple[Site, str, int]] = []
    through = ELEMENTWISE | TURNS | POOLS | {LAYER, "nn.Linear"}
    for layer in chain_before(stopped, "input", context, through):
        if layer.node.spec != LAYER:
            continue
        found = _kept(layer)
        if found is None:
            return
        steps += [(layer, name, to) for name, to in found]
        arriving = sizes(layer, "input")
        if arriving is not None and arriving[-1] == target[-1]:
            break
    if steps:
        first, *others = [set_to(layer, name, to, of=label(layer)) for layer, name, to in steps]
        told = [f"{name} of {label(layer)} to {to}" for layer, name, to in reversed(steps)]
        yield together(first, *others, title=f"Set {', '.join(told[:-1])}{_and(told)}")


def _kept(layer: Site) -> list[tuple[str, int]] | None:
    """Return what a convolution is to be told to keep its steps; None where nothing does."""
    names = ("kernel_size", "dilation", "stride", "padding")
    kernel, dilation, stride, padding = (per_axis(layer.value(name), 1) for name in names)
    if kernel is None or dilation is None or stride is None or padding is None:
        return None
    lost = dilation[0] * (kernel[0] - 1)
    if lost % 2:
        return None
    wanted = {"stride": (stride[0], 1), "padding": (padding[0], lost // 2)}
    return [(name, to) for name, (said, to) in wanted.items() if said != to]


def _and(told: list[str]) -> str:
    return f" and {told[-1]}" if len(told) > 1 else told[-1]
