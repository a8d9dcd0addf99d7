"""The last state of a recurrent layer that another layer reads as if it were a sequence.

What it does: where a loss gets no row for each sample, looks for a recurrent layer, an attention to
itself or an encoder with `batch_first=True`, whose input comes from `h_n` or `c_n` of another.

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
from graph_editor.checking.proposals import connect, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before, first_port, source_of
from graph_editor.checking.words import holds_batch, label, shape, title

CODE = "state-for-steps"
RANK = 13  # before what is said of the index behind it
READING = {
    **{f"nn.{name}": ("input",) for name in ("RNN", "LSTM", "GRU")},
    "nn.MultiheadAttention": ("query", "key", "value"),
    "nn.TransformerEncoderLayer": ("src",),
}
"""Ports at which a layer reads a sequence: all of them the same one."""
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")
STATES = ("h_n", "c_n")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the wire from a last state into the input of a layer for sequences."""
    site = failure.site
    layer = reading(site, context)
    found = None if layer is None else _from_state(layer, context)
    return None if layer is None or found is None else _diagnosis(site, layer, *found, context)


def reading(loss: Site, context: Context) -> Site | None:
    """Return the layer that reads a last state as steps, where a loss lacks a row for a sample."""
    given, target = loss.symbolic.get("input"), loss.symbolic.get("target")
    if not loss.node.spec.endswith("Loss") or given is None or target is None or not target.shape:
        return None
    if not holds_batch(target.shape[0]) or given.shape[:1] == target.shape[:1]:
        return None
    for layer in chain_before(loss, "input", context, THROUGH):
        reads = layer.node.spec in READING and layer.value("batch_first")
        if reads and _from_state(layer, context) is not None:
            return layer
    return None


def _from_state(layer: Site, context: Context) -> tuple[Site, str, Source] | None:
    """Return the node and port that read a last state which arrives at a layer, and that state."""
    port, *others = READING[layer.node.spec]
    if any(layer.sources.get(other) != layer.sources.get(port) for other in others):
        return None
    reader = layer
    for maker in chain_before(layer, port, context, ELEMENTWISE):
        source = source_of(reader, port, context)
        if maker.node.spec in RECURRENT:
            is_state = source is not None and source.port in STATES
            return (reader, port, source) if source is not None and is_state else None
        reader, port = maker, first_port(maker)
    return None


def _diagnosis(
    loss: Site, layer: Site, reader: Site, port: str, state: Source, context: Context
) -> Diagnosis | None:
    first = READING[layer.node.spec][0]
    maker, known = context.sites[state.address], layer.symbolic.get(first)
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
    led = reader.sources.get(port)
    fixes: tuple[Proposal, ...] = ()
    if led is not None and led.port in STATES and maker.block == reader.block:
        words = f"Take output of {label(maker)} instead of {state.port}"
        ports = READING[layer.node.spec] if reader is layer else (port,)
        wires = [connect(reader, each, maker.id, "output", words) for each in ports]
        fixes = (together(wires[0], *wires[1:], title=words),)
    return Diagnosis(CODE, "error", reader.address, message, "", port, fixes)
