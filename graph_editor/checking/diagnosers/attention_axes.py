"""Maps, or others of more than three axes, that go into an attention.

What it does: counts the axes of what an attention layer or a transformer layer gets.

Why it matters: these layers take rows of features, one for each step of each sample, `B×T×D`. The
places of a map are such steps only once they stand along one axis.

Example: `MultiheadAttention(16, 4)` on `B×8×8×16`.
Better: the same on `B×64×16`, after `flatten(1, 2)`.

Fix: merges the axes between the samples and the features, be it back again behind the layer; where
the channels stand second, it moves them last.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.behind import insert_behind
from graph_editor.checking.diagnosers.attention import WIDTHS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert_shared, set_to, together
from graph_editor.checking.words import axes, label, number, product, shape, sizes, title
from graph_editor.document.model import (
    Arg,
)

CODE = "attention-axes"
RANK = 29  # before the width, which is that of the last axis
OUTPUTS = {"nn.MultiheadAttention": "attn_output"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where what arrives has more axes than samples, steps and features."""
    site = failure.site
    width, ports = WIDTHS.get(site.node.spec, ("", {}))
    wide = [port for port in ports if len(sizes(site, port) or ()) > 3]
    if not wide:
        return None
    arriving, expected = sizes(site, wide[0]) or (), number(site.value(width))
    message = (
        f"{title(site)} {label(site)} takes rows of {expected}, one for each step of each sample "
        f"(B×T×{expected}), and {wide[0]} brings {site.shown(wide[0])}, which has "
        f"{axes(len(arriving))}."
    )
    fixes: tuple[Proposal, ...] = ()
    if all(sizes(site, port) == arriving for port in wide):
        fixes = tuple(_fixes(site, wide, arriving, expected))
    if not site.value("batch_first"):
        first = set_to(site, "batch_first", True)
        fixes = tuple(together(first, f, title=f"{f.title}, with batch_first") for f in fixes)
    return Diagnosis(CODE, "error", site.address, message, "", wide[0], fixes)


def _fixes(
    site: Site, ports: list[str], arriving: tuple[int, ...], width: int | None
) -> Iterator[Proposal]:
    """Yield to merge the places into steps, and to lay them out again behind the layer."""
    last = len(arriving) - 1
    if arriving[last] == width:
        merged: dict[str, Arg] = {"start_dim": 1, "end_dim": last - 1}
        words = f"Merge the {shape(arriving[1:-1])} places into {product(arriving[1:-1])} steps"
        forward = _before_all(site, ports, "Tensor.flatten", merged, words)
        args: dict[str, Arg] = {"dim": 1, "sizes": arriving[1:-1]}
        back = insert_behind(site, OUTPUTS.get(site.node.spec, "output"), "Tensor.unflatten", args)
        yield forward
        yield together(forward, back, title=f"{words}, and lay them out again behind {label(site)}")
    elif arriving[1] == width:
        places = f"{shape(arriving[2:])} places into {product(arriving[2:])} steps"
        merged = {"start_dim": 2}
        flat = _before_all(site, ports, "Tensor.flatten", merged, "")
        turn = _before_all(site, ports, "Tensor.transpose", {"dim0": 1, "dim1": 2}, "")
        words = f"Merge the {places}, and move the channels last"
        yield together(flat, turn, title=words)


def _before_all(
    site: Site, ports: list[str], spec: str, args: dict[str, Arg], words: str
) -> Proposal:
    """Propose a node before each port, and one alone for those that read the same output."""
    groups: dict[object, list[str]] = {}
    for port in ports:
        groups.setdefault(site.sources.get(port), []).append(port)
    each = [insert_shared(site, tuple(some), spec, args, words) for some in groups.values()]
    return together(each[0], *each[1:], title=words)
