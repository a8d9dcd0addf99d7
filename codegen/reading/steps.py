"""What an edit of train.py may change beside values: optimizers, schedules, losses, clipping.

Their classes are exchanged for others of their kind, a schedule comes or goes, gradients are
clipped or no longer. What is yielded here is tried: it is kept where the file is then written as it
was edited.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from codegen.reading.constants import MISSING, Callee, literal_of
from codegen.reading.source import dotted
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.edits import add_node, connect, delete, in_block
from graph_editor.document.edits.nodes import set_argument, unset_argument
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

Change = Callable[[Project], Project]
Try = tuple[str, Change]
"""What a change is, in words, and the change."""
KINDS = ("optim", "lr_scheduler", "nn")
SCHEDULE, OPTIMIZER, CLIP = "lr_scheduler.", "optim.", "clip_norm"
CLIPPING = "nn.utils.clip_grad_norm_"


def spec_name(path: str) -> str:
    """Return the spec that a dotted name in train.py stands for: ``torch.optim.SGD``."""
    if not path.startswith("torch.optim."):
        return path
    rest = path.removeprefix("torch.optim.")
    return rest if rest.startswith(SCHEDULE) else f"{OPTIMIZER}{rest}"


def _arguments(spec: Spec) -> list[Argument]:
    """Return what a constructor takes by place, after the parameters or the optimizer."""
    return [a for a in spec.arguments if a.stage == "constructor" and a.style == "positional"]


class ByName(ast.NodeTransformer):
    """Says by name what optimizers, schedules and losses are given by place; nn for torch.nn."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # ast's name
        """Say ``nn`` for ``torch.nn``."""
        if dotted(node) == ["torch", "nn"]:
            return ast.copy_location(ast.Name("nn", ast.Load()), node)
        return self.generic_visit(node)

    def visit_Call(self, call: ast.Call) -> ast.AST:  # ast's name
        """Name the arguments of one call."""
        self.generic_visit(call)
        name = spec_name(".".join(dotted(call.func) or []))
        if name == CLIPPING and [k.arg for k in call.keywords] == ["max_norm"]:
            limit = call.keywords[0].value
            return ast.copy_location(ast.Call(call.func, [*call.args, limit], []), call)
        spec = self.lookup(name) if name.partition(".")[0] in KINDS else None
        if spec is None or any(isinstance(a, ast.Starred) for a in call.args):
            return call
        first = 0 if spec.kind == "nn" else 1
        wanted, given = _arguments(spec), call.args[first:]
        if len(given) > len(wanted):
            return call
        named = [
            ast.copy_location(ast.keyword(a.name, value), value)
            for a, value in zip(wanted, given, strict=False)
        ]
        whole = ast.Call(call.func, call.args[:first], [*named, *call.keywords])
        return ast.copy_location(whole, call)


def exchanged(
    project: Project, lookup: Lookup, before: Callee, after: Callee, nodes: Sequence[NodeId]
) -> Iterator[Try]:
    """Yield the project with another class for an optimizer, a schedule or a loss."""
    old, new = spec_name(before.path), spec_name(after.path)
    spec = lookup(new)
    if spec is None or old.partition(".")[0] != new.partition(".")[0]:
        return
    takes = {a.name for a in spec.arguments if a.stage == "constructor"}
    for node in nodes:
        found = project.main.graph.nodes[node]
        if found.spec != old:
            continue
        kept = {k: v for k, v in found.args.items() if k in takes}
        args = kept | {k: v for k, v in after.given.items() if k in takes}
        was = lookup(old)
        is_usual = was is not None and found.name in (was.title, old.rpartition(".")[2])
        name = spec.title if is_usual else found.name
        made = replace(found, spec=new, args=FrozenMap(args), name=name)
        yield f"{node} became {new.rpartition('.')[2]}", _with(node, made)


def _with(node: NodeId, made: Node) -> Change:
    def change(project: Project) -> Project:
        graph = project.main.graph
        whole = replace(graph, nodes=graph.nodes.set(node, made))
        return replace(project, main=replace(project.main, graph=whole))

    return change


def reshaped(
    project: Project, lookup: Lookup, tree: ast.Module, nodes: Sequence[NodeId], ids: IdSource
) -> Iterator[Try]:
    """Yield what the statements of an edited train.py may want: schedules and clipping."""
    calls = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and (path := dotted(each.func)):
            calls[".".join(path)] = each
    there = {n: project.main.graph.nodes[n] for n in nodes}
    asked = {spec_name(path): call for path, call in calls.items()}
    for node, found in there.items():
        if found.spec.startswith(SCHEDULE) and found.spec not in asked:
            yield f"{found.spec} was removed", _gone(node)
    specs = {found.spec for found in there.values()}
    optimizers = [n for n, found in there.items() if found.kind == "optim"]
    clip = next((c for p, c in calls.items() if p.endswith("clip_grad_norm_")), None)
    for optimizer in optimizers:
        for name, call in asked.items():
            spec = lookup(name) if name.startswith(SCHEDULE) and name not in specs else None
            if spec is not None:
                yield f"{name} was added", _scheduled(optimizer, spec, _given(call), ids)
        yield from _clipped(optimizer, there[optimizer], clip)


def _clipped(optimizer: NodeId, found: Node, clip: ast.Call | None) -> Iterator[Try]:
    if clip is None and CLIP in found.args:
        yield f"{CLIP} of {optimizer}: as it is by itself", _unset(optimizer)
    elif clip is not None and CLIP not in found.args:
        values = [*clip.args[1:], *(k.value for k in clip.keywords if k.arg == "max_norm")]
        said = literal_of(values[0]) if len(values) == 1 else None
        if isinstance(said, int | float) and not isinstance(said, bool):
            yield f"{CLIP} of {optimizer}: {said}", _set(optimizer, float(said))


def _gone(node: NodeId) -> Change:
    return lambda project: delete(project, "main", [node])


def _set(node: NodeId, value: Arg) -> Change:
    return lambda p: in_block(p, "main", lambda graph: set_argument(graph, node, CLIP, value))


def _unset(node: NodeId) -> Change:
    return lambda p: in_block(p, "main", lambda graph: unset_argument(graph, node, CLIP))


def _given(call: ast.Call) -> Mapping[str, Arg]:
    found = {k.arg: literal_of(k.value) for k in call.keywords if k.arg}
    return {name: value for name, value in found.items() if value is not MISSING}


def _scheduled(optimizer: NodeId, spec: Spec, given: Mapping[str, Arg], ids: IdSource) -> Change:
    """Return the change that gives an optimizer a schedule."""
    takes = {a.name for a in spec.arguments if a.stage == "constructor"}
    args = FrozenMap({k: v for k, v in given.items() if k in takes})

    def change(project: Project) -> Project:
        node = NodeId(ids.fresh("schedule", project.main.graph.nodes))
        end, start = InPort(node, PortPath("optimizer")), OutPort(optimizer, PortPath("optimizer"))

        def added(graph: Graph) -> Graph:
            return connect(add_node(graph, node, Node(spec.name, args=args)), start, end)

        return in_block(project, "main", added)

    return change
