"""The tests of one model: its shapes, its size, and what it must not mix up or lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.emit import Expression, attribute, call, name, number, operation, tuple_of
from codegen.literals import NoLiteral, expression
from codegen.model_test_facts import BATCH
from codegen.model_test_subjects import Gives, Subject, node_of
from codegen.statements import Argument, Line, Statement, assign, do, loop, word
from codegen.train_text import fixed
from graph_editor.checking.verdict import Dim, TensorType
from graph_editor.document.model import Address

FLAT, TALL = 8, 32
"""Sizes for axes that have only a name: of rows and sequences, and of pictures."""


@dataclass(frozen=True, slots=True)
class Check:
    """A test function."""

    title: str
    body: Sequence[Statement]
    arguments: Sequence[Argument] = ()
    marks: Sequence[Expression] = ()


def checks_of(subject: Subject) -> list[Check]:
    """Return the tests that fit a model."""
    found = [_shapes(subject), _parameters(subject)]
    if subject.facts.apart and _varies(subject):
        found.append(_samples_apart(subject))
    if subject.ahead is not None and subject.facts.steady:
        found.append(_looks_back(subject))
    found += [_layers(subject)] * subject.facts.calls_all
    found += [_frozen(subject)] * bool(subject.frozen)
    if subject.facts.steady:
        found.append(_saved(subject))
    return found


def _title(subject: Subject, words: str) -> str:
    return f"test_{subject.title}_{words}" if subject.title else f"test_{words}"


def _ready(subject: Subject, count: Expression) -> list[Statement]:
    """Return the statements that make the inputs of a model, for so many samples."""
    fed = [given.variable for given in subject.inputs if given.is_data]
    lines: list[Statement] = []
    if fed:
        names = [name(v if v in fed else "_") for v in subject.tensors]
        lines.append(assign(tuple_of(names, bare=len(names) > 1), call(name("samples"), [count])))
    made = [given for given in subject.inputs if not given.is_data]
    for given in made:
        made_up = _made_up(given.known, count)
        lines.append(assign(given.variable, made_up, Address(given.node)))
    return lines


def _made_up(known: TensorType, count: Expression) -> Expression:
    """Return made-up values of a type: noughts where numbers count or choose something."""
    side = TALL if len(known.shape) > 3 else FLAT
    sizes = [
        count if d == BATCH else number(d if isinstance(d, int) else side) for d in known.shape
    ]
    if known.dtype == "float32":
        return call(name("torch.rand"), sizes)
    maker = "torch.rand" if known.dtype.startswith("float") else "torch.zeros"
    return call(name(maker), sizes, {"dtype": name(f"torch.{known.dtype}")})


def _called(subject: Subject, model: Expression, rows: str = "") -> Expression:
    return call(model, [Expression(given.variable + rows) for given in subject.inputs])


def _targets(subject: Subject) -> Expression:
    names = [name(output.variable) for output in subject.outputs]
    return tuple_of(names, bare=True) if len(names) > 1 else names[0]


def _shapes(subject: Subject) -> Check:
    """Return the test of the types of what the model gives, at two batch sizes."""
    made = call(attribute(subject.made, "eval"))
    body = [*_ready(subject, name("batch")), assign(_targets(subject), _called(subject, made))]
    for output in subject.outputs:
        body += _types(subject, output)
    mark = Expression('pytest.mark.parametrize("batch", [2, 3])')
    return Check(_title(subject, "shapes"), body, [Argument("batch", "int")], [mark])


def _types(subject: Subject, output: Gives) -> list[Statement]:
    if output.known is None:
        return []
    variable, node = name(output.variable), Address(output.node)
    sizes = [_size(subject, dim) for dim in output.known.shape]
    shape, whole = attribute(variable, "shape"), [size for size in sizes if size is not None]
    if len(whole) == len(sizes):
        right = operation("==", shape, tuple_of(whole))
    else:
        right = operation("==", call(name("len"), [shape]), number(len(sizes)))
    lines: list[Statement] = [Line("assert ", right, "", "", node)]
    dtype = name(f"torch.{output.known.dtype}")
    lines.append(
        Line("assert ", operation("==", attribute(variable, "dtype"), dtype), "", "", node)
    )
    return lines


def _size(subject: Subject, dim: Dim) -> Expression | None:
    """Return a size of an output in the words of the test; None where nothing says it."""
    if isinstance(dim, int):
        return number(dim)

    def known(word: str, axis: int | None) -> Expression:
        if word == BATCH and axis is None:
            return name("batch")
        for given in subject.inputs:
            if word in given.known.shape:
                place = given.known.shape.index(word)
                return Expression(f"{given.variable}.shape[{place}]", simple=True)
        raise NoLiteral(word)

    try:
        return expression(dim, known)
    except NoLiteral:
        return None


def _parameters(subject: Subject) -> Check:
    """Return the test of how large the model is."""
    count = f"{subject.parameters:_}"
    if subject.parameters < 10_000:
        count = str(subject.parameters)
    line = f"assert sum(p.numel() for p in {subject.made.text}.parameters()) == {count}"
    return Check(_title(subject, "parameters"), [word(line)])


def _varies(subject: Subject) -> bool:
    """Whether two samples differ in what is fed in."""
    return any(g.is_data or g.known.dtype.startswith("float") for g in subject.inputs)


def _model(subject: Subject) -> Expression:
    """Return the trained model, or a fresh one."""
    return subject.learnt or call(attribute(subject.made, "eval"))


def _samples_apart(subject: Subject) -> Check:
    """Return the test that the others in a batch change nothing, and that the sample does."""
    body = [*_ready(subject, number(3)), assign("model", _model(subject))]
    model, several = name("model"), len(subject.outputs) > 1
    body.append(assign("together", _called(subject, model)))
    body.append(assign("alone", _called(subject, model, "[:1]")))
    whole, one = ("all_of_it", "one") if several else ("together", "alone")
    checks: list[Statement] = [
        word(f"torch.testing.assert_close({one}, {whole}[:1], rtol=1e-3, atol=1e-4)")
    ]
    if subject.learnt:
        checks.append(word(f"assert not torch.equal({whole}[0], {whole}[1])"))
    if several:
        pairs = Expression("zip(together, alone, strict=True)")
        checks = [loop(f"{whole}, {one}", pairs, checks)]
    return Check(_title(subject, "samples_are_independent"), [*body, *checks])


def _looks_back(subject: Subject) -> Check:
    """Return the test that a later token changes nothing of what is said before it."""
    assert subject.ahead is not None
    variable, tokens, axis = subject.ahead
    body = _ready(subject, number(3))
    body += [assign("model", _model(subject)), assign("before", _called(subject, name("model")))]
    before = ", ".join([":"] * axis)
    body += fixed(f"changed = {variable}.clone()\nchanged[:, -1] = (changed[:, -1] + 1) % {tokens}")
    given = [name("changed" if g.variable == variable else g.variable) for g in subject.inputs]
    body.append(assign("after", call(name("model"), given)))
    close = f"torch.testing.assert_close(after[{before}, :-1], before[{before}, :-1])"
    if axis == 1:
        close = "torch.testing.assert_close(after[:, :-1], before[:, :-1])"
    last = "[:, -1]" if axis == 1 else f"[{before}, -1]"
    body += fixed(f"{close}\nassert not torch.equal(after{last}, before{last})")
    return Check(_title(subject, "no_token_is_seen_ahead"), body)


def _layers(subject: Subject) -> Check:
    """Return the test that whatever the model is made of is called."""
    body = [*_ready(subject, number(2)), assign("model", subject.made), *fixed(USED)]
    body += [do(_called(subject, name("model"))), word("assert not idle")]
    return Check(_title(subject, "every_layer_is_used"), body)


USED = """\
layers = [(n, layer) for n, layer in model.named_modules() if type(layer) is not nn.ModuleList]
idle = {n for n, _ in layers}
for n, layer in layers:
    layer.register_forward_hook(lambda *_, n=n: idle.discard(n))
"""


def _frozen(subject: Subject) -> Check:
    resting = "assert not any(p.requires_grad for p in model.{}.parameters())"
    lines = [word(resting.format(path)) for path in subject.frozen]
    made = assign("model", subject.made)
    return Check(_title(subject, "frozen_weights"), [made, *lines])


def _saved(subject: Subject) -> Check:
    """Return the test that the weights, kept in a file, make another model the same."""
    fresh = call(attribute(subject.made, "eval"))
    pair = [_called(subject, name(word)) for word in ("other", "model")]
    exactly = {"rtol": number(0), "atol": number(0)}
    body = [
        *_ready(subject, number(2)),
        assign("model", _model(subject), node_of(subject)),
        assign("other", fresh, node_of(subject)),
        *fixed(
            'torch.save(model.state_dict(), tmp_path / "model.pt")\n'
            'other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))'
        ),
        do(call(name("torch.testing.assert_close"), pair, exactly)),
    ]
    return Check(_title(subject, "saving"), body, [Argument("tmp_path", "Path")])


def gradient_check(subject: Subject) -> list[Check]:
    """Return the test that a gradient reaches every parameter; none where nothing is to learn."""
    terms = [
        call(attribute(call(attribute(name(o.variable), "square")), "mean"))
        for o in subject.outputs
        if o.known is not None and o.known.requires_grad
    ]
    if not terms or not subject.parameters:
        return []
    total = terms[0]
    for term in terms[1:]:
        total = operation("+", total, term)
    body = [
        *_ready(subject, number(2)),
        assign("model", subject.made),
        assign(_targets(subject), _called(subject, name("model"))),
        Line("", call(attribute(total, "backward"))),
        *fixed(MISSING),
    ]
    return [Check(_title(subject, "every_weight_gets_a_gradient"), body)]


MISSING = """\
learning = {name: p.grad for name, p in model.named_parameters() if p.requires_grad}
assert not [name for name, slope in learning.items() if slope is None or not slope.any()]
"""
