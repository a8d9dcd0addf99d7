"""A dtype that an operation is not defined for, or two that do not go together.

What it does: asks the rules that were found by running every common operation with every dtype.

Why it matters: weights are float32, and torch multiplies equal dtypes only; many functions are not
defined for whole numbers.

Example: `Linear(8, 2)` on `B×8` int64.
Better: the same after `.float()`.

Fix: a conversion in the wire; to places or labels only of what is known to be whole. Numbers of
words may be looked up in an Embedding as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.named_sizes import named_inputs
from graph_editor.checking.proposals import convert, insert, let_infer, set_to, together
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.rules import COMPLEX, FLOATS, INTEGERS, RuleFailure
from graph_editor.checking.shared_source import for_all
from graph_editor.checking.value_range import span_at
from graph_editor.checking.walk import facts_of
from graph_editor.checking.whole import unlike_whole
from graph_editor.checking.words import label, number, title
from graph_editor.document.model import Arg, FrozenMap, Name

CODE = "dtype"
RANK = 60
FEATURES = {
    "nn.Linear": "in_features",
    "nn.GRU": "input_size",
    "nn.LSTM": "input_size",
    "nn.RNN": "input_size",
}
"""Layers that numbers of words are given to by mistake, and what says how many they take."""
WIDTH = 16
"""So many numbers an Embedding gives for each word, where nothing else says it."""
ONE_KIND = {
    "torch.mean": (("input",), FLOATS | COMPLEX, "float32"),
    "torch.where": (("condition",), frozenset({"bool"}), "bool"),
    "Tensor.masked_fill": (("mask",), frozenset({"bool"}), "bool"),
    "torch.gather": (("index",), frozenset({"int64"}), "int64"),
    "F.one_hot": (("tensor",), frozenset({"int64"}), "int64"),
    "nn.CTCLoss": (("input_lengths", "target_lengths"), INTEGERS, "int64"),
}
"""Ports that take some dtypes only, as torch's dry run knows by itself: no rule has to say it."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Say which port holds a wrong dtype, and to what to convert it."""
    site = failure.site
    if site.spec is None or failure.phase == "construct":
        return None
    found = check_call(site.spec, site.args, named_inputs(site), failure.training)
    if found is None:
        found = refused_kind(site)
    if found is None or not found.wants:
        return None
    if found.port not in site.inputs:
        text = f"{title(site)} {label(site)} needs a tensor at {found.port}, and a size, which is "
        text += f"one plain number, arrives there. Wire a tensor of {found.wants} to it."
        return Diagnosis(CODE, "error", site.address, text, "", found.port)
    shown = site.shown(found.port)
    message = f"{label(site)}: {found.message} ({shown}). It has to be {found.wants}."
    other = unlike_whole(site, found.port, context) if "int" in found.wants else ""
    if other:
        message += (
            f" Here {other}, and no conversion makes places or labels of them: these count from 0."
        )
        told = (*_labels(site, found.port, context), *_declared(site, found, context))
        return Diagnosis(CODE, "error", site.address, message, "", found.port, told)
    proposals = _conversions(site, found, failure.training)
    single = convert(site, found.port, found.wants)
    wants = found.wants

    def refuses(other: Site, port: str) -> bool:
        if other.spec is None:
            return False
        refused = check_call(other.spec, other.args, other.inputs, failure.training)
        return refused is not None and (refused.port, refused.wants) == (port, wants)

    proposals = [*for_all(single, site, found.port, context, refuses), *proposals]
    proposals += _declared(site, found, context)
    proposals += _looked_up(site, found.port, context)
    return Diagnosis(CODE, "error", site.address, message, "", found.port, tuple(proposals))


def _labels(site: Site, port: str, context: Context) -> Iterator[Proposal]:
    """Yield that made-up data gives labels for the scores of a loss."""
    span, scores = span_at(site, port, context), site.inputs.get("input")
    if port != "target" or span is None or not span.is_noise or scores is None:
        return
    classes = scores.shape[-1] if scores.shape else 0
    told = with_classes(span.source, classes, context) if isinstance(classes, int) else None
    if told is not None and classes != 1:
        yield told


def _looked_up(site: Site, port: str, context: Context) -> Iterator[Proposal]:
    """Yield an Embedding before a layer that gets numbers of words or the like."""
    facts, kind = facts_of(site, port, context), site.inputs.get(port)
    argument = FEATURES.get(site.node.spec)
    if argument is None or port != "input" or facts is None or facts.classes is None:
        return
    if kind is None or kind.dtype not in ("int64", "int32"):
        return
    width = number(site.node.args.get(argument)) or WIDTH
    table: dict[str, Arg] = {"num_embeddings": facts.classes, "embedding_dim": width}
    words = f"Look each of the {facts.classes} numbers up in an Embedding first"
    rows = insert(site, port, "nn.Embedding", table, words)
    yield rows
    if len(kind.shape) > 1 and site.node.spec == "nn.Linear":
        flat = insert(site, port, "nn.Flatten", {}, "")
        follow = (let_infer(site, "in_features"),) * ("in_features" in site.node.args)
        yield together(rows, flat, *follow, title=f"{words}, and flatten what comes of it")


def _declared(site: Site, found: RuleFailure, context: Context) -> tuple[Proposal, ...]:
    """Propose that an input node right before the port says the dtype that is wanted."""
    source = site.sources.get(found.port)
    before = context.sites.get(source.address) if source else None
    if before is None or before.node.spec != "io.input":
        return ()
    return (set_to(before, "dtype", Name(found.wants), of=label(before)),)


def _conversions(site: Site, found: RuleFailure, training: bool) -> list[Proposal]:
    """Propose to convert the port, and with it all others that are refused then."""
    assert site.spec is not None
    types, needed = dict(site.inputs), {found.port: found.wants}
    while needed.keys() <= types.keys():
        types |= {port: replace(types[port], dtype=dtype) for port, dtype in needed.items()}
        changed = replace(site, inputs=FrozenMap(types))
        following = check_call(site.spec, site.args, types, training) or refused_kind(changed)
        if following is None or not following.wants or following.port in needed:
            break
        needed[following.port] = following.wants
    each = [convert(site, port, dtype) for port, dtype in needed.items()]
    if len(each) == 1:
        return each
    titles = [each[0].title, *(p.title[0].lower() + p.title[1:] for p in each[1:])]
    return [together(*each, title=" and ".join(titles))]


def refused_kind(site: Site) -> RuleFailure | None:
    """Return what is wrong with the dtype at a port that takes only some; None if it is right."""
    ports, taken, wanted = ONE_KIND.get(site.node.spec, ((), frozenset(), ""))
    for port in ports:
        arriving = site.inputs.get(port)
        if arriving is not None and arriving.dtype not in taken:
            message = f"{port} of {title(site)} is {arriving.dtype}"
            return RuleFailure(message, port, wants=wanted)
    return None
