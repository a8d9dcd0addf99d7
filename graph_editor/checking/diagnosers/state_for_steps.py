"""The last state of a recurrent layer that another one reads as if it were a sequence.

What it does: where a loss gets no row for each sample, looks for a recurrent layer with
`batch_first=True` whose `input` comes from `h_n` or `c_n` of another.

Why it matters: `output` of a recurrent layer has every step, `B×T×H`; `h_n` only the last one, and
the layers in front, `layers×B×H`, whatever `batch_first` says. A layer that reads it with the
samples first runs over the samples.

Example: `LSTM → h_n → LSTM(batch_first=True) → output[:, -1]`.
Better: `LSTM → output → LSTM(batch_first=True) → output[:, -1]`.

Fix: leads the wire from `output`.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.picks_sample import THROUGH
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site, Source
from graph_editor.checking.proposals import connect
from graph_editor.checking.walk import ELEMENTWISE, chain_before, first_port, source_of
from graph_editor.checking.words import holds_batch, label, shape, title

CODE = "state-for-steps"
RANK = 13  # before what is said of the index behind it
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")
STATES = ("h_n", "c_n")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the wire from a last state into the input of a layer for sequences."""
    site = failure.site
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if not site.node.spec.endswith("Loss") or given is None or target is None or not target.shape:
        return None
    if not holds_batch(target.shape[0]) or given.shape[:1] == target.shape[:1]:
        return None
    for layer in chain_before(site, "input", context, THROUGH):
        if layer.node.spec in RECURRENT and layer.value("batch_first"):
            found = _from_state(layer, context)
            return None if found is None else _diagnosis(site, layer, *found, context)
    return None


def _from_state(layer: Site, context: Context) -> tuple[Site, Source] | None:
    """Return the node that reads a last state which arrives at a layer, and that state."""
    reader = layer
    for maker in chain_before(layer, "input", context, ELEMENTWISE):
        source = source_of(reader, first_port(reader), context)
        if maker.node.spec in RECURRENT:
            is_state = source is not None and source.port in STATES
            return (reader, source) if source is not None and is_state else None
        reader = maker
    return None


def _diagnosis(
    loss: Site, layer: Site, reader: Site, state: Source, context: Context
) -> Diagnosis | None:
    maker, known = context.sites[state.address], layer.symbolic.get("input")
    if known is None or len(known.shape) != 3 or holds_batch(known.shape[0]):
        return None
    every = context.types.get(f"{state.address}.output")
    steps = f", {shape(every.shape)}" if every is not None else ""
    message = (
        f"{title(layer)} {label(layer)} gets {state.port} of {label(maker)}, {known.text()}: the "
        "last state alone, with the layers in front, so that it runs over the samples as if they "
        f"were steps. {loss.shown('input')} reaches {title(loss)} {label(loss)} in the end, and "
        f"its target is {loss.shown('target')}. output of {label(maker)} has all steps{steps}."
    )
    port = first_port(reader)
    led = reader.sources.get(port)
    fixes: tuple[Proposal, ...] = ()
    if led is not None and led.port in STATES and maker.block == reader.block:
        words = f"Take output of {label(maker)} instead of {state.port}"
        fixes = (connect(reader, port, maker.id, "output", words),)
    return Diagnosis(CODE, "error", reader.address, message, "", port, fixes)
