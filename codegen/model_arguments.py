"""The arguments of constructors and calls: only those that differ from torch's defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from codegen import emit
from codegen.emit import Expression
from codegen.literals import NoLiteral, Rename, written
from codegen.model_class import ClassPlan, is_auto
from codegen.model_plan import Planner
from codegen.written import CannotWrite
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, Hole, Name, Node, NodeId, same

AXES = ("dim", "axis", "start_dim", "dims")
LIKE = "Type a number, or take the size from a tensor, as torch.randn_like and zeros_like do."


class Passed:
    """Arguments for one call, in torch's order: by position up to the first gap, then by name."""

    def __init__(self) -> None:
        self.positional: list[Expression] = []
        self.keywords: dict[str, Expression] = {}
        self.gap = False

    def put(self, argument: Argument, value: Expression, by_name: bool) -> None:
        """Pass a value."""
        if argument.style == "keyword" or self.gap or by_name:
            self.keywords[argument.name] = value
            self.gap = True
        else:
            self.positional.append(value)

    def call(self, callee: Expression) -> Expression:
        """Return the call."""
        return emit.call(callee, self.positional, self.keywords)


def constructed(planner: Planner, plan: ClassPlan, node: NodeId, rename: Rename) -> Expression:
    """Return the expression that builds a node's module."""
    found = plan.node(node)
    spec = planner.lookup(found.spec)
    assert spec is not None
    passed = Passed()
    first = True
    for argument in spec.arguments:
        if argument.stage != "constructor" or argument.style == "pseudo":
            continue
        value = None
        if argument.required or argument.name in found.args:  # most are left to torch
            value = _constructor_value(planner, plan, node, argument, rename)
        if value is None:
            passed.gap = True
        else:
            by_name = not argument.required and not (first and _speaks(argument))
            passed.put(argument, value, by_name and found.kind != "block")
        first = False
    if found.kind == "block":
        inner = planner.plans[found.spec.partition(".")[2]]
        return _instance(planner, plan, node, inner, passed, rename)
    return passed.call(callee(spec))


def _instance(
    planner: Planner,
    plan: ClassPlan,
    node: NodeId,
    inner: ClassPlan,
    passed: Passed,
    rename: Rename,
) -> Expression:
    """Return the call of a block's class: required ones by position, the others by name."""
    given = dict(zip(inner.parameters.values(), passed.positional, strict=False))
    given |= {inner.parameters.get(key, key): value for key, value in passed.keywords.items()}
    for name in inner.extra_names:
        ways = planner.ways(plan, node, inner, name)
        given[name] = _extra_value(planner, plan, ways, node, rename)
    needed = list(inner.extra_names)  # what comes in stands before what goes out
    needed += [inner.parameters[p.name] for p in inner.block.parameters if p.default is None]
    first = [given[key] for key in needed if key in given]
    rest = {key: value for key, value in given.items() if key not in needed}
    return emit.call(emit.name(inner.class_name), first, rest)


def callee(spec: Spec) -> Expression:
    """Return torch's name of a spec as the imports of the file let it be written."""
    return _imported(spec.callee)


@lru_cache(1_000)
def _imported(text: str) -> Expression:
    for long, short in (("torch.nn.functional.", "F."), ("torch.nn.", "nn.")):
        if text.startswith(long):
            return emit.name(short + text[len(long) :])
    return emit.name(text)


def _speaks(argument: Argument) -> bool:
    """Whether an optional first argument is clear without its name: ``nn.Dropout(0.25)``."""
    return argument.type in ("int", "float", "number", "size") and argument.name not in AXES


def _constructor_value(
    planner: Planner, plan: ClassPlan, node: NodeId, argument: Argument, rename: Rename
) -> Expression | None:
    found = plan.node(node)
    if is_auto(argument, found):
        settled = planner.common(plan, node, argument.name)
        if settled is None:
            return _extra_value(planner, plan, [(node, argument.name)], node, rename)
        _refuse_varying(planner, plan, [(node, argument.name)], node)
        return literal(plan, node, argument, settled, rename)
    if argument.name not in found.args or _default(argument, found.args[argument.name]):
        return None
    return literal(plan, node, argument, found.args[argument.name], rename)


def _extra_value(
    planner: Planner,
    plan: ClassPlan,
    ways: list[tuple[str, str]],
    node: NodeId,
    rename: Rename,
) -> Expression:
    """Return an inferred parameter: a parameter of this class too, or what all instances share."""
    for extra in plan.extras:
        if (extra.path, extra.argument) in ways:
            return emit.name(extra.name)
    found = (planner.common(plan, path, argument) for path, argument in ways)
    value = next((v for v in found if v is not None), None)
    name = ways[0][1]
    if value is None:
        raise CannotWrite(
            plan.address(node), f"{name} is not known", "Connect the node, or type a number."
        )
    _refuse_varying(planner, plan, ways, node)
    return literal(plan, node, Argument(name), value, rename)


def _refuse_varying(
    planner: Planner, plan: ClassPlan, ways: list[tuple[str, str]], node: NodeId
) -> None:
    """Raise CannotWrite for an inferred parameter that one expression cannot say."""
    if any(_varies(planner, plan, path, argument) for path, argument in ways):
        way_out = "Draw the copies one by one, or let them all get as much as they give."
        name = ways[0][1]
        raise CannotWrite(plan.address(node), f"{name} is another in every copy", way_out)


def _varies(planner: Planner, plan: ClassPlan, path: str, argument: str) -> bool:
    """Return whether an inferred parameter is another in the copies of a repeated node."""
    places = [f"{at}/{path}" if at else path for at in plan.instances or [""]]
    return any(planner.facts.ask("varies", place, argument) for place in places)


def literal(
    plan: ClassPlan, node: NodeId, argument: Argument, value: Arg, rename: Rename
) -> Expression:
    """Return an argument's expression, or refuse by name."""
    try:
        made = written(value, rename)
    except NoLiteral as error:
        way_out = "Type a number, or a name that is known there."
        raise CannotWrite(plan.address(node), f"{argument.name}: {error}", way_out) from None
    if argument.type == "tensor" and isinstance(value, tuple):
        try:
            return emit.call(emit.name("torch.tensor"), [listed(value, _real)])
        except TypeError:
            feature = f"{argument.name} is not a list of numbers"
            raise CannotWrite(plan.address(node), feature, "Type numbers.") from None
    return made


def _real(value: Arg) -> Arg:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)


def listed(value: Arg, kind: Callable[[Arg], Arg] = lambda value: value) -> Expression:
    """Return nested numbers as lists, as one types a tensor; kind is applied to each."""
    if isinstance(value, tuple):
        return emit.list_of([listed(item, kind) for item in value])
    return written(kind(value))


def _default(argument: Argument, value: Arg) -> bool:
    return not argument.required and same(argument.default, value)


def called(
    plan: ClassPlan,
    node: NodeId,
    arguments: tuple[Argument, ...],
    inputs: Mapping[str, Expression],
    rename: Rename,
) -> Passed:
    """Return what a call passes: wires by port path, and call arguments that are no default."""
    passed, kind = Passed(), plan.node(node).kind
    for argument in arguments:
        if argument.stage != "call" or argument.style == "pseudo":
            continue
        values = list(_call_values(plan, node, argument, inputs, rename))
        if not values and argument.required:
            way_out = "Connect it." if argument.port else "Type it."
            raise CannotWrite(plan.address(node), f"{argument.name} is not given", way_out)
        if not values:
            passed.gap = passed.gap or not _is_start(plan.node(node), argument.name)
            continue
        if argument.style == "variadic":
            passed.positional += values
            continue
        wired = argument.port is not None or argument.required
        for value in values:
            by_name = not (wired or _numbered(argument)) or _extra_input(kind, argument)
            passed.put(argument, value, by_name)
    return passed


def _extra_input(kind: str, argument: Argument) -> bool:
    """Whether an input of a module needs its name to be clear: a mask, but no state."""
    return kind == "nn" and not argument.required and argument.name != "hx"


def _numbered(argument: Argument) -> bool:
    return argument.name == "start_dim"


def _call_values(
    plan: ClassPlan,
    node: NodeId,
    argument: Argument,
    inputs: Mapping[str, Expression],
    rename: Rename,
) -> Iterator[Expression]:
    """Yield the argument's value: several of a variadic one, none where it is left out."""
    name, args = argument.name, plan.node(node).args
    if name in inputs:
        yield inputs[name]
        return
    places = {p: v for p, v in inputs.items() if p.startswith((name + "[", name + "."))}
    if argument.leaves and places:
        for leaf in argument.leaves:
            if leaf not in places:
                raise CannotWrite(plan.address(node), f"{leaf} is not connected", "Connect it.")
        yield emit.tuple_of(places[leaf] for leaf in argument.leaves)
        return
    is_asked = _goes_before(plan.node(node), name)
    if name not in args and not places and not is_asked:
        return
    value = args.get(name, argument.default if is_asked else ())
    if not places and _default(argument, value) and not is_asked:
        return
    if argument.many and places and not isinstance(value, tuple) | _holed(value):
        value = ()
    if argument.many and places and not _holed(value):
        value = tuple(Hole() for _ in places)
    try:
        made = _tree(argument, value, rename, places)
    except NoLiteral as error:
        way_out = LIKE if str(error).startswith("the name B ") else "Connect or type it."
        raise CannotWrite(plan.address(node), f"{name}: {error}", way_out) from None
    yield from made


def _goes_before(node: Node, name: str) -> bool:
    """Whether torch wants an argument, be it the default, for another one that is given."""
    return _is_start(node, name) and not same(node.args.get("step", 1), 1)


def _is_start(node: Node, name: str) -> bool:
    """Whether torch passes over an argument where only what follows it is given by position."""
    return node.spec == "torch.arange" and name == "start"


def _holed(value: Arg) -> bool:
    return isinstance(value, Hole) or (isinstance(value, tuple) and any(map(_holed, value)))


def _tree(
    argument: Argument, value: Arg, rename: Rename, places: Mapping[str, Expression]
) -> list[Expression]:
    name = argument.name
    if argument.style == "variadic" and isinstance(value, tuple):
        return [written(v, rename, places, f"{name}[{i}]") for i, v in enumerate(value)]
    if argument.many and isinstance(value, tuple):
        items = [written(v, rename, places, f"{name}[{i}]") for i, v in enumerate(value)]
        return [emit.list_of(items)]
    if argument.type == "tensor" and isinstance(value, tuple):
        if argument.port is None:
            return [listed(value)]  # what is called makes the tensor
        return [emit.call(emit.name("torch.tensor"), [listed(value)])]
    return [written(value, rename, places, name)]


def dtype_of(arg: Arg) -> Expression | None:
    """Return a dtype that is not torch's default, or None."""
    if isinstance(arg, Name) and arg.text.removeprefix("torch.") != "float32":
        return written(arg)
    return None
