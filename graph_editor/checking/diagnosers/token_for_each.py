"""A token that is one for all samples, joined with rows of a whole batch.

What it does: where tensors are joined, looks for one with a single sample beside others with the
whole batch, or with a number of samples that is written down.

Why it matters: adding stretches an axis of size 1, joining does not: each sample needs a copy of
the token in front of its own rows.

Example: a class token of `1×1×64` joined with `B×64×64` along axis 1.
Better: the token expanded to `B×1×64` first.

Fix: expands the token over the batch.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Arg, Expr

CODE = "token-not-for-each-sample"
RANK = 28  # before what only compares sizes
Wanted = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node that gives the token, where a copy for each sample makes all fit."""
    site = failure.site
    dim = number(site.value("dim"))
    if site.node.spec != "torch.cat" or dim is None:
        return None
    ports = [port for port in site.inputs if port.startswith("tensors[")]
    whole = next((p for p in ports if _first(site, p) == "B"), None)
    for port in ports if whole is not None else ():
        mine, theirs = sizes(site, port), sizes(site, whole or "")
        if not mine or theirs is None or _first(site, port) == "B":
            continue
        lacks = len(theirs) - len(mine)
        full = (*(1,) * lacks, *mine)
        joined = dim % len(theirs) if -len(theirs) <= dim < len(theirs) else 0
        others = [a for a in range(1, len(theirs)) if a != joined]
        source = site.sources.get(port)
        maker = context.sites.get(source.address) if source is not None else None
        if joined == 0 or lacks not in (0, 1) or maker is None:
            continue
        if all(full[a] == theirs[a] for a in others):
            return _diagnosis(site, (port, whole or ""), maker, full)
    return None


def _first(site: Site, port: str) -> Dim | None:
    """Return the name of the first axis; that of samples is B."""
    known = site.symbolic.get(port)
    return known.shape[0] if known is not None and known.shape else None


def _diagnosis(
    site: Site, ports: tuple[str, str], maker: Site, full: tuple[int, ...]
) -> Diagnosis | None:
    port, whole = ports
    if full[0] != 1 and maker.node.spec != "Tensor.expand":
        return None
    count = "one for all samples" if full[0] == 1 else f"{full[0]} samples, whatever the batch"
    message = (
        f"{label(maker)} gives {site.shown(port)}, {count}, and {label(site)} joins "
        f"it with {site.shown(whole)}: joining stretches nothing, so that each of the B samples "
        "needs a copy of its own."
    )
    return Diagnosis(
        CODE, "error", maker.address, message, "", "", tuple(_proposals(site, port, maker, full))
    )


def _proposals(site: Site, port: str, maker: Site, full: tuple[int, ...]) -> list[Proposal]:
    sizes_: tuple[Arg, ...] = (Expr("B"), *full[1:])
    said = maker.node.args.get("args")
    if full[0] != 1:
        rest = said[1:] if isinstance(said, tuple) else full[1:]
        return [set_to(maker, "args", (Expr("B"), *rest), of=label(maker))]
    words = f"Expand {label(maker)} over the batch before {label(site)}"
    return [insert(site, port, "Tensor.expand", {"args": sizes_}, words)]
