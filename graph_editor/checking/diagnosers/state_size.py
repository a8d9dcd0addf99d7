"""A first state of a recurrent layer that has another shape than the layer needs.

What it does: compares what enters `hx` with layers × batch × `hidden_size`, twice as many layers in
both directions.

Why it matters: every layer begins each sequence with a state of its own. A state that is made for a
fixed number of samples fails at the last, smaller batch.

Example: `LSTM(24, 64)` with zeros of `1×32×64`.
Better: nothing at `hx`: the layer begins with zeros of the right shape itself.

Fix: the sizes of the state where it is made, what the layer says of itself, or the last state of
the layer whose output was taken for one; zeros for the cell state of an LSTM that gets the state of
a GRU.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import SHAPES, argument_of
from graph_editor.checking.proposals import (
    connect,
    free_id,
    insert,
    replace_spec,
    set_to,
    together,
)
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import site_before
from graph_editor.checking.words import label, number, shape, sizes, title
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import Expr, Graph, InPort, Node, NodeId, OutPort, PortPath

CODE = "first-state"
RANK = 35
Shapes = tuple[tuple[int, ...], tuple[int, ...]]
"""Of the hidden state, and of the cell state."""
CELLS = ("nn.RNNCell", "nn.LSTMCell", "nn.GRUCell")
LAYERS = ("nn.RNN", "nn.LSTM", "nn.GRU")
TWO_STATES = ("nn.LSTM", "nn.LSTMCell")
STATES = {"nn.RNN": ("h_n",) * 2, "nn.GRU": ("h_n",) * 2, "nn.LSTM": ("h_n", "c_n")}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak of the first state that does not fit: at what makes it, where it says its sizes."""
    site = failure.site
    ports = [port for port in site.inputs if port.startswith("hx")]
    wanted = _wanted(site)
    if wanted is None:
        return None
    if ports == ["hx"] and site.node.spec in TWO_STATES:
        return _one_state(site)
    for port in ports:
        arriving, goal = sizes(site, port), wanted[port == "hx[1]"]
        if arriving is None or arriving == goal:
            continue
        named = _named(site, goal)
        message = (
            f"{title(site)} {label(site)} begins with the state at {port}, {site.shown(port)}, and "
            f"it needs {shape(named)}: {'' if len(named) == 2 else 'layers times directions, '}"
            "samples, numbers."
        )
        maker = _maker(site, port, context)
        told = _told(site, ports, wanted, context) if maker is not None else None
        proposals = [told] if told is not None else []
        proposals += _others(site, port, (arriving, goal), context)
        if (last := _last_states(site, ports)) is not None:
            proposals.append(last)
        if maker is None:
            return Diagnosis(CODE, "error", site.address, message, "", port, tuple(proposals))
        argument = argument_of(maker)
        return Diagnosis(CODE, "error", maker.address, message, argument, "", tuple(proposals))
    return None


def _one_state(site: Site) -> Diagnosis:
    """Tell an LSTM that gets one state that it begins with two."""
    message = (
        f"{title(site)} {label(site)} begins with two states, the hidden state at hx[0] and the "
        f"cell state at hx[1]; one arrives, {site.shown('hx')} at hx."
    )
    fixes = (with_zeros(site), replace_spec(site, site.node.spec.replace("LSTM", "GRU")))
    return Diagnosis(CODE, "error", site.address, message, "", "hx", fixes)


def with_zeros(site: Site) -> Proposal:
    """Propose that the state which arrives is the hidden one, and zeros are the cell state."""

    def edit(graph: Graph) -> Graph:
        hidden, cell = (InPort(site.id, PortPath(f"hx[{k}]")) for k in range(2))
        source = graph.wires[InPort(site.id, PortPath("hx"))]
        graph = wires.move_wire(graph, InPort(site.id, PortPath("hx")), hidden)
        zeros = free_id(graph, "zeros_like")
        graph = nodes.add_node(graph, zeros, Node("torch.zeros_like"))
        graph = wires.connect(graph, source, InPort(zeros, PortPath("input")))
        return wires.connect(graph, OutPort(zeros, "output"), cell)

    words = "Begin with it as the hidden state, and with zeros as the cell state"
    return Proposal(
        f"{site.address}:two-states", words, lambda p: projects.in_block(p, site.block, edit)
    )


def _last_states(site: Site, ports: list[str]) -> Proposal | None:
    """Propose the last states of a recurrent layer whose output is taken for them."""
    steps = []
    for port in ports:
        source, known = site.sources.get(port), STATES.get(site.node.spec, ())
        if source is None or source.port != "output" or not known:
            return None
        state, start = known[port == "hx[1]"], NodeId(source.address.rpartition("/")[2])
        steps.append(connect(site, port, start, state, f"Take {state} of “{start}”"))
    return together(*steps, title=" and ".join(step.title for step in steps)) if steps else None


def _named(site: Site, goal: tuple[int, ...]) -> tuple[Dim, ...]:
    """Return the shape of a state with the name of the number of samples."""
    known = site.symbolic.get("input") or site.inputs["input"]
    if site.node.spec in CELLS:
        return (known.shape[0], goal[1])
    return (goal[0], known.shape[0 if site.value("batch_first") else 1], *goal[2:])


def _maker(site: Site, port: str, context: Context) -> Site | None:
    """Return what makes a state of sizes that it says itself."""
    before = site_before(site, port, context)
    return before if before is not None and before.node.spec in SHAPES else None


def _told(site: Site, ports: list[str], wanted: Shapes, context: Context) -> Proposal | None:
    """Propose the right sizes where states are made, for all that do not have them."""
    found: list[Proposal] = []
    for port in ports:
        goal, maker = wanted[port == "hx[1]"], _maker(site, port, context)
        if sizes(site, port) == goal:
            continue
        if maker is None:
            return None
        to = tuple(Expr(d) if isinstance(d, str) else d for d in _named(site, goal))
        told = set_to(maker, argument_of(maker), to, of=label(maker))
        found += [told] if told.id not in {p.id for p in found} else []
    first, *others = found
    both = " and ".join(p.title if p is first else p.title[0].lower() + p.title[1:] for p in found)
    return together(first, *others, title=both) if others else first


def _others(site: Site, port: str, shapes: Shapes, context: Context) -> Iterator[Proposal]:
    """Yield what the layer itself may say, or the one before it, or another order of axes."""
    arriving, goal = shapes
    if arriving[:-1] == goal[:-1]:
        yield set_to(site, "hidden_size", arriving[-1])
    if len(arriving) == 3 and (arriving[1], arriving[0], arriving[2]) == goal:
        words = f"Swap the first two axes of {port}"
        yield insert(site, port, "Tensor.transpose", {"dim0": 0, "dim1": 1}, words)
    if len(arriving) == 2 and arriving == goal[1:] and goal[0] == 1:
        words = f"Add an axis for the one layer in front of {port}"
        yield insert(site, port, "Tensor.unsqueeze", {"dim": 0}, words)
    if len(arriving) == 3 and arriving[1:] == goal[1:]:
        ways = 2 if site.value("bidirectional") else 1
        if ways == 2 and 2 * arriving[0] == goal[0]:
            yield set_to(site, "bidirectional", False)
        if arriving[0] == 2 * goal[0] and ways == 1:
            giver = site_before(site, port, context)
            if giver is not None and giver.value("bidirectional") is True:
                yield set_to(giver, "bidirectional", False, of=label(giver))
            yield set_to(site, "bidirectional", True)
        if arriving[0] % ways == 0:
            yield set_to(site, "num_layers", arriving[0] // ways)


def _wanted(site: Site) -> Shapes | None:
    """Return the shapes of the hidden state and of the cell state that a batch needs."""
    arriving, hidden = sizes(site, "input"), number(site.value("hidden_size"))
    layers = number(site.value("num_layers"))
    if site.node.spec in CELLS and arriving and len(arriving) == 2 and hidden is not None:
        return (arriving[0], hidden), (arriving[0], hidden)
    if site.node.spec not in LAYERS or not arriving or len(arriving) != 3 or hidden is None:
        return None
    samples = arriving[0 if site.value("batch_first") else 1]
    count = (layers or 1) * (2 if site.value("bidirectional") else 1)
    shown = number(site.value("proj_size")) or hidden
    return (count, samples, shown), (count, samples, hidden)
