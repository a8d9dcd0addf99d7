"""Which rules hold for which spec: one line for each group of specs that torch treats alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph_editor.catalogue.spec import Spec
from graph_editor.checking.device_rules import one_device
from graph_editor.checking.empty_rules import (
    greatest_of_something,
    looked_up_in_something,
    picked_from_something,
    pooled_from_something,
    resized_from_something,
    transposed_from_something,
    transposed_to_something,
    unless_nothing,
    unshuffled_evenly,
)
from graph_editor.checking.loss_rules import subtracted_counts, weights_fit
from graph_editor.checking.number_rules import (
    at_least,
    divides_by_alpha,
    no_switch_subtracted,
    normalised_in_windows,
    numbers_in_bags,
    picks_once_of_a_scalar,
    rectangular,
    unpooled,
)
from graph_editor.checking.rule_attention import dropped_share
from graph_editor.checking.rule_limits import (
    assigned,
    bounded_by_numbers,
    compared,
    exponent_fits,
    margin_fits,
    representable,
)
from graph_editor.checking.rule_randint import holds_all
from graph_editor.checking.rules import (
    ALL,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMBERS,
    REAL,
    Call,
    Rule,
    RuleFailure,
    alike,
    at_most_rank,
    attention_dropout,
    axis_exists,
    class_targets,
    contracted_bool,
    dropped,
    even_steps,
    float_result,
    in_training,
    makes,
    mirrored,
    normalised,
    only,
    padding_not_negative,
    pooled_along_one_axis,
    positive_eps,
    sharp_without_bool,
    size_per_axis,
    target_fits_input,
    target_not_complex,
    transposed_channels,
    unless,
    weighted,
)
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg

SUBTRACTED = (unless("bool", "input", "other"), no_switch_subtracted)
BITS = (only(INTEGERS | {"bool"}, "input", "other", wants="bool"),)
ORDERED = (only(REAL, "input", "other"),)
PRODUCT = (alike("input", "other", "mat2", "weight"), only(ALL - {"bool"}))
CONVOLVED = (
    at_least(1, "out_channels", "kernel_size", "stride", "dilation"),
    at_least(0, "padding", "output_padding"),
)
POSITIONS = frozenset({"int32", "int64"})

GROUPS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    # modules with weights
    ("nn.Linear nn.Bilinear", (weighted,)),
    ("nn.Conv1d nn.Conv2d nn.Conv3d", (weighted, size_per_axis, *CONVOLVED)),
    ("nn.RNN nn.LSTM nn.GRU nn.RNNCell nn.LSTMCell nn.GRUCell nn.PReLU", (weighted,)),
    ("nn.MultiheadAttention", (weighted, in_training(attention_dropout))),
    ("nn.Transformer", (weighted,)),
    ("nn.TransformerEncoderLayer nn.TransformerDecoderLayer", (weighted,)),
    (
        "nn.ConvTranspose1d nn.ConvTranspose2d nn.ConvTranspose3d",
        (
            weighted,
            size_per_axis,
            *CONVOLVED,
            transposed_channels,
            transposed_from_something,
            transposed_to_something,
        ),
    ),
    ("nn.Embedding", (only(POSITIONS, "input", wants="int64"), looked_up_in_something)),
    ("nn.PixelUnshuffle", (unshuffled_evenly,)),
    ("nn.EmbeddingBag", (only(POSITIONS, "input", wants="int64"), numbers_in_bags)),
    ("F.embedding", (only(POSITIONS, "input", wants="int64"), picked_from_something)),
    # normalisations
    (
        "nn.BatchNorm1d nn.BatchNorm2d nn.BatchNorm3d nn.SyncBatchNorm",
        (
            normalised("affine", "track_running_stats", without=FLOATS),
            in_training(positive_eps),
        ),
    ),
    (
        "nn.InstanceNorm1d nn.InstanceNorm2d nn.InstanceNorm3d",
        (normalised("affine", without=FLOATS),),
    ),
    ("nn.LayerNorm", (normalised("elementwise_affine", without=FLOATS),)),
    ("nn.GroupNorm", (normalised("affine", without=FLOATS),)),
    ("nn.LocalResponseNorm", (normalised_in_windows,)),
    ("nn.AvgPool3d", (only(frozenset({"float32", "float64", "int64"})),)),
    # pooling and resizing
    ("nn.MaxPool1d", (pooled_along_one_axis,)),
    ("nn.MaxPool2d nn.MaxPool3d", (only(NUMBERS),)),
    ("nn.AvgPool1d nn.AvgPool2d", (only(FLOATS | {"int64"}),)),
    ("nn.LPPool1d nn.LPPool2d", (only(REAL),)),
    ("nn.LPPool3d", (only(REAL - {"float16", "bfloat16"}),)),
    ("nn.AdaptiveAvgPool1d nn.AdaptiveAvgPool2d", (pooled_from_something,)),
    ("nn.AdaptiveAvgPool3d", (only(FLOATS), pooled_from_something)),
    ("nn.AdaptiveMaxPool1d nn.AdaptiveMaxPool2d nn.AdaptiveMaxPool3d", (only(FLOATS),)),
    ("nn.FractionalMaxPool2d nn.FractionalMaxPool3d", (only(FLOATS),)),
    ("nn.ReflectionPad1d nn.ReflectionPad2d nn.ReflectionPad3d", (only(ALL - {"bool"}),)),
    ("nn.Fold nn.Unfold", (only(FLOATS | COMPLEX | {"bool"}), padding_not_negative)),
    ("nn.Upsample F.interpolate", (resized_from_something,)),
    (
        "nn.UpsamplingNearest2d nn.UpsamplingBilinear2d",
        (only(FLOATS | {"uint8"}), resized_from_something),
    ),
    ("nn.MaxUnpool1d nn.MaxUnpool2d nn.MaxUnpool3d", (unpooled,)),
    (
        "nn.ReplicationPad1d nn.ReplicationPad2d nn.ReplicationPad3d",
        (only(ALL - {"bool"}),),
    ),
    ("F.pad", (mirrored, representable("value", float))),
    ("nn.ConstantPad1d nn.ConstantPad2d nn.ConstantPad3d", (representable("value", float),)),
    # activations and dropout
    ("nn.CELU", (only(FLOATS), divides_by_alpha)),
    ("nn.ELU nn.GELU nn.GLU nn.Hardshrink nn.Hardsigmoid nn.Hardswish", (only(FLOATS),)),
    ("nn.LeakyReLU nn.LogSigmoid nn.Mish nn.SELU nn.Softplus nn.Softshrink", (only(FLOATS),)),
    ("F.gelu F.leaky_relu F.softplus", (only(FLOATS),)),
    ("nn.SiLU F.silu", (only(FLOATS | COMPLEX),)),
    ("nn.Hardtanh", (only(NUMBERS),)),
    ("nn.ReLU nn.ReLU6 torch.relu F.relu", (only(NUMBERS),)),
    (
        "nn.Threshold",
        (only(NUMBERS), compared("threshold"), representable("value")),
    ),
    ("nn.Softsign nn.Tanhshrink torch.abs", (only(ALL - {"bool"}),)),
    (
        "nn.Softmax nn.LogSoftmax nn.Softmin torch.softmax F.softmax F.log_softmax",
        (only(FLOATS), axis_exists),
    ),
    ("nn.Softmax2d", (only(FLOATS),)),
    (
        "nn.Dropout nn.Dropout1d nn.Dropout2d nn.Dropout3d nn.AlphaDropout nn.FeatureAlphaDropout",
        (in_training(dropped),),
    ),
    ("nn.RReLU", (in_training(only(FLOATS - {"float16"}), otherwise=only(FLOATS)),)),
    # losses
    ("nn.CrossEntropyLoss nn.NLLLoss", (only(FLOATS, "input"), class_targets)),
    (
        "nn.MultiMarginLoss nn.MultiLabelMarginLoss",
        (
            only(frozenset({"float32", "float64"}), "input"),
            only(frozenset({"int64"}), "target", wants="int64"),
        ),
    ),
    (
        "nn.LinearCrossEntropyLoss",
        (only(frozenset({"float32"}), "input"), class_targets),
    ),
    (
        "nn.BCELoss",
        (only(FLOATS, "input"), alike("input", "target"), weights_fit("weight")),
    ),
    ("nn.L1Loss", (unless("bool", "input", "target"),)),
    ("nn.MSELoss", (float_result("input", "target"),)),
    ("nn.SmoothL1Loss", (at_least(0, "beta"), float_result("input", "target"), sharp_without_bool)),
    ("nn.PoissonNLLLoss", (unless("bool", "input", "target", every=True), subtracted_counts)),
    (
        "nn.BCEWithLogitsLoss",
        (
            only(FLOATS, "input"),
            only(FLOATS | COMPLEX, "target"),
            weights_fit("weight", "pos_weight"),
        ),
    ),
    ("nn.HuberLoss", (only(FLOATS, "input"), only(REAL, "target"))),
    (
        "nn.SoftMarginLoss",
        (only(FLOATS | COMPLEX, "input"), target_not_complex, target_fits_input),
    ),
    ("nn.MultiLabelSoftMarginLoss", (only(FLOATS, "input"), unless("bool", "target"))),
    ("nn.HingeEmbeddingLoss", (only(REAL, "input"), margin_fits)),
    (
        "nn.MarginRankingLoss",
        (only(REAL, "input1", "input2", "target"), unless("bool", "input1", "input2")),
    ),
    ("nn.CosineEmbeddingLoss", (only(REAL, "input1", "input2"),)),
    (
        "nn.TripletMarginLoss nn.TripletMarginWithDistanceLoss",
        (unless("bool", "anchor", "positive", "negative"),),
    ),
    # metrics
    ("metric.accuracy metric.top_k_accuracy", (only(NUMBERS, "input"),)),
    ("metric.mae metric.mse metric.rmse metric.r2", (unless("bool", "input", "target"),)),
    # arithmetic
    ("op.matmul torch.bmm", tuple(map(unless_nothing, PRODUCT))),
    ("F.linear", PRODUCT),
    ("torch.einsum", (contracted_bool,)),
    ("op.sub", SUBTRACTED),
    ("op.pow", (unless("bool", "input", "other", every=True), exponent_fits)),
    ("op.mod", (*ORDERED, unless("bool", "input", "other", every=True))),
    ("op.lt op.le op.gt op.ge torch.maximum torch.minimum", ORDERED),
    ("op.and op.or op.xor", BITS),
    ("op.invert", (only(INTEGERS | {"bool"}, "input", wants="bool"),)),
    ("nn.PairwiseDistance", (unless("bool", "x1", "x2"),)),
    # single tensors
    ("torch.std torch.var", (only(FLOATS | COMPLEX),)),
    ("torch.max torch.min", (only(REAL), greatest_of_something)),
    ("torch.amax torch.amin torch.erf torch.sign", (only(REAL),)),
    ("torch.sort torch.argsort", (only(REAL), axis_exists)),
    (
        "torch.clamp",
        (
            only(REAL),
            representable("min", int),
            representable("max", int),
            bounded_by_numbers,
        ),
    ),
    ("Tensor.masked_fill", (representable("value"),)),
    ("op.setitem", (assigned("value"),)),
    ("torch.full torch.full_like", (representable("fill_value"),)),
    ("torch.argmax torch.argmin torch.topk torch.round torch.floor torch.ceil", (only(NUMBERS),)),
    ("torch.lerp", (only(FLOATS | COMPLEX), alike("input", "end", "weight"))),
    (
        "F.scaled_dot_product_attention",
        (only(FLOATS, "query", "key", "value"), dropped_share),
    ),
    ("const.tensor", (rectangular,)),
    ("torch.rand_like torch.randn_like", (only(FLOATS | COMPLEX),)),
    ("torch.rand torch.randn", (makes(FLOATS | COMPLEX),)),
    ("torch.randint", (makes(REAL), holds_all)),
    ("torch.arange", (makes(NUMBERS),)),
    ("torch.linspace", (even_steps,)),
    ("torch.bernoulli", (only(FLOATS),)),
    (
        "torch.index_select",
        (
            only(POSITIONS, "index", wants="int64"),
            at_most_rank(1, "index"),
            axis_exists,
            picks_once_of_a_scalar,
            picked_from_something,
        ),
    ),
)


def _table(groups: Iterable[tuple[str, tuple[Rule, ...]]]) -> dict[str, tuple[Rule, ...]]:
    return {name: rules for names, rules in groups for name in names.split()}


RULES = _table(GROUPS)


def check_call(
    spec: Spec, args: Mapping[str, Arg], types: Mapping[str, TensorType], training: bool = True
) -> RuleFailure | None:
    """Return why a real device would refuse this call, or None where it would accept.

    ``args`` are concrete; ``types`` go by input port, and their dims are numbers. What ``meta``
    refuses by itself need not be found here.
    """
    call = Call(spec, args, types, training)
    for rule in (one_device, *RULES.get(spec.name, ())):
        found = rule(call)
        if found is not None:
            return found
    return None
