"""Walks backwards along wires, through blocks, to whatever made a tensor what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph_editor.catalogue.spec import PortType
from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.handed_on import (
    are_all_there,
    constant,
    fill,
    is_highest,
    is_moved,
    is_picked,
    is_replaced,
    joined_ports,
    keeps_highest,
    leaves_highest,
    united,
)
from graph_editor.checking.surely import is_run
from graph_editor.checking.switched import is_off
from graph_editor.document.model import Address, Arg, NodeId

_MODULES = (
    "CELU ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU LogSigmoid Mish "
    "PReLU ReLU ReLU6 RReLU SELU SiLU Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink "
    "Threshold Softmax LogSoftmax Softmin Softmax2d Dropout Dropout1d Dropout2d Dropout3d "
    "AlphaDropout FeatureAlphaDropout BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d "
    "InstanceNorm2d InstanceNorm3d LayerNorm GroupNorm RMSNorm"
)
_METHODS = "detach contiguous float long bool to"
_FUNCTIONS = "relu gelu silu leaky_relu softplus softmax log_softmax dropout normalize"
_OPERATIONS = "relu sigmoid tanh softmax exp log abs clamp"
_SHAPES = "flatten view reshape squeeze unsqueeze unflatten permute transpose expand repeat"
_POOLS = "MaxPool AvgPool LPPool AdaptiveAvgPool AdaptiveMaxPool"


def _named(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{prefix}.{name}" for name in names.split())


ELEMENTWISE = (
    _named("nn", _MODULES)
    | _named("Tensor", _METHODS)
    | _named("torch", _OPERATIONS)
    | _named("F", _FUNCTIONS)
)
"""Specs whose result has the shape of their first input."""
POOLS = frozenset(f"nn.{name}{n}d" for name in _POOLS.split() for n in (1, 2, 3)) | {"nn.Upsample"}
"""Specs that keep the channels and change the sizes after them."""
RESHAPES = _named("Tensor", _SHAPES) | {"nn.Flatten", "nn.Unflatten", "torch.flatten"}
"""Specs that only arrange the same values in another way."""
FLATTENING = frozenset({"Tensor.flatten", "torch.flatten", "nn.Flatten"})
PAIRED = _named("op", "add sub mul truediv")
"""Specs whose result has the shape of both their inputs, where these are alike."""
ALIKE = ELEMENTWISE | PAIRED | _named("torch", "square sqrt randn_like rand_like") | {"op.pow"}
"""Specs whose result is as large as what enters first, where nothing is stretched."""
TURNS = _named("Tensor", "transpose permute")
"""Specs that let axes change places."""
TRANSPARENT = (RESHAPES - {"Tensor.expand", "Tensor.repeat"}) | {
    "nn.Identity",
    *(f"Tensor.{name}" for name in ("detach", "contiguous", "float", "long", "to")),
}
"""Specs that change no value, at most its dtype."""
AS_THEY_STAND = TRANSPARENT - RESHAPES
"""Specs that leave each value at its place too."""
_COPY = re.compile(r"\[(\d+)\]$")


def site_before(site: Site, port: str, context: Context) -> Site | None:
    """Return the node that computed what arrives at a port: neither an interface nor a block."""
    source = source_of(site, port, context)
    return context.sites.get(source.address) if source else None


def source_of(site: Site, port: str, context: Context) -> Source | None:
    """Return the output that a port's tensor was computed at, through the borders of blocks."""
    source = site.sources.get(port)
    while source is not None:
        before = _across_border(source, context)
        if before is None:
            return source
        source = before
    return None


def _across_border(source: Source, context: Context) -> Source | None:
    """Return what stands behind an interface, a block or what is off; None for any other node."""
    site = context.sites.get(source.address)
    if site is None:
        return None
    if site.node.spec in ("io.input", "io.output"):
        return site.sources.get("input") or _outside(site, context)
    if is_off(site.node):
        return site.sources.get(first_port(site))
    inner = Address(f"{source.address}/{source.port}")
    return Source(inner, "output") if site.node.kind == "block" and inner in context.sites else None


def _outside(site: Site, context: Context) -> Source | None:
    """Return what feeds a block's input node from the graph around the block."""
    parent, _, _ = site.address.rpartition("/")
    if not parent:
        return None
    around = context.sites.get(Address(parent))
    copy = _COPY.search(parent)
    if around is None and copy and copy[1] == "0":
        around = context.sites.get(Address(_COPY.sub("", parent)))
    return around.sources.get(site.id) if around else None


def use_around(site: Site, context: Context) -> Site | None:
    """Return the use of the block that a node is drawn in, as far as the drawing alone says it."""
    *around, _ = site.address.split("/")
    key, found = "main", None
    for step in around:
        id_ = NodeId(step.partition("[")[0])
        node = context.project.block(key).graph.nodes.get(id_)
        if node is None or node.kind != "block":
            return None
        address = Address("/".join(around))
        found = Site(address, key, id_, node, context.lookup(node.spec), node.args)
        key = node.spec.partition(".")[2]
    return found


def chain_before(
    site: Site, port: str, context: Context, through: frozenset[str] = ELEMENTWISE
) -> Iterator[Site]:
    """Yield the nodes before a port, nearest first, going on only past nodes of ``through``.

    The last one is the node that is none of them.
    """
    current = site_before(site, port, context)
    seen: set[Address] = set()
    while current is not None and current.address not in seen:
        seen.add(current.address)
        yield current
        if current.node.spec not in through:
            return
        current = site_before(current, first_port(current), context)


def first_port(site: Site) -> str:
    """Return the first input port in the order of torch's signature that something feeds."""
    arguments = site.spec.arguments if site.spec else ()
    return next((a.name for a in arguments if a.name in site.sources), "input")


WIDTHS = {
    "nn.Linear": ("out_features", -1),
    "nn.Bilinear": ("out_features", -1),
    "nn.Embedding": ("embedding_dim", -1),
    "nn.LSTM": ("hidden_size", -1),
    "nn.GRU": ("hidden_size", -1),
    "nn.RNN": ("hidden_size", -1),
    **{f"nn.Conv{n}d": ("out_channels", -1 - n) for n in (1, 2, 3)},
    **{f"nn.ConvTranspose{n}d": ("out_channels", -1 - n) for n in (1, 2, 3)},
}
"""The argument that decides a size of the result, and on which axis from the end."""


PRODUCT = "op.matmul"
NEW_AXIS = ("Tensor.unsqueeze", "torch.unsqueeze")
PASSED_FOR_WIDTH = ELEMENTWISE | POOLS | PAIRED | RESHAPES | {PRODUCT}


def width_before(site: Site, port: str, axis: int, context: Context) -> tuple[Site, str] | None:
    """Return the node, and its argument, that decide the size of an axis of what arrives."""
    arriving = site.inputs.get(port)
    if arriving is None:
        return None
    from_end = axis if axis < 0 else axis - len(arriving.shape)
    maker = site_before(site, port, context)
    seen: set[Address] = set()
    while maker is not None and maker.address not in seen:
        seen.add(maker.address)
        argument, where = WIDTHS.get(maker.node.spec, ("", 0))
        if argument and where == from_end:
            return maker, argument
        if maker.node.spec not in PASSED_FOR_WIDTH:
            return None
        entering, before = _entering(maker, from_end, context)
        if not before:
            return None
        maker, from_end = site_before(maker, entering, context), before
    return None


def _entering(maker: Site, axis: int, context: Context) -> tuple[str, int]:
    """Return the port by which an axis of a result enters, and which axis it is there; 0 for none.

    Axes are counted from the end, from -1.
    """
    port, spec = first_port(maker), maker.node.spec
    if spec == PRODUCT:
        return port, axis if axis == -2 else 0  # rows alone are those of its left side
    if spec in PAIRED:
        return _longer(maker, axis), axis
    if spec in TURNS:
        return port, before_turn(maker, axis)
    if spec in RESHAPES and keeps_shape(maker, context):
        return port, axis  # as a squeeze of what has no axis of size 1
    if spec in NEW_AXIS:
        return port, before_new_axis(maker, axis)
    if spec in RESHAPES - FLATTENING:
        return port, 0
    if spec in FLATTENING and axis != -1:
        return port, _before_merged(maker, axis)
    if spec in FLATTENING:
        return port, 0 if _takes_last(maker) else axis
    return port, 0 if spec in POOLS and axis == -1 else axis


def _before_merged(flatten: Site, axis: int) -> int:
    """Return where an axis was that stands before those that a flatten merges to the end."""
    given, start = flatten.inputs.get(first_port(flatten)), flatten.value("start_dim")
    if given is None or not isinstance(start, int) or flatten.value("end_dim") != -1:
        return 0
    rank = len(given.shape)
    first = start % rank if rank else 0
    at = first + 1 + axis  # of the result, which has one axis behind the first that is merged
    return at - rank if 0 <= at < first else 0


def _longer(maker: Site, axis: int) -> str:
    """Return the port of two that an axis is not stretched at; empty where neither decides it."""
    shapes = {port: kind.shape for port, kind in maker.inputs.items()}
    if len(set(shapes.values())) < 2:
        return first_port(maker)
    long = [port for port, sizes in shapes.items() if len(sizes) >= -axis and sizes[axis] != 1]
    return long[0] if len(long) == 1 else ""


def before_new_axis(site: Site, axis: int) -> int:
    """Return where an axis of the result of an unsqueeze was before; 0 for the new one."""
    kind, dim = site.inputs.get(first_port(site)), site.value("dim")
    if kind is None or not isinstance(dim, int):
        return 0
    rank = len(kind.shape) + 1
    new = dim % rank - rank
    return 0 if axis == new else axis + (axis < new)


def keeps_shape(site: Site, context: Context) -> bool:
    """Whether a squeeze, a view or the like gives the very shape that it gets."""
    given, arriving = context.types.get(f"{site.address}.output"), site.symbolic.get("input")
    if given is None or arriving is None or "?" in given.shape:
        return False
    return given.shape == arriving.shape


def _takes_last(site: Site) -> bool:
    """Whether a flatten merges the last axis with others."""
    kind, end = site.inputs.get("input"), site.value("end_dim")
    if kind is None or not kind.shape or not isinstance(end, int):
        return True
    return end % len(kind.shape) == len(kind.shape) - 1


def before_turn(site: Site, axis: int) -> int:
    """Return where an axis of the result, counted from the end, was before axes changed places."""
    kind = site.inputs.get("input")
    rank = len(kind.shape) if kind is not None else 0
    if site.node.spec == "Tensor.permute":
        order = _whole(site.value("args"))
    else:
        order, ends = list(range(rank)), _whole((site.value("dim0"), site.value("dim1")))
        if rank and len(ends) == 2:
            one, other = (end % rank for end in ends)
            order[one], order[other] = other, one
    return order[axis] % rank - rank if rank == len(order) >= -axis else 0


def _whole(value: Arg) -> list[int]:
    """Return the whole numbers of a tuple, or of the one tuple in it; none where it has others."""
    items = value if isinstance(value, tuple) else ()
    if len(items) == 1 and isinstance(items[0], tuple):
        items = items[0]
    numbers = [item for item in items if isinstance(item, int)]
    return numbers if len(numbers) == len(items) else []


def facts_of(site: Site, port: str, context: Context) -> PortType | None:
    """Return what the data source says of the values at a port, where they reach it unchanged.

    Some of them, or those of several put together, are taken for as much.
    """
    return _said_of(source_of(site, port, context), context, len(context.sites) + 1)


def _said_of(source: Source | None, context: Context, left: int) -> PortType | None:
    if source is None or source.key in context.facts:
        return context.facts.get(source.key) if source else None
    maker = context.sites.get(source.address)
    if maker is None or left < 1:
        return None
    before = source_of(maker, first_port(maker), context)
    if maker.node.spec in TRANSPARENT:
        return _said_of(before, context, left - 1)
    made = context.types.get(source.key)
    told = is_run(maker, context) and maker.node.repeat is None
    if not told or made is None or 0 in made.shape:
        return None
    if is_moved(maker, source) or is_picked(maker, source, context):
        return _said_of(before, context, left - 1)
    if maker.node.spec == "torch.argmax":
        return _said_of_hot(maker, context, left - 1)
    if is_highest(maker, source):
        facts = _said_of(before, context, left - 1)
        return facts if facts is not None and facts.classes is not None else None
    return _said_of_parts(maker, context, left - 1)


def _said_of_hot(maker: Site, context: Context, left: int) -> PortType | None:
    """Return what is said of the labels that a node finds again where a 1 stands for each."""
    *_, hot = (None, *chain_before(maker, "input", context, AS_THEY_STAND))
    if hot is None or hot.node.spec != "F.one_hot" or not is_run(hot, context):
        return None
    made = context.types.get(f"{hot.address}.output")
    if made is None or maker.value("dim") not in (-1, len(made.shape) - 1):
        return None
    return _said_of(source_of(hot, "tensor", context), context, left)


def _said_of_product(maker: Site, context: Context, left: int) -> PortType | None:
    """Return what is said of values that a comparison keeps, or makes 0, by a product with it."""
    for kept, asked in (("input", "other"), ("other", "input")):
        *_, by = (None, *chain_before(maker, asked, context, AS_THEY_STAND | {"Tensor.bool"}))
        facts = _said_of(source_of(maker, kept, context), context, left) if by else None
        if by and facts and leaves_highest(by, facts, maker.sources.get(kept)):
            return united([facts, 0])
    return None


def _said_of_parts(maker: Site, context: Context, left: int) -> PortType | None:
    """Return what is said of values that are put together, or stand in the place of others."""
    parts: list[PortType | float | None] = []
    kept = source_of(maker, "input", context)
    if maker.node.spec == "op.mul":
        return _said_of_product(maker, context, left)
    if is_replaced(maker):
        facts = _said_of(kept, context, left)
        if facts is None or not keeps_highest(maker, facts, maker.sources.get("input"), context):
            return None
        filled = constant(site_before(maker, "other", context))
        return united([facts, fill(maker) if filled is None else filled])
    for port in joined_ports(maker) if are_all_there(maker) else ():
        part = source_of(maker, port, context)
        number = constant(context.sites.get(part.address)) if part is not None else None
        parts.append(_said_of(part, context, left) if number is None else number)
    return united(parts)


def makes_weights(address: Address, context: Context) -> bool | None:
    """Return whether there are weights at an address or below it; None where that is not known."""
    below = [
        a for a in context.sites if a == address or a.startswith((f"{address}/", f"{address}["))
    ]
    if any(context.makes.get(a) for a in below):
        return True
    return False if below and all(a in context.makes for a in below) else None
