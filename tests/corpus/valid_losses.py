"""Sound drawings of every loss with every form of target, optimizers, schedules and metrics."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, FrozenMap, Name
from tests.corpus.valid_sheet import B, Cases, Sheet, Wire, layer

CASES = Cases()


def body(s: Sheet, *dims: int, width: int = 4) -> Wire:
    """Return numbers that weights lead to: B×dims×width."""
    return s.line(s.input(*dims, 6), layer("nn.Linear", out_features=width))


@CASES
def labels_as_probabilities(s: Sheet) -> None:
    share = s.put("torch.softmax", s.data(4), dim=1)
    s.loss("nn.CrossEntropyLoss", s.out(body(s)), share, label_smoothing=0.1)


@CASES
def labels_of_pixels_with_one_that_is_ignored(s: Sheet) -> None:
    scores = s.out(s.put("nn.Conv2d", s.input(2, 5, 5), out_channels=4, kernel_size=1))
    s.loss("nn.CrossEntropyLoss", scores, s.data(5, 5, classes=4), ignore_index=0)


@CASES
def classes_are_weighed(s: Sheet) -> None:
    s.loss("nn.CrossEntropyLoss", s.out(body(s)), s.data(classes=4), weight=(1.0, 2.0, 0.5, 4.0))


@CASES
def labels_of_unsigned_bytes_are_converted(s: Sheet) -> None:
    label = s.put("Tensor.long", s.data(dtype="uint8"))
    s.loss("nn.CrossEntropyLoss", s.out(body(s)), label)


@CASES
def logarithms_of_probabilities(s: Sheet) -> None:
    out = s.out(s.put("nn.LogSoftmax", body(s), dim=-1))
    s.loss("nn.NLLLoss", out, s.data(classes=4))


@CASES
def logarithms_written_out(s: Sheet) -> None:
    share = s.line(
        body(s), layer("torch.softmax", dim=1), layer("torch.clamp", min=1e-6), "torch.log"
    )
    s.loss("nn.NLLLoss", s.out(share), s.data(classes=4))


@CASES
def one_sample_without_a_batch_has_one_label(s: Sheet) -> None:
    row = s.put("torch.mean", body(s), dim=0)
    s.out(row)
    s.loss("nn.CrossEntropyLoss", row, s.line(s.data(classes=4), layer("op.getitem", index=0)))


@CASES
def one_yes_or_no(s: Sheet) -> None:
    s.loss(
        "nn.BCEWithLogitsLoss", s.out(body(s, width=1)), s.put("Tensor.float", s.data(1, classes=2))
    )


@CASES
def a_yes_or_no_without_the_axis(s: Sheet) -> None:
    flat = s.put("Tensor.squeeze", body(s, width=1), dim=-1)
    s.loss("nn.BCEWithLogitsLoss", s.out(flat), s.put("Tensor.float", s.data(classes=2)))


@CASES
def many_yes_or_nos_of_which_some_are_rare(s: Sheet) -> None:
    told = s.put("Tensor.float", s.data(4, classes=2))
    s.loss("nn.BCEWithLogitsLoss", s.out(body(s)), told, pos_weight=(1.0, 5.0, 9.0, 0.5))


@CASES
def a_probability_after_a_sigmoid(s: Sheet) -> None:
    out = s.out(s.put("nn.Sigmoid", body(s, width=1)))
    s.loss("nn.BCELoss", out, s.put("Tensor.float", s.data(1, classes=2)))


@CASES
def a_probability_of_every_pixel(s: Sheet) -> None:
    conv = s.put("nn.Conv2d", s.input(2, 5, 5), out_channels=1, kernel_size=1)
    s.loss(
        "nn.BCELoss",
        s.out(s.put("torch.sigmoid", conv)),
        s.put("Tensor.float", s.data(1, 5, 5, classes=2)),
    )


@CASES
def numbers_of_the_same_shape(s: Sheet) -> None:
    out = s.out(body(s))
    for index, loss in enumerate(("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss")):
        s.loss(f"nn.{loss}", out, s.data(4), reduction=("mean", "sum")[index % 2])


@CASES
def a_column_against_a_column(s: Sheet) -> None:
    s.regress(body(s, width=1), 1)


@CASES
def a_row_against_a_row(s: Sheet) -> None:
    s.regress(s.put("Tensor.squeeze", body(s, width=1), dim=1), loss="nn.L1Loss")


@CASES
def one_number_is_what_all_should_be(s: Sheet) -> None:
    out = s.out(body(s))
    size = s.put("torch.mean", s.put("torch.square", out))
    s.loss("nn.MSELoss", size, s.put("const.tensor", value=1.0))


@CASES
def the_squares_are_summed_by_hand(s: Sheet) -> None:
    off = s.put("op.sub", s.out(body(s)), s.data(4))
    s.losses.append(s.put("torch.mean", s.put("torch.square", off)))


@CASES
def shares_against_shares(s: Sheet) -> None:
    out = s.out(s.put("nn.LogSoftmax", body(s), dim=-1))
    s.loss("nn.KLDivLoss", out, s.put("torch.softmax", s.data(4), dim=-1), reduction="batchmean")


@CASES
def logarithms_against_logarithms(s: Sheet) -> None:
    out = s.out(s.put("F.log_softmax", body(s), dim=-1))
    told = s.put("F.log_softmax", s.data(4), dim=-1)
    s.loss("nn.KLDivLoss", out, told, reduction="batchmean", log_target=True)


@CASES
def counts_by_their_logarithm(s: Sheet) -> None:
    s.loss("nn.PoissonNLLLoss", s.out(body(s)), s.put("Tensor.float", s.data(4, classes=9)))


@CASES
def a_mean_with_its_own_variance(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.Tanh")
    mean = s.out(s.put("nn.Linear", x, out_features=2))
    var = s.out(s.line(x, layer("nn.Linear", out_features=2), "nn.Softplus"))
    s.loss("nn.GaussianNLLLoss", mean, s.data(2), var)


@CASES
def one_variance_for_every_row(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.Tanh")
    mean = s.out(s.put("nn.Linear", x, out_features=3))
    var = s.out(s.line(x, layer("nn.Linear", out_features=1), "torch.exp"))
    s.loss("nn.GaussianNLLLoss", mean, s.data(3), var)


def signs(s: Sheet, *dims: int) -> Wire:
    """Return 1 and -1."""
    return s.line(s.data(*dims, classes=2), layer("op.mul", other=2), layer("op.sub", other=1))


@CASES
def signs_with_a_margin(s: Sheet) -> None:
    out = s.out(body(s))
    s.loss("nn.SoftMarginLoss", out, signs(s, 4))
    s.loss("nn.HingeEmbeddingLoss", out, signs(s, 4), margin=0.5)


@CASES
def one_is_to_rank_above_the_other(s: Sheet) -> None:
    first, second = (s.out(s.put("Tensor.flatten", body(s, width=1))) for _ in range(2))
    s.loss("nn.MarginRankingLoss", first, second, signs(s), margin=0.1)


@CASES
def vectors_that_are_alike_or_not(s: Sheet) -> None:
    first, second = s.out(body(s)), s.out(body(s))
    s.loss("nn.CosineEmbeddingLoss", first, second, signs(s))


@CASES
def an_anchor_and_two_others(s: Sheet) -> None:
    outs = [s.out(body(s)) for _ in range(3)]
    s.loss("nn.TripletMarginLoss", *outs, margin=0.3, swap=True)
    s.loss("nn.TripletMarginWithDistanceLoss", *outs)


@CASES
def a_margin_for_every_class(s: Sheet) -> None:
    out = s.out(body(s))
    s.loss("nn.MultiMarginLoss", out, s.data(classes=4), p=2)
    s.loss("nn.MultiLabelSoftMarginLoss", out, s.put("Tensor.float", s.data(4, classes=2)))
    s.loss("nn.MultiLabelMarginLoss", out, s.data(4, classes=4))


@CASES
def letters_without_their_places(s: Sheet) -> None:
    shares = s.line(s.input(9, 6), layer("nn.GRU", hidden_size=8, batch_first=True),
                    layer("nn.Linear", out_features=5), layer("nn.LogSoftmax", dim=-1))  # fmt: skip
    turned = s.put("Tensor.transpose", s.out(shares), dim0=0, dim1=1)
    label = s.put("op.add", s.data(3, classes=4), other=1)
    sizes = [s.put("torch.full", size=(B,), fill_value=n, dtype=Name("int64")) for n in (9, 3)]
    s.loss("nn.CTCLoss", turned, label, *sizes)


@CASES
def letters_of_all_samples_in_a_row(s: Sheet) -> None:
    shares = s.line(s.input(9, 6), layer("nn.GRU", hidden_size=8, batch_first=True),
                    layer("nn.Linear", out_features=5), layer("nn.LogSoftmax", dim=-1))  # fmt: skip
    turned = s.put("Tensor.transpose", s.out(shares), dim0=0, dim1=1)
    row = s.put("Tensor.flatten", s.data(3, classes=5))
    sizes = [s.put("torch.full", size=(B,), fill_value=n, dtype=Name("int64")) for n in (9, 3)]
    s.loss("nn.CTCLoss", turned, row, *sizes)


@CASES
def letters_of_one_sample(s: Sheet) -> None:
    shares = s.line(s.input(9, 6), layer("nn.Linear", out_features=5),
                    layer("nn.LogSoftmax", dim=-1))  # fmt: skip
    one = s.put("op.getitem", s.out(shares), index=(0,))
    row = s.put("op.getitem", s.data(3, classes=5), index=(0,))
    sizes = [s.put("torch.full", size=(), fill_value=n, dtype=Name("int64")) for n in (9, 3)]
    s.loss("nn.CTCLoss", one, row, *sizes)


@CASES
def many_classes_in_clusters(s: Sheet) -> None:
    out = s.out(body(s))
    s.losses.append(
        s.put("nn.AdaptiveLogSoftmaxWithLoss", out, s.data(classes=10), n_classes=10, cutoffs=(4,))[
            "loss"
        ]
    )


@CASES
def losses_are_added_with_weights(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.ReLU")
    scores = s.out(s.put("nn.Linear", x, out_features=3))
    number = s.out(s.put("nn.Linear", x, out_features=1))
    first = s.put("nn.CrossEntropyLoss", scores, s.data(classes=3))
    second = s.put("op.mul", s.put("nn.HuberLoss", number, s.data(1)), other=0.3)
    s.losses.append(s.put("op.add", first, second))


@CASES
def losses_are_weighed_by_the_optimizer(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8), "nn.ReLU")
    scores = s.out(s.put("nn.Linear", x, out_features=3))
    s.loss("nn.CrossEntropyLoss", scores, s.data(classes=3))
    s.loss("nn.MSELoss", s.out(s.put("nn.Linear", x, out_features=1)), s.data(1))
    s.train(loss_weights=(1.0, 0.2))


@CASES
def weights_are_kept_small_by_a_loss(s: Sheet) -> None:
    hidden = s.put("nn.Linear", s.input(6), out_features=8, id="hidden")
    scores = s.put("nn.Linear", s.put("nn.ReLU", hidden), out_features=3)
    s.classify(scores, 3)
    s.losses.append(
        s.put(
            "op.mul", s.line(s.put("param.of", of=hidden.at), "torch.abs", "torch.sum"), other=1e-4
        )
    )


OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4},
    "Adam": {"amsgrad": True},
    "AdamW": {"betas": (0.5, 0.999)},
    "Adamax": {}, "NAdam": {}, "RAdam": {}, "Adagrad": {"lr": 1.0}, "Adadelta": {},
    "RMSprop": {"centered": True, "momentum": 0.5}, "Rprop": {}, "ASGD": {}, "Adafactor": {},
}  # fmt: skip


def optimized(name: str) -> Any:
    def drawn(s: Sheet) -> None:
        s.classify(body(s), 4)
        s.train(f"optim.{name}", **OPTIMIZERS[name])

    drawn.__name__ = f"trained_by_{name.lower()}"
    return CASES(drawn)


for _name in OPTIMIZERS:
    optimized(_name)


@CASES
def matrices_alone_are_trained_by_muon(s: Sheet) -> None:
    x = s.line(s.input(6), layer("nn.Linear", out_features=8, bias=False), "nn.ReLU")
    s.classify(s.put("nn.Linear", x, out_features=4, bias=False), 4)
    s.train("optim.Muon")


SCHEDULES: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": 1, "gamma": 0.5},
    "MultiStepLR": {"milestones": (1, 2)},
    "ExponentialLR": {"gamma": 0.9},
    "CosineAnnealingLR": {"T_max": 1},
    "CosineAnnealingWarmRestarts": {"T_0": 1, "T_mult": 2},
    "OneCycleLR": {"max_lr": 0.01, "total_steps": 100},
    "CyclicLR": {"base_lr": 1e-4, "max_lr": 1e-2, "cycle_momentum": False},
    "LambdaLR": {"lr_lambda": Expr("0.95 ** epoch")},
    "MultiplicativeLR": {"lr_lambda": Expr("1 - 0.1 / (epoch + 1)")},
    "LinearLR": {"start_factor": 1.0, "end_factor": 0.1},
    "PolynomialLR": {"total_iters": 3, "power": 2.0},
    "ConstantLR": {},
}


def scheduled(name: str) -> Any:
    def drawn(s: Sheet) -> None:
        s.classify(body(s), 4)
        s.put(f"lr_scheduler.{name}", s.train("optim.Adam"), **SCHEDULES[name])

    drawn.__name__ = f"a_rate_by_{name.lower()}"
    return CASES(drawn)


for _name in SCHEDULES:
    scheduled(_name)


@CASES
def a_warm_up_and_then_a_cosine(s: Sheet) -> None:
    s.classify(body(s), 4)
    adam = s.train()
    first = s.put("lr_scheduler.LinearLR", adam, total_iters=2)
    then = s.put("lr_scheduler.CosineAnnealingLR", adam, T_max=8)
    s.put("lr_scheduler.SequentialLR", adam, [first, then], milestones=(2,))


@CASES
def a_rate_that_waits_for_the_loss(s: Sheet) -> None:
    s.classify(body(s), 4)
    s.put("lr_scheduler.ReduceLROnPlateau", s.train("optim.SGD"), factor=0.5, patience=0)


@CASES
def metrics_of_a_classifier(s: Sheet) -> None:
    scores, label = s.out(body(s)), s.data(classes=4)
    s.loss("nn.CrossEntropyLoss", scores, label)
    s.put("metric.accuracy", scores, label)
    s.put("metric.top_k_accuracy", scores, label, k=2)


@CASES
def metrics_of_numbers(s: Sheet) -> None:
    out, told = s.out(body(s, width=1)), s.data(1)
    s.loss("nn.MSELoss", out, told)
    for name in ("mae", "mse", "rmse", "r2"):
        s.put(f"metric.{name}", out, told)


@CASES
def a_metric_of_a_yes_or_no(s: Sheet) -> None:
    out, told = s.out(body(s, width=1)), s.put("Tensor.float", s.data(1, classes=2))
    s.loss("nn.BCEWithLogitsLoss", out, told)
    s.put("metric.binary_accuracy", out, told)


@CASES
def a_table_of_wines_is_standardised(s: Sheet) -> None:
    wine = s.put("data.wine")
    x = s.entry((B, 13), fed=s.put("transform.standardize", wine))
    hidden = s.line(x, layer("nn.Linear", out_features=8), "nn.ReLU")
    out = s.out(s.put("nn.Linear", hidden, out_features=3))
    s.loss("nn.CrossEntropyLoss", out, wine["label"])


@CASES
def grey_levels_are_scaled_by_a_transform(s: Sheet) -> None:
    levels = s.put("Tensor.float", s.data(6, 6, classes=256))
    x = s.entry((B, 6, 6), fed=s.put("transform.normalize", levels, mean=127.5, std=127.5))
    s.classify(s.line(x, "nn.Flatten", layer("nn.Linear", out_features=3)), 3)


@CASES
def two_parts_and_a_third_that_is_kept(s: Sheet) -> None:
    wine = s.put("data.iris", split=FrozenMap({"train": 0.7, "val": 0.2, "test": 0.1}))
    out = s.out(s.put("nn.Linear", s.entry((B, 4), fed=wine), out_features=3))
    s.loss("nn.CrossEntropyLoss", out, wine["label"])


@CASES
def all_numbers_should_be_near_one(s: Sheet) -> None:
    s.loss("nn.SmoothL1Loss", s.out(body(s)), s.put("const.tensor", value=1.0))
