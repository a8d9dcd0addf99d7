"""Parts of graphs that are right in themselves: each leads from a wire to another one."""

from __future__ import annotations

from collections.abc import Callable

from graph_editor.document.model import Repeat, Slice
from tests.corpus.valid_sheet import B, Sheet, layer
from tests.engine.sound_ground import Flow, Ground

Part = Callable[[Ground, Flow], Flow]
LAST = (Slice(), -1)

# --- rows --------------------------------------------------------------------------------------


def dense(ground: Ground, flow: Flow) -> Flow:
    """Put a Linear and a function that bends; of sequences, step by step."""
    width = ground.size(4, 12)
    return ground.act(ground.put(flow, "nn.Linear", (*flow.dims[:-1], width), out_features=width))


def normed(ground: Ground, flow: Flow) -> Flow:
    """Put a Linear without bias, a batch norm and a function that bends."""
    width = ground.size(4, 12)
    flow = ground.put(flow, "nn.Linear", (width,), out_features=width, bias=False)
    return ground.act(ground.put(flow, "nn.BatchNorm1d"))


def added(ground: Ground, flow: Flow) -> Flow:
    """Add two layers to the wire that goes beside them."""
    inner = dense(ground, flow)
    inner = ground.put(inner, "nn.Linear", flow.dims, out_features=flow.dims[-1])
    return ground.act(Flow(ground.sheet.put("op.add", flow.wire, inner.wire), flow.dims))


def gated(ground: Ground, flow: Flow) -> Flow:
    """Put two ways, of which one says how much of the other passes."""
    width = ground.size(4, 12)
    ways = [ground.put(flow, "nn.Linear", out_features=width).wire for _ in range(2)]
    gate = ground.sheet.put("nn.Sigmoid", ways[1])
    return Flow(ground.sheet.put("op.mul", ways[0], gate), (*flow.dims[:-1], width))


def folded(ground: Ground, flow: Flow) -> Flow:
    """Make a small image of a row."""
    channels, edge = ground.size(1, 3), ground.size(3, 6)
    count = channels * edge * edge
    flow = ground.act(ground.put(flow, "nn.Linear", (count,), out_features=count))
    return ground.put(flow, "nn.Unflatten", (channels, edge, edge), dim=1,
                      unflattened_size=(channels, edge, edge))  # fmt: skip


def chained(ground: Ground, flow: Flow) -> Flow:
    """Put copies of a block one after another, with weights of their own or the same."""
    width = flow.dims[-1]

    def inside(sheet: Sheet) -> None:
        x = sheet.entry((B, width))
        deep = sheet.line(x, layer("nn.Linear", out_features=width), "nn.ReLU")
        sheet.out(sheet.put("op.add", x, deep), "y")

    spec = ground.sheet.block(f"part{len(ground.sheet.blocks)}", inside)
    made = ground.put(flow, spec)
    shared = ground.one_in(2)
    ground.sheet.say(made.wire, repeat=Repeat(ground.size(1, 4), shared=shared))
    return made


# --- sequences ---------------------------------------------------------------------------------


def recurrent(ground: Ground, flow: Flow) -> Flow:
    """Put a recurrent layer over a whole sequence."""
    width, both = ground.size(3, 8), ground.one_in(2)
    spec = ground.random.choice(("nn.LSTM", "nn.GRU", "nn.RNN"))
    wide = (flow.dims[0], width * (1 + both))
    return ground.put(flow, spec, wide, hidden_size=width, bidirectional=both, batch_first=True,
                      num_layers=ground.size(1, 2))  # fmt: skip


def time_first(ground: Ground, flow: Flow) -> Flow:
    """Put a recurrent layer that gets time first, and turn back what it gives."""
    width = ground.size(3, 8)
    turned = ground.put(flow, "Tensor.transpose", dim0=0, dim1=1)
    deep = ground.put(turned, "nn.GRU", hidden_size=width)
    return ground.put(deep, "Tensor.transpose", (flow.dims[0], width), dim0=0, dim1=1)


def attended(ground: Ground, flow: Flow) -> Flow:
    """Put a layer of a transformer, now and then with a mask that hides what comes later."""
    heads = ground.size(1, 3)
    width = heads * ground.size(2, 4)
    steps = flow.dims[0]
    flow = ground.act(ground.put(flow, "nn.Linear", (steps, width), out_features=width))
    mask = {}
    if ground.one_in(2):
        ones = ground.sheet.put("torch.ones", size=(steps, steps))
        later = ground.sheet.put("torch.triu", ones, diagonal=1)
        mask = {"src_mask": ground.sheet.put("Tensor.bool", later)}
    args = {"nhead": heads, "dim_feedforward": ground.size(4, 12), "batch_first": True, **mask}
    return ground.put(flow, "nn.TransformerEncoderLayer", norm_first=ground.one_in(2), **args)


def looked_up(ground: Ground, flow: Flow) -> Flow:
    """Add to a sequence its attention to itself; norm the sum where it is no single number."""
    x, width = flow.wire, flow.dims[-1]
    mixed = ground.sheet.put("nn.MultiheadAttention", x, x, x, num_heads=1, batch_first=True)
    both = Flow(ground.sheet.put("op.add", x, mixed), flow.dims)
    return ground.put(both, "nn.LayerNorm", normalized_shape=width) if width != 1 else both


def slid(ground: Ground, flow: Flow) -> Flow:
    """Put a convolution along time, which stands on the last axis for as long."""
    channels = ground.size(3, 8)
    turned = ground.put(flow, "Tensor.transpose", dim0=1, dim1=2)
    deep = ground.put(turned, "nn.Conv1d", out_channels=channels, kernel_size=3, padding=1)
    bent = ground.act(deep)
    return ground.put(bent, "Tensor.transpose", (flow.dims[0], channels), dim0=1, dim1=2)


def last_step(ground: Ground, flow: Flow) -> Flow:
    """Take the last step of what a recurrent layer makes of a sequence."""
    deep = recurrent(ground, flow)
    return ground.put(deep, "op.getitem", deep.dims[-1:], index=LAST)


def last_state(ground: Ground, flow: Flow) -> Flow:
    """Take the state of the last layer, or all states, with the samples put first."""
    width, layers = ground.size(3, 8), ground.size(1, 2)
    spec = ground.random.choice(("nn.LSTM", "nn.GRU", "nn.RNN"))
    args = {"hidden_size": width, "num_layers": layers, "batch_first": True}
    state = Flow(ground.sheet.put(spec, flow.wire, **args)["h_n"], (layers, width))
    if ground.one_in(2):
        return ground.put(state, "op.getitem", (width,), index=-1)
    turned = ground.put(state, "Tensor.transpose", dim0=0, dim1=1)
    return ground.put(turned, "nn.Flatten", (layers * width,))


def averaged(ground: Ground, flow: Flow) -> Flow:
    """Make one row of a sequence: the mean, the largest or the sum over time."""
    spec = ground.random.choice(("torch.mean", "torch.amax", "torch.sum"))
    return ground.put(flow, spec, flow.dims[-1:], dim=ground.random.choice((1, -2)))


# --- images ------------------------------------------------------------------------------------


def convolved(ground: Ground, flow: Flow) -> Flow:
    """Put a convolution that keeps the size, without bias where a batch norm follows."""
    channels, reach = ground.size(2, 8), ground.size(1, 2)
    norm = ground.random.choice(("", "nn.BatchNorm2d", "nn.BatchNorm2d", "nn.GroupNorm"))
    args = {"kernel_size": 3, "padding": reach, "dilation": reach}
    flow = ground.put(flow, "nn.Conv2d", (channels, *flow.dims[1:]), out_channels=channels,
                      bias=norm != "nn.BatchNorm2d", **args)  # fmt: skip
    if norm:
        flow = ground.put(flow, norm, **({"num_groups": 1} if norm == "nn.GroupNorm" else {}))
    return ground.act(flow)


def residual(ground: Ground, flow: Flow) -> Flow:
    """Add two convolutions to the wire, which goes through a projection if it has to."""
    channels, step = ground.size(2, 8), ground.size(1, 2)
    dims = (channels, *((n - 1) // step + 1 for n in flow.dims[1:]))
    args = {"out_channels": channels, "bias": False}
    deep = ground.put(flow, "nn.Conv2d", dims, kernel_size=3, stride=step, padding=1, **args)
    deep = ground.put(ground.put(deep, "nn.BatchNorm2d"), "nn.ReLU")
    deep = ground.put(deep, "nn.Conv2d", dims, kernel_size=3, padding=1, **args)
    deep = ground.put(deep, "nn.BatchNorm2d")
    side = flow
    if dims != flow.dims:
        side = ground.put(flow, "nn.Conv2d", dims, kernel_size=1, stride=step, **args)
        side = ground.put(side, "nn.BatchNorm2d")
    return ground.act(Flow(ground.sheet.put("op.add", deep.wire, side.wire), dims))


def pooled(ground: Ground, flow: Flow) -> Flow:
    """Halve the size, rounded up or down, where there is enough of it."""
    if min(flow.dims[1:]) < 2:
        return flow
    up = ground.one_in(2)
    dims = (flow.dims[0], *((n + up) // 2 for n in flow.dims[1:]))
    spec = ground.random.choice(("nn.MaxPool2d", "nn.AvgPool2d"))
    return ground.put(flow, spec, dims, kernel_size=2, ceil_mode=up)


def side_by_side(ground: Ground, flow: Flow) -> Flow:
    """Put ways with kernels of other sizes, joined along the channels."""
    ways = []
    for reach in range(ground.size(2, 3)):
        args = {"out_channels": 3, "kernel_size": 2 * reach + 1, "padding": reach}
        ways.append(ground.act(ground.put(flow, "nn.Conv2d", **args)).wire)
    joined = ground.sheet.put("torch.cat", ways, dim=ground.random.choice((1, -3)))
    return Flow(joined, (3 * len(ways), *flow.dims[1:]))


def down_and_up(ground: Ground, flow: Flow) -> Flow:
    """Go a step down and one up to the same size, and join it with what was there before."""
    if min(flow.dims[1:]) < 2:
        return flow
    low = convolved(ground, pooled(ground, flow))
    up = ground.put(low, "F.interpolate", (low.dims[0], *flow.dims[1:]), size=flow.dims[1:],
                    mode=ground.random.choice(("nearest", "bilinear")))  # fmt: skip
    joined = ground.sheet.put("torch.cat", [flow.wire, up.wire], dim=1)
    return convolved(ground, Flow(joined, (flow.dims[0] + low.dims[0], *flow.dims[1:])))


def weighed(ground: Ground, flow: Flow) -> Flow:
    """Weigh each channel by what is in all of them."""
    mean = ground.put(flow, "nn.AdaptiveAvgPool2d", output_size=1)
    few = ground.act(ground.put(mean, "nn.Conv2d", out_channels=2, kernel_size=1))
    many = ground.put(few, "nn.Conv2d", out_channels=flow.dims[0], kernel_size=1)
    gate = ground.put(many, "nn.Sigmoid")
    return Flow(ground.sheet.put("op.mul", flow.wire, gate.wire), flow.dims)


def flattened(ground: Ground, flow: Flow) -> Flow:
    """Put all of a sample in one row."""
    if flow.size > 200:
        flow = ground.put(flow, "nn.AdaptiveAvgPool2d", (flow.dims[0], 2, 2), output_size=2)
    return ground.put(flow, "nn.Flatten", (flow.size,))


def channel_means(ground: Ground, flow: Flow) -> Flow:
    """Make one number of each channel."""
    if ground.one_in(2):
        return ground.put(flow, "torch.mean", flow.dims[:1], dim=(-2, -1))
    return flattened(ground, ground.put(flow, "nn.AdaptiveMaxPool2d", (flow.dims[0], 1, 1),
                                        output_size=1))  # fmt: skip


def patched(ground: Ground, flow: Flow) -> Flow:
    """Make a sequence of the pixels of an image."""
    count = flow.dims[1] * flow.dims[2]
    flow = ground.put(flow, "Tensor.flatten", (flow.dims[0], count), start_dim=2)
    return ground.put(flow, "Tensor.transpose", (count, flow.dims[0]), dim0=-2, dim1=-1)


KEEPING: dict[int, tuple[Part, ...]] = {
    1: (dense, dense, normed, added, gated, chained),
    2: (dense, recurrent, time_first, attended, looked_up, slid, added),
    3: (convolved, convolved, residual, pooled, side_by_side, down_and_up, weighed),
}
"""Parts that lead from rows to rows, from sequences to sequences, from images to images."""
TURNING: dict[int, tuple[Part, ...]] = {
    1: (folded,),
    2: (last_step, last_state, averaged),
    3: (flattened, channel_means, patched),
}
"""Parts that lead to something else."""
