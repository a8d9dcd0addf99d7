"""Which node and parameter each key of the model's state_dict belongs to, without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codegen.model_expressions import muted, value_of
from codegen.model_members import Members, constructor_test
from codegen.model_plan import ClassPlan, Planner
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Address, Node, NodeId, PortPath

Args = Mapping[str, Any]
Names = Callable[[Args], list[str]]


def _weight_and_bias(args: Args) -> list[str]:
    return ["weight", "bias"] if args.get("bias", True) else ["weight"]


def _weight(_args: Args) -> list[str]:
    return ["weight"]


def _batch_norm(args: Args) -> list[str]:
    own = ["weight", "bias"] if args.get("affine") else []
    statistics = ["running_mean", "running_var", "num_batches_tracked"]
    return own + (statistics if args.get("track_running_stats") else [])


def _layer_norm(args: Args) -> list[str]:
    return _weight_and_bias(args) if args.get("elementwise_affine") else []


def _group_norm(args: Args) -> list[str]:
    return ["weight", "bias"] if args.get("affine") else []


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
    (("CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss"), _class_weights),
    (("MultiMarginLoss", "MultiLabelSoftMarginLoss"), _class_weights),
)
BY_NAME = {f"nn.{name}": names for group, names in FAMILIES for name in group}


def parameter_names(spec: Spec, args: Args) -> list[str]:
    """Return the keys that a module puts into a state_dict, in torch's order.

    A module that is not in the table has none, or has its keys found by their prefix.
    """
    defaults = {a.name: a.default for a in spec.arguments if a.stage == "constructor"}
    rule = BY_NAME.get(spec.name)
    return rule({**defaults, **args}) if rule else []


def state_map(planner: Planner, main: ClassPlan) -> dict[str, tuple[Address, str]]:
    """Return the owner of every key of the main class."""
    planner = planner.asking_again()
    scope = {p.name: p.default for p in main.block.parameters}
    return dict(_keys(planner, main, "", "", scope))


def _keys(
    planner: Planner, plan: ClassPlan, prefix: str, at: str, scope: Args
) -> Iterator[tuple[str, tuple[Address, str]]]:
    """Yield the keys below one instance of a class."""
    members = Members(planner, plan)
    for node in dict.fromkeys(plan.owner(n) for n in plan.order if not muted(plan.node(n))):
        if node not in plan.attributes and node not in plan.group_of:
            continue
        found = plan.node(node)
        key, address = prefix + members.state_path(node), f"{at}{node}"
        if not _built(planner, plan, node, at, scope):
            continue
        if found.repeat is None or found.repeat.shared:
            yield from _own(planner, plan, node, key, address, scope)
            continue
        count = int(value_of(found.repeat.count, scope) or 0)
        for copy in range(count):
            inside = {**scope, "i": copy, "n": count}
            yield from _own(planner, plan, node, f"{key}.{copy}", f"{address}[{copy}]", inside)


def _own(
    planner: Planner, plan: ClassPlan, node: NodeId, key: str, address: str, scope: Args
) -> Iterator[tuple[str, tuple[Address, str]]]:
    found = plan.node(node)
    spec = planner.lookup(found.spec)
    assert spec is not None
    if found.kind in ("param", "buffer"):
        if found.args.get("persistent") is not False:
            yield key, (Address(address), "")
        return
    args = concrete(planner, found, spec, address, scope)
    if found.kind == "block":
        inner = planner.plans[found.spec.partition(".")[2]]
        defaults = {p.name: p.default for p in inner.block.parameters}
        yield from _keys(planner, inner, f"{key}.", f"{address}/", {**defaults, **args})
        return
    for name in parameter_names(spec, args):
        yield f"{key}.{name}", (Address(address), name)


def concrete(planner: Planner, node: Node, spec: Spec, address: str, scope: Args) -> dict[str, Any]:
    """Return the constructor's arguments as numbers; those that cannot be told are left out."""
    found: dict[str, Any] = {}
    for argument in spec.arguments:
        if argument.stage == "constructor":
            name = argument.name
            arg = node.args.get(name)
            value = planner.inferred(address, name) if arg is None else value_of(arg, scope)
            if value is not None:
                found[argument.name] = value
    return found


def _built(planner: Planner, plan: ClassPlan, node: NodeId, at: str, scope: Args) -> bool:
    """Whether ``when`` leaves a module in, so far as that is known."""
    test = constructor_test(plan.node(node))

    def shapes(port: str) -> tuple[int, ...]:
        source = plan.origin(plan.wires[node].get(PortPath(port)))
        return planner.shape(f"{at}{source.node}.{source.port}") if source else ()

    return test is None or value_of(test, scope, shapes) is not False
