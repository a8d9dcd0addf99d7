"""The keys that a torch.nn module puts into a state_dict, told from its arguments without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graph_editor.catalogue.spec import Spec

Args = Mapping[str, Any]
Names = Callable[[Args], list[str]]


def _weight_and_bias(args: Args) -> list[str]:
    return ["weight", "bias"] if args.get("bias", True) else ["weight"]


def _weight(_args: Args) -> list[str]:
    return ["weight"]


def _batch_norm(args: Args) -> list[str]:
    own = _weight_and_bias(args) if args.get("affine") else []
    statistics = ["running_mean", "running_var", "num_batches_tracked"]
    return own + (statistics if args.get("track_running_stats") else [])


def _layer_norm(args: Args) -> list[str]:
    return _weight_and_bias(args) if args.get("elementwise_affine") else []


def _group_norm(args: Args) -> list[str]:
    return _weight_and_bias(args) if args.get("affine") else []


def _rms_norm(args: Args) -> list[str]:
    return ["weight"] if args.get("elementwise_affine") else []


def _recurrent(args: Args) -> list[str]:
    kinds = ["weight_ih", "weight_hh"] + (["bias_ih", "bias_hh"] if args.get("bias") else [])
    kinds += ["weight_hr"] if args.get("proj_size") else []
    ways = ("", "_reverse") if args.get("bidirectional") else ("",)
    return [f"{k}_l{n}{w}" for n in range(args["num_layers"]) for w in ways for k in kinds]


def _cell(args: Args) -> list[str]:
    return ["weight_ih", "weight_hh"] + (["bias_ih", "bias_hh"] if args.get("bias") else [])


def _attention(args: Args) -> list[str]:
    sizes = {args.get("kdim") or args["embed_dim"], args.get("vdim") or args["embed_dim"]}
    whole = sizes == {args["embed_dim"]}
    names = ["in_proj_weight"] if whole else [f"{p}_proj_weight" for p in "qkv"]
    names += ["in_proj_bias"] if args.get("bias") else []
    names += ["bias_k", "bias_v"] if args.get("add_bias_kv") else []
    return [*names, "out_proj.weight", *(["out_proj.bias"] if args.get("bias") else [])]


def _class_weights(args: Args) -> list[str]:
    return [name for name in ("weight", "pos_weight") if args.get(name) is not None]


def _below(prefix: str, names: Iterable[str]) -> list[str]:
    return [f"{prefix}.{name}" for name in names]


def _transformer_layer(attentions: tuple[str, ...]) -> Names:
    """Return the rule of a layer: attentions, two linear layers, a norm after each part."""

    def names(args: Args) -> list[str]:
        inside = {"embed_dim": args["d_model"], "bias": args.get("bias", True)}
        linears = ["linear1", "linear2"]
        norms = [f"norm{number}" for number in range(1, len(attentions) + 2)]
        found = [key for part in attentions for key in _below(part, _attention(inside))]
        return found + [k for part in linears + norms for k in _below(part, _weight_and_bias(args))]

    return names


_encoder_layer = _transformer_layer(("self_attn",))
_decoder_layer = _transformer_layer(("self_attn", "multihead_attn"))


def _transformer(args: Args) -> list[str]:
    found: list[str] = []
    for room, layer in (("encoder", _encoder_layer), ("decoder", _decoder_layer)):
        for number in range(args[f"num_{room}_layers"]):
            found += _below(f"{room}.layers.{number}", layer(args))
        found += _below(f"{room}.norm", _weight_and_bias(args))
    return found


def _adaptive_softmax(args: Args) -> list[str]:
    tails = range(len(args["cutoffs"]))
    head = _below("head", ["weight", "bias"] if args.get("head_bias") else ["weight"])
    return head + [f"tail.{cluster}.{part}.weight" for cluster in tails for part in (0, 1)]


def _linear_loss(args: Args) -> list[str]:
    return _below("linear", _weight_and_bias(args))


FAMILIES: tuple[tuple[tuple[str, ...], Names], ...] = (
    (("Linear", "Bilinear", "Conv1d", "Conv2d", "Conv3d"), _weight_and_bias),
    (("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _weight_and_bias),
    (("Embedding", "EmbeddingBag", "PReLU"), _weight),
    (("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"), _batch_norm),
    (("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"), _batch_norm),
    (("LayerNorm",), _layer_norm),
    (("GroupNorm",), _group_norm),
    (("RMSNorm",), _rms_norm),
    (("LSTM", "GRU", "RNN"), _recurrent),
    (("LSTMCell", "GRUCell", "RNNCell"), _cell),
    (("MultiheadAttention",), _attention),
    (("TransformerEncoderLayer",), _encoder_layer),
    (("TransformerDecoderLayer",), _decoder_layer),
    (("Transformer",), _transformer),
    (("AdaptiveLogSoftmaxWithLoss",), _adaptive_softmax),
    (("LinearCrossEntropyLoss",), _linear_loss),
    (("CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss"), _class_weights),
    (("MultiMarginLoss", "MultiLabelSoftMarginLoss"), _class_weights),
)
BY_NAME = {f"nn.{name}": names for group, names in FAMILIES for name in group}


def parameter_names(spec: Spec, args: Args) -> list[str]:
    """Return the keys that a module puts into a state_dict, in torch's order.

    A module that is not in the table has none.
    """
    defaults = {a.name: a.default for a in spec.arguments if a.stage == "constructor"}
    rule = BY_NAME.get(spec.name)
    return rule({**defaults, **args}) if rule else []
