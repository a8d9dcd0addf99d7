"""Sound ends of graphs: a head, what it is held against, a loss that fits, and an optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph_editor.document.model import Address, Expr, Weights
from tests.corpus.valid_sheet import Wire, layer
from tests.engine.sound_ground import Flow, Ground

End = Callable[[Ground, Flow], None]
NUMBER_LOSSES = ("nn.MSELoss", "nn.L1Loss", "nn.SmoothL1Loss", "nn.HuberLoss")


def head(ground: Ground, flow: Flow, width: int, **args: Any) -> Wire:
    """Return so many numbers: for each sample, each step, or each pixel."""
    if len(flow.dims) == 3:
        return ground.sheet.put("nn.Conv2d", flow.wire, out_channels=width, kernel_size=1, **args)
    return ground.sheet.put("nn.Linear", flow.wire, out_features=width, **args)


def classes_first(ground: Ground, flow: Flow, scores: Wire) -> Wire:
    """Return scores with the classes on axis 1, where losses look for them."""
    return (
        ground.sheet.put("Tensor.transpose", scores, dim0=1, dim1=2)
        if len(flow.dims) == 2
        else scores
    )


def places(flow: Flow) -> tuple[int, ...]:
    """Return for what there is a label each, beside the sample itself."""
    return flow.dims[1:] if len(flow.dims) == 3 else flow.dims[:-1]


def one_of_many(ground: Ground, flow: Flow) -> None:
    """Put scores and a cross entropy, with labels or with shares."""
    sheet, classes = ground.sheet, ground.size(2, 10)
    scores = sheet.out(classes_first(ground, flow, head(ground, flow, classes)))
    if ground.one_in(4):
        told = sheet.put("torch.softmax", sheet.data(classes, *places(flow)), dim=1)
    else:
        told = sheet.data(*places(flow), classes=classes)
        if len(flow.dims) == 1 and ground.one_in(2):
            sheet.put("metric.accuracy", scores, told)
    smooth = {"label_smoothing": 0.1} if ground.one_in(3) else {}
    sheet.loss("nn.CrossEntropyLoss", scores, told, **smooth)


def one_of_many_by_logarithms(ground: Ground, flow: Flow) -> None:
    """Put logarithms of probabilities, and the loss that takes them."""
    sheet, classes = ground.sheet, ground.size(2, 10)
    scores = classes_first(ground, flow, head(ground, flow, classes))
    spec = ground.random.choice(("nn.LogSoftmax", "F.log_softmax"))
    told = sheet.data(*places(flow), classes=classes)
    sheet.loss("nn.NLLLoss", sheet.out(sheet.put(spec, scores, dim=1)), told)


def yes_or_no(ground: Ground, flow: Flow) -> None:
    """Put one score, as a column or without the axis, or several; or probabilities."""
    sheet, count = ground.sheet, ground.random.choice((1, 1, 3))
    score = head(ground, flow, count)
    dims = (count, *places(flow)) if len(flow.dims) == 3 else (*places(flow), count)
    if count == 1 and ground.one_in(2):
        axis = 1 if len(flow.dims) == 3 else -1
        score, dims = sheet.put("Tensor.squeeze", score, dim=axis), places(flow)
    told = sheet.put("Tensor.float", sheet.data(*dims, classes=2))
    if ground.one_in(3):
        sheet.loss("nn.BCELoss", sheet.out(sheet.put("nn.Sigmoid", score)), told)
        return
    out = sheet.out(score)
    sheet.loss("nn.BCEWithLogitsLoss", out, told)
    if ground.one_in(2):
        sheet.put("metric.binary_accuracy", out, told)


def numbers(ground: Ground, flow: Flow) -> None:
    """Hold numbers against numbers of the same shape."""
    sheet, count = ground.sheet, ground.random.choice((1, 1, 3))
    found = head(ground, flow, count)
    dims = (count, *places(flow)) if len(flow.dims) == 3 else (*places(flow), count)
    if count == 1 and len(flow.dims) == 1 and ground.one_in(2):
        found, dims = sheet.put("Tensor.squeeze", found, dim=-1), ()
    if ground.one_in(4):
        found = sheet.put(ground.random.choice(("nn.ReLU", "nn.Tanh", "nn.Softplus")), found)
    out, told = sheet.out(found), sheet.data(*dims)
    sheet.loss(ground.random.choice(NUMBER_LOSSES), out, told)
    if ground.one_in(2):
        sheet.put(ground.random.choice(("metric.mae", "metric.r2")), out, told)


def several_tasks(ground: Ground, flow: Flow) -> None:
    """Put a class and a number on the same trunk: two losses of one optimizer."""
    one_of_many(ground, flow)
    numbers(ground, flow)
    if ground.one_in(2):
        ground.sheet.train(loss_weights=(1.0, 0.3))


def a_code_with_a_spread(ground: Ground, flow: Flow) -> None:
    """Put a variational code, from which numbers are made again."""
    sheet, code = ground.sheet, ground.size(2, 4)
    mean, spread = (head(ground, flow, code) for _ in range(2))
    noise = sheet.put("torch.randn_like", spread)
    drawn = sheet.put("op.add", mean, sheet.put("op.mul", noise, sheet.put("torch.exp", spread)))
    numbers(ground, ground.act(_like(flow, drawn, code)))
    far = sheet.put("op.sub", sheet.put("op.add", sheet.put("torch.square", mean),
                                        sheet.put("torch.exp", spread)), spread)  # fmt: skip
    sheet.out(mean)
    sheet.losses.append(sheet.put("torch.mean", far))


def _like(flow: Flow, wire: Wire, width: int) -> Flow:
    dims = (width, *flow.dims[1:]) if len(flow.dims) == 3 else (*flow.dims[:-1], width)
    return Flow(wire, dims)


def two_that_are_alike(ground: Ground, flow: Flow) -> None:
    """Put two vectors from layers that share weights, and a sign that says if they are alike."""
    sheet, width = ground.sheet, ground.size(3, 6)
    row = flow.wire if len(flow.dims) == 1 else sheet.put("nn.Flatten", flow.wire)
    first = head(ground, Flow(row, (flow.size,)), width)
    other = sheet.put("op.add", row, sheet.put("torch.randn_like", row))
    second = sheet.say(
        head(ground, Flow(other, (flow.size,)), width), weights=Weights(same_as=first.node)
    )
    signs = sheet.line(sheet.data(classes=2), layer("op.mul", other=2), layer("op.sub", other=1))
    sheet.loss("nn.CosineEmbeddingLoss", sheet.out(first), sheet.out(second), signs)


def against_a_critic(ground: Ground, flow: Flow) -> None:
    """Show what is made to a critic, which learns from it with the way back cut off."""
    sheet = ground.sheet
    row = flow.wire if len(flow.dims) == 1 else sheet.put("nn.Flatten", flow.wire)
    width = ground.size(3, 6)
    fake = sheet.out(sheet.put("nn.Linear", row, out_features=width, id="maker"))
    judge: dict[str, Any] = {"out_features": 1}
    scores = []
    for shown in (sheet.data(width), sheet.put("Tensor.detach", fake), fake):
        score = sheet.put("nn.Linear", shown, **judge, **({} if scores else {"id": "critic"}))
        if scores:
            sheet.say(score, weights=Weights(same_as=scores[0].node))
        scores.append(score)
    told = ("torch.ones_like", "torch.zeros_like", "torch.ones_like")
    losses = [
        sheet.put("nn.BCEWithLogitsLoss", score, sheet.put(spec, score))
        for score, spec in zip(scores, told, strict=True)
    ]
    sheet.train("optim.Adam", *losses[:2], trains=(scores[0].at,), order=0)
    makers = [
        n for n, node in sheet.nodes.items() if node.kind in ("nn", "block") and n != "critic"
    ]
    owners = [n for n in makers if not sheet.nodes[n].weights and _learns(sheet.nodes[n].spec)]
    sheet.train(
        "optim.Adam", losses[2], trains=tuple(Wire(n, "output").at for n in owners), order=1
    )


def _learns(spec: str) -> bool:
    """Whether a node of these graphs has weights."""
    kinds = ("Linear", "Conv", "Norm", "LSTM", "GRU", "RNN", "Transformer", "Multihead", "Embed")
    is_layer = spec.startswith("nn.") and not spec.endswith("Loss")
    return spec.startswith("block.") or (is_layer and any(kind in spec for kind in kinds))


def frozen_below(ground: Ground, flow: Flow) -> None:
    """Put a head that learns alone: all layers below it rest."""
    sheet = ground.sheet
    for name, node in list(sheet.nodes.items()):
        if node.kind in ("nn", "block") and _learns(node.spec):
            sheet.say(Wire(name, "output"), freeze=(Address("."),))
    one_of_many(ground, flow)


ENDS: tuple[End, ...] = (
    one_of_many,
    one_of_many,
    one_of_many_by_logarithms,
    yes_or_no,
    numbers,
    numbers,
    several_tasks,
    a_code_with_a_spread,
    two_that_are_alike,
    against_a_critic,
    frozen_below,
)
OPTIMIZERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("optim.AdamW", {}),
    ("optim.AdamW", {"lr": 3e-4, "weight_decay": 0.05}),
    ("optim.Adam", {"lr": 1e-3, "betas": (0.5, 0.999)}),
    ("optim.SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("optim.RMSprop", {}),
    ("optim.Adagrad", {"lr": 0.5}),
)
SCHEDULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lr_scheduler.CosineAnnealingLR", {"T_max": 10}),
    ("lr_scheduler.StepLR", {"step_size": 3, "gamma": 0.5}),
    ("lr_scheduler.OneCycleLR", {"max_lr": 0.05, "total_steps": 5_000}),
    ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("0.95 ** epoch")}),
)


def trained(ground: Ground) -> None:
    """Put down an optimizer where there is none, and now and then a schedule."""
    if any(node.kind == "optim" for node in ground.sheet.nodes.values()):
        return
    spec, args = ground.random.choice(OPTIMIZERS)
    made = ground.sheet.train(spec, **args)
    if ground.one_in(3):
        schedule, said = ground.random.choice(SCHEDULES)
        fixed = schedule.endswith("OneCycleLR") and spec == "optim.Adagrad"  # has no momentum
        ground.sheet.put(schedule, made, **said, **({"cycle_momentum": False} if fixed else {}))
