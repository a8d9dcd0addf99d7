"""A first state of a recurrent layer that has another shape than the layer needs.

What it does: compares what enters `hx` with layers × batch × `hidden_size`, twice as many layers in
both directions.

Why it matters: every layer begins each sequence with a state of its own. A state that is made for a
fixed number of samples fails at the last, smaller batch.

Example: `LSTM(24, 64)` with zeros of `1×32×64`.
Better: nothing at `hx`: the layer begins with zeros of the right shape itself.

Fix: the width of the state, or no state.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import disconnect, set_to, together
from graph_editor.checking.words import label, number, shape, sizes, title

CODE = "first-state"
RANK = 35
LAYERS = ("nn.RNN", "nn.LSTM", "nn.GRU")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first state that does not fit."""
    site = failure.site
    ports = [port for port in site.inputs if port.startswith("hx")]
    wanted = _wanted(site)
    for port in ports if wanted is not None else ():
        arriving = sizes(site, port)
        if arriving is None or wanted is None or arriving == wanted[port == "hx[1]"]:
            continue
        message = (
            f"{title(site)} {label(site)} begins with the state at {port}, {site.shown(port)}, and "
            f"it needs {shape(wanted[port == 'hx[1]'])} for this batch (layers, samples, numbers)."
        )
        first, *others = (disconnect(site, p, f"Begin with zeros at {p}") for p in ports)
        zeros = together(first, *others, title="Begin with zeros, as it does by itself")
        proposals = [zeros]
        if arriving[:-1] == wanted[port == "hx[1]"][:-1]:
            proposals.insert(0, set_to(site, "hidden_size", arriving[-1]))
        return Diagnosis(CODE, "error", site.address, message, "", port, tuple(proposals))
    return None


def _wanted(site: Site) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the shapes of the hidden state and of the cell state that a batch needs."""
    arriving, hidden = sizes(site, "input"), number(site.value("hidden_size"))
    layers = number(site.value("num_layers"))
    if site.node.spec not in LAYERS or not arriving or len(arriving) != 3 or hidden is None:
        return None
    samples = arriving[0 if site.value("batch_first") else 1]
    count = (layers or 1) * (2 if site.value("bidirectional") else 1)
    shown = number(site.value("proj_size")) or hidden
    return (count, samples, shown), (count, samples, hidden)
