"""Writing tests/test_model.py: what one may ask of the model, and of a step of its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.data_source import SourceCode
from codegen.emit import Expression, attribute, call, name, number, operation, tuple_of
from codegen.first_line import first_line
from codegen.literals import NoLiteral, expression
from codegen.model import ModelText
from codegen.model_test_text import (
    CHANGES,
    IMPORTS,
    LEARN,
    LOWERS,
    TRAINING,
    TRAINING_IMPORTS,
    WEIGHTS,
    WITHOUT_MODEL,
)
from codegen.names import fresh
from codegen.predict_file import input_type
from codegen.statements import Argument, Blank, Line, Statement, assign, function, give_back, word
from codegen.statements import write as write_file
from codegen.train_text import fixed
from codegen.training_plan import Plan
from codegen.written import SourceText
from graph_editor.checking.verdict import Dim, TensorType, Verdict
from graph_editor.document.model import Address, Arg, NodeId, Project

TEST_FILE = "tests/test_model.py"
_OWN = """
    Any Path batch cache count error event learn load_data loss losses math model name other
    parameter patch pytest report samples tmp_path torch train value waiting weights
"""
OWN_NAMES = frozenset(_OWN.split())
GAP = (Blank(), Blank())
FLAT, TALL = 8, 32
"""Sizes for axes that have only a name: of rows and sequences, and of pictures."""
EPOCHS = 10
BATCH = "B"


@dataclass(frozen=True, slots=True)
class Case:
    """A model that is tested, and the variables of its tests."""

    model: ModelText
    verdict: Verdict
    inputs: Mapping[NodeId, str]
    """The variables that are fed into it."""
    outputs: tuple[tuple[str, NodeId], ...]
    types: Mapping[NodeId, TensorType]
    """Of the inputs."""


def write_training_test(
    project: Project, verdict: Verdict, plan: Plan, data: SourceCode, model: ModelText
) -> SourceText:
    """Return tests/test_model.py for a project that is trained as planned."""
    taken = {*OWN_NAMES, model.class_name}
    tensors = _own(data.names, taken)
    if plan.is_fed_by_data:
        fed = [tensors[data.tensors[port.port]] for port in plan.feeds]
        names = [name(v if v in fed else "_") for v in tensors.values()]
        case = _case(project, verdict, model, fed, taken)
        ready = [assign(tuple_of(names, len(names) > 1), Expression("samples(batch)"))]
    else:
        case, ready = _made_up_case(project, verdict, model, taken)
    imported = fixed(TRAINING_IMPORTS if plan.outputs else WITHOUT_MODEL)
    statements: list[Statement] = [
        *imported,
        *([word(f"from model import {model.class_name}")] if plan.outputs else []),
        _first_samples(list(tensors.values()), Address(plan.source)),
        *fixed(LEARN.format(epochs=EPOCHS + 2 * _accumulated(project))),
        *GAP,
        *(_outputs(case, ready) if plan.outputs else []),
        *fixed(TRAINING),
        *GAP,
        *fixed(LOWERS if plan.alone else CHANGES),
    ]
    if plan.outputs:
        statements += [*GAP, *fixed(WEIGHTS.format(model=model.class_name))]
    about = f"Checks of {model.class_name} and of its training: python -m pytest."
    if not plan.outputs:
        about = "Checks of the training: python -m pytest."
    header = first_line(project.main.name, "what requirements.txt lists")
    return write_file(statements, header, about)


def write_model_test(project: Project, verdict: Verdict, model: ModelText) -> SourceText:
    """Return tests/test_model.py for a model that is trained elsewhere."""
    case, made = _made_up_case(project, verdict, model, {*OWN_NAMES, model.class_name})
    statements: list[Statement] = [
        *fixed(IMPORTS),
        Blank(),
        word(f"from model import {model.class_name}"),
        *_outputs(case, made),
        *_gradients(case, made),
        *fixed(WEIGHTS.format(model=model.class_name)),
    ]
    about = f"Checks of {model.class_name}: python -m pytest."
    return write_file(statements, first_line(project.main.name, "PyTorch and pytest"), about)


def _made_up_case(
    project: Project, verdict: Verdict, model: ModelText, taken: set[str]
) -> tuple[Case, list[Line]]:
    """Return the case of a model that is given made-up inputs, and the statements that make them.

    Inputs that may be left out are: they come last.
    """
    wanted = [stem for stem, node in model.inputs if not _is_optional(project, node)]
    case = _case(project, verdict, model, list(_own(wanted, taken).values()), taken)
    made = [
        assign(variable, _made_up(case.types[node]), Address(node))
        for node, variable in case.inputs.items()
    ]
    return case, made


def _own(stems: Sequence[str], taken: set[str]) -> dict[str, str]:
    found = {}
    for stem in stems:
        found[stem] = fresh(stem, taken)
        taken.add(found[stem])
    return found


def _case(
    project: Project, verdict: Verdict, model: ModelText, fed: Sequence[str], taken: set[str]
) -> Case:
    nodes = [node for _, node in model.inputs]
    results = _own([stem for stem, _ in model.outputs], taken).values()
    return Case(
        model,
        verdict,
        dict(zip(nodes, fed, strict=False)),
        tuple(zip(results, [node for _, node in model.outputs], strict=True)),
        {node: input_type(project, verdict, node) for node in nodes},
    )


def _is_optional(project: Project, node: NodeId) -> bool:
    return project.main.graph.nodes[node].args.get("optional") is True


def _accumulated(project: Project) -> int:
    """Return how many batches an optimizer waits for before it takes a step."""
    found: list[Arg] = [n.args.get("accumulate") for n in project.main.graph.nodes.values()]
    return max((n for n in found if isinstance(n, int)), default=0)


def _first_samples(tensors: Sequence[str], source: Address) -> Statement:
    several = len(tensors) > 1
    unpacked = tuple_of(name(t) for t in tensors)
    width = ", ".join(["torch.Tensor"] * len(tensors))
    body = [
        assign(f"{unpacked.text}, _", Expression("load_data()"), source),
        give_back(tuple_of([Expression(f"{t}[:count]") for t in tensors], bare=several)),
    ]
    about = "Return the first samples of the training part."
    return function("samples", [Argument("count", "int")], f"tuple[{width}]", body, about)


def _outputs(case: Case, ready: Sequence[Statement]) -> list[Statement]:
    """Return the test of the types of what the model gives, at two batch sizes."""
    body = [*ready, _call(case, call(attribute(call(name(case.model.class_name)), "eval")))]
    for variable, node in case.outputs:
        known = case.verdict.types.get(f"{node}.output")
        if known is not None:
            body += _checks(case, variable, known, Address(node))
    mark = Expression('pytest.mark.parametrize("batch", [2, 3])')
    test = "test_what_comes_out_follows_the_batch"
    return [function(test, [Argument("batch", "int")], "None", body, "", [mark])]


def _call(case: Case, model: Expression) -> Line:
    names = [name(variable) for variable, _ in case.outputs]
    given = [name(variable) for variable in case.inputs.values()]
    return assign(tuple_of(names, bare=True) if len(names) > 1 else names[0], call(model, given))


def _checks(case: Case, variable: str, known: TensorType, node: Address) -> list[Statement]:
    sizes = [_size(case, dim) for dim in known.shape]
    shape = attribute(name(variable), "shape")
    whole = [size for size in sizes if size is not None]
    if len(whole) == len(sizes):
        right = operation("==", shape, tuple_of(whole))
    else:
        right = operation("==", call(name("len"), [shape]), number(len(sizes)))
    dtype = operation("==", attribute(name(variable), "dtype"), name(f"torch.{known.dtype}"))
    return [Line("assert ", right, "", "", node), Line("assert ", dtype, "", "", node)]


def _size(case: Case, dim: Dim) -> Expression | None:
    """Return a size of an output in the words of the test; None where nothing says it."""
    if isinstance(dim, int):
        return number(dim)

    def known(word: str, axis: int | None) -> Expression:
        if word == BATCH and axis is None:
            return name("batch")
        for node, variable in case.inputs.items():
            if word in case.types[node].shape:
                place = case.types[node].shape.index(word)
                return Expression(f"{variable}.shape[{place}]", simple=True)
        raise NoLiteral(word)

    try:
        return expression(dim, known)
    except NoLiteral:
        return None


def _made_up(known: TensorType) -> Expression:
    """Return made-up values of a type: noughts where numbers count or choose something."""
    side = TALL if len(known.shape) > 3 else FLAT
    sizes = [
        name("batch") if d == BATCH else number(d if isinstance(d, int) else side)
        for d in known.shape
    ]
    if known.dtype == "float32":
        return call(name("torch.rand"), sizes)
    maker = "torch.rand" if known.dtype.startswith("float") else "torch.zeros"
    return call(name(maker), sizes, {"dtype": name(f"torch.{known.dtype}")})


def _gradients(case: Case, made: Sequence[Statement]) -> list[Statement]:
    """Return the test that a gradient reaches every parameter; none where nothing is to learn."""
    known = [(v, case.verdict.types.get(f"{n}.output")) for v, n in case.outputs]
    terms = [
        call(attribute(call(attribute(name(v), "square")), "mean"))
        for v, type_ in known
        if type_ is not None and type_.requires_grad
    ]
    if not terms or not sum(case.verdict.parameters.values()):
        return []
    total = terms[0]
    for term in terms[1:]:
        total = operation("+", total, term)
    body: list[Statement] = [
        word("batch = 2"),
        *made,
        assign("model", call(name(case.model.class_name))),
        _call(case, name("model")),
        Line("", call(attribute(total, "backward"))),
        *fixed(MISSING),
    ]
    return [function("test_a_gradient_reaches_every_parameter_that_learns", (), "None", body)]


MISSING = """\
waiting = [name for name, p in model.named_parameters() if p.requires_grad and p.grad is None]
assert not waiting
"""
