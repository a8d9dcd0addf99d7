"""A split that leaves too little to train on, or to validate with.

What it does: checks the shares of a data source, and counts the samples of each part as the code
that is written for it does.

Why it matters: a run needs both parts. A source with classes is divided so that each part shows
every class, for which a part has to have at least as many samples as there are classes.

Example: `{train: 0.01, val: 0.99}` of 150 flowers in 3 species: 1 sample to train on.
Better: `{train: 0.8, val: 0.2}`.

Fix: the split that the source has by default; as many samples as a source has to be asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from graph_editor.catalogue.data_split import (
    PARTS,
    SMALL_SHARE,
    argument_of,
    parts_of,
    samples_of,
    shares_of,
)
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.verdict import Severity
from graph_editor.checking.words import label, value
from graph_editor.document.model import Arg, FrozenMap, Node

CODE = "data-split"
FEW = 20
"""Up to so many samples a part may be empty although its share is none of the smallest."""
PURPOSES = {"train": "to train on", "val": "to validate with"}


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every data source that cannot be divided as it says."""
    for site in context.sites.values():
        if site.node.kind == "data" and site.spec is not None:
            said = argument_of(site.spec, site.node, "split")
            if _in_files(said):
                message = f"{label(site)} takes its parts from files: no code is written for that."
                yield _diagnosis(site, message, "warning")
                continue
            wrong = _wrong_shares(site.spec, site.node, said) or _too_few(site, context)
            if wrong:
                yield _diagnosis(site, wrong)


def _diagnosis(site: Site, message: str, severity: Severity = "error") -> Diagnosis:
    proposals = [reset(site, "split")] if "split" in site.node.args else []
    if severity == "error" and (enough := _enough(site)):
        proposals.append(set_to(site, "samples", enough))
    return Diagnosis(CODE, severity, site.address, message, "split", "", tuple(proposals))


def _in_files(split: Arg) -> bool:
    shares = split.values() if isinstance(split, FrozenMap) else ()
    return any(isinstance(share, str | tuple) for share in shares)


def _wrong_shares(spec: Spec, node: Node, split: Arg) -> str:
    """Return what is wrong with the shares themselves, or nothing."""
    if shares_of(spec, node) is not None:
        return ""
    whose = f"The split of {node.name or spec.title}"
    if not isinstance(split, FrozenMap):
        return f"{whose} is {value(split)}, and has to say the shares of train and val."
    for part in ("train", "val"):
        if part not in split:
            return f"{whose} has no part {part}: say the shares of train and of val."
    for part, share in split.items():
        if part not in PARTS:
            return f"{whose} has a part {part}; there may be train, val and test."
        if not isinstance(share, float) or not 0 < share < 1:
            return (
                f"The share of {part} is {value(share)}, and has to be a number between 0 and 1, "
                "such as 0.2."
            )
    total = sum(share for share in split.values() if isinstance(share, float))
    assert total > 1 + SMALL_SHARE  # all else has been looked at
    return f"The shares of the split sum to {total:.4g}, and may sum to 1 at most."


def _too_few(site: Site, context: Context) -> str:
    """Return which part has too few samples, and how many it needs, or nothing."""
    assert site.spec is not None
    parts, samples = parts_of(site.spec, site.node), samples_of(site.spec, site.node)
    if parts is None or samples is None or samples < 2:  # a wrong argument, and told as one
        return ""
    classes = _classes(site, context)
    for part, count in (("train", parts.train), ("val", parts.val)):
        least, why = max(classes, 1), f"there are {classes} classes" if classes else ""
        if part == "train" and "standardised" in site.spec.facts and least < 2:
            least, why = 2, "the data is scaled by its deviation"
        if count >= least:
            continue
        share = min(math.ceil(1000 * (least + 1) / samples) / 1000, 1)
        because = f", and {why}: it needs {least}" if why else ""
        shown = f"{count or 'no'} sample{'' if count == 1 else 's'}"
        enough = _enough(site)
        needed = f"Its share has to be {share} at least." if share < 1 else ""
        if share == 1 and enough:
            needed = f"With this split there have to be {enough} samples at least."
        text = (
            f"{label(site)} has {samples} samples, and its split leaves {shown} "
            f"{PURPOSES[part]}{because}. {needed}"
        )
        return text.rstrip()
    return ""


def _enough(site: Site) -> int:
    """Return how many samples leave some for both parts, where a source is asked for so many.

    0 where they do already, or where the split is at fault and not their number.
    """
    assert site.spec is not None
    samples = samples_of(site.spec, site.node)
    if site.spec.argument("samples") is None or samples is None or not 2 <= samples < FEW:
        return 0
    for count in range(samples, FEW + 1):
        node = replace(site.node, args=site.node.args.set("samples", count))
        parts = parts_of(site.spec, node)
        if parts is not None and parts.train and parts.val:
            return count if count > samples else 0
    return 0


def _classes(site: Site, context: Context) -> int:
    """Return the number of classes that both parts have to show: 0 for a source cut anywhere."""
    if site.spec is None or site.spec.argument("samples") is not None:
        return 0
    facts = [t for key, t in context.facts.items() if key.startswith(f"{site.address}.")]
    return max((t.classes for t in facts if t.classes is not None), default=0)
