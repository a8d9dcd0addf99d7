"""What would cure the faults that the judge itself finds, for which no diagnoser is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.search import is_called
from graph_editor.catalogue.spec import Argument
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import (
    clear,
    connect,
    convert,
    disconnect,
    insert,
    let_infer,
    let_take,
    rename_argument,
    repeated,
    replace_spec,
    reset,
    set_to,
    set_width,
    skip,
    swap_inputs,
    together,
    untie,
)
from graph_editor.checking.shared_source import for_all
from graph_editor.checking.trained import is_trained
from graph_editor.checking.usual import USUAL
from graph_editor.checking.verdict import Diagnostic, Dim
from graph_editor.checking.walk import width_before
from graph_editor.checking.whole import unlike_whole
from graph_editor.checking.words import label, number, shape
from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Arg, Expr, Graph, Name, NodeId, OutPort

_COPY = re.compile(r"\[(\d+)\]$")
Cures = Callable[[Diagnostic, Site, Context], Iterator[Proposal]]
CASTS = {
    "tensor.double": "float64", "tensor.half": "float16", "tensor.bfloat16": "bfloat16",
    "tensor.int": "int32", "tensor.short": "int16",
}  # fmt: skip
"""What converts in torch, by another name here."""
NEAR = 0.86
"""How alike two names are, from 0 to 1, of which one is taken for the other misspelt."""
MOST = 6
"""How many wires are tried at most: each is judged."""
NO_TENSORS = ("optim", "lr_scheduler", "metric")
"""Kinds of nodes whose outputs feed no layer: a fix does not propose them."""


def plain_cures(diagnostic: Diagnostic, context: Context) -> tuple[Proposal, ...]:
    """Return edits that may cure, the likeliest first; none where the kind of fault has none."""
    site = context.sites.get(diagnostic.node)
    find = CURES.get(diagnostic.code)
    return tuple(find(diagnostic, site, context)) if find is not None and site is not None else ()


def _missing_input(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose outputs that nothing reads: one of them was meant to come here."""
    yield from _connections(site, diagnostic.port, _unread(site, context))
    if diagnostic.argument == "shape":
        yield from _connections(site, diagnostic.port, _sources(context))


def _unread(site: Site, context: Context) -> Iterator[OutPort]:
    graph = context.project.block(site.block).graph
    read = set(graph.wires.values())
    later = _behind(graph, site.id)
    for id_ in graph.nodes:
        for port in _outputs(graph, id_, context) if id_ not in later else ():
            if OutPort(id_, port) not in read:
                yield OutPort(id_, port)


def _outputs(graph: Graph, id_: NodeId, context: Context) -> tuple[str, ...]:
    node = graph.nodes[id_]
    spec = context.lookup(node.spec)
    return output_ports(spec, node) if spec is not None and node.kind not in NO_TENSORS else ()


def _behind(graph: Graph, start: NodeId) -> set[NodeId]:
    """Return a node and all that depend on it."""
    seen, left = {start}, [start]
    while left:
        current = left.pop()
        fresh = {t.node for t, s in graph.wires.items() if s.node == current} - seen
        seen |= fresh
        left += fresh
    return seen


def _sources(context: Context) -> Iterator[OutPort]:
    graph = context.project.main.graph
    for id_, node in graph.nodes.items():
        if node.kind == "data":
            yield from (OutPort(id_, port) for port in _outputs(graph, id_, context))


def _connections(site: Site, port: str, sources: Iterator[OutPort]) -> Iterator[Proposal]:
    for source, _ in zip(sources, range(MOST), strict=False):
        words = f"Connect {source.node}.{source.port} to {port}"
        yield connect(site, port, source.node, source.port, words)


def _missing_argument(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose how many classes there are, and what people begin with."""
    name = diagnostic.argument
    found: list[Arg] = []
    if name in ("out_features", "out_channels", "num_embeddings"):
        found += sorted({kind.classes for kind in context.facts.values() if kind.classes})
    for value in dict.fromkeys([*found, *USUAL.get(name, ())]):
        yield set_to(site, name, value)


def _expression(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    name = diagnostic.argument
    if name in ("when", "repeat"):
        yield clear(site, name)
        return
    said = site.node.args.get(name)
    known = [p.name for p in context.project.block(site.block).parameters]
    if isinstance(said, Expr):
        for near in get_close_matches(said.text.strip(), known, 1):
            yield set_to(site, name, Expr(near))
    argument = site.spec.argument(name) if site.spec else None
    if argument is not None and argument.infer:
        yield let_infer(site, name)
    elif argument is not None and not argument.required:
        yield reset(site, name)
    else:
        yield from _missing_argument(diagnostic, site, context)


def _lacking(site: Site) -> list[Argument]:
    """Return what a node has to be told or given, and is not."""
    led = {str(port).partition("[")[0] for port in site.sources}
    required = [a for a in site.spec.arguments if a.required and not a.infer] if site.spec else []
    return [a for a in required if a.name not in site.node.args and a.name not in led]


def _unknown_argument(diagnostic: Diagnostic, site: Site, _: Context) -> Iterator[Proposal]:
    names = [a.name for a in site.spec.arguments if a.stage == "constructor"] if site.spec else []
    free = [name for name in names if name not in site.node.args]
    for near in get_close_matches(diagnostic.argument, free, 1):
        yield rename_argument(site, diagnostic.argument, near)
    if not _lacking(site):  # else it would not be whole without
        yield reset(site, diagnostic.argument, f"Remove {diagnostic.argument}")


def _unknown_port(diagnostic: Diagnostic, site: Site, _: Context) -> Iterator[Proposal]:
    if not _lacking(site):
        yield disconnect(site, diagnostic.port, f"Remove the wire into {diagnostic.port}")


def _unknown_spec(_: Diagnostic, site: Site, __: Context) -> Iterator[Proposal]:
    """Propose what is called alike in another room, or nearly so in the same."""
    known = {spec.name.lower(): spec.name for spec in catalogue()}
    said = site.node.spec.lower()
    last = said.rpartition(".")[2]
    if said in CASTS and not site.node.args:
        cast = replace_spec(site, "Tensor.to")
        dtype = set_to(site, "dtype", Name(CASTS[said]))
        yield together(cast, dtype, title=f"Use Tensor.to with dtype {CASTS[said]} instead")
        return
    called = [low for low, name in known.items() if is_called(name, said)]
    alike = [name for name in known if name.rpartition(".")[2] == last]
    near_ones = get_close_matches(said, known, 2, NEAR) if not alike and not called else []
    for near in dict.fromkeys([*alike[:2], *called, *near_ones]):
        yield _as(site, known[near])


def _as(site: Site, name: str) -> Proposal:
    """Propose another spec; one layer of what torch stacks is repeated as often as that has it."""
    count, spec = number(site.node.args.get("num_layers")), catalogue().specs[name]
    if not name.endswith("coderLayer") or count is None or site.node.repeat is not None:
        return replace_spec(site, name)
    taken = {argument.name for argument in spec.arguments}
    one = replace_spec(site, name, without=tuple(a for a in site.node.args if a not in taken))
    title = f"{one.title}, and repeat it {count} times"
    return together(one, repeated(site, count), title=title)


def _input_type(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose to convert what arrives, or to let the input take it."""
    arriving = site.inputs.get(diagnostic.port)
    said = site.node.args.get("dtype")
    if site.node.kind == "block":
        block = context.project.blocks.get(site.node.spec.partition(".")[2])  # type: ignore[call-overload]  # a block's id
        inner = block.graph.nodes.get(NodeId(diagnostic.port)) if block is not None else None
        said = inner.args.get("dtype") if inner is not None else None
    wanted = said.text if isinstance(said, Name) else "float32"
    if "int" not in wanted or not (arriving and unlike_whole(site, diagnostic.port, context)):
        yield convert(site, diagnostic.port, wanted)
    if arriving is not None and site.node.spec == "io.input":
        yield set_to(site, "dtype", Name(arriving.dtype))


def _input_shape(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose to let the input take what arrives."""
    if site.node.spec == "io.input":
        known = site.symbolic.get(diagnostic.port) or site.inputs.get(diagnostic.port)
        if known is not None and "?" not in known.shape:
            shape = tuple(Expr(d) if isinstance(d, str) else d for d in known.shape)
            yield set_to(site, "shape", shape)
    elif site.node.kind == "block":
        yield from _of_block(diagnostic.port, site, context)


def _of_block(port: str, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose the parameter that a size is declared by, or to declare what arrives."""
    block = context.project.block(site.node.spec.partition(".")[2])
    for beside in site.inputs if len(site.inputs) == 2 else ():
        if beside != port:
            yield swap_inputs(site, port, beside, f"Let {port} and {beside} change places")
    declared, arriving = block.graph.nodes[NodeId(port)].args.get("shape"), site.inputs.get(port)
    if not isinstance(declared, tuple) or arriving is None or len(declared) != len(arriving.shape):
        yield let_take(site, port)
        return
    yield from _turned(port, declared, arriving.shape, site, context)
    parameters = {parameter.name for parameter in block.parameters}
    other: list[Arg] = []
    for axis, (dim, size) in enumerate(zip(declared, arriving.shape, strict=True)):
        if isinstance(dim, int) and dim != size:
            maker = width_before(site, port, axis, context)
            if maker is not None:
                yield set_width(maker, dim, context)
        name = dim.text.strip() if isinstance(dim, Expr) else ""
        if name in parameters and isinstance(size, int):
            if site.node.repeat is None or not isinstance(site.node.args.get(name), Expr):
                yield set_to(site, name, size)
            yield from _given_as(port, axis, name, site, context)
        fixed = isinstance(dim, int) or name in parameters
        other.append(size if fixed and isinstance(size, int) else dim)
    yield let_take(site, port)
    yield let_take(site, port, tuple(other))
    goal = tuple(dim for dim in declared[2:] if isinstance(dim, int))
    if len(declared) == 4 and tuple(other)[:2] == declared[:2] and len(goal) == 2:
        words = f"Resize {port} to {shape(goal)}"
        yield insert(site, port, "F.interpolate", {"size": goal}, words)


def _turned(
    port: str, declared: tuple[Arg, ...], arriving: Sequence[Dim], site: Site, context: Context
) -> Iterator[Proposal]:
    """Propose that two axes change places, where one of them is as long as the other has to be."""
    names = [dim.text.strip() if isinstance(dim, Expr) else "" for dim in declared]
    wanted = [
        dim if isinstance(dim, int) else _said(site, name)
        for dim, name in zip(declared, names, strict=True)
    ]
    if len(declared) != 3 or wanted[1:] == list(arriving[1:]):
        return
    if any(
        each not in (None, size) for each, size in zip(wanted[1:], arriving[:0:-1], strict=True)
    ):
        return
    words = f"Let axes 1 and 2 of {port} change places"
    turn = insert(site, port, "Tensor.transpose", {"dim0": 1, "dim1": 2}, words)
    alike = partial(_is_such, site.node.spec, port)
    yield from for_all(turn, site, port, context, alike)
    yield turn


def _is_such(spec: str, port: str, other: Site, name: str) -> bool:
    return other.node.spec == spec and name == port


def _given_as(port: str, axis: int, name: str, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose that the layer before gives as many as a parameter says."""
    maker, wanted = width_before(site, port, axis, context), _said(site, name)
    if maker is not None and wanted is not None and number(maker[0].value(maker[1])) != wanted:
        yield set_width(maker, wanted, context)


def _said(site: Site, name: str) -> int | None:
    """Return the number that a use of a block says for a parameter, if need be by its copy."""
    said = site.args.get(name, site.node.args.get(name))
    copy = _COPY.search(site.address)
    if not isinstance(said, Expr) or copy is None:
        return number(said)
    try:
        return number(evaluate(parse(said.text), {"i": int(copy[1])}))
    except ExpressionError:
        return None


def _repeat(_: Diagnostic, site: Site, __: Context) -> Iterator[Proposal]:
    yield clear(site, "repeat")


def _recursive(_: Diagnostic, site: Site, __: Context) -> Iterator[Proposal]:
    yield skip(site)


def _tied(_: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    for target, owner in context.project.block(site.block).graph.ties.items():
        if site.id in (target.partition(".")[0], owner.partition(".")[0]):
            yield untie(site, target)


def _wired_to(
    kind: str, diagnostic: Diagnostic, site: Site, context: Context
) -> Iterator[Proposal]:
    """Propose the outputs of optimizers or of losses for a port that takes nothing else."""
    graph = context.project.block(site.block).graph
    later = _behind(graph, site.id)
    for id_, node in graph.nodes.items():
        suits = node.kind == kind if kind == "optim" else node.spec.endswith("Loss")
        if suits and id_ not in later:
            port = "optimizer" if kind == "optim" else "output"
            words = f"Lead the wire from “{node.name or id_}”"
            yield connect(site, diagnostic.port, id_, port, words)
    yield disconnect(site, diagnostic.port, "Remove the wire")


def _foreign(_: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose to let every part of a schedule belong to the optimizer of the whole."""
    own = site.sources.get("optimizer")
    for port, source in site.sources.items():
        part = context.sites.get(source.address)
        if own is None or part is None or not port.startswith("schedulers["):
            continue
        theirs = part.sources.get("optimizer")
        if theirs is not None and theirs.address != own.address:
            id_ = NodeId(own.address.rpartition("/")[2])
            words = f"Let {label(part)} belong to “{id_}” too"
            yield connect(part, "optimizer", id_, own.port, words)


def _another_optimizer(spec: str, _: Diagnostic, site: Site, __: Context) -> Iterator[Proposal]:
    usual = number(site.value("lr"))
    kept = () if usual is None else ("lr",)
    yield replace_spec(site, spec, without=tuple(a for a in site.node.args if a in kept))


def _sparse_gradient(diagnostic: Diagnostic, site: Site, context: Context) -> Iterator[Proposal]:
    """Propose full gradients for all embeddings that an optimizer trains, or that it takes these.

    What is in the way where it takes them else goes first.
    """
    if diagnostic.argument:
        yield reset(site, diagnostic.argument)
    sparse = [
        set_to(s, "sparse", False, of=label(s))
        for s in context.of(("nn.Embedding", "nn.EmbeddingBag"))
        if s.value("sparse") is True and is_trained(s, site)
    ]
    if sparse:
        first, *others = sparse
        title = "Set sparse of all embeddings to False" if others else first.title
        yield together(first, *others, title=title)
    yield replace_spec(site, "optim.SparseAdam", without=tuple(site.node.args.without("lr")))


CURES: dict[str, Cures] = {
    "missing-input": _missing_input,
    "missing-argument": _missing_argument,
    "expression": _expression,
    "unknown-argument": _unknown_argument,
    "unknown-port": _unknown_port,
    "unknown-spec": _unknown_spec,
    "input-type": _input_type,
    "input-shape": _input_shape,
    "repeat-count": _repeat,
    "recursive-block": _recursive,
    "no-such-weight": _tied,
    "not-a-loss": partial(_wired_to, "nn"),
    "metric-not-scalar": partial(_wired_to, "nn"),
    "wrong-kind": partial(_wired_to, "optim"),
    "foreign-scheduler": _foreign,
    "gradient-not-sparse": partial(_another_optimizer, "optim.Adam"),
    "gradient-sparse": _sparse_gradient,
    "weight-not-matrix": partial(_another_optimizer, "optim.AdamW"),
    "weight-empty": partial(_another_optimizer, "optim.AdamW"),
}
