"""Images of a film that go into a layer for images, without being merged with the samples."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import first_port
from graph_editor.checking.words import holds_batch
from graph_editor.document.model import Arg

CODES = ("wrong-number-of-axes",)
AXES = {f"nn.Conv{n}d": n + 2 for n in (1, 2, 3)}


def cures(stopped: Site, _: Context) -> Iterator[Proposal]:
    """Yield one axis of samples and steps, where a view behind cuts them apart again."""
    port = first_port(stopped)
    known = stopped.symbolic.get(port)
    axes = AXES.get(stopped.node.spec)
    if known is None or axes is None or len(known.shape) != axes + 1:
        return
    if holds_batch(known.shape[0]) and not holds_batch(known.shape[1]):
        args: dict[str, Arg] = {"start_dim": 0, "end_dim": 1}
        words = f"Merge the samples and their {known.shape[1]} steps before it"
        yield insert(stopped, port, "Tensor.flatten", args, words)
