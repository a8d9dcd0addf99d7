"""An image or a map that goes into a Linear layer without being flattened.

What it does: finds a `Linear` whose input still has more than two axes, where a later node refuses
the result, or where `in_features` counts all values of a sample.

Why it matters: `Linear` works on the last axis alone. Of `B×32×7×7` it sees rows of 7, not the 1568
values of a sample; with `in_features` left open nothing fails until the loss.

Example: `Conv2d → ReLU → Linear(1568, 10)`.
Better: `Conv2d → ReLU → Flatten → Linear(1568, 10)`.

Fix: inserts a Flatten before the Linear layer, and sets `in_features` where it was set otherwise.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, let_infer, set_to, together
from graph_editor.checking.walk import ELEMENTWISE, POOLS, WIDTHS, chain_before
from graph_editor.checking.words import label, number, product, sizes
from graph_editor.document.model import NodeId

CODE = "missing-flatten"
RANK = 20
SQUEEZES = frozenset(("Tensor.squeeze", "torch.squeeze"))
"""Of a map of 1×1, which may leave an axis of size 1 behind the channels."""
LINEAR = "nn.Linear"
FORWARD = ELEMENTWISE | {LINEAR, "op.mul", "op.truediv"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the first Linear layer that an unflattened map enters."""
    site = failure.site
    if site.node.spec == LINEAR:
        return _at(site) if _not_rows(site) else None
    sides = [("input", "target"), ("target", "input")]
    for port, other in [(failure.port, "")] if site.node.kind == "block" else sides:
        arriving, wanted = sizes(site, port), _axes(site, port, other, context)
        if arriving is None or wanted is None or len(arriving) <= max(wanted, 2):
            continue
        layer = unflattened(site, port, context)
        if layer is not None:
            return _at(layer)
    return None


def unflattened(site: Site, port: str, context: Context) -> Site | None:
    """Return the first Linear layer before a port that a map enters as it is, if there is one."""
    before = chain_before(site, port, context, FORWARD)
    entered = [s for s in before if s.node.spec == LINEAR and len(s.inputs["input"].shape) > 2]
    return entered[-1] if entered and _is_map(entered[-1], context) else None


def _axes(site: Site, port: str, other: str, context: Context) -> int | None:
    """Return how many axes the other side of a loss has, or the input of a block declares."""
    if site.node.kind != "block":
        beside = sizes(site, other)
        return len(beside) if beside is not None else None
    block = context.project.block(site.node.spec.partition(".")[2])
    declared = block.graph.nodes[NodeId(port)].args.get("shape") if port else None
    return len(declared) if isinstance(declared, tuple) else None


def _not_rows(site: Site) -> bool:
    """Whether more than rows arrive and the last axis is not what the layer expects."""
    arriving, expected = sizes(site, "input"), number(site.value("in_features"))
    return (
        arriving is not None
        and len(arriving) > 2
        and arriving[-1] != expected
        and (len(arriving) > 3 or product(arriving[1:]) == expected)
    )


def _is_map(site: Site, context: Context) -> bool:
    """Whether the layer's input is a map of a convolution or an image."""
    arriving = sizes(site, "input")
    before = list(chain_before(site, "input", context, ELEMENTWISE | POOLS | SQUEEZES))
    made = before[-1].node.spec if before else ""
    return len(arriving or ()) > 3 or (made in WIDTHS and "Conv" in made)


def _at(site: Site) -> Diagnosis:
    arriving, expected = sizes(site, "input") or (), number(site.value("in_features"))
    values = product(arriving[1:])
    flatten = insert(site, "input", "nn.Flatten", {}, "Insert Flatten before it")
    message = (
        f"{label(site)} gets {site.shown('input')}, and Linear works on the last axis alone "
        f"({arriving[-1]} value{'s' * (arriving[-1] != 1)}). Flatten it first: then each sample is "
        f"a row of {values}"
    )
    proposals: tuple[Proposal, ...] = (flatten,)
    if expected == values or "in_features" in site.inferred:
        message += "."
    else:
        message += f"; in_features is {expected}, and has to be {values} then."
        sized = together(
            flatten,
            set_to(site, "in_features", values),
            title=f"Insert Flatten and set in_features to {values}",
        )
        open_ = together(
            flatten,
            let_infer(site, "in_features"),
            title="Insert Flatten and let in_features follow what arrives",
        )
        proposals = (flatten, sized, open_)
    return Diagnosis(CODE, "error", site.address, message, "in_features", "input", proposals)
