"""A loss that compares two tensors element by element, and gets shapes or dtypes that differ.

What it does: compares input and target of the losses that go element by element.

Why it matters: binary losses need equal shapes, and a target of floats; the others stretch axes of
size 1 and no other.

Example: `BCEWithLogitsLoss(B×1, B)`.
Better: `BCEWithLogitsLoss(B×1, B×1)`, or both `B`.

Fix: adds or drops an axis of size 1, converts the target, sets the width of the layer before,
resizes a map (or lets transposed convolutions give a row more), lays rows out as the target is, or
uses cross entropy where the target holds class numbers.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.laid_out import of_one_step, over_places, without_ones
from graph_editor.checking.proposals import (
    convert,
    insert,
    replace_spec,
    set_to,
    set_width,
    together,
)
from graph_editor.checking.raw_scores import are_raw
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.shared_source import also_for_others
from graph_editor.checking.targets import many_classes
from graph_editor.checking.walk import ELEMENTWISE, POOLS, WIDTHS, chain_before, width_before
from graph_editor.checking.without_shares import without_shares
from graph_editor.checking.words import label, product, shape, sizes, title

CODE = "target-does-not-fit"
RANK = 30
EQUAL = ("nn.BCELoss", "nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
STRETCHED = (
    "nn.MSELoss",
    "nn.L1Loss",
    "nn.SmoothL1Loss",
    "nn.HuberLoss",
    "nn.KLDivLoss",
    "nn.PoissonNLLLoss",
    "nn.SoftMarginLoss",
    "nn.GaussianNLLLoss",
    "nn.HingeEmbeddingLoss",
)
OF_ITS_INPUT = "nn.SoftMarginLoss"
"""A loss that stretches its target to its input, and never the other way."""
FLOAT_TARGET = ("nn.BCELoss", "nn.BCEWithLogitsLoss")
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the target does not fit what the network gives."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in (*EQUAL, *STRETCHED) or given is None or target is None:
        return None
    both = f"{site.shown('input')} and {site.shown('target')}"
    if given != target and (site.node.spec in EQUAL or _clash(site, given, target)):
        message = (
            f"{title(site)} {label(site)} compares input and target number by number, so that they "
            f"have to have one shape; their shapes are {both}."
        )
        found = _proposals(site, given, target, context)
        if many_classes(site, context):
            found = _by_classes(site, given, target, context)
        elif _is_of_another_type(site):
            message += f" Besides, target holds {site.inputs['target'].dtype}."
            found = [*(_converted(site, proposal) for proposal in found), *found]
        found = _of_scores(found, site, context)
        proposals = tuple(also_for_others(found, site, "target", context, _refuses))
        return Diagnosis(CODE, "error", site.address, message, "", "target", proposals)
    if _is_of_another_type(site):
        dtype = site.inputs["target"].dtype
        message = (
            f"target of {title(site)} {label(site)} holds {dtype} ({site.shown('target')}), and it "
            f"has to be "
            f"{site.inputs['input'].dtype} as the input."
        )
        wanted = [convert(site, "target", site.inputs["input"].dtype)]
        wanted = _of_scores(wanted, site, context)
        alike = also_for_others(wanted, site, "target", context, _refuses)
        proposals = () if many_classes(site, context) else tuple(alike)
        return Diagnosis(CODE, "error", site.address, message, "", "target", proposals)
    return None


def _of_scores(found: list[Proposal], site: Site, context: Context) -> list[Proposal]:
    """Return proposals with another loss beside each where raw scores would stop this one next."""
    if site.node.spec != "nn.BCELoss" or not are_raw(site, context):
        return found
    instead = replace_spec(site, "nn.BCEWithLogitsLoss")
    return [
        together(each, instead, title=f"{each.title}, and use BCEWithLogitsLoss instead")
        if "BCEWithLogitsLoss" not in each.title and "CrossEntropyLoss" not in each.title
        else each
        for each in found
    ]


def _refuses(other: Site, port: str) -> bool:
    """Whether another loss that goes number by number takes a target as little as this one."""
    given, target = sizes(other, "input"), sizes(other, "target")
    if other.node.spec not in (*EQUAL, *STRETCHED) or port != "target" or not given or not target:
        return False
    differ = given != target and (other.node.spec in EQUAL or _clash(other, given, target))
    return differ or _is_of_another_type(other)


def _clash(site: Site, given: Shape, target: Shape) -> bool:
    """Whether a loss that stretches one side to the other cannot."""
    longer = len(target) > len(given)
    ends = zip(reversed(given), reversed(target), strict=False)
    grows = longer or any(mine == 1 != theirs for mine, theirs in ends)
    return bool(clashes(given, target)) or (site.node.spec == OF_ITS_INPUT and grows)


def _by_classes(site: Site, given: Shape, target: Shape, context: Context) -> list[Proposal]:
    """Propose cross entropy for numbers of more than two classes, with a score for each."""
    classes = many_classes(site, context)
    labels = (given[0], *given[2:]) if len(given) > 1 else ()
    if target != labels or not labels or classes is None or "int" not in _dtype(site):
        return []
    instead = replace_spec(site, "nn.CrossEntropyLoss", without=tuple(site.node.args))
    instead = without_shares(instead, site, context)
    maker = width_before(site, "input", 1, context)
    if given[1] >= classes or maker is None:
        return [instead]
    width = set_width(maker, classes, context)
    words = f"{instead.title}, and {width.title[0].lower()}{width.title[1:]}"
    return [together(instead, width, title=words)]


def _dtype(site: Site) -> str:
    return site.inputs["target"].dtype


def _is_of_another_type(site: Site) -> bool:
    return site.node.spec in FLOAT_TARGET and site.inputs["target"].dtype not in FLOATS


def _converted(site: Site, proposal: Proposal) -> Proposal:
    """Return the proposal with a conversion of the target beside it, for two faults at once."""
    dtype = site.inputs["input"].dtype
    words = f"{proposal.title}, and convert target to {dtype}"
    return together(proposal, convert(site, "target", dtype), title=words)


def _proposals(site: Site, given: Shape, target: Shape, context: Context) -> list[Proposal]:
    found: list[Proposal] = []
    if given == (*target, 1):
        words = "Add an axis of size 1 to target"
        found.append(insert(site, "target", "Tensor.unsqueeze", {"dim": -1}, words))
        words = "Drop the last axis of input"
        found.append(insert(site, "input", "Tensor.squeeze", {"dim": -1}, words))
    for axis in range(1, len(given) - 1):
        if given[axis] == 1 and given[:axis] + given[axis + 1 :] == target:
            words = f"Add an axis of size 1 to target, as axis {axis}"
            found.append(insert(site, "target", "Tensor.unsqueeze", {"dim": axis}, words))
            words = f"Drop axis {axis} of input"
            found.append(insert(site, "input", "Tensor.squeeze", {"dim": axis}, words))
    for axis in range(1, len(target) - 1):
        if target[axis] == 1 and target[:axis] + target[axis + 1 :] == given:
            words = f"Drop axis {axis} of target"
            found.append(insert(site, "target", "Tensor.squeeze", {"dim": axis}, words))
    if target == (*given, 1):
        words = "Drop the last axis of target"
        found.append(insert(site, "target", "Tensor.squeeze", {"dim": -1}, words))
    whole = site.inputs["target"].dtype in ("int64", "uint8")  # class numbers, one for each sample
    if len(given) == 2 and given[1] > 1 and target == given[:1] and whole:
        found.append(replace_spec(site, "nn.CrossEntropyLoss", without=tuple(site.node.args)))
    if abs(len(given) - len(target)) > 1:
        found += without_ones(site, given, target)
    found += of_one_step(site, given, target, context)
    found += over_places(site, given, target)
    found += _as_laid_out(site, given, target, context)
    if len(given) == len(target) and len(_differing(given, target)) == 1:
        axis = _differing(given, target)[0]
        maker = width_before(site, "input", axis, context)
        if maker is not None:
            found.append(set_width(maker, target[axis], context))
    return found


def _differing(given: Shape, target: Shape) -> list[int]:
    return [axis for axis in range(1, len(given)) if given[axis] != target[axis]]


def _padded(site: Site, context: Context) -> list[Proposal]:
    """Propose to let transposed convolutions give a row more: the size that was halved was even."""
    through = ELEMENTWISE | POOLS | frozenset(WIDTHS)
    found = [
        set_to(maker, "output_padding", 1, of=label(maker))
        for maker in chain_before(site, "input", context, through)
        if "ConvTranspose" in maker.node.spec and maker.value("output_padding") in (0, None)
        and maker.value("stride") not in (1, (1, 1))
    ]  # fmt: skip
    if len(found) < 2:
        return found
    first, *others = found
    which = " and ".join(p.title.removeprefix("Set output_padding of ").removesuffix(" to 1")
                         for p in reversed(found))  # fmt: skip
    return [first, together(first, *others, title=f"Set output_padding of {which} to 1")]


def _as_laid_out(site: Site, given: Shape, target: Shape, context: Context) -> list[Proposal]:
    """Propose to resize a map to the target's size, or to lay a row out as the target is."""
    dims = target[1:]
    if len(given) == len(target) == 4 and given[:2] == target[:2]:
        words = f"Resize input to {shape(target[2:])}"
        resize = insert(site, "input", "F.interpolate", {"size": target[2:]}, words)
        return [*_padded(site, context), resize]
    if given[:1] != target[:1] or product(given[1:]) != product(dims):
        return []
    if len(given) == 2 and len(dims) > 1:
        words = f"Lay each row of input out as {shape(dims)}"
        return [insert(site, "input", "nn.Unflatten", {"dim": 1, "unflattened_size": dims}, words)]
    if len(dims) > 1 or len(given) <= 2:
        return []
    return [insert(site, "input", "nn.Flatten", {}, "Flatten input")]
