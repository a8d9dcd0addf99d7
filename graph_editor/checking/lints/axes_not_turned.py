"""A Conv1d along the features of a sequence, or a recurrent layer along features or channels.

What it does: compares two layers with nothing but curves, norms and dropouts between them, or one
transpose before a recurrent layer. An Embedding, a recurrent layer or a layer of a Transformer
gives `B×steps×features`; a Conv1d takes `B×channels×steps` and gives the same. It does not speak
of a kernel of 1, which mixes steps on purpose, of groups, nor of fewer than five steps, which may
be parts of one thing.

Why it matters: torch cannot know which axis is which. A kernel that runs along the features of one
step compares numbers that have no order, and each step has weights of its own; a recurrent layer
that runs along channels reads them as if they followed each other. All shapes fit.

Example: `Embedding(50, 16) → Conv1d(9, 8, 3)` of texts of 9 words.
Better: `Embedding(50, 16) → transpose(1, 2) → Conv1d(16, 8, 3)`.

Fix: lets axes 1 and 2 change places before the layer.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, let_infer, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before
from graph_editor.checking.words import label, per_axis, title

CODE = "axes-not-turned"
CONVOLUTION = "nn.Conv1d"
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")
STEPWISE = {
    "nn.Embedding": "output",
    **dict.fromkeys(
        (*RECURRENT, "nn.TransformerEncoderLayer", "nn.TransformerDecoderLayer"), "output"
    ),
    "nn.MultiheadAttention": "attn_output",
}
"""Specs that give a row of features for each step, and the port at which they do."""
POOLS = frozenset({"nn.MaxPool1d", "nn.AvgPool1d"})
WIDTH = {CONVOLUTION: "in_channels", **dict.fromkeys(RECURRENT, "input_size")}
LEAST = 5
"""So many steps at least are taken for a sequence."""
Dims = tuple[Dim, ...]


def _find(site: Site, context: Context) -> Iterator[Told]:
    arriving = site.symbolic.get("input")
    if arriving is None or len(arriving.shape) != 3 or arriving.shape[0] != "B":
        return
    if any(isinstance(size, int) and size < LEAST for size in arriving.shape[1:]):
        return
    message = _message(site, tuple(arriving.shape), context)
    if message:
        words = "Let axes 1 and 2 change places before it"
        turn = insert(site, "input", "Tensor.transpose", {"dim0": 1, "dim1": 2}, words)
        fixes = (_following(site, turn),)
        diagnosis = Diagnosis(CODE, "warning", site.address, message, "", "input", fixes)
        yield from of(site, [diagnosis])


def _message(site: Site, shape: Dims, context: Context) -> str:
    if site.node.spec == CONVOLUTION:
        return _of_convolution(site, shape, context) if _is_wide(site) else ""
    return _of_recurrent(site, shape, context) if site.value("batch_first") is True else ""


def _is_wide(site: Site) -> bool:
    """Whether a convolution sees several places at once, and all channels together."""
    kernel = per_axis(site.value("kernel_size"), 1)
    return kernel is not None and kernel[0] > 1 and site.value("groups") == 1


def _of_convolution(site: Site, shape: Dims, context: Context) -> str:
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if maker is None or maker.node.spec not in STEPWISE or maker.node.repeat is not None:
        return ""
    made = context.types.get(f"{maker.address}.{STEPWISE[maker.node.spec]}")
    first = maker.value("batch_first")
    if made is None or tuple(made.shape) != shape or first is False:
        return ""
    return (
        f"{title(site)} {label(site)} takes axis 1 of {site.shown('input')} for its channels, and "
        f"runs along axis 2. {title(maker)} {label(maker)} gives a row of {shape[2]} features for "
        f"each of {shape[1]} steps: axis 1 is the sequence, and features have no order."
    )


def _of_recurrent(site: Site, shape: Dims, context: Context) -> str:
    turned = _of_turned(site, shape, context)
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE | POOLS))
    if turned or maker is None or maker.node.spec != CONVOLUTION or not _is_wide(maker):
        return turned
    made = context.types.get(f"{maker.address}.output")
    if made is None or maker.node.repeat is not None or tuple(made.shape[:2]) != shape[:2]:
        return ""
    return (
        f"{title(site)} {label(site)} takes axis 1 of {site.shown('input')} for the steps of a "
        f"sequence, and {title(maker)} {label(maker)} gives its {shape[1]} channels there: it runs "
        f"along axis 2, which is the sequence then."
    )


def _of_turned(site: Site, shape: Dims, context: Context) -> str:
    """Return what is said of a sequence whose steps and features have changed places once."""
    makers = [*chain_before(site, "input", context, ELEMENTWISE | TURNS)]
    turns = [maker for maker in makers if maker.node.spec in TURNS]
    if len(turns) != 1 or makers[-1].node.spec not in STEPWISE:
        return ""
    maker = makers[-1]
    made = context.types.get(f"{maker.address}.{STEPWISE[maker.node.spec]}")
    batch, steps, features = shape[0], shape[2], shape[1]
    is_whole = made is not None and tuple(made.shape) == (batch, steps, features)
    if not is_whole or steps == features or maker.value("batch_first") is False:
        return ""
    return (
        f"{title(site)} {label(site)} takes axis 1 of {site.shown('input')} for the steps of a "
        f"sequence. {title(maker)} {label(maker)} gives a row of {features} features for each of "
        f"{steps} steps, and {label(turns[0])} lets them change places: it runs along features."
    )


def _following(site: Site, turn: Proposal) -> Proposal:
    """Return the edit with a layer that takes as many numbers as arrive then."""
    argument = WIDTH[site.node.spec]
    if argument not in site.node.args:
        return turn
    return together(turn, let_infer(site, argument), title=turn.title)


check = PerSubject(frozenset(WIDTH), _find, once)
