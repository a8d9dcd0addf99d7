"""Features that reach a loss as they are: the layer that makes scores of them was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import facts_of, width_before
from graph_editor.checking.words import shape, sizes
from graph_editor.document.model import Arg

CODES = ("too-few-classes",)
HEADS = {
    2: ("nn.Linear", "out_features"),
    3: ("nn.Conv1d", "out_channels"),
    4: ("nn.Conv2d", "out_channels"),
    5: ("nn.Conv3d", "out_channels"),
}
"""What makes scores of features along axis 1, by the number of axes."""
_DECIDING = ("nn.Linear", *(f"nn.Conv{n}d" for n in (1, 2, 3)))


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield a layer that gives a score for each class, where no layer before does as much."""
    given, facts = sizes(stopped, "input"), facts_of(stopped, "target", context)
    if given is None or facts is None or facts.classes is None or len(given) not in HEADS:
        return
    before = width_before(stopped, "input", 1, context)
    if before is not None and before[0].node.spec in _DECIDING:
        return  # its width is what has to be another one
    spec, width = HEADS[len(given)]
    args: dict[str, Arg] = {width: facts.classes}
    what = f"Insert a Linear layer that makes {facts.classes} scores of {given[1]} features"
    if spec != "nn.Linear":
        args["kernel_size"] = 1
        ones = shape((1,) * (len(given) - 2))
        what = (
            f"Insert a {ones} convolution that makes {facts.classes} scores of {given[1]} features"
        )
    yield insert(*end_of_model(stopped, "input", context), spec, args, what)


def end_of_model(loss: Site, port: str, context: Context) -> tuple[Site, str]:
    """Return where a layer goes that stands before a loss: within the model, if that ends there."""
    source = loss.sources.get(port)
    before = context.sites.get(source.address) if source is not None else None
    return (
        (before, "input")
        if before is not None and before.node.spec == "io.output"
        else (loss, port)
    )
