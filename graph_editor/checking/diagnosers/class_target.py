"""Class labels of a wrong dtype or shape.

What it does: compares the target of a cross entropy with its logits: `B×C` needs `B` labels,
`B×C×H×W` one for each pixel, as int64; or probabilities in the shape of the logits, as floats.

Why it matters: the loss picks the logit of the right class by its number.

Example: `CrossEntropyLoss(B×10, B×1 float32)`.
Better: `CrossEntropyLoss(B×10, B int64)`.

Fix: converts labels that are known to be whole, drops an axis of size 1, turns one-hot rows into
numbers, puts the class axis second, or brings logits and labels to as many places where one of
them is a text that lacks a word at an end. One number for each sample and measurements as target
are what MSELoss takes.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.proposals import convert, insert, replace_spec, set_width, together
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.shared_source import also_for_others
from graph_editor.checking.shifted_text import is_shifted
from graph_editor.checking.targets import (
    are_known_measurements,
    are_measurements,
    by_squares,
    leaves_unit,
    many_classes,
)
from graph_editor.checking.value_range import span_at
from graph_editor.checking.walk import facts_of, width_before
from graph_editor.checking.whole import to_whole, unlike_whole
from graph_editor.checking.words import label, product, shape, sizes, title
from graph_editor.document.model import Arg, Slice

CODE = "class-target"
RANK = 30
LOSSES = ("nn.CrossEntropyLoss", "nn.NLLLoss")
MARGIN = "nn.MultiMarginLoss"
"""A loss of classes too, whose target torch tells in words of its own where its dtype is wrong."""
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the target is neither class numbers nor probabilities for the logits."""
    site = failure.site
    logits, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in (*LOSSES, MARGIN) or not logits or target is None:
        return None
    dtype = site.inputs["target"].dtype
    wanted = labels_for(logits)
    if site.node.spec == MARGIN and (len(logits) != 2 or target == wanted):
        return None
    if target == logits and site.node.spec == "nn.CrossEntropyLoss" and dtype in FLOATS:
        return None
    if len(logits) == 1 and target == logits and target != (1,):
        return _one_score(site, context)
    if target == wanted or (len(logits) == 1 and target == (1,)):
        return _dtype(site, dtype, context)
    message = (
        f"{title(site)} {label(site)} gets logits {site.shown('input')}, so target has to have the "
        f"shape {_labels_shown(site, wanted)}, one class number each; it is "
        f"{site.shown('target')} {dtype}."
    )
    found = _proposals(site, logits, target, context)
    proposals = tuple(also_for_others(found, site, "target", context, _refuses))
    return Diagnosis(CODE, "error", site.address, message, "", "target", proposals)


def _refuses(other: Site, port: str) -> bool:
    """Whether another loss of classes takes a target as little as this one."""
    logits, target = sizes(other, "input"), sizes(other, "target")
    if other.node.spec not in LOSSES or port != "target" or not logits or target is None:
        return False
    return target != labels_for(logits) or other.inputs["target"].dtype not in ("int64", "uint8")


def labels_for(logits: Shape) -> Shape:
    """Return the shape of class numbers for logits: theirs without the class axis."""
    return () if len(logits) == 1 else (logits[0], *logits[2:])


def _labels_shown(site: Site, wanted: Shape) -> str:
    known = site.symbolic.get("input") or site.inputs["input"]
    return shape(known.shape[:1] + known.shape[2:] if len(known.shape) > 1 else wanted)


def _dtype(site: Site, dtype: str, context: Context) -> Diagnosis | None:
    if dtype in ("int64", "uint8"):
        return None
    message = (
        f"target of {title(site)} {label(site)} holds {dtype} ({site.shown('target')}), and class "
        f"numbers for logits {site.shown('input')} have to be int64."
    )
    found = _of_noise(site, context) or to_whole(site, "target", context)
    if not found:
        message += _what_labels_are(site, context)
    proposals = tuple(also_for_others(found, site, "target", context, _refuses))
    if _is_one_number(site, context):
        message += " One number for each sample and measurements as target are for MSELoss."
        proposals = _of_measurements(site)
    return Diagnosis(CODE, "error", site.address, message, "", "target", proposals)


def _what_labels_are(site: Site, context: Context) -> str:
    """Tell of a target that holds no class numbers what is wanted instead."""
    other = unlike_whole(site, "target", context)
    return (
        f" Here {other}, and no conversion makes class numbers of them: a target names the right "
        "class of each sample, 0, 1, 2 and so on."
    )


def _is_one_number(site: Site, context: Context) -> bool:
    """Whether the network gives one number where a measurement is its target."""
    logits = site.inputs["input"].shape
    return len(logits) > 1 and logits[1] == 1 and are_measurements(site, context)


def _of_measurements(site: Site) -> tuple[Proposal, ...]:
    """Propose the loss of measurements, for a target that may lack the axis of one class."""
    instead = by_squares(site)
    if len(site.inputs["target"].shape) == len(site.inputs["input"].shape):
        return (instead,)
    add = insert(site, "target", "Tensor.unsqueeze", {"dim": 1}, "add an axis to target")
    words = f"{instead.title}, and add an axis of size 1 to target"
    return (together(instead, add, title=words),)


def _of_noise(site: Site, context: Context) -> list[Proposal]:
    """Propose that made-up data gives labels, which normal numbers are not when made whole."""
    span, logits = span_at(site, "target", context), site.inputs["input"].shape
    classes = logits[1] if len(logits) > 1 else logits[0]
    if span is None or not span.is_noise or not isinstance(classes, int) or classes < 2:
        return []
    told = with_classes(span.source, classes, context)
    return [] if told is None else [told]


def _one_score(site: Site, context: Context) -> Diagnosis:
    """Tell the loss of classes that a single score for each sample is none for each class."""
    message = (
        f"{title(site)} {label(site)} needs a score for each class, and {site.shown('input')} "
        "arrives: one number for each sample. For a yes or no there is BCEWithLogitsLoss, for "
        "measurements MSELoss."
    )
    binary = replace_spec(site, "nn.BCEWithLogitsLoss", without=tuple(site.node.args))
    both = together(
        binary,
        convert(site, "target", "float32"),
        title="Use BCEWithLogitsLoss instead, and convert target to float32",
    )
    proposals = () if many_classes(site, context) else (both,)
    if are_measurements(site, context):
        doubted = (both,) if leaves_unit(site, context) is None else ()
        proposals = (by_squares(site), *doubted)
    return Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _proposals(site: Site, logits: Shape, target: Shape, context: Context) -> list[Proposal]:
    wanted = labels_for(logits)
    found: list[Proposal] = []
    if target == logits and _is_one_number(site, context):
        return list(_of_measurements(site))
    maker = width_before(site, "input", -1, context)
    if maker and target == (*logits[:1], 1) and are_known_measurements(site, context):
        instead, width = by_squares(site), set_width(maker, 1, context)
        words = f"{instead.title}, and {width.title[0].lower()}{width.title[1:]}"
        return [together(instead, width, title=words)]
    for axis, size in enumerate(target):
        if size == 1 and target[:axis] + target[axis + 1 :] == wanted:
            squeeze = insert(
                site, "target", "Tensor.squeeze", {"dim": axis}, f"Drop axis {axis} of target"
            )
            found.append(squeeze)
            noise = _of_noise(site, context)
            if not noise and site.inputs["target"].dtype not in ("int64", "uint8"):
                both = "Drop the axis of size 1 and convert target to int64"
                whole = to_whole(site, "target", context)
                found += [together(squeeze, each, title=both) for each in whole]
            for told in noise:
                both = f"Drop the axis of size 1 and {told.title[0].lower()}{told.title[1:]}"
                found.append(together(squeeze, told, title=both))
    if target == logits:
        words = "Turn one-hot rows into class numbers"
        found.append(insert(site, "target", "torch.argmax", {"dim": 1}, words))
        if not many_classes(site, context):
            found.append(convert(site, "target", "float32"))
    found += _other_logits(site, logits, target)
    found += _steps_of_words(site, logits, target, context) or _cut(site, logits, target, context)
    rows = len(target) == len(logits) == 2 and target[0] == logits[0]
    if maker is not None and rows and target[1] > 1:
        found.append(set_width(maker, target[1], context))
    return found


def _steps_of_words(site: Site, logits: Shape, target: Shape, context: Context) -> list[Proposal]:
    """Propose to move classes that stand last, and to leave steps out where one side has more.

    The data say how many classes there are, so that they can be told from the steps.
    """
    facts = facts_of(site, "target", context)
    classes = facts.classes if facts is not None else None
    if len(logits) != 3 or len(target) != 2 or classes is None or logits[0] != target[0]:
        return []
    steps, labels = logits[1], target[1]
    if logits[2] < classes or steps >= classes or not is_shifted(site, steps, labels, context):
        return []
    words = "Move the classes from the last axis to the second"
    turn = insert(site, "input", "Tensor.transpose", {"dim0": 1, "dim1": 2}, words)
    index: dict[str, Arg] = {"index": (Slice(), Slice(None, labels))}
    port, which = "input", f"the last of the {steps} steps out of the logits"
    if steps < labels:
        index = {"index": (Slice(), Slice(1, None))}
        port, which = "target", f"the first of the {labels} steps out of target"
    cut = insert(site, port, "op.getitem", index, "")
    return [together(cut, turn, title=f"{words}, and leave {which}")]


def _cut(site: Site, logits: Shape, target: Shape, context: Context) -> list[Proposal]:
    """Propose to bring maps or steps to one size, or to merge all axes of the target."""
    wanted = labels_for(logits)
    if len(logits) == 2 and len(target) > 1 and product(target) == logits[0] != target[0]:
        words = "Merge all axes of the target too"
        return [insert(site, "target", "torch.flatten", {}, words)]
    if len(target) != len(wanted) or target[:1] != wanted[:1] or target == logits[:-1]:
        return []  # or the classes stand last
    if len(target) == 3:
        words = f"Resize the logits to {shape(target[1:])}"
        return [insert(site, "input", "F.interpolate", {"size": target[1:]}, words)]
    if len(target) != 2:
        return []
    steps, labels = wanted[1], target[1]
    if not is_shifted(site, steps, labels, context):
        return []
    if steps > labels:
        index: dict[str, Arg] = {"index": (Slice(), Slice(), Slice(None, labels))}
        words = f"Leave the last of the {steps} steps out of the logits"
        return [insert(site, "input", "op.getitem", index, words)]
    index = {"index": (Slice(), Slice(1, None))}
    words = f"Leave the first of the {labels} steps out of the target"
    return [insert(site, "target", "op.getitem", index, words)]


def _other_logits(site: Site, logits: Shape, target: Shape) -> list[Proposal]:
    """Propose to move the class axis to its place, or to drop what stands after it."""
    found: list[Proposal] = []
    if len(logits) > 2 and logits[:-1] == target:
        order: dict[str, Arg] = {"args": (0, len(logits) - 1, *range(1, len(logits) - 1))}
        words = "Move the classes from the last axis to the second"
        found.append(insert(site, "input", "Tensor.permute", order, words))
    if len(logits) > 2 and target == logits[:1] and set(logits[2:]) == {1}:
        words = "Flatten the logits from axis 1"
        found.append(insert(site, "input", "nn.Flatten", {}, words))
    places = set(logits[2:])
    if len(logits) > 2 and target == logits[:1] and places != {1} and 0 not in places:
        args: dict[str, Arg] = {"dim": 2 if len(logits) == 3 else tuple(range(2, len(logits)))}
        words = f"Take the mean of the logits over {shape(logits[2:])} places"
        if site.node.spec == "nn.CrossEntropyLoss":
            found.append(insert(site, "input", "torch.mean", args, words))
    if len(logits) > 2 and target == (product(logits[:-1]),):
        words = "Merge all axes of the logits but the classes"
        merged: dict[str, Arg] = {"start_dim": 0, "end_dim": -2}
        found.append(insert(site, "input", "Tensor.flatten", merged, words))
    for axis in range(1, len(logits)):
        left = logits[:axis] + logits[axis + 1 :]
        if logits[axis] == 1 and labels_for(left) == target:
            words = f"Drop axis {axis} of the logits"
            found.append(insert(site, "input", "Tensor.squeeze", {"dim": axis}, words))
    return found
