"""The docstrings of model.py: what it is, what goes in and what comes out, with shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from codegen.model_class import ClassPlan
from codegen.model_plan import Planner
from codegen.model_sizes import inferred_size
from codegen.names import distinct, remark, shape_text, slug
from graph_editor.document.model import Arg, Expr, NodeId, OutPort, PortPath

ONE_LINE = 90
"""How long a docstring of one line may be, beside four columns and six quotes."""
LONGEST = 300
_OPENINGS = "A An The One Two Three Four Five Several Some Many Every Each This"
OPENINGS = frozenset(_OPENINGS.split())
"""Words that have their capital only because a sentence begins with them; also verbs in -s."""
NAMES = frozenset(("Bayes", "Gauss"))
UNKNOWN = "?"
NAMED = -1
"""Stands for a size that has a name, among the facts of a shape."""


def module_docstring(name: str, doc: str) -> str:
    """Return ``DigitsCNN: a small classifier.``, or what it is where nobody has said it."""
    about = sentence(doc)
    if not about:
        return f"{name}, a neural network."
    first, space, rest = about.partition(" ")
    verb = first.isalpha() and first.endswith("s") and first[1:].islower() and len(first) > 3
    if first in OPENINGS or (verb and first not in NAMES):
        first = first.lower()
    whole = f"{name}: {first}{space}{rest}"
    return whole if len(whole) <= ONE_LINE + 4 else f"{name}, a neural network.\n\n{about}"


def sentence(doc: str) -> str:
    """Return what somebody wrote of a graph, fit for a docstring and ended by a full stop."""
    text = remark(doc, LONGEST)
    return text if not text or text.endswith((".", "!", "?")) else text + "."


def output_names(plan: ClassPlan) -> list[str]:
    """Return what the results of forward are called, in order."""
    return distinct(slug(plan.node(node).name) or "output" for node in plan.outputs())


def class_docstring(planner: Planner, plan: ClassPlan) -> str:
    """Return one line where all fits, else a summary and a line each for what goes in and out.

    The file begins with what the main graph is, so that its class need not say it again.
    """
    doc, lines = sentence(plan.block.doc), _ends(planner, plan)
    short = " ".join(lines if plan.key == "main" and lines else [doc, *lines]).strip()
    if len(short) <= ONE_LINE or not lines:
        return short
    return "\n".join([doc or f"{plan.class_name}, a neural network.", "", *lines])


def _ends(planner: Planner, plan: ClassPlan) -> list[str]:
    """Return ``Input: ...`` and ``Output: ...``, or both in one where they are alike."""
    names = [argument.name for argument in plan.signature]
    bare = plan.key != "main"
    ins = [_shape(planner, plan, node) for node in plan.inputs()]
    left_out = [plan.node(node).args.get("optional") is True for node in plan.inputs()]
    outs = [_shape(planner, plan, node) for node in plan.outputs()]
    if bare and len(ins) == len(outs) == 1 and ins == outs and ins[0]:
        return [f"Input and output: {ins[0]}."]
    results = output_names(plan)
    found = []
    for word, called, shapes in (("Input", names, ins), ("Output", results, outs)):
        alone = bare and len(shapes) == 1 and shapes[0]
        parts = [
            shape if alone else f"{name} {shape}".strip()
            for name, shape in zip(called, shapes, strict=True)
            if shape or len(shapes) > 1 or not bare
        ]
        if word == "Input" and len(parts) == len(left_out):
            parts = [f"{p} or None" if o else p for p, o in zip(parts, left_out, strict=True)]
        if parts:
            found.append(f"{word}{'s' if len(parts) > 1 else ''}: {', '.join(parts)}.")
    return found


def _shape(planner: Planner, plan: ClassPlan, node: NodeId) -> str:
    """Return ``(B, 1, 8, 8) float32``, in a block ``(B, channels, H, W)``; empty if unknown."""
    if plan.key == "main":
        found = planner.verdict.types.get(f"{node}.output")
        return "" if found is None else f"{shape_text(found.shape)} {remark(found.dtype, 20)}"
    if plan.node(node).spec == "io.input":
        declared = _declared(planner, plan, node)
        return shape_text(declared) if declared else ""
    dims = _deduced(planner, plan, node)
    while dims[-2:] == [UNKNOWN, UNKNOWN]:
        dims.pop()
    if UNKNOWN in dims[:-1] or dims in ([], [UNKNOWN]):
        return ""
    return shape_text(["..." if size == UNKNOWN else size for size in dims])


def _declared(planner: Planner, plan: ClassPlan, node: NodeId) -> list[str]:
    """Return the sizes of an input as the drawing names them, or as the constructor is told."""
    shape = plan.node(node).args.get("shape")
    dims = shape if isinstance(shape, tuple) else ()
    port = OutPort(node, "output")
    told = dict(_told(planner, plan, port, len(dims))) if dims else {}
    told = _counted(planner, plan, port, dims) | told
    spoken = (told.get(k, dim) if isinstance(dim, Expr) else dim for k, dim in enumerate(dims))
    return [_said(plan, dim) for dim in spoken]


def _told(planner: Planner, plan: ClassPlan, port: OutPort, rank: int) -> Iterator[tuple[int, Arg]]:
    """Yield the axes of an input that a layer behind it is told by a parameter of the block."""
    for node_id, node in plan.block.graph.nodes.items():
        for name, axis in _asked(planner, plan, node_id, port, rank):
            value = node.args.get(name)
            if isinstance(value, Expr) and value.text in plan.parameters:
                yield axis, value


def _counted(
    planner: Planner, plan: ClassPlan, port: OutPort, dims: tuple[Arg, ...]
) -> dict[int, Arg]:
    """Return the axes that a layer behind an input has a number for in the code, and the number."""
    if not dims:
        return {}
    named = {*plan.parameters, *plan.sizes}
    asked = {
        axis
        for node_id, node in plan.block.graph.nodes.items()
        for name, axis in _asked(planner, plan, node_id, port, len(dims))
        if node.kind != "block" and isinstance(node.args.get(name, 0), int)
    }
    told: dict[int, Arg] = {}
    where = f"{port.node}.output"
    shapes = [planner.facts.answer(("shape", f"{at}/{where}", "")) for at in plan.instances]
    for axis in asked:
        dim = dims[axis]
        words = re.findall(r"[A-Za-z_]\w*", dim.text) if isinstance(dim, Expr) else ()
        sizes = {s[axis] if isinstance(s, tuple) and len(s) > axis else None for s in shapes}
        size = sizes.pop() if len(sizes) == 1 else None
        if isinstance(size, int) and size >= 0 and not named.intersection(words):
            told[axis] = size
    return told


def _asked(
    planner: Planner, plan: ClassPlan, node_id: NodeId, port: OutPort, rank: int
) -> Iterator[tuple[str, int]]:
    """Yield the arguments of a node that say a size of what comes from a port, and the axis."""
    node = plan.node(node_id)
    if node.kind == "block":
        inner = planner.plans.get(node.spec.partition(".")[2])  # none of one that is never made
        if inner is None:
            return
        for entry in inner.inputs():
            if plan.origin(plan.wires[node_id].get(PortPath(entry))) == port:
                for axis, said in _told(planner, inner, OutPort(entry, "output"), rank):
                    yield cast(Expr, said).text, axis
        return
    spec = planner.lookup(node.spec)
    for argument in spec.arguments if spec is not None else ():
        size = inferred_size(plan, node_id, argument.infer) if argument.infer else None
        if size is not None and size[0] == port:
            yield argument.name, size[1] % rank


def _deduced(planner: Planner, plan: ClassPlan, node: NodeId) -> list[str]:
    """Return an output's sizes by what the judge has seen them depend on."""
    return [_said(plan, size) for size in _sizes(planner, plan, node)]


def _sizes(planner: Planner, plan: ClassPlan, node: NodeId) -> Iterator[Arg]:
    """Yield what is known of each size of what leaves a block; None where nothing is."""
    where = f"{node}.output"
    shapes = [planner.facts.answer(("shape", f"{at}/{where}", "")) for at in plan.instances]
    ranks = {len(shape) for shape in shapes if isinstance(shape, tuple) and shape}
    for axis in range(ranks.pop() if len(ranks) == 1 else 0):  # some leave the block out
        question = ("block_inferred", f"{plan.key}/{where}", f"shape[{axis}]")
        found = cast(Arg, planner.facts.answer(question))
        if isinstance(found, int) and any(shape[axis] == NAMED for shape in shapes if shape):  # type: ignore[index]  # tuples
            found = _name_of(planner, plan, where, axis)
        yield found


def _name_of(planner: Planner, plan: ClassPlan, where: str, axis: int) -> Arg:
    """Return what a size is called in all instances; None where they differ."""
    types = [planner.verdict.types.get(f"{at}/{where}") for at in plan.instances]
    names = {known.shape[axis] if known is not None else None for known in types}
    name = names.pop() if len(names) == 1 else None
    return Expr(name) if isinstance(name, str) and name.isidentifier() else None


def _said(plan: ClassPlan, size: Arg) -> str:
    """Return one size with the names that the code has for the drawing's."""
    if not isinstance(size, Expr):
        return UNKNOWN if size is None else str(size)
    named = {**plan.sizes, **plan.parameters}
    text = re.sub(r"[A-Za-z_]\w*", lambda m: named.get(m[0], m[0]), size.text.strip())
    text = re.sub(r"\((\w+) - 1\) // (\w+) \+ 1", r"\1 / \2", text)
    return text.replace(" // ", " / ")
