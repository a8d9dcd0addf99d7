"""The docstrings of model.py: what it is, what goes in and what comes out, with shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.model_class import ClassPlan
from codegen.model_plan import Planner
from codegen.names import distinct, remark, shape_text, slug
from graph_editor.document.model import Arg, Expr, NodeId, OutPort

ONE_LINE = 90
"""How long a docstring of one line may be, beside four columns and six quotes."""
LONGEST = 300
_OPENINGS = "A An The One Two Three Four Five Several Some Many Every Each This"
OPENINGS = frozenset(_OPENINGS.split())
"""Words that have their capital only because a sentence begins with them; also verbs in -s."""
NAMES = frozenset(("Bayes", "Gauss"))
UNKNOWN = "?"


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
        if parts:
            found.append(f"{word}{'s' if len(parts) > 1 else ''}: {', '.join(parts)}.")
    return found


def _shape(planner: Planner, plan: ClassPlan, node: NodeId) -> str:
    """Return ``(B, 1, 8, 8) float32``, in a block ``(B, channels, H, W)``; empty if unknown."""
    if plan.key == "main":
        found = planner.verdict.types.get(f"{node}.output")
        return "" if found is None else f"{shape_text(found.shape)} {remark(found.dtype, 20)}"
    if plan.node(node).spec == "io.input":
        declared = _declared(plan, node)
        return shape_text(declared) if declared else ""
    dims = _deduced(planner, plan, node)
    while dims[-2:] == [UNKNOWN, UNKNOWN]:
        dims.pop()
    if UNKNOWN in dims[:-1] or dims in ([], [UNKNOWN]):
        return ""
    return shape_text(["..." if size == UNKNOWN else size for size in dims])


def _declared(plan: ClassPlan, node: NodeId) -> list[str]:
    shape = plan.node(node).args.get("shape")
    dims = shape if isinstance(shape, tuple) else ()
    return [d.text.strip() if isinstance(d, Expr) else str(d) for d in dims]


def _seen(planner: Planner, plan: ClassPlan, port: OutPort) -> list[tuple[int, ...]]:
    """Return the shape at a port in every instance, with -1 where a size varies."""
    found = []
    for at in plan.instances:
        place = f"{at}/{port.node}.{port.port}" if at else f"{port.node}.{port.port}"
        shape = planner.facts.answer(("shape", place, ""))
        found.append(shape if isinstance(shape, tuple) else ())
    return found


def _deduced(planner: Planner, plan: ClassPlan, node: NodeId) -> list[str]:
    """Return an output's sizes in the words of the block's inputs and parameters."""
    shapes = _seen(planner, plan, OutPort(node, "output"))
    there = [place for place, shape in enumerate(shapes) if shape]  # some leave the block out
    if not there or len({len(shapes[place]) for place in there}) > 1:
        return []
    known = []
    for each in plan.inputs():
        words, seen = _declared(plan, each), _seen(planner, plan, OutPort(each, "output"))
        if all(len(seen[place]) == len(words) for place in there):
            known.append((words, [seen[place] for place in there]))
    scopes = [plan.scopes[place] for place in there]
    return [
        _size([shapes[place][axis] for place in there], axis, known, plan.parameters, scopes)
        for axis in range(len(shapes[there[0]]))
    ]


def _size(
    sizes: Sequence[int],
    axis: int,
    known: Sequence[tuple[list[str], list[tuple[int, ...]]]],
    parameters: Mapping[str, str],
    scopes: Sequence[Mapping[str, Arg]],
) -> str:
    """Return one size: that of an input at the same place, a parameter, a number, a fraction."""
    beside = [(words[axis], [s[axis] for s in seen]) for words, seen in known if axis < len(words)]
    for word, values in beside:
        if values == list(sizes) and not word.isdigit():
            return word
    for name, code in parameters.items():
        if [scope.get(name) for scope in scopes] == list(sizes):
            return code
    if len(set(sizes)) == 1 and sizes[0] >= 0:
        return str(sizes[0])
    for word, values in beside:
        for name, code in parameters.items():
            steps = [n for n in (scope.get(name) for scope in scopes) if isinstance(n, int)]
            is_step = len(steps) == len(sizes) and set(steps) != {1}
            if is_step and values == [b * n for b, n in zip(sizes, steps, strict=True)]:
                return f"{word} / {code}"
        parts = {a // b for a, b in zip(values, sizes, strict=True) if b > 0 and a % b == 0}
        if len(parts) == 1 and parts != {1} and min(sizes) > 0 and word.isidentifier():
            return f"{word} / {parts.pop()}"
    return UNKNOWN
